"""What an export holds: the frozen rows of a closed batch, and of which kinds the lines of an open one are.

A batch may hold a hundred thousand corrections, so nothing here holds them all: rows come from a cursor of the
database, some hundred at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB

from app.accounts.rules import Permission, require
from app.corrections.models import BatchLine, Correction, CorrectionLine
from app.corrections.rules.batches import content_changed
from app.corrections.rules.frozen import FIELDS, content_of, row_of, spelled
from app.corrections.rules.proposal import (
    CorrectionReason,
    ProposalLine,
    accounts_of,
    counter_account,
)
from app.corrections.rules.seen import SeenList
from app.exports.rules.rows import ControlTotals, NeutralRow, Totalled
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.ledger.rules.codes import AccountCodes
from app.ledger.rules.posting import AccountKind

_decoded = json.JSONDecoder().raw_decode
AT_ONCE = 500
"""Corrections that are in memory together."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file before it leaves."""

    case_ref: str
    payee: str
    period: str
    reason_code: str
    gross: Money
    withholding: Money
    net: Money


class FrozenRows:
    """The rows of a closed batch in the order of the file, read anew each time they are gone through.

    *content_hash* and *totals*: of all rows, as they passed the last time that somebody went to the end. Going
    through raises Refused for what is no row at all. *say*: told now and then how many corrections passed.
    """

    def __init__(self, tx: Tx, batch_id: UUID, say: Callable[[int], None] | None = None) -> None:
        self._tx = tx
        self._say = say
        self._batch_id = batch_id
        self.content_hash = ""
        self.totals = ControlTotals(0, 0, 0, 0, 0)

    def __iter__(self) -> Iterator[NeutralRow]:
        seen, counted = SeenList(), Totalled()
        found = self._tx.connection().execute(
            _KEPT_ROWS, {"batch_id": self._batch_id}, execution_options={"yield_per": AT_ONCE}
        )  # past the session, which has nothing to add to plain texts
        for some in found.partitions():
            for record in some:
                row = _row(record, seen)
                counted.add(row)
                yield row
            if self._say:
                self._say(counted.result.corrections)
        self.content_hash, self.totals = seen.result, counted.result


def _row(record: Sequence[Any], seen: SeenList) -> NeutralRow:
    """The row, added to what was *seen*. Rows of before there were codes lack some fields, in their hash too."""
    if None in record:
        return _old_row(record, seen)
    row = _of_texts(record)
    seen.add_spelled(spelled(row))
    return row


def _old_row(record: Sequence[Any], seen: SeenList) -> NeutralRow:
    row = _of_texts([value if value is not None else "" for value in record])
    kept = {name for name, value in zip(FIELDS, record, strict=True) if value is not None}
    seen.add({name: value for name, value in content_of(row).items() if name in kept})
    return row


def _of_texts(record: Sequence[str]) -> NeutralRow:
    """The row whose fields are *record*, as JSON says them. Raises Refused for what is no row."""
    (
        ref, decision, correction, payee, name, period, currency, exponent, gross, withholding, reason, lines,
        one, two, batch, day, payee_account, counter_account, tax_account,
    ) = record  # fmt: skip
    try:
        return NeutralRow(
            ref, decision, correction, payee, name, period, currency, int(exponent), int(gross), int(withholding),
            reason, tuple(_decoded(lines)[0]), one, two, batch, day, payee_account, counter_account, tax_account,
        )  # fmt: skip
    except (TypeError, ValueError):
        raise content_changed() from None


_KEPT = (
    func.jsonb_array_elements(BatchLine.frozen)
    .table_valued(column("value", JSONB), with_ordinality="place", name="kept")
    .render_derived()
)
_KEPT_ROWS = (
    select(*(_KEPT.c.value[name].astext for name in FIELDS))
    .select_from(BatchLine)
    .join(_KEPT, true())
    .where(BatchLine.batch_id == bindparam("batch_id"), BatchLine.frozen.is_not(None))
    .order_by(BatchLine.correction_id, _KEPT.c.place)
)
"""The rows of a batch as columns of text: the database reads its own JSON in a third of the time."""


