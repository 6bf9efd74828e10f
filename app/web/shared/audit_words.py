"""Causes of the audit and the values that explain them, as people say them (DECISIONS 24)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.web.shared.filters import date_words

REASONS: dict[str, Any] = {
    "split_version": __("Wrong split"),
    "no_split_applied": __("No split applied"),
    "territory_left_out": __("Territory left out"),
    "not_on_statement": __("Not on the statement"),
    "wrong_fee": __("Wrong fee"),
    "wrong_fx": __("Wrong exchange rate"),
    "wrong_withholding": __("Wrong withholding"),
    "wrong_currency": __("Wrong currency"),
    "not_entitled": __("Not entitled"),
    "paid_twice": __("Paid more than once"),
    "not_in_sales": __("No store report says it"),
    "in_suspense": __("Cannot be attributed"),
    "in_conflict": __("Shares add up to more than all"),
    "unexplained": __("Unexplained"),
}
SUSPENSE: dict[str, Any] = {
    "over_allocated": __("shares add up to more than all"),
    "under_allocated": __("shares add up to less than all"),
    "bad_isrc": __("the recording code is none"),
    "no_split": __("no split covers it"),
    "no_deal": __("no fee covers it"),
    "no_payee": __("the payee has no currency"),
    "no_fx": __("the exchange rate is missing"),
}
_DETAIL = re.compile(r"([a-z_]+)(?: month)?=(\S+)(?: from (\S*))?")


def reason_words(reason: str) -> str:
    """The cause in words; empty when all matches."""
    return str(REASONS.get(reason, reason))


def detail_words(detail: str, locale: str) -> str:
    """The value that explains a difference: `25% from Sep 2026`; empty when there is none."""
    found = _DETAIL.fullmatch(detail)
    if found is None:
        return str(SUSPENSE.get(detail, detail.removeprefix("expected ")))
    name, value, since = found.groups()
    if name == "n":
        return _("%(count)s times", count=value)
    if name == "fx":
        return month_words(value, locale) if "month" in detail else value
    if name == "share" and since:
        return _("%(share)s from %(month)s", share=percent(value), month=month_words(since, locale))
    return percent(value)


def percent(fraction: str) -> str:
    """`0.5` → `50%`; empty for none."""
    try:
        value = (Decimal(fraction) * 100).normalize() if fraction else None
    except InvalidOperation:
        return fraction
    return "" if value is None else f"{value:f}%"


def month_words(month: str, locale: str) -> str:
    """`2026-09` → `Sep 2026`."""
    try:
        return date_words(date(int(month[:4]), int(month[5:7]), 1), locale, skeleton="yMMM")
    except ValueError:
        return month
