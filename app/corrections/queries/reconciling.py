"""Reconciliations of a batch: which files came, what each says by state, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.accounts.rules import Permission, require
from app.cases.models import Case
from app.corrections.models import (
    Batch,
    Correction,
    Reconciliation,
    ReconciliationPair,
    ReconciliationRow,
)
from app.corrections.rules.batches import BatchState
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.rules.reconciling import EXCEPTIONS, MatchedBy, MatchState, Told
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.money import Money

PAGE = 50


@dataclass(frozen=True, slots=True)
class ReconciliationRef:
    """A file that was compared, in the list of a batch."""

    id: UUID
    filename: str
    sha256: str
    line_count: int
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReconciliationView:
    """One reconciliation. *counts*: rows by state, every state; *settles*: matched rows whose correction still stands
    as a mismatch; *version*: of the batch.
    """

    file: ReconciliationRef
    batch_id: UUID
    batch_number: int
    batch_state: BatchState
    currency: str
    version: int
    is_reversing: bool
    counts: dict[MatchState, int]
    settles: int

    @property
    def exceptions(self) -> int:
        """Corrections that are not posted as they were exported."""
        return sum(self.counts[state] for state in EXCEPTIONS)

    @property
    def can_count(self) -> bool:
        """Whether confirming would change something: the batch waits for an answer, or a mismatch is posted now."""
        if self.batch_state is BatchState.EXPORTED:
            return self.counts[MatchState.MATCHED] > 0 and not (
                self.is_reversing and self.exceptions
            )
        return self.settles > 0


@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """A row. *expected*, *posted*: None where there is none; *lines*: of the file; *correction_state*: as it stands now; *reason*: of who matched it by hand."""

    position: int
    state: MatchState
    by: MatchedBy
    reference: str
    correction_id: UUID | None
    correction_state: CorrectionState | None
    case_ref: str
    expected: Money | None
    posted: Money | None
    posted_on: date | None
    lines: tuple[int, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinesPage:
    """One page of rows in their order; *next_after* is None on the last."""

    rows: tuple[ReconciliationLine, ...]
    next_after: int | None


def reconciliations_of(tx: Tx, actor: Actor, batch_id: UUID) -> tuple[ReconciliationRef, ...]:
    """Files that were compared with a batch, the newest first, at most 50. One statement."""
    require(actor, Permission.BATCH_READ)
    query = _refs().where(Reconciliation.batch_id == batch_id)
    rows = tx.execute(
        query.order_by(Reconciliation.created_at.desc(), Reconciliation.id).limit(PAGE)
    )
    return tuple(_ref(row, name) for row, name in rows)


def reconciliation_view(tx: Tx, actor: Actor, reconciliation_id: UUID) -> ReconciliationView:
    """One with its counts. Raises NotFound, Forbidden. Three statements."""
    require(actor, Permission.BATCH_READ)
    found = tx.execute(_refs().where(Reconciliation.id == reconciliation_id)).first()
    if found is None:
        raise NotFound
    row, name = found
    batch = tx.get_one(Batch, row.batch_id)
    told = _told(row.id).subquery()
    counted = tx.execute(
        select(
            told.c.state,
            func.count(),
            func.count().filter(Correction.state == CorrectionState.MISMATCH),
        )
        .select_from(told)
        .outerjoin(Correction, Correction.id == told.c.correction_id)
        .group_by(told.c.state)
    )
    numbers = {MatchState(state): (count, open_) for state, count, open_ in counted}
    return ReconciliationView(
        file=_ref(row, name),
        batch_id=batch.id,
        batch_number=batch.number,
        batch_state=BatchState(batch.state),
        currency=batch.currency,
        version=batch.version,
        is_reversing=batch.reverses_id is not None,
        counts={state: numbers.get(state, (0, 0))[0] for state in MatchState},
        settles=numbers.get(MatchState.MATCHED, (0, 0))[1],
    )


def lines_page(
    tx: Tx, actor: Actor, reconciliation_id: UUID, state: MatchState | None, after: int = 0
) -> LinesPage:
    """Rows of one state, or all. *after*: the position of the last row before. One statement."""
    require(actor, Permission.BATCH_READ)
    query = _lines(reconciliation_id, after, state).limit(PAGE + 1)
    rows = tuple(_line(row) for row in tx.execute(query))
    return LinesPage(rows[:PAGE], rows[PAGE - 1].position if len(rows) > PAGE else None)


def all_lines(tx: Tx, actor: Actor, reconciliation_id: UUID) -> Iterator[ReconciliationLine]:
    """Every row in its order."""
    require(actor, Permission.BATCH_READ)
    for row in tx.execute(_lines(reconciliation_id)):
        yield _line(row)


def told_rows(tx: Tx, reconciliation_id: UUID) -> tuple[Told, ...]:
    """What was said, as the rules said it, and by hand where somebody matched."""
    query = _told(reconciliation_id).order_by(ReconciliationRow.position)
    return tuple(
        Told(
            MatchState(row.state),
            row.reference,
            MatchedBy(row.matched_by),
            row.currency,
            row.expected_minor,
            row.posted_minor,
            tuple(map(int, row.lines.split())),
            row.posted_on,
            str(row.correction_id) if row.correction_id else None,
        )
        for row in tx.execute(query)
    )


def row_of_correction(
    tx: Tx, reconciliation_id: UUID, correction_id: UUID
) -> ReconciliationRow | None:
    """The row of a correction, as the rules said it."""
    return tx.scalar(
        select(ReconciliationRow).where(
            ReconciliationRow.reconciliation_id == reconciliation_id,
            ReconciliationRow.correction_id == correction_id,
        )
    )


def line_of_correction(
    tx: Tx, actor: Actor, reconciliation_id: UUID, correction_id: UUID
) -> ReconciliationLine | None:
    """The row of a correction as it stands, by hand too."""
    require(actor, Permission.BATCH_READ)
    query = _lines(reconciliation_id).where(ReconciliationRow.correction_id == correction_id)
    row = tx.execute(query).first()
    return _line(row) if row else None


def row_of_line(tx: Tx, reconciliation_id: UUID, line: int) -> ReconciliationRow | None:
    """The row of an unknown line, by where it begins in the file."""
    return tx.scalar(
        select(ReconciliationRow).where(
            ReconciliationRow.reconciliation_id == reconciliation_id,
            ReconciliationRow.correction_id.is_(None),
            ReconciliationRow.lines == str(line),
        )
    )


def pair_at(tx: Tx, reconciliation_id: UUID, *positions: int) -> ReconciliationPair | None:
    """The pair that holds one of these rows now."""
    pair = ReconciliationPair
    return tx.scalar(
        select(pair)
        .where(
            pair.reconciliation_id == reconciliation_id,
            pair.ended_at.is_(None),
            or_(pair.missing_position.in_(positions), pair.unknown_position.in_(positions)),
        )
        .limit(1)
    )


def likely_lines(
    tx: Tx, actor: Actor, reconciliation_id: UUID, wanted: Money, limit: int = 5
) -> tuple[ReconciliationLine, ...]:
    """Unknown lines of just that amount, in their order."""
    require(actor, Permission.BATCH_READ)
    query = _lines(reconciliation_id, 0, MatchState.UNKNOWN).where(
        ReconciliationRow.posted_minor == wanted.minor_units(),
        ReconciliationRow.currency == wanted.currency,
    )
    return tuple(_line(row) for row in tx.execute(query.limit(limit)))


def reconciliation_of_file(tx: Tx, batch_id: UUID, sha256: str) -> Reconciliation | None:
    """The reconciliation of the same bytes with the same batch."""
    return tx.scalar(
        select(Reconciliation).where(
            Reconciliation.batch_id == batch_id, Reconciliation.sha256 == sha256
        )
    )


def _refs() -> Select[Reconciliation, str | None]:
    return select(Reconciliation, Person.name).outerjoin(
        Person, Person.id == Reconciliation.created_by
    )


def _ref(row: Reconciliation, name: str | None) -> ReconciliationRef:
    return ReconciliationRef(
        row.id, row.filename, row.sha256, row.line_count, name or "", row.created_at
    )


def _told(reconciliation_id: UUID) -> Select[*tuple[Any, ...]]:
    """Rows as they stand: a correction that was matched by hand has its line's figures, and that line no row of its own."""
    row, line, taken = ReconciliationRow, aliased(ReconciliationRow), aliased(ReconciliationPair)
    pair = ReconciliationPair
    live = and_(pair.reconciliation_id == row.reconciliation_id, pair.ended_at.is_(None))
    return (
        select(
            row.position,
            func.coalesce(pair.state, row.state).label("state"),
            row.correction_id,
            func.coalesce(line.reference, row.reference).label("reference"),
            func.coalesce(_by_hand(), row.matched_by).label("matched_by"),
            row.currency,
            row.expected_minor,
            _posted(row, line).label("posted_minor"),
            func.coalesce(line.posted_on, row.posted_on).label("posted_on"),
            func.coalesce(line.lines, row.lines).label("lines"),
            func.coalesce(pair.reason, "").label("reason"),
        )
        .outerjoin(pair, and_(live, pair.missing_position == row.position))
        .outerjoin(
            line,
            and_(
                line.reconciliation_id == row.reconciliation_id,
                line.position == pair.unknown_position,
            ),
        )
        .outerjoin(
            taken,
            and_(
                taken.reconciliation_id == row.reconciliation_id,
                taken.ended_at.is_(None),
                taken.unknown_position == row.position,
            ),
        )
        .where(row.reconciliation_id == reconciliation_id, taken.id.is_(None))
    )


