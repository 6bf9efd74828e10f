"""A decision is carried out when nothing of it is left to do: the system then completes the case."""

from __future__ import annotations

from uuid import UUID

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id, case_ids_in
from app.cases.rules.kinds import CaseEvent, State
from app.cases.service.messages import note_informed
from app.cases.service.moves import apply_event
from app.corrections.events import CorrectionFailed
from app.corrections.rules.batches import AckResult
from app.decisions.service import set_aside_decision
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, job
from app.kernel.clock import Clock
from app.kernel.events import Event
from app.workflows.facts import READER, facts_of


def complete_if_done(tx: Tx, case_id: UUID, clock: Clock) -> bool:
    """Complete the case when every correction is acknowledged, no hold is open and letters are settled.

    Safe to repeat: a case that is not being carried out, or not done, stays as it is. For the system's scope.
    """
    case = case_by_id(tx, READER, case_id)
    if case.state is not State.IMPLEMENTING:
        return False
    facts = facts_of(tx, READER, case, clock)
    if facts.actions_open:
        return False
    apply_event(tx, ApplyEvent(case_id, CaseEvent.COMPLETE, case.version), READER, clock, facts)
    return True


def complete_on(run: Run, event: Event) -> None:
    """Reaction to whatever may have been the last thing to do."""
    if event.case_id is not None:
        with run.transaction() as tx:
            complete_if_done(tx, event.case_id, run.clock)


def note_informed_on(run: Run, event: Event) -> None:
    """Reaction to a settled letter: a decided case counts its window from the later party. Safe to repeat."""
    if event.case_id is not None:
        with run.transaction() as tx:
            note_informed(tx, event.case_id, run.actor, run.clock)


def fail_action_on(run: Run, event: CorrectionFailed) -> None:
    """A payment was returned: the case goes back to review, with what failed as the reason.

    A mismatch waits for finance, who settles it as posted or returned.
    """
    assert event.case_id is not None
    if event.result is not AckResult.RETURNED:
        return
    with run.transaction() as tx:
        case = case_by_id(tx, READER, event.case_id)
        if case.state is not State.IMPLEMENTING:
            return
        words = f"{event.result} {event.note}".strip()
        command = ApplyEvent(case.id, CaseEvent.ACTION_FAILED, case.version, words)
        facts = facts_of(tx, READER, case, run.clock)
        set_aside_decision(tx, case.id, case.round, words, READER, run.clock)
        apply_event(tx, command, READER, run.clock, facts)


@job("cases.complete_done", queue="later", cron="*/10 * * * *")
def complete_done(run: Run, timestamp: int = 0) -> None:
    """The net under the reactions: completes what a lost reaction left behind. Safe to repeat."""
    del timestamp
    with run.transaction() as tx:
        waiting = case_ids_in(tx, READER, State.IMPLEMENTING)
    for case_id in waiting:
        with run.transaction() as tx:
            complete_if_done(tx, case_id, run.clock)
