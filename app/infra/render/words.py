"""Dates, money and numbers as people of a language write them; Latin digits and Gregorian years always."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal

MINUS = "\N{MINUS SIGN}"
LANGUAGES = ("en", "az", "id", "hy", "zh", "kk", "ja", "ko", "th", "ar")
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})
_LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}


def locale_of(language: str) -> Locale:
    """The locale for a language tag; English (day before month) for one we do not know."""
    base = language.replace("_", "-").split("-")[0].lower()
    tag = _LOCALES.get(base, base if base in LANGUAGES else "en_GB")
    return Locale.parse(tag)


def direction_of(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language.split("-", maxsplit=1)[0].lower() in RIGHT_TO_LEFT else "ltr"


def show_date(day: date, language: str) -> str:
    """A day with its month written out, for example 24 November 2026."""
    return str(format_date(day, format="long", locale=locale_of(language)))


def show_month(day: date, language: str) -> str:
    """The month of *day* with its year, for example November 2026."""
    return str(format_skeleton("yMMMM", day, locale=locale_of(language)))


def show_instant(moment: datetime, language: str, zone: str) -> str:
    """An instant in *zone*, 24-hour, with the zone named: 24 November 2026, 18:00 (Asia/Baku)."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{show_date(local.date(), language)}, {local:%H:%M} ({zone})"


def show_money(amount: str | Decimal, currency: str, language: str) -> str:
    """An amount with its currency. *amount*: exact decimal text; never a float."""
    words = format_currency(
        Decimal(amount),
        currency,
        locale=locale_of(language),
        numbering_system="latn",
        decimal_quantization=True,
    )
    return str(words).replace("-", MINUS)


def show_number(value: int | Decimal, language: str) -> str:
    """A plain number with the language's separators."""
    return str(format_decimal(value, locale=locale_of(language), numbering_system="latn"))
