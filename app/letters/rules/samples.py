"""One complete context per kind, outcome and side: for previews, the style guide and the golden texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from app.letters.rules.context import (
    CaseLine,
    Finding,
    Ground,
    LetterContext,
    MoneyLine,
    Recipient,
    RemedyLine,
    Sender,
    Signer,
    Verify,
    Window,
    Working,
    WorkingLine,
    numbered,
)
from app.letters.rules.kinds import DECISION_OUTCOMES, LetterKind, sides_of

_SENDER = Sender(
    "Tidewater Music", ("12 Harbour Street", "Baku AZ1000"), "rights@tidewater.example"
)
_CASE = CaseLine(
    "RD-7K4M-29QX",
    "rights_claim",
    "ownership",
    "Night Ferry",
    "Ada Quliyeva",
    date(2026, 11, 12),
    (("ISRC", "QZES72600042"), ("UPC", "036000291452")),
)
_NAMES = {"complainant": "Ada Quliyeva", "respondent": "Cy Moreno"}
_FINDINGS = (
    Finding(
        "Who made the recording",
        "The session files show that it was made in March 2026.",
        "established",
        ("C-1", "C-3"),
    ),
    Finding(
        "Is there an agreement on shares",
        "We were not given a signed agreement.",
        "not_established",
    ),
)
_REMEDIES = (
    RemedyLine("put_back", "The release goes back to the stores.", date(2026, 12, 3)),
    RemedyLine("change_split", "The recorded shares stay as they were.", None),
)
_FREED = RemedyLine(
    "release_hold", "What this part earns is paid to you again.", date(2026, 11, 30)
)
_MONEY = (
    MoneyLine("", "412.83", "EUR", date(2026, 12, 15), "royalties", date(2026, 10, 1)),
    MoneyLine("Taken back from an earlier statement", "-1234", "JPY"),
)
_WORKING = Working(
    "533.72", "946.55", "412.83", "EUR",
    (
        WorkingLine(date(2026, 9, 1), "Spotify", "DE", "210.00", "420.00", "EUR", "split_version"),
        WorkingLine(date(2026, 9, 1), "Deezer", "FR", "323.72", "526.55", "EUR", "wrong_fee"),
    ),
    3,
)  # fmt: skip
_GROUND = Ground(
    "The release is not available in the stores listed below.",
    "Terms of service, section 7: artificial streams.",
    "Between 3 and 9 November 2026 one playlist made 94% of the plays.",
    "Night Ferry, all stores",
    "Worldwide",
    "own_initiative",
    "detection",
    date(2026, 11, 20),
)
_HELD = replace(
    _GROUND,
    measure="We hold what your share of this recording earned from August 2026 on.",
    ground="Two people claim the same share of one recording.",
    facts="The other side sent a split sheet that names 50% of the recording as theirs.",
    scope="50% of QZES72600042",
    source="case",
    automated="none",
)

_REASONS = (
    "We compared the files both sides sent.\n\nThe recording was made before the date of the claim."
)
_UNTIL = date(2027, 5, 30)
_LIMITATION = date(2029, 11, 12)
_WINDOW = Window(
    date(2026, 11, 20), date(2026, 12, 7), date(2026, 12, 11), "US federal, version 2026.1"
)


def _base(kind: LetterKind, side: str) -> LetterContext:
    draft = LetterContext(
        kind=kind,
        language="en",
        sender=_SENDER,
        recipient=Recipient(_NAMES[side], side),
        case=_CASE,
        signer=Signer("rights_reviewer"),
    )
    code = "0123456789ABCDEFGHJKMNPQRS"
    check = Verify(f"https://disputes.tidewater.example/verify/{code}", code)
    return numbered(draft, "L-2026-000042", date(2026, 11, 30), check)


def sample(kind: LetterKind, side: str = "complainant", outcome: str = "upheld") -> LetterContext:
    """A complete context of *kind* to *side*; *outcome* counts for decisions alone."""
    context = _base(kind, side)
    return replace(context, **_parts(kind, outcome))


def _parts(kind: LetterKind, outcome: str) -> dict[str, Any]:
    """The parts that the template of *kind* reads beyond the common ones."""
    said: dict[str, Any] = {"reasons": _REASONS, "appeal_until": _UNTIL}
    elements = (
        "The address of the material is missing.",
        "The statement of good faith is missing.",
    )
    table: dict[LetterKind, dict[str, Any]] = {
        LetterKind.DECISION: {
            **said,
            "outcome": outcome,
            "findings": _FINDINGS,
            "remedies": _REMEDIES,
            "money": _MONEY,
            "working": _WORKING,
        },
        LetterKind.LEFT_TO_PARTIES: {**said, "findings": _FINDINGS, "limitation_on": _LIMITATION},
        LetterKind.STATEMENT_OF_REASONS: {"ground": _GROUND, "appeal_until": _UNTIL},
        LetterKind.HOLD_NOTICE: {
            "ground": _HELD,
            "money": _MONEY[:1],
            "review_on": date(2027, 2, 18),
            "appeal_until": _UNTIL,
        },
        LetterKind.COUNTER_RECEIVED: {"window": _WINDOW},
        LetterKind.COUNTER_FORWARDED: {"window": _WINDOW},
        LetterKind.COUNTER_RECEIPT: {},
        LetterKind.RESTORATION: {**said, "remedies": _REMEDIES[:1]},
        LetterKind.KEPT_DOWN: said,
        LetterKind.EXCHANGE: {"reasons": _REASONS, "answer_until": date(2026, 12, 20)},
        LetterKind.HOLD_ENDED: {"reasons": _REASONS, "remedies": (_FREED,), "money": _MONEY[:1]},
        LetterKind.WINDOW_STOPPED: {"reasons": _REASONS, "review_on": date(2027, 2, 28)},
        LetterKind.NOTICE_REJECTED: {**said, "failed_elements": elements},
        LetterKind.COUNTER_REJECTED: {**said, "failed_elements": elements},
    }
    return table.get(kind, {"reasons": _REASONS, "reopen_until": _UNTIL})


def samples() -> Iterator[tuple[str, LetterContext]]:
    """(name, context) of every letter that can exist, in a fixed order."""
    for outcome in DECISION_OUTCOMES:
        for side in ("complainant", "respondent"):
            yield f"decision-{outcome}-{side}", sample(LetterKind.DECISION, side, outcome)
    for kind in LetterKind:
        if kind is LetterKind.DECISION:
            continue
        for side in sides_of(kind):
            yield f"{kind}-{side}", sample(kind, side)
