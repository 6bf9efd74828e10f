"""Reads of notices for the desk; parties never read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.accounts.models import Person
from app.accounts.queries import case_scope, side_scope
from app.cases.models import Case, CaseMember, CaseParty, PartyContact
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.sides import Side
from app.notifications.models import OutgoingMail
from app.notifications.rules import MailKind, MailState


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail in a list. The address is shown to the desk only."""

    id: UUID
    case_id: UUID | None
    kind: MailKind
    address: str
    state: MailState
    tries: int
    error: str
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is told about a side of a case: an account, or an address without one."""

    person_id: UUID | None
    address: str
    language: str
    zone: str


def addressees(tx: Tx, actor: Actor, case_id: UUID, side: Side) -> tuple[Addressee, ...]:
    """Everybody on *side* who can be reached, each address once; accounts before bare addresses."""
    members = tx.execute(
        select(Person.id, Person.email, Person.locale, Person.zone)
        .join(CaseMember, CaseMember.person_id == Person.id)
        .where(
            CaseMember.case_id == case_id,
            CaseMember.side == side,
            CaseMember.revoked_at.is_(None),
            Person.status == "active",
            case_scope(actor, CaseMember.case_id),
        )
        .order_by(CaseMember.added_at, Person.id)
    )
    found = {
        row.email.lower(): Addressee(row.id, row.email, row.locale, row.zone) for row in members
    }
    contacts = tx.execute(
        select(PartyContact.email, CaseParty.language, CaseParty.zone)
        .join(CaseParty, CaseParty.id == PartyContact.party_id)
        .where(
            PartyContact.case_id == case_id,
            PartyContact.side == side,
            PartyContact.email.is_not(None),
            side_scope(actor, PartyContact),
        )
        .order_by(PartyContact.created_at, PartyContact.id)
    )
    for row in contacts:
        found.setdefault(row.email.lower(), Addressee(None, row.email, row.language, row.zone))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class CaseLabel:
    """What a mail may say of a case."""

    ref: str
    complainant_zone: str


def case_label(tx: Tx, actor: Actor, case_id: UUID) -> CaseLabel | None:
    """The reference of a filed case; None for a draft."""
    row = tx.execute(
        select(Case.ref, Case.zone).where(Case.id == case_id, case_scope(actor, Case.id))
    ).first()
    return CaseLabel(row.ref, row.zone) if row and row.ref else None


def _scope(actor: Actor) -> ColumnElement[bool]:
    """Mails of the cases that exist for the desk; those without a case for the system and admins."""
    if actor.is_system:
        return OutgoingMail.id.is_not(None)
    if actor.is_staff or actor.has(Role.AUDITOR):
        return and_(OutgoingMail.case_id.is_not(None), case_scope(actor, OutgoingMail.case_id))
    return false()


def _row(mail: OutgoingMail) -> MailRow:
    return MailRow(
        id=mail.id,
        case_id=mail.case_id,
        kind=MailKind(mail.kind),
        address=mail.address,
        state=MailState(mail.state),
        tries=mail.tries,
        error=mail.error,
        created_at=mail.created_at,
        due_at=mail.due_at,
        ended_at=mail.ended_at,
    )


def mails_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[MailRow, ...]:
    """Mails about a case, newest first; at most 100."""
    rows = tx.scalars(
        select(OutgoingMail)
        .where(and_(OutgoingMail.case_id == case_id, _scope(actor)))
        .order_by(OutgoingMail.created_at.desc(), OutgoingMail.id)
        .limit(100)
    )
    return tuple(_row(row) for row in rows)


def mails_to_check(tx: Tx, actor: Actor, limit: int = 50) -> tuple[MailRow, ...]:
    """Mails that failed or whose outcome nobody knows, newest first."""
    wanted = or_(OutgoingMail.state == MailState.UNKNOWN, OutgoingMail.state == MailState.FAILED)
    rows = tx.scalars(
        select(OutgoingMail)
        .where(and_(wanted, _scope(actor)))
        .order_by(OutgoingMail.created_at.desc(), OutgoingMail.id)
        .limit(limit)
    )
    return tuple(_row(row) for row in rows)
