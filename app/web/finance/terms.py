"""Terms as they are: one table a tab, every change with who made it, and where shares exceed the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import render_template, request, url_for

from app.accounts.rules import Permission, may
from app.catalogue.queries import RecordingRow, recordings_by_isrc
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.text import cut
from app.terms.queries import (
    TermsPage,
    conflicts_page,
    minimums,
    terms_page,
    version_view,
    versions_page,
)
from app.terms.rules.balances import payable
from app.terms.rules.rows import Balance, Deal, Split, Table
from app.web.finance.face import bp
from app.web.finance.terms_running import ContractView, contract_beside_ledger
from app.web.finance.terms_words import (
    COLUMN_WORDS,
    NUMBERS,
    TABLE_WORDS,
    WAY_WORDS,
    cells_shown,
    columns_shown,
    heads_of,
    percent,
    tabs_of,
)
from app.web.shared.context import current_actor
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

LONGEST_SEARCH = 200
NUMBER_MOST = 2**31 - 1


@bp.get("/finance/terms")
@policy(Permission.TERMS_READ)
def terms_list() -> ResponseReturnValue:
    """Rows in force of one table, with the change that wrote each."""
    actor, table = current_actor(), asked_table()
    find = cut(request.args.get("find", "").strip(), LONGEST_SEARCH, "")
    after = _uuid(request.args.get("after", ""))
    with transaction(actor, read_only=True) as tx:
        page = terms_page(tx, actor, table, find, after)
        beside = _beside(tx, actor, page)
        contract = None if after else _contract(tx, actor, table, find)
    return render_template(
        "finance/terms/list.html",
        table=table.value,
        table_words=TABLE_WORDS[table],
        tabs_items=tabs_of(table.value),
        columns=[(name, COLUMN_WORDS[name]) for name in columns_shown(table)],
        heads=heads_of(table),
        numbers=NUMBERS,
        rows=[(one, cells_shown(one.row)) for one in page.rows],
        contract=contract,
        **beside,
        find=find,
        can_change=may(actor, Permission.TERMS_CHANGE),
        next_href=_href(table, find, page.next) if page.next else None,
        first_href=_href(table, find, None) if after else None,
    )


@bp.get("/finance/terms/changes")
@policy(Permission.TERMS_READ)
def terms_changes() -> ResponseReturnValue:
    """Who changed what and when, the newest first."""
    actor, text = current_actor(), request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    with transaction(actor, read_only=True) as tx:
        rows, further = versions_page(tx, actor, before)
    return render_template(
        "finance/terms/changes.html",
        rows=rows,
        tabs_items=tabs_of("changes"),
        tables=TABLE_WORDS,
        ways=WAY_WORDS,
        next_href=url_for("finance.terms_changes", before=further) if further else None,
        first_href=url_for("finance.terms_changes") if before is not None else None,
    )


@bp.get("/finance/terms/changes/<int:number>")
@policy(Permission.TERMS_READ)
def terms_change(number: int) -> ResponseReturnValue:
    """One change: the rows that began and ended with it."""
    actor = current_actor()
    if number > NUMBER_MOST:
        raise NotFound("terms_version")
    with transaction(actor, read_only=True) as tx:
        view = version_view(tx, actor, number)
    table = view.version.table
    return render_template(
        "finance/terms/change.html",
        version=view.version,
        table_words=TABLE_WORDS[table],
        way_words=WAY_WORDS[view.version.way],
        columns=heads_of(table),
        began=[cells_shown(row) for row in view.began],
        ended=[cells_shown(row) for row in view.ended],
    )


@bp.get("/finance/terms/conflicts")
@policy(Permission.TERMS_READ)
def terms_conflicts() -> ResponseReturnValue:
    """Recordings, territories and months in which shares add up to more than the whole, and who holds what."""
    actor, after = current_actor(), request.args.get("after", "")[:12]
    with transaction(actor, read_only=True) as tx:
        page = conflicts_page(tx, actor, after)
        recordings = recordings_by_isrc(tx, actor, {one.isrc for one in page.rows})
    return render_template(
        "finance/terms/conflicts.html",
        rows=page.rows,
        recordings=recordings,
        percent=percent,
        tabs_items=tabs_of("conflicts"),
        next_href=url_for("finance.terms_conflicts", after=page.next) if page.next else None,
        first_href=url_for("finance.terms_conflicts") if after else None,
    )


def asked_table(given: str | None = None) -> Table:
    """The table that is asked for; the shares where none is. Raises `NotFound` for no such table."""
    name = request.args.get("table", Table.SPLITS.value) if given is None else given
    try:
        return Table(name)
    except ValueError as error:
        raise NotFound("terms_table") from error


def _beside(tx: Tx, actor: Actor, page: TermsPage) -> dict[str, Any]:
    """What stands beside the rows."""
    return {"recordings": _recordings(tx, actor, page), "waiting": _waiting(tx, page)}


def _recordings(tx: Tx, actor: Actor, page: TermsPage) -> dict[str, RecordingRow]:
    """What the catalogue has of the recordings that rows name."""
    isrcs = {one.row.isrc for one in page.rows if isinstance(one.row, Deal | Split)}
    return recordings_by_isrc(tx, actor, isrcs)


def _waiting(tx: Tx, page: TermsPage) -> set[UUID]:
    """Rows whose closing balance is above zero and below the smallest payout of its payee."""
    rows = {one.id: one.row for one in page.rows if isinstance(one.row, Balance)}
    if not rows:
        return set()
    least = minimums(tx, {row.payee for row in rows.values()})
    return {
        key for key, row in rows.items()
        if row.closing > 0 and not payable(row.closing, least.get((row.payee, row.currency)))
    }  # fmt: skip


def _contract(tx: Tx, actor: Actor, table: Table, find: str) -> ContractView | None:
    """The contract that was looked for by its whole name."""
    return contract_beside_ledger(tx, actor, find) if table is Table.BALANCES and find else None


def _href(table: Table, find: str, after: UUID | None) -> str:
    return url_for("finance.terms_list", table=table.value, find=find or None, after=after)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound("page") from error
