"""Reads of notices: who is told, what somebody was told, what they chose, and for the desk what did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, text, tuple_, union

from app.accounts.models import Delegation, Person
from app.accounts.queries import (
    PersonContact,
    actor_of,
    case_scope,
    people_with_role,
    person_contact,
    side_scope,
    sides_of,
)
from app.cases.models import Case, CaseMember, CaseParty, PartyContact
from app.cases.rules.views import Page, cursor_of, parse_cursor
from app.infra.db.transaction import Tx
from app.kernel.actor import STAFF_ROLES, Actor, Role
from app.kernel.errors import NotFound
from app.kernel.sides import Side
from app.notifications.models import (
    MailBounce,
    Notice,
    NoticeChoice,
    OutgoingMail,
    SuppressedAddress,
)
from app.notifications.rules import BounceKind, BounceRow, Choices, MailKind, MailState, Quiet

PAGE = 50
REPORTS = 1000
"""Delivery reports that a page looks through, the newest; older ones are in the list of addresses mailed no more."""
MOST_COUNTED = 99
"""The count beside the bell stops here."""
_WORKERS = ", ".join(f"'{role.value}'" for role in sorted(STAFF_ROLES))
_STAFF = f"""select 1 from role_grant as g
    where g.person_id = p.id and g.revoked_at is null and g.role in ({_WORKERS})"""  # noqa: S608 - our own words only


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
    """Everybody on *side* who can be reached, each address once; accounts before bare addresses.

    Whoever acts for a member at this moment by a delegation is told as well (B146: nobody after it ended).
    """
    members = select(CaseMember.person_id).where(
        CaseMember.case_id == case_id,
        CaseMember.side == side,
        CaseMember.revoked_at.is_(None),
        case_scope(actor, CaseMember.case_id),
    )
    delegates = select(Delegation.delegate_id).where(
        Delegation.principal_id.in_(members),
        Delegation.revoked_at.is_(None),
        Delegation.starts_at <= func.now(),
        or_(Delegation.ends_at.is_(None), Delegation.ends_at > func.now()),
    )
    people = tx.execute(
        select(Person.id, Person.email, Person.locale, Person.zone)
        .where(Person.id.in_(union(members, delegates)), Person.status == "active")
        .order_by(Person.email)
    )
    found = {
        row.email.lower(): Addressee(row.id, row.email, row.locale, row.zone) for row in people
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
        .order_by(PartyContact.email, PartyContact.id)
    )
    for row in contacts:
        found.setdefault(row.email.lower(), Addressee(None, row.email, row.language, row.zone))
    return tuple(found.values())


def desk_to_tell(tx: Tx, case_id: UUID, *, leads_too: bool = False) -> tuple[Addressee, ...]:
    """Who of the desk hears of a case: its owner, else the leads; with *leads_too* both. For the system.

    Nobody is told of a case that does not exist for them (a wall, a side of their own).
    """
    owner_id = tx.execute(select(Case.owner_id).where(Case.id == case_id)).scalar_one_or_none()
    owner = [person_contact(tx, owner_id)] if owner_id else []
    told = [person for person in owner if _is_told_of(tx, person, case_id)]
    if leads_too or not told:
        leads = people_with_role(tx, Role.LEAD)
        told += [lead for lead in leads if lead not in told and _is_told_of(tx, lead, case_id)]
    return tuple(Addressee(p.id, p.email, p.locale, p.zone) for p in told)


def _is_told_of(tx: Tx, person: PersonContact, case_id: UUID) -> bool:
    return person.status == "active" and Side.DESK in sides_of(tx, actor_of(tx, person.id), case_id)


def choices_of(tx: Tx, person_id: UUID | None, address: str, zone: str) -> Choices:
    """What a person, or an address without an account, chose; what is usual where they chose nothing.

    *zone*: theirs, for hours that name none.
    """
    return stored_choices(tx, person_id, address, zone).choices


@dataclass(frozen=True, slots=True)
class StoredChoices:
    """Choices with what a form needs. *version* 0: nothing was chosen yet. *zone*: empty for the own one."""

    choices: Choices
    version: int
    zone: str = ""


def stored_choices(tx: Tx, person_id: UUID | None, address: str, zone: str) -> StoredChoices:
    """As `choices_of`, with the version for the next change."""
    whose = (
        NoticeChoice.person_id == person_id
        if person_id is not None
        else NoticeChoice.address == address
    )
    row = tx.execute(select(NoticeChoice).where(whose)).scalar_one_or_none()
    if row is None:
        return StoredChoices(Choices({}, Quiet(zone=zone)), 0)
    place = row.zone or zone
    hours = row.quiet_from is not None and row.quiet_to is not None
    quiet = Quiet(row.quiet_from, row.quiet_to, place) if hours else Quiet(zone=place)  # type: ignore[arg-type]
    return StoredChoices(Choices(row.mail, quiet, row.digest), row.version, row.zone or "")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail went to: an account, or an address without one. *staff*: which kinds are theirs to choose."""

    kind: MailKind
    person_id: UUID | None
    address: str
    zone: str
    staff: bool


