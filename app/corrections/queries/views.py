"""What finance sees of a correction, as values, and how they are built from its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, tuple_

from app.accounts.queries import same_human_ids
from app.accounts.rules import Permission, may
from app.corrections.models import Correction, CorrectionApproval, CorrectionLine
from app.corrections.rules.approval import ApprovalBar, ApprovalFacts, approval_bar
from app.corrections.rules.lifecycle import AWAITING, CorrectionState
from app.corrections.rules.proposal import Conversion, CorrectionReason, ProposalLine, is_old_rate
from app.corrections.rules.seen import Plain
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.ledger.queries.balances import PayeeRow, payees_by_id
from app.ledger.rules.bank import paid_by_file, waits_until
from app.ledger.rules.posting import Entry

RECENT = timedelta(days=30)


class RiskNote(StrEnum):
    """What an approver should know before approving (UX F1)."""

    LARGE = "large"
    NEW_PAYEE = "new_payee"
    BANK_CHANGED = "bank_changed"
    OLD_RATE = "old_rate"
    NO_ACCOUNT = "no_account"
    NO_FILE = "no_file"


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as finance sees it."""

    position: int
    payee: PayeeRow
    counter_payee: PayeeRow | None
    line: ProposalLine


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """An approval of the revision that stands."""

    ordinal: int
    approver_id: UUID
    approver_name: str
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One row of the list. *bar*: why the reader may not approve it, None when they may.

    *payout_kinds*: how those who are owed are paid, each once; empty text for who never said.
    """

    id: UUID
    case_id: UUID
    case_ref: str
    case_artist: str
    state: CorrectionState
    total: Money
    reason: str
    is_reversal: bool
    needs_second: bool
    approvals: int
    preparer_name: str
    prepared_at: datetime
    due_at: datetime | None
    payees: tuple[str, ...]
    payout_kinds: tuple[str, ...]
    notes: tuple[RiskNote, ...]
    bar: ApprovalBar | None


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """One page of the list; *next_cursor* is empty on the last."""

    rows: tuple[CorrectionRow, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction with its full working. *seen_hash* covers everything an approver decides on."""

    id: UUID
    case_id: UUID
    case_ref: str
    case_title: str
    case_artist: str
    case_sub_kind: str
    case_state: str
    case_outcome: str | None
    decision_id: UUID
    state: CorrectionState
    currency: str
    reason: str
    revision: int
    total: Money
    moved: Money
    needs_second: bool
    preparer_id: UUID
    preparer_name: str
    maker_ids: frozenset[UUID]
    prepared_at: datetime
    reverses_id: UUID | None
    reversed_by_id: UUID | None
    journal_id: UUID | None
    posted_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    ledger_note: str
    version: int
    lines: tuple[LineView, ...]
    entries: tuple[Entry, ...]
    approvals: tuple[ApprovalView, ...]
    batch_id: UUID | None
    batch_number: int | None
    notes: tuple[RiskNote, ...]
    bar: ApprovalBar | None
    seen_hash: str
    limits_version: int | None = None

    @property
    def payee_names(self) -> dict[UUID, str]:
        """Names of all payees in the working, by id."""
        found = {view.payee.id: view.payee.legal_name for view in self.lines}
        return found | {
            view.counter_payee.id: view.counter_payee.legal_name
            for view in self.lines
            if view.counter_payee
        }


@dataclass(frozen=True, slots=True)
class CorrectionFacts:
    """What guards of the case ask. *awaiting*: wait for an approver. *outstanding*: not acknowledged yet."""

    total: int = 0
    awaiting: int = 0
    outstanding: int = 0
    failed: int = 0
    preparers: frozenset[UUID] = frozenset()


def lines_of(tx: Tx, fixes: Iterable[Correction]) -> dict[UUID, tuple[LineView, ...]]:
    """Lines of the revision that stands, by correction, in order."""
    wanted = [(fix.id, fix.revision) for fix in fixes]
    rows = tx.scalars(
        select(CorrectionLine)
        .where(tuple_(CorrectionLine.correction_id, CorrectionLine.revision).in_(wanted))
        .order_by(CorrectionLine.correction_id, CorrectionLine.position)
    ).all()
    ids = {row.payee_id for row in rows} | {
        row.counter_payee_id for row in rows if row.counter_payee_id
    }
    payees = payees_by_id(tx, frozenset(ids))
    found: dict[UUID, tuple[LineView, ...]] = {}
    for row in rows:
        found[row.correction_id] = (*found.get(row.correction_id, ()), _line_view(row, payees))
    return found


def _line_view(row: CorrectionLine, payees: Mapping[UUID, PayeeRow]) -> LineView:
    tax = Money.from_minor(row.withholding_minor, row.currency)
    line = ProposalLine(
        payee_id=row.payee_id,
        amount=Money.from_minor(row.amount_minor, row.currency),
        reason=CorrectionReason(row.reason),
        note=row.note,
        period=row.period,
        counter_payee_id=row.counter_payee_id,
        from_hold=row.from_hold,
        withholding=tax or None,
        conversion=_conversion(row),
        original_lines=tuple(row.original_lines),
        source_text=row.source_text,
    )
    counter = payees.get(row.counter_payee_id) if row.counter_payee_id else None
    return LineView(row.position, payees[row.payee_id], counter, line)


