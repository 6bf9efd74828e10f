"""Causes of the audit and the values that explain them, as people say them (DECISIONS 24)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.recompute.rules.words import CAUSE_WORDS, FAULT_WORDS, SUSPENSE_WORDS
from app.web.shared.filters import date_words, percent_words

_DETAIL = re.compile(r"([a-z_]+)(?: month)?=(\S+)(?: from (\S*))?")


def reason_words(reason: str) -> str:
    """The cause in words; empty when all matches."""
    return translated(CAUSE_WORDS.get(reason, reason))


def shared_fault_words(cause: str) -> str:
    """The cause as one mistake with many payees."""
    return translated(FAULT_WORDS.get(cause, cause))


def suspense_words(reason: str) -> str:
    """Why money waits."""
    return translated(SUSPENSE_WORDS.get(reason, reason))


def detail_words(detail: str, locale: str) -> str:
    """The value that explains a difference: `25% from Sep 2026`; empty when there is none."""
    found = _DETAIL.fullmatch(detail)
    if found is None:
        return suspense_words(detail.removeprefix("expected "))
    name, value, since = found.groups()
    if name == "n":
        return _("%(count)s times", count=value)
    if name == "fx":
        return month_words(value, locale) if "month" in detail else value
    if name == "share" and since:
        return _(
            "%(share)s from %(month)s",
            share=percent(value, locale),
            month=month_words(since, locale),
        )
    return percent(value, locale)


def percent(fraction: str, locale: str) -> str:
    """`0.5` → `50%`, all its places, as the reader writes it; empty for none, and what is no number as it is."""
    try:
        value = Decimal(fraction) * 100 if fraction else None
    except InvalidOperation:
        return fraction
    return "" if value is None else percent_words(f"{value.normalize():f}", locale)


def month_words(month: str, locale: str) -> str:
    """`2026-09` → `Sep 2026`."""
    try:
        return date_words(date(int(month[:4]), int(month[5:7]), 1), locale, skeleton="yMMM")
    except ValueError:
        return month
