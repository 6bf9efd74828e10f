"""Random histories of cases on the database: moves, lies, time jumps, crashes; the invariants hold throughout.

One transaction a history, never committed, with a savepoint a step; deferred guards of the database
are made to speak after every step. `require_history` asks for a row of the same transaction, which an
earlier step may have written, so `weigh` asks again for each step. Facts of other rooms are drawn at random, so that every row of the table gets turns.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cases.checks import CHECKS
from app.cases.commands import ApplyEvent
from app.cases.models import Case, CaseTransition, Clock, ClockEvent
from app.cases.queries import case_by_id, view_of
from app.cases.rules.actions import Action, actions_for
from app.cases.rules.clockwork import RESTING, resolution_facts, wanted_in
from app.cases.rules.facts import CaseFacts, Relation
from app.cases.rules.kinds import ENDED, CaseEvent, Kind, Outcome, State, SubKind
from app.cases.rules.views import MoveRow
from app.cases.service.clocks import rule_of
from app.cases.service.moves import apply_event
from app.cases.service.sweep import due_to_wake
from app.history.service import verify
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import RedressError
from app.kernel.sides import Side
from app.policies.rules.clocks import ClockAct, ClockFact, ClockKind, Rule, replay
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
history = st.tuples(st.sampled_from(KINDS), st.lists(step, min_size=3, max_size=30))


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
ALL_AT_ONCE = " union all ".join(
    f"select '{check.id} {check.name}' as name where exists ({check.sql})" for check in CHECKS
)
MARK = """
select "case".kind, "case".state, "case"::text as row, head.n as told, array(
    select clock.kind || ' ' || clock.side || ' ' || clock.state from clock
    where clock.case_id = "case".id and ended_at is null order by 1) as clocks
