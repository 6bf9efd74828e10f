"""Terms for programs: read, taken in once, refused with every problem, by scope and role."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from app.accounts.rules import Scope
from app.terms.rules.rows import Table
from tests.factories.accounts import make_person
from tests.integration.terms.test_changes import BO, HEADS
from tests.web.desk.pages import statements
from tests.web.finance.test_terms import CROWD, agree

API = "/api/v1/terms"


def file_of(*lines: str) -> dict[str, str]:
    return {
        "table": "splits", "name": "splits.csv", "content": "\n".join((HEADS[Table.SPLITS], *lines)),
    }  # fmt: skip


def test_a_program_takes_in_a_file_once_and_reads_what_holds(program: Any) -> None:
    fay = program(make_person("fay"), Scope.MONEY_READ, Scope.MONEY_WRITE)
    key = {"Idempotency-Key": "terms-1"}

    first = fay.post(f"{API}/imports", json=file_of(BO), headers=key)
    again = fay.post(f"{API}/imports", json=file_of(BO), headers=key)
    later = fay.post(f"{API}/imports", json=file_of(BO))

    assert first.status_code == 200, first.json
    assert first.json == {"version": 1, "began": 1, "ended": 0, "same": 0, "unknown_payees": ["bo"]}
    assert again.json == first.json
    assert (later.json["version"], later.json["same"]) == (None, 1)
    with statements() as seen:
        (row,) = fay.get(f"{API}?table=splits&find=bo").json["items"]
    assert len(seen) <= 12
    assert row["values"] == dict(zip(HEADS[Table.SPLITS].split(","), BO.split(","), strict=True))
    (change,) = fay.get(f"{API}/versions").json["items"]
    assert (change["version"], change["way"], change["by"]) == (1, "api", "Fay Fox")


def test_a_wrong_file_is_refused_with_line_and_column(program: Any) -> None:
    fay = program(make_person("fay"), Scope.MONEY_READ, Scope.MONEY_WRITE)

    answer = fay.post(
        f"{API}/imports", json=file_of(BO, BO.replace("0.4", "0,4").replace("WW", "EU"))
    )

    assert answer.status_code == 422
    assert {one["field"] for one in answer.json["errors"]} == {"line 3, file"}
    wrong = fay.post(f"{API}/imports", json=file_of(BO.replace("0.4", "1e3").replace("WW", "EU")))
    assert [one["field"] for one in wrong.json["errors"]] == ["line 2, share", "line 2, territories"]  # fmt: skip
    assert fay.post(f"{API}/imports", json=file_of(BO) | {"table": "what"}).status_code == 422
    assert fay.get(f"{API}?table=what").status_code == 422


def test_pages_go_on_where_they_ended(program: Any) -> None:
    fay = program(make_person("fay"), Scope.MONEY_READ)
    agree(Table.SPLITS, *(f"QZABC26{n:05d},bo,1,WW,," for n in range(30)))

    first = fay.get(f"{API}?table=splits").json
    second = fay.get(f"{API}?table=splits&cursor={first['next_cursor']}").json

    found = [row["values"]["isrc"] for page in (first, second) for row in page["items"]]
    assert found == [f"QZABC26{n:05d}" for n in range(30)]
    assert second["next_cursor"] is None
    assert fay.get(f"{API}?table=deals&cursor={first['next_cursor']}").status_code == 400


def test_conflicts_travel_with_recording_territory_months_and_holders(program: Any) -> None:
    agree(Table.SPLITS, CROWD)

    (found,) = program(make_person("aud"), Scope.MONEY_READ).get(f"{API}/conflicts").json["items"]

    assert found == {
        "isrc": "QZABC2600003", "territories": "CA US", "from_month": "2026-03", "to_month": "2026-06", "total": "1.25",
        "holders": [{"payee": "ada", "share": "0.75"}, {"payee": "bo", "share": "0.5"}],
    }  # fmt: skip


def test_scope_and_role_both_count(program: Any) -> None:
    assert program(make_person("fay"), Scope.MONEY_READ).post(f"{API}/imports", json=file_of(BO)).status_code == 403  # fmt: skip
    gus = program(make_person("gus"), Scope.MONEY_READ, Scope.MONEY_WRITE)
    assert gus.post(f"{API}/imports", json=file_of(BO)).status_code == 403
    assert gus.get(f"{API}?table=fx").status_code == 200
    assert program(make_person("ada"), Scope.MONEY_READ).get(f"{API}?table=fx").status_code == 403


def test_a_preview_says_what_would_change_and_stores_nothing(program: Any) -> None:
    fay = program(make_person("fay"), Scope.MONEY_READ, Scope.MONEY_WRITE)
    agree(Table.SPLITS, BO)

    with statements() as seen:
        answer = fay.post(f"{API}/previews", json=file_of(BO.replace("0.4", "0.5")))

    assert answer.status_code == 200, answer.json
    assert len(seen) <= 12
    heads = HEADS[Table.SPLITS].split(",")
    assert answer.json == {
        "seen": 1, "begins": 1, "ends": 1, "same": 0,
        "first_begins": [dict(zip(heads, BO.replace("0.4", "0.5").split(","), strict=True))],
        "first_ends": [dict(zip(heads, BO.split(","), strict=True))],
        "unknown_payees": ["bo"],
    }  # fmt: skip
    assert len(fay.get(f"{API}/versions").json["items"]) == 1
    wrong = fay.post(f"{API}/previews", json=file_of(BO.replace("0.4", "half")))
    assert [one["field"] for one in wrong.json["errors"]] == ["line 2, share"]
    assert "“half”" in wrong.json["errors"][0]["message"]


def test_a_file_that_was_looked_at_counts_only_while_nobody_changed_the_terms(program: Any) -> None:
    fay = program(make_person("fay"), Scope.MONEY_READ, Scope.MONEY_WRITE)
    file = file_of(BO)
    looked = fay.post(f"{API}/previews", json=file).json["seen"]
    agree(Table.DEALS, "*,0.15,,")

    stale = fay.post(f"{API}/imports", json=file | {"seen": looked})
    again = fay.post(f"{API}/previews", json=file).json["seen"]
    taken = fay.post(f"{API}/imports", json=file | {"seen": again})

    assert (stale.status_code, taken.status_code) == (412, 200)
    assert taken.json["version"] == 2


def test_a_program_sends_the_bytes_of_a_file_of_another_encoding(program: Any) -> None:
    fay = program(make_person("fay"), Scope.MONEY_READ, Scope.MONEY_WRITE)
    text = f"{HEADS[Table.SPLITS]}\n{BO.replace('bo', 'Анна Седова')}\n".replace(",", ";").replace(
        "0.4", "0,4"
    )
    body = {
        "table": "splits", "name": "splits.csv", "content_base64": b64encode(text.encode("cp1251")).decode(),
    }  # fmt: skip

    taken = fay.post(f"{API}/imports", json=body)

    assert taken.status_code == 200, taken.json
    assert taken.json["unknown_payees"] == ["Анна Седова"]
    both = fay.post(f"{API}/imports", json=body | {"content": text})
    none = fay.post(f"{API}/imports", json=file_of() | {"content": ""})
    bad = fay.post(f"{API}/imports", json=body | {"content_base64": "äöü"})
    assert [one.status_code for one in (both, none, bad)] == [422, 422, 422]
    assert {one.json["errors"][0]["field"] for one in (both, none)} == {"content"}


def test_a_row_is_added_once_read_and_ended_by_who_has_seen_it(program: Any) -> None:
    fay = program(make_person("fay"), Scope.MONEY_READ, Scope.MONEY_WRITE)
    body = {"table": "deals", "values": {"isrc": "*", "fee_rate": "0.15"}, "reason": "As agreed"}
    key = {"Idempotency-Key": "row-1"}

    made = fay.post(f"{API}/rows", json=body, headers=key)
    again = fay.post(f"{API}/rows", json=body, headers=key)
    twice = fay.post(f"{API}/rows", json=body)

    assert made.status_code == 201, made.json
    assert again.json == made.json
    assert (twice.status_code, made.json["version"]) == (409, 1)
    path = f"{API}/rows/{made.json['id']}"
    with statements() as seen:
        shown = fay.get(f"{path}?table=deals")
    assert len(seen) <= 12
    assert shown.json["values"] == {
        "isrc": "*",
        "fee_rate": "0.15",
        "from_month": "",
        "to_month": "",
    }

    end = f"{path}/end?table=deals"
    blind = fay.post(end, json={"reason": "It ran out"})
    other = fay.post(end, json={"reason": "It ran out"}, headers={"If-Match": '"0"'})
    ended = fay.post(
        end, json={"reason": "It ran out"}, headers={"If-Match": shown.headers["ETag"]}
    )

    assert [one.status_code for one in (blind, other, ended)] == [428, 412, 200]
    assert (ended.json["version"], ended.json["ended"]) == (2, 1)
    assert fay.get(f"{path}?table=deals").status_code == 404
    ways = [(one["way"], one["reason"]) for one in fay.get(f"{API}/versions").json["items"]]
    assert ways == [("api", "It ran out"), ("api", "As agreed")]


def test_a_row_that_is_wrong_is_refused_at_its_columns(program: Any) -> None:
    fay = program(make_person("fay"), Scope.MONEY_READ, Scope.MONEY_WRITE)
    body = {"table": "payees", "values": {"payee": "ada", "currency": "EURO"}, "reason": "New"}

    wrong = fay.post(f"{API}/rows", json=body)
    unknown = fay.post(f"{API}/rows", json=body | {"values": {"payee": "ada", "curency": "EUR"}})
    good = fay.post(f"{API}/rows", json=body | {"values": {"payee": "ada", "currency": "EUR", "minimum": "25.00"}})  # fmt: skip

    assert [(one["field"], one["code"]) for one in wrong.json["errors"]] == [("currency", "currency_shape")]  # fmt: skip
    assert [one["field"] for one in unknown.json["errors"]] == ["values.curency"]
    assert good.json["values"] == {
        "payee": "ada",
        "currency": "EUR",
        "minimum": "25",
        "payee_id": "",
    }
