"""Letters in words: kinds, states, blocks, what a proof and a signature are worth now."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.letters.queries import LetterRow
from app.letters.rules.kinds import LetterKind, LetterState
from app.web.desk.rows import Line, LinkLine
from app.web.desk.words import side_words

KINDS: dict[str, Any] = {
    LetterKind.DECISION: __("Decision"),
    LetterKind.OUT_OF_SCOPE: __("Out of scope"),
    LetterKind.WITHDRAWN: __("Withdrawn"),
    LetterKind.NO_RESPONSE: __("No answer"),
    LetterKind.STATEMENT_OF_REASONS: __("Statement of reasons"),
    LetterKind.NOTICE_REJECTED: __("Notice rejected"),
    LetterKind.COUNTER_RECEIVED: __("Counter-notice received"),
    LetterKind.COUNTER_REJECTED: __("Counter-notice rejected"),
    LetterKind.HOLD_NOTICE: __("Money held"),
    LetterKind.LEFT_TO_PARTIES: __("Left to the parties"),
    LetterKind.COUNTER_RECEIPT: __("Receipt of a counter-notice"),
    LetterKind.COUNTER_FORWARDED: __("Counter-notice forwarded"),
    LetterKind.RESTORATION: __("Material goes back"),
    LetterKind.KEPT_DOWN: __("Material stays down"),
    LetterKind.EXCHANGE: __("Call for evidence"),
    LetterKind.HOLD_ENDED: __("Money held no longer"),
    LetterKind.WINDOW_STOPPED: __("Waiting period stopped"),
}
STATES: dict[str, tuple[Any, str]] = {
    LetterState.DRAFTED: (__("Draft"), "neutral"),
    LetterState.NUMBERED: (__("Being printed"), "wait"),
    LetterState.RENDERED: (__("Printed"), "info"),
    LetterState.SIGNED: (__("Signed"), "info"),
    LetterState.SENT: (__("Sent"), "ok"),
    LetterState.DELIVERED: (__("Delivered"), "ok"),
    LetterState.BOUNCED: (__("Came back"), "warn"),
    LetterState.VOID: (__("Void"), "neutral"),
}
BLOCKS: dict[str, tuple[Any, Any]] = {
    "ground.measure": (__("What we did"), ""),
    "ground.facts": (__("Why"), __("Facts that the reader may know, and nothing private of the other side.")),
    "ground.ground": (__("On what ground"), __("The rule, by its name and number.")),
    "failed_elements": (__("Parts that are missing"), __("One part a line.")),
    "reasons": (__("Why"), __("Neutral words, no blame, no private facts of the other side.")),
}  # fmt: skip
"""Label and hint of each block that may be written."""
PARTS: dict[str, Any] = {
    "appeal_until": __("day until which a second review can be asked"),
    "reopen_until": __("day until which the case can be opened again"),
    "answer_until": __("day of the deadline"),
    "review_on": __("day of the next look at the hold"),
    "limitation_on": __("limitation date"),
    "outcome": __("outcome"),
    "findings": __("findings"),
    "remedies": __("what changes"),
    "sender.email": __("our address for answers"),
    "case.title": __("title of the release"),
}


def letter_title(row: LetterRow) -> str:
    """`Decision to complainant, L-2026-0001`."""
    kind, who = KINDS[row.kind], side_words(row.audience).lower()
    if not row.number:
        return _("%(kind)s to %(who)s", kind=kind, who=who)
    return _("%(kind)s to %(who)s, %(number)s", kind=kind, who=who, number=row.number)


def letter_lines(ref: str, rows: tuple[LetterRow, ...]) -> tuple[LinkLine, ...]:
    """Letters of a case for the facts pane."""
    return tuple(
        LinkLine(
            letter_title(row),
            url_for("desk.letters_show", ref=ref, letter_id=row.id),
            _("Not printed: %(why)s", why=row.problem)
            if row.problem
            else str(STATES[row.state][0]),
            "warn" if row.problem else STATES[row.state][1],
        )
        for row in rows
    )


def part_words(name: str) -> str:
    """A missing part in words: the label of its block, or what the case has to give."""
    label = BLOCKS.get(name, (None, ""))[0] or PARTS.get(name)
    return str(label) if label else name.replace(".", " ").replace("_", " ")


def signature_line(row: LetterRow) -> Line | None:
    """Whether the bytes carry our signature; none while there are no bytes to sign."""
    if row.signed_at is not None:
        return Line(_("Signed by %(who)s.", who=row.signer), "ok")
    if row.sha256:
        return Line(_("It left without a signature: no key was set up. Its fingerprint proves it."))
    if row.state is LetterState.RENDERED:
        return Line(_("Printed and not signed yet. It leaves when the signature is made."), "wait")
    if row.state is LetterState.NUMBERED:
        return Line(_("Being printed. The signature follows."), "wait")
    return None


def proof_line(row: LetterRow, *, is_ready: bool) -> Line | None:
    """Why the letter cannot be sent as it stands, by its proof; None when the proof is fresh."""
    if row.is_proof_fresh:
        return None
    if not is_ready:
        return Line(_("A proof is made when nothing is missing any more."))
    if row.problem:
        return Line(
            _("The proof could not be printed: %(why)s. Make it again.", why=row.problem), "danger"
        )
    if row.proof_sha256:
        return Line(_("The words changed after this proof. A new one is being made."), "warn")
    return Line(_("The proof is being made."), "wait")
