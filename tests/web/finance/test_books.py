"""The pages of the books in the browser's words: codes in versions, months closed and opened, and the lock that meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.ledger.rules.posting import AccountKind
from tests.factories.accounts import make_person
from tests.factories.books import FULL, close, make_codes
from tests.factories.corrections import Desk, make_batch
from tests.web.finance.test_pages import hidden, post_from, statements, words

Client = Callable[[Any], Any]
CODES = "/finance/books/codes"
MONTHS = "/finance/books/months"


def form(**changes: str) -> dict[str, str]:
    """What a browser sends for the codes of the tests, with *changes*."""
    sent = {f"code-{kind}": FULL[kind][""] for kind in AccountKind}
    sent |= {"effective_from": "2026-11-01", "zone": "UTC", "reason": "The new chart"}
    return sent | changes | {"idempotency_key": uuid4().hex}


def test_the_page_shows_each_account_and_who_changed_what(desk: Desk, client_as: Client) -> None:
    client = client_as(desk.gus)
    saved = client.post(CODES, data=form(**{"others-payable": "EUR=2101, usd = 2102"}))

    with statements() as seen:
        page = client.get("/finance/books")

    assert saved.status_code == 303
    assert len(seen) <= 12
    said = words(page)
    assert "Royalties payable 1100 EUR=2101, USD=2102" in said
    assert "Royalties payable EUR : – → 2101" in said
    assert "Gus Grau" in said
    assert "The new chart" in said


def test_auditor_and_preparer_read_and_do_not_change(desk: Desk, client_as: Client) -> None:
    for person in (make_person("aud"), desk.fay):
        client = client_as(person)
        assert "Royalties payable" in words(client.get("/finance/books"))
        assert "Posting periods" in words(client.get("/finance/books/months"))
        assert "Change the account codes" not in words(client.get("/finance/books"))
        assert client.get(CODES).status_code == 403
        assert client.post("/finance/books/months/2026-10/close").status_code == 403


def test_an_administrator_changes_codes_and_closes_no_month(desk: Desk, client_as: Client) -> None:
    client = client_as(make_person("adi"))

    saved = client.post(CODES, data=form(**{"code-bank": "1011"}))

    assert saved.status_code == 303
    assert "1011" in words(client.get("/finance/books"))
    assert client.post("/finance/books/months/2026-10/close").status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code-bank": "=1"}, "Bank: An account code has up to 40"),
        ({"others-payable": "EUR 2101"}, "Royalties payable: Write single currencies as EUR=2101"),
        ({"others-payable": "XQQ=2101"}, "Royalties payable: XQQ is no currency we know"),
        ({"effective_from": "soon"}, "Enter a day"),
        ({"reason": " "}, "Please fill this in"),
        ({"zone": "Mars/Olympus"}, "no time zone we know"),
    ],
)
def test_bad_codes_are_named_beside_their_account_and_what_was_typed_stays(
    desk: Desk, client_as: Client, changes: dict[str, str], said: str
) -> None:
    answer = client_as(desk.gus).post(CODES, data=form(**{"code-rounding": "7290"} | changes))

    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="7290"' in answer.get_data(as_text=True)


def test_a_lock_without_a_code_names_the_account_and_where_to_enter_it(
    desk: Desk, client_as: Client
) -> None:
    make_codes({AccountKind.PAYABLE: {"": "2100"}})
    batch_id, client = make_batch(desk), client_as(desk.fay)
    page = client.get(f"/finance/batches/{batch_id}")

    answer = post_from(
        client, page, f"/finance/batches/{batch_id}/lock", version=hidden(page, "version")
    )

    assert answer.status_code == 409
    assert "These accounts have no code for EUR in your ledger: Royalty expense." in words(answer)
    assert 'href="/finance/books"' in answer.get_data(as_text=True)
    assert "Lock €412.83" in words(answer)


def test_a_batch_is_locked_for_a_day_of_the_month_before(desk: Desk, client_as: Client) -> None:
    batch_id, client = make_batch(desk), client_as(desk.fay)
    page = client.get(f"/finance/batches/{batch_id}")
    href, version = f"/finance/batches/{batch_id}/lock", hidden(page, "version")
    assert 'value="2026-11-20"' in page.get_data(as_text=True)

    wrong = post_from(client, page, href, version=version, posting_date="31.10.")
    close(desk.gil.actor, date(2026, 10, 1))
    shut = post_from(client, page, href, version=version, posting_date="2026-10-31")
    done = post_from(client, page, href, version=version, posting_date="2026-11-01")

    assert (wrong.status_code, shut.status_code, done.status_code) == (422, 409, 303)
    assert "Enter a day" in words(wrong)
    assert "2026-10 is closed for posting" in words(shut)
    said = words(client.get(f"/finance/batches/{batch_id}"))
    assert "Posting date 1 Nov 2026" in said
    assert "Account codes Version 1" in said


def test_a_month_is_closed_by_one_and_opened_again_by_another(
    desk: Desk, client_as: Client
) -> None:
    gus, gil = client_as(desk.gus), client_as(desk.gil)
    month = "/finance/books/months/2026-10"

    closed = post_from(gus, None, f"{month}/close", reason="Reported")
    own = post_from(gus, None, f"{month}/reopen", reason="Oh")
    bare = post_from(gil, None, f"{month}/reopen", reason="")
    opened = post_from(gil, None, f"{month}/reopen", reason="A late invoice")
    twice = post_from(gil, None, f"{month}/reopen", reason="A late invoice")

    codes = [one.status_code for one in (closed, own, bare, opened, twice)]
    assert codes == [303, 409, 422, 303, 409]
    assert "You closed 2026-10" in words(own)
    with statements() as seen:
        page = gus.get("/finance/books/months")
    assert len(seen) <= 12
    assert "October 2026 Open Opened again by Gil Gomez" in words(page)
    assert "Closed by Gus Grau" in words(page)


def test_what_is_no_month_is_no_page(desk: Desk, client_as: Client) -> None:
    client = client_as(desk.gus)

    for month in ("2026-13", "november", "1800-01"):
        assert post_from(client, None, f"/finance/books/months/{month}/close").status_code == 404


def test_months_go_back_ten_years_and_an_old_one_is_closed_where_it_stands(
    desk: Desk, client_as: Client
) -> None:
    client = client_as(desk.gus)
    older = re.search(r'href="(/finance/books/months\?until=2025-10)"', client.get(MONTHS).text)
    assert older

    page = client.get(older[1])
    shown = re.findall(r'datetime="(20\d\d-\d\d)"', page.text)
    closed = client.post(
        "/finance/books/months/2025-03/close?until=2025-10",
        data={"reason": "", "idempotency_key": uuid4().hex},
    )

    assert (shown[0], shown[-1]) == ("2025-10", "2024-10")
    assert "until=2025-10" in closed.headers["Location"]
    assert "Closed by Gus Grau" in words(client.get(closed.headers["Location"]))
    assert "Next" not in words(client.get(f"{MONTHS}?until=2016-06"))
    for month in ("2015-12", "2026-12", "soon"):
        assert client.get(f"{MONTHS}?until={month}").status_code == 404


def test_versions_go_on_after_fifty_and_the_last_of_a_page_says_what_it_changed(
    desk: Desk, client_as: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("app.web.finance.codes.VERSIONS", 2)
    for code in ("9001", "9002", "9003", "9004"):
        make_codes(FULL | {AccountKind.PAYABLE: {"": code}})
    client = client_as(desk.gus)

    first = client.get("/finance/books")
    older = re.search(r'href="(/finance/books\?before=\d+)"', first.text)
    assert older

    assert words(first).count("→") == 2
    assert "9002 → 9003" in words(first)
    assert "9001 → 9002" in words(client.get(older[1]))
    assert client.get("/finance/books?before=x").status_code == 404
