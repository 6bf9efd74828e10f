"""Statements by program: an unknown file is mapped, lines without a recording are matched, by scope and role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from app.accounts.rules import Scope
from tests.factories.accounts import TestPerson, make_person
from tests.factories.catalogue import NIGHT, NIGHT_TWO, make_catalogue
from tests.integration.statements.test_matching import HEAD, KNOWN, LOST, NONE
from tests.unit.statements.test_mapping import CHOSEN, FILE
from tests.web.finance.test_pages import statements
from tests.web.finance.test_statements import send

API = "/api/v1"
SAID: dict[str, Any] = {
    "fields": list(CHOSEN), "numbers": "comma", "days": "day first", "currency": "eur", "month": "2026-03",
}  # fmt: skip


@pytest.fixture
def finance() -> TestPerson:
    return make_person("fay")


@pytest.fixture
def fay(program: Any, finance: TestPerson) -> Any:
    return program(finance, Scope.MONEY_READ, Scope.MONEY_WRITE)


@pytest.fixture
def waits(fay: Any, finance: TestPerson, client_as: Any, run_jobs: Any) -> str:
    """The address of a file that waits for its columns."""
    send(client_as(finance), FILE, "any.csv")
    run_jobs()
    (one,) = fay.get(f"{API}/statement-uploads?state=unmapped").json["items"]
    return f"{API}/statement-uploads/{one['id']}"


@pytest.fixture
def taken(fay: Any, finance: TestPerson, client_as: Any, run_jobs: Any) -> Callable[..., str]:
    """Take in these rows; the address of the import."""
    make_person("ada")
    make_catalogue(NIGHT, NIGHT_TWO)

    def taking(*rows: str) -> str:
        send(client_as(finance), "\n".join((HEAD, *rows, "")))
        run_jobs()
        return f"{API}/statements/{fay.get(f'{API}/statements').json['items'][0]['id']}"

    return taking


def by_name(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What names a recording first: groups with as many lines stand in no order of their own."""
    return sorted(groups, key=lambda one: not one["can_match"])


def test_b073_a_program_reads_a_proposal_looks_saves_and_the_file_is_read(
    fay: Any, waits: str, run_jobs: Any
) -> None:
    with statements() as seen:
        shown = fay.get(f"{waits}/mapping")
    with statements() as sent:
        looked = fay.post(f"{waits}/mapping/previews", json=SAID)
    before = fay.get(f"{API}/statements").json["items"]
    mark = {"If-Match": shown.headers["ETag"]}
    saved = fay.put(f"{waits}/mapping", json=SAID | {"name": "Kontor"}, headers=mark)
    run_jobs()
    ended = fay.get(waits).json
    (one,) = fay.get(f"{API}/statements").json["items"]

    assert max(len(seen), len(sent)) <= 12
    columns = [(one["name"], one["field"]) for one in shown.json["columns"]]
    assert columns[4:7] == [("ISRC", "isrc"), ("Menge", ""), ("Netto", "")]
    assert shown.json["columns"][6]["samples"] == ["1.234,50", "-0,5"]
    assert (shown.json["line"], shown.json["possible"][0], shown.json["possible"][-1]) == (
        2,
        "amount",
        "personal",
    )
    assert (looked.json["can_save"], before) == (True, [])
    assert [one["amount"] for one in looked.json["lines"]] == ["1234.50", "-0.5"]
    assert (saved.status_code, saved.json["state"], saved.json["format"]) == (
        200,
        "waiting",
        "kontor/1",
    )
    assert (ended["state"], ended["import_id"]) == ("done", one["id"])
    assert [part["sums"] for part in one["parts"]] == [[{"amount": "1234.00", "currency": "EUR"}]]
    assert fay.get(f"{waits}/mapping").status_code == 409


def test_a_mapping_is_saved_by_who_has_seen_the_columns(fay: Any, waits: str) -> None:
    body = SAID | {"name": "Kontor"}

    unseen = fay.put(f"{waits}/mapping", json=body)
    stale = fay.put(f"{waits}/mapping", json=body, headers={"If-Match": '"x"'})

    assert (unseen.status_code, stale.status_code) == (428, 412)
    assert fay.get(waits).json["state"] == "unmapped"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fields": ["", *CHOSEN[1:6], "", "personal"]}, "amount"),
        ({"fields": CHOSEN[:3]}, "fields"),
        ({"fields": [*CHOSEN[:7], "what"]}, "columns"),
        ({"numbers": "grouped", "days": ""}, "line 3, Monat"),
        ({"currency": ""}, "currency"),
        ({"month": "2026-13"}, "period"),
        ({"name": "fuga"}, "name"),
    ],
)
def test_what_cannot_be_read_so_is_refused_by_name_and_nothing_is_kept(
    fay: Any, waits: str, change: dict[str, Any], field: str
) -> None:
    mark = {"If-Match": fay.get(f"{waits}/mapping").headers["ETag"]}

    answer = fay.put(f"{waits}/mapping", json=SAID | {"name": "Kontor"} | change, headers=mark)

    assert answer.status_code == 422
    assert field in [one["field"] for one in answer.json["errors"]]
    assert fay.get(waits).json["state"] == "unmapped"


def test_a_table_that_the_file_does_not_have_is_named(fay: Any, waits: str) -> None:
    answer = fay.get(f"{waits}/mapping?table=1")

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "table")


def test_problems_of_a_preview_travel_with_line_and_column(fay: Any, waits: str) -> None:
    answer = fay.post(f"{waits}/mapping/previews", json=SAID | {"numbers": "grouped", "days": ""})

    assert (answer.status_code, answer.json["can_save"]) == (200, False)
    found = answer.json["problems"]
    assert (3, "Monat", "03.02.2026") in [
        (one["line"], one["column"], one["value"]) for one in found
    ]
    assert not [one for one in found if "%(" in one["reason"]]


