"""What runs found, page by page by key: every table has the side that may read a row, and both walls ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select, tuple_

from app.accounts.models import Person
from app.accounts.queries import side_scope
from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.kernel.sides import Side
from app.recompute.models import (
    PayoutAuditGroup,
    PayoutAuditLine,
    PayoutAuditNote,
    PayoutAuditSplit,
    PayoutAuditSuspense,
    PayoutAuditTotal,
)
from app.recompute.queries.runs import house_sight
from app.recompute.rules.runs import MATCHES, Share, Working
from app.terms.models import TermsPayee
from app.terms.queries.rows import in_force

PAGE = 200
SUSPENDED = 50
RATE = Decimal("0.000001")
Group, Line, Total = PayoutAuditGroup, PayoutAuditLine, PayoutAuditTotal


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A total of a payee and statement month, in minor units."""

    audit_id: UUID
    payee: str
    statement_month: str
    paid: Money
    expected: Money

    @property
    def delta(self) -> Money:
        """What is owed."""
        return self.expected - self.paid


@dataclass(frozen=True, slots=True)
class MonthRow:
    """Lines of a payee that differ for one reason in one statement month.

    *delta*: their sum, 12 places; *owed*: of the whole month, in minor units, as its total says; *payee_id*: who that
    is in the ledger, where the terms say so.
    """

    payee: str
    currency: str
    statement_month: str
    reason: str
    lines: int
    delta: Decimal
    owed: Decimal
    payee_id: UUID | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Lines of one month, store and territory. *reason*: of the line that differs most, empty when all match."""

    audit_id: UUID
    case_id: UUID
    number: int
    payee: str
    currency: str
    statement_month: str
    store: str
    territory: str
    units: Decimal
    paid: Money
    expected: Money
    lines: int
    differ: int
    reason: str
    detail: str
    reasons: tuple[str, ...]
    gross: tuple[Money, ...] = ()

    @property
    def rate(self) -> Money | None:
        """What the store paid for a unit, at 6 places; None where it paid in several currencies, or counts no units."""
        if len(self.gross) != 1 or self.units <= 0:
            return None
        rate = (self.gross[0].amount / self.units).quantize(RATE)
        return Money(rate, self.gross[0].currency)

    @property
    def delta(self) -> Money:
        """What is owed."""
        return self.expected - self.paid

    @property
    def place(self) -> tuple[str, str, str]:
        """Statement month, store, territory: how a note finds it again."""
        return (self.statement_month, self.store, self.territory)


@dataclass(frozen=True, slots=True)
class GroupPage:
    """*next*: number of the last row when there are more."""

    rows: tuple[GroupRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row of the audit. Amounts at 12 places."""

    number: int
    group: int
    sale_month: str
    isrc: str
    expected: Decimal
    paid: Decimal
    delta: Decimal
    reason: str
    detail: str
    units: Decimal
    working: Working


@dataclass(frozen=True, slots=True)
class SuspendedRow:
    """Money that cannot be attributed. *has_share*: the payee has one of its recording; *gross*: all that waits."""

    reason: str
    statement_month: str
    sale_month: str
    store: str
    territory: str
    isrc: str
    has_share: bool
    gross: Money


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What somebody said of a group."""

    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Groups of a payee and currency; empty filters are none. *after*: the last number that was shown."""

    audit_id: UUID
    payee: str
    currency: str
    differ_only: bool = False
    reason: str = ""
    store: str = ""
    territory: str = ""
    after: int = 0
    places: tuple[tuple[str, str, str], ...] | None = None
    """(statement month, store, territory) of the only groups that are asked for; None for all."""


def _seen(actor: Actor, table: Any) -> ColumnElement[bool]:
    """The first wall: a side reads its own rows, of the house those who may read payouts."""
    if actor.is_staff and not may(actor, Permission.PAYOUT_READ):
        return false()
    return side_scope(actor, table)


def totals_of_run(
    tx: Tx, actor: Actor, audit_id: UUID, side: Side | None = None
) -> tuple[TotalRow, ...]:
    """The totals of a run that the actor may read, by payee, currency and month; of one *side* alone when it is said."""
    query = select(Total).where(Total.audit_id == audit_id, _seen(actor, Total))
    if side is not None:
        query = query.where(Total.side == side.value)
    query = query.order_by(Total.payee, Total.currency, Total.statement_month)
    return tuple(_total(row) for row in tx.execute(query).scalars())