def _conversion(row: CorrectionLine) -> Conversion | None:
    if row.rate is None or row.source_amount is None or row.rate_on is None:
        return None
    source = Money(row.source_amount, row.source_currency or row.currency)
    return Conversion(source, row.rate, row.rate_on, row.rate_source or "")


def approvals_of(tx: Tx, fixes: Iterable[Correction]) -> dict[UUID, tuple[ApprovalView, ...]]:
    """Approvals of the revision that stands, by correction, first one first."""
    wanted = [(fix.id, fix.revision) for fix in fixes]
    rows = tx.scalars(
        select(CorrectionApproval)
        .where(tuple_(CorrectionApproval.correction_id, CorrectionApproval.revision).in_(wanted))
        .order_by(CorrectionApproval.ordinal)
    )
    found: dict[UUID, tuple[ApprovalView, ...]] = {}
    for row in rows:
        view = ApprovalView(row.ordinal, row.approver_id, row.approver_name, row.approved_at)
        found[row.correction_id] = (*found.get(row.correction_id, ()), view)
    return found


def human_of(tx: Tx, actor: Actor) -> frozenset[UUID]:
    """The actor's own id and the accounts known to be the same human."""
    return frozenset() if actor.person_id is None else same_human_ids(tx, actor.person_id)


def bar_of(
    actor: Actor,
    human: frozenset[UUID],
    fix: Correction,
    lines: Iterable[LineView],
    approvals: Iterable[ApprovalView],
    now: datetime,
) -> ApprovalBar | None:
    """Why *actor* may not approve at *now*, None when they may."""
    payees = [payee for view in lines for payee in (view.payee, view.counter_payee) if payee]
    return approval_bar(
        ApprovalFacts(
            same_human=human,
            is_approver=actor.is_person and may(actor, Permission.CORRECTION_APPROVE),
            is_waiting=CorrectionState(fix.state) in AWAITING,
            makers=frozenset(fix.maker_ids),
            approvers=frozenset(view.approver_id for view in approvals),
            payees=frozenset(payee.person_id for payee in payees if payee.person_id),
            bank_waits=any(waits_until(payee.bank_changed_at, now) for payee in payees),
        )
    )


def notes_of(fix: Correction, lines: Iterable[LineView], now: datetime) -> tuple[RiskNote, ...]:
    """What an approver should know first."""
    lines = list(lines)
    changed = [view.payee.bank_changed_at for view in lines if view.payee.bank_changed_at]
    kinds = payout_kinds(lines)
    checks = (
        (RiskNote.LARGE, fix.needs_second),
        (RiskNote.NEW_PAYEE, any(now - view.payee.created_at < RECENT for view in lines)),
        (RiskNote.BANK_CHANGED, any(now - at < RECENT for at in changed)),
        (RiskNote.OLD_RATE, any(is_old_rate(v.line.conversion, now.date()) for v in lines)),
        (RiskNote.NO_ACCOUNT, "" in kinds),
        (RiskNote.NO_FILE, any(kind and not paid_by_file(kind) for kind in kinds)),
    )
    return tuple(note for note, holds in checks if holds)


def payout_kinds(lines: Iterable[LineView]) -> tuple[str, ...]:
    """How those are paid whom these lines owe something, in their order, each kind once; empty for no account."""
    owed: dict[UUID, Money] = {}
    kinds = {}
    for view in lines:
        known = owed.get(view.payee.id, Money.zero(view.line.amount.currency))
        owed[view.payee.id] = known + view.line.net
        kinds[view.payee.id] = view.payee.payout_kind
    return tuple(dict.fromkeys(kinds[payee] for payee, net in owed.items() if net > 0))


def working_of(fix: Correction, lines: Iterable[LineView], entries: Iterable[Entry]) -> Plain:
    """Everything an approver decides on, as plain values; the payees' bank details among it (UX F2)."""
    return {
        "correction": str(fix.id),
        "decision": str(fix.decision_id),
        "revision": fix.revision,
        "currency": fix.currency,
        "reason": fix.reason,
        "reverses": str(fix.reverses_id or ""),
        "total": fix.total_minor,
        "needs_second": fix.needs_second,
        "lines": [_plain_line(view) for view in lines],
        "entries": [[repr(entry.account), entry.minor] for entry in entries],
    }


def _plain_line(view: LineView) -> Plain:
    line = view.line
    payees = [payee for payee in (view.payee, view.counter_payee) if payee]
    return {
        "amount": line.amount.minor_units(),
        "withholding": line.withheld.minor_units(),
        "reason": line.reason.value,
        "note": line.note,
        "period": line.period,
        "from_hold": line.from_hold,
        "original_lines": list(line.original_lines),
        "rate": str(line.conversion.rate) if line.conversion else "",
        "payees": [
            [str(payee.id), payee.legal_name, payee.masked_bank, payee.version] for payee in payees
        ],
    }
