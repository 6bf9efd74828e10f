"""Random histories of cases on the database: moves, lies, time jumps, crashes; the invariants hold throughout.

One outer transaction with a savepoint a history; deferred guards of the database are made to speak
after every step. Facts of other rooms are drawn at random, so that every row of the table gets turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cases.checks import CHECKS
from app.cases.commands import ApplyEvent
from app.cases.models import Case, Clock, ClockEvent
from app.cases.queries import case_by_id, view_of
from app.cases.rules.actions import Action, actions_for
from app.cases.rules.facts import CaseFacts, Relation
from app.cases.rules.kinds import ENDED, CaseEvent, Outcome, State, SubKind
from app.cases.service.clocks import rule_of
from app.cases.service.moves import apply_event
from app.cases.service.sweep import due_to_wake
from app.history.service import verify
from app.infra.checks import run_checks
from app.infra.db.transaction import database_scope, transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import RedressError
from app.kernel.sides import Side
from app.policies.rules.clocks import ClockAct, ClockFact, ClockKind, replay
from app.workflows.sweep_clocks import ring_one
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import make_case

SYSTEM = Actor.system("test:histories")
PEOPLE = ("ada", "cy", "dee", "rio", "rae", "eli", "gus", "gil")
KINDS = (
    SubKind.DMCA_NOTICE,
    SubKind.WRONG_SPLIT,
    SubKind.OWNERSHIP,
    SubKind.TECHNICAL,
    SubKind.OWN_RESTRICTION,
)
JUMPS = (
    timedelta(0),
    timedelta(hours=-1),
    timedelta(hours=5),
    timedelta(days=2),
    timedelta(days=9),
    timedelta(days=200),
)


class Crash(Exception):
    """The process dies between the act and its commit."""


step = st.tuples(st.integers(0, 9), st.integers(0, 2**16), st.integers(0, 2**12))
history = st.tuples(st.sampled_from(KINDS), st.lists(step, min_size=1, max_size=30))


def lies(bits: int) -> CaseFacts:
    """Facts of other rooms, mostly in favour."""
    on = [bool(bits >> n & 1) for n in range(12)]
    return CaseFacts(
        answered_items=1,
        unjudged_items=int(on[0] and on[1]),
        open_requests=int(on[2] and on[3]),
        decision_missing=(),
        decision_outcome=Outcome.UPHELD,
        money_moves=on[4],
        second_pair=on[5],
        above_limit=on[6],
        open_actions=("letters",) if on[7] else (),
        offer_side=Side.RESPONDENT if on[8] else Side.COMPLAINANT,
        deadlines_passed=frozenset(ClockKind) if on[9] else frozenset(),
        window_open=True,
        both_consent=on[10],
        new_evidence=on[11],
        limitation_passed=on[0],
        releases_at_limitation=True,
    )


GIVEN: dict[str, Any] = {
    "items": ["a statement"], "terms": "half each", "terms_hash": "x", "outcome": "restored",
    "limitation_on": "2030-01-01", "sub_kind": "ownership", "other_case_id": "",
}  # fmt: skip


class World:
    """The cast and one case, inside the outer transaction."""

    def __init__(self, tx: Session, cast: dict[str, Any], other: UUID) -> None:
        self.tx, self.cast, self.other = tx, cast, other
        self.clock = FixedClock(NOON)
        self.case_id = other
        self.cases = {
            sub_kind: make_case(
                cast["ada"], sub_kind, respondent=cast["cy"], tx=tx, clock=self.clock
            ).id
            for sub_kind in KINDS
        }
        sides = {"ada": Side.COMPLAINANT, "cy": Side.RESPONDENT}
        self.relations = [
            Relation(cast[key].actor, sides.get(key), fresh=True, humans=frozenset({cast[key].id}))
            for key in PEOPLE
        ]

    def begin(self, sub_kind: SubKind) -> None:
        self.become(SYSTEM)
        self.tx.execute(text("set constraints all deferred"))
        self.clock = FixedClock(NOON)
        self.case_id = self.cases[sub_kind]

    def become(self, actor: Actor) -> None:
        self.tx.execute(
            text(
                "select set_config('app.scope', :scope, true), set_config('app.person_id', :person, true)"
            ),
            {"scope": database_scope(actor), "person": str(actor.person_id or "")},
        )

    @contextmanager
    def as_one(self, actor: Actor) -> Iterator[None]:
        """One transaction's worth: all or nothing, with the deferred guards at its end."""
        self.tx.flush()
        self.become(actor)
        try:
            with self.tx.begin_nested():
                yield
                self.tx.flush()
                self.tx.execute(text("set constraints all immediate"))
        except (RedressError, Crash):
            self.tx.expire_all()
        finally:
            self.tx.execute(text("set constraints all deferred"))
            self.become(SYSTEM)

    def state(self) -> tuple[Any, ...]:
        return tuple(
            self.tx.execute(
                text(
                    'select state, version, outcome, round, return_path from "case" where id = :id'
                ),
                {"id": self.case_id},
            ).one()
        )

    def choose(self, pick: int, facts: CaseFacts) -> tuple[Actor, CaseEvent, int] | None:
        """Somebody of the cast with one of the moves they have."""
        found: list[tuple[Actor, CaseEvent]] = []
        row = self.tx.execute(select(Case).where(Case.id == self.case_id)).scalar_one()
        view = view_of(row, None)
        if view.state is State.DELETED:
            return None
        for relation in self.relations:
            offered = actions_for(view, relation, facts)
            found += [(relation.actor, item.event) for item in offered if isinstance(item, Action)]
        if not found:
            return None
        actor, event = found[pick % len(found)]
        return actor, event, view.version

    def play(self, what: int, pick: int, bits: int) -> None:
        facts = lies(bits)
        if what == 0:
            self.clock.advance(JUMPS[pick % len(JUMPS)])
        if what <= 1:
            self.sweep()
            return
        chosen = self.choose(pick, facts)
        if chosen is None:
            return
        actor, event, version = chosen
        stale, crash = what == 2, what == 3
        data = GIVEN | {"other_case_id": str(self.other)}
        before = self.state()
        with self.as_one(actor):
            command = ApplyEvent(self.case_id, event, version - int(stale), "because", data)
            apply_event(self.tx, command, actor, self.clock, facts)
            if crash:
                raise Crash
        if stale or crash:
            assert self.state() == before

    def sweep(self) -> None:
        for clock_id in due_to_wake(self.tx, self.clock.now(), 10):
            with self.as_one(SYSTEM):
                ring_one(self.tx, clock_id, SYSTEM, self.clock)

    def judge(self) -> None:
        """All invariants of cases, the chain, and due as a pure function of the clock's events."""
        broken = run_checks(self.tx, CHECKS)
        assert not broken, broken
        assert verify(self.tx, case_id=self.case_id) is None
        row = self.tx.execute(select(Case).where(Case.id == self.case_id)).scalar_one()
        for clock in self.tx.execute(select(Clock).where(Clock.case_id == row.id)).scalars():
            facts = [
                ClockFact(ClockAct(event.kind), event.at, event.due_at)
                for event in self.tx.execute(
                    select(ClockEvent)
                    .where(ClockEvent.clock_id == clock.id)
                    .order_by(ClockEvent.number)
                ).scalars()
            ]
            assert replay(facts, rule_of(self.tx, clock)).due.due_at == clock.due_at
            assert clock.ended_at is not None or State(row.state) not in ENDED


