"""Corrections of a shared fault in one act: what was previewed, once, the others going on, and four eyes as ever."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.cases.queries import case_by_ref
from app.cases.rules.kinds import State
from app.decisions.commands import SaveDecision
from app.decisions.queries import current_decision
from app.decisions.rules import DecisionContent
from app.decisions.service import save_decision
from app.history.service import record
from app.incidents.commands import PrepareCorrections
from app.incidents.events import CorrectionsWanted
from app.infra.db.transaction import transaction
from app.infra.jobs import Run
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.workflows.correct_together import plan_of, prepare_all, prepare_on
from app.workflows.decide import Confirm, confirm
from tests.factories.accounts import make_person
from tests.factories.incident_cases import audit_cases, open_child_cases, refs_of
from tests.factories.incidents import KNOWN, UNKNOWN, agree_terms, paid, sales, sweep, take_in

SYSTEM = Actor.system("test")
WORDS = "We withheld tax that was not due. We pay the difference."
STAFF = ("dee", "rio", "eli", "fay", "gus", "aud")
BOTH = frozenset({Role.LEAD, Role.REVIEWER})


@pytest.fixture
def people(app: Any, clock: Any) -> dict[str, Any]:
    found = {name: make_person(name, clock=clock) for name in (*KNOWN, *STAFF)}
    return found | {"lee": make_person("lee", name="Lee Lund", roles=BOTH, clock=clock)}


@pytest.fixture
def event(app: Any, people: Any, clock: Any, run_jobs: Any) -> Any:
    """The fault with its cases opened, none looked at."""
    agree_terms(people, clock)
    take_in(app, clock, sales=sales(), paid=paid())
    clock.advance(timedelta(hours=2))
    assert sweep(app) == 1
    return open_child_cases(people["lee"].actor, clock, run_jobs)


def plan(event: Any, actor: Any) -> Any:
    with transaction(actor, read_only=True) as tx:
        return plan_of(tx, actor, event.id)


def prepare(event: Any, actor: Any, clock: Any, seen: str = "", reasons: str = WORDS) -> int:
    command = PrepareCorrections(event.id, seen or plan(event, actor).seen, reasons)
    with transaction(actor) as tx:
        return prepare_all(tx, command, actor, clock)


def counts() -> tuple[int, int]:
    """(decisions, corrections)."""
    with transaction(SYSTEM) as tx:
        return tuple(
            tx.execute(text(f"select count(*) from {table}")).scalar_one()
            for table in ("decision", "correction")
        )


def wanted() -> CorrectionsWanted:
    with transaction(SYSTEM) as tx:
        sql = "select payload from event where type = 'corrections_wanted' order by id desc"
        found = tx.execute(text(sql)).scalars().all()
    payload = found[0]
    return CorrectionsWanted(None, UUID(payload["event_id"]), UUID(payload["act_id"]), UUID(payload["by_id"]))  # fmt: skip


def test_the_preview_says_for_each_payee_what_or_why_not_and_changes_nothing(
    event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    lee = people["lee"].actor
    before = {row.case.payee: row.why for row in plan(event, lee).rows}
    assert set(before) == {*KNOWN, UNKNOWN}
    assert before["ada"] == "Their case is not in review: its audit comes first."
    assert before[UNKNOWN] == "They have no case."
    assert plan(event, lee).ready == ()

    audit_cases(lee, event, clock, run_jobs, ("ada", "bo"))

    found = {row.case.payee: row for row in plan(event, lee).rows}
    assert [row.case.payee for row in plan(event, lee).ready] == ["ada", "bo"]
    (line,) = found["ada"].lines
    assert (str(found["ada"].total), line.reason.value, line.period) == ("30.00 EUR", "wrong_withholding", "2026-09")  # fmt: skip
    assert found["cy"].why == before["cy"]
    assert [(one.amount, one.currency) for one in plan(event, lee).sums] == [(Decimal("60.00"), "EUR")]  # fmt: skip
    assert counts() == (0, 0)


def test_one_act_proposes_all_that_were_seen_and_four_eyes_stay(
    event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    lee, rio = people["lee"].actor, people["rio"].actor
    audit_cases(lee, event, clock, run_jobs)
    assert prepare(event, lee, clock) == 3
    assert counts() == (0, 0)
    run_jobs()

    assert counts() == (3, 3)
    now = plan(event, lee)
    assert (now.ready, now.is_running) == ((), False)
    assert all(row.correction_id for row in now.rows if row.case.payee in KNOWN)
    for ref in refs_of(lee, event).values():
        with transaction(lee) as tx:
            case = case_by_ref(tx, lee, ref)
            decision = current_decision(tx, lee, case.id, case.round)
        assert case.state is State.CONFIRMATION
        assert (decision.content.to_complainant, decision.content.money_moves) == (WORDS, True)
        assert decision.content.audit_id
        command = Confirm(case.id, case.version, decision.id, decision.content_hash)
        with transaction(lee) as tx, pytest.raises((Forbidden, Refused)):
            confirm(tx, command, lee, clock)
        with transaction(rio) as tx:
            assert confirm(tx, command, rio, clock).state is State.FINANCE_APPROVAL
    with transaction(SYSTEM) as tx:
        sql = "select distinct preparer_id, state, total_minor from correction"
        assert tx.execute(text(sql)).all() == [(lee.person_id, "proposed", 3000)]


def test_working_off_again_proposes_nothing_twice(
    app: Any, event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    lee = people["lee"].actor
    audit_cases(lee, event, clock, run_jobs)
    prepare(event, lee, clock)
    again = wanted()
    run_jobs()
    prepare_on(Run("again", app.extensions["redress"]), again)
    assert counts() == (3, 3)
    with pytest.raises(Refused):
        prepare(event, lee, clock)
    assert plan(event, lee).acts[0].refused == {}


def test_two_acts_asked_for_at_once_propose_once(
    event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    lee = people["lee"].actor
    audit_cases(lee, event, clock, run_jobs)
    assert (prepare(event, lee, clock), prepare(event, lee, clock)) == (3, 3)
    run_jobs()

    assert counts() == (3, 3)
    assert all(act.is_over and not act.refused for act in plan(event, lee).acts)


def test_a_case_that_changed_meanwhile_is_told_and_the_others_go_on(
    event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    lee, rio = people["lee"].actor, people["rio"].actor
    audit_cases(lee, event, clock, run_jobs)
    prepare(event, lee, clock)
    ref = refs_of(lee, event)["bo"]
    with transaction(rio) as tx:
        bo = case_by_ref(tx, rio, ref)
        save_decision(tx, SaveDecision(bo.id, bo.round, DecisionContent(outcome="upheld")), rio, clock)  # fmt: skip
    run_jobs()

    rows = {row.case.payee: row for row in plan(event, lee).rows}
    assert rows["ada"].correction_id
    assert rows["cy"].correction_id
    assert rows["bo"].correction_id is None
    assert rows["bo"].before == "Somebody has begun to decide their case."
    assert plan(event, lee).acts[0].refused == {bo.id: "Somebody has begun to decide their case."}


def test_nothing_is_prepared_that_was_not_seen_or_without_reasons(
    event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    lee = people["lee"].actor
    audit_cases(lee, event, clock, run_jobs, ("ada",))
    seen = plan(event, lee).seen
    with pytest.raises(Invalid):
        prepare(event, lee, clock, seen, "  ")
    audit_cases(lee, event, clock, run_jobs, ("bo",))
    with pytest.raises(Stale):
        prepare(event, lee, clock, seen)
    run_jobs()
    assert counts() == (0, 0)


def test_an_audit_that_found_more_than_the_fault_is_left_to_a_person(
    app: Any, event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    more = sales(("ada",)).replace("Spotify,US", "Deezer,FR")
    take_in(app, clock, more=more)
    lee = people["lee"].actor
    audit_cases(lee, event, clock, run_jobs)

    rows = {row.case.payee: row for row in plan(event, lee).rows}
    assert rows["ada"].why == "The audit of their case found something that this fault does not explain."  # fmt: skip
    assert [row.case.payee for row in plan(event, lee).ready] == ["bo", "cy"]


def test_only_a_lead_who_reviews_prepares_and_whoever_sees_no_faults_sees_no_preview(
    event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    lee, fay = people["lee"].actor, people["fay"].actor
    audit_cases(lee, event, clock, run_jobs)
    seen = plan(event, lee).seen
    assert plan(event, fay).seen == seen
    for name in ("ada", "dee", "rio", "gus", "aud"):
        with pytest.raises((Forbidden, NotFound)):
            plan(event, people[name].actor)
    assert plan(event, people["eli"].actor).seen == seen
    for name in ("ada", "dee", "rio", "eli", "fay", "gus", "aud"):
        with pytest.raises((Forbidden, NotFound)):
            prepare(event, people[name].actor, clock, seen)
    command = PrepareCorrections(uuid4(), seen, WORDS)
    with transaction(lee) as tx, pytest.raises(NotFound):
        prepare_all(tx, command, lee, clock)


def test_who_lost_the_role_meanwhile_prepares_nothing_and_it_is_told(
    event: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    lee = people["lee"].actor
    audit_cases(lee, event, clock, run_jobs, ("ada",))
    prepare(event, lee, clock)
    with transaction(SYSTEM) as tx:
        sql = "update role_grant set revoked_at = :at where person_id = :id and role = 'reviewer' returning id"
        grant = tx.execute(text(sql), {"at": clock.now(), "id": lee.person_id}).scalar_one()
        record(tx, SYSTEM, clock, verb="role.revoked", subject=("role_grant", grant))
    run_jobs()

    assert counts() == (0, 0)
    with transaction(SYSTEM) as tx:
        ended = plan_of(tx, SYSTEM, event.id).acts[0]
    assert list(ended.refused.values()) == ["Whoever prepared this may not decide this case."]
