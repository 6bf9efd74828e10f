"""Until the recomputation exists, an audit ends at once and says so: the reviewer checks the numbers by hand (ADR 0015)."""

from __future__ import annotations

from uuid import UUID

from app.cases.commands import ApplyEvent
from app.cases.events import CaseMoved
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, State
from app.infra.db.transaction import Tx
from app.infra.jobs import Run
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.words import words as _
from app.workflows.act import act

REASON = _("No statement lines are imported for this case: the numbers are checked by hand.")


def hand_back(tx: Tx, case_id: UUID, actor: Actor, clock: Clock) -> None:
    """Give a case in audit back to its review. Safe to repeat: a case that is not in audit stays as it is."""
    case = case_by_id(tx, actor, case_id)
    if case.state is State.AUDITING:
        act(tx, ApplyEvent(case_id, CaseEvent.AUDIT_DONE, case.version, REASON), actor, clock)


def hand_back_on(run: Run, event: CaseMoved) -> None:
    """Reaction to a case that went into audit."""
    if event.to_state == State.AUDITING and event.case_id is not None:
        with run.transaction() as tx:
            hand_back(tx, event.case_id, run.actor, run.clock)
