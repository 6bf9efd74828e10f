"""Filing a case. What follows (acknowledgement, seals on its evidence) are reactions to `CaseSubmitted`."""

from __future__ import annotations

from app.cases.commands import SubmitCase
from app.cases.rules.views import CaseView
from app.cases.service.submit import submit
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock


def submit_case(tx: Tx, command: SubmitCase, actor: Actor, clock: Clock) -> CaseView:
    """File a draft. Raises what `cases.service.submit.submit` raises."""
    return submit(tx, command, actor, clock)
