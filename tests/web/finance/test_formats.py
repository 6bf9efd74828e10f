"""F4 offers every format by a name of its own, and says beside the choice what a target cannot take."""

from __future__ import annotations

from app.exports.formats import FORMATS, PAYMENTS
from app.web.finance.format_words import FORMAT_CHOICES, FORMAT_HINTS
from tests.factories.corrections import Desk, lock, make_batch
from tests.web.finance.test_pages import Client, post_from, words


def test_every_format_has_its_words_in_the_order_it_is_offered() -> None:
    assert [name for name, _words in FORMAT_CHOICES] == [*FORMATS, *PAYMENTS] == list(FORMAT_HINTS)


def test_codes_a_target_cannot_take_are_named_and_the_batch_stays_locked(
    desk: Desk, client_as: Client
) -> None:
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    gus, address = client_as(desk.gus), f"/finance/batches/{batch_id}/export"

    refused = post_from(gus, None, address, format="beancount")

    assert refused.status_code == 422
    assert "Beancount does not know these account codes" in words(refused)
    assert post_from(gus, None, address, format="xero").status_code == 303
    assert gus.get(f"{address}/file").data.startswith(b"*Narration,")


def test_a_payee_without_details_is_named_beside_the_choice(desk: Desk, client_as: Client) -> None:
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)

    refused = post_from(
        client_as(desk.gus), None, f"/finance/batches/{batch_id}/export", format="pain001"
    )

    assert refused.status_code == 422
    assert "These payees cannot be paid by this file: Ada Amberg" in words(refused)


def test_what_is_booked_is_offered_payments_alone_and_each_file_is_given_by_its_purpose(
    desk: Desk, client_as: Client
) -> None:
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    gus, address = client_as(desk.gus), f"/finance/batches/{batch_id}/export"
    before = gus.get(address).text
    post_from(gus, None, address, format="xero")

    after = gus.get(address).text

    assert all(f'value="{name}"' in before for name in FORMATS | PAYMENTS)
    assert [name for name in FORMATS | PAYMENTS if f'value="{name}"' in after] == list(PAYMENTS)
    assert "can still be written, once" in after
    assert gus.get(f"{address}/file?purpose=books").data.startswith(b"*Narration,")
    assert gus.get(f"{address}/file?purpose=pays").status_code == 404
