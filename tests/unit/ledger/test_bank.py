"""Bank details: what is taken, what is refused by field, what is shown, how long new ones wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid, InvalidMany
from app.ledger.rules.bank import DELAY, BankDetails, bank_details, masked, waits_until

IBAN = "DE89 3704 0044 0532 0130 00"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_an_iban_is_taken_with_its_spaces_and_needs_no_bank_code() -> None:
    assert bank_details(" Ada Amberg ", IBAN.lower()) == BankDetails(
        "Ada Amberg", "DE89370400440532013000"
    )


def test_an_account_number_goes_with_the_code_of_its_bank() -> None:
    found = bank_details("Ada", "1234 5678", "20-00-00")

    assert (found.iban, found.account, found.bank_code) == ("", "12345678", "200000")
    assert found.number == "12345678"


@pytest.mark.parametrize(
    ("holder", "number", "code", "fields"),
    [
        ("", IBAN, "", {"holder"}),
        ("Ada", "", "", {"number", "bank_code"}),
        ("Ada", "DE89 3704 0044 0532 0130 01", "", {"number"}),
        ("Ada", "DE89 3704", "", {"number"}),
        ("Ada", "12345678", "", {"bank_code"}),
        ("Ada", "12345678", "ABCDEFGH", {"bank_code"}),
        ("Ada", "12345678", "!!", {"bank_code"}),
        ("Ada", "12;drop", "200000", {"number"}),
        ("", "1", "", {"holder", "number", "bank_code"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    holder: str, number: str, code: str, fields: set[str]
) -> None:
    with pytest.raises((Invalid, InvalidMany)) as refused:
        bank_details(holder, number, code)

    error = refused.value
    errors = error.errors if isinstance(error, InvalidMany) else (error,)
    assert {one.field for one in errors if isinstance(one, Invalid)} == fields


@given(st.integers(0, 10**16).map(str))
def test_a_changed_digit_of_an_iban_is_found(digits: str) -> None:
    plain = IBAN.replace(" ", "")
    place = 4 + int(digits) % (len(plain) - 4)
    other = str((int(plain[place]) + 1 + int(digits) % 9) % 10)
    wrong = plain[:place] + other + plain[place + 1 :]

    if wrong != plain:
        with pytest.raises(Invalid):
            bank_details("Ada", wrong)


@given(st.text(max_size=40))
def test_a_mask_shows_four_signs_at_most(number: str) -> None:
    shown = [sign for sign in masked(number) if sign.isascii() and sign.isalnum()]

    assert len(shown) <= 4


def test_b103_money_to_new_details_waits_three_days_and_not_a_moment_longer() -> None:
    assert waits_until(None, NOON) is None
    assert waits_until(NOON, NOON) == NOON + DELAY
    assert waits_until(NOON, NOON + DELAY - timedelta(seconds=1)) == NOON + DELAY
    assert waits_until(NOON, NOON + DELAY) is None
