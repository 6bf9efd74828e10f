"""Local wall-clock times as UTC instants: gaps, folds and names that tz data dropped (ADR 0007).

A local time that a clock change skips becomes the next valid instant; one that occurs twice means
the later of the two, so that a deadline is never shortened. A zone unknown to the tz data resolves
by the table of renamed zones, else as UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTES_A_DAY = 1440
RENAMED = {
    "US/Pacific-New": "America/Los_Angeles",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Europe/Kiev": "Europe/Kyiv",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "Pacific/Enderbury": "Pacific/Kanton",
}


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone *name*, its new name, or UTC when the tz data knows neither."""
    for candidate in (name, RENAMED.get(name, "UTC"), "UTC"):
        try:
            return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def is_known_zone(name: str) -> bool:
    """True when *name* names a zone today or did under an older tz release."""
    return name == "UTC" or zone_of(name).key != "UTC"


def instant(day: date, minute: int, zone: str) -> datetime:
    """The UTC instant of *minute* minutes after local midnight of *day*; 1440 is the next midnight."""
    naive = datetime.combine(day, time.min) + timedelta(minutes=minute)
    return from_local(naive, zone)


def from_local(naive: datetime, zone: str) -> datetime:
    """The UTC instant of a wall-clock reading; the next valid one in a gap, the later one in a fold."""
    place = zone_of(zone)
    for _ in range(2 * MINUTES_A_DAY):
        found = naive.replace(tzinfo=place, fold=1).astimezone(UTC)
        if found.astimezone(place).replace(tzinfo=None) == naive:
            return found
        naive = naive.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return naive.replace(tzinfo=UTC)


def to_local(moment: datetime, zone: str) -> datetime:
    """The wall clock in *zone* at an aware instant, without zone information."""
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None)


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day in *zone* at an aware instant."""
    return moment.astimezone(zone_of(zone)).date()


def end_of_day(day: date, zone: str) -> datetime:
    """The last second of *day* in *zone*: one second before the instant at which the next day begins."""
    return instant(day + timedelta(days=1), 0, zone) - timedelta(seconds=1)
