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
from app.letters.commands import DraftLetter, EditLetter, SaveLetter
from app.letters.models import Letter
from app.letters.queries import LetterRow, letter_row, needs_second_pair
from app.letters.rules.blocks import with_blocks
from app.letters.rules.context import LetterContext, from_json, to_json
from app.letters.rules.kinds import LetterKind, LetterState
from app.letters.service.proofs import proof_later
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
    writers = [actor.person_id] if command.by_hand and actor.person_id else []
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
        four_eyes=bool(writers) and needs_second_pair(tx, command.case_id),
        writer_ids=writers,
        replaces_id=command.replaces_id,
        problem="",
        created_by=actor.person_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    tx.add(row)
    note(tx, row, "letter.drafted", actor, clock)
    proof_later(tx, row)
    return letter_row(row)


def edit_letter(tx: Tx, command: EditLetter, actor: Actor, clock: Clock) -> LetterRow:
    """Other words in its blocks, and a proof of them; facts stay as the case has them.

    Raises NotFound, Refused for a letter with a number, Stale, Invalid naming the block.
    """
    require(actor, Permission.LETTER_DRAFT)
    row = locked_letter(tx, actor, command.letter_id)
    require_draft(row, command.version)
    before = from_json(row.context)
    after = with_blocks(before, command.texts)
    if after != before:
        if actor.person_id is not None:
            row.writer_ids = list(dict.fromkeys([*row.writer_ids, actor.person_id]))
            row.four_eyes = needs_second_pair(tx, row.case_id)
        _rewrite(tx, row, after, actor, clock)
    return letter_row(row)


def save_letter(tx: Tx, command: SaveLetter, actor: Actor, clock: Clock) -> LetterRow:
    """Change the words of a draft; kind and side stay. Raises Stale, Refused."""
    require(actor, Permission.LETTER_DRAFT)
    row = locked_letter(tx, actor, command.letter_id)
    require_draft(row, command.version)
    context = unnumbered(command.context)
    if (context.kind, context.recipient.side) != (row.kind, row.audience):
        raise Refused("letter_kind_fixed", _("Begin a new letter for another kind or side."))
    row.language, row.round = context.language, context.round
    _rewrite(tx, row, context, actor, clock)
    return letter_row(row)


def _rewrite(tx: Tx, row: Letter, context: LetterContext, actor: Actor, clock: Clock) -> None:
    row.context = to_json(context)
    row.version += 1
    row.updated_at = clock.now()
    note(tx, row, "letter.saved", actor, clock)
    proof_later(tx, row)
