"""The child cases of the shared fault, opened by a lead and audited: what one act may correct."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_ref
from app.cases.rules.kinds import CaseEvent
from app.incidents.commands import OpenCases
from app.incidents.queries import events_page, payees_page
from app.incidents.service.deciding import want_cases
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.workflows.act import act
from tests.factories.incidents import KNOWN


def open_child_cases(lead: Actor, clock: Clock, run_jobs: Callable[[], int]) -> Any:
    """The one open event with its cases opened: the event."""
    with transaction(lead) as tx:
        (event,) = [row for row in events_page(tx, lead).rows if row.is_open]
        want_cases(tx, OpenCases(event.id, event.version), lead, clock)
    run_jobs()
    return event


def refs_of(lead: Actor, event: Any) -> dict[str, str]:
    """Payee → reference of their case."""
    with transaction(lead, read_only=True) as tx:
        return {row.payee: row.ref for row in payees_page(tx, lead, event.id).rows if row.ref}


def audit_cases(
    lead: Actor, event: Any, clock: Clock, run_jobs: Callable[[], int], payees: Iterable[str] = KNOWN
) -> None:  # fmt: skip
    """Take the cases and let their audits run: they are in review."""
    refs = refs_of(lead, event)
    for payee in payees:
        for step in (CaseEvent.TAKE, CaseEvent.START_AUDIT):
            with transaction(lead) as tx:
                case = case_by_ref(tx, lead, refs[payee])
                act(tx, ApplyEvent(case.id, step, case.version), lead, clock)
    run_jobs()
