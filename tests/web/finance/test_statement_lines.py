"""The lines of a statement in the browser: page by page, filtered, marked with a note; an audit begins at what was marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.rules.kinds import SubKind
from app.infra.db.transaction import transaction
from tests.factories.accounts import make_person
from tests.factories.audits import ISRC, PAID, SALES, SYSTEM, make_audit
from tests.factories.incidents import take_in
from tests.web.desk.pages import make_world
from tests.web.finance.test_pages import hidden, statements, words


@pytest.fixture
def people(app: Any, clock: Any) -> dict[str, Any]:
    return {name: make_person(name, clock=clock) for name in ("fay", "aud")}


def taken(app: Any, clock: Any, **files: str) -> str:
    """Take files in; the address of the lines of the last."""
    take_in(app, clock, **files)
    with transaction(SYSTEM) as tx:
        query = text("select id from statement_import order by at desc, name desc limit 1")
        return f"/finance/statements/{tx.execute(query).scalar_one()}/lines"


def part_of(page: Any) -> str:
    return hidden(page, "part")


def mark(client: Any, address: str, *positions: str, note: str = "Half is missing.") -> Any:
    page = client.get(address)
    fields = {"idempotency_key": hidden(page, "idempotency_key"), "note": note}
    return client.post(
        f"{address}?part={part_of(page)}", data=fields | {"position": list(positions)}
    )


def many(count: int) -> str:
    head, *_rows = SALES.splitlines()
    rows = [f"{n},2026-09,2026-0{1 + n % 8},Store {n % 3},DE,{ISRC},stream,{n},{n}.5,EUR" for n in range(1, count + 1)]  # fmt: skip
    return "\n".join((head, *rows, ""))


def test_a_statement_is_read_page_by_page_and_filtered(
    app: Any, people: Any, clock: Any, client_as: Any
) -> None:
    address = taken(app, clock, many=many(250))
    fay = client_as(people["fay"])
    with statements() as seen:
        first = fay.get(address)

    assert len(seen) <= 12
    said = words(first)
    assert "250 lines as their source wrote them." in said
    assert said.count(ISRC) == 100
    assert "100.5 EUR" in said
    assert "101.5 EUR" not in said
    assert "101.5 EUR" in words(fay.get(f"{address}?after=100"))
    only = words(fay.get(f"{address}?store=Store+1&month=2026-02"))
    assert "1.5 EUR" in only
    assert "2.5 EUR" not in only
    assert "No line fits." in words(fay.get(f"{address}?isrc=QZABC2600009"))
    assert fay.get(f"{address}?part=nothing").status_code == 404


def test_lines_are_marked_with_a_note_found_again_and_taken_back(
    app: Any, people: Any, clock: Any, client_as: Any
) -> None:
    address = taken(app, clock, many=many(150))
    fay = client_as(people["fay"])

    assert mark(fay, address, "2", "7").status_code == 303
    assert mark(fay, address, "7", "8").status_code == 303
    marked = fay.get(f"{address}?marked=1")
    assert words(marked).count("Half is missing. Fay Fox") == 3
    assert "1.5 EUR" not in words(marked)
    with transaction(SYSTEM) as tx:
        rows = tx.execute(text("select position, isrc, store, sale_month from statement_mark order by position")).all()  # fmt: skip
    assert tuple(rows[0]) == (2, ISRC, "Store 2", "2026-03")
    assert [row.position for row in rows] == [2, 7, 8]

    back = marked.text.partition('action="/finance')[2].partition('action="')[2]
    href = "/finance" + marked.text.partition("/unmark")[0].rpartition("/finance")[2] + "/unmark"
    assert back
    answer = fay.post(href, data={"idempotency_key": hidden(marked, "idempotency_key")})
    assert answer.status_code == 303
    assert words(fay.get(f"{address}?marked=1")).count("Half is missing.") == 2


def test_without_a_note_or_a_line_nothing_is_marked(
    app: Any, people: Any, clock: Any, client_as: Any
) -> None:
    address = taken(app, clock, many=many(5))
    fay = client_as(people["fay"])

    for answer in (mark(fay, address, "2", note=" "), mark(fay, address), mark(fay, address, "99")):
        assert answer.status_code == 422
        assert "Error:" in answer.text
    auditor = client_as(people["aud"])
    page = auditor.get(address)
    assert "Mark the chosen lines" not in page.text
    key = hidden(fay.get(address), "idempotency_key")
    refused = auditor.post(address, data={"idempotency_key": key, "note": "x", "position": "1"})
    assert refused.status_code == 403


def test_the_audit_of_the_case_begins_at_the_marked_lines(
    app: Any, people: Any, clock: Any, client_as: Any, tmp_path: Path
) -> None:
    world = make_world(clock, SubKind.MISSING_EARNINGS, to="triage")
    make_audit(world.case.id, clock, tmp_path)
    page = f"{world.at}/payout"
    rio = client_as(world.rio)
    assert "Marked on statements" not in rio.get(page).text
    address = taken(app, clock, paid=PAID)
    fay = client_as(people["fay"])
    later = fay.get(address).text.partition(", paid")[2].partition("part=")[2][:36]
    with_youtube = fay.get(f"{address}?store=YouTube&part={later}")
    position = with_youtube.text.partition('name="position" value="')[2].partition('"')[0]
    fields = {"idempotency_key": hidden(with_youtube, "idempotency_key"), "note": "Nothing came."}
    where = f"{address}?part={part_of(with_youtube)}"
    assert fay.post(where, data=fields | {"position": position}).status_code == 303

    with statements() as seen:
        rows = rio.get(page).text.partition("<tbody>")[2]

    assert len(seen) <= 12
    assert "YouTube" in rows
    assert "Spotify" not in rows
    everything = rio.get(f"{page}?marked=0").text.partition("<tbody>")[2]
    assert "Spotify" in everything


def test_both_walls_keep_marks_from_artists(
    app: Any, people: Any, clock: Any, client_as: Any
) -> None:
    address = taken(app, clock, many=many(5))
    mark(client_as(people["fay"]), address, "1")
    ada = make_person("ada", clock=clock)

    assert client_as(ada).get(address).status_code in {403, 404}
    with transaction(ada.actor) as tx:
        assert tx.execute(text("select count(*) from statement_mark")).scalar_one() == 0
    with transaction(people["fay"].actor) as tx:
        assert tx.execute(text("select count(*) from statement_mark")).scalar_one() == 1