from "case" join history_head as head on head.chain = 'case:' || "case".id where "case".id = :id
"""


class World:
    """The cast and one committed case of each kind; a history plays one of them and is rolled back."""

    def __init__(self) -> None:
        self.cast = make_cast(*PEOPLE)
        self.other = make_case(self.cast["ada"], SubKind.OTHER).id
        self.cases = {
            kind: make_case(self.cast["ada"], kind, respondent=self.cast["cy"]).id for kind in KINDS
        }
        sides = {"ada": Side.COMPLAINANT, "cy": Side.RESPONDENT}
        self.relations = [
            Relation(one.actor, sides.get(key), fresh=True, humans=frozenset({one.id}))
            for key, one in self.cast.items()
        ]

    @contextmanager
    def history(self, sub_kind: SubKind) -> Iterator[History]:
        """A transaction of its own that never commits; statements are planned once a connection."""
        with transaction(SYSTEM) as tx:
            raw: Any = tx.connection().connection.driver_connection
            raw.prepare_threshold, raw.prepared_max = 1, None
            tx.execute(text("set local plan_cache_mode = force_generic_plan"))
            tx.execute(text("set local jit = off"))
            try:
                yield History(self, tx, self.cases[sub_kind])
            finally:
                tx.rollback()


class History:
    """One case while it is played. What happened is kept for the report of a failure."""

    def __init__(self, world: World, tx: Session, case_id: UUID) -> None:
        self.world, self.tx, self.case_id = world, tx, case_id
        self.clock = FixedClock(NOON)
        self.tale: list[str] = []
        self.mark = self.look()

    def look(self) -> Any:
        """The case as stored, the length of its chain, its open clocks."""
        return self.tx.execute(text(MARK), {"id": self.case_id}).one()

    def become(self, actor: Actor) -> None:
        """As a transaction of *actor* begins: nothing known from before; a savepoint raises the walls."""
        self.tx.expunge_all()
        self.tx.info.update(actor=actor, seen={}, scope=None)

    def attempt(self, actor: Actor, act: Callable[[], object]) -> str:
        """One transaction's worth: all or nothing, with the deferred guards at its end. Why not, or ""."""
        self.become(actor)
        refused = ""
        try:
            with self.tx.begin_nested():
                act()
                self.tx.flush()
                self.tx.execute(text("set constraints all immediate"))
                self.tx.execute(text("set constraints all deferred"))
                self.tx.execute(text("select set_config('app.scope', 'system', true)"))
        except (RedressError, Crash) as error:
            refused = type(error).__name__
        self.become(SYSTEM)
        self.weigh(refused)
        return refused

    def weigh(self, refused: str) -> None:
        """Laws of a single step: refused leaves no trace, a change is told, no clock outlives its state."""
        before, self.mark = self.mark, self.look()
        kind, state, row, told, clocks = self.mark
        if refused:
            assert self.mark == before
        assert row == before.row or told > before.told, "changed without a history row"
        wanted = {
            f"{clock.kind} {clock.side}"
            for holder in (Side.COMPLAINANT, Side.RESPONDENT)
            for clock in wanted_in(State(state), Kind(kind), holder)
        }
        live = {clock.rpartition(" ")[0] for clock in clocks}
        assert live <= wanted, "a clock runs that this state does not want"
        rests = f"{ClockKind.RESOLUTION} {Side.DESK} paused" in clocks
        assert not rests or State(state) in RESTING

    def choose(self, pick: int, facts: CaseFacts) -> tuple[Actor, ApplyEvent, set[Actor]] | None:
        """Somebody of the cast with one of the moves they have, mostly one that does not end the case."""
        row = self.tx.execute(select(Case).where(Case.id == self.case_id)).scalar_one()
        view = view_of(row, None)
        found = [
            (relation.actor, item)
            for relation in self.world.relations
            for item in actions_for(view, relation, facts)
            if isinstance(item, Action)
        ]
        if not found:
            return None
        onward = [one for one in found if ENDED.isdisjoint(one[1].leads_to)]
        offered = onward if onward and pick >> 8 & 3 else found
        actor, item = offered[pick % len(offered)]
        data = GIVEN | {"other_case_id": str(self.world.other)}
        command = ApplyEvent(self.case_id, item.event, view.version, "because", data)
        return actor, command, {who for who, other in found if other.event is item.event}

    def play(self, what: int, pick: int, bits: int) -> None:
        """Time goes on and clocks ring, or somebody moves: well, stale, dying, by the wrong hand, twice."""
        facts = lies(bits)
        if what <= 1:
            self.clock.advance(JUMPS[pick % len(JUMPS)] if what == 0 else timedelta(0))
            self.sweep()
            return
        chosen = self.choose(pick, facts)
        if chosen is None:
            return
        actor, command, may = chosen
        if what == 4:
            actor = self.world.relations[pick % len(PEOPLE)].actor
        if what == 2:
            command = replace(command, version=self.version - 1)
        refused = self.attempt(actor, lambda: self.make(command, actor, facts, dies=what == 3))
        self.tale.append(f"{actor.name}: {command.event} at {self.mark.state} {refused}")
        assert refused or (what not in (2, 3) and actor in may), "a move that must not be"
        if what == 5 and not refused:
            again = self.attempt(actor, lambda: self.make(command, actor, facts))
            walled = command.event is CaseEvent.RECUSE
            assert again == ("NotFound" if walled else "Stale"), again

    def make(
        self, command: ApplyEvent, actor: Actor, facts: CaseFacts, *, dies: bool = False
    ) -> None:
        """The move; *dies*: with everything written and nothing committed."""
        apply_event(self.tx, command, actor, self.clock, facts)
        if dies:
            raise Crash

    @property
    def version(self) -> int:
        """The version that is stored."""
        query = select(Case.version).where(Case.id == self.case_id)
        return self.tx.execute(query).scalar_one()

    def sweep(self) -> None:
        """Every clock of the case that is due rings, each as in a transaction of its own."""
        own = select(Clock.id).where(Clock.case_id == self.case_id, Clock.ended_at.is_(None))
        mine = set(self.tx.execute(own).scalars())
        for clock_id in due_to_wake(self.tx, self.clock.now(), 100):
            if clock_id in mine:
                self.attempt(SYSTEM, partial(ring_one, self.tx, clock_id, SYSTEM, self.clock))
                self.tale.append(f"rings at {self.clock.now()}: {self.mark.state}")

    def promised(self, rule: Rule) -> datetime:
        """When a decision is due by the moves alone, as the parties are told."""
        rows = select(CaseTransition).where(CaseTransition.case_id == self.case_id)
        moves = [
            MoveRow(m.event, State(m.from_state), State(m.to_state), m.round, m.at, "", "", "")
            for m in self.tx.execute(rows.order_by(CaseTransition.version)).scalars()
        ]
        facts = resolution_facts(moves, Kind(self.mark.kind))
        return replay(facts, rule).due.due_at

    def judge(self) -> None:
        """All invariants of cases, the chain, and due as a pure function of the clock's events."""
        broken = self.tx.execute(text(ALL_AT_ONCE)).scalars().all()
        assert not broken, broken
        assert verify(self.tx, case_id=self.case_id) is None
        events: dict[UUID, list[ClockFact]] = {}
        for event in self.tx.execute(
            select(ClockEvent).where(ClockEvent.case_id == self.case_id).order_by(ClockEvent.number)
        ).scalars():
            fact = ClockFact(ClockAct(event.kind), event.at, event.due_at)
            events.setdefault(event.clock_id, []).append(fact)
        clocks = select(Clock).where(Clock.case_id == self.case_id)
        for clock in self.tx.execute(clocks).scalars():
            assert replay(events[clock.id], rule_of(self.tx, clock)).due.due_at == clock.due_at
            assert clock.ended_at is not None or State(self.mark.state) not in ENDED
            if clock.kind == ClockKind.RESOLUTION and clock.ended_at is None:
                assert self.promised(rule_of(self.tx, clock)) == clock.due_at


@pytest.fixture
def world(app: Any) -> World:
    del app
    return World()


def run(world: World, told: tuple[SubKind, list[tuple[int, int, int]]]) -> None:
    """Play a history; every tenth step and at the end everything is judged."""
    sub_kind, steps = told
    with world.history(sub_kind) as history:
        try:
            for number, step in enumerate(steps, 1):
                history.play(*step)
                if number % 10 == 0 or number == len(steps):
                    history.judge()
        except BaseException as error:
            error.add_note("\n".join(history.tale))
            raise


CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
PARTS = [
    *(pytest.param(125, marks=pytest.mark.slow, id=f"part{n}") for n in range(1, 5)),
    pytest.param(10_000, marks=pytest.mark.soak, id="ten_thousand"),
]


@pytest.mark.parametrize("many", PARTS)
def test_random_histories_keep_every_invariant(world: World, many: int) -> None:
    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        suppress_health_check=CALM,
        phases=(Phase.explicit, Phase.generate),
    )
    @given(history)
    def histories(told: tuple[SubKind, list[tuple[int, int, int]]]) -> None:
        run(world, told)

    gc.collect()
    gc.freeze()
    try:
        histories()
    finally:
        gc.unfreeze()


def test_a_case_by_id_is_the_row_the_walls_show(world: World) -> None:
    cy = world.cast["cy"].actor
    with transaction(cy) as tx:
        assert case_by_id(tx, cy, world.cases[SubKind.WRONG_SPLIT]).side is Side.RESPONDENT
