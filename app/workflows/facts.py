"""Gathers from every room the facts that guards of the lifecycle ask for; decides nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.accounts.queries import same_humans
from app.cases.queries import clocks_of, moves_of
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, Outcome, State
from app.cases.rules.views import CaseView, ClockRow, MoveRow
from app.cases.rules.who import movers_before
from app.cases.service.people import involved_in
from app.conversations.queries.requests import request_facts
from app.corrections.queries.corrections import correction_facts
from app.decisions.queries import DecisionFacts, decision_facts
from app.evidence.queries import EvidenceCounts, counts_of
from app.infra.clock import decisive_now
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.sides import Side
from app.ledger.queries.holds import open_hold_count
from app.letters.queries import letter_facts
from app.policies.queries import policy_by_id
from app.policies.rules.clocks import ClockKind

READER = Actor.system("facts")
"""Facts are the house's: counts and ids, never content, so they are read above a party's sight."""
RETENTION = timedelta(days=365 * 3)
_WINDOWS = (ClockKind.APPEAL, ClockKind.SATISFACTION)
_OFFERS = {CaseEvent.OFFER.value, CaseEvent.COUNTER_OFFER.value}


@dataclass(frozen=True, slots=True)
class _Sources:
    """What was read, once."""

    now: datetime
    clocks: tuple[ClockRow, ...]
    moves: tuple[MoveRow, ...]
    evidence: EvidenceCounts
    decision: DecisionFacts


def facts_of(tx: Tx, actor: Actor, case: CaseView, clock: Clock) -> CaseFacts:
    """The facts of *case* as they stand in this transaction. *actor*: for what depends on the person."""
    with house(tx):
        involved = involved_in(tx, case.id)
        read = _Sources(
            now=decisive_now(tx, clock),
            clocks=clocks_of(tx, READER, case.id, open_only=False),
            moves=moves_of(tx, READER, case.id),
            evidence=counts_of(tx, READER, case.id),
            decision=decision_facts(
                tx, READER, case.id, case.round,
                has_respondent=Side.RESPONDENT in involved.sides,
            ),
        )  # fmt: skip
        requests = request_facts(tx, READER, case.id)
        money = correction_facts(tx, case.id)
        holds = open_hold_count(tx, case.id)
        humans = _humans(tx, actor, read, case)
        policy = policy_by_id(tx, case.policy_id)
        return CaseFacts(
            respondent_reachable=Side.RESPONDENT in involved.sides,
            complainant_reachable=Side.COMPLAINANT in involved.sides,
            conflict=bool(humans.own & (involved.members | involved.walled)),
            open_requests=requests.open_requests,
            answered_items=requests.answered_items,
            unjudged_items=read.evidence.unjudged,
            decision_missing=read.decision.missing,
            decision_outcome=Outcome(read.decision.outcome) if read.decision.outcome else None,
            money_moves=read.decision.money_moves,
            second_pair=policy.second_pair,
            proposers=humans.proposers,
            preparers=money.preparers,
            open_actions=_open_actions(tx, case, money.outstanding, holds),
            holds_open=holds,
            offer_side=_offer_side(read.moves),
            deadlines_passed=_passed(read.clocks, read.now),
            extended=_extended(read.moves, case),
            window_open=_window_open(read.clocks, read.now),
            appealed=_appealed(read.moves),
            new_evidence=_new_evidence(read.evidence, case),
            inside_retention=case.closed_at is None or read.now < case.closed_at + RETENTION,
            restore_too_early=_too_early(read.clocks, read.now),
            took_part=humans.took_part,
        )


def _open_actions(tx: Tx, case: CaseView, outstanding: int, holds: int) -> tuple[str, ...]:
    """What a decision still waits for. Letters count only while it is carried out: before, none is written."""
    found = ["corrections"] * bool(outstanding) + ["holds"] * bool(holds)
    if case.state is State.IMPLEMENTING:
        letters = letter_facts(tx, READER, case.id, case.round)
        found += ["letters"] * bool(letters.unsettled)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Humans:
    """People under every account of theirs."""

    own: frozenset[UUID]
    proposers: frozenset[UUID]
    took_part: frozenset[UUID]


def _humans(tx: Tx, actor: Actor, read: _Sources, case: CaseView) -> _Humans:
    """The actor, who proposed, and who took part in an earlier round or any decision; one statement."""
    took_part = movers_before(read.moves, case.round) | read.decision.people
    own, proposer = _one(actor.person_id), _one(read.decision.proposed_by)
    accounts = same_humans(tx, took_part | own | proposer)
    every = [
        frozenset[UUID]().union(*(accounts[person] for person in people))
        for people in (own, proposer, took_part)
    ]
    return _Humans(*every)


def _one(person_id: UUID | None) -> frozenset[UUID]:
    return frozenset({person_id} if person_id else ())


def _offer_side(moves: tuple[MoveRow, ...]) -> Side | None:
    """The party that must answer the newest offer. An offer of the desk as mediator goes to the respondent."""
    offers = [move for move in moves if move.event in _OFFERS]
    if not offers:
        return None
    return Side.COMPLAINANT if offers[-1].by_side == Side.RESPONDENT else Side.RESPONDENT


def _passed(clocks: tuple[ClockRow, ...], now: datetime) -> frozenset[ClockKind]:
    """Kinds of which a clock is open and past its end, by the deciding clock, and none still runs."""
    live = [clock for clock in clocks if clock.ended_at is None]
    late = {ClockKind(c.kind) for c in live if c.due_at <= now and c.pause_reason is None}
    running = {ClockKind(c.kind) for c in live if c.due_at > now}
    return frozenset(late - running)


def _extended(moves: tuple[MoveRow, ...], case: CaseView) -> frozenset[Side]:
    """Sides that had their one extension since the case last began to wait for them."""
    since = [m for m in moves if m.to_state is case.state and m.from_state is not case.state]
    start = since[-1].at if since else None
    return frozenset(
        Side(move.by_side)
        for move in moves
        if move.event == CaseEvent.EXTEND and move.by_side and (start is None or move.at >= start)
    )


def _window_open(clocks: tuple[ClockRow, ...], now: datetime) -> bool:
    return any(clock.kind in _WINDOWS and clock.due_at > now for clock in clocks)


def _appealed(moves: tuple[MoveRow, ...]) -> frozenset[Side]:
    """Sides that appealed before, in any round."""
    return frozenset(
        Side(move.by_side) for move in moves if move.event == CaseEvent.APPEAL and move.by_side
    )


def _new_evidence(counts: EvidenceCounts, case: CaseView) -> bool:
    newest = [at for at in (counts.newest_complainant, counts.newest_respondent) if at]
    return case.decided_at is not None and any(at > case.decided_at for at in newest)


def _too_early(clocks: tuple[ClockRow, ...], now: datetime) -> bool:
    return any(
        clock.kind == ClockKind.STATUTORY
        and clock.ended_at is None
        and clock.earliest_at is not None
        and clock.earliest_at > now
        for clock in clocks
    )
