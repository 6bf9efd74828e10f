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
from app.corrections.queries.batches import file_of
from app.corrections.service.batches import export_batch, read_export
from app.corrections.service.cancelling import ask_cancellation
from app.corrections.service.payments import Rails
from app.edge.rails import BANK, rails_from
from app.exports.rules.payments import Payer
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, Refused, Unavailable
from app.ledger.commands import ChangeBank
from app.ledger.rules.bank import DELAY, bank_details
from app.ledger.service.payees import change_bank
from tests.factories.accounts import TestPerson, make_person
from tests.factories.corrections import CLOCK, Desk, lock, make_batch, make_desk
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

    def given(version: int = 1, *, ago: timedelta = DELAY) -> None:
        command = ChangeBank(desk.payee, bank_details("Ada Amberg", IBAN), version)
        at = FixedClock(CLOCK.now() - ago)
        with tx_as(artist.actor) as tx:
            change_bank(tx, command, artist.actor, at, lambda words: vault.seal(BANK, words))

    return given


@pytest.fixture
def pay(tx_as: TxAs, desk: Desk, storage: Any, rails: Rails) -> Callable[[UUID], str]:
    """Gus exports as payments; the hash of the file."""

    def paid(batch_id: UUID) -> str:
        with tx_as(desk.gus.actor) as tx:
            command = ExportBatch(batch_id, "pain001")
            return export_batch(tx, command, storage, desk.gus.actor, CLOCK, rails).sha256

    return paid


def test_b101_the_file_pays_by_iban_lies_sealed_and_is_the_same_again(
    desk: Desk, tx_as: TxAs, storage: Any, rails: Rails,
    give: Callable[..., None], pay: Callable[[UUID], str],
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


def test_a_payee_who_gave_no_details_is_named_and_nothing_leaves(
    desk: Desk, tx_as: TxAs, pay: Callable[[UUID], str]
) -> None:
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)

    with pytest.raises(Invalid, match="Ada Amberg"):
        pay(batch_id)

    with tx_as(desk.gus.actor) as tx:
        assert file_of(tx, batch_id) is None


def test_b103_details_changed_between_lock_and_export_hold_the_payment_up(
    desk: Desk, give: Callable[..., None], pay: Callable[[UUID], str]
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
    give: Callable[..., None], pay: Callable[[UUID], str],
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
    give: Callable[..., None], pay: Callable[[UUID], str],
) -> None:  # fmt: skip
    give()
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    pay(batch_id)

    with tx_as(desk.gus.actor) as tx, pytest.raises(Unavailable):
        read_export(
            tx, batch_id, storage, desk.gus.actor, CLOCK, replace(rails, open_file=lambda _t: None)
        )
