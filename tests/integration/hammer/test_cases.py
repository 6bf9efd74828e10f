"""Cases under the hammer: closed while a reply arrives, marked as each other's duplicate, extended while the deadline rings."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, Outcome, State
from app.cases.rules.views import CaseView
from app.cases.service.moves import apply_event
from app.conversations.commands import SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import send_message
from app.infra.db.transaction import transaction
from app.infra.jobs import Run
from app.kernel.actor import Actor
from app.kernel.errors import RedressError
from app.workflows.act import act as act_everywhere
from app.workflows.sweep_clocks import sweep_clocks
from tests.factories.accounts import make_cast
from tests.factories.cases import act, make_case
from tests.support.hammer import hammer, kind_of, rounds

SYSTEM = Actor.system("test")
WEEK = timedelta(days=8)


def now_is(case_id: UUID) -> CaseView:
    with transaction(SYSTEM, read_only=True) as tx:
        return case_by_id(tx, SYSTEM, case_id)


def move(case: CaseView, event: CaseEvent, actor: Actor, clock: Any, **data: object) -> CaseView:
    """By the version that was read."""
    command = ApplyEvent(case.id, event, case.version, "the same", data)
    with transaction(actor) as tx:
        return apply_event(tx, command, actor, clock, CaseFacts())


@rounds()
def test_b133_two_cases_marked_as_each_others_duplicate(app: Any, clock: Any, rounds: int) -> None:
    cast = make_cast("ada", "dee")
    dee = cast["dee"].actor

    def mark(case: CaseView, other: CaseView) -> CaseView:
        return move(case, CaseEvent.MARK_DUPLICATE, dee, clock, other_case_id=str(other.id))

    with hammer(app, "merge A into B with B into A") as blow:
        for _ in range(rounds):
            first, second = make_case(cast["ada"]), make_case(cast["ada"])
            found = blow.strike(partial(mark, first, second), partial(mark, second, first))
            assert [one.code for one in found if isinstance(one, RedressError)] == ["other_closed"]
            states = sorted(now_is(one.id).state for one in (first, second))
            assert states == [State.CLOSED, State.SUBMITTED]


@rounds()
def test_b132_a_reply_that_meets_the_closing_is_never_lost(
    app: Any, clock: Any, rounds: int
) -> None:
    cast = make_cast("ada", "bo")
    ada = cast["ada"].actor

    def reply(case: CaseView, words: str) -> object:
        with transaction(ada) as tx:
            return send_message(tx, SendMessage(case.id, Audience.DESK, words), ada, clock)

    with hammer(app, "close while replies arrive") as blow:
        for _ in range(rounds):
            case = make_case(cast["ada"])
            replies = [partial(reply, case, f"thing {n}") for n in range(3)]
            found = blow.strike(partial(move, case, CaseEvent.WITHDRAW, ada, clock), *replies)
            assert set(map(kind_of, found)) == {"done"}
            assert now_is(case.id).state is State.CLOSED
            assert said_in(case.id) == ["thing 0", "thing 1", "thing 2"]
            flag = "message_after_end" if said_late(case.id) else None
            assert now_is(case.id).needs_attention == flag


def said_in(case_id: UUID) -> list[str]:
    with transaction(SYSTEM, read_only=True) as tx:
        query = text("select body from message where case_id = :id order by body")
        return list(tx.execute(query, {"id": case_id}).scalars())


def said_late(case_id: UUID) -> bool:
    """A message stands in the chain behind the closing."""
    with transaction(SYSTEM, read_only=True) as tx:
        query = text(
            "select coalesce(max(n) filter (where verb like 'message.%'), 0) > "
            "max(n) filter (where verb = 'case.withdraw') from history_entry where case_id = :id"
        )
        return bool(tx.execute(query, {"id": case_id}).scalar_one())


@rounds()
def test_a_deadline_that_rings_while_it_is_extended_is_one_or_the_other(
    app: Any, clock: Any, rounds: int
) -> None:
    cast = make_cast("ada", "dee")
    ada = cast["ada"].actor

    def extend(case: CaseView) -> CaseView:
        command = ApplyEvent(case.id, CaseEvent.EXTEND, case.version, "on tour", {"days": 5})
        with transaction(ada) as tx:
            return act_everywhere(tx, command, ada, clock)

    def ring() -> None:
        sweep_clocks(Run("clocks.sweep", app.extensions["redress"]))

    with hammer(app, "deadline rings while it is extended") as blow:
        for _ in range(rounds):
            case = make_case(cast["ada"], clock=clock)
            act(case.id, CaseEvent.TAKE, cast["dee"].actor, clock=clock)
            asked = {"items": ["the statement"]}
            case = act(case.id, CaseEvent.ASK_COMPLAINANT, cast["dee"].actor, clock=clock, **asked)
            clock.advance(WEEK)
            extended, _rung = blow.strike(partial(extend, case), ring)
            after = now_is(case.id)
            if kind_of(extended) == "done":
                assert after.state is State.WAITING_COMPLAINANT
                ring()
                assert now_is(case.id).state is State.WAITING_COMPLAINANT
                move(after, CaseEvent.WITHDRAW, ada, clock)
            else:
                assert (after.state, after.outcome) == (State.CLOSED, Outcome.NO_RESPONSE)