def newest_totals(tx: Tx, actor: Actor, case_id: UUID) -> tuple[TotalRow, ...]:
    """The totals of the newest run that found something that the actor may read."""
    mine = (Total.case_id == case_id, _seen(actor, Total))
    newest = select(Total.audit_id).where(*mine).order_by(Total.at.desc()).limit(1)
    query = select(Total).where(*mine, Total.audit_id == newest.scalar_subquery())
    query = query.order_by(Total.payee, Total.currency, Total.statement_month)
    return tuple(_total(row) for row in tx.execute(query).scalars())


def owed_by_month(tx: Tx, actor: Actor, audit_id: UUID) -> tuple[MonthRow, ...]:
    """What lines that differ add up to, by payee, currency, statement month and reason; the largest reason of a month first."""
    return owed_of_runs(tx, actor, (audit_id,)).get(audit_id, ())


def owed_of_runs(
    tx: Tx, actor: Actor, audit_ids: Iterable[UUID]
) -> dict[UUID, tuple[MonthRow, ...]]:
    """The same for several runs; one in which nothing differs is left out."""
    month = (Group.audit_id, Group.payee, Group.currency, Group.statement_month)
    delta, owed = func.sum(Line.delta), func.max(Total.expected - Total.paid)
    query = (
        select(*month, Line.reason, func.count(), delta, owed, TermsPayee.payee_id)
        .join(Line, (Line.audit_id == Group.audit_id) & (Line.group_number == Group.number))
        .join(
            Total,
            (Total.audit_id == Group.audit_id) & (Total.payee == Group.payee) & (Total.currency == Group.currency)
            & (Total.statement_month == Group.statement_month),
        )
        .outerjoin(TermsPayee, (TermsPayee.payee == Group.payee) & in_force(TermsPayee))
        .where(
            Group.audit_id.in_(tuple(audit_ids)), Line.reason != MATCHES, _seen(actor, Group), _seen(actor, Line),
            _seen(actor, Total),
        )
        .group_by(*month, Line.reason, TermsPayee.payee_id)
        .order_by(*month, func.abs(delta).desc(), Line.reason)
    )  # fmt: skip
    found: dict[UUID, list[MonthRow]] = {}
    for key, payee, currency, of_month, reason, lines, sum_, total, payee_id in tx.execute(query):
        row = MonthRow(payee, currency, of_month, reason, lines, sum_, total, payee_id)
        found.setdefault(key, []).append(row)
    return {audit_id: tuple(rows) for audit_id, rows in found.items()}


def groups_page(tx: Tx, actor: Actor, wanted: Wanted) -> GroupPage:
    """At most PAGE groups behind *wanted.after*, the newest month first."""
    query = select(Group).where(
        Group.audit_id == wanted.audit_id, Group.payee == wanted.payee, Group.currency == wanted.currency,
        Group.number > wanted.after, _seen(actor, Group),
    )  # fmt: skip
    if wanted.differ_only:
        query = query.where(Group.differ_count > 0)
    if wanted.reason:
        query = query.where(Group.reasons.contains([wanted.reason]))
    for name in ("store", "territory"):
        if value := getattr(wanted, name):
            query = query.where(getattr(Group, name) == value)
    if wanted.places is not None:
        place = tuple_(Group.statement_month, Group.store, Group.territory)
        query = query.where(place.in_(wanted.places))
    found = list(tx.execute(query.order_by(Group.number).limit(PAGE + 1)).scalars())
    rows = tuple(_group(row) for row in found[:PAGE])
    return GroupPage(rows, rows[-1].number if len(found) > PAGE else None)


def audit_group(tx: Tx, actor: Actor, audit_id: UUID, number: int) -> GroupRow:
    """One group. Raises `NotFound`."""
    query = select(Group).where(
        Group.audit_id == audit_id, Group.number == number, _seen(actor, Group)
    )
    row = tx.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("line")
    return _group(row)


