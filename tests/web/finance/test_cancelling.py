"""A batch is turned back on its page by two people; a mismatch is settled on the correction's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from app.corrections.commands import AckFault
from app.corrections.queries.batches import batch_page, batch_view
from app.corrections.rules.batches import AckResult
from app.infra.db.transaction import transaction
from tests.factories.corrections import Desk, acknowledge, export, lock, make_batch

Client = Callable[[Any], Any]


def send(client: Any, href: str, **fields: str) -> Any:
    return client.post(href, data={"idempotency_key": uuid4().hex, **fields})


def test_a_locked_batch_is_cancelled_by_two(desk: Desk, client_as: Client) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    fay, gus = client_as(desk.fay), client_as(desk.gus)

    asked = send(fay, f"/finance/batches/{batch_id}/cancel", version="2", reason="Wrong period")
    reversing = asked.headers["Location"]
    own = fay.get(reversing).get_data(as_text=True)
    done = send(gus, f"{reversing}/confirm-cancel")

    assert (asked.status_code, done.status_code) == (303, 303)
    assert "Somebody else lets it go" in own
    assert "Cancelled" in gus.get(f"/finance/batches/{batch_id}").get_data(as_text=True)
    with transaction(desk.fay.actor, read_only=True) as tx:
        assert batch_page(tx, desk.fay.actor).rows[0].count == 1


def test_cancelling_needs_a_reason_and_keeps_the_page(desk: Desk, client_as: Client) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)

    answer = send(client_as(desk.fay), f"/finance/batches/{batch_id}/cancel", version="2")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Error: " in page
    assert "error-summary" in page


def test_the_wish_is_taken_back_on_the_page(desk: Desk, client_as: Client) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    fay = client_as(desk.fay)
    asked = send(fay, f"/finance/batches/{batch_id}/cancel", version="2", reason="Wrong period")

    kept = send(fay, f"{asked.headers['Location']}/keep", reason="It was right")

    assert kept.status_code == 303
    assert "Cancel this batch" in fay.get(f"/finance/batches/{batch_id}").get_data(as_text=True)


def test_a_mismatch_is_settled_with_what_the_ledger_says(desk: Desk, client_as: Client) -> None:
    storage = client_as(None).application.extensions["redress"].storage
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    digest = export(desk.gus.actor, batch_id, storage)
    with transaction(desk.fay.actor, read_only=True) as tx:
        key = batch_view(tx, desk.fay.actor, batch_id).entries[0].correction_id
    fault = AckFault(key, AckResult.MISMATCH, "posted 412.38")
    acknowledge(desk.fay.actor, batch_id, digest, faults=(fault,))
    fay = client_as(desk.fay)
    page = fay.get(f"/finance/corrections/{key}").get_data(as_text=True)
    version = page.split('name="version" value="')[1].split('"')[0]

    refused = send(fay, f"/finance/corrections/{key}/settle", version=version, result="posted")
    settled = send(
        fay, f"/finance/corrections/{key}/settle", version=version, result="posted", note="GL-12"
    )

    assert (refused.status_code, settled.status_code) == (422, 303)
    assert "Posted in the ledger" in fay.get(f"/finance/corrections/{key}").get_data(as_text=True)
