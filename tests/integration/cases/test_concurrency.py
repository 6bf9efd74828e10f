"""Several people on one case in the same instant: one wins, the others are told, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import text

from app.cases.commands import ApplyEvent, SaveDraft, SubmitCase
from app.cases.queries import case_by_id
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.cases.service.drafts import save_draft
from app.cases.service.moves import apply_event
from app.cases.service.submit import submit
from app.conversations.commands import SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import send_message
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import RedressError, Stale
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case, make_draft, sign_all
from tests.support.hammer import Hammer

SYSTEM = Actor.system("test")
MANY = 50


def in_transaction(actor: Actor, work: Callable[[Tx], Any]) -> Any:
    """One use-case in a transaction of its own."""
    with transaction(actor) as tx:
        return work(tx)


def test_b131_parallel_saves_have_one_winner_a_version_and_keep_the_other_texts(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"])

    def save(n: int) -> Any:
        command = SaveDraft(case_id, 2, {"summary": f"text {n}"})
        return in_transaction(
            cast["ada"].actor, lambda tx: save_draft(tx, command, cast["ada"].actor, clock)
        )

    found = Hammer(app).strike(*[lambda n=n: save(n) for n in range(MANY)])

    won = [item for item in found if not isinstance(item, RedressError)]
    lost = [(n, item) for n, item in enumerate(found) if isinstance(item, Stale)]
    assert (len(won), len(lost)) == (1, MANY - 1)
    assert all(f"text {n}" in item.yours and won[0].summary in item.theirs for n, item in lost)
    with tx_as(SYSTEM) as tx:
        assert case_by_id(tx, SYSTEM, case_id).version == 3


def test_b131_parallel_moves_have_one_winner(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "dee", "rio", "eli")
    case = make_case(cast["ada"])

    def take(key: str) -> Any:
        actor = cast[key].actor
        command = ApplyEvent(case.id, CaseEvent.TAKE, case.version)
        return in_transaction(actor, lambda tx: apply_event(tx, command, actor, clock, CaseFacts()))

    found = Hammer(app).strike(*[lambda key=key: take(key) for key in ("dee", "rio", "eli")])

    assert sum(not isinstance(item, RedressError) for item in found) == 1
    with tx_as(SYSTEM) as tx:
        moves = tx.execute(
            text("select count(*) from case_transition where event = 'take'")
        ).scalar_one()
        assert (moves, case_by_id(tx, SYSTEM, case.id).state) == (1, State.TRIAGE)


def test_b007_two_clicks_in_one_instant_file_one_case(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"])
    command = SubmitCase(case_id, 2, sign_all(SubKind.MISSING_EARNINGS, "Ada"))

    def send() -> Any:
        return in_transaction(
            cast["ada"].actor, lambda tx: submit(tx, command, cast["ada"].actor, clock)
        )

    found = Hammer(app).strike(send, send, send)

    assert len({item.ref for item in found}) == 1
    with tx_as(SYSTEM) as tx:
        assert (
            tx.execute(
                text("select count(*) from event where type = 'case_submitted'")
            ).scalar_one()
            == 1
        )


def test_b132_a_reply_that_meets_the_closing_is_kept_and_the_case_is_flagged(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "dee")
    case = make_case(cast["ada"])
    closing, closed = threading.Event(), threading.Event()
    actor = cast["ada"].actor

    def withdraw() -> None:
        with app.app_context(), transaction(actor) as tx:
            apply_event(
                tx, ApplyEvent(case.id, CaseEvent.WITHDRAW, case.version), actor, clock, CaseFacts()
            )
            closing.set()
            closed.wait(2)

    def reply() -> Any:
        with app.app_context():
            closing.wait(10)
            command = SendMessage(case.id, Audience.DESK, "one more thing")
            return in_transaction(actor, lambda tx: send_message(tx, command, actor, clock))

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(withdraw), pool.submit(reply)]
        assert [item.result(30) for item in done][1] is not None

    with tx_as(SYSTEM) as tx:
        row = case_by_id(tx, SYSTEM, case.id)
        bodies = tx.execute(text("select body from message")).scalars().all()
    assert bodies == ["one more thing"]
    assert (row.state, row.needs_attention) == (State.CLOSED, "message_after_end")
