"""Names of time zones that this machine knows."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> tuple[str, ...]:
    """By name. Read once in a process: looking through the folder of zones takes longer than most pages."""
    return tuple(sorted(available_timezones()))
