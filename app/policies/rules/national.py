"""National calendars from the `holidays` package, as content for stored versions.

Substitute holidays are days off; weekend days that a country declares working days stay off here,
which can only lengthen a deadline.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import holidays

from app.policies.rules.calendars import WorkCalendar

NINE, FIVE = 9 * 60, 17 * 60
ZONES = {
    "US": "America/New_York",
    "GB": "Europe/London",
    "DE": "Europe/Berlin",
    "AZ": "Asia/Baku",
    "ID": "Asia/Jakarta",
    "AM": "Asia/Yerevan",
    "CN": "Asia/Shanghai",
    "KZ": "Asia/Almaty",
    "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul",
    "TH": "Asia/Bangkok",
}
DEFAULT_CODE = "US"
FIRST_YEAR, LAST_YEAR = 2020, 2036


@dataclass(frozen=True, slots=True)
class NationalCalendar:
    """A calendar as it will be stored: named days and where they came from."""

    code: str
    zone: str
    weekend: tuple[int, ...]
    opens_minute: int
    closes_minute: int
    first_year: int
    last_year: int
    days: tuple[tuple[date, str], ...]
    source: str

    @property
    def content_hash(self) -> str:
        """SHA-256 over everything that changes an answer; the names and the source do not."""
        content = [
            self.code, self.zone, list(self.weekend), self.opens_minute, self.closes_minute,
            self.first_year, self.last_year, [day.isoformat() for day, _ in self.days],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def work_calendar(self, version: int = 1) -> WorkCalendar:
        """The calendar as rules use it."""
        return WorkCalendar(
            self.code, version, self.zone, frozenset(self.weekend), self.opens_minute,
            self.closes_minute, self.first_year, self.last_year,
            frozenset(day for day, _ in self.days),
        )  # fmt: skip


def national_calendar(
    code: str, first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR
) -> NationalCalendar:
    """Public holidays of *code* (one of `ZONES`) in English, Monday to Friday, nine to five."""
    # A look at a day outside the years makes the library add that year: never more than was asked for.
    years = range(first_year, last_year + 1)
    found = holidays.country_holidays(code, years=years, expand=False)
    days = tuple(sorted((day, str(name)) for day, name in found.items() if day.year in years))
    return NationalCalendar(
        code=code,
        zone=ZONES[code],
        weekend=(5, 6),
        opens_minute=NINE,
        closes_minute=FIVE,
        first_year=first_year,
        last_year=last_year,
        days=days,
        source=f"holidays {version('holidays')}, public holidays of {code}",
    )
