"""Our own check of a statement month: one fault becomes one event, again changes nothing, and no artist hears of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cases.queries import case_by_id, case_by_ref
from app.cases.rules.kinds import State, SubKind
from app.incidents.commands import DismissEvent, OpenCases
from app.incidents.events import ChildCasesWanted
from app.incidents.queries import event_row, events_page, lines_page, payees_page
from app.incidents.rules.states import EventState, Result
from app.incidents.service.deciding import dismiss, want_cases
from app.infra.db.transaction import transaction
from app.infra.jobs import Run
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.notifications.queries import notices_page
from app.workflows.open_child_cases import open_on
from app.workflows.sweep_payouts import check_again
from tests.factories.accounts import make_person
from tests.factories.incidents import (
    KNOWN,
    MONTH,
    PAYEES,
    UNKNOWN,
    agree_terms,
    paid,
    sales,
    sweep,
    take_in,
    work_off,
)

SYSTEM = Actor.system("test")
STAFF = ("dee", "rio", "eli", "fay", "gus", "aud")


@pytest.fixture
def people(app: Any, clock: Any) -> dict[str, Any]:
    return {name: make_person(name, clock=clock) for name in (*KNOWN, *STAFF)}


@pytest.fixture
def found(app: Any, people: Any, clock: Any) -> Any:
    """The event of the month."""
    agree_terms(people, clock)
    take_in(app, clock, sales=sales(), paid=paid())
    later(clock)
    assert sweep(app) == 1
    (event,) = events(people["eli"].actor)
    return event


def later(clock: Any) -> None:
    clock.advance(timedelta(hours=2))


def events(actor: Any, state: EventState | None = None) -> Any:
    with transaction(actor, read_only=True) as tx:
        return events_page(tx, actor, state).rows


def open_cases(event: Any, actor: Any, clock: Any) -> None:
    with transaction(actor) as tx:
        want_cases(tx, OpenCases(event.id, event.version), actor, clock)


def results(actor: Any, event: Any) -> dict[str, Any]:
    with transaction(actor, read_only=True) as tx:
        return {row.payee: row for row in payees_page(tx, actor, event.id).rows}


def test_one_fault_of_many_artists_is_one_event_with_their_lines(found: Any, people: Any) -> None:
    assert (found.statement_month, found.cause, found.detail) == (
        MONTH,
        "wrong_withholding",
        "withholding=0.3",
    )
    assert (found.store, found.territory, found.isrc) == ("Spotify", "US", "")
    assert (found.payees, found.lines, found.state) == (4, 4, EventState.OPEN)
    assert [(one.currency, one.amount) for one in found.sums] == [("EUR", Decimal("120.0000000012"))]  # fmt: skip
    eli = people["eli"].actor
    with transaction(eli, read_only=True) as tx:
        lines = [lines_page(tx, eli, found.id, payee)[0] for payee in PAYEES]
    assert sum(line.delta for own in lines for line in own) == Decimal("120.0000000012")


def test_leads_and_finance_are_told_and_no_artist_is(
    found: Any, people: Any, run_jobs: Any
) -> None:
    run_jobs()

    def told(name: str) -> list[str]:
        with transaction(people[name].actor) as tx:
            return [row.kind.value for row in notices_page(tx, people[name].actor).rows]

    assert all(told(name) == ["parent_event"] for name in ("eli", "fay", "gus"))
    assert not any(told(name) for name in (*KNOWN, "dee", "rio"))
    with transaction(SYSTEM) as tx:
        mails = tx.execute(text("select address, kind, values from outgoing_mail")).all()
        assert tx.execute(text('select count(*) from "case"')).scalar_one() == 0
    assert {row.address for row in mails} == {f"{one}@example.com" for one in ("eli", "fay", "gus")}  # fmt: skip
    assert {row.values["sums"] for row in mails} == {"€120.00"}


def test_the_same_statements_are_checked_once_and_again_by_hand_changes_nothing(
    app: Any, found: Any, people: Any, clock: Any
) -> None:
    assert sweep(app) == 0
    eli = people["eli"].actor
    with transaction(eli) as tx:
        check_again(tx, MONTH, eli, clock)
    assert work_off(app) == 1

    assert events(eli) == (found,)
    with transaction(SYSTEM) as tx:
        assert tx.execute(text("select count(*) from parent_event_line")).scalar_one() == 4


def test_a_statement_that_still_comes_in_is_waited_for(app: Any, people: Any, clock: Any) -> None:
    agree_terms(people, clock)
    take_in(app, clock, sales=sales())
    later(clock)
    assert sweep(app) == 0
    take_in(app, clock, paid=paid())
    assert sweep(app) == 0
    later(clock)
    assert sweep(app) == 1


def test_a_correction_replaces_the_open_event_and_its_lines_stay_readable(
    app: Any, found: Any, people: Any, clock: Any
) -> None:
    more = paid(taxed=(), payees=("ada",)).replace(",100.000000001", ",30.0000000003")
    take_in(app, clock, correction=more)
    later(clock)
    assert sweep(app) == 1

    eli = people["eli"].actor
    (event,) = events(eli)
    assert event.id != found.id
    assert event.payees == 3
    (old,) = events(eli, EventState.SUPERSEDED)
    assert old.id == found.id
    with transaction(eli, read_only=True) as tx:
        assert len(lines_page(tx, eli, old.id, "ada")[0]) == 1


def test_a_dismissed_fault_does_not_come_back(
    app: Any, found: Any, people: Any, clock: Any
) -> None:
    eli = people["eli"].actor
    with transaction(eli) as tx:
        dismiss(tx, DismissEvent(found.id, 1, "The treaty was signed later."), eli, clock)
        check_again(tx, MONTH, eli, clock)
    assert work_off(app) == 1

    (event,) = events(eli)
    assert (event.id, event.state, event.decided_by) == (found.id, EventState.DISMISSED, "Eli Ek")
    assert event.reason == "The treaty was signed later."


def test_a_lead_opens_a_case_for_each_known_artist_and_the_unknown_is_listed(
    found: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    eli, ada = people["eli"].actor, people["ada"].actor
    open_cases(found, eli, clock)
    run_jobs()

    rows = results(eli, found)
    assert {name: row.result for name, row in rows.items()} == {
        **dict.fromkeys(KNOWN, Result.OPENED),
        UNKNOWN: Result.UNKNOWN,
    }
    with transaction(ada) as tx:
        case = case_by_ref(tx, ada, rows["ada"].ref)
    assert (case.sub_kind, case.state) == (SubKind.WITHHOLDING, State.SUBMITTED)
    assert (case.disputed_amount, case.disputed_currency) == (Decimal("30.00"), "EUR")
    assert str(case.period_start) == "2026-09-01"
    assert "1 line of yours" in case.summary
    with transaction(eli) as tx:
        assert event_row(tx, eli, found.id).state is EventState.OPENED
        sql = 'select channel, started_by from "case" where ref = :ref'
        row = tx.execute(text(sql), {"ref": case.ref}).one()
        signed = tx.execute(text("select signer_name, signer_capacity from case_statement")).first()
    assert (row.channel, row.started_by) == ("house", eli.person_id)
    assert tuple(signed) == ("Eli Ek", "for the house")
    with transaction(SYSTEM) as tx:
        sql = "select values from outgoing_mail where kind = 'acknowledgement' and address = 'ada@example.com'"
        assert tx.execute(text(sql)).scalar_one()["found"] == MONTH
    with transaction(people["bo"].actor) as tx, pytest.raises(NotFound):
        case_by_id(tx, people["bo"].actor, case.id)


def test_working_off_twice_opens_nothing_twice(
    app: Any, found: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    eli = people["eli"].actor
    open_cases(found, eli, clock)
    run_jobs()
    open_on(Run("again", app.extensions["redress"]), ChildCasesWanted(None, found.id))

    with transaction(SYSTEM) as tx:
        assert tx.execute(text('select count(*) from "case"')).scalar_one() == len(KNOWN)
    with transaction(eli) as tx, pytest.raises(Refused):
        want_cases(tx, OpenCases(found.id, 3), eli, clock)


def test_an_artist_with_two_faults_of_a_month_has_one_case(
    app: Any, found: Any, people: Any, clock: Any, run_jobs: Any
) -> None:
    eli = people["eli"].actor
    open_cases(found, eli, clock)
    run_jobs()
    twice = (
        paid(taxed=())
        .replace("Spotify,US", "Deezer,FR")
        .replace(",100.000000001", ",200.000000002")
    )
    take_in(app, clock, more=sales().replace("Spotify,US", "Deezer,FR"), twice=twice)
    later(clock)
    assert sweep(app) == 1
    (second,) = [one for one in events(eli) if one.is_open]
    assert (second.cause, second.detail) == ("paid_twice", "n=2")

    open_cases(second, eli, clock)
    run_jobs()

    first, other = results(eli, found), results(eli, second)
    assert all(other[name].result is Result.JOINED for name in KNOWN)
    assert all(other[name].ref == first[name].ref for name in KNOWN)
    with transaction(SYSTEM) as tx:
        sql = 'select body from message join "case" on "case".id = case_id where ref = :ref and sender_side = \'desk\''
        notes = list(tx.execute(text(sql), {"ref": first["ada"].ref}).scalars())
    assert len(notes) == 2
    assert any(f"parent event of {MONTH}, Paid more than once: " in note for note in notes)


def test_only_a_lead_decides_once_with_a_reason_and_what_was_read(
    found: Any, people: Any, clock: Any
) -> None:
    eli = people["eli"].actor
    for name in ("rio", "fay", "gus", "dee"):
        actor = people[name].actor
        with transaction(actor) as tx, pytest.raises((Forbidden, NotFound)):
            want_cases(tx, OpenCases(found.id, 1), actor, clock)
    with transaction(eli) as tx, pytest.raises(Stale):
        want_cases(tx, OpenCases(found.id, 7), eli, clock)
    with transaction(eli) as tx, pytest.raises(Invalid):
        dismiss(tx, DismissEvent(found.id, 1, "  "), eli, clock)
    with transaction(eli) as tx:
        dismiss(tx, DismissEvent(found.id, 1, "Known already."), eli, clock)
    with transaction(eli) as tx, pytest.raises(Refused):
        want_cases(tx, OpenCases(found.id, 2), eli, clock)


@pytest.mark.parametrize("table", ["parent_event", "parent_event_payee", "parent_event_line"])
def test_both_walls_hide_it_from_artists_and_from_the_desk(
    found: Any, people: Any, table: str
) -> None:
    for name in (*KNOWN, "dee", "rio"):
        actor = people[name].actor
        assert events(actor) == ()
        with transaction(actor) as tx:
            assert tx.execute(text(f"select count(*) from {table}")).scalar_one() == 0
    for name in ("eli", "fay", "gus", "aud"):
        actor = people[name].actor
        assert len(events(actor)) == 1
        with transaction(actor) as tx:
            assert tx.execute(text(f"select count(*) from {table}")).scalar_one() > 0


@pytest.mark.parametrize(
    "statement",
    [
        "update parent_event set cause = 'paid_twice'",
        "update parent_event_line set delta = 0",
        "update parent_event_payee set sums = '{}'",
        "delete from parent_event_line",
        "update parent_event set state = 'opening', decided_at = now(), decided_by_id = (select id from person limit 1)",
    ],
)
def test_what_was_found_is_never_changed_and_a_decision_leaves_its_mark(
    found: Any, people: Any, statement: str
) -> None:
    with pytest.raises(DBAPIError), transaction(people["eli"].actor) as tx:
        tx.execute(text(statement))


def test_the_database_keeps_a_line_out_of_a_second_event(found: Any) -> None:
    sql = """insert into parent_event_line select event_id, number + 100, payee, statement_month, sale_month, store,
        territory, isrc, currency, expected, paid, delta, detail, true from parent_event_line limit 1"""
    with pytest.raises(DBAPIError), transaction(SYSTEM) as tx:
        tx.execute(text(sql))
