"""A stretch of days, half-open: *start* belongs to it, *end* does not. Either side may be open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.kernel.errors import Invalid
from app.kernel.words import words as _

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """`[start, end)`; None means from the beginning, or without end. Never empty."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        for day in (self.start, self.end):
            if day is not None and not EARLIEST <= day <= LATEST:
                raise Invalid("period", "period_year", _("Use a year between 1900 and 2200."))
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise Invalid("period", "period_order", _("The period ends before it begins."))

    @classmethod
    def of_month(cls, text: str) -> Period:
        """`2026-03` → the whole of March 2026."""
        try:
            first = date.fromisoformat(f"{text.strip()}-01")
            following = (first + timedelta(days=32)).replace(day=1)
        except (ValueError, OverflowError):
            raise Invalid("period", "period_month", _("Write the month as 2026-03.")) from None
        return cls(first, following)

    @classmethod
    def through(cls, first: date, last: date) -> Period:
        """From *first* to *last*, both included: how people say it."""
        if last < first:
            raise Invalid("period", "period_order", _("The period ends before it begins."))
        return cls(first, last + timedelta(days=1))

    @property
    def last_day(self) -> date | None:
        """The last day that belongs to it; None without end. The one place that makes it inclusive."""
        return None if self.end is None else self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        after_start = self.start is None or self.start <= day
        return after_start and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """True when some day belongs to both. Touching ends do not overlap."""
        return self.intersection(other) is not None

    def intersection(self, other: Period) -> Period | None:
        """The days that belong to both, or None."""
        starts = [day for day in (self.start, other.start) if day is not None]
        ends = [day for day in (self.end, other.end) if day is not None]
        start, end = max(starts, default=None), min(ends, default=None)
        if start is not None and end is not None and end <= start:
            return None
        return Period(start, end)

    def minus(self, other: Period) -> tuple[Period, ...]:
        """What is left of this period outside *other*: none, one or two pieces in order."""
        common = self.intersection(other)
        if common is None:
            return (self,)
        pieces = []
        if common.start is not None and common.start != self.start:
            pieces.append(Period(self.start, common.start))
        if common.end is not None and common.end != self.end:
            pieces.append(Period(common.end, self.end))
        return tuple(pieces)
