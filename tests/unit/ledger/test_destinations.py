"""How payees are paid: each kind takes exactly its fields, names what is wrong, and shows a mask alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.rules.cells import is_formula
from app.kernel.errors import Invalid, InvalidMany
from app.ledger.rules.bank import (
    BankDetails,
    Owner,
    PayoutKind,
    bank_from_text,
    masked,
    masked_email,
)
from app.ledger.rules.destinations import FIELDS, destination

GOOD: dict[str, dict[str, str]] = {
    "iban": {"holder": "Ada Amberg", "number": "DE89 3704 0044 0532 0130 00"},
    "us_account": {
        "holder": "Ada Amberg", "owner": "person", "routing": "021 000 021", "number": "1234-567890",
        "account_type": "savings",
    },
    "paypal": {"email": " Ada@Mail.example "},
    "wise": {"holder": "Ada Amberg", "owner": "company", "wise": "ada@mail.example", "currency": "eur"},
    "revolut": {"holder": "Ada Amberg", "owner": "person", "number": "1234-5678", "bank_code": "20-00-00"},
    "account": {"holder": "Ada Amberg", "number": "12345678", "bank_code": "20-00-00"},
}  # fmt: skip


def fields_refused(kind: str, **typed: str) -> dict[str, str]:
    """What was wrong: field and code."""
    with pytest.raises(Invalid) as refused:
        destination(kind, GOOD[kind] | typed)
    error = refused.value
    found = error.errors if isinstance(error, InvalidMany) else (error,)
    return {one.field: one.code for one in found if isinstance(one, Invalid)}


def test_every_kind_has_its_fields_and_a_good_example() -> None:
    assert set(FIELDS) == set(PayoutKind)
    assert {kind: set(typed) for kind, typed in GOOD.items()} == {
        kind.value: set(names) for kind, names in FIELDS.items()
    }


@pytest.mark.parametrize("kind", list(PayoutKind))
def test_what_was_typed_is_kept_by_its_kind_and_read_back(kind: PayoutKind) -> None:
    found = destination(kind, GOOD[kind])

    assert found.kind is kind
    assert bank_from_text(found.to_text()) == found


def test_each_kind_keeps_what_its_file_needs() -> None:
    us, wise = destination("us_account", GOOD["us_account"]), destination("wise", GOOD["wise"])

    assert (us.bank_code, us.account, us.savings, us.owner) == (
        "021000021", "1234567890", True, Owner.PERSON,
    )  # fmt: skip
    assert destination("paypal", GOOD["paypal"]).email == "ada@mail.example"
    assert (wise.email, wise.recipient, wise.currency, wise.owner) == (
        "ada@mail.example", "", "EUR", Owner.COMPANY,
    )  # fmt: skip
    by_id = destination("wise", GOOD["wise"] | {"wise": "12345678"})
    assert (by_id.email, by_id.recipient) == ("", "12345678")


@pytest.mark.parametrize(
    ("kind", "typed", "refused"),
    [
        ("iban", {"number": ""}, {"number": "required"}),
        ("iban", {"number": "DE89 3704 0044 0532 0130 01"}, {"number": "wrong_check"}),
        (
            "iban",
            {"holder": " ", "number": "12345678"},
            {"holder": "required", "number": "wrong_check"},
        ),
        ("us_account", {"routing": "021000012"}, {"routing": "wrong_check"}),
        ("us_account", {"routing": "990000003"}, {"routing": "shape"}),
        ("us_account", {"routing": "02100002"}, {"routing": "shape"}),
        ("us_account", {"routing": ""}, {"routing": "required"}),
        ("us_account", {"number": "123"}, {"number": "shape"}),
        ("us_account", {"number": "12345678901234567890"}, {"number": "shape"}),
        ("us_account", {"number": "１２３４５"}, {"number": "shape"}),
        ("us_account", {"account_type": "gold"}, {"account_type": "choice"}),
        ("us_account", {"owner": ""}, {"owner": "choice"}),
        ("paypal", {"email": ""}, {"email": "required"}),
        ("paypal", {"email": "ada"}, {"email": "shape"}),
        ("paypal", {"email": "ada@mail"}, {"email": "shape"}),
        ("paypal", {"email": "ada@mail.example,eve@mail.example"}, {"email": "shape"}),
        ("paypal", {"email": "=cmd@mail.example"}, {"email": "shape"}),
        ("paypal", {"email": "a" * 120 + "@mail.example"}, {"email": "shape"}),
        ("wise", {"wise": ""}, {"wise": "required"}),
        ("wise", {"wise": "@ada"}, {"wise": "shape"}),
        ("wise", {"wise": "ada"}, {"wise": "shape"}),
        ("wise", {"currency": "EURO"}, {"currency": "currency"}),
        ("wise", {"owner": "x", "currency": ""}, {"owner": "choice", "currency": "currency"}),
        ("revolut", {"number": ""}, {"number": "required", "bank_code": "shape"}),
        ("revolut", {"number": "1234567"}, {"number": "shape"}),
        ("revolut", {"bank_code": "20000"}, {"bank_code": "shape"}),
        (
            "revolut",
            {"number": "DE89370400440532013000", "bank_code": ""},
            {"bank_code": "required"},
        ),
        (
            "revolut",
            {"number": "DE89370400440532013001", "bank_code": "COBADEFFXXX"},
            {"number": "wrong_check"},
        ),
        ("account", {"bank_code": ""}, {"bank_code": "required"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    kind: str, typed: dict[str, str], refused: dict[str, str]
) -> None:
    assert fields_refused(kind, **typed) == refused


def test_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        destination("cash", {})

    assert refused.value.field == "kind"


def test_what_another_kind_asks_is_not_kept() -> None:
    found = destination("paypal", GOOD["us_account"] | GOOD["paypal"])

    assert found == BankDetails("", email="ada@mail.example", kind=PayoutKind.PAYPAL)


@given(st.integers(0, 8), st.integers(1, 9))
def test_a_changed_digit_of_a_routing_number_is_found(place: int, by: int) -> None:
    plain = "021000021"
    other = str((int(plain[place]) + by) % 10)

    assert "routing" in fields_refused(
        "us_account", routing=plain[:place] + other + plain[place + 1 :]
    )


@given(st.text(max_size=60))
def test_b183_no_address_that_is_taken_is_a_formula_or_divides_a_row(text: str) -> None:
    try:
        found = destination("paypal", {"email": text})
    except Invalid:
        return

    assert not is_formula(found.email)
    assert not set(found.email) & set(",;\"'\r\n\t ")


@given(st.text("0123456789ABC ", max_size=40))
def test_of_a_number_less_than_half_and_at_most_four_signs_are_shown(number: str) -> None:
    plain, shown = re.sub(r"\W", "", number), re.sub(r"\W", "", masked(number))

    assert len(shown) <= min(4, len(plain) / 2)
    assert plain.endswith(shown)


def test_b152_a_mask_tells_neither_name_nor_domain() -> None:
    assert masked_email("ada@mail.example") == "a•••@m•••"
    assert masked_email("") == ""
    for kind, typed in GOOD.items():
        assert not re.search("[0-9A-Za-z]{5}", destination(kind, typed).mask)


def test_details_from_before_there_were_kinds_are_still_read() -> None:
    old = '{"account": "", "bank_code": "", "holder": "Ada", "iban": "DE89370400440532013000"}'
    other = old.replace("DE89370400440532013000", "").replace(
        '"account": ""', '"account": "12345678"'
    )

    assert bank_from_text(old) == BankDetails("Ada", iban="DE89370400440532013000")
    assert bank_from_text(other) == replace(
        BankDetails("Ada", account="12345678"), kind=PayoutKind.ACCOUNT
    )
