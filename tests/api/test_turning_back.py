"""Cancelling a batch, mirroring a correction and changing one by program: the second person and the marks of the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.factories.corrections import (  # fmt: skip
    Desk,
    acknowledge,
    export,
    lock,
    make_batch,
    make_correction,
)

API = "/api/v1"
WHY = {"reason": "The ledger was closed."}
Program = Callable[..., Any]


def seen(client: Any, path: str) -> dict[str, str]:
    """The mark of what stands there now."""
    return {"If-Match": client.get(path).headers["ETag"]}


def cancelled(client: Any, batch: UUID) -> Any:
    path = f"{API}/batches/{batch}"
    return client.post(f"{path}/cancel", json=WHY, headers=seen(client, path))


def test_what_never_left_is_cancelled_by_two_people(desk: Desk, program: Program) -> None:
    batch = make_batch(desk)
    lock(desk, batch)
    fay, gus = program(desk.fay), program(desk.gus)

    blind = fay.post(f"{API}/batches/{batch}/cancel", json=WHY)
    asked = cancelled(fay, batch)
    own = fay.post(f"{API}/batches/{asked.json['id']}/cancel/confirm")
    let_go = gus.post(f"{API}/batches/{asked.json['id']}/cancel/confirm")

    assert blind.status_code == 428
    assert (asked.status_code, asked.json["total"]["amount"][0]) == (201, "-")
    assert own.status_code == 403
    assert (let_go.status_code, let_go.json["state"]) == (200, "cancelled")
    assert gus.get(f"{API}/batches/{batch}").json["state"] == "cancelled"


def test_a_wish_to_cancel_is_taken_back_and_an_open_batch_has_none(
    desk: Desk, program: Program
) -> None:
    batch, fay = make_batch(desk), program(desk.fay)
    early = cancelled(fay, batch)
    lock(desk, batch)
    asked = cancelled(fay, batch)
    twice = cancelled(fay, batch)
    dropped = fay.post(f"{API}/batches/{asked.json['id']}/cancel/drop", json=WHY)

    assert (early.status_code, twice.status_code) == (409, 409)
    assert dropped.json["state"] == "cancelled"
    assert fay.get(f"{API}/batches/{batch}").json["state"] == "locked"


def test_a_posted_correction_gets_its_mirror_once(app: Any, desk: Desk, program: Program) -> None:
    batch = make_batch(desk)
    lock(desk, batch)
    acknowledge(
        desk.fay.actor, batch, export(desk.gus.actor, batch, app.extensions["redress"].storage)
    )
    fay = program(desk.fay)
    (posted,) = fay.get(f"{API}/corrections").json["items"]

    made = fay.post(f"{API}/corrections/{posted['id']}/reverse", json=WHY)
    again = fay.post(f"{API}/corrections/{posted['id']}/reverse", json=WHY)

    assert (made.status_code, made.json["is_reversal"]) == (201, True)
    assert made.json["total"]["amount"] == f"-{posted['total']['amount']}"
    assert again.status_code == 409


def test_a_waiting_correction_is_changed_by_who_read_it_and_bad_lines_are_named(
    desk: Desk, program: Program
) -> None:
    path = f"{API}/corrections/{make_correction(desk)}"
    fay = program(desk.fay)
    line = {"payee_id": str(desk.payee), "amount": "80.50", "withheld": "8.05", "reason": "not_on_statement", "period": "2026-07"}  # fmt: skip
    other = {"reason": "August was paid.", "lines": [line]}
    mark = seen(fay, path)

    bad = fay.post(f"{path}/revise", json=other | {"lines": [line, line | {"amount": "1.005"}]}, headers=mark)  # fmt: skip
    changed = fay.post(f"{path}/revise", json=other, headers=mark)
    late = fay.post(f"{path}/revise", json=other, headers=mark)

    assert (bad.status_code, bad.json["errors"][0]["field"]) == (422, "lines.1.amount")
    assert (changed.status_code, changed.json["total"]["amount"]) == (200, "80.50")
    (shown,) = changed.json["lines"]
    assert (shown["withheld"]["amount"], shown["period"]) == ("8.05", "2026-07")
    assert late.status_code == 412
