"""Lists of cases: the queue, what is mine, what is like another. Each starts from the actor's scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, case, func, or_, select, tuple_

from app.accounts.queries import (
    acts_as,
    case_scope,
    names_of,
    side_scope,
)
from app.cases.models import (
    Case,
    CaseMember,
    Clock,
)
from app.cases.rules.kinds import Kind, Outcome, State, SubKind
from app.cases.rules.views import (
    FAR,
    MyCaseRow,
    MyFilter,
    Need,
    Page,
    QueueFilter,
    QueueRow,
    cursor_of,
    parse_cursor,
)
from app.cases.rules.words import Mover
from app.catalogue.queries import cases_about_the_same
from app.infra.db.binds import IDS, unfolded
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock as Time
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.sides import Side

PAGE, MINE = 50, 20

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
    wanted = wanted or MyFilter()
    if wanted.text.strip() or cursor:
        found = list(tx.execute(_narrowed(*_mine(actor, wanted.need), wanted.text, cursor)))
    else:
        found = ask(tx, _first_of_mine(actor, wanted.need))
    dues = _next_dues(tx, actor, [row[0].id for row in found[:MINE]])
    rows = tuple(
        _my_row(row, Side(side), list(Need)[n], dues.get(row.id)) for row, side, n in found[:MINE]
    )
    last = found[MINE - 1] if len(found) > MINE else None
    return Page(rows, cursor_of(last[0].updated_at, last[0].id, last[2]) if last else None)


@shared(256)
def _first_of_mine(actor: Actor, need: Need | None) -> Select[Any]:
    return _mine(actor, need)[0]


def _mine(actor: Actor, need: Need | None) -> tuple[Select[Any], ColumnElement[int]]:
    """The first cases of the list, and the number of a case's need by which they are in order."""
    mine = my_sides(actor)
    ended, both = Case.state.in_([State.DECIDED, State.CLOSED]), Mover.BOTH.value
    rank = case(
        (Case.state == State.DRAFT, 1), (ended, 3), (Case.needs_side.in_([mine.c.side, both]), 0), else_=2
    )  # fmt: skip
    query = (
        select(Case, mine.c.side, rank)
        .join(mine, mine.c.case_id == Case.id)
        .where(case_scope(actor, Case.id), Case.state != State.DELETED)
        .order_by(rank, Case.updated_at.desc(), Case.id.desc())
        .limit(MINE + 1)
    )
    return query.where(rank == list(Need).index(need)) if need else query, rank


def _narrowed(
    query: Select[Any], rank: ColumnElement[int], words: str, cursor: str | None
) -> Select[Any]:
    if words.strip():
        query = query.where(_text(words))
    if cursor:
        last_rank, at, key = parse_cursor(cursor)
        later = tuple_(Case.updated_at, Case.id) < (at, key)
        query = query.where(or_(rank > last_rank, and_(rank == last_rank, later)))
    return query


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
    return dict(ask(tx, _dues(actor), {IDS.key: ids}))


@shared(256)
def _dues(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Clock.case_id, func.min(Clock.due_at))
        .where(
            Clock.case_id == any_(unfolded(IDS)), Clock.ended_at.is_(None), side_scope(actor, Clock)
        )
        .group_by(Clock.case_id)
    )


def possible_duplicates(tx: Tx, actor: Actor, case_id: UUID) -> tuple[MyCaseRow, ...]:
    """Open cases of the same people about the same thing: kind, recording or release, period (B017)."""
    draft = tx.execute(
        select(Case).where(Case.id == case_id, case_scope(actor, Case.id))
    ).scalar_one_or_none()
    if draft is None:
        raise NotFound("case")
    return duplicates_of(tx, actor, draft)


def duplicates_of(tx: Tx, actor: Actor, draft: Case) -> tuple[MyCaseRow, ...]:
    """`possible_duplicates` of a draft that is loaded already."""
    members = select(CaseMember.person_id).where(
        CaseMember.case_id == draft.id, CaseMember.revoked_at.is_(None)
    )
    theirs = select(CaseMember.case_id).where(
        CaseMember.person_id.in_(members), CaseMember.revoked_at.is_(None)
    )
    query = select(Case).where(
        Case.id != draft.id, Case.id.in_(theirs), case_scope(actor, Case.id), _FILED,
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
