"""A file that no format knows in the browser's words: it waits, is mapped with a preview, read, and known the next time."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from app.infra.jobs import run_task
from tests.factories.accounts import make_person
from tests.unit.statements.test_mapping import CHOSEN, FILE
from tests.web.finance.test_pages import statements, words
from tests.web.finance.test_statements import LIST, send

Client = Callable[[Any], Any]
SAID = {f"c{place}": field for place, field in enumerate(CHOSEN)} | {
    "numbers": "comma", "days": "day first", "currency": "eur", "month": "2026-03",
}  # fmt: skip


@pytest.fixture
def fay(client_as: Client) -> Any:
    return client_as(make_person("fay"))


def saves(client: Any, place: str, name: str = "Kontor", **said: str) -> Any:
    """Press "Save and read the file" of a preview."""
    page = client.get(f"{place}/mapping", query_string=SAID | said).get_data(as_text=True)
    form = re.search(r'<form class="form" method="post".*?</form>', page, re.DOTALL)
    assert form, "nothing can be saved"
    hidden = {
        key: html.unescape(value)
        for key, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[0])
    }
    return client.post(
        f"{place}/mapping", data=hidden | {"name": name, "idempotency_key": uuid4().hex}
    )


def kept(app: Any, place: str) -> list[Any]:
    return list(app.extensions["redress"].storage.list(f"statement-upload/{place[-36:]}"))


def test_b073_an_unknown_file_is_mapped_read_and_known_next_time(
    app: Any, fay: Any, run_jobs: Any
) -> None:
    place = send(fay, FILE, "any.csv")
    run_jobs()
    assert "No known format fits." in words(fay.get(place))
    assert len(kept(app, place)) == 1

    with statements() as seen:
        empty = words(fay.get(f"{place}/mapping"))
    assert len(seen) <= 12
    assert "Netto 1.234,50 -0,5" in empty
    page = words(fay.get(f"{place}/mapping", query_string=SAID))
    assert "Low Tide Ada 3 2026-03 2026-02 Apple ZZ QZABC2600001 1000 1234.50 EUR" in page
    assert "No statement was taken in yet." in words(fay.get(LIST)), "a preview stores nothing"

    assert saves(fay, place).status_code == 303
    run_jobs()
    assert "All of it was taken in." in words(fay.get(place))
    assert kept(app, place) == []
    assert "any.csv kontor/1 2026-03 2 €1,234.00" in words(fay.get(LIST))

    again = send(fay, FILE.replace("Low Tide", "High Tide"), "other.txt", month="2026-04")
    run_jobs()
    assert "All of it was taken in." in words(fay.get(again))
    with statements() as seen:
        own = words(fay.get(f"{LIST}/formats"))
    assert len(seen) <= 12
    assert "kontor Version 1 Counts" in own
    assert "Amount that is paid: Netto" in own


def test_what_is_missing_is_named_and_nothing_can_be_saved(fay: Any, run_jobs: Any) -> None:
    place = send(fay, FILE)
    run_jobs()

    page = fay.get(f"{place}/mapping", query_string=SAID | {"c6": "", "currency": "EURO"})
    assert "is not a currency code" in words(page)
    page = fay.get(f"{place}/mapping", query_string=SAID | {"c6": ""})
    assert "Choose the column of the amount that is paid." in words(page)
    assert "Save and read the file" not in words(page)
    answer = fay.post(f"{place}/mapping", data=SAID | {"c6": "", "name": "Kontor"})
    assert answer.status_code == 422
    assert "No format was made yet." in words(fay.get(f"{LIST}/formats"))


def test_lines_that_cannot_be_read_so_are_shown_with_line_and_column(
    fay: Any, run_jobs: Any
) -> None:
    place = send(fay, FILE)
    run_jobs()
    wrong = SAID | {"numbers": "grouped", "days": ""}

    page = words(fay.get(f"{place}/mapping", query_string=wrong))

    assert "The first lines cannot be read so." in page
    assert "3 Monat 03.02.2026 Day and month may be either way round" in page
    assert "Save and read the file" not in page
    assert fay.post(f"{place}/mapping", data=wrong | {"name": "Kontor"}).status_code == 422


def test_what_was_said_beside_the_file_stands_in_the_form(fay: Any, run_jobs: Any) -> None:
    place = send(fay, FILE, month="2026-05", currency="usd")
    run_jobs()

    page = fay.get(f"{place}/mapping").get_data(as_text=True)

    assert 'value="2026-05"' in page
    assert 'value="USD"' in page


def test_a_month_said_for_an_earlier_mapping_is_not_kept_for_the_next(
    fay: Any, run_jobs: Any
) -> None:
    bad = FILE + "04.02.2026;Apple;Low Tide;Ada;QZABC2600001;2;0,25;Bea\n" * 30
    place = send(fay, bad + "04.02.2026;Apple;Low Tide;Ada;QZABC2600001;1e3;1,5;Bea\n")
    run_jobs()
    saves(fay, place)
    run_jobs()
    assert "35 Menge 1e3" in words(fay.get(place))

    saves(fay, place, c0="statement", c5="", month="")
    run_jobs()

    assert "kontor/2 2026-02 33" in words(fay.get(LIST))


@pytest.mark.parametrize("name", ["", "x", "fuga", "東京"])
def test_a_name_that_is_none_is_said_at_its_field(fay: Any, run_jobs: Any, name: str) -> None:
    place = send(fay, FILE)
    run_jobs()

    answer = saves(fay, place, name)

    assert answer.status_code == 422
    assert 'id="name-error"' in answer.get_data(as_text=True)


def test_i18_a_bad_line_far_below_takes_nothing_and_the_file_waits_for_another_mapping(
    app: Any, fay: Any, run_jobs: Any
) -> None:
    rows = FILE + "04.02.2026;Apple;Low Tide;Ada;QZABC2600001;2;0,25;Bea\n" * 30
    place = send(fay, rows + "04.02.2026;Apple;Low Tide;Ada;QZABC2600001;2;1e3;Bea\n")
    run_jobs()
    saves(fay, place)
    run_jobs()

    page = words(fay.get(place))
    assert "35 Netto 1e3" in page
    assert "Say what its columns mean" in page
    assert "No statement was taken in yet." in words(fay.get(LIST))
    assert len(kept(app, place)) == 1


def test_a_new_version_replaces_and_what_is_withdrawn_is_asked_again(
    fay: Any, run_jobs: Any
) -> None:
    first = send(fay, FILE)
    second = send(fay, FILE.replace("Ada", "Bo"))
    run_jobs()
    saves(fay, first)
    saves(fay, second, c7="label")
    run_jobs()
    own = fay.get(f"{LIST}/formats")
    assert "kontor Version 2 Counts" in words(own)
    assert "kontor Version 1 Replaced" in words(own)

    for address in re.findall(r'action="([^"]+/withdraw)"', own.get_data(as_text=True)):
        assert fay.post(address, data={"idempotency_key": uuid4().hex}).status_code == 303
    third = send(fay, FILE.replace("Ada", "Cy"))
    run_jobs()

    assert "No known format fits." in words(fay.get(third))
    assert "kontor Version 2 Withdrawn Fay Fox" in words(fay.get(f"{LIST}/formats"))


def test_a_second_run_of_the_reading_keeps_the_bytes_of_a_file_that_waits(
    app: Any, fay: Any, run_jobs: Any, pg: Any
) -> None:
    place = send(fay, FILE)
    run_jobs()
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("update procrastinate_jobs set status = 'todo' where task_name = 'statements.read'")  # fmt: skip
    run_jobs()

    assert len(kept(app, place)) == 1
    assert "Netto" in words(fay.get(f"{place}/mapping"))


def test_a_file_that_is_left_or_waits_too_long_leaves_no_bytes(
    app: Any, fay: Any, run_jobs: Any, clock: Any, pg: Any
) -> None:
    left, forgotten = send(fay, FILE), send(fay, FILE.replace("Ada", "Bo"))
    run_jobs()
    fay.post(f"{left}/cancel", data={"idempotency_key": uuid4().hex})
    run_jobs()
    assert kept(app, left) == []
    assert fay.get(f"{left}/mapping").status_code == 303

    run_task(app.extensions["redress"], "statements.sweep", {})
    assert len(kept(app, forgotten)) == 1
    clock.advance(timedelta(days=31))
    run_task(app.extensions["redress"], "statements.sweep", {})
    run_jobs()
    assert kept(app, forgotten) == []
    with psycopg.connect(pg["superuser"]) as admin:
        rows = admin.execute("select distinct state from statement_upload").fetchall()
    assert rows == [("cancelled",)]


def test_readers_look_and_map_nothing(client_as: Client, fay: Any, run_jobs: Any) -> None:
    place = send(fay, FILE)
    run_jobs()

    for name in ("gus", "aud"):
        client = client_as(make_person(name))
        assert f"{place}/mapping" not in client.get(place).get_data(as_text=True)
        assert client.get(f"{place}/mapping").status_code == 403
        assert client.post(f"{place}/mapping", data=SAID).status_code == 403
        assert client.get(f"{LIST}/formats").status_code == 200
