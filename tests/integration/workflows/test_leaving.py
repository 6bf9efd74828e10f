"""A decision that moves money and does not come to pass takes its correction with it."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases.commands import ApplyEvent
from app.cases.rules.kinds import CaseEvent, State
from app.corrections.queries.corrections import corrections_of
from app.corrections.rules.lifecycle import CorrectionState
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.workflows import decide
from app.workflows.act import act
from tests.factories.corrections import CLOCK, Proposed, make_proposed_case
from tests.factories.ledger import make_payee


@pytest.fixture
def made(app: Any, pg: dict[str, Any]) -> Proposed:
    return make_proposed_case(make_payee(), CLOCK)


def states(made: Proposed) -> set[CorrectionState]:
    with transaction(Actor.system("test")) as tx:
        found = corrections_of(tx, Actor.system("test"), CLOCK, made.case.id)
        return {row.state for row in found}


def test_a_decision_with_money_is_given_back(made: Proposed) -> None:
    rae = made.rae.actor

    with transaction(rae) as tx:
        command = decide.GiveBack(
            made.case.id, made.case.version, made.decision_id, "Hear the other one first."
        )
        case = decide.give_back(tx, command, rae, CLOCK)

    assert case.state is State.REVIEW
    assert states(made) == {CorrectionState.CANCELLED}


def test_the_artist_withdraws_while_a_decision_with_money_waits(made: Proposed) -> None:
    ada = made.ada.actor
    with transaction(ada) as tx:
        command = ApplyEvent(made.case.id, CaseEvent.WITHDRAW, made.case.version)
        case = act(tx, command, ada, CLOCK)

    assert case.state is State.CLOSED
    assert states(made) == {CorrectionState.CANCELLED}
