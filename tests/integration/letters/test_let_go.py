"""What nobody let go cannot have arrived: only bytes that a side may read settle a letter (`_can_settle`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.jobs import run_task
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.letters.commands import DraftLetter, IssueLetter, MarkLetter
from app.letters.queries import LetterRow, letter_view
from app.letters.rules.kinds import LetterKind, LetterState
from app.letters.service.drafts import draft_letter
from app.letters.service.numbers import issue_letter
from app.letters.service.results import mark_letter, settle_letter
from tests.factories.accounts import TestPerson, make_cast
from tests.factories.cases import make_case
from tests.factories.letters import QuickRenderer, make_context, with_services

SYSTEM = Actor.system("test")
TxAs = Callable[[Actor], AbstractContextManager[Session]]
STEPS = {
    LetterState.DRAFTED: (),
    LetterState.NUMBERED: ("issue",),
    LetterState.RENDERED: ("issue", "letters.render"),
    LetterState.SIGNED: ("issue", "letters.render", "letters.sign"),
}


@pytest.fixture(autouse=True)
def renderer(app: Flask) -> Iterator[None]:
    with with_services(app, renderer=QuickRenderer()):
        yield


@pytest.fixture
def rio(app: Flask) -> TestPerson:
    return make_cast("rio")["rio"]


def brought(
    app: Flask, rio: TestPerson, tx_as: TxAs, clock: FixedClock, state: LetterState
) -> LetterRow:
    """A letter that stands at *state*; the jobs run by hand, so nothing goes on by itself."""
    case = make_case(make_cast("ada")["ada"])
    context = make_context(LetterKind.WITHDRAWN)
    context = replace(context, recipient=replace(context.recipient, side="complainant"))
    with tx_as(rio.actor) as tx:
        row = draft_letter(tx, DraftLetter(case.id, context), rio.actor, clock)
    for step in STEPS[state]:
        if step == "issue":
            with tx_as(rio.actor) as tx:
                issue_letter(tx, IssueLetter(row.id, 1, "https://d.example"), rio.actor, clock)
        else:
            run_task(app.extensions["redress"], step, {"letter_id": str(row.id)})
    with tx_as(SYSTEM) as tx:
        return letter_view(tx, SYSTEM, row.id).row


@pytest.mark.parametrize("state", [LetterState.DRAFTED, LetterState.NUMBERED, LetterState.RENDERED])
@pytest.mark.parametrize("reached", [True, False])
def test_a_letter_that_was_not_let_go_settles_neither_way(
    app: Flask, rio: TestPerson, tx_as: TxAs, clock: FixedClock, state: LetterState, reached: bool
) -> None:
    row = brought(app, rio, tx_as, clock, state)
    assert (row.state, row.is_readable) == (state, False)

    with tx_as(SYSTEM) as tx:
        assert settle_letter(tx, row.id, SYSTEM, clock, reached=reached) is False
    with pytest.raises(Refused) as error, tx_as(rio.actor) as tx:
        mark_letter(tx, MarkLetter(row.id, reached, "By hand."), rio.actor, clock)

    assert error.value.code == "letter_settled"
    with tx_as(SYSTEM) as tx:
        assert letter_view(tx, SYSTEM, row.id).row.state is state


def test_a_letter_that_was_let_go_settles(
    app: Flask, rio: TestPerson, tx_as: TxAs, clock: FixedClock
) -> None:
    row = brought(app, rio, tx_as, clock, LetterState.SIGNED)

    with tx_as(SYSTEM) as tx:
        assert settle_letter(tx, row.id, SYSTEM, clock, reached=True) is True


@pytest.mark.parametrize("state", ["sent", "delivered", "bounced"])
def test_the_database_settles_nothing_that_was_not_let_go(
    app: Flask, rio: TestPerson, tx_as: TxAs, clock: FixedClock, state: str
) -> None:
    row = brought(app, rio, tx_as, clock, LetterState.RENDERED)

    with pytest.raises(IntegrityError, match="issued_has_hash"), tx_as(SYSTEM) as tx:
        tx.execute(
            text("update letter set state = :state, sent_at = now() where id = :id"),
            {"state": state, "id": row.id},
        )