def recipient_of(tx: Tx, mail_id: UUID) -> Recipient | None:
    """The recipient of a mail, or nothing. For the system, after the link of the mail proved itself."""
    row = tx.get(OutgoingMail, mail_id)
    if row is None:
        return None
    zone = str(row.values.get("zone") or "UTC")
    if row.person_id is None:
        return Recipient(MailKind(row.kind), None, row.address, zone, staff=False)
    try:
        actor = actor_of(tx, row.person_id)
    except NotFound:
        return None
    return Recipient(MailKind(row.kind), row.person_id, row.address, actor.zone, actor.is_staff)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A line of somebody's list. *values*: for its sentence."""

    id: UUID
    kind: MailKind
    case_id: UUID | None
    values: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


def _own_notices(actor: Actor) -> ColumnElement[bool]:
    """The notices of *actor* whose case still exists for them."""
    if actor.person_id is None:
        return false()
    in_sight = or_(Notice.case_id.is_(None), case_scope(actor, Notice.case_id))
    return and_(Notice.person_id == actor.person_id, in_sight)


def notices_page(
    tx: Tx, actor: Actor, cursor: str | None = None, *, unread: bool = False, kind: str = ""
) -> Page[NoticeRow]:
    """What *actor* was told, newest first; 50 a page. Raises `Invalid` for a cursor that is none."""
    query = select(Notice).where(_own_notices(actor))
    if unread:
        query = query.where(Notice.read_at.is_(None))
    if kind:
        query = query.where(Notice.kind == kind)
    if cursor:
        _rank, at, key = parse_cursor(cursor)
        query = query.where(tuple_(Notice.created_at, Notice.id) < (at, key))
    query = query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(PAGE + 1)
    found = tx.execute(query).scalars().all()
    last = found[PAGE - 1] if len(found) > PAGE else None
    rows = tuple(_notice_row(row) for row in found[:PAGE])
    return Page(rows, cursor_of(last.created_at, last.id) if last else None)


def digest_lines(tx: Tx, actor: Actor) -> tuple[NoticeRow, ...]:
    """What waits for the daily mail of *actor* and is still unread and in sight, oldest first; at most 50."""
    waits = (Notice.by_mail == "digest", Notice.read_at.is_(None), _own_notices(actor))
    query = select(Notice).where(*waits).order_by(Notice.created_at, Notice.id).limit(PAGE)
    return tuple(_notice_row(row) for row in tx.execute(query).scalars())


def _notice_row(row: Notice) -> NoticeRow:
    return NoticeRow(
        row.id, MailKind(row.kind), row.case_id, row.values, row.created_at, row.read_at
    )


def unread_notices(tx: Tx, actor: Actor) -> int:
    """How many notices *actor* has not read, up to a hundred. One statement."""
    some = select(Notice.id).where(_own_notices(actor), Notice.read_at.is_(None))
    return tx.execute(
        select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())
    ).scalar_one()


