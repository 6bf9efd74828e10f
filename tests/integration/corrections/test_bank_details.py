"""B103: where money goes is changed by its owner alone, told to old and new address, and waits three days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.adapters.vault import keys_from
from app.history.service import record
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import NotFound, Refused, Stale
from app.ledger.commands import ChangeBank
from app.ledger.queries.balances import own_payees
from app.ledger.rules.bank import DELAY, bank_details
from app.ledger.service.payees import change_bank
from tests.factories.accounts import TestPerson, make_person
from tests.factories.corrections import (
    CLOCK,
    Desk,
    approve,
    lock,
    make_batch,
    make_correction,
    make_desk,
    seen_by,
)
from tests.factories.ledger import make_payee
from tests.factories.letters import with_services

SYSTEM = Actor.system("test")
LONG_AGO = FixedClock(CLOCK.now() - DELAY)
IBAN = "FR76 3000 6000 0112 3456 7890 189"
TxAs = Callable[[Actor], AbstractContextManager[Session]]


@pytest.fixture
def artist() -> TestPerson:
    return make_person("ada")


@pytest.fixture
def desk(pg: dict[str, Any], artist: TestPerson) -> Desk:
    """Its payee is Ada."""
    return replace(make_desk(pg), payee=make_payee("Ada Amberg", person_id=artist.id))


def given(
    tx_as: TxAs, person: TestPerson, payee: UUID, *, version: int = 1, at: FixedClock = CLOCK
) -> None:
    """New details, by *person*."""
    command = ChangeBank(payee, bank_details("Ada Amberg", IBAN), version)
    with tx_as(person.actor) as tx:
        change_bank(tx, command, person.actor, at, lambda words: f"sealed:{words[::-1]}")


@pytest.fixture
def mailer(app: Flask) -> Iterator[RecordingMailer]:
    found = RecordingMailer()
    with with_services(app, mailer=found):
        yield found


def test_b103_the_owner_changes_it_and_only_a_mask_and_a_seal_are_kept(
    tx_as: TxAs, artist: TestPerson, app: Flask
) -> None:
    payee = make_payee("Ada Amberg", person_id=artist.id)
    vault = keys_from(app.extensions["redress"].settings).fields
    details = bank_details("Ada Amberg", IBAN)

    with tx_as(artist.actor) as tx:
        change_bank(
            tx, ChangeBank(payee, details, 1), artist.actor, CLOCK, lambda t: vault.seal("bank", t)
        )

    with tx_as(SYSTEM) as tx:
        masked, sealed, version = tx.execute(
            text("select masked_bank, sealed_bank, version from payee where id = :id"),
            {"id": payee},
        ).one()
    assert (masked, version) == ("•••• 0189", 2)
    assert "3000600001" not in sealed
    assert vault.unseal("bank", sealed) == details.to_text()
    assert vault.unseal("totp", sealed) is None


def test_b103_nobody_changes_the_details_of_somebody_else(tx_as: TxAs, artist: TestPerson) -> None:
    payee, fay, other = (
        make_payee("Ada", person_id=artist.id),
        make_person("fay"),
        make_person("cy"),
    )

    for person in (fay, other):
        with pytest.raises(NotFound):
            given(tx_as, person, payee)
    with tx_as(other.actor) as tx:
        assert own_payees(tx, other.actor) == ()


def test_the_second_wall_hides_and_keeps_the_row_of_another_artist(
    tx_as: TxAs, artist: TestPerson
) -> None:
    make_payee("Ada", person_id=artist.id)
    other = make_person("cy")

    with tx_as(other.actor) as tx:
        seen = tx.execute(text("select count(*) from payee")).scalar_one()
        changed = tx.execute(text("update payee set masked_bank = '•••• 0000'")).rowcount  # type: ignore[attr-defined]
    with tx_as(artist.actor) as tx:
        own = tx.execute(text("select count(*) from payee")).scalar_one()
    assert (seen, changed, own) == (0, 0, 1)


def test_details_that_changed_meanwhile_are_not_overwritten(
    tx_as: TxAs, artist: TestPerson
) -> None:
    payee = make_payee("Ada", person_id=artist.id)
    given(tx_as, artist, payee)

    with pytest.raises(Stale):
        given(tx_as, artist, payee)


def test_b103_the_old_address_is_told_and_one_that_was_just_given_up(
    tx_as: TxAs, artist: TestPerson, mailer: RecordingMailer, run_jobs: Callable[[], int]
) -> None:
    payee = make_payee("Ada", person_id=artist.id)
    with tx_as(SYSTEM) as tx:
        record(
            tx, SYSTEM, CLOCK, verb="person.email_changed", subject=("person", artist.id),
            private={"before": "ada.before@example.com", "after": artist.email},
        )  # fmt: skip
    given(tx_as, artist, payee)

    run_jobs()

    told = {mail.to for mail in mailer.sent if "your payouts were changed" in mail.text}
    assert told == {artist.email, "ada.before@example.com"}


def test_b103_a_correction_waits_until_the_details_are_three_days_old(
    tx_as: TxAs, desk: Desk, artist: TestPerson
) -> None:
    key = make_correction(desk)
    seen = seen_by(desk.gus.actor, key)
    early = FixedClock(CLOCK.now() - DELAY + timedelta(minutes=1))
    given(tx_as, artist, desk.payee, at=early)

    with pytest.raises(Stale):
        approve(desk.gus.actor, key, seen)
    with pytest.raises(Refused) as refused:
        approve(desk.gus.actor, key)
    assert refused.value.code == "bank_too_new"

    given(tx_as, artist, desk.payee, version=2, at=LONG_AGO)
    assert approve(desk.gus.actor, key).batch_id is not None


def test_b103_details_that_change_after_the_approval_keep_the_batch_open(
    tx_as: TxAs, desk: Desk, artist: TestPerson
) -> None:
    batch_id = make_batch(desk)
    given(tx_as, artist, desk.payee)

    with pytest.raises(Refused) as refused:
        lock(desk, batch_id)
    assert refused.value.code == "bank_too_new"
    assert "Ada" in str(refused.value.message)

    given(tx_as, artist, desk.payee, version=2, at=LONG_AGO)
    lock(desk, batch_id)
