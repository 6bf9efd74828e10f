"""What messages do to a case: the first reply is noted, answers are expected, late words raise a flag."""

from __future__ import annotations

from uuid import UUID

from app.cases.events import CaseFlagged
from app.cases.models import Case
from app.cases.rules.clockwork import ClockStep, Wanted
from app.cases.rules.kinds import State
from app.cases.service.clocks import (
    Hand,
    carry_out,
    extend_clock,
    open_clocks,
    refresh_next_due,
    rule_of,
)
from app.cases.service.moves import lock_case
from app.history.service import record
from app.infra.clock import decisive_now
from app.infra.db.transaction import Tx, house
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock as Time
from app.kernel.sides import Disclosure, Side
from app.policies.queries import policy_by_id
from app.policies.rules.clocks import ClockAct, ClockKind, due_from

_RESPONSES = (ClockKind.FIRST_RESPONSE.value, ClockKind.NEXT_RESPONSE.value)
_NEXT = Wanted(ClockKind.NEXT_RESPONSE, Side.DESK, Disclosure.INTERNAL)
AFTER_THE_END = "message_after_end"


def note_message(tx: Tx, case_id: UUID, sender: Side, actor: Actor, clock: Time) -> None:
    """A message of *sender* was stored: the desk's meets response clocks, a party's starts one.

    Automatic words of the desk answer nothing.

    A party's message in a decided or closed case is kept by the caller and flags the case (B132).
    The row is locked, so this waits for a move that is being made and sees its state.
    """
    row = lock_case(tx, actor, case_id)
    automatic = sender is Side.DESK and actor.is_system
    if row.state == State.DRAFT or automatic:
        return
    with house(tx):
        hand = Hand(actor, decisive_now(tx, clock), policy_by_id(tx, row.policy_id), clock)
        changed = _from_desk(tx, row, hand) if sender is Side.DESK else _from_party(tx, row, hand)
        if changed:
            row.version += 1
            row.updated_at = hand.at
            record(
                tx, actor, clock,
                verb="case.message_noted", subject=("case", row.id), case_id=row.id,
                data={"side": sender.value, "version": row.version, "flag": row.needs_attention},
            )  # fmt: skip


def note_informed(tx: Tx, case_id: UUID, actor: Actor, clock: Time) -> None:
    """A party was told of the decision: the window to appeal counts from the later one (DECISIONS 23).

    Never shortens; a case that is not decided stays as it is. For the system's scope.
    """
    row = lock_case(tx, actor, case_id)
    if row.state != State.DECIDED:
        return
    hand = Hand(actor, decisive_now(tx, clock), policy_by_id(tx, row.policy_id), clock)
    row.informed_at = max(row.informed_at or hand.at, hand.at)
    clocks = open_clocks(tx, row)
    for window in clocks:
        until = due_from(row.informed_at, rule_of(tx, window)).due_at
        if window.kind == ClockKind.APPEAL and until > window.due_at:
            extend_clock(tx, window, until, hand, "the later party was informed")
    refresh_next_due(row, clocks)
    record(
        tx, actor, clock,
        verb="case.informed", subject=("case", row.id), case_id=row.id,
        data={"informed_at": row.informed_at.isoformat()},
    )  # fmt: skip


def ask_to_look(tx: Tx, case_id: UUID, why: str, actor: Actor, clock: Time) -> None:
    """A task of the desk on a case: something outside it went wrong. Safe to repeat. For the system's scope."""
    row = lock_case(tx, actor, case_id)
    if row.state == State.DRAFT or not flag_case(tx, row, why):
        return
    row.updated_at = clock.now()
    record(
        tx, actor, clock,
        verb="case.flagged", subject=("case", row.id), case_id=row.id,
        data={"flag": why},
    )  # fmt: skip


def _from_desk(tx: Tx, row: Case, hand: Hand) -> bool:
    clocks = open_clocks(tx, row)
    met = [
        ClockStep(ClockAct.MEET, ClockKind(c.kind), Side(c.side), "replied")
        for c in clocks
        if c.kind in _RESPONSES
    ]
    first = row.first_replied_at is None
    if first:
        row.first_replied_at = hand.at
    carry_out(tx, row, met, clocks, hand)
    return first or bool(met)


def _from_party(tx: Tx, row: Case, hand: Hand) -> bool:
    if row.state in (State.DECIDED, State.CLOSED):
        return flag_case(tx, row, AFTER_THE_END)
    clocks = open_clocks(tx, row)
    if row.first_replied_at is None or any(c.kind in _RESPONSES for c in clocks):
        return False
    step = ClockStep(ClockAct.START, _NEXT.kind, _NEXT.side, "message", _NEXT)
    carry_out(tx, row, [step], clocks, hand)
    return True


def flag_case(tx: Tx, row: Case, why: str) -> bool:
    """Ask the desk to look again. True when the flag is new; the caller writes history."""
    if row.needs_attention == why:
        return False
    row.needs_attention = why
    emit(tx, CaseFlagged(row.id, why))
    return True
