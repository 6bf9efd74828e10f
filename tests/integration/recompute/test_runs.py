"""A run belongs to a case: kept wholly or not at all, never changed, and each side reads its own lines alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cases.rules.kinds import SubKind
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.sides import Side
from app.recompute.commands import AskAudit, CancelAudit, ExplainLine, KeepFound
from app.recompute.queries import (
    Wanted,
    group_lines,
    groups_page,
    lines_page,
    newest_audits,
    newest_totals,
    notes_of,
    splits_of,
    suspense_page,
    totals_of_run,
)
from app.recompute.rules.runs import LEFT_OUT, RunState
from app.recompute.service.keeping import explain_line, keep_found
from app.recompute.service.runs import ask_audit, begin_run, cancel_run, say_percent
from tests.factories.accounts import make_person
from tests.factories.audits import ADA, CY, ISRC, SALES, make_audit, make_files
from tests.factories.cases import make_case

SYSTEM = Actor.system("test")
FOUND = ("total", "group", "line", "split")


@pytest.fixture
def people(app: Any, clock: Any) -> dict[str, Any]:
    return {name: make_person(name, clock=clock) for name in ("ada", "bo", "cy", "dee", "rio")}


@pytest.fixture
def case(people: Any, clock: Any) -> Any:
    return make_case(people["ada"], SubKind.MISSING_EARNINGS, respondent=people["cy"], clock=clock)


@pytest.fixture
def run(case: Any, clock: Any, tmp_path: Path) -> Any:
    return make_audit(case.id, clock, tmp_path)


def test_a_run_keeps_totals_groups_lines_and_what_they_were_computed_from(
    run: Any, case: Any, people: Any, tx_as: Any
) -> None:
    rio = people["rio"].actor
    with tx_as(rio) as tx:
        (audit,) = newest_audits(tx, rio, case.id)
        page = groups_page(tx, rio, Wanted(run, ADA, "EUR"))
        spotify = next(row for row in page.rows if row.store == "Spotify")
        (line,) = group_lines(tx, rio, run, spotify.number)
        history = splits_of(tx, rio, run, ADA, {ISRC})[ISRC]

    assert audit.state is RunState.DONE
    figures = audit.figures[ADA, "EUR"]
    assert (figures.groups, figures.differ, figures.lines, figures.traced) == (3, 2, 3, 3)
    assert [(name, f"{total:.2f}") for name, _count, total in figures.reasons] == [
        ("split_version", "314.22"), (LEFT_OUT, "71.40"),
    ]  # fmt: skip
    assert [(row.statement_month, row.store, row.reason) for row in page.rows] == [
        ("2026-09", "Spotify", "split_version"), ("2026-09", "YouTube", LEFT_OUT), ("2026-08", "Deezer", ""),
    ]  # fmt: skip
    assert (spotify.paid.amount, spotify.expected.amount, spotify.units) == (
        Decimal("314.22"), Decimal("628.44"), 184210,
    )  # fmt: skip
    assert dict(line.working.gross) == {"EUR": "1256.880000000000"}
    assert (line.working.share, line.working.fee, line.detail) == (
        "0.5",
        "0",
        "share=0.25 from 2026-01",
    )
    assert [one.share for one in history] == ["0.25", "0.5"]


OLD = "5,2026-08,2026-02,Deezer,FR,QZABC2600001,stream,10,8.00,EUR\n"
NOBODYS = "6,2026-08,2026-02,Deezer,FR,QZABC2600099,stream,10,5.00,EUR\n"


def test_what_cannot_be_attributed_is_kept_for_whom_it_concerns(
    case: Any, people: Any, clock: Any, tmp_path: Path, tx_as: Any
) -> None:
    run = make_audit(case.id, clock, tmp_path, sales=SALES + OLD + NOBODYS)
    rio, ada, cy = (people[name].actor for name in ("rio", "ada", "cy"))

    with tx_as(rio) as tx:
        rows, more = suspense_page(tx, rio, run, ADA)
        foreign, _more = suspense_page(tx, rio, run, "somebody")
    assert not more
    assert [(row.reason, row.isrc, row.has_share, row.gross.amount) for row in rows] == [
        ("no_split", "QZABC2600099", False, Decimal(5)), ("under_allocated", ISRC, True, Decimal(2)),
    ]  # fmt: skip
    assert [row.reason for row in foreign] == ["no_split"]
    for reader, payee, other in ((ada, ADA, CY), (cy, CY, ADA)):
        with tx_as(reader) as tx:
            own, _more = suspense_page(tx, reader, run, payee)
            assert [row.reason for row in own] == ["under_allocated"]
            assert suspense_page(tx, reader, run, other)[0] == ()
            sql = "select distinct payee from payout_audit_suspense"
            assert tx.execute(text(sql)).scalars().all() == [payee]


def test_the_rate_is_what_the_store_paid_for_a_unit(run: Any, people: Any, tx_as: Any) -> None:
    rio = people["rio"].actor
    with tx_as(rio) as tx:
        rates = {row.store: row.rate for row in groups_page(tx, rio, Wanted(run, ADA, "EUR")).rows}

    assert rates["Spotify"] is not None
    assert (rates["Spotify"].amount, rates["Spotify"].currency) == (Decimal("0.006823"), "EUR")
    assert rates["YouTube"] is not None
    assert rates["YouTube"].amount == Decimal("0.001482")


def test_pages_go_on_behind_the_last_number_and_filters_hold(
    run: Any, people: Any, tx_as: Any
) -> None:
    rio = people["rio"].actor
    with tx_as(rio) as tx:
        every = groups_page(tx, rio, Wanted(run, ADA, "EUR")).rows
        behind = groups_page(tx, rio, Wanted(run, ADA, "EUR", after=every[0].number)).rows
        differ = groups_page(tx, rio, Wanted(run, ADA, "EUR", differ_only=True)).rows
        wrong = groups_page(tx, rio, Wanted(run, ADA, "EUR", reason="split_version")).rows
        french = groups_page(tx, rio, Wanted(run, ADA, "EUR", territory="FR")).rows
        lines = lines_page(tx, rio, Wanted(run, ADA, "EUR"))

    assert behind == every[1:]
    assert [row.store for row in differ] == ["Spotify", "YouTube"]
    assert [row.store for row in wrong] == ["Spotify"]
    assert [row.store for row in french] == ["Deezer"]
    assert len(lines) == 3


def test_b100_a_side_reads_its_own_lines_and_nobody_elses(
    run: Any, case: Any, people: Any, tx_as: Any
) -> None:
    ada, bo, cy, dee = (people[name].actor for name in ("ada", "bo", "cy", "dee"))

    for reader, own in ((ada, {ADA}), (cy, {CY}), (bo, set()), (dee, set())):
        with tx_as(reader) as tx:
            assert {one.payee for one in newest_totals(tx, reader, case.id)} == own
            assert {one.payee for one in totals_of_run(tx, reader, run)} == own
            assert newest_audits(tx, reader, case.id) == ()
            for payee in (ADA, CY):
                seen = groups_page(tx, reader, Wanted(run, payee, "EUR")).rows
                assert bool(seen) == (payee in own)


def test_b100_the_database_hides_what_the_query_forgot(run: Any, people: Any, tx_as: Any) -> None:
    counts = {}
    for name in ("ada", "bo", "rio"):
        with tx_as(people[name].actor) as tx:
            counts[name] = [
                tx.execute(text(f"select count(*) from payout_audit_{one}")).scalar_one()
                for one in FOUND
            ]
            hidden = tx.execute(text("select count(*) from payout_audit")).scalar_one()
            assert hidden == (1 if name == "rio" else 0)

    assert counts == {"ada": [2, 3, 3, 1], "bo": [0, 0, 0, 0], "rio": [4, 6, 6, 2]}


def test_payees_on_no_side_stay_with_the_desk(
    case: Any, people: Any, clock: Any, tmp_path: Path, tx_as: Any
) -> None:
    make_audit(case.id, clock, tmp_path, sides={})

    for name in ("ada", "cy"):
        with tx_as(people[name].actor) as tx:
            assert newest_totals(tx, people[name].actor, case.id) == ()


def test_what_was_found_never_changes(run: Any, tx_as: Any) -> None:
    for name in FOUND:
        with pytest.raises(DBAPIError), tx_as(SYSTEM) as tx:
            tx.execute(text(f"delete from payout_audit_{name}"))
        with pytest.raises(DBAPIError), tx_as(SYSTEM) as tx:
            tx.execute(
                text(
                    f"update payout_audit_{name} set payee = payee"
                    if name != "line"
                    else "update payout_audit_line set detail = 'x'"
                )
            )


def test_a_case_has_one_open_run_and_what_was_cancelled_keeps_nothing(
    case: Any, people: Any, clock: Any, tmp_path: Path, tx_as: Any
) -> None:
    rio = people["rio"].actor
    with tx_as(rio) as tx:
        first = ask_audit(tx, AskAudit(case.id), rio, clock)
    with tx_as(rio) as tx:
        assert ask_audit(tx, AskAudit(case.id), rio, clock) == first
    with tx_as(SYSTEM) as tx:
        begin_run(tx, first, SYSTEM, clock)
        assert say_percent(tx, first, 20)
    with tx_as(rio) as tx:
        cancel_run(tx, CancelAudit(case.id, first), rio, clock)
    with tx_as(SYSTEM) as tx:
        assert not say_percent(tx, first, 30)
        assert begin_run(tx, first, SYSTEM, clock) is None

    files = make_files(tmp_path)
    with pytest.raises(Refused), tx_as(SYSTEM) as tx:
        keep_found(tx, KeepFound(first, files, {}, {}, {ADA: Side.COMPLAINANT}), SYSTEM, clock)
    with pytest.raises(Refused), tx_as(rio) as tx:
        cancel_run(tx, CancelAudit(case.id, first), rio, clock)


def test_who_may_ask_and_for_which_cases(case: Any, people: Any, clock: Any, tx_as: Any) -> None:
    other = make_case(people["ada"], SubKind.STORE_TAKEDOWN, clock=clock)
    for name, wrong in (("ada", Forbidden), ("dee", Forbidden)):
        with pytest.raises(wrong), tx_as(people[name].actor) as tx:
            ask_audit(tx, AskAudit(case.id), people[name].actor, clock)
    with pytest.raises(Invalid), tx_as(people["rio"].actor) as tx:
        ask_audit(tx, AskAudit(other.id), people["rio"].actor, clock)


def test_a_note_explains_a_line_and_stays_when_the_audit_runs_again(
    run: Any, case: Any, people: Any, clock: Any, tmp_path: Path, tx_as: Any
) -> None:
    rio, ada = people["rio"].actor, people["ada"].actor
    with tx_as(rio) as tx:
        row = groups_page(tx, rio, Wanted(run, ADA, "EUR")).rows[0]
        explain_line(
            tx, ExplainLine(case.id, run, row.number, " Paid by hand in May. "), rio, clock
        )
    again = tmp_path / "again"
    again.mkdir()
    make_audit(case.id, clock, again)

    with tx_as(rio) as tx:
        note = notes_of(tx, rio, case.id, ADA, "EUR")[row.place]
        assert (note.note, note.by) == ("Paid by hand in May.", rio.name)
    with tx_as(ada) as tx:
        assert notes_of(tx, ada, case.id, ADA, "EUR") == {}
    with pytest.raises(NotFound), tx_as(rio) as tx:
        explain_line(tx, ExplainLine(case.id, run, 99, "x"), rio, clock)
    with pytest.raises(Invalid), tx_as(rio) as tx:
        explain_line(tx, ExplainLine(case.id, run, row.number, " "), rio, clock)
