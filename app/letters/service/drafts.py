"""Begin and change drafts of letters."""

from __future__ import annotations

from uuid import uuid4

from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, Refused
from app.kernel.sides import Disclosure, Side
from app.letters.commands import DraftLetter, SaveLetter
from app.letters.models import Letter
from app.letters.queries import LetterRow, letter_row
from app.letters.rules.context import to_json
from app.letters.rules.kinds import LetterKind, LetterState
from app.letters.service.rows import (
    PARTIES,
    locked_letter,
    note,
    require_case,
    require_draft,
    unnumbered,
)


def draft_letter(tx: Tx, command: DraftLetter, actor: Actor, clock: Clock) -> LetterRow:
    """Begin a letter to one side. Raises NotFound, Invalid for a recipient who is no party."""
    require(actor, Permission.LETTER_DRAFT)
    require_case(tx, actor, command.case_id)
    context = unnumbered(command.context)
    if context.recipient.side not in PARTIES:
        raise Invalid("recipient", "no_party", _("A letter goes to one of the two sides."))
    row = Letter(
        id=uuid4(),
        case_id=command.case_id,
        side=Side.DESK,
        disclosure=Disclosure.INTERNAL,
        audience=context.recipient.side,
        kind=LetterKind(context.kind),
        round=context.round,
        decision_id=command.decision_id,
        state=LetterState.DRAFTED,
        version=1,
        language=context.language,
        context=to_json(context),
        series=command.series,
        void_reason="",
        problem="",
        created_by=actor.person_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    tx.add(row)
    note(tx, row, "letter.drafted", actor, clock)
    return letter_row(row)


def save_letter(tx: Tx, command: SaveLetter, actor: Actor, clock: Clock) -> LetterRow:
    """Change the words of a draft; kind and side stay. Raises Stale, Refused."""
    require(actor, Permission.LETTER_DRAFT)
    row = locked_letter(tx, actor, command.letter_id)
    require_draft(row, command.version)
    context = unnumbered(command.context)
    if (context.kind, context.recipient.side) != (row.kind, row.audience):
        raise Refused("letter_kind_fixed", _("Begin a new letter for another kind or side."))
    row.context, row.language, row.round = to_json(context), context.language, context.round
    row.version += 1
    row.updated_at = clock.now()
    note(tx, row, "letter.saved", actor, clock)
    return letter_row(row)
