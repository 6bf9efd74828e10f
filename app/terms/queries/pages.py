"""The terms page by page: rows in force with who wrote them, changes with what they began and ended, and conflicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select, text, tuple_

from app.accounts.models import Person
from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.identifiers import Isrc
from app.terms.models import (
    TermsBalance,
    TermsDeal,
    TermsPayee,
    TermsRate,
    TermsSplit,
    TermsVersion,
    TermsWithholding,
)
from app.terms.queries.rows import BINDINGS, in_force
from app.terms.rules.conflicts import Conflict, conflicts_of
from app.terms.rules.rows import Row, Split, Table

PAGE = 25
SHOWN = 100
"""Rows of one change that its page shows, of each kind."""
SCANNED = 500
"""Recordings whose shares are looked through for one page of conflicts."""
_BEGINNING = text("date '-infinity'")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One change. *by*: empty for the system."""

    number: int
    table: Table
    way: str
    name: str
    reason: str
    added: int
    ended: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TermsRow:
    """A row in force, with the change that wrote it."""

    id: UUID
    row: Row
    version: VersionRow


@dataclass(frozen=True, slots=True)
class TermsPage:
    """*next*: the last row when there are more."""

    rows: tuple[TermsRow, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A change with the first rows that it began and ended."""

    version: VersionRow
    began: tuple[Row, ...]
    ended: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """*next*: the last recording that was looked at, when there are more to look at."""

    rows: tuple[Conflict, ...]
    next: str | None


def _since(model: Any) -> Any:
    return func.coalesce(model.from_month, _BEGINNING)


_ORDER: dict[Table, tuple[Any, ...]] = {
    Table.DEALS: (TermsDeal.isrc, _since(TermsDeal), TermsDeal.id),
    Table.SPLITS: (TermsSplit.isrc, TermsSplit.payee, _since(TermsSplit), TermsSplit.id),
    Table.PAYEES: (TermsPayee.payee, TermsPayee.id),
    Table.WITHHOLDING: (
        TermsWithholding.payee, TermsWithholding.territory, _since(TermsWithholding), TermsWithholding.id,
    ),
    Table.FX: (TermsRate.month, TermsRate.from_currency, TermsRate.to_currency, TermsRate.id),
    Table.BALANCES: (TermsBalance.contract, TermsBalance.month, TermsBalance.id),
}  # fmt: skip


def terms_page(
    tx: Tx, actor: Actor, table: Table, find: str = "", after: UUID | None = None
) -> TermsPage:
    """Rows in force behind *after*. *find*: an ISRC, a payee, a month or a currency, whole."""
    model = BINDINGS[table].model
    conditions = [in_force(model), _sight(actor)]
    if find:
        conditions.append(_found(table, find))
    if after is not None:
        last = select(*_ORDER[table]).where(model.id == after)
        conditions.append(tuple_(*_ORDER[table]) > last.scalar_subquery())
    found = tx.execute(
        select(model, TermsVersion, Person.name)
        .join(TermsVersion, TermsVersion.number == model.made_in)
        .outerjoin(Person, Person.id == TermsVersion.by_id)
        .where(*conditions)
        .order_by(*_ORDER[table])
        .limit(PAGE + 1)
    ).all()
    row = BINDINGS[table].row
    shown = [TermsRow(one.id, row(one), _version(made, by)) for one, made, by in found[:PAGE]]
    return TermsPage(tuple(shown), shown[-1].id if len(found) > PAGE else None)


def terms_row(tx: Tx, actor: Actor, table: Table, row_id: UUID) -> TermsRow:
    """A row in force. Raises `NotFound`."""
    return _one(tx, actor, table, BINDINGS[table].model.id == row_id)


def row_of_version(tx: Tx, actor: Actor, table: Table, number: int) -> TermsRow:
    """The row in force that a change of one row wrote. Raises `NotFound`."""
    return _one(tx, actor, table, BINDINGS[table].model.made_in == number)


def _one(tx: Tx, actor: Actor, table: Table, condition: ColumnElement[bool]) -> TermsRow:
    model = BINDINGS[table].model
    found = tx.execute(
        select(model, TermsVersion, Person.name)
        .join(TermsVersion, TermsVersion.number == model.made_in)
        .outerjoin(Person, Person.id == TermsVersion.by_id)
        .where(condition, in_force(model), _sight(actor))
    ).one_or_none()
    if found is None:
        raise NotFound("terms_row")
    return TermsRow(found[0].id, BINDINGS[table].row(found[0]), _version(found[1], found[2]))


def versions_page(
    tx: Tx, actor: Actor, before: int | None = None
) -> tuple[tuple[VersionRow, ...], int | None]:
    """Changes below number *before*, the newest first, and the last number when there are more."""
    query = _versions(actor).order_by(TermsVersion.number.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(TermsVersion.number < before)
    rows = [_version(made, by) for made, by in tx.execute(query)]
    return tuple(rows[:PAGE]), rows[PAGE - 1].number if len(rows) > PAGE else None


def version_view(tx: Tx, actor: Actor, number: int) -> VersionView:
    """One change. Raises `NotFound`."""
    found = tx.execute(_versions(actor).where(TermsVersion.number == number)).one_or_none()
    if found is None:
        raise NotFound("terms_version")
    version = _version(found[0], found[1])
    model = BINDINGS[version.table].model
    return VersionView(
        version,
        _rows(tx, version.table, model.made_in == number),
        _rows(tx, version.table, model.ended_in == number),
    )


def conflicts_page(tx: Tx, actor: Actor, after: str = "") -> ConflictPage:
    """Ownership conflicts of the recordings behind *after*, in order of ISRC; those of one stay together."""
    found: list[Conflict] = []
    isrcs = _crowded(tx, actor, after)
    splits: dict[str, list[Split]] = {isrc: [] for isrc in isrcs}
    for row in _rows(tx, Table.SPLITS, in_force(TermsSplit) & TermsSplit.isrc.in_(isrcs), None):
        assert isinstance(row, Split)
        splits[row.isrc].append(row)
    for isrc in isrcs:
        found += conflicts_of(splits[isrc])
        if len(found) >= PAGE:
            return ConflictPage(tuple(found), isrc)
    return ConflictPage(tuple(found), isrcs[-1] if len(isrcs) == SCANNED else None)


def _crowded(tx: Tx, actor: Actor, after: str) -> list[str]:
    """Recordings whose shares add up to more than the whole somewhere, or at least over all time and territories."""
    return list(
        tx.execute(
            select(TermsSplit.isrc)
            .where(in_force(TermsSplit), TermsSplit.isrc > after, _sight(actor))
            .group_by(TermsSplit.isrc)
            .having(func.sum(TermsSplit.share) > 1)
            .order_by(TermsSplit.isrc)
            .limit(SCANNED)
        ).scalars()
    )


def _rows(
    tx: Tx, table: Table, condition: ColumnElement[bool], most: int | None = SHOWN
) -> tuple[Row, ...]:
    binding = BINDINGS[table]
    query = select(binding.model).where(condition).order_by(*binding.order)
    if most is not None:
        query = query.limit(most)
    return tuple(binding.row(one) for one in tx.execute(query).scalars())


def _versions(actor: Actor) -> Any:
    return (
        select(TermsVersion, Person.name)
        .outerjoin(Person, Person.id == TermsVersion.by_id)
        .where(_sight(actor))
    )


def _version(one: TermsVersion, by: str | None) -> VersionRow:
    return VersionRow(
        one.number, Table(one.table_name), one.way, one.name, one.reason, one.added, one.ended, by or "", one.at,
    )  # fmt: skip


def _found(table: Table, find: str) -> ColumnElement[bool]:
    """Rows that name it exactly; an ISRC however it is written."""
    isrc = str(Isrc.parse(find)) if Isrc.is_valid(find) else find
    if table is Table.DEALS:
        return TermsDeal.isrc == isrc
    if table is Table.SPLITS:
        return or_(TermsSplit.isrc == isrc, TermsSplit.payee == find)
    if table is Table.PAYEES:
        return TermsPayee.payee == find
    if table is Table.WITHHOLDING:
        return TermsWithholding.payee == find
    if table is Table.BALANCES:
        return or_(TermsBalance.contract == find, TermsBalance.payee == find)
    code = find.upper()
    pair = or_(TermsRate.from_currency == code, TermsRate.to_currency == code)
    return or_(pair, func.to_char(TermsRate.month, "YYYY-MM") == find)


def _sight(actor: Actor) -> ColumnElement[bool]:
    return literal(may(actor, Permission.TERMS_READ))
