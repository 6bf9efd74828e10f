"""Typed amounts: one certain reading, or a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.amounts import parse_amount
from app.kernel.errors import Invalid
from app.kernel.money import CURRENCIES, Money


def code_of(text: str, locale: str = "en", currency: str = "EUR") -> str:
    """The refusal of *text*."""
    with pytest.raises(Invalid) as refused:
        parse_amount(text, locale, currency)
    assert refused.value.message
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "locale", "amount"),
    [
        ("1234.50", "en", "1234.50"),
        ("1,234.50", "en", "1234.50"),
        ("1,000", "en", "1000.00"),
        ("1.000,50", "de", "1000.50"),
        ("1.000,50", "en", "1000.50"),
        ("1.000", "az", "1000.00"),
        ("1 000,50", "hy", "1000.50"),
        ("1\u00a0000,50", "kk", "1000.50"),
        ("1\u202f000,50", "fr", "1000.50"),
        ("1'000.50", "de-CH", "1000.50"),
        ("1’000.50", "de_CH", "1000.50"),
        ("1,000,000", "en", "1000000.00"),
        ("1000,5", "en", "1000.50"),
        ("0,5", "en", "0.50"),
        ("-12.30", "en", "-12.30"),
        ("\u221212.30", "en", "-12.30"),
        ("€12.30", "en", "12.30"),
        ("12,30 EUR", "az", "12.30"),
        ("  7 ", "en", "7.00"),
        ("7", "xx", "7.00"),
    ],
)
def test_b086_amounts_are_read_as_the_locale_writes_them(
    text: str, locale: str, amount: str
) -> None:
    assert str(parse_amount(text, locale, "EUR").amount) == amount


@pytest.mark.parametrize(("text", "locale"), [("1.000", "en"), ("1,000", "fr"), ("1.000", "hy")])
def test_b086_two_possible_readings_are_asked_about(text: str, locale: str) -> None:
    assert code_of(text, locale) == "amount_ambiguous"


def test_b086_the_question_shows_both_readings() -> None:
    with pytest.raises(Invalid, match=r"1000 or 1\.0"):
        parse_amount("1.000", "en", "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "1E3",
        "NaN",
        "Infinity",
        "inf",
        "1_000",
        "+5",
        "--5",
        "- 5",
        "5-",
        "(5)",
        "0x10",
        "½",
        "1.",
        ".5",
    ],
)
def test_b087_spellings_of_programs_are_refused(text: str) -> None:
    assert code_of(text) == "amount_shape"


@pytest.mark.parametrize(
    "text", ["1,00,0", "10,00.50", "1 00 000", "1.000.00", "1,2,3", "1'000 000"]
)
def test_b086_wrong_groups_are_refused(text: str) -> None:
    assert code_of(text) == "amount_shape"


@pytest.mark.parametrize(
    "text",
    ["١٢٣٤٫٥٠", "１２３４．５０", "۱۲۳۴٫۵۰", "१२३४.५०"],
)
def test_b088_digits_of_other_scripts_are_folded(text: str) -> None:
    assert str(parse_amount(text, "en", "EUR")) == "1234.50 EUR"


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0.0000001", "EUR"),
        ("1.234567", "EUR"),
        ("1.5", "JPY"),
        ("1.2345", "KWD"),
        ("0.001", "USD"),
    ],
)
def test_b089_more_places_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    assert code_of(text, currency=currency) == "amount_places"


def test_b089_three_places_are_right_for_kwd() -> None:
    assert str(parse_amount("1.250", "en", "KWD")) == "1.250 KWD"


@pytest.mark.parametrize("text", ["1000000000000000", "-1000000000000000", "9" * 40])
def test_b090_amounts_out_of_range_are_refused_with_the_range(text: str) -> None:
    assert code_of(text) == "amount_range"


@pytest.mark.parametrize("text", ["0", "0.00", "-0", "-0.00"])
def test_b091_zero_is_refused(text: str) -> None:
    assert code_of(text) == "amount_zero"


def test_zero_may_be_allowed_but_never_minus_zero() -> None:
    assert not parse_amount("0.00", "en", "EUR", allow_zero=True)

    with pytest.raises(Invalid):
        parse_amount("-0", "en", "EUR", allow_zero=True)


@pytest.mark.parametrize("text", ["", "   ", "\u00a0", "€"])
def test_nothing_is_asked_for(text: str) -> None:
    assert code_of(text) == "amount_empty"


def test_another_currency_in_the_text_is_refused() -> None:
    assert code_of("12 USD") == "amount_shape"


@given(st.text(max_size=30))
def test_any_text_gives_money_or_a_refusal(text: str) -> None:
    try:
        amount = parse_amount(text, "en", "EUR")
    except Invalid:
        return
    assert amount.is_payable


@given(
    st.integers(min_value=1, max_value=10**13), st.sampled_from(sorted(CURRENCIES)), st.booleans()
)
def test_plain_digits_read_as_themselves(count: int, currency: str, negative: bool) -> None:
    money = Money.from_minor(-count if negative else count, currency)
    assert parse_amount(f"{money.amount:.4f}"[: len(str(money.amount))], "en", currency) == money
