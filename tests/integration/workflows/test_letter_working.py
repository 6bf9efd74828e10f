"""The working in a decision's letter: each side reads its own payee's lines and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cases.rules.kinds import SubKind
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.sides import Side
from app.workflows import letter_working
from app.workflows.letter_working import working_by_side
from tests.factories.accounts import make_person
from tests.factories.audits import PAID, make_audit
from tests.factories.cases import make_case
from tests.factories.decisions import make_content, make_decision

SYSTEM = Actor.system("test")


@pytest.fixture
def people(app: Any, clock: Any) -> Any:
    return {name: make_person(name, clock=clock) for name in ("ada", "cy", "rio")}


@pytest.fixture
def case(people: Any, clock: Any) -> Any:
    return make_case(people["ada"], SubKind.MISSING_EARNINGS, respondent=people["cy"], clock=clock)


@pytest.fixture
def decision(case: Any, people: Any, clock: Any, tmp_path: Path) -> Any:
    """It rests on a run."""
    content = make_content(audit_id=str(make_audit(case.id, clock, tmp_path)))
    return make_decision(case, people["rio"], clock, content=content)


def found(decision_id: Any) -> Any:
    with transaction(SYSTEM, read_only=True) as tx:
        return working_by_side(tx, SYSTEM, decision_id)


def test_each_side_has_its_own_sums_and_only_lines_that_differ(decision: Any) -> None:
    by_side = found(decision.id)

    ada, cy = by_side[Side.COMPLAINANT], by_side[Side.RESPONDENT]
    assert (ada.paid, ada.expected, ada.owed, ada.currency) == ("346.26", "731.88", "385.62", "EUR")
    assert ada.lines
    assert all(line.paid != line.expected for line in ada.lines)
    assert "split_version" in {line.reason for line in ada.lines}
    assert (cy.paid, cy.owed, cy.lines) == ("731.88", "0.00", ())


def test_what_does_not_fit_into_a_letter_is_counted(
    decision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = found(decision.id)[Side.COMPLAINANT]
    monkeypatch.setattr(letter_working, "SHOWN", 1)
    cut = found(decision.id)[Side.COMPLAINANT]

    assert (whole.more, len(cut.lines)) == (0, 1)
    assert cut.more == len(whole.lines) - 1 > 0


def test_a_later_run_changes_nothing_in_the_letter(
    decision: Any, case: Any, clock: FixedClock, tmp_path: Path
) -> None:
    before = found(decision.id)
    later = FixedClock(clock.now() + timedelta(hours=1))
    make_audit(case.id, later, tmp_path, paid=PAID.replace("314.22", "628.44"))

    assert found(decision.id) == before
    assert before[Side.COMPLAINANT].owed == "385.62"


def test_a_decision_that_rests_on_no_run_has_no_working(
    case: Any, people: Any, clock: Any, tmp_path: Path
) -> None:
    make_audit(case.id, clock, tmp_path)

    assert found(make_decision(case, people["rio"], clock).id) == {}