def frozen_lines(tx: Tx, batch_id: UUID) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
    """Correction and frozen rows of each line of a closed batch, whether it still holds its correction or not."""
    found = tx.execute(
        select(BatchLine.correction_id, BatchLine.frozen)
        .where(BatchLine.batch_id == batch_id, BatchLine.frozen.is_not(None))
        .order_by(BatchLine.correction_id)
        .execution_options(yield_per=AT_ONCE)
    )
    return ((correction_id, rows or []) for correction_id, rows in found)


def frozen_content(tx: Tx, batch_id: UUID) -> Iterator[dict[str, Any]]:
    """What was frozen, value for value as it is stored: the hash of a batch is over this."""
    return (row for _correction, rows in frozen_lines(tx, batch_id) for row in rows)


def export_preview(tx: Tx, actor: Actor, batch_id: UUID, limit: int = 5) -> tuple[PreviewRow, ...]:
    """The first rows of the file of a locked batch; empty while it is open. One statement."""
    require(actor, Permission.BATCH_READ)
    first = tx.scalars(
        select(BatchLine.frozen)
        .where(BatchLine.batch_id == batch_id, BatchLine.frozen.is_not(None))
        .order_by(BatchLine.correction_id)
        .limit(limit)
    )
    rows = (row_of(content) for line in first for content in line or ())
    return tuple(
        PreviewRow(
            case_ref=row.case_ref,
            payee=row.legal_name,
            period=row.period,
            reason_code=row.reason_code,
            gross=Money.from_minor(row.gross, row.currency),
            withholding=Money.from_minor(row.withholding, row.currency),
            net=Money.from_minor(row.net, row.currency),
        )
        for row in islice(rows, limit)
    )


@dataclass(frozen=True, slots=True)
class Booking:
    """For which day of the books rows are written, and by which codes."""

    day: date
    codes: AccountCodes


@dataclass(frozen=True, slots=True)
class LineKind:
    """The words of a line on which its accounts hang. *between*: from one payee to another."""

    reason: str
    from_hold: bool
    between: bool
    taxed: bool

    def example(self, currency: str) -> ProposalLine:
        """Some line of this kind: what the rules say of its accounts holds for all of them."""
        one = Money.from_minor(1, currency)
        return ProposalLine(
            payee_id=UUID(int=0), amount=one, reason=CorrectionReason(self.reason), from_hold=self.from_hold,
            counter_payee_id=UUID(int=1) if self.between else None, withholding=one if self.taxed else None,
        )  # fmt: skip

    def accounts(self, currency: str) -> frozenset[AccountKind]:
        """What lines of this kind post to."""
        return accounts_of(self.example(currency), UUID(int=0))

    def counter(self, currency: str) -> AccountKind:
        """Where the money of such lines comes from."""
        return counter_account(self.example(currency), UUID(int=0)).kind


def line_kinds(tx: Tx, batch_id: UUID) -> tuple[LineKind, ...]:
    """The kinds of lines that an open batch has: few, however many lines. One statement."""
    between, taxed = (
        CorrectionLine.counter_payee_id.is_not(None),
        CorrectionLine.withholding_minor != 0,
    )
    rows = tx.execute(
        select(CorrectionLine.reason, CorrectionLine.from_hold, between, taxed)
        .distinct()
        .join(Correction, _STANDING)
        .join(BatchLine, BatchLine.correction_id == Correction.id)
        .where(BatchLine.batch_id == batch_id, BatchLine.live)
    )
    return tuple(LineKind(*row) for row in rows)


_STANDING = and_(
    CorrectionLine.correction_id == Correction.id, CorrectionLine.revision == Correction.revision
)
