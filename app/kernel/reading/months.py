"""Months of files: `2026-04`, `JUN-25`, `2Q2025`, `2017M10`, `4/1/2026 1:00:00 AM` → first and last month.

A form that can be read one way only is always read; `05/04/2026` only where the format says the order.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from app.kernel.reading.styles import Days
from app.kernel.words import words as _

FIRST_YEAR, LAST_YEAR = 1990, 2100
_NAMES = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_TIME = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm]|Z|[+-]\d{2}:?\d{2}|UTC)?)?"
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_DAY = re.compile(rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_TIME}")
_ORDERED = re.compile(rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y>\d{{4}}|\d{{2}}){_TIME}")
_MONTH = re.compile(
    r"(?P<y>\d{4})(?:[-/._]|M)(?P<m>\d{1,2})(?: [A-Za-z ]+)?|(?P<y2>(?:19|20)\d{2})(?P<m2>\d{2})"
)
_NAMED = re.compile(
    r"(?P<a>[A-Za-z]{3,9})\.?(?:-(?P<b>[A-Za-z]{3,9}))?[-_/, ]+'?(?P<y>\d{4}|\d{2})"
    r"|(?P<y2>\d{4})[-_/ ](?P<a2>[A-Za-z]{3,9})"
)
_QUARTER = re.compile(
    r"(?P<q>[1-4])Q[- ]?(?P<y>\d{4}|\d{2})|Q(?P<q2>[1-4])[- /]?(?P<y2>\d{4}|\d{2})|(?P<y3>\d{4})[- ]?Q(?P<q3>[1-4])",
    re.IGNORECASE,
)


class NoMonth(ValueError):
    """The text names no month, or not for certain; *reason* says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@lru_cache(maxsize=8192)
def months(text: str, days: Days = Days.NONE) -> tuple[str, str]:
    """(first, last) month of the period that *text* names, each `YYYY-MM`. Raises NoMonth."""
    plain = " ".join(text.split())
    for pattern, read in _FORMS:
        found = pattern.fullmatch(plain)
        if found:
            return read(found, days)
    if re.fullmatch(r"[34]\d{4}(\.\d+)?", plain):
        raise NoMonth(
            _("A spreadsheet wrote this day as a number. Take it from the original file.")
        )
    raise NoMonth(_("This names no month. Write it as 2026-03."))


def _text(year: int, month: int) -> str:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        raise NoMonth(_("There is no such month."))
    return f"{year:04d}-{month:02d}"


def _year(text: str) -> int:
    """Two digits are of this century: nobody reported streams before."""
    return int(text) + (2000 if len(text) == 2 else 0)


def _day(year: int, month: int, day: int) -> tuple[str, str]:
    try:
        date(year, month, day)
    except ValueError as error:
        raise NoMonth(_("There is no such day.")) from error
    return (_text(year, month),) * 2


def _of_day(found: re.Match[str], days: Days) -> tuple[str, str]:
    del days
    return _day(int(found["y"]), int(found["m"]), int(found["d"]))


def _of_ordered(found: re.Match[str], days: Days) -> tuple[str, str]:
    if days is Days.NONE:
        raise NoMonth(
            _(
                "Day and month may be either way round here. Say which comes first, or write 2026-03-31."
            )
        )
    first, second = int(found["a"]), int(found["b"])
    month, day = (first, second) if days is Days.MONTH_FIRST else (second, first)
    return _day(_year(found["y"]), month, day)


def _of_month(found: re.Match[str], days: Days) -> tuple[str, str]:
    del days
    month = _text(int(found["y"] or found["y2"]), int(found["m"] or found["m2"]))
    return month, month


def _of_named(found: re.Match[str], days: Days) -> tuple[str, str]:
    del days
    names = [found["a"] or found["a2"], found["b"] or found["a"] or found["a2"]]
    numbers = [_NAMES.get(name.casefold()) for name in names]
    if None in numbers:
        raise NoMonth(_("This names no month. Write it as 2026-03."))
    year = _year(found["y"] or found["y2"])
    first, last = (number or 0 for number in numbers)
    return _text(year - (first > last), first), _text(year, last)


def _of_quarter(found: re.Match[str], days: Days) -> tuple[str, str]:
    del days
    quarter = int(found["q"] or found["q2"] or found["q3"])
    year = _year(found["y"] or found["y2"] or found["y3"])
    return _text(year, 3 * quarter - 2), _text(year, 3 * quarter)


_FORMS = (
    (_DAY, _of_day), (_COMPACT, _of_day), (_MONTH, _of_month), (_ORDERED, _of_ordered), (_QUARTER, _of_quarter), (_NAMED, _of_named),
)  # fmt: skip
