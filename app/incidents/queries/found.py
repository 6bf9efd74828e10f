"""Parent events as leads and finance see them: page by page by key. Parties see none, only their own case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, tuple_

from app.accounts.models import Person
from app.accounts.queries import case_scope
from app.accounts.rules import Permission, may
from app.cases.models import Case
from app.cases.rules.kinds import State
from app.incidents.models import ParentEvent, ParentEventLine, ParentEventPayee
from app.incidents.rules.states import EventState, Result
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.ledger.models import Payee as LedgerPayee
from app.terms.models import TermsPayee

PAGE = 50
LINES = 200
Event, Payee, Line = ParentEvent, ParentEventPayee, ParentEventLine


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event. *detail*, *isrc*, *store*, *territory*: what all lines share, empty where they differ.

    *sums*: what is owed, exact, by currency; *decided_by*: a name.
    """

    id: UUID
    statement_month: str
    cause: str
    detail: str
    isrc: str
    store: str
    territory: str
    payees: int
    lines: int
    sums: tuple[Money, ...]
    found_at: datetime
    state: EventState
    version: int
    decided_by_id: UUID | None
    decided_by: str
    decided_at: datetime | None
    reason: str

    @property
    def is_open(self) -> bool:
        """True while nobody decided."""
        return self.state is EventState.OPEN