UNREAD_BESIDE = f"""array(select n.case_id from notice as n
    where n.person_id = p.id and n.read_at is null and (n.case_id is null
      or exists (select 1 from case_member as m where m.case_id = n.case_id and m.revoked_at is null
        and (m.person_id = p.id or m.person_id in (select d.principal_id from delegation as d
          where d.delegate_id = p.id and d.revoked_at is null and d.starts_at <= now()
            and (d.ends_at is null or d.ends_at > now())))
        and not exists ({_STAFF}))
      or (exists ({_STAFF}) and not exists (select 1 from case_wall as w
        where w.case_id = n.case_id and w.person_id = p.id and w.lifted_at is null)))
    limit {MOST_COUNTED + 1})"""  # noqa: S608 - our own words only
"""The cases of the same notices (null: of none), for the statement that reads the session of `p`: the bell costs no
statement of its own, and the page of a case knows whether it has news."""


@dataclass(frozen=True, slots=True)
class SuppressedRow:
    """An address that is mailed no more."""

    id: UUID
    address: str
    status: str
    since: datetime


def suppressed_addresses(tx: Tx, limit: int = 50) -> tuple[SuppressedRow, ...]:
    """Addresses that are mailed no more, the newest first; the caller decides who may see them."""
    rows = tx.scalars(
        select(SuppressedAddress)
        .where(SuppressedAddress.lifted_at.is_(None))
        .order_by(SuppressedAddress.since.desc(), SuppressedAddress.id)
        .limit(limit)
    )
    return tuple(SuppressedRow(row.id, row.address, row.status, row.since) for row in rows)


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


@dataclass(frozen=True, slots=True)
class MailNumbers:
    """Mail in numbers, without an address. *late*: waits longer than it should; *failed*: to look at, of 30 days."""

    queued: int
    late: int
    failed: int
    suppressed: int


_NUMBERS = text("""
    select count(*) filter (where state in ('queued', 'claimed')),
      count(*) filter (where state in ('queued', 'claimed') and due_at < now() - interval '15 minutes'),
      count(*) filter (where state in ('failed', 'unknown') and created_at > now() - interval '30 days'),
      (select count(*) from suppressed_address where lifted_at is null)
    from outgoing_mail where state in ('queued', 'claimed', 'failed', 'unknown')""")


def mail_numbers(tx: Tx) -> MailNumbers:
    """For the page of health; the caller decides who may see it."""
    return MailNumbers(*tx.execute(_NUMBERS).one())


def recent_bounces(tx: Tx, actor: Actor, limit: int = 50) -> tuple[BounceRow, ...]:
    """The newest report of each address and kind among the newest thousand, the newest first. One statement."""
    seen = (
        select(MailBounce.mail_id, MailBounce.kind, MailBounce.status, MailBounce.at)
        .join(OutgoingMail, OutgoingMail.id == MailBounce.mail_id)
        .where(_scope(actor))
        .order_by(MailBounce.at.desc())
        .limit(REPORTS)
        .subquery()
    )
    of_address = (OutgoingMail.address, seen.c.kind)
    newest = (
        select(
            OutgoingMail.address, OutgoingMail.kind.label("mail_kind"), seen.c.kind, seen.c.status, seen.c.at,
            func.count().over(partition_by=of_address).label("times"),
            func.row_number().over(partition_by=of_address, order_by=seen.c.at.desc()).label("place"),
        )
        .join(OutgoingMail, OutgoingMail.id == seen.c.mail_id)
        .subquery()
    )  # fmt: skip
    rows = tx.execute(
        select(newest).where(newest.c.place == 1).order_by(newest.c.at.desc()).limit(limit)
    )
    return tuple(
        BounceRow(
            row.address,
            MailKind(row.mail_kind),
            BounceKind(row.kind),
            row.status,
            row.times,
            row.at,
        )
        for row in rows
    )
