"""Clock rows and their append-only events. Due instants come from policies' pure function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Uuid, bindparam, func, select

from app.cases.models import Case, CaseParty, Clock, ClockEvent
from app.cases.rules.clockwork import ClockStep, Live, Wanted
from app.infra.db.binds import CASE, SIDE
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock as Time
from app.kernel.errors import Invalid
from app.kernel.sides import Disclosure, Side
from app.policies.queries import PolicyView, calendar_by_id
from app.policies.rules.clocks import (
    ClockAct,
    ClockKind,
    Due,
    Length,
    Rule,
    Running,
    Unit,
    due_from,
    extend,
    pause,
    reminders,
    resume,
)
from app.policies.service import current_calendar

PARTY_ZONED = frozenset(
    {
        ClockKind.DRAFT, ClockKind.PARTY, ClockKind.OFFER, ClockKind.APPEAL, ClockKind.SATISFACTION,
        ClockKind.RESTRICTION,
    }
)  # fmt: skip
DAY = timedelta(days=1)
DRAFT_REMINDERS = (3 * DAY, 25 * DAY)
LONGEST_REQUEST_DAYS = 180
FALLBACK = Length(7, Unit.PARTY_DAYS)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who touches a clock, when and by which policy; *days*: a length that the act itself named."""

    actor: Actor
    at: datetime
    policy: PolicyView
    time: Time
    days: int | None = None


def open_clocks(tx: Tx, case: Case) -> list[Clock]:
    """The clocks of a case that have not ended, locked."""
    return list(
        tx.execute(
            select(Clock)
            .where(Clock.case_id == case.id, Clock.ended_at.is_(None))
            .order_by(Clock.started_at, Clock.id)
            .with_for_update()
        ).scalars()
    )


def live_of(clocks: Iterable[Clock]) -> list[Live]:
    """Clock rows as the plan sees them."""
    return [Live(ClockKind(c.kind), Side(c.side), c.state == "paused") for c in clocks]


def carry_out(
    tx: Tx, case: Case, steps: Iterable[ClockStep], clocks: list[Clock], hand: Hand
) -> None:
    """Do every step of a plan, then bring the case's next due instant up to date. Starts in a row are written together.

    *clocks*: all open ones of the case.
    """
    by_key = {(c.kind, str(c.side)): c for c in clocks}
    known, started = list(clocks), list[tuple[Clock, str]]()
    for step in steps:
        key = (step.kind.value, step.side.value)
        if step.act is ClockAct.START and step.wanted is not None:
            by_key[key] = _new_clock(tx, case, step.wanted, hand)
            known.append(by_key[key])
            started.append((by_key[key], step.reason))
            continue
        _write(tx, started, hand)  # what begins may rest at once
        if step.act is ClockAct.PAUSE:
            pause_clock(tx, by_key[key], hand, step.reason)
        elif step.act is ClockAct.RESUME:
            resume_clock(tx, by_key[key], hand, step.reason)
        else:
            end_clock(tx, by_key.pop(key), step.act, hand, step.reason)
    _write(tx, started, hand)
    refresh_next_due(case, known)


def _write(tx: Tx, started: list[tuple[Clock, str]], hand: Hand) -> None:
    """Rows of new clocks, then their first events: two statements however many. Nothing is left to write."""
    if not started:
        return
    tx.add_all(clock for clock, _reason in started)
    tx.flush()
    tx.add_all(_event(clock, 1, ClockAct.START, hand, reason) for clock, reason in started)
    tx.flush()
    started.clear()


def _new_clock(tx: Tx, case: Case, wanted: Wanted, hand: Hand) -> Clock:
    """A new running clock by the policy's length, not written yet."""
    calendar = current_calendar(tx, hand.policy.calendar_code, hand.time)
    zone = (
        _party_zone(tx, case, wanted.side) if wanted.kind in PARTY_ZONED else calendar.calendar.zone
    )
    length = _length(wanted.kind, hand)
    due = due_from(hand.at, Rule(length, calendar.calendar, zone))
    row = Clock(
        id=uuid4(),
        case_id=case.id,
        side=wanted.side.value,
        disclosure=wanted.disclosure.value,
        kind=wanted.kind.value,
        round=case.round,
        calendar_id=calendar.id,
        zone=zone,
        target=length.as_json(),
        state="running",
        started_at=hand.at,
        due_at=due.due_at,
        earliest_at=due.earliest_at,
        on_due=wanted.on_due.value if wanted.on_due else None,
        next_wake_at=None,
    )
    row.next_wake_at = next_wake(row, hand.at)
    return row


def _length(kind: ClockKind, hand: Hand) -> Length:
    length = hand.policy.clocks.get(kind, FALLBACK)
    if kind is not ClockKind.PARTY or hand.days is None:
        return length
    if not 1 <= hand.days <= LONGEST_REQUEST_DAYS:
        raise Invalid("days", "days_range", "between 1 and 180 days")
    return Length(hand.days, Unit.PARTY_DAYS)


_PARTY_ZONE = (
    select(CaseParty.zone)
    .where(CaseParty.case_id == CASE, CaseParty.side == SIDE)
    .order_by(CaseParty.created_at)
    .limit(1)
)


def _party_zone(tx: Tx, case: Case, side: Side) -> str:
    found = ask(tx, _PARTY_ZONE, {CASE.key: case.id, SIDE.key: side.value})
    return found[0] if found and found[0] else case.zone


def rule_of(tx: Tx, clock: Clock) -> Rule:
    """What a stored clock depends on: the calendar version it was started with, whatever came since."""
    assert clock.calendar_id is not None
    return Rule(
        Length.from_json(clock.target), calendar_by_id(tx, clock.calendar_id).calendar, clock.zone
    )


