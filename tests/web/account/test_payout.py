"""U3, payout account: a mask for its owner, changed with a fresh proof, errors at their fields, nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.accounts import TestPerson, make_person
from tests.factories.ledger import make_payee

IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture
def artist() -> TestPerson:
    return make_person("ada")


def test_b103_the_owner_sees_a_mask_and_changes_it_and_is_told_that_money_waits(
    client_as: Any, artist: TestPerson
) -> None:
    payee, client = make_payee("Ada Amberg", person_id=artist.id), client_as(artist)
    address = f"/me/payout/{payee}"

    before = client.get("/me/payout").text
    form = client.get(address).text
    saved = client.post(address, data={"holder": "Ada Amberg", "number": IBAN, "version": "1"})
    after = client.get("/me/payout").text

    assert "•••• 3000" in before
    assert "money waits" not in before.lower()
    assert "0532013000" not in before + form
    assert (saved.status_code, saved.location) == (303, "/me/payout")
    assert "•••• 0189" in after
    assert "Money to them waits until" in after
    assert IBAN.replace(" ", "") not in after


def test_b103_it_takes_a_fresh_proof(client_as: Any, clock: Any, artist: TestPerson) -> None:
    payee, client = make_payee("Ada", person_id=artist.id), client_as(artist)
    clock.advance(timedelta(minutes=6))

    asked = client.get(f"/me/payout/{payee}")
    sent = client.post(
        f"/me/payout/{payee}", data={"holder": "Ada", "number": IBAN, "version": "1"}
    )

    assert asked.location == f"/reauth?next=/me/payout/{payee}"
    assert sent.status_code != 200
    assert "•••• 3000" in client.get("/me/payout").text


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    client_as: Any, artist: TestPerson
) -> None:
    payee, client = make_payee("Ada", person_id=artist.id), client_as(artist)

    answer = client.post(
        f"/me/payout/{payee}", data={"holder": "Ada A.", "number": "12345678", "version": "1"}
    )

    assert answer.status_code == 422
    assert 'href="#bank_code"' in answer.text
    assert "Enter the code of your bank" in answer.text
    assert 'value="Ada A."' in answer.text


def test_details_that_changed_in_another_tab_are_not_overwritten(
    client_as: Any, artist: TestPerson
) -> None:
    payee, client = make_payee("Ada", person_id=artist.id), client_as(artist)
    data = {"holder": "Ada", "number": IBAN, "version": "1"}
    client.post(f"/me/payout/{payee}", data=data)

    again = client.post(f"/me/payout/{payee}", data=data | {"number": "DE89370400440532013000"})

    assert again.status_code == 409
    assert "•••• 0189" in client.get("/me/payout").text


def test_who_is_not_paid_here_learns_when_that_changes(client_as: Any, artist: TestPerson) -> None:
    page = client_as(artist).get("/me/payout")

    assert "finance opens a payout account for you" in page.text
