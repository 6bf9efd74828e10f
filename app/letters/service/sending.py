"""What a person does with a letter by hand: send a draft as its proof shows it, or replace one that left."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.letters.commands import DraftLetter, IssueLetter, SendLetter
from app.letters.models import Letter
from app.letters.queries import LetterRow
from app.letters.rules.context import from_json
from app.letters.rules.kinds import ISSUED, LetterState
from app.letters.service.drafts import draft_letter
from app.letters.service.numbers import issue_letter
from app.letters.service.proofs import checked_for_sending
from app.letters.service.rows import locked_letter


def send_letter(tx: Tx, command: SendLetter, actor: Actor, clock: Clock) -> LetterRow:
    """Give the draft its number exactly as the proof shows it. Raises as `checked_for_sending` and `issue_letter`."""
    row = checked_for_sending(tx, command, actor)
    return issue_letter(tx, IssueLetter(row.id, row.version, command.base_url), actor, clock)


def replace_letter(tx: Tx, letter_id: UUID, actor: Actor, clock: Clock) -> LetterRow:
    """Begin the letter that takes the place of an issued one and says so; the old one stays as it is.

    Raises Refused for a letter that did not leave, or that is being replaced already.
    """
    require(actor, Permission.LETTER_DRAFT)
    row = locked_letter(tx, actor, letter_id)
    if row.state not in ISSUED or row.sha256 is None or row.number is None:
        raise Refused(
            "letter_not_issued", _("Only a letter that left is replaced; a draft is changed.")
        )
    newer = select(Letter.id).where(Letter.replaces_id == row.id, Letter.state != LetterState.VOID)
    if tx.scalar(newer) is not None:
        raise Refused("letter_replaced", _("Another letter takes the place of this one already."))
    context = replace(from_json(row.context), replaces=row.number)
    command = DraftLetter(
        row.case_id, context, row.decision_id, row.series, by_hand=True, replaces_id=row.id
    )
    return draft_letter(tx, command, actor, clock)