@pytest.fixture
def world(app: Any) -> Iterator[World]:
    cast = make_cast(*PEOPLE)
    other = make_case(cast["ada"], SubKind.OTHER)
    with transaction(SYSTEM) as tx:
        yield World(tx, cast, other.id)
        tx.rollback()


def run(world: World, told: tuple[SubKind, list[tuple[int, int, int]]]) -> None:
    sub_kind, steps = told
    outer = world.tx.begin_nested()
    try:
        world.begin(sub_kind)
        for what, pick, bits in steps:
            world.play(what, pick, bits)
        world.judge()
    finally:
        outer.rollback()
        world.tx.expire_all()


CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.slow
def test_random_histories_keep_every_invariant(world: World) -> None:
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=CALM,
        phases=(Phase.explicit, Phase.generate),
    )
    @given(history)
    def histories(told: tuple[SubKind, list[tuple[int, int, int]]]) -> None:
        run(world, told)

    histories()


@pytest.mark.soak
def test_ten_thousand_random_histories_keep_every_invariant(world: World) -> None:
    @settings(max_examples=10_000, deadline=None, suppress_health_check=CALM)
    @given(history)
    def histories(told: tuple[SubKind, list[tuple[int, int, int]]]) -> None:
        run(world, told)

    histories()


def test_a_case_by_id_is_the_row_the_walls_show(world: World) -> None:
    world.begin(SubKind.WRONG_SPLIT)
    world.become(world.cast["cy"].actor)

    assert case_by_id(world.tx, world.cast["cy"].actor, world.case_id).side is Side.RESPONDENT
