"""An audit that cannot be computed ends at once and says why: the reviewer checks the numbers by hand."""

from __future__ import annotations

from uuid import UUID

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, State
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.words import words as _
from app.workflows.act import act

REASON = _("No statement lines are imported for this case: the numbers are checked by hand.")


def hand_back(
    tx: Tx, case_id: UUID, actor: Actor, clock: Clock, reason: str = REASON,
    event: CaseEvent = CaseEvent.AUDIT_DONE,
) -> None:  # fmt: skip
    """Give a case in audit back to its review. Safe to repeat: a case that is not in audit stays as it is."""
    case = case_by_id(tx, actor, case_id)
    if case.state is State.AUDITING:
        act(tx, ApplyEvent(case_id, event, case.version, reason), actor, clock)
