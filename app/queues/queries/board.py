"""The board's columns: one statement for all of them, each with its own place where its page ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import literal, union_all

from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.queues.queries.conditions import (
    Asked,
    after,
    conditions,
    order_of,
    require_list,
    require_sight,
)
from app.queues.queries.listing import line_of, lines, place_of, queue_numbers
from app.queues.rules.board import CARDS, Stage, states_in
from app.queues.rules.order import Place
from app.queues.rules.views import CaseRow


@dataclass(frozen=True, slots=True)
class Column:
    """Cards of one stage, how many there are on all pages, and where this page ended."""

    stage: Stage
    rows: tuple[CaseRow, ...]
    total: int
    place: Place | None


def board_columns(
    tx: Tx, actor: Actor, asked: Asked, places: Mapping[Stage, Place], *, limit: int = CARDS
) -> tuple[Column, ...]:
    """Every column that the filter leaves, in order; two statements. *places*: where a column goes on.

    Raises `Forbidden`, `Invalid` (a hidden column).
    """
    require_list(actor)
    require_sight(actor, asked)
    wanted = {
        stage: replace(asked.wanted, states=states)
        for stage in Stage
        if (states := states_in(stage, asked.wanted.states))
    }
    if not wanted:
        return ()
    parts = []
    for stage, one in wanted.items():
        part = lines().add_columns(literal(stage.value).label("stage"))
        part = part.where(*conditions(actor, one, asked.at))
        if stage in places:
            part = part.where(after(asked.sort, places[stage]))
        parts.append(part.order_by(*order_of(asked.sort)).limit(limit + 1))
    found: dict[str, list[CaseRow]] = {stage.value: [] for stage in wanted}
    for *cells, stage_name in tx.execute(union_all(*parts)):
        found[stage_name].append(line_of(cells))
    counts = queue_numbers(tx, actor, tuple(wanted.values()), asked.at)
    return tuple(
        _column(stage, found[stage.value], total, asked, limit)
        for stage, total in zip(wanted, counts, strict=True)
    )


def _column(stage: Stage, rows: list[CaseRow], total: int, asked: Asked, limit: int) -> Column:
    more = len(rows) > limit
    shown = tuple(rows[:limit])
    return Column(stage, shown, total, place_of(shown[-1], asked.sort) if more else None)
