"""Reads of cases: every one starts from the actor's scope; there is no unscoped twin.

Parties get no owner, no internal clocks, no reasons of the desk and no filing of the other side.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_

from app.accounts.models import Person
from app.accounts.queries import (
    acting_column,
    acts_as,
    case_scope,
    know_sides,
    names_of,
    same_human_ids,
    side_scope,
    sides_column,
    sides_of,
    writer_side,
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
    FAR,
    CaseView,
    ClockRow,
    LinkRow,
    MemberRow,
    MoveRow,
    MyCaseRow,
    MyFilter,
    Need,
    Page,
    PartyRow,
    QueueFilter,
    QueueRow,
    cursor_of,
    parse_cursor,
)
from app.cases.rules.words import Mover
from app.catalogue.queries import cases_about_the_same
from app.infra.db.binds import CASE, REF, of_case
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock as Time
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.refs import parse_ref
from app.kernel.sides import Side

PAGE, MINE = 50, 20


def view_of(row: Case, side: Side | None, owner_name: str = "") -> CaseView:
    """The view of a loaded row for somebody on *side* (None: the house)."""
    house_only = side is None
    return CaseView(
        id=row.id, ref=row.ref, kind=Kind(row.kind), sub_kind=SubKind(row.sub_kind),
        state=State(row.state), version=row.version, round=row.round,
        outcome=Outcome(row.outcome) if row.outcome else None, policy_id=row.policy_id,
        artist_side=Side(row.artist_side), return_path=tuple(State(s) for s in row.return_path),
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
    if actor.is_system or (actor.has(Role.AUDITOR) and not actor.is_staff):
        return None
    sides = sides_of(tx, actor, case_id)
    if not sides:
        raise NotFound("case")
    if Side.DESK in sides:
        return None
    if len(sides) > 1:
        raise Forbidden(code="both_sides")
    return next(iter(sides))


_OWNER = select(Person.name).where(Person.id == Case.owner_id).scalar_subquery()


@lru_cache(512)
def _case(actor: Actor, *, by_ref: bool) -> Select[Any]:
    wanted = Case.ref == REF if by_ref else Case.id == CASE
    reach = (wanted, case_scope(actor, Case.id), Case.state != State.DELETED)
    return select(Case, _OWNER, sides_column(actor, Case.id)).where(*reach)


def _one(tx: Tx, actor: Actor, query: Select[Any], value: dict[str, Any]) -> CaseView:
    found = tx.execute(query, value).one_or_none()
    if found is None:
        raise NotFound("case")
    row, owner, sides = found
    know_sides(tx, actor, row.id, sides)
    return view_of(row, party_side(tx, actor, row.id), owner or "")


def case_by_id(tx: Tx, actor: Actor, case_id: UUID) -> CaseView:
    """A case or draft by id. Raises `NotFound` when it does not exist for *actor*."""
    return _one(tx, actor, _case(actor, by_ref=False), of_case(case_id))


def case_by_ref(tx: Tx, actor: Actor, ref: str) -> CaseView:
    """A filed case by reference as typed. Raises `NotFound`, or `Invalid` for no reference at all."""
    return _one(tx, actor, _case(actor, by_ref=True), {REF.key: str(parse_ref(ref))})


@lru_cache(512)
def _filing(actor: Actor, side: Side) -> Select[Any]:
    return select(CaseFiling.answers).where(
        CaseFiling.case_id == CASE, CaseFiling.side == side, side_scope(actor, CaseFiling)
    )


def filing_of(tx: Tx, actor: Actor, case_id: UUID, side: Side) -> dict[str, str]:
    """Answers of a side's form that *actor* may read; empty when there are none."""
    found = tx.execute(_filing(actor, side), of_case(case_id)).scalar_one_or_none()
    return {str(name): str(value) for name, value in (found or {}).items()}


def relation_to(tx: Tx, actor: Actor, case_id: UUID, time: Time) -> Relation:
    """How *actor* stands to the case. Raises `NotFound` for strangers."""
    side = party_side(tx, actor, case_id)
    can_act = True
    if side is not None:
        try:
            writer_side(tx, actor, case_id, side)
        except Forbidden:
            can_act = False
    humans = same_human_ids(tx, actor.person_id) if actor.person_id else frozenset()
    return Relation(actor, side, can_act, fresh=is_fresh(actor, time.now()), humans=humans)


@lru_cache(256)
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
    rows: Any = tx.execute(_parties(actor), of_case(case_id)).all()
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


@lru_cache(512)
def _clocks(actor: Actor, *, open_only: bool) -> Select[Any]:
    query = select(Clock).where(Clock.case_id == CASE, side_scope(actor, Clock))
    if open_only:
        query = query.where(Clock.ended_at.is_(None))
    return query.order_by(Clock.due_at, Clock.id)


