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
        f"/me/payout/{payee}",
        data={"kind": "account", "holder": "Ada A.", "number": "12345678", "version": "1"},
    )

    assert answer.status_code == 422
    assert 'href="#bank_code"' in answer.text
    assert "Enter the code of your bank" in answer.text
    assert 'value="Ada A."' in answer.text


def test_a_wrong_iban_is_called_an_iban_in_the_list_of_errors_too(
    client_as: Any, artist: TestPerson
) -> None:
    payee, client = make_payee("Ada", person_id=artist.id), client_as(artist)

    answer = client.post(
        f"/me/payout/{payee}", data={"kind": "iban", "holder": "Ada", "number": "", "version": "1"}
    )

    assert '<a href="#number">IBAN: ' in answer.text
    assert "Account number" not in answer.text


US = {
    "kind": "us_account", "holder": "Ada Amberg", "owner": "person", "routing": "021000021",
    "number": "9876543210", "account_type": "savings", "version": "1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "mask"),
    [
        (US, "Bank account in the United States", "•••• 3210"),
        ({"kind": "paypal", "email": "ada@mail.example", "version": "1"}, "PayPal", "a•••@m•••"),
        (
            {
                "kind": "wise",
                "holder": "Ada",
                "owner": "company",
                "wise": "12345678",
                "currency": "EUR",
                "version": "1",
            },
            "Wise",
            "•••• 5678",
        ),
    ],
)
def test_b152_each_kind_is_chosen_entered_and_shown_as_a_mask_without_scripts(
    client_as: Any, artist: TestPerson, data: dict[str, str], name: str, mask: str
) -> None:
    payee, client = make_payee("Ada Amberg", person_id=artist.id), client_as(artist)

    kinds = client.get(f"/me/payout/{payee}").text
    form = client.get(f"/me/payout/{payee}?kind={data['kind']}").text
    saved = client.post(f"/me/payout/{payee}", data=data)
    after = client.get("/me/payout").text

    assert f'value="{data["kind"]}"' in kinds
    assert all(f'name="{field}"' in form for field in data)
    assert 'name="bank_code"' not in form
    assert saved.status_code == 303
    assert f"<dt>{name}</dt>" in after
    assert mask in after
    assert not any(data.get(field, "?") in after for field in ("number", "email", "wise"))


def test_a_wrong_routing_number_is_said_at_its_field_and_the_choices_stay(
    client_as: Any, artist: TestPerson
) -> None:
    payee, client = make_payee("Ada", person_id=artist.id), client_as(artist)

    answer = client.post(f"/me/payout/{payee}", data=US | {"routing": "021000012"})

    assert answer.status_code == 422
    assert 'href="#routing"' in answer.text
    assert "a digit is wrong or two are swapped" in answer.text
    assert 'value="savings" checked' in answer.text
    assert "•••• 3000" in client.get("/me/payout").text


def test_a_kind_that_does_not_exist_asks_again(client_as: Any, artist: TestPerson) -> None:
    payee, client = make_payee("Ada", person_id=artist.id), client_as(artist)

    answer = client.post(f"/me/payout/{payee}", data={"kind": "cash", "version": "1"})

    assert answer.status_code == 422
    assert "Choose how you are paid." in answer.text


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