def _by_hand() -> Any:
    """By hand, where there is a pair."""
    return case((ReconciliationPair.id.is_not(None), literal(MatchedBy.HAND.value)))


def _posted(row: Any, line: Any) -> Any:
    """Lines in another currency are in no sum."""
    return case(
        (and_(line.id.is_not(None), line.currency == row.currency), line.posted_minor),
        (line.id.is_not(None), literal(0)),
        else_=row.posted_minor,
    )


def _lines(
    reconciliation_id: UUID, after: int = 0, state: MatchState | None = None
) -> Select[*tuple[Any, ...]]:
    query = (
        _told(reconciliation_id)
        .add_columns(Correction.state.label("correction_state"), Case.ref.label("case_ref"))
        .outerjoin(Correction, Correction.id == ReconciliationRow.correction_id)
        .outerjoin(Case, Case.id == Correction.case_id)
        .where(ReconciliationRow.position > after)
        .order_by(ReconciliationRow.position)
    )
    if state is None:
        return query
    return query.where(func.coalesce(ReconciliationPair.state, ReconciliationRow.state) == state)


def _line(row: Any) -> ReconciliationLine:
    return ReconciliationLine(
        position=row.position,
        state=MatchState(row.state),
        by=MatchedBy(row.matched_by),
        reference=row.reference,
        correction_id=row.correction_id,
        correction_state=CorrectionState(row.correction_state) if row.correction_state else None,
        case_ref=row.case_ref or "",
        expected=_money(row.expected_minor, row.currency),
        posted=_money(row.posted_minor, row.currency),
        posted_on=row.posted_on,
        lines=tuple(map(int, row.lines.split())),
        reason=row.reason,
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money.from_minor(minor, currency)