@dataclass(frozen=True, slots=True)
class EventPage:
    """*next*: id of the last row when there are more."""

    rows: tuple[EventRow, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """A payee of an event. *artist_id*: their account, None where nobody knows it; *ref*: of their child case."""

    payee: str
    artist_id: UUID | None
    artist: str
    lines: int
    sums: tuple[Money, ...]
    result: Result
    reason: str
    ref: str


@dataclass(frozen=True, slots=True)
class PayeePage:
    """*next*: the last payee when there are more."""

    rows: tuple[PayeeRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A discrepancy. Amounts at 12 places in *currency*."""

    number: int
    payee: str
    sale_month: str
    store: str
    territory: str
    isrc: str
    currency: str
    expected: Decimal
    paid: Decimal
    delta: Decimal
    detail: str


def events_page(
    tx: Tx, actor: Actor, state: EventState | None = None, after: UUID | None = None
) -> EventPage:
    """Events, the newest first, behind *after*; without a state all but superseded ones."""
    query = _events(actor).order_by(Event.found_at.desc(), Event.id.desc()).limit(PAGE + 1)
    query = query.where(
        Event.state == state if state is not None else Event.state != EventState.SUPERSEDED
    )
    if after is not None:
        last = select(Event.found_at, Event.id).where(Event.id == after)
        query = query.where(tuple_(Event.found_at, Event.id) < last.scalar_subquery())
    found = [_event(row, by) for row, by in tx.execute(query)]
    return EventPage(tuple(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None)


def event_row(tx: Tx, actor: Actor, event_id: UUID) -> EventRow:
    """One event. Raises `NotFound`."""
    found = tx.execute(_events(actor).where(Event.id == event_id)).first()
    if found is None:
        raise NotFound("parent_event")
    return _event(*found)


def payees_page(tx: Tx, actor: Actor, event_id: UUID, after: str = "") -> PayeePage:
    """Payees of an event by name, behind *after*."""
    query = _payees(actor).where(Payee.event_id == event_id, Payee.payee > after)
    found = [_payee(*row) for row in tx.execute(query.order_by(Payee.payee).limit(PAGE + 1))]
    return PayeePage(tuple(found[:PAGE]), found[PAGE - 1].payee if len(found) > PAGE else None)


def payee_row(tx: Tx, actor: Actor, event_id: UUID, payee: str) -> PayeeRow:
    """One payee of an event. Raises `NotFound`."""
    query = _payees(actor).where(Payee.event_id == event_id, Payee.payee == payee)
    found = tx.execute(query).first()
    if found is None:
        raise NotFound("parent_event")
    return _payee(*found)


def payee_counts(tx: Tx, actor: Actor, event_id: UUID) -> dict[tuple[Result, bool], int]:
    """(result, whether the artist is known) → how many payees."""
    known = LedgerPayee.person_id.is_not(None)
    query = (
        select(Payee.result, known, func.count())
        .select_from(Payee)
        .outerjoin(TermsPayee, _in_terms())
        .outerjoin(LedgerPayee, LedgerPayee.id == TermsPayee.payee_id)
        .where(Payee.event_id == event_id, sight(actor))
        .group_by(Payee.result, known)
    )
    return {(Result(result), bool(one)): count for result, one, count in tx.execute(query)}


def lines_page(
    tx: Tx, actor: Actor, event_id: UUID, payee: str, after: int = 0
) -> tuple[tuple[LineRow, ...], int | None]:
    """(lines of a payee, or of all without one, behind the number *after*; number of the last when there are more)."""
    query = (
        select(Line)
        .where(Line.event_id == event_id, Line.number > after, sight(actor))
        .order_by(Line.number)
        .limit(LINES + 1)
    )
    if payee:
        query = query.where(Line.payee == payee)
    found = [
        LineRow(
            row.number, row.payee, row.sale_month, row.store, row.territory, row.isrc, row.currency, row.expected, row.paid, row.delta,
            row.detail,
        )
        for row in tx.execute(query).scalars()
    ]  # fmt: skip
    return tuple(found[:LINES]), found[LINES - 1].number if len(found) > LINES else None


def artist_of(tx: Tx, payee: str) -> UUID | None:
    """The account that the terms and the ledger name for a payee; None when nobody said so. For the system."""
    query = (
        select(LedgerPayee.person_id)
        .join(TermsPayee, TermsPayee.payee_id == LedgerPayee.id)
        .where(TermsPayee.payee == payee, TermsPayee.ended_in.is_(None))
    )
    return tx.execute(query).scalar_one_or_none()


def case_in_month(tx: Tx, month: str, payee: str) -> UUID | None:
    """The open child case that another event of the month opened for the payee. For the system."""
    query = (
        select(Case.id)
        .join(Payee, Payee.case_id == Case.id)
        .join(Event, Event.id == Payee.event_id)
        .where(
            Event.statement_month == month, Payee.payee == payee, Payee.result == Result.OPENED,
            Case.state != State.CLOSED.value,
        )
        .order_by(Payee.done_at.desc())
        .limit(1)
    )  # fmt: skip
    return tx.execute(query).scalar_one_or_none()


def month_found_for(tx: Tx, case_id: UUID) -> str:
    """The statement month in which our own check found what a case is about; empty for other cases. For the system."""
    query = (
        select(Event.statement_month)
        .join(Payee, Payee.event_id == Event.id)
        .where(Payee.case_id == case_id, Payee.result == Result.OPENED)
    )
    return tx.execute(query).scalar_one_or_none() or ""


def sight(actor: Actor) -> ColumnElement[bool]:
    """The first wall: leads and finance, and the auditor."""
    return literal(actor.is_system or may(actor, Permission.PARENT_EVENT_READ))


def _events(actor: Actor) -> Select[ParentEvent, str]:
    return (
        select(Event, Person.name)
        .outerjoin(Person, Person.id == Event.decided_by_id)
        .where(sight(actor))
    )


def _in_terms() -> ColumnElement[bool]:
    return and_(TermsPayee.payee == Payee.payee, TermsPayee.ended_in.is_(None))


def _payees(actor: Actor) -> Select[ParentEventPayee, UUID, str, str | None]:
    return (
        select(Payee, Person.id, Person.name, Case.ref)
        .outerjoin(TermsPayee, _in_terms())
        .outerjoin(LedgerPayee, LedgerPayee.id == TermsPayee.payee_id)
        .outerjoin(Person, Person.id == LedgerPayee.person_id)
        .outerjoin(Case, and_(Case.id == Payee.case_id, case_scope(actor, Case.id)))
        .where(sight(actor))
    )


def _event(row: ParentEvent, by: str | None) -> EventRow:
    return EventRow(
        row.id, row.statement_month, row.cause, row.detail, row.isrc, row.store, row.territory, row.payee_count,
        row.line_count, _sums(row.sums), row.found_at, EventState(row.state), row.version, row.decided_by_id, by or "",
        row.decided_at, row.reason,
    )  # fmt: skip


def _payee(
    row: ParentEventPayee, artist: UUID | None, name: str | None, ref: str | None
) -> PayeeRow:
    return PayeeRow(
        row.payee, artist, name or "", row.line_count, _sums(row.sums), Result(row.result), row.reason, ref or ""
    )  # fmt: skip


def _sums(sums: Mapping[str, str]) -> tuple[Money, ...]:
    return tuple(Money(Decimal(text), currency) for currency, text in sorted(sums.items()))
