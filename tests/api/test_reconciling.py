"""Reconciliations for programs: compared once, read by state, counting when what was read still stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.accounts.rules import Scope
from tests.factories.accounts import make_person
from tests.factories.corrections import Desk
from tests.factories.reconciling import HEAD, make_left, posted
from tests.web.desk.pages import statements

API = "/api/v1"


@pytest.fixture
def batch(app: Any, desk: Desk) -> UUID:
    return make_left(desk, app)


def test_a_program_compares_reads_and_confirms(program: Any, desk: Desk, batch: UUID) -> None:
    fay = program(desk.fay, Scope.MONEY_READ, Scope.MONEY_WRITE)
    entries = fay.get(f"{API}/batches/{batch}").json["entries"]
    small = next(one for one in entries if one["total"]["amount"] == "10.00")
    file = {"name": "gl.csv", "content": HEAD + posted(small["correction_id"], "10.00")}

    made = fay.post(f"{API}/batches/{batch}/reconciliations", json=file)
    again = fay.post(f"{API}/batches/{batch}/reconciliations", json=file)
    address = f"{API}/reconciliations/{made.json['id']}"
    with statements() as seen:
        missing = fay.get(f"{address}/lines?state=missing").json["items"]
    read = fay.get(address)
    unseen = fay.post(f"{address}/confirm", json={"reference": "GL-7"})
    done = fay.post(
        f"{address}/confirm", json={"reference": "GL-7"}, headers={"If-Match": read.headers["ETag"]}
    )

    assert (made.status_code, again.json) == (200, made.json)
    assert (made.json["matched"], made.json["missing"], made.json["can_confirm"]) == (1, 1, True)
    assert len(seen) <= 12
    assert [(one["exported"]["amount"], one["posted"], one["lines"]) for one in missing] == [
        ("20.00", None, [])
    ]
    assert unseen.status_code == 428
    assert (done.status_code, done.json["batch_state"], done.json["can_confirm"]) == (
        200,
        "acknowledged",
        False,
    )


def test_b074_a_wrong_file_is_refused_by_its_lines(program: Any, desk: Desk, batch: UUID) -> None:
    fay = program(desk.fay, Scope.MONEY_READ, Scope.MONEY_WRITE)
    file = {"name": "gl.csv", "content": f"{HEAD}x,1,EUR\ny,1e3,EUR,2026-11-30\n"}

    refused = fay.post(f"{API}/batches/{batch}/reconciliations", json=file)

    assert refused.status_code == 422
    assert [one["field"] for one in refused.json["errors"]] == ["line 2", "line 3"]


def test_b184_scope_and_role_decide(program: Any, desk: Desk, batch: UUID) -> None:
    file = {"name": "gl.csv", "content": HEAD + posted("x", "1")}
    address = f"{API}/batches/{batch}/reconciliations"
    made = program(desk.fay, Scope.MONEY_READ, Scope.MONEY_WRITE).post(address, json=file).json

    reads = program(desk.fay, Scope.MONEY_READ)
    artist = program(make_person("ada"), Scope.MONEY_READ, Scope.MONEY_WRITE)

    assert reads.post(address, json=file).status_code == 403
    assert artist.get(f"{API}/reconciliations/{made['id']}").status_code in {403, 404}
    assert reads.get(f"{API}/reconciliations/{made['id']}").status_code == 200
