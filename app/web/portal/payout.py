"""How an amount was computed, for the payee it belongs to: the same working as the desk's, in plain words, their lines alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request

from app.accounts.rules import Permission
from app.cases.queries import case_by_ref
from app.cases.rules.views import CaseView
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.recompute.queries import (
    TotalRow,
    Wanted,
    group_lines,
    groups_page,
    newest_totals,
    splits_of,
)
from app.web.portal.case_view import knows_money
from app.web.portal.face import bp
from app.web.shared.audit_lines import lines_file
from app.web.shared.audit_view import Asked, factors_of, group_line, sums_of
from app.web.shared.context import current_actor
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/cases/<ref>/payout")
@policy(Permission.PARTY_CASE_READ, on="case")
def payout_show(ref: str) -> ResponseReturnValue:
    """What we paid, what it should have been, and line by line why."""
    actor, locale = current_actor(), pick_locale()
    with transaction(actor, read_only=True) as tx:
        case, totals = _own(tx, actor, ref)
        parts = _found(tx, actor, totals, locale) if totals else {"rows": ()}
    return render_template(
        "portal/cases/payout.html", ref=case.ref, title=case.subject_title, **parts
    )


@bp.get("/cases/<ref>/payout/lines.csv")
@policy(Permission.PARTY_CASE_READ, on="case")
def payout_lines(ref: str) -> ResponseReturnValue:
    """The reader's own lines as a file."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case, totals = _own(tx, actor, ref)
    if not totals:
        raise NotFound("audit")
    first = totals[0]
    return lines_file(
        actor, Wanted(first.audit_id, first.payee, first.paid.currency), str(case.ref)
    )


def _own(tx: Tx, actor: Actor, ref: str) -> tuple[CaseView, tuple[TotalRow, ...]]:
    """The case, and the totals of the newest run for the reader's own payee: none before the decision about the money."""
    case = case_by_ref(tx, actor, ref)
    totals = newest_totals(tx, actor, case.id) if knows_money(case) else ()
    first = [(one.payee, one.paid.currency) for one in totals[:1]]
    return case, tuple(one for one in totals if (one.payee, one.paid.currency) in first)


def _found(tx: Tx, actor: Actor, totals: tuple[TotalRow, ...], locale: str) -> dict[str, Any]:
    first, after = totals[0], request.args.get("after", "")
    asked = Asked(
        open=int(text) if (text := request.args.get("open", "")).isdecimal() and len(text) < 10 else 0,
        after=int(after) if after.isdecimal() and len(after) < 10 else 0,
    )  # fmt: skip
    currency = first.paid.currency
    page = groups_page(tx, actor, Wanted(first.audit_id, first.payee, currency, after=asked.after))
    factors: tuple[Any, ...] = ()
    if any(row.number == asked.open for row in page.rows):
        lines = group_lines(tx, actor, first.audit_id, asked.open)
        splits = splits_of(tx, actor, first.audit_id, first.payee, {one.isrc for one in lines})
        factors = factors_of(lines, splits, currency, locale)
    paid, expected, owed = sums_of(totals, currency)
    return {
        "paid": paid, "expected": expected, "owed": owed,
        "rows": [group_line(row, asked, None, factors if row.number == asked.open else (), locale) for row in page.rows],
        "next_href": asked.address(after=page.next, open=0) if page.next else None,
        "first_href": asked.address(after=0, open=0) if asked.after else None,
    }  # fmt: skip
