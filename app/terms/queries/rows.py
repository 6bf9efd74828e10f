"""Rows of the tables as the rules know them, and back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from app.infra.db.transaction import Tx
from app.kernel.period import Period
from app.kernel.territory import Territory
from app.terms.models import (
    TermsBalance,
    TermsDeal,
    TermsPayee,
    TermsRate,
    TermsSplit,
    TermsVersion,
    TermsWithholding,
)
from app.terms.rules.changes import Stored
from app.terms.rules.rows import (
    Balance,
    Deal,
    Payee,
    Rate,
    Row,
    Split,
    Table,
    Withholding,
)

Item = TypeVar("Item")
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Binding:
    """Where rows of a table lie. *key*: columns that a file which names them says everything about; *order*: of files."""

    model: type[Any]
    key: tuple[Any, ...]
    order: tuple[Any, ...]
    row: Callable[[Any], Row]
    values: Callable[[Any], dict[str, object]]


def _period(one: Any) -> Period:
    return Period(one.from_month, one.to_month)


def _months(row: Any) -> dict[str, object]:
    return {"from_month": row.period.start, "to_month": row.period.end}


def _deal(row: Deal) -> dict[str, object]:
    return {"isrc": row.isrc, "fee_rate": row.fee_rate} | _months(row)


def _split(row: Split) -> dict[str, object]:
    return {
        "isrc": row.isrc, "payee": row.payee, "share": row.share, "territories": str(row.territory),
    } | _months(row)  # fmt: skip


def _payee(row: Payee) -> dict[str, object]:
    return {
        "payee": row.payee, "currency": row.currency, "minimum": row.minimum, "payee_id": row.payee_id,
    }  # fmt: skip


def _withholding(row: Withholding) -> dict[str, object]:
    return {"payee": row.payee, "territory": row.territory, "rate": row.rate} | _months(row)


def _rate(row: Rate) -> dict[str, object]:
    return {
        "month": row.month, "from_currency": row.from_currency, "to_currency": row.to_currency, "rate": row.rate,
        "source": row.source, "quoted_on": row.quoted_on,
    }  # fmt: skip


def _balance(row: Balance) -> dict[str, object]:
    return {
        "contract": row.contract, "payee": row.payee, "currency": row.currency, "month": row.month, "opening": row.opening,
        "earned": row.earned, "recouped": row.recouped, "paid": row.paid, "closing": row.closing,
    }  # fmt: skip


def _balance_row(one: TermsBalance) -> Balance:
    return Balance(
        one.contract, one.payee, one.currency, one.month, one.opening, one.earned, one.recouped, one.paid,
    )  # fmt: skip


def _split_row(one: TermsSplit) -> Row:
    return Split(one.isrc, one.payee, one.share, Territory.parse(one.territories), _period(one))


def _rate_row(one: TermsRate) -> Row:
    return Rate(one.month, one.from_currency, one.to_currency, one.rate, one.source, one.quoted_on)


def _bytes(column: Any) -> Any:
    return column.collate("C")


def _from(model: Any) -> tuple[Any, Any]:
    return model.from_month.asc().nulls_first(), model.to_month.asc().nulls_first()


BINDINGS: Mapping[Table, Binding] = {
    Table.DEALS: Binding(
        TermsDeal, (TermsDeal.isrc,), (_bytes(TermsDeal.isrc), *_from(TermsDeal), TermsDeal.fee_rate),
        lambda one: Deal(one.isrc, one.fee_rate, _period(one)), _deal,
    ),
    Table.SPLITS: Binding(
        TermsSplit, (TermsSplit.isrc,),
        (_bytes(TermsSplit.isrc), _bytes(TermsSplit.payee), *_from(TermsSplit), _bytes(TermsSplit.territories), TermsSplit.share),
        _split_row, _split,
    ),
    Table.PAYEES: Binding(
        TermsPayee, (TermsPayee.payee,), (_bytes(TermsPayee.payee),),
        lambda one: Payee(one.payee, one.currency, one.minimum, one.payee_id), _payee,
    ),
    Table.WITHHOLDING: Binding(
        TermsWithholding, (TermsWithholding.payee,),
        (_bytes(TermsWithholding.payee), _bytes(TermsWithholding.territory), *_from(TermsWithholding)),
        lambda one: Withholding(one.payee, one.territory, one.rate, _period(one)), _withholding,
    ),
    Table.FX: Binding(
        TermsRate, (func.to_char(TermsRate.month, "YYYY-MM"), TermsRate.from_currency, TermsRate.to_currency),
        (TermsRate.month, _bytes(TermsRate.from_currency), _bytes(TermsRate.to_currency)), _rate_row, _rate,
    ),
    Table.BALANCES: Binding(
        TermsBalance, (TermsBalance.contract, func.to_char(TermsBalance.month, "YYYY-MM")),
        (_bytes(TermsBalance.contract), TermsBalance.month), _balance_row, _balance,
    ),
}  # fmt: skip


def in_force(model: Any, version: int | None = None) -> ColumnElement[bool]:
    """Rows that hold now, or that held as of *version*."""
    if version is None:
        return model.ended_in.is_(None)
    return and_(model.made_in <= version, or_(model.ended_in.is_(None), model.ended_in > version))


def newest_version(tx: Tx) -> int:
    """Number of the last change; 0 before the first."""
    return tx.execute(select(func.coalesce(func.max(TermsVersion.number), 0))).scalar_one()


def rows_of_keys(tx: Tx, table: Table, keys: Collection[tuple[str, ...]]) -> list[Stored]:
    """Rows in force of the recordings, payees or rates that *keys* name."""
    binding = BINDINGS[table]
    found: list[Stored] = []
    for chunk in chunks(sorted(keys)):
        rows = tx.execute(
            select(binding.model).where(
                in_force(binding.model), tuple_(*binding.key).in_(chunk)
            )
        ).scalars()  # fmt: skip
        found += [Stored(one.id, binding.row(one)) for one in rows]
    return found


def balances_of(tx: Tx, contracts: Collection[str]) -> list[Stored]:
    """Balances in force of every month of these contracts."""
    found: list[Stored] = []
    for chunk in chunks(sorted(contracts)):
        rows = tx.execute(
            select(TermsBalance).where(in_force(TermsBalance), TermsBalance.contract.in_(chunk))
        ).scalars()
        found += [Stored(one.id, _balance_row(one)) for one in rows]
    return found


def minimums(tx: Tx, names: Collection[str]) -> dict[tuple[str, str], Decimal]:
    """(payee, currency) → the smallest payout, of those of *names* that have one."""
    rows = tx.execute(
        select(TermsPayee.payee, TermsPayee.currency, TermsPayee.minimum).where(
            in_force(TermsPayee), TermsPayee.payee.in_(names), TermsPayee.minimum.is_not(None)
        )
    )
    return {(payee, currency): minimum for payee, currency, minimum in rows if minimum is not None}


def unknown_payees(tx: Tx, names: Collection[str]) -> tuple[str, ...]:
    """Those of *names* that no row of the payees has, in order: their money would wait in suspense."""
    known: set[str] = set()
    for chunk in chunks(sorted(names)):
        known |= set(
            tx.execute(
                select(TermsPayee.payee).where(in_force(TermsPayee), TermsPayee.payee.in_(chunk))
            ).scalars()
        )
    return tuple(sorted(set(names) - known))


def ledger_payees(tx: Tx) -> dict[str, UUID]:
    """Payee code → who that is in the ledger, of the payees in force that say so."""
    query = select(TermsPayee.payee, TermsPayee.payee_id).where(
        in_force(TermsPayee), TermsPayee.payee_id.is_not(None)
    )
    return {code: payee_id for code, payee_id in tx.execute(query) if payee_id is not None}


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterable[list[Item]]:
    """*items* in lists of at most *size*."""
    every = iter(items)
    while batch := list(islice(every, size)):
        yield batch