def group_lines(
    tx: Tx, actor: Actor, audit_id: UUID, number: int, after: int = 0
) -> tuple[LineRow, ...]:
    """At most PAGE lines of a group behind the line *after*, in order."""
    query = select(Line).where(
        Line.audit_id == audit_id, Line.group_number == number, Line.number > after, _seen(actor, Line)
    )  # fmt: skip
    rows = tx.execute(query.order_by(Line.number).limit(PAGE)).scalars()
    return tuple(_line(row) for row in rows)


def lines_page(
    tx: Tx, actor: Actor, wanted: Wanted, size: int = 5000
) -> tuple[tuple[GroupRow, LineRow], ...]:
    """Lines of a payee with their groups behind the line *wanted.after*, in order, for a download."""
    query = (
        select(Line, Group)
        .join(Group, (Group.audit_id == Line.audit_id) & (Group.number == Line.group_number))
        .where(
            Line.audit_id == wanted.audit_id, Line.number > wanted.after, Group.payee == wanted.payee,
            Group.currency == wanted.currency,
            _seen(actor, Line), _seen(actor, Group),
        )
        .order_by(Line.number)
        .limit(size)
    )  # fmt: skip
    return tuple((_group(group), _line(line)) for line, group in tx.execute(query).all())


def suspense_page(
    tx: Tx, actor: Actor, audit_id: UUID, payee: str
) -> tuple[tuple[SuspendedRow, ...], bool]:
    """(the first rows that concern the payee or nobody, whether there are more). Nobody's are the house's alone."""
    table = PayoutAuditSuspense
    query = (
        select(table)
        .where(table.audit_id == audit_id, table.payee.in_((payee, "")), _seen(actor, table))
        .order_by(table.number)
        .limit(SUSPENDED + 1)
    )
    found = [
        SuspendedRow(
            row.reason, row.statement_month, row.sale_month, row.store, row.territory, row.isrc, bool(row.payee),
            Money(row.gross, row.currency),
        )
        for row in tx.execute(query).scalars()
    ]  # fmt: skip
    return tuple(found[:SUSPENDED]), len(found) > SUSPENDED


def splits_of(
    tx: Tx, actor: Actor, audit_id: UUID, payee: str, isrcs: Iterable[str]
) -> dict[str, tuple[Share, ...]]:
    """Recording → every share that the payee has or had, as the run read it."""
    table = PayoutAuditSplit
    query = select(table).where(
        table.audit_id == audit_id, table.payee == payee, table.isrc.in_(set(isrcs)),
        _seen(actor, table),
    )  # fmt: skip
    return {row.isrc: tuple(Share(*one) for one in row.rows) for row in tx.execute(query).scalars()}


def notes_of(
    tx: Tx, actor: Actor, case_id: UUID, payee: str, currency: str
) -> dict[tuple[str, str, str], NoteRow]:
    """Month, store and territory → the newest note. The house alone reads them."""
    note = PayoutAuditNote
    query = (
        select(note, Person.name)
        .join(Person, Person.id == note.by_id)
        .where(
            note.case_id == case_id, note.payee == payee, note.currency == currency,
            house_sight(actor, note.case_id),
        )
        .order_by(note.at)
    )  # fmt: skip
    return {
        (row.statement_month, row.store, row.territory): NoteRow(row.note, by, row.at)
        for row, by in tx.execute(query).all()
    }


def _total(row: Any) -> TotalRow:
    return TotalRow(
        row.audit_id, row.payee, row.statement_month, Money(row.paid, row.currency), Money(row.expected, row.currency)
    )  # fmt: skip


def _group(row: Any) -> GroupRow:
    paid, expected = Money(row.paid, row.currency), Money(row.expected, row.currency)
    return GroupRow(
        row.audit_id, row.case_id, row.number, row.payee, row.currency, row.statement_month, row.store, row.territory,
        row.units, paid, expected, row.line_count, row.differ_count, row.reason, row.detail, tuple(row.reasons),
        tuple(Money(Decimal(amount), source) for source, amount in sorted(row.gross.items())),
    )  # fmt: skip


def _line(row: Any) -> LineRow:
    return LineRow(
        row.number, row.group_number, row.sale_month, row.isrc, row.expected, row.paid, row.delta, row.reason,
        row.detail, row.units, Working(**row.working),
    )  # fmt: skip
