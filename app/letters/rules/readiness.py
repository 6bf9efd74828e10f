"""Whether a letter may be issued: what its kind requires, and the caps that keep rendering bounded.

Sources: DSA Art. 17(3) for statements of reasons and holds; 17 U.S.C. 512(g)(2) for counter-notices.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from app.letters.rules.context import LetterContext
from app.letters.rules.kinds import DECISION_OUTCOMES, LetterKind, sides_of

MAX_CHARACTERS = 20_000
MAX_ROWS = 200

ALWAYS = (
    "language",
    "sender.name",
    "sender.email",
    "recipient.name",
    "recipient.side",
    "case.ref",
    "case.title",
    "case.submitted_on",
    "signer.role",
)
_GROUND = tuple(
    f"ground.{name}"
    for name in (
        "measure",
        "ground",
        "facts",
        "scope",
        "territory",
        "source",
        "automated",
        "starts_on",
    )
)

_WINDOW = tuple(
    f"window.{name}" for name in ("received_on", "earliest_on", "latest_on", "calendar")
)

REQUIRED: dict[LetterKind, tuple[str, ...]] = {
    LetterKind.DECISION: ("outcome", "reasons", "findings", "remedies", "appeal_until"),
    LetterKind.OUT_OF_SCOPE: ("reasons", "reopen_until"),
    LetterKind.WITHDRAWN: ("reopen_until",),
    LetterKind.NO_RESPONSE: ("reasons", "reopen_until"),
    LetterKind.STATEMENT_OF_REASONS: (*_GROUND, "appeal_until"),
    LetterKind.NOTICE_REJECTED: ("failed_elements", "reasons", "appeal_until"),
    LetterKind.COUNTER_RECEIVED: _WINDOW,
    LetterKind.COUNTER_FORWARDED: _WINDOW,
    LetterKind.COUNTER_RECEIPT: (),
    LetterKind.COUNTER_REJECTED: ("failed_elements", "reasons"),
    LetterKind.HOLD_NOTICE: (*_GROUND, "review_on", "appeal_until"),
    LetterKind.LEFT_TO_PARTIES: ("reasons", "limitation_on", "appeal_until"),
    LetterKind.RESTORATION: ("reasons", "remedies", "appeal_until"),
    LetterKind.KEPT_DOWN: ("reasons", "appeal_until"),
    LetterKind.EXCHANGE: ("answer_until",),
    LetterKind.HOLD_ENDED: ("reasons", "remedies"),
    LetterKind.WINDOW_STOPPED: ("reasons", "review_on"),
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """*missing*: dotted names in the table's order; *problems*: stable slugs of what is too much or wrong."""

    missing: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """True when the letter may take a number."""
        return not self.missing and not self.problems


def readiness(context: LetterContext) -> Readiness:
    """What keeps *context* from being issued; total, never raises for a known kind."""
    kind = LetterKind(context.kind)
    missing = tuple(name for name in (*ALWAYS, *REQUIRED[kind]) if not _value_at(context, name))
    return Readiness(missing, tuple(_problems(kind, context)))


def _problems(kind: LetterKind, context: LetterContext) -> list[str]:
    found = []
    if kind is LetterKind.DECISION and context.outcome and context.outcome not in DECISION_OUTCOMES:
        found.append("outcome_has_no_letter")
    if context.recipient.side not in ("complainant", "respondent"):
        found.append("recipient_is_no_party")
    elif context.recipient.side not in sides_of(kind):
        found.append("other_side_is_meant")
    if character_count(context) > MAX_CHARACTERS:
        found.append("too_long")
    if row_count(context) > MAX_ROWS:
        found.append("too_many_rows")
    return found


def character_count(context: LetterContext) -> int:
    """Characters of all texts in the letter."""
    return _characters(asdict(context))


def row_count(context: LetterContext) -> int:
    """Rows of all lists that a letter prints."""
    exhibits = sum(len(finding.exhibits) for finding in context.findings)
    lists = (
        context.findings,
        context.remedies,
        context.money,
        context.failed_elements,
        context.case.identifiers,
    )
    return exhibits + sum(len(rows) for rows in lists)


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_characters(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return sum(_characters(item) for item in value)
    return 0


def _value_at(context: LetterContext, name: str) -> Any:
    """The value at a dotted name; None where a part on the way is absent. Blank text counts as absent."""
    value: Any = context
    for part in name.split("."):
        if value is None:
            return None
        value = getattr(value, part)
    return value.strip() if isinstance(value, str) else value
