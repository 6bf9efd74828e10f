"""The desk brings somebody in on a side of a case: an account when they have none, membership, a mail."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.accounts.commands import CreatePerson
from app.accounts.queries import person_by_email
from app.accounts.rules import Permission, require
from app.accounts.service.people import create_person, valid_email
from app.cases.commands import AddMember, AddParty
from app.cases.queries import parties_of
from app.cases.service.people import add_member, add_party
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Invalid
from app.kernel.sides import Side
from app.kernel.text import clean_text

HOUSE = Actor.system("invite")


@dataclass(frozen=True, slots=True)
class InviteParty:
    """Somebody of *side* by address. Their name is what the other side reads."""

    case_id: UUID
    side: Side
    name: str
    email: str


def invite_party(tx: Tx, command: InviteParty, actor: Actor, clock: Clock) -> UUID:
    """Let them in and tell them by mail; gives the person's id. Safe to repeat.

    Raises `Invalid` naming the field, `Refused` when they stand on the other side (B148), `NotFound`.
    Whether the address had an account is not told.
    """
    require(actor, Permission.CASE_TRIAGE)
    if command.side is Side.DESK:
        raise Invalid("side", "side", _("Choose the side."))
    name = clean_text(command.name, field="name", max_length=200, required=True, multiline=False)
    email = valid_email(command.email)
    known = person_by_email(tx, email)
    if known is not None:
        person_id = known.id
    else:
        with house(tx):
            new = CreatePerson(email, name, frozenset({Role.ARTIST}))
            person_id = create_person(tx, new, HOUSE, clock)
    add_member(tx, AddMember(command.case_id, person_id, command.side), actor, clock)
    if not any(party.side is command.side for party in parties_of(tx, actor, command.case_id)):
        party = AddParty(command.case_id, command.side, name, person_id=person_id, email=email)
        add_party(tx, party, actor, clock)
    return person_id