def running_of(clock: Clock) -> Running:
    """A stored clock as the pure function sees it."""
    return Running(Due(clock.due_at, clock.earliest_at), clock.paused_at)


def next_wake(clock: Clock, after: datetime) -> datetime:
    """The first reminder, alarm or end later than *after*; the end itself when nothing else is left."""
    if clock.kind == ClockKind.DRAFT:
        moments = [clock.started_at + wait for wait in DRAFT_REMINDERS]
    elif clock.earliest_at is not None:
        moments = [clock.earliest_at - DAY, clock.earliest_at, clock.due_at - DAY]
    else:
        moments = list(reminders(clock.started_at, clock.due_at))
    ahead = [moment for moment in moments if after < moment < clock.due_at]
    return min(ahead, default=clock.due_at)


def pause_clock(tx: Tx, clock: Clock, hand: Hand, reason: str) -> None:
    """Rest a running clock; a breached one stays breached and is not paused."""
    if clock.state != "running":
        return
    pause(running_of(clock), hand.at, rule_of(tx, clock))
    clock.state, clock.paused_at, clock.pause_reason = "paused", hand.at, reason
    clock.next_wake_at = None
    note(tx, clock, ClockAct.PAUSE, hand, reason)


def resume_clock(tx: Tx, clock: Clock, hand: Hand, reason: str) -> None:
    """Go on with as much left as there was."""
    if clock.state != "paused":
        return
    after = resume(running_of(clock), max(hand.at, clock.paused_at or hand.at), rule_of(tx, clock))
    clock.state, clock.paused_at, clock.pause_reason = "running", None, None
    clock.due_at = after.due.due_at
    clock.next_wake_at = next_wake(clock, hand.at)
    note(tx, clock, ClockAct.RESUME, hand, reason)


def extend_clock(tx: Tx, clock: Clock, until: datetime, hand: Hand, reason: str) -> None:
    """A later end; a breach that happened stays a fact of the events, the clock runs again.

    Raises `Refused` when *until* is not later.
    """
    late = hand.at > clock.due_at
    clock.due_at = extend(running_of(clock), until).due.due_at
    if clock.state == "breached":
        clock.state = "running"
    clock.next_wake_at = next_wake(clock, hand.at)
    note(
        tx,
        clock,
        ClockAct.EXTEND,
        hand,
        f"{reason} (granted after the deadline)" if late else reason,
    )


def end_clock(tx: Tx, clock: Clock, act: ClockAct, hand: Hand, reason: str) -> None:
    """Met or cancelled. An act after the end is accepted and flagged: the breach is recorded first."""
    late_by = hand.at - clock.due_at
    if act is ClockAct.MEET and late_by > timedelta(0) and not is_window(clock):
        breach_clock(tx, clock, hand, late_words(late_by))
        reason = f"{reason}, {late_words(late_by)}"
    if clock.state != "breached":
        clock.state = "met" if act is ClockAct.MEET else "cancelled"
    clock.paused_at, clock.pause_reason, clock.next_wake_at = None, None, None
    clock.ended_at = hand.at
    note(tx, clock, act, hand, reason)


def breach_clock(tx: Tx, clock: Clock, hand: Hand, reason: str) -> bool:
    """Record that the end passed without the act, once. True when it was not recorded before."""
    if clock.state != "running":
        return False
    clock.state, clock.breached_at = "breached", hand.at
    note(tx, clock, ClockAct.BREACH, hand, reason)
    return True


def is_window(clock: Clock) -> bool:
    """Clocks whose end is no failure of anybody: a time in which something was possible."""
    return clock.kind in {
        ClockKind.DRAFT, ClockKind.APPEAL, ClockKind.SATISFACTION, ClockKind.RESTRICTION,
    }  # fmt: skip


def late_words(by: timedelta) -> str:
    """How late, as kept in events."""
    return f"late by {int(by.total_seconds())} s"


_LAST = select(func.coalesce(func.max(ClockEvent.number), 0)).where(
    ClockEvent.clock_id == bindparam("of_clock", type_=Uuid())
)


def note(tx: Tx, clock: Clock, act: ClockAct, hand: Hand, reason: str) -> None:
    """Append one event to a clock."""
    (last,) = ask(tx, _LAST, {"of_clock": clock.id})
    tx.add(_event(clock, last + 1, act, hand, reason))
    tx.flush()


def _event(clock: Clock, number: int, act: ClockAct, hand: Hand, reason: str) -> ClockEvent:
    return ClockEvent(
        id=uuid4(),
        clock_id=clock.id,
        case_id=clock.case_id,
        side=clock.side,
        disclosure=clock.disclosure,
        number=number,
        kind=act.value,
        at=hand.at,
        due_at=clock.due_at,
        reason=reason,
        actor_name=_who(clock, hand.actor),
    )


def _who(clock: Clock, actor: Actor) -> str:
    """Names of people stay out of rows that both sides read."""
    if actor.is_person and clock.disclosure == Disclosure.SHARED:
        return "desk" if actor.is_staff else "party"
    return actor.name


def refresh_next_due(case: Case, clocks: Iterable[Clock]) -> None:
    """The earliest unpaused end of *clocks* becomes the case's next due instant: all that were open, as they are now."""
    running = [c for c in clocks if c.ended_at is None and c.state != "paused"]
    soonest = min(running, key=lambda c: (c.due_at, c.id), default=None)
    case.next_due_at = soonest.due_at if soonest else None
    case.next_due_kind = soonest.kind if soonest else None
