"""A letter that a step of the case asks for: drafted from what is known, issued when that is enough."""

from __future__ import annotations

from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.letters.commands import DraftLetter, IssueLetter, WriteLetter
from app.letters.queries import LetterRow, letter_start
from app.letters.rules.context import LetterContext, Signer
from app.letters.rules.readiness import readiness
from app.letters.service.drafts import draft_letter
from app.letters.service.numbers import issue_letter


def write_letter(tx: Tx, command: WriteLetter, actor: Actor, clock: Clock) -> LetterRow | None:
    """Draft it, and issue it when it is automatic and complete; None when nobody stands on that side.

    The caller keeps it from happening twice.
    """
    context = letter_context(tx, command, actor)
    if context is None:
        return None
    row = draft_letter(tx, DraftLetter(command.case_id, context), actor, clock)
    if not command.automatic or not readiness(context).is_ready:
        return row
    return issue_letter(tx, IssueLetter(row.id, row.version, command.base_url), actor, clock)


def letter_context(tx: Tx, command: WriteLetter, actor: Actor) -> LetterContext | None:
    """What the letter would say; None when nobody stands on that side."""
    start = letter_start(tx, actor, command.case_id, command.side)
    if start is None:
        return None
    return LetterContext(
        kind=command.kind,
        language=start.language,
        sender=command.sender,
        recipient=start.recipient,
        case=start.case,
        signer=Signer(command.role),
        round=start.round,
        **command.parts,
    )
