"""The ledger's file beside what left: compared and kept, and let count only when a person confirms it."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import insert

from app.accounts.rules import Permission, require
from app.corrections.commands import (
    AckFault,
    AcknowledgeBatch,
    ConfirmReconciliation,
    ReconcileBatch,
)
from app.corrections.models import Batch, Reconciliation, ReconciliationRow
from app.corrections.queries.batches import files_of
from app.corrections.queries.exports import FrozenRows
from app.corrections.queries.reconciling import all_lines, reconciliation_of_file, told_rows
from app.corrections.rules.batches import AckResult, BatchState, Purpose
from app.corrections.rules.ledger_file import read_postings
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.rules.reconciling import (
    EXCEPTIONS,
    MatchState,
    Told,
    exported_of,
    note_of,
    reconciled,
)
from app.corrections.service.answers import acknowledge_batch, post_mismatch
from app.corrections.service.rows import corrections_in, note_batch, take_batch
from app.exports.formats import beancount, hledger
from app.exports.rules.cells import number_cell, text_cell
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.filenames import safe_name
from app.kernel.money import Money, exponent_of
from app.kernel.words import words as _

_BY_LINE = frozenset({hledger.NAME, beancount.NAME})
"""Journals with an entry a line, not one a correction."""
CSV_COLUMNS = (
    "state", "matched_by", "correction_id", "case_id", "reference", "exported", "posted", "difference",
    "currency", "posted_on", "lines", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """A reconciliation. *is_new*: False when the same file was compared before."""

    id: UUID
    is_new: bool


def reconcile_batch(tx: Tx, command: ReconcileBatch, actor: Actor, clock: Clock) -> Compared:
    """Compare a ledger's file with what left; nothing else changes. The same bytes again name the same result.

    Raises Forbidden, NotFound, Refused before the batch left, Invalid or InvalidMany naming the lines to mend.
    """
    require(actor, Permission.BATCH_ACKNOWLEDGE)
    batch = take_batch(tx, command.batch_id)
    digest = hashlib.sha256(command.content).hexdigest()
    before = reconciliation_of_file(tx, batch.id, digest)
    if before is not None:
        return Compared(before.id, is_new=False)
    if batch.state not in {BatchState.EXPORTED, BatchState.ACKNOWLEDGED}:
        raise Refused(
            "not_exported", _("Only a batch that was exported is compared with a ledger’s file.")
        )
    posted = read_postings(command.content)
    is_by_line = any(
        file.purpose == Purpose.BOOKS and file.format in _BY_LINE for file in files_of(tx, batch.id)
    )
    told = reconciled(exported_of(FrozenRows(tx, batch.id), by_line=is_by_line), posted)
    made = Reconciliation(
        id=uuid4(),
        batch_id=batch.id,
        filename=safe_name(command.filename),
        sha256=digest,
        size=len(command.content),
        line_count=len(posted),
        created_by=actor.person_id,
        created_at=clock.now(),
    )
    tx.add(made)
    tx.flush()
    tx.execute(insert(ReconciliationRow), [_row(made.id, n, one) for n, one in enumerate(told, 1)])
    counts = {state.value: sum(one.state is state for one in told) for state in MatchState}
    note_batch(tx, batch, actor, clock, "batch.reconciled", sha256=digest, **counts)
    return Compared(made.id, is_new=True)


def confirm_reconciliation(
    tx: Tx, command: ConfirmReconciliation, actor: Actor, clock: Clock
) -> None:
    """Let it count: the batch is acknowledged, what is not matched stands as a mismatch with its figures. In a batch
    that was acknowledged, mismatches that are matched now are posted; the rest stays. Again, it does nothing.

    Raises Forbidden, NotFound, Stale when the batch changed meanwhile, Refused and Invalid as `acknowledge_batch`.
    """
    require(actor, Permission.BATCH_ACKNOWLEDGE)
    made, batch = _taken(tx, command.reconciliation_id)
    if batch.version != command.version:
        raise Stale(_("This batch changed since you opened it."), version=batch.version)
    told = told_rows(tx, made.id)
    if batch.state == BatchState.ACKNOWLEDGED:
        matched = {one.correction_id for one in told if one.state is MatchState.MATCHED}
        for row in corrections_in(tx, batch.id):
            if row.state == CorrectionState.MISMATCH and str(row.id) in matched:
                post_mismatch(tx, row, batch.id, made.filename, actor, clock)
        return
    if all(one.state is not MatchState.MATCHED for one in told):
        raise Invalid(
            "reference",
            "nothing_posted",
            _("Nothing in this file was posted as exported, so it is no answer."),
        )
    faults = tuple(
        AckFault(UUID(one.correction_id), AckResult.MISMATCH, note_of(one, made.filename))
        for one in told
        if one.state in EXCEPTIONS and one.correction_id
    )
    sha256 = next(iter(files_of(tx, batch.id))).sha256
    acknowledge_batch(
        tx, AcknowledgeBatch(batch.id, command.reference, sha256, faults), actor, clock
    )
    note_batch(tx, batch, actor, clock, "batch.reconciliation_counted", sha256=made.sha256)


def reconciliation_csv(
    tx: Tx, reconciliation_id: UUID, actor: Actor, clock: Clock
) -> tuple[str, bytes]:
    """Its name and its rows as CSV; each download is recorded (B184). No cell is a formula (B183).

    Raises Forbidden, NotFound.
    """
    require(actor, Permission.BATCH_READ)
    made, batch = _taken(tx, reconciliation_id)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for one in all_lines(tx, actor, made.id):
        currency = (one.expected or one.posted or Money.zero(batch.currency)).currency
        difference = (one.posted or Money.zero(currency)) - (one.expected or Money.zero(currency))
        writer.writerow(
            [
                one.state, one.by, str(one.correction_id or ""), one.case_ref, text_cell(one.reference),
                _cell(one.expected), _cell(one.posted), _cell(difference), currency,
                one.posted_on.isoformat() if one.posted_on else "", " ".join(map(str, one.lines)), text_cell(one.reason),
            ]
        )  # fmt: skip
    note_batch(tx, batch, actor, clock, "batch.reconciliation_downloaded", sha256=made.sha256)
    return f"reconciliation-{batch.currency}-{batch.number}.csv", out.getvalue().encode()


def _taken(tx: Tx, reconciliation_id: UUID) -> tuple[Reconciliation, Batch]:
    made = tx.get(Reconciliation, reconciliation_id)
    if made is None:
        raise NotFound
    return made, take_batch(tx, made.batch_id)


def _row(reconciliation_id: UUID, position: int, one: Told) -> dict[str, object]:
    return {
        "id": uuid4(),
        "reconciliation_id": reconciliation_id,
        "position": position,
        "state": one.state,
        "correction_id": UUID(one.correction_id) if one.correction_id else None,
        "reference": one.reference,
        "matched_by": one.by,
        "currency": one.currency,
        "expected_minor": one.expected,
        "posted_minor": one.posted,
        "posted_on": one.posted_on,
        "lines": " ".join(map(str, one.lines)),
    }


def _cell(money: Money | None) -> str:
    return "" if money is None else number_cell(money.minor_units(), exponent_of(money.currency))
