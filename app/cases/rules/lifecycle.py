"""Reads the lifecycle table: which rows exist, where each leads, and the moves the database allows.

`to` with alternatives is a total function of named facts, written in brackets; without one it is
the else. `same` keeps the state, `return_to` is the stored way back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.cases.rules.kinds import SUB_KINDS, CaseEvent, Kind, State
from app.cases.rules.table import LINES, Line
from app.kernel.errors import NOT_FROM_HERE, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SAME = "same"
BACK = "return_to"
SUB_KIND_IS = "sub-kind "
_BRACKET = re.compile(r"^(?P<name>\w+)(?: \[(?P<when>[^\]]+)\])?$")


class UnknownMove(Refused):
    """No row of the table says this; `allowed` lists the events of the state."""


@dataclass(frozen=True, slots=True)
class Target:
    """One alternative of `to`: a state, `same` or `return_to`, and the condition it stands for."""

    name: str
    when: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table for one kind and one state."""

    kind: Kind
    source: State
    event: CaseEvent
    targets: tuple[Target, ...]
    who: str
    guard: str
    effect: str

    @property
    def remembers(self) -> bool:
        """True when the row sets the way back."""
        return "return_to" in self.effect


def _targets(text: str) -> tuple[Target, ...]:
    found = []
    for part in text.split(" / "):
        match = _BRACKET.match(part.strip())
        if match is None:
            raise Refused("bad_table", f"unreadable target {part!r}")
        found.append(Target(match["name"], match["when"]))
    return tuple(found)


def _concerns(kind: Kind, target: Target) -> bool:
    """False for an alternative whose sub-kinds *kind* does not have."""
    if target.when is None or not target.when.startswith(SUB_KIND_IS):
        return True
    named = target.when.removeprefix(SUB_KIND_IS).split(" or ")
    return any(sub.value in named for sub in SUB_KINDS[kind])


def _rows_of(line: Line) -> Iterable[Row]:
    targets = _targets(line.to)
    for kind in map(Kind, line.kinds.split()):
        mine = tuple(target for target in targets if _concerns(kind, target))
        for source in line.sources.split():
            yield Row(
                kind, State(source), CaseEvent(line.event), mine, line.who, line.guard, line.effect
            )


@cache
def rows() -> tuple[Row, ...]:
    """Every row for every kind, in the order of the table."""
    return tuple(row for line in LINES for row in _rows_of(line))


@cache
def _index() -> Mapping[tuple[Kind, State, CaseEvent], Row]:
    index: dict[tuple[Kind, State, CaseEvent], Row] = {}
    for row in rows():
        key = (row.kind, row.source, row.event)
        if key in index:
            raise Refused("bad_table", f"two rows for {key}")
        index[key] = row
    return MappingProxyType(index)


@cache
def rows_from(kind: Kind, state: State) -> tuple[Row, ...]:
    """The rows of a state, in the order of the table."""
    return tuple(row for row in rows() if row.kind is kind and row.source is state)


def row_for(kind: Kind, state: State, event: CaseEvent) -> Row:
    """The one row of (kind, state, event). Raises `UnknownMove` with the list of what is allowed."""
    row = _index().get((kind, state, event))
    if row is None:
        allowed = tuple(item.event.value for item in rows_from(kind, state))
        raise UnknownMove("unknown_move", NOT_FROM_HERE, allowed)
    return row


Path = tuple[State, ...]
AWAY = frozenset(
    {
        State.WAITING_COMPLAINANT, State.WAITING_RESPONDENT, State.WAITING_STORE, State.AUDITING,
        State.NEGOTIATION, State.CONFIRMATION, State.FINANCE_APPROVAL,
    }
)  # fmt: skip
"""States that remember where they came from; every other one starts with an empty path."""
REVIEWS = frozenset({State.REVIEW, State.APPEAL_REVIEW})
_WAY_BACK = "return_to is "


def _pushed(row: Row) -> State | None:
    """What a row adds to the way back, or None."""
    if row.event in (CaseEvent.OFFER, CaseEvent.START_AUDIT):
        kept = {State.EVIDENCE_EXCHANGE: State.REVIEW, State.TRIAGE: State.REVIEW}
        return kept.get(row.source, row.source)
    if row.event in (CaseEvent.DECIDE, CaseEvent.RELEASE_PRO_RATA):
        return State.APPEAL_REVIEW if row.source is State.APPEAL_REVIEW else State.REVIEW
    if any(target.name == BACK for target in row.targets) or not row.remembers:
        return None
    return row.source


def path_after(row: Row, target: Target, state: State, path: Path) -> Path:
    """The way back after *row* led to *state*: a stack, so that waiting inside an audit keeps both.

    Only states that are away from their work keep one; a finance refusal always finds a review.
    """
    if target.name == SAME:
        return path
    if target.name == BACK:
        return path[:-1] if state in AWAY else ()
    pushed = _pushed(row)
    longer = (*path, pushed) if pushed else path
    if row.event is CaseEvent.MARK_DUPLICATE:
        return longer
    if state not in AWAY:
        return ()
    if state is State.FINANCE_APPROVAL and longer[-1:] and longer[-1] not in REVIEWS:
        return (State.REVIEW,)
    return longer


def targets_open(row: Row, path: Path) -> tuple[Target, ...]:
    """The alternatives that the way back alone does not rule out."""
    top = path[-1].value if path else ""
    ways = {
        t.when.removeprefix(_WAY_BACK): t
        for t in row.targets
        if t.when and t.when.startswith(_WAY_BACK)
    }
    if top in ways:
        return (ways[top],)
    return tuple(t for t in row.targets if t not in ways.values())


def state_of(row: Row, target: Target, path: Path) -> State | None:
    """The state an alternative means now; None when there is no way back."""
    if target.name == SAME:
        return row.source
    if target.name == BACK:
        return path[-1] if path else None
    return State(target.name)


@cache
def moves_of(kind: Kind) -> frozenset[tuple[State, CaseEvent, State]]:
    """Every move a case of *kind* can ever make, found by walking from the start."""
    seen: set[tuple[State, Path]] = set()
    moves: set[tuple[State, CaseEvent, State]] = set()
    todo: list[tuple[State, Path]] = [(State.NONE, ())]
    while todo:
        state, path = todo.pop()
        if (state, path) in seen:
            continue
        seen.add((state, path))
        for row, target, reached in _steps(kind, state, path):
            moves.add((state, row.event, reached))
            todo.append((reached, path_after(row, target, reached, path)))
    return frozenset(moves)


def _steps(kind: Kind, state: State, path: Path) -> Iterable[tuple[Row, Target, State]]:
    for row in rows_from(kind, state):
        for target in targets_open(row, path):
            reached = state_of(row, target, path)
            if reached is not None:
                yield row, target, reached


@cache
def states_of(kind: Kind) -> frozenset[State]:
    """The states a case of *kind* can be in, the tombstone of a draft included."""
    return frozenset(to for _, _, to in moves_of(kind))


@cache
def live_rows() -> tuple[Row, ...]:
    """The rows whose state the kind can reach; the contract lists some states for every kind."""
    return tuple(
        row for row in rows() if row.source is State.NONE or row.source in states_of(row.kind)
    )


@cache
def allowed_moves() -> tuple[tuple[str, str, str, str], ...]:
    """(kind, from, event, to) for every possible move, sorted: the rows of `allowed_transition`.

    `convert` leaves the support table and is listed there; the new kind goes on from triage.
    """
    return tuple(
        sorted(
            (kind.value, source.value, event.value, to.value)
            for kind in Kind
            for source, event, to in moves_of(kind)
        )
    )
