"""Account codes and posting periods, read. They are changed on their pages, after a fresh sign-in."""

from __future__ import annotations

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.spec import answers
from app.api.shapes import books as shapes
from app.infra.db.transaction import transaction
from app.ledger.queries.books import codes_on, codes_versions, months_until, posting_day

BOOKS = "books"


@bp.get("/account-codes")
@needs(Scope.MONEY_READ, Permission.BOOKS_READ)
@answers(shapes.AccountCodes, tag=BOOKS)
def account_codes_list() -> shapes.AccountCodes:
    """List the newest fifty versions of the account codes, and which one counts today."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        today = posting_day(tx, services().clock)
        current, versions = codes_on(tx, today), codes_versions(tx, actor)
    return shapes.AccountCodes(
        today=today,
        current_version=current.version if current else None,
        items=[shapes.CodesVersion.of(one) for one in versions],
    )


@bp.get("/posting-periods")
@needs(Scope.MONEY_READ, Permission.BOOKS_READ)
@answers(shapes.PostingPeriods, tag=BOOKS)
def posting_periods_list(query: shapes.PeriodsQuery) -> shapes.PostingPeriods:
    """List 24 months of the books, the newest first, with who closed and opened them: the last ones, or up to `until`."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        last = query.last_day or posting_day(tx, services().clock)
        rows = months_until(tx, actor, last)
    return shapes.PostingPeriods(items=[shapes.PostingPeriod.of(row) for row in rows])