def test_groups_are_listed_with_suggestions_matched_and_taken_back_with_a_reason(
    fay: Any, taken: Any, pg: Any
) -> None:
    place = taken(KNOWN, LOST, NONE)
    with statements() as seen:
        found = fay.get(f"{place}/unmatched").json["items"]
    lost, none = by_name(found)
    (may,) = lost["suggestions"]
    group = f"{place}/unmatched/{lost['id']}"
    with statements() as sent:
        shown = fay.get(group)
    body = {"recording_id": may["recording_id"], "reason": "The label said so."}
    key = {"If-Match": shown.headers["ETag"], "Idempotency-Key": "match-1"}
    made = fay.post(f"{group}/match", json=body, headers=key)
    again = fay.post(f"{group}/match", json=body, headers=key)
    (matched,) = fay.get(f"{place}/unmatched?state=matched").json["items"]
    back = fay.post(
        f"{group}/unmatch",
        json={"reason": "It is the live one."},
        headers={"If-Match": made.headers["ETag"]},
    )

    assert max(len(seen), len(sent)) <= 12
    assert (may["isrc"], none["can_match"]) == ("AZTW12500301", False)
    assert (may["why"], may["how"]) == ("upc", "padded")
    assert (made.json["match"]["why"], made.json["match"]["how"]) == ("upc", "padded")
    assert (made.status_code, made.json["match"]["by"]) == (200, "Fay Fox")
    assert (made.json["suggestions"], again.json) == ([], made.json)
    assert matched["match"] == made.json["match"]
    assert (back.status_code, back.json["match"]) == (200, None)
    assert [(one["ended_by"], one["why"]) for one in back.json["history"]] == [("Fay Fox", "upc")]
    with psycopg.connect(pg["superuser"]) as admin:
        rows = admin.execute(
            "select entry.verb, private.data->>'reason' from history_private private join history_entry entry"
            " on entry.id = private.entry_id where entry.subject_kind = 'statement_match' order by entry.n"
        ).fetchall()
    assert rows == [
        ("statement.matched", "The label said so."),
        ("statement.match_taken_back", "It is the live one."),
    ]


def test_a_match_of_what_somebody_matched_meanwhile_is_stale(fay: Any, taken: Any) -> None:
    place = taken(LOST)
    (lost,) = fay.get(f"{place}/unmatched").json["items"]
    group = f"{place}/unmatched/{lost['id']}"
    mark = {"If-Match": fay.get(group).headers["ETag"]}
    body = {"recording_id": lost["suggestions"][0]["recording_id"], "reason": "Same release."}

    blind = fay.post(f"{group}/match", json=body)
    first = fay.post(f"{group}/match", json=body, headers=mark)
    second = fay.post(f"{group}/match", json=body, headers=mark)
    silent = fay.post(f"{group}/unmatch", json={}, headers={"If-Match": first.headers["ETag"]})
    blank = fay.post(
        f"{group}/unmatch", json={"reason": " "}, headers={"If-Match": first.headers["ETag"]}
    )

    assert [one.status_code for one in (blind, first, second)] == [428, 200, 412]
    assert (silent.status_code, blank.status_code) == (422, 422)
    assert fay.get(group).json["match"] is not None


def test_lines_that_name_nothing_and_nobody_matched_are_refused(fay: Any, taken: Any) -> None:
    place = taken(LOST, NONE)
    lost, none = by_name(fay.get(f"{place}/unmatched").json["items"])
    body = {"recording_id": lost["suggestions"][0]["recording_id"], "reason": "Why not."}
    group = f"{place}/unmatched/{none['id']}"
    mark = {"If-Match": fay.get(group).headers["ETag"]}

    made = fay.post(f"{group}/match", json=body, headers=mark)
    back = fay.post(f"{group}/unmatch", json={"reason": "Why not."}, headers=mark)

    assert (made.status_code, made.json["code"]) == (409, "nameless")
    assert (back.status_code, back.json["code"]) == (409, "unmatched")


def test_pages_of_groups_and_files_go_on_where_they_ended(fay: Any, taken: Any) -> None:
    place = taken(*(LOST.replace("Salt Road", f"Song {n:02d}").replace("2,", f"{n},", 1) for n in range(25)))  # fmt: skip

    first = fay.get(f"{place}/unmatched").json
    second = fay.get(f"{place}/unmatched?cursor={first['next_cursor']}").json

    titles = {one["title"] for page in (first, second) for one in page["items"]}
    assert ([len(first["items"]), len(second["items"])], len(titles)) == ([20, 5], 25)
    assert second["next_cursor"] is None
    wrong = fay.get(f"{place}/unmatched?state=matched&cursor={first['next_cursor']}")
    assert wrong.status_code == 400


def test_scope_and_role_both_count(program: Any, finance: TestPerson, fay: Any, waits: str) -> None:
    reads = program(finance, Scope.MONEY_READ)
    mark = {"If-Match": fay.get(f"{waits}/mapping").headers["ETag"]}

    assert reads.put(f"{waits}/mapping", json=SAID | {"name": "Kontor"}, headers=mark).status_code == 403  # fmt: skip
    gus = program(make_person("gus"), Scope.MONEY_READ, Scope.MONEY_WRITE)
    assert gus.get(waits).status_code == 200
    assert gus.get(f"{waits}/mapping").status_code == 403
    assert program(make_person("ada"), Scope.MONEY_READ).get(waits).status_code == 403
