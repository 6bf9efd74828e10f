"""Months of the books: open until a finance approver closes one, open again by another person with a reason.

A month is named by its first day. What is posted into a closed month would change figures that were handed
on, so nothing is; holds are no export and go on.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from app.kernel.errors import Refused
from app.kernel.words import words as _


class PeriodAct(StrEnum):
    """What was done to a month."""

    CLOSED = "closed"
    REOPENED = "reopened"


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=32)).replace(day=1)


def month_text(month: date) -> str:
    """`2026-11`."""
    return f"{month:%Y-%m}"


def check_closable(month: date, today: date, last: PeriodAct | None) -> None:
    """Pass when *month* has begun and is open."""
    if month > month_of(today):
        raise Refused("month_not_begun", _("%(month)s has not begun yet.", month=month_text(month)))
    if last is PeriodAct.CLOSED:
        raise Refused("month_closed", _("%(month)s is closed already.", month=month_text(month)))


def check_reopenable(month: date, last: PeriodAct | None, *, closed_by_same: bool) -> None:
    """Pass when *month* is closed and somebody else closed it."""
    if last is not PeriodAct.CLOSED:
        raise Refused("month_open", _("%(month)s is open.", month=month_text(month)))
    if closed_by_same:
        raise Refused(
            "closed_by_you",
            _("You closed %(month)s, so somebody else opens it again.", month=month_text(month)),
        )


def check_posting_date(day: date, today: date) -> None:
    """Pass for today and days before it."""
    if day > today:
        raise Refused(
            "posting_date_ahead",
            _(
                "The posting date lies in the future. Choose %(today)s or earlier.",
                today=today.isoformat(),
            ),
        )


def check_open(day: date, last: PeriodAct | None) -> None:
    """Pass when the month of *day* takes postings; Refused says what to do instead."""
    if last is PeriodAct.CLOSED:
        month = month_of(day)
        raise Refused(
            "period_closed",
            _(
                "%(month)s is closed for posting. Let a finance approver who did not close it open it again "
                "under Posting periods, or post from %(next)s on.",
                month=month_text(month),
                next=next_month(month).isoformat(),
            ),
        )
