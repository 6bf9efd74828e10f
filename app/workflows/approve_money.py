"""Finance approves or refuses a correction, and the case follows."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent
from app.cases.service.moves import apply_event
from app.corrections.commands import ApproveCorrection, RefuseCorrection
from app.corrections.queries.corrections import correction_view
from app.corrections.service.approvals import (
    ApprovalResult,
    approve_correction,
    refuse_correction,
)
from app.corrections.service.proposals import cancel_open_corrections
from app.decisions.service import set_aside_decision
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.ledger.service.holds import release_holds_of_case
from app.workflows.facts import READER, facts_of


def approve(tx: Tx, command: ApproveCorrection, actor: Actor, clock: Clock) -> ApprovalResult:
    """Approve what was seen. The last approval of the case posts, releases what was held, and moves it on.

    A reversal comes after the case moved on and moves nothing. Raises what `approve_correction` raises: Forbidden, Refused (not waiting, not fresh), Stale (changed).
    """
    is_reversal = _is_reversal(tx, command.correction_id, actor, clock)
    result = approve_correction(tx, command, actor, clock)
    if is_reversal:
        return result
    case = case_by_id(tx, actor, result.case_id)
    facts = replace(facts_of(tx, actor, case, clock), above_limit=result.is_first_of_two)
    if result.is_last:
        with house(tx):
            release_holds_of_case(tx, case.id, "decided", READER, clock)
    if result.is_last or result.is_first_of_two:
        move = ApplyEvent(case.id, CaseEvent.APPROVE, case.version)
        apply_event(tx, move, actor, clock, facts)
    return result


def refuse(tx: Tx, command: RefuseCorrection, actor: Actor, clock: Clock) -> None:
    """Send it back with a reason: every correction of the case that waits goes, the decision makes room, the
    case returns to its reviewer. A reversal moves no case.
    """
    seen = correction_view(tx, actor, clock, command.correction_id)
    if seen.reverses_id is not None:
        refuse_correction(tx, command, actor, clock)
        return
    case = case_by_id(tx, actor, seen.case_id)
    facts = facts_of(tx, actor, case, clock)
    refuse_correction(tx, command, actor, clock)
    with house(tx):
        cancel_open_corrections(tx, case.id, command.reason, actor, clock)
        set_aside_decision(tx, case.id, case.round, command.reason, READER, clock)
    move = ApplyEvent(case.id, CaseEvent.REFUSE, case.version, command.reason)
    apply_event(tx, move, actor, clock, facts)


def _is_reversal(tx: Tx, correction_id: UUID, actor: Actor, clock: Clock) -> bool:
    return correction_view(tx, actor, clock, correction_id).reverses_id is not None
