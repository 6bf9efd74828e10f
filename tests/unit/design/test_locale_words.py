"""What Babel said once and is remembered is what it would say again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import dates, numbers
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.money import Money
from app.web.shared.filters import date_words, money_words, time_words
from app.web.shared.locale_words import amount_text, day_text

LOCALES = st.sampled_from(["en_GB", "az", "ja", "ar", "zh"])
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(DAYS, st.sampled_from(["yMMMEd", "yMMMd", "MMMd"]), LOCALES)
def test_a_remembered_day_is_what_babel_says(day: date, skeleton: str, locale: str) -> None:
    once, again = day_text(day, skeleton, locale), day_text(day, skeleton, locale)

    assert once == again == dates.format_skeleton(skeleton, day, locale=locale)


@given(st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False, places=4), LOCALES)
def test_a_remembered_amount_is_what_babel_says(amount: Decimal, locale: str) -> None:
    plain = numbers.format_currency(
        amount, "USD", locale=locale, decimal_quantization=False, numbering_system="latn"
    )

    assert amount_text(str(amount), "USD", locale) == plain


@pytest.mark.parametrize(
    ("digits", "words"), [("1.0", "€1.00"), ("1.0000", "€1.00"), ("1.2345", "€1.2345")]
)
def test_equal_amounts_of_other_digits_are_not_mixed_up(digits: str, words: str) -> None:
    assert money_words(Money(Decimal(digits), "EUR"), "en") == words


def test_one_instant_in_two_zones_is_two_days_and_two_hours() -> None:
    at = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)

    assert (date_words(at, "en", "UTC"), date_words(at, "en", "Asia/Baku")) == (
        "Tue, 24 Nov 2026",
        "Wed, 25 Nov 2026",
    )
    assert (time_words(at, "en", "UTC"), time_words(at, "en", "Asia/Baku")) == ("21:30", "01:30")
