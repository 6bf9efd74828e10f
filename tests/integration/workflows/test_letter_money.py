"""A letter that promises money leaves when finance approved it, with each side's own amounts (ADR 0012)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.cases.rules.kinds import CaseEvent, SubKind
from app.corrections.queries.corrections import corrections_of
from app.decisions.commands import SaveDecision
from app.decisions.queries import decision_by_id
from app.decisions.service import save_decision
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.sides import Side
from app.letters.queries import letter_view, letters_of
from app.letters.rules.context import MoneyLine
from app.workflows import decide
from app.workflows.decide import MoneyProposed
from tests.factories.accounts import make_cast
from tests.factories.cases import act, make_case
from tests.factories.corrections import approve, make_line
from tests.factories.decisions import make_content
from tests.factories.ledger import make_payee
from tests.factories.letters import QuickRenderer, with_services

SYSTEM = Actor.system("test")
TxAs = Callable[[Actor], AbstractContextManager[Session]]


@pytest.fixture
def quick(app: Flask) -> Iterator[None]:
    """No mail server, no printing child."""
    with with_services(app, renderer=QuickRenderer(), mailer=RecordingMailer()):
        yield


@pytest.mark.usefixtures("quick")
def test_letters_wait_for_finance_and_name_each_sides_own_money(
    app: Flask, tx_as: TxAs, clock: FixedClock, run_jobs: Callable[[], int]
) -> None:
    people = make_cast("ada", "cy", "rio", "rae", "gus")
    rio, rae = people["rio"].actor, people["rae"].actor
    payee, other = (make_payee(people[key].name, person_id=people[key].id) for key in ("ada", "cy"))
    case = make_case(people["ada"], SubKind.OWNERSHIP, respondent=people["cy"])
    act(case.id, CaseEvent.TAKE, rio)
    case = act(case.id, CaseEvent.START_REVIEW, rio)
    line = make_line(payee, "412.83", counter_payee_id=other, period="2026-08")
    with tx_as(rio) as tx:
        draft = save_decision(
            tx, SaveDecision(case.id, 1, make_content(money_moves=True)), rio, clock
        )
        money = MoneyProposed("EUR", "Older split was used", (line,))
        moved = decide.propose(
            tx, decide.Propose(case.id, case.version, draft.id, draft.version, money), rio, clock
        )
    with tx_as(rae) as tx:
        seen = decision_by_id(tx, rae, draft.id).content_hash
        decide.confirm(tx, decide.Confirm(case.id, moved.version, draft.id, seen), rae, clock)
        (correction,) = corrections_of(tx, rae, clock, case.id)
    run_jobs()
    with tx_as(SYSTEM) as tx:
        before = letters_of(tx, SYSTEM, case.id)

    approve(people["gus"].actor, correction.id)
    run_jobs()

    with tx_as(SYSTEM) as tx:
        found = {
            row.audience: letter_view(tx, SYSTEM, row.id).context
            for row in letters_of(tx, SYSTEM, case.id)
        }
    assert before == ()
    assert {side: context.money for side, context in found.items()} == {
        Side.COMPLAINANT: (MoneyLine("", "412.83", "EUR", None, "royalties", date(2026, 8, 1)),),
        Side.RESPONDENT: (MoneyLine("", "-412.83", "EUR", None, "royalties", date(2026, 8, 1)),),
    }
