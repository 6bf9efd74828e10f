"""Reads of one case: every one starts from the actor's scope; there is no unscoped twin.

Parties get no owner, no internal clocks, no reasons of the desk and no filing of the other side.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, or_, select

from app.accounts.models import Person
from app.accounts.queries import (
    acting_column,
    case_scope,
    know_sides,
    names_of,
    party_standing,
    same_human_ids,
    side_scope,
    sides_column,
    sides_of,
)
from app.accounts.rules import is_fresh
from app.cases.models import (
    Case,
    CaseFiling,
    CaseLink,
    CaseMember,
    CaseParty,
    CaseTransition,
    Clock,
    PartyContact,
)
from app.cases.rules.facts import Relation
from app.cases.rules.kinds import Kind, Outcome, State, SubKind
from app.cases.rules.views import (
    CaseView,
    ClockRow,
    LinkRow,
    MemberRow,
    MoveRow,
    PartyRow,
)
from app.cases.rules.words import Mover
from app.infra.db.binds import CASE, REF, of_case
from app.infra.db.kept import Own, ask, shared
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock as Time
from app.kernel.errors import Forbidden, NotFound
from app.kernel.refs import parse_ref
from app.kernel.sides import Side

PAGE = 50


def view_of(row: Case, side: Side | None, owner_name: str = "") -> CaseView:
    """The view of a loaded row for somebody on *side* (None: the house)."""
    house_only = side is None
    return CaseView(
        id=row.id, ref=row.ref, kind=Kind(row.kind), sub_kind=SubKind(row.sub_kind),
        state=State(row.state), version=row.version, round=row.round,
        outcome=Outcome(row.outcome) if row.outcome else None, policy_id=row.policy_id,
        return_path=tuple(State(s) for s in row.return_path),
        silence=row.silence, subject_title=row.subject_title, subject_artist=row.subject_artist,
        isrc=row.isrc, upc=row.upc, store=row.store, period_start=row.period_start,
        period_end=row.period_end, disputed_amount=row.disputed_amount,
        disputed_currency=row.disputed_currency, summary=row.summary, language=row.language,
        zone=row.zone, country=row.country, needs=Mover(row.needs_side),
        created_at=row.created_at, updated_at=row.updated_at, submitted_at=row.submitted_at,
        decided_at=row.decided_at, informed_at=row.informed_at, closed_at=row.closed_at,
        side=side, owner_id=row.owner_id if house_only else None,
        needs_attention=row.needs_attention if house_only else None,
        next_due_at=row.next_due_at if house_only else None, next_due_kind=row.next_due_kind if house_only else None,
        first_replied_at=row.first_replied_at, owner_name=owner_name if house_only else "",
        legal_hold_at=row.legal_hold_at if house_only else None,
    )  # fmt: skip


def party_side(tx: Tx, actor: Actor, case_id: UUID) -> Side | None:
    """The party side *actor* speaks for; None for the house. Raises `NotFound` for strangers."""
    return None if _is_of_the_house(actor) else _only(sides_of(tx, actor, case_id))


def _is_of_the_house(actor: Actor) -> bool:
    """Reads all cases without standing on a side."""
    return actor.is_system or (actor.has(Role.AUDITOR) and not actor.is_staff)


def _only(sides: Collection[Side]) -> Side | None:
    """The party side; None for the desk. Raises `NotFound` for no side, `Forbidden` for both."""
    if not sides:
        raise NotFound("case")
    if Side.DESK in sides:
        return None
    if len(sides) > 1:
        raise Forbidden(code="both_sides")
    return next(iter(sides))


_OWNER = select(Person.name).where(Person.id == Case.owner_id).scalar_subquery()


@shared(512)
def _case(actor: Actor, *, by_ref: bool) -> Select[Any]:
    wanted = Case.ref == REF if by_ref else Case.id == CASE
    reach = (wanted, case_scope(actor, Case.id), Case.state != State.DELETED)
    return select(Case, _OWNER, sides_column(actor, Case.id)).where(*reach)


def _one(tx: Tx, actor: Actor, query: Own, value: dict[str, Any]) -> CaseView:
    found = ask(tx, query, value)
    if not found:
        raise NotFound("case")
    row, owner, sides = found[0]
    known = know_sides(tx, actor, row.id, sides)
    return view_of(row, None if _is_of_the_house(actor) else _only(known), owner or "")


def case_by_id(tx: Tx, actor: Actor, case_id: UUID) -> CaseView:
    """A case or draft by id. Raises `NotFound` when it does not exist for *actor*."""
    return _one(tx, actor, _case(actor, by_ref=False), of_case(case_id))


def case_by_ref(tx: Tx, actor: Actor, ref: str) -> CaseView:
    """A filed case by reference as typed. Raises `NotFound`, or `Invalid` for no reference at all."""
    return _one(tx, actor, _case(actor, by_ref=True), {REF.key: str(parse_ref(ref))})


@shared(512)
def _filing(actor: Actor, side: Side) -> Select[Any]:
    return select(CaseFiling.answers).where(
        CaseFiling.case_id == CASE, CaseFiling.side == side, side_scope(actor, CaseFiling)
    )


def filing_of(tx: Tx, actor: Actor, case_id: UUID, side: Side) -> dict[str, str]:
    """Answers of a side's form that *actor* may read; empty when there are none."""
    found = ask(tx, _filing(actor, side), of_case(case_id))
    answers = found[0] if found else {}
    return {str(name): str(value) for name, value in answers.items()}


