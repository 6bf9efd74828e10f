"""The desk's list: a page, its totals, the counts of the navigation, ids and lines of everything that matches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text

from app.accounts.models import Person
from app.accounts.queries import case_scope
from app.cases.models import Case
from app.cases.rules.kinds import Kind, Outcome, State, SubKind
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.queues.models import CaseTag, Tag
from app.queues.queries.conditions import (
    IS_FILED,
    Asked,
    Moments,
    after,
    any_time,
    conditions,
    order_of,
    require_list,
    require_sight,
)
from app.queues.rules.bulk import Chosen
from app.queues.rules.filters import ListFilter
from app.queues.rules.order import PAGE, Place, Sort
from app.queues.rules.views import CaseRow, Totals

COUNTED = 1000
"""Totals are counted so far; a page never grows with the table."""
_ROW = (
    Case.id, Case.ref, Case.kind, Case.sub_kind, Case.state, Case.outcome, Case.version, Case.subject_title,
    Case.subject_artist, Case.needs_attention, Case.owner_id, func.coalesce(Person.name, "").label("owner"),
    Case.next_due_at, Case.next_due_kind, Case.submitted_at, Case.updated_at, Case.language, Case.country,
    Case.store, Case.channel, Case.disputed_amount, Case.disputed_currency,
)  # fmt: skip
_KINDS = {kind.value: kind for kind in Kind}
_SUB_KINDS = {kind.value: kind for kind in SubKind}
_STATES = {state.value: state for state in State}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def list_page(
    tx: Tx, actor: Actor, asked: Asked, place: Place | None = None, *, limit: int = PAGE
) -> tuple[tuple[CaseRow, ...], Place | None]:
    """Rows of one page and where it ended, None at the end. Raises `Forbidden`, `Invalid` (hidden column)."""
    require_list(actor)
    require_sight(actor, asked)
    page = (actor, asked.wanted, asked.at.zone, asked.sort, limit + 1)
    if place is None:
        found = ask(tx, _first_page(*page), asked.at.values())
    else:
        later = _page(*page).where(after(asked.sort, place))
        found = list(tx.execute(later, asked.at.values()))
    rows = tuple(line_of(row) for row in found[:limit])
    return rows, place_of(rows[-1], asked.sort) if len(found) > limit else None


def _page(actor: Actor, wanted: ListFilter, zone: str, sort: Sort, most: int) -> Any:
    """A page of the filter at any time."""
    query = lines().where(*conditions(actor, wanted, any_time(zone)))
    return query.order_by(*order_of(sort)).limit(most)


_first_page = shared(256)(_page)


@cache
def lines() -> Select[*tuple[object, ...]]:
    """The columns of a line, never whole cases: filings and summaries stay where they are."""
    return select(*_ROW).outerjoin(Person, Person.id == Case.owner_id)


def place_of(row: CaseRow, sort: Sort) -> Place:
    """Where a page that ends with *row* ended."""
    values = {
        "due": row.due_at,
        "updated": row.updated_at,
        "opened": row.opened_at,
        "stake": row.amount,
    }
    return Place(values[sort.column], row.id)


def line_of(row: Iterable[Any]) -> CaseRow:
    """The columns of a line as it is handed on."""
    (key, ref, kind, sub_kind, state, outcome, *rest) = row
    return CaseRow(
        key, ref, _KINDS[kind], _SUB_KINDS[sub_kind], _STATES[state],
        _OUTCOMES[outcome] if outcome else None, *rest,
    )  # fmt: skip


def totals(tx: Tx, actor: Actor, asked: Asked) -> Totals:
    """How many cases match, and how near they are due: one statement, never more than COUNTED rows."""
    require_list(actor)
    require_sight(actor, asked)
    found = ask(tx, _totals(actor, asked.wanted, asked.at.zone), asked.at.values())
    count, late, soon, week = found[0]
    return Totals(count, late, soon, week, many=count > COUNTED)


@shared(256)
def _totals(actor: Actor, wanted: ListFilter, zone: str) -> Any:
    """The totals of the filter at any time, kept as built."""
    at = any_time(zone)
    due = (
        select(Case.next_due_at.label("due"))
        .where(*conditions(actor, wanted, at))
        .limit(COUNTED + 1)
        .subquery()
    )
    late, today = due.c.due < at.now, due.c.due <= at.day_end
    return select(
        func.count(),
        func.count().filter(late),
        func.count().filter(~late, today),
        func.count().filter(~late, ~today, due.c.due <= at.week_end),
    ).select_from(due)


def queue_numbers(
    tx: Tx, actor: Actor, queries: Sequence[ListFilter], at: Moments
) -> tuple[int, ...]:
    """How many open cases each filter finds, in one statement over the open cases."""
    require_list(actor)
    (row,) = ask(tx, _numbers(actor, tuple(queries), at.zone), at.values())
    return tuple(row)


@shared(256)
def _numbers(actor: Actor, queries: tuple[ListFilter, ...], zone: str) -> Any:
    """The numbers of the filters at any time as one array, kept as built."""
    at = any_time(zone)
    counted = [func.count().filter(*conditions(actor, one, at)[2:]) for one in queries]
    everything = conditions(actor, ListFilter(), at)
    return select(func.json_build_array(*counted)).select_from(Case).where(*everything)


def tags_on(tx: Tx, actor: Actor, case_ids: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Words on each of the cases, by name, in one statement. Nothing for anybody outside the house."""
    require_list(actor)
    rows = tx.execute(
        select(CaseTag.case_id, Tag.name)
        .join(Tag, Tag.id == CaseTag.tag_id)
        .where(
            CaseTag.case_id.in_(tuple(case_ids)),
            CaseTag.removed_at.is_(None),
            case_scope(actor, CaseTag.case_id),
        )
        .order_by(Tag.name)
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for case_id, name in rows:
        found[case_id] = (*found.get(case_id, ()), name)
    return found


def matching(tx: Tx, actor: Actor, asked: Asked, *, most: int) -> tuple[Chosen, ...]:
    """Every case of a filter with its version, at most one more than *most*, in the order asked for."""
    require_list(actor)
    require_sight(actor, asked)
    rows = tx.execute(
        select(Case.id, Case.version)
        .where(*conditions(actor, asked.wanted, asked.at))
        .order_by(*order_of(asked.sort))
        .limit(most + 1)
    )
    return tuple(Chosen(*row) for row in rows)


def chosen_rows(tx: Tx, actor: Actor, ids: Sequence[UUID]) -> tuple[CaseRow, ...]:
    """The named cases in the order given. One that is foreign or unknown: `NotFound` for all (B143)."""
    require_list(actor)
    found = tx.execute(lines().where(Case.id.in_(ids), IS_FILED, case_scope(actor, Case.id))).all()
    by_id = {row.id: line_of(row) for row in found}
    if set(ids) - by_id.keys():
        raise NotFound("case")
    return tuple(by_id[key] for key in ids)


def every_row(tx: Tx, actor: Actor, asked: Asked, *, most: int) -> Iterator[CaseRow]:
    """All lines of a filter in their order, up to *most*, page after page in one transaction."""
    place: Place | None = None
    left = most
    while left > 0:
        rows, place = list_page(tx, actor, asked, place, limit=min(500, left))
        yield from rows
        left -= len(rows)
        if place is None:
            return


_CHANGED = text("""
select distinct on (h.case_id) h.case_id, coalesce(p.name, '') as name
from history_entry h left join person p on p.id = h.actor_id
where h.case_id = any (:ids) and h.at > :since order by h.case_id, h.id desc""")


def changed_since(
    tx: Tx, actor: Actor, refs: Sequence[str], since: datetime
) -> tuple[tuple[UUID, str, str], ...]:
    """(id, reference, who) of the named cases that changed after *since*; empty name: the system."""
    require_list(actor)
    rows = tx.execute(
        select(Case.id, Case.ref).where(
            Case.ref.in_(refs), Case.updated_at > since, IS_FILED, case_scope(actor, Case.id)
        )
    ).all()
    if not rows:
        return ()
    who = tx.execute(_CHANGED, {"ids": [row.id for row in rows], "since": since})
    names: dict[UUID, str] = {row.case_id: row.name for row in who}
    return tuple((row.id, row.ref or "", names.get(row.id, "")) for row in rows)


def changed_by(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Who changed each of the cases last; nothing for the system."""
    if not ids:
        return {}
    rows = tx.execute(_CHANGED, {"ids": list(ids), "since": datetime(2000, 1, 1, tzinfo=UTC)})
    return {row.case_id: row.name for row in rows}
