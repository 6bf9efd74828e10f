"""F6: held money; what is held, why, since when and when we look again. Holds without an open case stand first."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from flask import render_template, request, url_for

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import NotFound
from app.kernel.share import Share
from app.kernel.sides import Side
from app.ledger.queries.holds import HoldRow, held_money
from app.web.finance.face import bp
from app.web.finance.rows import HoldLine
from app.web.finance.words import hold_chip, hold_reason_words
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/finance/holds")
@policy(Permission.HOLD_READ)
def holds_list() -> ResponseReturnValue:
    """Live holds, faulty ones first, then the oldest."""
    actor, after = current_actor(), _cursor()
    now = services().clock.now()
    with transaction(actor, read_only=True) as tx:
        page = held_money(tx, actor, after)
    rows = [_row(row, now) for row in page.rows]
    return render_template(
        "finance/holds/list.html",
        rows=rows,
        faults=sum(row.is_orphan for row in rows),
        next_href=url_for("finance.holds_list", after=page.next_cursor)
        if page.next_cursor
        else None,
        first_href=url_for("finance.holds_list") if after else None,
    )


def _cursor() -> str:
    """The cursor of the address; one that was tampered with is no page."""
    value = request.args.get("after", "")[:120]
    if not value:
        return ""
    first, at, key = (*value.split("|"), "", "")[:3]
    try:
        return f"{int(first)}|{datetime.fromisoformat(at).isoformat()}|{UUID(key)}"
    except ValueError as error:
        raise NotFound("page") from error


def _row(row: HoldRow, now: datetime) -> HoldLine:
    return HoldLine(
        href=url_for("desk.cases_show", ref=row.case_ref, pane="facts") if row.case_ref else "",
        case_ref=row.case_ref,
        case_title=row.case_title,
        what=_what(row),
        where=_where(row),
        why=hold_reason_words(row.reason),
        side=_("Complainant") if row.side == Side.COMPLAINANT else _("Respondent"),
        chip=hold_chip(row.state),
        amount=row.amount,
        since=row.since,
        days=(now - row.since).days,
        review_at=datetime.combine(row.review_on, time(12), UTC),
        is_late=row.review_on < now.date(),
        is_orphan=row.is_orphan,
    )


def _what(row: HoldRow) -> str:
    share = Share(row.share)
    if share.value == 1:
        return row.asset_ref
    return _("%(percent)s %% of %(asset)s", percent=f"{share.percent:f}", asset=row.asset_ref)


def _where(row: HoldRow) -> str:
    """Place and period, empty when it is everywhere and always."""
    place = "" if row.territory == "WW" else row.territory
    ends = (row.starts_on, row.ends_on)
    period = "–".join(day.isoformat() if day else "…" for day in ends) if any(ends) else ""
    return ", ".join(part for part in (place, period) if part)