def relation_to(tx: Tx, actor: Actor, case_id: UUID, time: Time) -> Relation:
    """How *actor* stands to the case. Raises `NotFound` for strangers."""
    side, can_act = _standing(tx, actor, case_id)
    humans = same_human_ids(tx, actor.person_id) if actor.person_id else frozenset()
    return Relation(actor, side, can_act, fresh=is_fresh(actor, time.now()), humans=humans)


def _standing(tx: Tx, actor: Actor, case_id: UUID) -> tuple[Side | None, bool]:
    """The side, and whether they may act there."""
    if actor.is_staff or _is_of_the_house(actor):
        return party_side(tx, actor, case_id), True
    standing = party_standing(tx, actor, case_id)
    side = _only(standing)
    return side, side is None or standing[side]


@shared(256)
def _parties(actor: Actor) -> Select[Any]:
    contact = and_(PartyContact.party_id == CaseParty.id, side_scope(actor, PartyContact))
    return (
        select(CaseParty, PartyContact, acting_column(CaseParty.person_id))
        .outerjoin(PartyContact, contact)
        .where(CaseParty.case_id == CASE, side_scope(actor, CaseParty))
        .order_by(CaseParty.side, CaseParty.created_at, CaseParty.id)
    )


def parties_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[PartyRow, ...]:
    """The parties, complainant first."""
    rows = ask(tx, _parties(actor), of_case(case_id))
    return tuple(
        PartyRow(
            p.id, Side(p.side), p.display_name, p.party_kind, p.person_id, p.country, p.zone,
            p.language, c.email if c is not None else None, c.phone if c is not None else None, c.address if c is not None else None,
            tuple(acting) if c is not None else (),
        )
        for p, c, acting in rows
    )  # fmt: skip


def members_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[MemberRow, ...]:
    """Live members: all for the house, the own side for a party."""
    side = party_side(tx, actor, case_id)
    query = select(CaseMember).where(
        CaseMember.case_id == case_id,
        CaseMember.revoked_at.is_(None),
        case_scope(actor, CaseMember.case_id),
    )
    with house(tx):
        found = tx.execute(query.order_by(CaseMember.side, CaseMember.added_at)).scalars().all()
    shown = [row for row in found if side is None or row.side == side]
    names = names_of(tx, [row.person_id for row in shown])
    return tuple(
        MemberRow(r.person_id, names.get(r.person_id, ""), Side(r.side), r.capability, r.added_at)
        for r in shown
    )


@shared(512)
def _clocks(actor: Actor, *, open_only: bool) -> Select[Any]:
    query = select(Clock).where(Clock.case_id == CASE, side_scope(actor, Clock))
    if open_only:
        query = query.where(Clock.ended_at.is_(None))
    return query.order_by(Clock.due_at, Clock.id)


def clocks_of(
    tx: Tx, actor: Actor, case_id: UUID, *, open_only: bool = True
) -> tuple[ClockRow, ...]:
    """Clocks the actor may see, soonest first."""
    rows = ask(tx, _clocks(actor, open_only=open_only), of_case(case_id))
    return tuple(
        ClockRow(
            r.id, r.kind, Side(r.side), r.state, r.zone, r.calendar_id, r.started_at, r.due_at,
            r.earliest_at, r.pause_reason, r.ended_at, r.breached_at, r.state == "breached",
        )
        for r in rows
    )  # fmt: skip


_MOVES = (
    select(CaseTransition).where(CaseTransition.case_id == CASE).order_by(CaseTransition.version)
)


def moves_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[MoveRow, ...]:
    """Every move in order: the progress of the case. Raises `NotFound`."""
    inside = party_side(tx, actor, case_id) is None
    with house(tx):
        rows = ask(tx, _MOVES, of_case(case_id))
    return tuple(
        MoveRow(
            r.event, State(r.from_state), State(r.to_state), r.round, r.at,
            r.acted_as if inside else "", r.actor_name if inside else "", r.reason if inside else "",
            str(r.data.get("by_side", "")), str(r.data.get("terms", "")), r.actor_id if inside else None,
        )
        for r in rows
    )  # fmt: skip


@shared(256)
def _links(actor: Actor) -> Any:
    other = case((CaseLink.case_id == CASE, CaseLink.other_case_id), else_=CaseLink.case_id)
    return (
        select(Case.id, Case.ref, CaseLink.relation, Case.state, Case.subject_title)
        .select_from(CaseLink)
        .join(Case, Case.id == other)
        .where(
            or_(CaseLink.case_id == CASE, CaseLink.other_case_id == CASE),
            CaseLink.ended_at.is_(None),
            case_scope(actor, Case.id),
        )
        .order_by(CaseLink.created_at, Case.id)
        .limit(PAGE)
    )


def links_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[LinkRow, ...]:
    """Live links in both directions, to cases that exist for *actor*; nothing for parties."""
    if party_side(tx, actor, case_id) is not None:
        return ()
    rows = ask(tx, _links(actor), of_case(case_id))
    return tuple(LinkRow(r.id, r.ref, r.relation, State(r.state), r.subject_title) for r in rows)


def goes_on_in(tx: Tx, actor: Actor, case_id: UUID) -> str:
    """Reference of the case that a duplicate goes on in; empty when it is none, or when that does not exist for *actor*."""
    link = select(CaseLink.other_case_id).where(
        CaseLink.case_id == case_id, CaseLink.relation == "duplicate_of", CaseLink.ended_at.is_(None)
    )  # fmt: skip
    with house(tx):
        other = tx.execute(link.limit(1)).scalar_one_or_none()
    if other is None:
        return ""
    return tx.execute(select(Case.ref).where(Case.id == other, case_scope(actor, Case.id))).scalar_one_or_none() or ""  # fmt: skip
