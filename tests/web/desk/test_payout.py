"""S7: the audit of a case on its page: figures, reasons that filter, rows that open, notes, lines as a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cases.rules.kinds import CaseEvent, SubKind
from app.infra.db.transaction import transaction
from app.kernel.clock import FixedClock
from app.kernel.reading.sources import Source
from app.ledger.commands import ReleaseHold
from app.ledger.queries.holds import holds_of
from app.ledger.service.holds import release_hold
from app.terms.rules.rows import Table
from app.terms.service import import_terms, read_file
from tests.factories.accounts import make_person
from tests.factories.audits import PAID, SALES, SYSTEM, make_audit
from tests.factories.cases import act, make_case
from tests.factories.ledger import make_hold, make_payee
from tests.web.desk.pages import World, form_of, make_world, send, statements

ORIGIN = {"Sec-Fetch-Site": "same-origin"}
FILLED = {
    "issues-0-issue": "Which split applied?",
    "issues-0-finding": "The newer one.",
    "issues-0-result": "established",
    "outcome": "upheld",
    "remedies-0-kind": "pay",
    "remedies-0-text": "The difference is paid.",
    "to_complainant": "The older split was used.",
    "to_respondent": "The older split was used.",
}


@pytest.fixture
def world(app: Any, clock: Any) -> World:
    return make_world(clock, SubKind.MISSING_EARNINGS, to="triage")


@pytest.fixture
def run(world: World, clock: Any, tmp_path: Path) -> Any:
    return make_audit(world.case.id, clock, tmp_path)


@pytest.fixture
def page(world: World) -> str:
    return f"{world.at}/payout"


def test_the_page_says_what_was_paid_what_should_have_been_and_why(
    run: Any, page: str, world: World, client_as: Any
) -> None:
    html = client_as(world.rio).get(page).text

    for words in (
        "€346.26",
        "€731.88",
        "+€385.62",
        "100%",
        "Wrong split",
        "€314.22",
        "Territory left out",
    ):
        assert words in html
    assert "2 of 3 grouped lines differ" in html
    assert "Deezer" not in html.partition("<tbody>")[2]
    everything = client_as(world.rio).get(f"{page}?all_lines=1").text
    assert "Matches" in everything
    assert "Deezer" in everything.partition("<tbody>")[2]


def test_a_reason_filters_and_a_row_opens_to_its_steps(
    run: Any, page: str, world: World, client_as: Any
) -> None:
    client = client_as(world.rio)
    rows = client.get(f"{page}?reason=split_version").text.partition("<tbody>")[2]

    assert "Spotify" in rows
    assert "YouTube" not in rows
    opened = client.get(f"{page}?open=1").text
    assert "1256.88 EUR × 1 × (1 − 0) × 0.5 × (1 − 0) = 628.44 EUR" in opened
    assert "25% in WW, from Jan 2026 until before Apr 2026" in opened


def test_the_page_of_another_payee_is_one_press_away(
    run: Any, page: str, world: World, client_as: Any
) -> None:
    html = client_as(world.rio).get(f"{page}?payee=cy&currency=EUR").text

    assert "€0.00" in html
    assert "0 of 3 grouped lines differ" in html


def test_a_note_stands_on_its_line(run: Any, page: str, world: World, client_as: Any) -> None:
    client, to = client_as(world.rio), f"{page}/{run}/lines/1?payee=ada&currency=EUR&open=1"
    fields = form_of(client.get(f"{page}?open=1").text, to.replace("&", "&amp;"))
    origin = {"Sec-Fetch-Site": "same-origin"}

    answer = client.post(to, data=fields | {"note": "Paid by hand in May"}, headers=origin)

    assert answer.status_code == 303
    assert answer.location.endswith("#line-1")
    assert "Paid by hand in May" in client.get(page).text
    fields = form_of(client.get(f"{page}?open=1").text, to.replace("&", "&amp;"))
    empty = client.post(to, data=fields | {"note": " "}, headers=origin)
    assert empty.status_code == 422
    assert "Please fill this in" in empty.text


def test_lines_come_as_a_file_whole_and_harmless(
    run: Any, page: str, world: World, client_as: Any
) -> None:
    answer = client_as(world.rio).get(f"{page}/lines.csv?payee=ada&currency=EUR")

    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [(row["store"], row["paid"], row["delta"], row["reason"]) for row in rows] == [
        ("Spotify", "314.220000000000", "314.220000000000", "split_version"),
        ("YouTube", "0.000000000000", "71.400000000000", "territory_left_out"),
        ("Deezer", "32.040000000000", "0.000000000000", ""),
    ]
    assert client_as(world.rio).get(f"{page}/lines.csv?payee=bo&currency=EUR").status_code == 404


def test_without_a_run_the_page_says_what_to_do_and_computes(
    page: str, world: World, client_as: Any
) -> None:
    client = client_as(world.rio)
    before = client.get(page).text
    assert "Nothing was computed for this case yet." in before
    assert "No statement lines" not in before, "nobody has looked"

    answer = send(client, page, page)

    assert answer.status_code == 303
    waiting = client.get(page)
    assert "being computed" in waiting.text
    assert waiting.headers["Refresh"] == "3"
    stop = next(part for part in waiting.text.split('"') if part.endswith("/cancel"))
    assert send(client, page, stop).status_code == 303
    assert "The last run was stopped" in client.get(page).text


def test_a_correction_is_proposed_from_the_audits_lines(
    page: str, world: World, clock: Any, tmp_path: Path, client_as: Any
) -> None:
    payee = str(make_payee("Ada Amberg", person_id=world.ada.id))
    with transaction(SYSTEM) as tx:
        rows = f"payee,currency,payee_id\nada,EUR,{payee}\n".encode()
        with read_file(Table.PAYEES, Source.of_bytes("payees.csv", rows)) as command:
            import_terms(tx, command, SYSTEM, clock)
    run = make_audit(world.case.id, clock, tmp_path)
    client = client_as(world.rio)

    assert f"/decide?audit={run}" not in client.get(page).text, "nothing is decided in triage"
    for event in (CaseEvent.START_AUDIT, CaseEvent.AUDIT_DONE):
        who = world.rio.actor if event is CaseEvent.START_AUDIT else SYSTEM
        act(world.case.id, event, who, clock=clock)
    assert f"/decide?audit={run}" in client.get(page).text
    with statements() as counted:
        form = client.get(f"{world.at}/decide?audit={run}").text

    fields = form_of(form, f"{world.at}/decide")
    assert fields["money-currency"] == "EUR"
    assert [fields[f"money-lines-{n}-amount"] for n in (0, 1)] == ["314.22", "71.40"]
    assert [fields[f"money-lines-{n}-reason"] for n in (0, 1)] == [
        "split_version", "not_on_statement",
    ]  # fmt: skip
    assert [fields[f"money-lines-{n}-period"] for n in (0, 1)] == ["2026-09", "2026-09"]
    assert fields["audit_id"] == str(run)
    assert fields["money-lines-0-payee"] == payee
    assert len(counted) <= 12
    assert client.get(f"{world.at}/decide?audit=what").status_code == 404


def _ready(world: World, clock: Any) -> None:
    """Ada is a payee of the terms, and the case may be decided."""
    payee = str(make_payee("Ada Amberg", person_id=world.ada.id))
    with transaction(SYSTEM) as tx:
        rows = f"payee,currency,payee_id\nada,EUR,{payee}\n".encode()
        with read_file(Table.PAYEES, Source.of_bytes("payees.csv", rows)) as command:
            import_terms(tx, command, SYSTEM, clock)
    for event in (CaseEvent.START_AUDIT, CaseEvent.AUDIT_DONE):
        who = world.rio.actor if event is CaseEvent.START_AUDIT else SYSTEM
        act(world.case.id, event, who, clock=clock)


def test_each_month_has_lines_of_its_own_up_to_who_confirms_and_the_run_stays_when_it_runs_again(
    world: World, clock: FixedClock, tmp_path: Path, client_as: Any
) -> None:
    _ready(world, clock)
    august = PAID.replace("ada,2026-08,2026-06,Deezer,FR,QZABC2600001,EUR,32.04", "")
    run = make_audit(world.case.id, clock, tmp_path, paid=august)
    client, decide = client_as(world.rio), f"{world.at}/decide"

    form = form_of(client.get(f"{decide}?audit={run}").text, decide)
    shown = [(form[f"money-lines-{n}-period"], form[f"money-lines-{n}-amount"]) for n in range(3)]
    assert shown == [("2026-08", "32.04"), ("2026-09", "314.22"), ("2026-09", "71.40")]

    sent = client.post(decide, data=form | FILLED | {"do": "propose"}, headers=ORIGIN)
    assert sent.status_code == 303, sent.text
    second = client_as(world.eli)
    with statements() as counted:
        page = second.get(f"{world.at}/confirm").text
    assert "Aug 2026" in page
    assert "Sept 2026" in page
    assert "owed €417.66" in page
    assert "ran again" not in page
    assert len(counted) <= 12

    later = FixedClock(clock.now() + timedelta(hours=1))
    make_audit(world.case.id, later, tmp_path)
    again = second.get(f"{world.at}/confirm").text
    assert "owed €417.66" in again
    assert "The audit ran again" in again


def test_a_statement_month_is_a_month_and_what_was_typed_stays(
    world: World, clock: FixedClock, tmp_path: Path, client_as: Any
) -> None:
    _ready(world, clock)
    run = make_audit(world.case.id, clock, tmp_path)
    client, decide = client_as(world.rio), f"{world.at}/decide"
    form = form_of(client.get(f"{decide}?audit={run}").text, decide)

    wrong = form | FILLED | {"do": "propose", "money-lines-0-period": "Sept"}
    answer = client.post(decide, data=wrong, headers=ORIGIN)

    assert answer.status_code == 422
    assert "Write the month as 2026-03." in answer.text
    assert form_of(answer.text, decide)["money-lines-0-period"] == "Sept"
    assert form_of(answer.text, decide)["audit_id"] == str(run)


def test_b143_a_decision_rests_on_no_run_of_another_case(
    world: World, clock: FixedClock, tmp_path: Path, client_as: Any
) -> None:
    _ready(world, clock)
    other = make_case(make_person("bo", clock=clock), SubKind.MISSING_EARNINGS, clock=clock)
    foreign = make_audit(other.id, clock, tmp_path)
    decide = f"{world.at}/decide"

    answer = send(client_as(world.rio), decide, decide, do="save", audit_id=str(foreign))

    assert answer.status_code == 422
    assert "no such run of the payout audit" in answer.text


def test_who_may_read_amounts_and_who_may_only_look(
    run: Any, page: str, world: World, client_as: Any
) -> None:
    assert client_as(world.dee).get(page).status_code == 403
    assert client_as(world.ada).get(page).status_code in {302, 303, 404}


def test_b121_the_page_asks_few_statements(
    run: Any, page: str, world: World, client_as: Any, app: Any
) -> None:
    client = client_as(world.rio)
    client.get(page)
    with statements() as counted:
        client.get(f"{page}?open=1")

    assert len(counted) <= 12


def test_the_rate_stands_beside_the_units_and_holds_and_suspense_beside_the_audit(
    world: World, page: str, clock: Any, tmp_path: Path, client_as: Any
) -> None:
    old = "5,2026-08,2026-02,Deezer,FR,QZABC2600001,stream,10,8.00,EUR\n"
    make_audit(world.case.id, clock, tmp_path, sales=SALES + old)
    hold = make_hold(world.case.id, world.rio.actor)
    client = client_as(world.rio)

    html = client.get(page).text
    assert ">0.006823<" in html
    assert "Cannot be attributed" in html
    assert "shares add up to less than all" in html
    assert "Held beside the audit" in html
    assert "Held, released late" not in html

    with transaction(world.rio.actor) as tx:
        (row,) = holds_of(tx, world.rio.actor, world.case.id)
    late = FixedClock(datetime.combine(row.review_on, time(12), UTC) + timedelta(days=2))
    with transaction(world.rio.actor) as tx:
        release_hold(tx, ReleaseHold(hold, "Settled.", version=row.version), world.rio.actor, late)
    with statements() as counted:
        html = client.get(page).text
    assert "Held, released late" in html
    assert len(counted) <= 12
