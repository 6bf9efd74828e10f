"""Posting periods: months open and closed, closed by an approver and opened again by another one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.period import Period
from app.ledger.commands import ClosePeriod, ReopenPeriod
from app.ledger.queries.books import KEPT_YEARS, months_until, posting_day
from app.ledger.rules.periods import month_of
from app.ledger.service.books import close_period, reopen_period
from app.web.finance.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue


SHOWN = 13
"""Months of the page: this one and a year back."""


@bp.get("/finance/books/months")
@policy(Permission.BOOKS_READ)
def months_list() -> ResponseReturnValue:
    """Thirteen months back from now or from `until`, the newest first, with who closed and opened each."""
    return _page()


@bp.post("/finance/books/months/<month>/close")
@policy(Permission.PERIOD_CLOSE)
@once_per_key
def months_close(month: str) -> ResponseReturnValue:
    """Nothing is posted into it any more."""
    command = ClosePeriod(_month(month), request.form.get("reason", ""))
    return _done(
        month,
        lambda tx: close_period(tx, command, current_actor(), services().clock),
        _("%(month)s is closed.", month=month),
    )


@bp.post("/finance/books/months/<month>/reopen")
@policy(Permission.PERIOD_CLOSE, fresh=True)
@once_per_key
def months_reopen(month: str) -> ResponseReturnValue:
    """It takes postings again."""
    command = ReopenPeriod(_month(month), request.form.get("reason", ""))
    return _done(
        month,
        lambda tx: reopen_period(tx, command, current_actor(), services().clock),
        _("%(month)s is open again.", month=month),
    )


def _month(text: str) -> date:
    """`2026-11`; anything else is no page."""
    try:
        first = Period.of_month(text).start
    except Invalid as error:
        raise NotFound("month") from error
    assert first is not None
    return first


def _done(month: str, change: Callable[[Tx], None], words: str) -> ResponseReturnValue:
    try:
        with transaction(current_actor()) as tx:
            change(tx)
    except Invalid as error:
        return _page(month, translated(error.message)), 422
    except Refused as error:
        return _page(month, translated(error.message)), 409
    flash(words, "ok")
    return redirect(url_for("finance.months_list", until=request.args.get("until")), 303)


def _page(failed: str = "", problem: str = "") -> str:
    actor, asked = current_actor(), request.args.get("until", "")
    with transaction(actor, read_only=True) as tx:
        today = posting_day(tx, services().clock)
        rows = months_until(tx, actor, _last(asked, today), SHOWN)
    return render_template(
        "finance/books/months.html",
        rows=rows,
        current=month_of(today),
        can_close=may(actor, Permission.PERIOD_CLOSE),
        me=actor.person_id,
        failed=failed,
        problem=problem,
        typed=request.form.get("reason", "")[:500] if failed else "",
        until=asked or None,
        older=_older(rows[-1].month, today),
    )


def _last(asked: str, today: date) -> date:
    """The newest month of the page. Raises NotFound for one to come or from before books are kept."""
    if not asked:
        return today
    wanted = _month(asked)
    if not today.year - KEPT_YEARS <= wanted.year or wanted > today:
        raise NotFound("month")
    return wanted


def _older(oldest: date, today: date) -> str | None:
    """The address of the months before; None where books are kept no more."""
    before = oldest - timedelta(days=1)
    if before.year < today.year - KEPT_YEARS:
        return None
    return url_for("finance.months_list", until=f"{before:%Y-%m}")
