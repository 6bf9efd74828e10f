"""Statements in the browser's words: a file handed in, read in the background, taken in or refused with every problem."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import psycopg
import pytest

from tests.factories.accounts import make_person
from tests.unit.statements.support import FIRST, HEADER, SECOND, table
from tests.web.finance.test_pages import statements, words

Client = Callable[[Any], Any]
FILES = Path(__file__).parents[2] / "unit" / "statements" / "files"
LIST = "/finance/statements"


@pytest.fixture
def fay(client_as: Client) -> Any:
    return client_as(make_person("fay"))


def send(client: Any, content: bytes | str, name: str = "north.csv", **said: str) -> str:
    """Hand in a file; the address of its page."""
    raw = content.encode() if isinstance(content, str) else content
    data = {"idempotency_key": uuid4().hex, **said, "file": (io.BytesIO(raw), name)}
    answer = client.post(LIST, data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["Location"])


def test_a_file_is_handed_in_read_and_taken_in(fay: Any, run_jobs: Any) -> None:
    place = send(fay, (FILES / "distrokid-since-mid-2025.csv").read_bytes(), "feb.csv")
    waiting = fay.get(place)
    run_jobs()
    done = fay.get(place)

    assert waiting.headers["Refresh"] == "3"
    assert "Waiting" in words(waiting)
    assert "Refresh" not in done.headers
    assert "All of it was taken in." in words(done)
    with statements() as seen:
        page = words(fay.get(LIST))
    assert len(seen) <= 12
    assert "feb.csv distrokid/since mid-2025 2026-02 2 $6.712345678901" in page


def test_the_page_of_an_import_says_months_sums_and_hash(fay: Any, run_jobs: Any) -> None:
    place = send(fay, (FILES / "orchard-new.csv").read_bytes(), "orchard.csv")
    run_jobs()
    href = fay.get(place).get_data(as_text=True).split('button--primary" href="')[1].split('"')[0]

    with statements() as seen:
        page = words(fay.get(href))

    assert len(seen) <= 12
    assert "2026-01 orchard 2 $1,230.00" in page
    assert "SHA-256" in page
    assert "the file as it came" in page


def test_b074_every_problem_is_listed_and_can_be_downloaded(fay: Any, run_jobs: Any) -> None:
    bad = table(FIRST.replace("100.00", "=1+1"), SECOND.replace("2026-01", "01/02/2026"))
    place = send(fay, bad, "bad.csv")
    run_jobs()

    with statements() as seen:
        page = words(fay.get(place))
        download = fay.get(f"{place}/problems.csv")

    assert len(seen) <= 12
    assert "Not taken in" in page
    assert "2 problems" in page
    assert "3 sale_month 01/02/2026" in page
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert "bad.csv,2,gross,'=1+1," in download.get_data(as_text=True)
    assert "bad.csv distrokid" not in words(fay.get(LIST))


def test_what_the_file_does_not_say_is_said_beside_it(fay: Any, run_jobs: Any) -> None:
    content = (FILES / "deezer.csv").read_bytes()
    without = send(fay, content, "deezer.csv")
    said = send(fay, content, "deezer.csv", currency="eur")
    run_jobs()

    assert "Nothing in this file says its currency" in words(fay.get(without))
    assert "All of it was taken in." in words(fay.get(said))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"month": "March"}, "Write the month as 2026-03."),
        ({"month": "9999-12"}, "Write the month as 2026-03."),
        ({"currency": "EURO"}, "is not a currency code"),
        ({"encoding": "klingon"}, "Choose one of the answers"),
        ({"again": "x" * 301}, "At most 300 characters"),
        ({"totals_reason": "a\x00b"}, "Please delete it"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_refused_at_its_field_and_nothing_is_kept(
    fay: Any, said: dict[str, str], problem: str
) -> None:
    data = {"idempotency_key": uuid4().hex, **said, "file": (io.BytesIO(b"x"), "a.csv")}

    answer = fay.post(LIST, data=data, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert problem in words(answer)
    assert "a.csv" not in words(fay.get(LIST))


def test_a_form_without_a_file_says_so(fay: Any) -> None:
    data = {"idempotency_key": uuid4().hex, "file": (io.BytesIO(b""), "")}
    answer = fay.post(LIST, data=data, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Choose a file." in words(answer)


def test_b077_the_same_file_twice_says_that_nothing_changed(fay: Any, run_jobs: Any) -> None:
    content = (FILES / "neutral.csv").read_bytes()
    send(fay, content)
    again = send(fay, content)
    run_jobs()

    assert "taken in already. Nothing was changed." in words(fay.get(again))


def test_b077_the_same_lines_again_leave_nothing_under_lock(
    app: Any, fay: Any, run_jobs: Any
) -> None:
    def kept() -> set[str]:
        return {one.key for one in app.extensions["redress"].storage.list("statement/")}

    earlier = kept()
    send(fay, table(FIRST, SECOND))
    run_jobs()
    before = kept()
    again = send(fay, table(SECOND, FIRST))
    run_jobs()

    assert "Its lines are those of a file" in words(fay.get(again))
    assert before > earlier
    assert kept() == before


def test_a_reading_that_breaks_ends_and_leaves_no_bytes(
    app: Any, fay: Any, run_jobs: Any, pg: Any
) -> None:
    wide = ",".join(['"' + "x" * 500_000 + "\n" + "y" * 500_000 + '"'] * 18)
    extra = ",".join(f"more{number}" for number in range(18))
    place = send(fay, table(f"{FIRST},{wide}", header=f"{HEADER},{extra}"))

    with pytest.raises(duckdb.Error):
        run_jobs()
    page = words(fay.get(place))
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("update procrastinate_jobs set status = 'todo' where task_name = 'statements.read'")  # fmt: skip
    run_jobs()

    assert "Nothing of it was used. Hand it in again." in page
    assert list(app.extensions["redress"].storage.list(f"statement-upload/{place[-36:]}")) == []


def test_a_file_whose_reading_gave_up_leaves_no_bytes_when_it_is_stopped(
    app: Any, fay: Any, run_jobs: Any, pg: Any
) -> None:
    place = send(fay, table(FIRST))
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("update procrastinate_jobs set status = 'failed' where task_name = 'statements.read'")  # fmt: skip
    fay.post(f"{place}/cancel", data={"idempotency_key": uuid4().hex})
    run_jobs()

    assert list(app.extensions["redress"].storage.list(f"statement-upload/{place[-36:]}")) == []


def test_a_file_that_is_stopped_is_never_taken_in(app: Any, fay: Any, run_jobs: Any) -> None:
    place = send(fay, table(FIRST))
    stopped = fay.post(f"{place}/cancel", data={"idempotency_key": uuid4().hex})
    run_jobs()

    assert stopped.status_code == 303
    assert list(app.extensions["redress"].storage.list(f"statement-upload/{place[-36:]}")) == []
    assert "Its reading was stopped" in words(fay.get(place))
    assert "No statement was taken in yet." in words(fay.get(LIST))


def test_b083_a_file_stopped_while_it_is_read_is_not_taken_in(
    fay: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.statements import jobs

    place = send(fay, table(FIRST))

    def late(*args: Any, **named: Any) -> Any:
        fay.post(f"{place}/cancel", data={"idempotency_key": uuid4().hex})
        return keep(*args, **named)

    keep = jobs.keep
    monkeypatch.setattr(jobs, "keep", late)
    run_jobs()

    assert "Its reading was stopped" in words(fay.get(place))
    assert "No statement was taken in yet." in words(fay.get(LIST))


def test_readers_read_and_hand_in_nothing(client_as: Client) -> None:
    for name in ("gus", "aud"):
        client = client_as(make_person(name))
        page = client.get(LIST)
        assert page.status_code == 200
        assert "Hand in a file" not in words(page)
        assert client.get(f"{LIST}/new").status_code == 403
        assert client.post(LIST).status_code == 403


def test_parties_and_the_desk_do_not_see_statements(client_as: Client) -> None:
    assert client_as(make_person("dee")).get(LIST).status_code == 403
    assert client_as(make_person("ada")).get(LIST).status_code in {403, 404}
