"""Which clocks run in which state, and what a move does to them: started, rested, gone on, ended.

The state says which clocks are wanted; the plan is the difference to the ones that are live. Source:
the lifecycle contract, "States" (clock, on silence) and "Clocks".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.cases.rules.kinds import CaseEvent, Kind, State
from app.cases.rules.views import MoveRow
from app.kernel.sides import Disclosure, Side
from app.policies.rules.clocks import ClockAct, ClockFact, ClockKind

C, S, E = ClockKind, State, CaseEvent


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clock a state wants. *on_due*: the table event when it ends; None: a breach to escalate."""

    kind: ClockKind
    side: Side
    disclosure: Disclosure
    on_due: CaseEvent | None = None


def _party(side: Side, on_due: CaseEvent) -> Wanted:
    return Wanted(C.PARTY, side, Disclosure.SHARED, on_due)


def _desk(kind: ClockKind) -> Wanted:
    return Wanted(kind, Side.DESK, Disclosure.INTERNAL)


FIRST, RESOLUTION = _desk(C.FIRST_RESPONSE), _desk(C.RESOLUTION)
BOTH_PARTIES = (
    _party(Side.COMPLAINANT, E.CLOSE_EXCHANGE),
    _party(Side.RESPONDENT, E.CLOSE_EXCHANGE),
)
WANTED: dict[State, tuple[Wanted, ...]] = {
    S.DRAFT: (Wanted(C.DRAFT, Side.COMPLAINANT, Disclosure.PRIVATE, E.EXPIRE),),
    S.SUBMITTED: (FIRST, RESOLUTION),
    S.TRIAGE: (FIRST, RESOLUTION),
    S.NOTICE_REVIEW: (FIRST, RESOLUTION),
    S.WAITING_COMPLAINANT: (_party(Side.COMPLAINANT, E.LAPSE), RESOLUTION),
    S.WAITING_RESPONDENT: (_party(Side.RESPONDENT, E.LAPSE), RESOLUTION),
    S.WAITING_STORE: (_desk(C.STORE), RESOLUTION),
    S.RESTRICTED: (Wanted(C.RESTRICTION, Side.RESPONDENT, Disclosure.SHARED, E.UNCONTESTED),),
    S.COUNTER_REVIEW: (_desk(C.COUNTER),),
    S.RESTORATION_WINDOW: (Wanted(C.STATUTORY, Side.COMPLAINANT, Disclosure.SHARED),),
    S.COURT_STAY: (_desk(C.COURT),),
    S.AUDITING: (RESOLUTION,),
    S.EVIDENCE_EXCHANGE: (*BOTH_PARTIES, RESOLUTION),
    S.HELD_PARTIES_TO_SETTLE: (_desk(C.SETTLE),),
    S.REVIEW: (RESOLUTION,),
    S.CONFIRMATION: (RESOLUTION,),
    S.FINANCE_APPROVAL: (_desk(C.FINANCE), RESOLUTION),
    S.IMPLEMENTING: (RESOLUTION,),
    S.APPEAL_REVIEW: (RESOLUTION,),
}
RESTING: dict[State, str] = {
    S.WAITING_COMPLAINANT: "waiting for the complainant",
    S.WAITING_RESPONDENT: "waiting for the respondent",
    S.WAITING_STORE: "waiting for the store",
    S.NEGOTIATION: "an offer is open",
}
"""States in which the resolution clock rests, with the reason that is stored."""

_ANEW = {E.COUNTER_OFFER: C.OFFER}
_CANCELS = frozenset(
    {
        E.WITHDRAW, E.MARK_DUPLICATE, E.DISCARD, E.EXPIRE, E.CONVERT, E.UNMARK_DUPLICATE,
        E.COURT_NOTICE, E.RETRACT,
    }
)  # fmt: skip
_NOT_A_REPLY = frozenset({E.TAKE, E.RECUSE, E.START_REVIEW, E.START_AUDIT})
"""Moves of the desk that are no answer to the complainant, so the first-response clock runs on."""


