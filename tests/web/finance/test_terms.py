"""Terms in the browser's words: found, looked at before they count, added, ended, and where they contradict each other."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.reading.sources import Source
from app.ledger.commands import Post
from app.ledger.rules.posting import AccountKind, JournalKind, house, payable, transfer
from app.ledger.service.posting import post
from app.terms.rules.rows import COLUMNS, Table
from app.terms.service import import_terms, read_file
from tests.factories.accounts import NOON, make_person
from tests.factories.ledger import make_money_case, make_payee
from tests.integration.terms.test_changes import ADA, BO, CY, HEADS
from tests.web.finance.test_pages import hidden, statements, words

Client = Callable[[Any], Any]
LIST, FILE, IMPORT = "/finance/terms", "/finance/terms/file", "/finance/terms/import"
CROWD = "QZABC2600003,ada,0.75,WW,2026-01,\nQZABC2600003,bo,0.5,US CA,2026-03,2026-06"


def agree(table: Table, *lines: str, head: str = "") -> None:
    names = ",".join(name for name, _kind in COLUMNS[table])
    content = "\n".join((head or names, *lines)).encode()
    source = Source.of_bytes("before.csv", content)
    with read_file(table, source) as command, transaction(SYSTEM) as tx:
        import_terms(tx, command, SYSTEM, FixedClock(NOON))


SYSTEM = Actor.system("test")


@pytest.fixture
def fay(client_as: Client) -> Any:
    return client_as(make_person("fay"))


def look(client: Any, content: str | bytes, table: str = "splits", name: str = "new.csv") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    data = {"table": table, "file": (io.BytesIO(raw), name)}
    return client.post(FILE, data=data, content_type="multipart/form-data")


def splits(*lines: str) -> str:
    return "\n".join((HEADS[Table.SPLITS], *lines))


def confirm(client: Any, page: Any) -> Any:
    names = ("table", "name", "seen", "content")
    return client.post(IMPORT, data={"idempotency_key": uuid4().hex} | {name: hidden(page, name) for name in names})  # fmt: skip


def test_every_table_is_a_page_with_who_wrote_each_row(fay: Any) -> None:
    agree(Table.SPLITS, ADA, BO, CY)
    agree(Table.FX, "2026-03,EUR,USD,1.0825")

    with statements() as seen:
        page = words(fay.get(LIST))

    assert len(seen) <= 12
    assert "QZABC2600001 ada 0.5 WW – 2025-12 Version 1 The system" in page
    assert "2026-03 EUR USD 1.0825 before.csv – Version 2 The system" in words(fay.get(f"{LIST}?table=fx"))  # fmt: skip
    for table in ("deals", "payees", "withholding"):
        assert "Nothing was agreed here yet." in words(fay.get(f"{LIST}?table={table}"))


def test_rows_are_found_by_recording_and_by_payee_and_paged(fay: Any) -> None:
    agree(Table.SPLITS, *(f"QZABC26{n:05d},bo,0.5,WW,,\nQZABC26{n:05d},ada,0.5,WW,," for n in range(20)))  # fmt: skip

    found = words(fay.get(f"{LIST}?find=qz-abc-26-00003"))
    of_bo = words(fay.get(f"{LIST}?find=bo"))
    first = fay.get(LIST).get_data(as_text=True)
    second = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")

    assert (found.count("QZABC2600003 "), "QZABC2600004" in found) == (2, False)
    assert (of_bo.count(" bo 0.5"), of_bo.count(" ada 0.5")) == (20, 0)
    assert first.count("data-table__title") == 25
    assert fay.get(second).get_data(as_text=True).count("data-table__title") == 15


def test_b072_a_file_is_looked_at_before_it_counts(fay: Any) -> None:
    agree(Table.SPLITS, ADA, BO)

    page = look(fay, splits(ADA, BO.replace("0.4", "0.3")))

    assert "1 row begins · 1 row ends · 2 rows stay as they are" in words(page)
    assert "Not among the payees" in words(page)
    assert "bo 0.4" in words(fay.get(LIST)), "nothing is stored yet"
    answer = confirm(fay, page)
    assert answer.status_code == 303
    change = words(fay.get(answer.headers["Location"]))
    assert "Version 2 of the terms" in change
    assert "Fay Fox" in change
    assert "QZABC2600001 bo 0.3" in words(fay.get(LIST))
    assert "Version 2 Shares 1 1 File: new.csv Fay Fox" in words(fay.get(f"{LIST}/changes"))


def test_b098_what_changed_after_it_was_looked_at_is_looked_at_again(fay: Any) -> None:
    agree(Table.SPLITS, BO)
    page = look(fay, splits(BO.replace("0.4", "0.3")))
    agree(Table.SPLITS, BO.replace("0.4", "0.2"))

    answer = confirm(fay, page)

    assert answer.status_code == 200
    assert "The terms changed meanwhile" in words(answer)
    assert "bo 0.2" in words(fay.get(LIST))
    assert confirm(fay, answer).status_code == 303
    assert "bo 0.3" in words(fay.get(LIST))


def test_b077_a_file_that_says_what_is_there_has_nothing_to_confirm(fay: Any) -> None:
    agree(Table.SPLITS, BO)

    page = look(fay, splits(BO))

    assert "There is nothing to change." in words(page)
    assert b"Let it count" not in page.data


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (splits(BO, BO.replace("0.4", "<b>1e3</b>")), "new.csv 3 share <b>1e3</b> Write a fraction like 0.15."),
        (splits(BO).encode("utf-16")[:-1], "new.csv 2 – – Not every sign can be read as utf-16."),
        (splits(BO) + "\n" * 1_000_001, "This page takes files up to 1 MB."),
        ("isrc\n", "new.csv 1 payee – This column is missing"),
    ],
)  # fmt: skip
def test_b075_a_file_that_is_wrong_is_refused_with_every_problem(
    fay: Any, content: str | bytes, said: str
) -> None:
    page = look(fay, content)

    assert page.status_code == 422
    assert said in words(page).replace("&lt;", "<").replace("&gt;", ">")
    assert b"<b>1e3" not in page.data


def test_no_file_and_a_form_that_was_bent_are_refused(fay: Any) -> None:
    empty = fay.post(FILE, data={"table": "splits"}, content_type="multipart/form-data")
    bent = fay.post(IMPORT, data={"table": "splits", "name": "x", "seen": "0", "content": "%%"})

    assert (empty.status_code, bent.status_code) == (422, 422)
    assert "Choose a file." in words(empty)
    assert "Choose the file again." in words(bent)
    assert fay.get(f"{LIST}?table=what").status_code == 404


def test_a_row_is_added_and_ended_with_reasons(fay: Any) -> None:
    agree(Table.DEALS, "*,0.15,,")
    row = {"table": "deals", "isrc": "qz-abc-26-00001", "fee_rate": "0.1", "from_month": "2026-01"}

    wrong = fay.post(f"{LIST}/rows", data=row | {"fee_rate": "ten", "reason": "Contract"})
    silent = fay.post(f"{LIST}/rows", data=row)
    clash = fay.post(f"{LIST}/rows", data=row | {"isrc": "*", "reason": "Contract"})
    added = fay.post(f"{LIST}/rows", data=row | {"reason": "Contract of May"})

    assert (wrong.status_code, silent.status_code, clash.status_code) == (422, 422, 422)
    assert "Commission, as a fraction: Write a fraction like 0.15. It says “ten”." in words(wrong)
    assert "Why: Please fill this in." in words(silent)
    assert "End that one first" in words(clash)
    assert added.status_code == 303
    page = fay.get(added.headers["Location"]).get_data(as_text=True)
    ending = page.split("/end?")[0].rsplit('href="', 1)[1] + "/end"
    assert "QZABC2600001" in words(fay.get(f"{ending}?table=deals"))
    assert fay.post(ending, data={"table": "deals", "reason": ""}).status_code == 422
    assert fay.post(ending, data={"table": "deals", "reason": "It ran out"}).status_code == 303
    assert fay.get(f"{ending}?table=deals").status_code == 404
    changes = words(fay.get(f"{LIST}/changes"))
    assert "By hand: It ran out" in changes
    assert "By hand: Contract of May" in changes


def test_conflicts_name_recording_territories_months_and_holders(fay: Any) -> None:
    agree(Table.SPLITS, CROWD, ADA, BO)

    with statements() as seen:
        page = words(fay.get(f"{LIST}/conflicts"))

    assert len(seen) <= 12
    assert "QZABC2600003 CA US from 2026-03 until before 2026-06 125 % ada 75 % bo 50 %" in page
    assert "QZABC2600001" not in page


def test_balances_say_what_is_below_the_smallest_payout(fay: Any) -> None:
    agree(Table.PAYEES, "ada,EUR,25", head="payee,currency,minimum")
    agree(Table.BALANCES, "C1,ada,EUR,2026-01,0,20,0,0,20", "C2,ada,EUR,2026-01,0,25,0,0,25")

    with statements() as seen:
        page = words(fay.get(f"{LIST}?table=balances"))

    assert len(seen) <= 12
    assert "C1 ada EUR 2026-01 €0.00 €20.00 €0.00 €0.00 €20.00 below the smallest payout" in page
    assert page.count("below the smallest payout") == 1


def test_a_contract_stands_beside_the_ledger_and_what_differs_is_named(fay: Any, pg: Any) -> None:
    payee, case = make_payee(), make_money_case(pg)
    agree(Table.PAYEES, f"ada,EUR,{payee}", "bo,EUR,", head="payee,currency,payee_id")
    agree(
        Table.BALANCES, "C1,ada,EUR,2026-09,-50,40,0,0,-10", "C1,ada,EUR,2026-10,-10,120,0,0,110",
        "C2,bo,EUR,2026-10,0,5,0,0,5",
    )  # fmt: skip
    for month, minor in ((9, 9_900), (10, 12_500), (11, 1_500)):
        entries = transfer(house(AccountKind.ROYALTY_EXPENSE, "EUR"), payable(payee, "EUR"), minor)
        command = Post(case.id, JournalKind.CORRECTION, "Test", entries)
        with transaction(SYSTEM) as tx:
            post(tx, command, SYSTEM, FixedClock(datetime(2026, month, 15, 9, 0, tzinfo=UTC)))

    every = fay.get(f"{LIST}?table=balances").get_data(as_text=True)
    with statements() as seen:
        page = words(fay.get(f"{LIST}?table=balances&find=C1"))
    unknown = words(fay.get(f"{LIST}?table=balances&find=C2"))

    assert len(seen) <= 12
    assert "Beside the ledger" not in every
    assert "/finance/terms?table=balances&amp;find=C1" in every
    assert "2026-10 The terms −€10.00 €120.00 €0.00 €0.00 €110.00" in page
    assert "2026-10 The ledger −€10.00 €125.00 €0.00 €0.00 €115.00" in page
    assert "2026-10 Differs: Earned, Closing – €5.00 – – €5.00" in page
    assert "2026-11 The ledger €115.00 €15.00 €0.00 €0.00 €130.00" in page
    assert "The payees do not say who bo is in the ledger." in unknown


def test_two_contracts_of_a_payee_are_not_computed_from_entries_of_both(fay: Any) -> None:
    agree(Table.PAYEES, f"ada,EUR,{make_payee()}", head="payee,currency,payee_id")
    agree(Table.BALANCES, "C1,ada,EUR,2026-10,0,1,0,0,1", "C2,ada,EUR,2026-10,0,5,0,0,5")

    page = words(fay.get(f"{LIST}?table=balances&find=C1"))

    assert "ada has more contracts in this currency" in page
    assert "The ledger" not in page


def test_who_approves_and_audits_sees_and_changes_nothing(client_as: Client) -> None:
    agree(Table.SPLITS, BO)
    for who in ("gus", "aud"):
        page = client_as(make_person(who)).get(LIST)
        assert page.status_code == 200
        assert "QZABC2600001" in words(page)
        assert b"/finance/terms/file" not in page.data
    assert client_as(make_person("rio")).get(LIST).status_code in {403, 404}