def clocks_of(
    tx: Tx, actor: Actor, case_id: UUID, *, open_only: bool = True
) -> tuple[ClockRow, ...]:
    """Clocks the actor may see, soonest first."""
    rows = tx.execute(_clocks(actor, open_only=open_only), of_case(case_id)).scalars()
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
        rows = tx.execute(_MOVES, of_case(case_id)).scalars().all()
    return tuple(
        MoveRow(
            r.event, State(r.from_state), State(r.to_state), r.round, r.at,
            r.acted_as if inside else "", r.actor_name if inside else "", r.reason if inside else "",
            str(r.data.get("by_side", "")), str(r.data.get("terms", "")), r.actor_id if inside else None,
        )
        for r in rows
    )  # fmt: skip


@lru_cache(256)
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
    rows = tx.execute(_links(actor), of_case(case_id))
    return tuple(LinkRow(r.id, r.ref, r.relation, State(r.state), r.subject_title) for r in rows)


_FILED = Case.state.notin_([State.DRAFT, State.DELETED])


def _owned(actor: Actor, owner: str) -> ColumnElement[bool]:
    if owner == "nobody":
        return Case.owner_id.is_(None)
    try:
        return Case.owner_id == (actor.person_id if owner == "me" else UUID(owner))
    except ValueError as error:
        raise Invalid("owner", "owner", "me, nobody or a person") from error


def _text(words: str) -> ColumnElement[bool]:
    pattern = f"%{words.replace('%', '').replace('_', '').strip()}%"
    return or_(
        Case.ref.ilike(pattern),
        Case.subject_title.ilike(pattern),
        Case.subject_artist.ilike(pattern),
        Case.isrc == words.strip().upper(),
        Case.upc == words.strip(),
    )


def _filtered(query: Select[Any], actor: Actor, wanted: QueueFilter, time: Time) -> Select[Any]:
    conditions: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.kinds, Case.kind.in_(wanted.kinds)),
        (wanted.sub_kinds, Case.sub_kind.in_(wanted.sub_kinds)),
        (wanted.states, Case.state.in_(wanted.states)),
        (wanted.needs, Case.needs_side.in_(wanted.needs)),
        (wanted.late, Case.next_due_at < time.now()),
        (wanted.attention, Case.needs_attention.is_not(None)),
        (wanted.open_only and not wanted.states, Case.state != State.CLOSED),
    ]
    query = query.where(*(condition for asked, condition in conditions if asked))
    if wanted.owner:
        query = query.where(_owned(actor, wanted.owner))
    return query.where(_text(wanted.text)) if wanted.text.strip() else query


