"""The list that waits, one correction with its full working, and facts for the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.accounts.queries import case_scope
from app.accounts.rules import Permission, require
from app.cases.models import Case
from app.corrections.models import Batch, BatchLine, Correction
from app.corrections.queries.views import (
    CorrectionFacts,
    CorrectionPage,
    CorrectionRow,
    CorrectionView,
    LineView,
    approvals_of,
    bar_of,
    human_of,
    lines_of,
    notes_of,
    payout_kinds,
    working_of,
)
from app.corrections.rules.lifecycle import AWAITING, ON_THE_LEDGER, CorrectionState
from app.corrections.rules.proposal import entries_of
from app.corrections.rules.seen import seen_hash
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.policies.models import ApprovalPolicy

PAGE = 50


def _scope(actor: Actor) -> ColumnElement[bool]:
    """Corrections of the cases that exist for staff, auditor or system; the desk alone reads them."""
    require(actor, Permission.CORRECTION_READ)
    return case_scope(actor, Correction.case_id)


def _in_batch() -> ColumnElement[bool]:
    return and_(BatchLine.correction_id == Correction.id, BatchLine.live)


@dataclass(frozen=True, slots=True)
class CorrectionFilter:
    """Which corrections a list shows. *states*: at first those that wait; empty words and None mean any."""

    states: frozenset[CorrectionState] = AWAITING
    currency: str = ""
    case_id: UUID | None = None


def correction_page(
    tx: Tx, actor: Actor, clock: Clock, wanted: CorrectionFilter, cursor: str = ""
) -> CorrectionPage:
    """A page of *wanted*, oldest first; own ones are shown with the bar."""
    query = _list(actor).where(Correction.state.in_(wanted.states))
    if wanted.currency:
        query = query.where(Correction.currency == wanted.currency)
    if wanted.case_id is not None:
        query = query.where(Correction.case_id == wanted.case_id)
    if cursor:
        at, key = cursor.split("|")
        query = query.where(
            tuple_(Correction.created_at, Correction.id) > (datetime.fromisoformat(at), UUID(key))
        )
    found = tx.execute(query.order_by(Correction.created_at, Correction.id).limit(PAGE + 1)).all()
    rows = _rows(tx, actor, clock, found[:PAGE])
    last = found[PAGE - 1][0] if len(found) > PAGE else None
    return CorrectionPage(rows, f"{last.created_at.isoformat()}|{last.id}" if last else "")


def corrections_recent(
    tx: Tx, actor: Actor, clock: Clock, limit: int = 20
) -> tuple[CorrectionRow, ...]:
    """The newest that no longer wait, for the foot of the list."""
    query = _list(actor).where(Correction.state.not_in(AWAITING))
    found = tx.execute(query.order_by(Correction.created_at.desc(), Correction.id).limit(limit))
    return _rows(tx, actor, clock, found.all())


def corrections_of(tx: Tx, actor: Actor, clock: Clock, case_id: UUID) -> tuple[CorrectionRow, ...]:
    """All corrections of a case, oldest first."""
    query = _list(actor).where(Correction.case_id == case_id)
    found = tx.execute(query.order_by(Correction.created_at, Correction.id))
    return _rows(tx, actor, clock, found.all())


def proposed_of_case(
    tx: Tx, actor: Actor, case_id: UUID
) -> tuple[tuple[Money, tuple[LineView, ...]], ...]:
    """Total and lines of what nobody has approved yet, the oldest first: what who confirms a decision reads of it."""
    query = select(Correction).where(
        Correction.case_id == case_id, Correction.state == CorrectionState.PROPOSED, _scope(actor)
    )
    found = tx.scalars(query.order_by(Correction.created_at, Correction.id)).all()
    lines = lines_of(tx, found) if found else {}
    return tuple(
        (Money.from_minor(fix.total_minor, fix.currency), lines.get(fix.id, ())) for fix in found
    )


def awaiting_count(tx: Tx, actor: Actor) -> int:
    """How many wait for approval, for the navigation."""
    return (
        tx.scalar(
            select(func.count())
            .select_from(Correction)
            .where(_scope(actor), Correction.state.in_(AWAITING))
        )
        or 0
    )


def _list(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Correction, Case.ref, Case.subject_artist, Case.next_due_at, Person.name)
        .join(Case, Case.id == Correction.case_id)
        .join(Person, Person.id == Correction.preparer_id)
        .where(_scope(actor))
    )


def _rows(tx: Tx, actor: Actor, clock: Clock, found: Iterable[Any]) -> tuple[CorrectionRow, ...]:
    found = list(found)
    if not found:
        return ()
    lines = lines_of(tx, [row[0] for row in found])
    approvals = approvals_of(tx, [row[0] for row in found])
    human, now = human_of(tx, actor), clock.now()
    rows = []
    for fix, ref, artist, due_at, preparer in found:
        own = lines.get(fix.id, ())
        given = approvals.get(fix.id, ())
        rows.append(
            CorrectionRow(
                id=fix.id,
                case_id=fix.case_id,
                case_ref=ref or "",
                case_artist=artist,
                state=CorrectionState(fix.state),
                total=Money.from_minor(fix.total_minor, fix.currency),
                reason=fix.reason,
                is_reversal=fix.reverses_id is not None,
                needs_second=fix.needs_second,
                approvals=len(given),
                preparer_name=preparer,
                prepared_at=fix.prepared_at,
                due_at=due_at,
                payees=tuple(dict.fromkeys(view.payee.legal_name for view in own)),
                payout_kinds=payout_kinds(own),
                notes=notes_of(fix, own, now),
                bar=bar_of(actor, human, fix, own, given, now),
            )
        )
    return tuple(rows)


def correction_view(tx: Tx, actor: Actor, clock: Clock, correction_id: UUID) -> CorrectionView:
    """One correction with everything an approver must see. Raises NotFound, Forbidden. Five statements."""
    later = aliased(Correction)
    row = tx.execute(
        select(
            Correction,
            Case.ref,
            Case.subject_title,
            Case.subject_artist,
            Case.sub_kind,
            Case.state,
            Case.outcome,
            Person.name,
            later.id,
            Batch.id,
            Batch.number,
            ApprovalPolicy.version,
        )
        .join(Case, Case.id == Correction.case_id)
        .join(Person, Person.id == Correction.preparer_id)
        .outerjoin(ApprovalPolicy, ApprovalPolicy.id == Correction.approval_policy_id)
        .outerjoin(
            later,
            and_(later.reverses_id == Correction.id, later.state != CorrectionState.CANCELLED),
        )
        .outerjoin(BatchLine, _in_batch())
        .outerjoin(Batch, Batch.id == BatchLine.batch_id)
        .where(Correction.id == correction_id, _scope(actor))
    ).first()
    if row is None:
        raise NotFound
    return _view(tx, actor, clock, tuple(row))


def _view(tx: Tx, actor: Actor, clock: Clock, row: tuple[Any, ...]) -> CorrectionView:
    fix, *about, preparer, later_id, batch_id, number, limits = row
    ref, title, artist, sub_kind, case_state, outcome = about
    lines = lines_of(tx, [fix]).get(fix.id, ())
    approvals = approvals_of(tx, [fix]).get(fix.id, ())
    entries = entries_of([view.line for view in lines], fix.case_id)
    return CorrectionView(
        id=fix.id,
        case_id=fix.case_id,
        case_ref=ref or "",
        case_title=title,
        case_artist=artist,
        case_sub_kind=sub_kind,
        case_state=case_state,
        case_outcome=outcome,
        decision_id=fix.decision_id,
        state=CorrectionState(fix.state),
        currency=fix.currency,
        reason=fix.reason,
        revision=fix.revision,
        total=Money.from_minor(fix.total_minor, fix.currency),
        moved=Money.from_minor(fix.moved_minor, fix.currency),
        needs_second=fix.needs_second,
        preparer_id=fix.preparer_id,
        preparer_name=preparer,
        maker_ids=frozenset(fix.maker_ids),
        prepared_at=fix.prepared_at,
        reverses_id=fix.reverses_id,
        reversed_by_id=later_id,
        journal_id=fix.journal_id,
        posted_at=fix.posted_at,
        cancelled_at=fix.cancelled_at,
        cancel_reason=fix.cancel_reason or "",
        ledger_note=fix.ledger_note or "",
        version=fix.version,
        lines=lines,
        entries=entries,
        approvals=approvals,
        batch_id=batch_id,
        batch_number=number,
        notes=notes_of(fix, lines, clock.now()),
        bar=bar_of(actor, human_of(tx, actor), fix, lines, approvals, clock.now()),
        seen_hash=seen_hash(working_of(fix, lines, entries)),
        limits_version=limits,
    )


def correction_facts(tx: Tx, case_id: UUID, decision_id: UUID | None = None) -> CorrectionFacts:
    """Counts for the guards of a case (of one decision, when named); cancelled ones do not count.

    A reversal is outstanding like any other until it is acknowledged, but its approval is not the case's.
    What the ledger did not post is outstanding until a posted reversal took it back.
    """
    asked = of_case(case_id) | ({"of_decision": decision_id} if decision_id else {})
    (row,) = ask(tx, _counts(of_one=decision_id is not None), asked)
    total, awaiting, outstanding, faults, preparers = row
    return CorrectionFacts(total, awaiting, outstanding, faults, frozenset(preparers or ()))


@cache
def _counts(*, of_one: bool) -> Any:
    """For `correction_facts`; *of_one*: of the decision `of_decision` alone."""
    back = aliased(Correction)
    taken_back = (
        select(back.id)
        .where(back.reverses_id == Correction.id, back.state.in_(ON_THE_LEDGER))
        .exists()
    )
    failed = Correction.state.in_((CorrectionState.MISMATCH, CorrectionState.RETURNED))
    failed_now = and_(failed, ~taken_back)
    first = Correction.reverses_id.is_(None)
    query = select(
        func.count().filter(first),
        func.count().filter(first, Correction.state.in_(AWAITING)),
        func.count().filter(
            or_(failed_now, and_(~failed, Correction.state != CorrectionState.ACKNOWLEDGED))
        ),
        func.count().filter(failed_now),
        func.array_agg(Correction.preparer_id.distinct()),
    ).where(Correction.case_id == CASE, Correction.state != CorrectionState.CANCELLED)
    decision = bindparam("of_decision", type_=Uuid())
    return query.where(Correction.decision_id == decision) if of_one else query