@dataclass(frozen=True, slots=True)
class Live:
    """A clock that has not ended. *late*: it is breached but still open."""

    kind: ClockKind
    side: Side
    paused: bool = False


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One thing to do to one clock; *wanted* only for a start."""

    act: ClockAct
    kind: ClockKind
    side: Side
    reason: str = ""
    wanted: Wanted | None = None


def wanted_in(state: State, kind: Kind, offer_side: Side | None) -> tuple[Wanted, ...]:
    """The clocks that *state* wants. *offer_side*: who has the offer in a negotiation."""
    if state is State.NEGOTIATION:
        holder = offer_side or Side.RESPONDENT
        return (Wanted(C.OFFER, holder, Disclosure.SHARED, E.OFFER_LAPSE), RESOLUTION)
    if state is State.DECIDED:
        after = C.SATISFACTION if kind is Kind.SUPPORT else C.APPEAL
        return (Wanted(after, Side.COMPLAINANT, Disclosure.SHARED, E.CLOSE),)
    return WANTED.get(state, ())


@dataclass(frozen=True, slots=True)
class Turn:
    """A move as clocks see it. *replied*: a person of the desk has answered before."""

    event: CaseEvent
    source: State
    to: State
    kind: Kind
    by_desk: bool
    replied: bool = False
    offer_side: Side | None = None


def plan(turn: Turn, live: Iterable[Live]) -> tuple[ClockStep, ...]:
    """What *turn* does to the *live* clocks, endings first, so that no two of a kind are ever live."""
    old = tuple(live)
    if turn.event is E.CONVERT:
        return (*(_ended(turn, clock) for clock in old), *_starts(turn, ()))
    if turn.to is turn.source and turn.event not in _ANEW:
        return ()
    wanted = _wanted_after(turn)
    keys = {(w.kind, w.side) for w in wanted}
    again = _ANEW.get(turn.event)
    gone = [c for c in old if c.kind is again or not _stays(turn, c, keys)]
    kept = [c for c in old if c not in gone]
    return (
        *(_ended(turn, clock) for clock in gone),
        *(step for clock in kept if (step := _rest_or_go_on(turn, clock))),
        *_starts(turn, tuple(kept)),
    )


def _stays(turn: Turn, clock: Live, keys: set[tuple[ClockKind, Side]]) -> bool:
    """Wanted clocks stay; a message that waits for an answer waits on, unless the desk moved."""
    if clock.kind is C.NEXT_RESPONSE:
        return not turn.by_desk and turn.to not in (S.DECIDED, S.CLOSED)
    return (clock.kind, clock.side) in keys


def is_reply(event: CaseEvent) -> bool:
    """Whether a move of the desk is an answer to the complainant."""
    return event not in _NOT_A_REPLY


def _wanted_after(turn: Turn) -> tuple[Wanted, ...]:
    wanted = wanted_in(turn.to, turn.kind, turn.offer_side)
    answered = turn.replied or (turn.by_desk and is_reply(turn.event))
    fresh = turn.event in (E.SUBMIT, E.REOPEN, E.NOT_SOLVED)
    if answered and not fresh:
        wanted = tuple(w for w in wanted if w.kind is not C.FIRST_RESPONSE)
    return wanted


def _ended(turn: Turn, clock: Live) -> ClockStep:
    act = ClockAct.CANCEL if turn.event in _CANCELS else ClockAct.MEET
    return ClockStep(act, clock.kind, clock.side, turn.event.value)


def _rest_or_go_on(turn: Turn, clock: Live) -> ClockStep | None:
    if clock.kind is not C.RESOLUTION:
        return None
    if turn.to in RESTING and not clock.paused:
        return ClockStep(ClockAct.PAUSE, clock.kind, clock.side, RESTING[turn.to])
    if turn.to not in RESTING and clock.paused:
        return ClockStep(ClockAct.RESUME, clock.kind, clock.side, turn.event.value)
    return None


def _starts(turn: Turn, kept: tuple[Live, ...]) -> tuple[ClockStep, ...]:
    there = {(clock.kind, clock.side) for clock in kept}
    missing = [w for w in _wanted_after(turn) if (w.kind, w.side) not in there]
    starts = [ClockStep(ClockAct.START, w.kind, w.side, turn.event.value, w) for w in missing]
    rests = [
        ClockStep(ClockAct.PAUSE, w.kind, w.side, RESTING[turn.to])
        for w in missing
        if w.kind is C.RESOLUTION and turn.to in RESTING
    ]
    return (*starts, *rests)


def resolution_facts(moves: Iterable[MoveRow], kind: Kind) -> tuple[ClockFact, ...]:
    """What befell the resolution clock that is live, out of the moves alone; empty when none is.

    A party sees moves but no clock of the desk; so their promised day rests and goes on exactly as the desk's does.
    """
    facts: list[ClockFact] = []
    live: Live | None = None
    for move in moves:
        turn = Turn(CaseEvent(move.event), move.from_state, move.to_state, kind, by_desk=False)
        for step in plan(turn, () if live is None else (live,)):
            if step.kind is not C.RESOLUTION:
                continue
            if step.act in (ClockAct.MEET, ClockAct.CANCEL):
                live, facts = None, []
                continue
            live = Live(step.kind, step.side, paused=step.act is ClockAct.PAUSE)
            facts.append(ClockFact(step.act, move.at))
    return tuple(facts)
