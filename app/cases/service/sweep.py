"""What a clock does when it wakes: reminds, alarms, records a breach, says which move is due.

By the database's clock, each effect once: the row's next wake moves in the same transaction.

After days of downtime (ADR 0018): ends come first to last by their own instant, each with how late it
was. Of the reminders of one clock that were missed, one goes out late while its deadline is still
ahead, and none once it has passed. A window that opened meanwhile is announced as what it is now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, case, select

from app.cases.events import DeadlineAlarm, DeadlineNear, DeadlinePassed
from app.cases.models import Case, Clock
from app.cases.rules.kinds import CaseEvent
from app.cases.service.clocks import Hand, breach_clock, is_window, late_words, next_wake, note
from app.cases.service.messages import flag_case
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock as Time
from app.policies.queries import policy_by_id
from app.policies.rules.clocks import ClockAct, ClockKind

WEEK, DAY = timedelta(days=7), timedelta(days=1)
ON_TIME = timedelta(minutes=15)
"""The sweeper looks every minute; what rings later than this is noted as late (I9)."""
LATE, BLOCKED, RESTORE_DUE = "deadline_passed", "silence_blocked", "restore_due"


@dataclass(frozen=True, slots=True)
class Wake:
    """A clock that woke. *move*: the table event that is due now, if any."""

    clock_id: UUID
    case_id: UUID
    move: CaseEvent | None = None


def due_to_wake(tx: Tx, now: datetime, limit: int) -> list[UUID]:
    """Clocks that should have woken by *now*, in the order of what they have to say.

    A clock whose end passed while nobody looked says its end, not the reminder that was missed before.
    """
    ended = and_(Clock.state == "running", Clock.due_at <= now)
    says = case((ended, Clock.due_at), else_=Clock.next_wake_at)
    rows = tx.execute(
        select(Clock.id)
        .where(Clock.next_wake_at <= now)
        .order_by(says, Clock.started_at, Clock.id)
        .limit(limit)
    )
    return list(rows.scalars())


def hold_case(tx: Tx, clock_id: UUID) -> bool:
    """Lock the case of a clock. False when somebody else has it: it is left for the next minute."""
    found = tx.execute(
        select(Case.id)
        .join(Clock, Clock.case_id == Case.id)
        .where(Clock.id == clock_id)
        .with_for_update(of=Case, key_share=True, skip_locked=True)
    )
    return found.first() is not None


def ring(tx: Tx, clock_id: UUID, actor: Actor, time: Time, now: datetime) -> Wake | None:
    """Do what the clock has to do at *now*; None when somebody was faster."""
    clock = tx.execute(
        select(Clock)
        .where(Clock.id == clock_id, Clock.next_wake_at <= now)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if clock is None:
        return None
    case = tx.execute(
        select(Case).where(Case.id == clock.case_id).execution_options(populate_existing=True)
    ).scalar_one()
    hand = Hand(actor, now, policy_by_id(tx, case.policy_id), time)
    if now < clock.due_at:
        _announce(tx, case, clock, hand)
        return Wake(clock.id, case.id)
    return _end(tx, case, clock, hand)


def _announce(tx: Tx, case: Case, clock: Clock, hand: Hand) -> None:
    """Half time or a day before; for a statutory window both of its ends."""
    late_by = _missed(clock, hand.at)
    if clock.earliest_at is not None:
        which = _which(clock, hand.at)
        note(tx, clock, ClockAct.ALARM, hand, _with_lateness(which, late_by))
        if which != "opens_soon":
            flag_case(tx, case, RESTORE_DUE)
        emit(tx, DeadlineAlarm(case.id, clock.id, clock.kind, which, clock.due_at))
    else:
        note(tx, clock, ClockAct.REMIND, hand, _with_lateness("deadline near", late_by))
        emit(tx, DeadlineNear(case.id, clock.id, clock.kind, clock.side, clock.due_at))
    clock.next_wake_at = next_wake(clock, hand.at)
    _remember(tx, case, clock, hand, "clock.announced", late_by)


def _missed(clock: Clock, at: datetime) -> timedelta | None:
    """How long after its time a reminder goes out; None when it is on time."""
    assert clock.next_wake_at is not None
    late_by = at - clock.next_wake_at
    return late_by if late_by > ON_TIME else None


def _with_lateness(words: str, late_by: timedelta | None) -> str:
    return words if late_by is None else f"{words}, {late_words(late_by)}"


def _which(clock: Clock, at: datetime) -> str:
    assert clock.earliest_at is not None
    if at < clock.earliest_at:
        return "opens_soon"
    return "closes_soon" if at >= clock.due_at - DAY else "open"


def _end(tx: Tx, case: Case, clock: Clock, hand: Hand) -> Wake:
    """The end passed: a breach is recorded once, then the move is due, or the desk is told each week."""
    late_by = hand.at - clock.due_at
    if clock.state == "running" and not is_window(clock):
        breach_clock(tx, clock, hand, late_words(late_by))
        emit(
            tx,
            DeadlinePassed(
                case.id, clock.id, clock.kind, clock.side, clock.due_at, int(late_by.total_seconds())
            ),
        )  # fmt: skip
        _flag(tx, case, clock)
        _remember(tx, case, clock, hand, "clock.breached", late_by)
    elif clock.on_due is None:
        note(tx, clock, ClockAct.ESCALATE, hand, late_words(late_by))
        emit(tx, DeadlineAlarm(case.id, clock.id, clock.kind, "overdue", clock.due_at))
        _flag(tx, case, clock)
        _remember(tx, case, clock, hand, "clock.escalated", late_by)
    clock.next_wake_at = hand.at + WEEK
    tx.flush()
    return Wake(clock.id, case.id, CaseEvent(clock.on_due) if clock.on_due else None)


def _flag(tx: Tx, case: Case, clock: Clock) -> None:
    if clock.on_due is None:
        flag_case(tx, case, RESTORE_DUE if clock.kind == ClockKind.STATUTORY else LATE)


def postpone(tx: Tx, wake: Wake, why: str, actor: Actor, time: Time, now: datetime) -> None:
    """The move that was due is not possible (a hold is open, the other side has time): look again in a day."""
    clock = tx.execute(
        select(Clock).where(Clock.id == wake.clock_id).execution_options(populate_existing=True)
    ).scalar_one()
    case = tx.execute(select(Case).where(Case.id == wake.case_id)).scalar_one()
    if clock.ended_at is not None:
        return
    hand = Hand(actor, now, policy_by_id(tx, case.policy_id), time)
    note(tx, clock, ClockAct.ESCALATE, hand, why)
    clock.next_wake_at = now + DAY
    if wake.move is not CaseEvent.CLOSE_EXCHANGE:
        flag_case(tx, case, BLOCKED)
    _remember(tx, case, clock, hand, "clock.postponed")


def _remember(
    tx: Tx, case: Case, clock: Clock, hand: Hand, verb: str, late_by: timedelta | None = None
) -> None:
    record(
        tx, hand.actor, hand.time,
        verb=verb, subject=("case", case.id), case_id=case.id,
        data={
            "clock": clock.kind, "side": clock.side, "due_at": clock.due_at.isoformat(),
            "late_by": int(late_by.total_seconds()) if late_by is not None else None,
        },
    )  # fmt: skip
