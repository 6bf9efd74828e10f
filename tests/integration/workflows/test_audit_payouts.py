"""A case in audit is computed from what is imported and agreed, as a job, and comes back with what was found."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.queries import case_by_id, moves_of
from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from app.kernel.reading.sources import Source
from app.recompute.commands import AskAudit
from app.recompute.queries import newest_audits, newest_totals
from app.recompute.rules.runs import RunState
from app.recompute.service.runs import JOB, ask_audit
from app.statements.service.imports import import_statement
from app.statements.service.keeping import keep
from app.statements.service.preparing import prepare
from app.terms.rules.rows import Table
from app.terms.service import import_terms, read_file
from app.workflows.audit_payouts import begin
from tests.factories.accounts import make_person
from tests.factories.audits import ADA, ISRC, PAID, SALES, TERMS
from tests.factories.cases import act, make_case
from tests.factories.ledger import make_payee

SYSTEM = Actor.system("test")


@pytest.fixture
def people(app: Any, clock: Any) -> dict[str, Any]:
    return {name: make_person(name, clock=clock) for name in ("ada", "cy", "rio")}


@pytest.fixture
def case(people: Any, clock: Any) -> Any:
    made = make_case(
        people["ada"], SubKind.MISSING_EARNINGS, respondent=people["cy"], clock=clock,
        isrc=ISRC, period_start="2026-08-01", period_end="2026-09-30",
    )  # fmt: skip
    act(made.id, CaseEvent.TAKE, people["rio"].actor, clock=clock)
    return act(made.id, CaseEvent.START_AUDIT, people["rio"].actor, clock=clock)


@pytest.fixture
def take(app: Any, tx_as: Any, clock: Any, tmp_path: Path) -> Any:
    """Take in statement files by name."""

    def taking(**files: str) -> None:
        for name, content in files.items():
            folder = tmp_path / name
            (folder / "work").mkdir(parents=True)
            (folder / f"{name}.csv").write_text(content)
            prepared = prepare(folder / f"{name}.csv", folder / "work")
            command = keep(app.extensions["redress"].storage, prepared, clock)
            with tx_as(SYSTEM) as tx:
                import_statement(tx, command, SYSTEM, clock)

    return taking


@pytest.fixture
def agree(people: Any, tx_as: Any, clock: Any) -> Any:
    """Enter the terms; ada's and cy's payees are known to the ledger."""

    def agreeing() -> None:
        payees = {
            name: make_payee(people[name].name, person_id=people[name].id) for name in ("ada", "cy")
        }
        texts = {name: text for name, text in TERMS.items() if text.count("\n") > 1}
        rows = "".join(f"{name},EUR,{payees[name]}\n" for name in payees)
        texts["payees"] = f"payee,currency,payee_id\n{rows}"
        for name, content in texts.items():
            with tx_as(SYSTEM) as tx:
                source = Source.of_bytes(f"{name}.csv", content.encode())
                with read_file(Table(name), source) as file:
                    import_terms(tx, file, SYSTEM, clock)

    return agreeing


@pytest.fixture
def run(app: Any, tx_as: Any, clock: Any) -> Any:
    """Begin the audit of a case and do its job."""

    def running(case_id: Any) -> None:
        with tx_as(SYSTEM) as tx:
            begin(tx, case_id, SYSTEM, clock)
        with tx_as(SYSTEM) as tx:
            query = text("select id from payout_audit where state = 'waiting'")
            waiting = [str(one) for one in tx.execute(query).scalars()]
        for audit_id in waiting:
            run_task(app.extensions["redress"], JOB, {"audit_id": audit_id})

    return running


def last_reason(tx_as: Any, case_id: Any) -> str:
    with tx_as(SYSTEM) as tx:
        return str(moves_of(tx, SYSTEM, case_id)[-1].reason)


def test_a_case_is_computed_and_comes_back_with_what_was_found(
    case: Any, people: Any, take: Any, agree: Any, run: Any, tx_as: Any
) -> None:
    take(sales=SALES, paid=PAID)
    agree()

    run(case.id)

    rio, ada = people["rio"].actor, people["ada"].actor
    with tx_as(rio) as tx:
        (audit,) = newest_audits(tx, rio, case.id)
        assert case_by_id(tx, rio, case.id).state is State.REVIEW
    assert audit.state is RunState.DONE
    assert (audit.inputs["sales_lines"], audit.inputs["paid_lines"]) == (4, 5)
    assert audit.inputs["recordings"] == [ISRC]
    assert len(audit.inputs["terms"]["digest"]) == 64
    assert {one["source"] for one in audit.inputs["sales"]} == {"neutral"}
    assert all(len(one["sha256"]) == 64 for one in audit.inputs["paid"])
    assert "2 lines differ" in last_reason(tx_as, case.id)
    with tx_as(ada) as tx:
        totals = newest_totals(tx, ada, case.id)
        assert {one.payee for one in totals} == {ADA}
        assert sum(one.delta.amount for one in totals) == Decimal("385.62")


def test_without_lines_or_terms_the_case_comes_back_and_says_why(
    case: Any, people: Any, take: Any, run: Any, tx_as: Any
) -> None:
    run(case.id)

    with tx_as(SYSTEM) as tx:
        assert case_by_id(tx, SYSTEM, case.id).state is State.REVIEW
        assert newest_audits(tx, SYSTEM, case.id) == ()
    assert "No statement lines are imported" in last_reason(tx_as, case.id)


def test_a_run_that_finds_no_line_of_the_recording_fails_in_words(
    case: Any, people: Any, take: Any, agree: Any, run: Any, tx_as: Any
) -> None:
    other = "QZABC2600009"
    take(
        sales=SALES.replace(ISRC, other).replace("qz-abc-26-00001", other),
        paid=PAID.replace(ISRC, other),
    )
    agree()

    run(case.id)

    with tx_as(SYSTEM) as tx:
        (audit,) = newest_audits(tx, SYSTEM, case.id)
        assert case_by_id(tx, SYSTEM, case.id).state is State.REVIEW
    assert audit.state is RunState.FAILED
    assert "No statement lines for this release and period" in audit.outcome


def test_the_job_done_twice_keeps_one_result(
    case: Any, people: Any, take: Any, agree: Any, run: Any, app: Any, tx_as: Any, clock: Any
) -> None:
    take(sales=SALES, paid=PAID)
    agree()
    run(case.id)
    rio = people["rio"].actor
    with tx_as(rio) as tx:
        audit_id = ask_audit(tx, AskAudit(case.id), rio, clock)

    for _time in range(2):
        run_task(app.extensions["redress"], JOB, {"audit_id": str(audit_id)})

    with tx_as(SYSTEM) as tx:
        query = text("select count(*) from payout_audit_line where audit_id = :id")
        assert tx.execute(query, {"id": audit_id}).scalar_one() == 6
        assert [one.state for one in newest_audits(tx, SYSTEM, case.id)] == [RunState.DONE] * 2