def queue_page(
    tx: Tx, actor: Actor, wanted: QueueFilter, cursor: str | None, time: Time, *, limit: int = PAGE
) -> Page[QueueRow]:
    """Filed cases that exist for the house's *actor*, soonest due first. Raises `Forbidden`."""
    if not (actor.is_staff or actor.is_system or actor.has(Role.AUDITOR)):
        raise Forbidden(code="permission")
    query = _filtered(select(Case).where(_FILED, case_scope(actor, Case.id)), actor, wanted, time)
    if cursor:
        query = query.where(_later_in_queue(*parse_cursor(cursor)))
    found = tx.execute(query.order_by(Case.next_due_at, Case.id).limit(limit + 1)).scalars().all()
    names = names_of(tx, [row.owner_id for row in found])
    rows = tuple(_queue_row(row, names) for row in found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return Page(rows, cursor_of(last.next_due_at or FAR, last.id) if last else None)


def _later_in_queue(_rank: int, at: datetime, key: UUID) -> ColumnElement[bool]:
    """After the cursor in (due, id); cases without a due instant come last, as the index has them."""
    undated = Case.next_due_at.is_(None)
    if at >= FAR:
        return and_(undated, Case.id > key)
    return or_(undated, tuple_(Case.next_due_at, Case.id) > (at, key))


def _queue_row(row: Case, names: dict[UUID, str]) -> QueueRow:
    assert row.ref is not None
    assert row.submitted_at is not None
    return QueueRow(
        row.id, row.ref, Kind(row.kind), SubKind(row.sub_kind), State(row.state),
        Outcome(row.outcome) if row.outcome else None, row.version, row.subject_title,
        row.subject_artist, Mover(row.needs_side), row.needs_attention, row.owner_id,
        names.get(row.owner_id, "") if row.owner_id else "", row.next_due_at, row.next_due_kind,
        row.submitted_at, row.updated_at, row.language, row.country, row.disputed_amount,
        row.disputed_currency,
    )  # fmt: skip


def my_cases(
    tx: Tx, actor: Actor, cursor: str | None = None, wanted: MyFilter | None = None
) -> Page[MyCaseRow]:
    """A party's cases and drafts by need (`Need`), newest change first; 20 a page."""
    if actor.person_id is None or actor.is_staff:
        return Page((), None)
    mine, wanted = my_sides(actor), wanted or MyFilter()
    ended, both = Case.state.in_([State.DECIDED, State.CLOSED]), Mover.BOTH.value
    rank = case(
        (Case.state == State.DRAFT, 1), (ended, 3), (Case.needs_side.in_([mine.c.side, both]), 0), else_=2
    )  # fmt: skip
    query = (
        select(Case, mine.c.side, rank)
        .join(mine, mine.c.case_id == Case.id)
        .where(case_scope(actor, Case.id), Case.state != State.DELETED)
    )
    if wanted.need:
        query = query.where(rank == list(Need).index(wanted.need))
    if wanted.text.strip():
        query = query.where(_text(wanted.text))
    if cursor:
        last_rank, at, key = parse_cursor(cursor)
        later = tuple_(Case.updated_at, Case.id) < (at, key)
        query = query.where(or_(rank > last_rank, and_(rank == last_rank, later)))
    by = (rank, Case.updated_at.desc(), Case.id.desc())
    found = tx.execute(query.order_by(*by).limit(MINE + 1)).all()
    dues = _next_dues(tx, actor, [row[0].id for row in found[:MINE]])
    rows = tuple(
        _my_row(row, Side(side), list(Need)[n], dues.get(row.id)) for row, side, n in found[:MINE]
    )
    last = found[MINE - 1] if len(found) > MINE else None
    return Page(rows, cursor_of(last[0].updated_at, last[0].id, last[2]) if last else None)


def _my_row(row: Case, side: Side, need: Need, due_at: Any) -> MyCaseRow:
    return MyCaseRow(
        row.id, row.ref, Kind(row.kind), SubKind(row.sub_kind), State(row.state),
        Outcome(row.outcome) if row.outcome else None, row.subject_title, row.subject_artist,
        side, need, due_at, row.updated_at,
    )  # fmt: skip


def my_sides(actor: Actor) -> Any:
    """(case_id, side) of every case for which a person may act, own or by a live delegation."""
    assert actor.person_id is not None
    speaks = acts_as(CaseMember.person_id, actor.person_id)
    return (
        select(CaseMember.case_id, func.min(CaseMember.side).label("side"))
        .where(speaks, CaseMember.revoked_at.is_(None))
        .group_by(CaseMember.case_id)
        .subquery("mine")
    )


def _next_dues(tx: Tx, actor: Actor, ids: list[UUID]) -> dict[UUID, Any]:
    """The soonest open clock of each case that the party may see."""
    rows = tx.execute(
        select(Clock.case_id, func.min(Clock.due_at))
        .where(Clock.case_id.in_(ids), Clock.ended_at.is_(None), side_scope(actor, Clock))
        .group_by(Clock.case_id)
    )
    return {row[0]: row[1] for row in rows}


def possible_duplicates(tx: Tx, actor: Actor, case_id: UUID) -> tuple[MyCaseRow, ...]:
    """Open cases of the same people about the same thing: kind, recording or release, period (B017)."""
    draft = tx.execute(
        select(Case).where(Case.id == case_id, case_scope(actor, Case.id))
    ).scalar_one_or_none()
    if draft is None:
        raise NotFound("case")
    members = select(CaseMember.person_id).where(
        CaseMember.case_id == case_id, CaseMember.revoked_at.is_(None)
    )
    theirs = select(CaseMember.case_id).where(
        CaseMember.person_id.in_(members), CaseMember.revoked_at.is_(None)
    )
    query = select(Case).where(
        Case.id != case_id, Case.id.in_(theirs), case_scope(actor, Case.id), _FILED,
        Case.state != State.CLOSED, Case.kind == draft.kind, _same_subject(draft),
    )  # fmt: skip
    if draft.period_start and draft.period_end:
        query = query.where(
            or_(Case.period_start.is_(None), Case.period_start < draft.period_end),
            or_(Case.period_end.is_(None), Case.period_end > draft.period_start),
        )
    rows = tx.execute(query.order_by(Case.submitted_at.desc()).limit(5)).scalars()
    return tuple(_my_row(row, Side.COMPLAINANT, Need.OPEN, None) for row in rows)


def _same_subject(draft: Case) -> ColumnElement[bool]:
    same: list[ColumnElement[bool]] = [Case.id.in_(cases_about_the_same(draft.id))]
    if title := draft.subject_title.strip().lower():
        same.append(func.lower(Case.subject_title) == title)
    if draft.isrc:
        same.append(Case.isrc == draft.isrc)
    if draft.upc:
        same.append(Case.upc == draft.upc)
    return or_(*same)


def case_ids_in(tx: Tx, actor: Actor, state: State, *, limit: int = 500) -> tuple[UUID, ...]:
    """Ids of cases in one state that exist for *actor*, the longest waiting first."""
    rows = tx.execute(
        select(Case.id)
        .where(Case.state == state.value, case_scope(actor, Case.id))
        .order_by(Case.updated_at)
        .limit(limit)
    )
    return tuple(rows.scalars())
