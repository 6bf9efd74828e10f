"""A payment file: details are opened for it alone, it lies sealed, and comes back byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.adapters.vault import keys_from
from app.corrections.commands import CancelBatch, ExportBatch
from app.corrections.queries.batches import batch_view, files_of
from app.corrections.rules.batches import BatchState, Purpose
from app.corrections.service.batches import export_batch, read_export
from app.corrections.service.cancelling import ask_cancellation
from app.corrections.service.payments import Rails
from app.exports.rules.payments import Payer
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, Refused, Unavailable
from app.ledger.commands import ChangeBank
from app.ledger.rules.bank import DELAY, BankDetails, bank_details
from app.ledger.rules.destinations import destination
from app.ledger.service.payees import change_bank
from app.workflows.rails import BANK, rails_from
from tests.factories.accounts import TestPerson, make_person
from tests.factories.books import close
from tests.factories.corrections import CLOCK, Desk, acknowledge, lock, make_batch, make_desk
from tests.factories.ledger import make_payee

IBAN = "FR7630006000011234567890189"
TxAs = Callable[[Actor], AbstractContextManager[Session]]


@pytest.fixture
def artist() -> TestPerson:
    return make_person("ada")


@pytest.fixture
def desk(app: Any, pg: dict[str, Any], artist: TestPerson) -> Desk:
    return replace(make_desk(pg), payee=make_payee("Ada Amberg", person_id=artist.id))


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


@pytest.fixture
def rails(app: Any) -> Rails:
    found = rails_from(app.extensions["redress"].settings)
    return replace(found, payer=Payer("Tidewater", "DE89370400440532013000"))


@pytest.fixture
def give(app: Any, tx_as: TxAs, desk: Desk, artist: TestPerson) -> Callable[..., None]:
    """Ada gives her details, long ago unless said."""
    vault = keys_from(app.extensions["redress"].settings).fields

    def given(
        version: int = 1, *, ago: timedelta = DELAY, details: BankDetails | None = None
    ) -> None:
        given_ = details or bank_details("Ada Amberg", IBAN)
        command = ChangeBank(desk.payee, given_, version)
        at = FixedClock(CLOCK.now() - ago)
        with tx_as(artist.actor) as tx:
            change_bank(tx, command, artist.actor, at, lambda words: vault.seal(BANK, words))

    return given


@pytest.fixture
def pay(tx_as: TxAs, desk: Desk, storage: Any, rails: Rails) -> Callable[..., str]:
    """Gus exports as payments; the hash of the file."""

    def paid(batch_id: UUID, form: str = "pain001") -> str:
        with tx_as(desk.gus.actor) as tx:
            command = ExportBatch(batch_id, form)
            return export_batch(tx, command, storage, desk.gus.actor, CLOCK, rails).sha256

    return paid


def test_b101_the_file_pays_by_iban_lies_sealed_and_is_the_same_again(
    desk: Desk, tx_as: TxAs, storage: Any, rails: Rails,
    give: Callable[..., None], pay: Callable[..., str],
) -> None:  # fmt: skip
    give()
    batch_id = make_batch(desk, "10.00", "2.50")
    lock(desk, batch_id)

    assert pay(batch_id) == pay(batch_id)

    with tx_as(desk.gus.actor) as tx:
        file, content = read_export(tx, batch_id, storage, desk.gus.actor, CLOCK, rails)
        again = read_export(tx, batch_id, storage, desk.gus.actor, CLOCK, rails)[1]
        stored = b"".join(storage.open(file.object_key))
        said = tx.execute(text("select string_agg(data::text, ' ') from history_entry")).scalar()
    assert content == again
    assert (file.net_minor, file.size) == (1250, len(content))
    assert b'<InstdAmt Ccy="EUR">12.50</InstdAmt>' in content
    assert IBAN.encode() in content
    assert IBAN.encode() not in stored
    assert IBAN not in (said or "")


def test_a_paypal_address_is_paid_and_lies_in_the_store_sealed_alone(
    desk: Desk, tx_as: TxAs, storage: Any, rails: Rails,
    give: Callable[..., None], pay: Callable[..., str],
) -> None:  # fmt: skip
    give(details=destination("paypal", {"email": "ada@mail.example"}))
    batch_id = make_batch(desk, "10.00", "2.50")
    lock(desk, batch_id)

    with pytest.raises(Invalid, match="Ada Amberg"):
        pay(batch_id)
    pay(batch_id, "paypal")

    with tx_as(desk.gus.actor) as tx:
        file, content = read_export(tx, batch_id, storage, desk.gus.actor, CLOCK, rails)
        stored = b"".join(storage.open(file.object_key))
        said = tx.execute(text("select string_agg(data::text, ' ') from history_entry")).scalar()
    assert content.startswith(b"ada@mail.example,12.50,EUR,R")
    assert b"ada@mail.example" not in stored
    assert "ada@mail.example" not in (said or "")


def test_an_archive_is_sealed_and_opened_byte_for_byte(rails: Rails) -> None:
    content = bytes(range(256)) * 3

    sealed = rails.sealed(content)

    assert content not in sealed
    assert rails.opened(sealed) == content


def test_a_payee_who_gave_no_details_is_named_and_nothing_leaves(
    desk: Desk, tx_as: TxAs, pay: Callable[..., str]
) -> None:
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)

    with pytest.raises(Invalid, match="Ada Amberg"):
        pay(batch_id)

    with tx_as(desk.gus.actor) as tx:
        assert files_of(tx, batch_id) == ()


def test_b103_details_changed_between_lock_and_export_hold_the_payment_up(
    desk: Desk, give: Callable[..., None], pay: Callable[..., str]
) -> None:
    give()
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    give(2, ago=timedelta(hours=1))

    with pytest.raises(Refused) as refused:
        pay(batch_id)

    assert refused.value.code == "bank_too_new"


def test_a_batch_that_turns_another_back_is_not_paid(
    desk: Desk, tx_as: TxAs, storage: Any,
    give: Callable[..., None], pay: Callable[..., str],
) -> None:  # fmt: skip
    give()
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    pay(batch_id)
    with tx_as(desk.fay.actor) as tx:
        version = tx.execute(text("select version from batch where id = :id"), {"id": batch_id})
        command = CancelBatch(batch_id, version.scalar_one(), "Paid by hand")
        reversing = ask_cancellation(tx, command, desk.fay.actor, CLOCK)

    with pytest.raises(Invalid, match="booked, not paid"):
        pay(reversing)


def test_another_key_opens_no_stored_payment_file(
    desk: Desk, tx_as: TxAs, storage: Any, rails: Rails,
    give: Callable[..., None], pay: Callable[..., str],
) -> None:  # fmt: skip
    give()
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    pay(batch_id)

    with tx_as(desk.gus.actor) as tx, pytest.raises(Unavailable):
        read_export(
            tx, batch_id, storage, desk.gus.actor, CLOCK, replace(rails, open_file=lambda _t: None)
        )


def test_b101_a_batch_is_booked_and_paid_each_once_and_no_second_rail_pays_it_again(
    desk: Desk, tx_as: TxAs, storage: Any, rails: Rails,
    give: Callable[..., None], pay: Callable[..., str],
) -> None:  # fmt: skip
    give()
    batch_id = make_batch(desk, "10.00", "2.50")
    lock(desk, batch_id)

    booked, paid = pay(batch_id, "neutral"), pay(batch_id)

    assert pay(batch_id, "xero") == booked
    assert pay(batch_id, "paypal") == pay(batch_id, "nacha") == paid != booked
    with tx_as(desk.gus.actor) as tx:
        view = batch_view(tx, desk.gus.actor, batch_id)
        read = {
            purpose: read_export(tx, batch_id, storage, desk.gus.actor, CLOCK, rails, purpose)[1]
            for purpose in Purpose
        }
        moved = tx.execute(
            text("select count(*) from history_entry where verb = 'correction.exported'")
        ).scalar_one()
    assert [(one.purpose, one.sha256) for one in view.files] == [
        (Purpose.BOOKS, booked),
        (Purpose.PAYS, paid),
    ]
    assert view.state is BatchState.EXPORTED
    assert view.purposes_left == ()
    assert moved == 2
    assert read[Purpose.BOOKS].startswith(b"case_id,")
    assert read[Purpose.PAYS].startswith(b"<?xml")


def test_what_was_posted_is_paid_after_its_month_closed_and_stays_posted(
    desk: Desk, tx_as: TxAs, give: Callable[..., None], pay: Callable[..., str]
) -> None:
    give()
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    booked = pay(batch_id, "neutral")
    acknowledge(desk.fay.actor, batch_id, booked)
    close(desk.gus.actor, CLOCK.now().date().replace(day=1), CLOCK)

    assert pay(batch_id) != booked

    with tx_as(desk.gus.actor) as tx:
        assert batch_view(tx, desk.gus.actor, batch_id).state is BatchState.ACKNOWLEDGED


def test_what_is_paid_first_is_not_booked_into_a_closed_month(
    desk: Desk, give: Callable[..., None], pay: Callable[..., str]
) -> None:
    give()
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    pay(batch_id)
    close(desk.gus.actor, CLOCK.now().date().replace(day=1), CLOCK)

    with pytest.raises(Refused, match="closed"):
        pay(batch_id, "neutral")


def test_what_is_being_cancelled_is_not_paid_any_more(
    desk: Desk, tx_as: TxAs, give: Callable[..., None], pay: Callable[..., str]
) -> None:
    give()
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    pay(batch_id, "neutral")
    with tx_as(desk.fay.actor) as tx:
        version = batch_view(tx, desk.fay.actor, batch_id).version
        command = CancelBatch(batch_id, version, "Wrong month")
        ask_cancellation(tx, command, desk.fay.actor, CLOCK)

    with pytest.raises(Refused) as refused:
        pay(batch_id)

    assert refused.value.code == "being_cancelled"
