"""F1 and F2 say how a payee is paid, and before there is a batch that a payment file would be refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.infra.db.transaction import transaction
from app.kernel.clock import FixedClock
from app.ledger.commands import ChangeBank
from app.ledger.rules.bank import DELAY, BankDetails, PayoutKind
from app.ledger.service.payees import change_bank
from tests.factories.accounts import TestPerson, make_person
from tests.factories.corrections import CLOCK, Desk, make_correction, make_desk
from tests.factories.ledger import make_payee

LIST = "/finance/corrections"


@pytest.fixture
def artist() -> TestPerson:
    return make_person("ada")


@pytest.fixture
def desk(app: Any, pg: dict[str, Any], artist: TestPerson) -> Desk:
    return replace(make_desk(pg), payee=make_payee("Ada Amberg", person_id=artist.id))


def give(artist: TestPerson, payee: UUID, **details: Any) -> None:
    """Ada says how she is paid, long enough ago."""
    command = ChangeBank(payee, BankDetails("Ada Amberg", **details), 1)
    with transaction(artist.actor) as tx:
        at = FixedClock(CLOCK.now() - DELAY - timedelta(days=1))
        change_bank(tx, command, artist.actor, at, lambda text: f"sealed {text}")


def words(client: Any, href: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(href).get_data(as_text=True)))


def test_who_never_said_how_they_are_paid_is_named_before_the_batch(
    desk: Desk, client_as: Any
) -> None:
    made = make_correction(desk)
    client = client_as(desk.fay)

    assert words(client, LIST).count("No account yet") == 1
    page = words(client, f"{LIST}/{made}")
    assert "No account yet" in page
    assert "A payment file is refused until they say how they are paid" in page


def test_a_known_account_says_its_kind_and_nothing_is_refused(
    desk: Desk, artist: TestPerson, client_as: Any
) -> None:
    give(artist, desk.payee, kind=PayoutKind.PAYPAL, email="ada@example.com")
    made = make_correction(desk)
    client = client_as(desk.fay)

    for page in (words(client, LIST), words(client, f"{LIST}/{made}")):
        assert "PayPal" in page
        assert "No account yet" not in page
        assert "refused" not in page
    assert "ada@example.com" not in words(client, f"{LIST}/{made}")


def test_an_account_that_no_file_pays_says_so(
    desk: Desk, artist: TestPerson, client_as: Any
) -> None:
    give(artist, desk.payee, kind=PayoutKind.ACCOUNT, account="12345678", bank_code="DEUTDEFF")
    made = make_correction(desk)
    client = client_as(desk.fay)

    assert "No payment file pays this account" in words(client, LIST)
    assert "It can be booked, not paid by file." in words(client, f"{LIST}/{made}")


def test_who_owes_us_needs_no_account(desk: Desk, client_as: Any) -> None:
    made = make_correction(desk, "-20.00")
    client = client_as(desk.fay)

    assert "No account yet" not in words(client, LIST)
    assert "A payment file is refused" not in words(client, f"{LIST}/{made}")
