"""What an export holds: the frozen rows of a closed batch, and of which kinds the lines of an open one are.

A batch may hold a hundred thousand corrections, so nothing here holds them all: rows come from a cursor of the
database, some hundred at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, text

from app.accounts.rules import Permission, require
from app.corrections.models import BatchLine, Correction, CorrectionLine
from app.corrections.rules.frozen import FIELDS, row_of, rows_of
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
        for spelling in spelled_rows(self._tx, self._batch_id):
            rows = rows_of(spelling)  # what is hashed is the very text that the rows are read from
            seen.add_spelled(spelling.encode())
            counted.add_all(rows)
            yield from rows
            if self._say:
                self._say(counted.result.corrections)
        self.content_hash, self.totals = seen.result, counted.result


def spelled_rows(tx: Tx, batch_id: UUID) -> Iterator[str]:
    """The rows of a closed batch in the order of the file, each in the spelling that is hashed, some hundred with commas
    between them at a time.
    """
    found = tx.connection().execute(
        _SPELLED, {"batch": batch_id}, execution_options={"yield_per": AT_ONCE}
    )  # past the session, which has nothing to add to plain texts
    for some in found.partitions(AT_ONCE):
        yield ",".join([text for (text,) in some])


def _spelling() -> str:
    """SQL of `rules.seen.canonical` of what a kept row has of the fields. No value where it lacks one: the database's
    own text of a value is the same, but for the spaces of a list.
    """
    cells = [
        f"""'{"," if at else ""}"{name}":' || """ + ("lines.spelled" if name == "original_line_ids" else f"(kept.value -> '{name}')::text")
        for at, name in enumerate(sorted(FIELDS))
    ]  # fmt: skip
    return "'{' || " + " || ".join(cells) + " || '}'"


_SPELLED = text(f"""
select coalesce({_spelling()}, (
    select '{{' || coalesce(string_agg(to_json(cell.key)::text || ':' ||
      case when cell.key = 'original_line_ids' then lines.spelled else cell.value::text end, ',' order by cell.key collate "C"), '') || '}}'
    from jsonb_each(kept.value) as cell where cell.key in ({", ".join(f"'{name}'" for name in FIELDS)})
  ))
from batch_line cross join lateral jsonb_array_elements(batch_line.frozen) with ordinality as kept (value, place)
cross join lateral (select case
    when jsonb_typeof(kept.value -> 'original_line_ids') <> 'array' then (kept.value -> 'original_line_ids')::text
    when jsonb_array_length(kept.value -> 'original_line_ids') = 1 then '[' || (kept.value -> 'original_line_ids' -> 0)::text || ']'
    else '[' || coalesce((select string_agg(one.value::text, ',' order by one.place) from
      jsonb_array_elements(kept.value -> 'original_line_ids') with ordinality as one (value, place)), '') || ']' end as spelled) as lines
where batch_line.batch_id = :batch and batch_line.frozen is not null
order by batch_line.correction_id, kept.place
""")  # noqa: S608 - our own words only
"""The first way is that of each row since there are account codes; older rows lack some fields, in their hash too."""


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
