"""What an export holds: the rows of an open batch as they would be frozen, and the frozen rows of a closed one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from app.accounts.rules import Permission, require
from app.cases.models import Case
from app.corrections.models import BatchLine, Correction, CorrectionApproval
from app.corrections.queries.views import LineView, lines_of
from app.corrections.rules.proposal import accounts_of, counter_account
from app.exports.rules.rows import NeutralRow
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.money import Money, exponent_of
from app.ledger.rules.codes import AccountCodes
from app.ledger.rules.posting import AccountKind


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


def lines_of_batch(tx: Tx, batch_id: UUID) -> tuple[BatchLine, ...]:
    """Live lines of a batch."""
    return tuple(
        tx.scalars(
            select(BatchLine)
            .where(BatchLine.batch_id == batch_id, BatchLine.live)
            .order_by(BatchLine.correction_id)
        )
    )


def frozen_lines(tx: Tx, batch_id: UUID) -> tuple[BatchLine, ...]:
    """Lines of a closed batch, whether they still hold their correction or not."""
    return tuple(
        tx.scalars(
            select(BatchLine)
            .where(BatchLine.batch_id == batch_id, BatchLine.frozen.is_not(None))
            .order_by(BatchLine.correction_id)
        )
    )


def frozen_content(tx: Tx, batch_id: UUID) -> list[dict[str, Any]]:
    """What was frozen, value for value as it is stored: the hash of a batch is over this."""
    return [row for line in frozen_lines(tx, batch_id) for row in line.frozen or ()]


def frozen_rows(tx: Tx, batch_id: UUID) -> list[NeutralRow]:
    """The rows of a closed batch as they were frozen, in the order of the file."""
    return [
        NeutralRow(**{**row, "original_line_ids": tuple(row["original_line_ids"])})
        for row in frozen_content(tx, batch_id)
    ]


def export_preview(tx: Tx, actor: Actor, batch_id: UUID, limit: int = 5) -> tuple[PreviewRow, ...]:
    """The first rows of the file of a locked batch; empty while it is open. One statement."""
    require(actor, Permission.BATCH_READ)
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
        for row in frozen_rows(tx, batch_id)[:limit]
    )


@dataclass(frozen=True, slots=True)
class Booking:
    """For which day of the books rows are written, and by which codes."""

    day: date
    codes: AccountCodes


def accounts_in(tx: Tx, batch_id: UUID) -> frozenset[AccountKind]:
    """The accounts that the corrections of an open batch post to. Three statements."""
    found = [row[0] for row in tx.execute(_corrections_of(batch_id))]
    lines = lines_of(tx, found)
    return frozenset(
        kind
        for fix in found
        for view in lines.get(fix.id, ())
        for kind in accounts_of(view.line, fix.case_id)
    )


def export_rows(tx: Tx, batch_id: UUID, booking: Booking) -> list[NeutralRow]:
    """The rows an export of this batch has now: by correction, then by line."""
    found = tx.execute(_corrections_of(batch_id)).all()
    lines = lines_of(tx, [row[0] for row in found])
    approvers = _approvers(tx, [row[0].id for row in found])
    return [
        _export_row(fix, ref or "", view, approvers.get(fix.id, ("", "")), batch_id, booking)
        for fix, ref in found
        for view in lines.get(fix.id, ())
    ]


def _corrections_of(batch_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(Correction, Case.ref)
        .join(BatchLine, BatchLine.correction_id == Correction.id)
        .join(Case, Case.id == Correction.case_id)
        .where(BatchLine.batch_id == batch_id, BatchLine.live)
        .order_by(Correction.id)
    )


def _approvers(tx: Tx, ids: list[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = tx.execute(
        select(CorrectionApproval)
        .join(
            Correction,
            and_(
                Correction.id == CorrectionApproval.correction_id,
                Correction.revision == CorrectionApproval.revision,
            ),
        )
        .where(CorrectionApproval.correction_id.in_(ids))
        .order_by(CorrectionApproval.ordinal)
    ).scalars()
    found: dict[UUID, tuple[str, str]] = {}
    for row in rows:
        first, _second = found.get(row.correction_id, ("", ""))
        found[row.correction_id] = (
            (row.approver_name, "") if row.ordinal == 1 else (first, row.approver_name)
        )
    return found


def _export_row(
    fix: Correction,
    ref: str,
    view: LineView,
    approvers: tuple[str, str],
    batch_id: UUID,
    booking: Booking,
) -> NeutralRow:
    line, codes = view.line, booking.codes
    counter = counter_account(line, fix.case_id).kind
    return NeutralRow(
        case_ref=ref,
        decision_id=str(fix.decision_id),
        correction_id=str(fix.id),
        payee_id=str(view.payee.id),
        legal_name=view.payee.legal_name,
        period=line.period,
        currency=fix.currency,
        exponent=exponent_of(fix.currency),
        gross=line.amount.minor_units(),
        withholding=line.withheld.minor_units(),
        reason_code=line.reason.value,
        original_line_ids=line.original_lines,
        approver_1=approvers[0],
        approver_2=approvers[1],
        batch_id=str(batch_id),
        posting_date=booking.day.isoformat(),
        payee_account=codes.code_of(AccountKind.PAYABLE, fix.currency),
        counter_account=codes.code_of(counter, fix.currency),
        tax_account=codes.code_of(AccountKind.WITHHOLDING_PAYABLE, fix.currency)
        if line.withheld
        else "",
    )
