"""What the desk does meanwhile, through the workflows: take, ask, write, hold, decide, let the letter out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id, case_by_ref, clocks_of
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import CaseView
from app.conversations.commands import SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import send_message
from app.decisions.commands import SaveDecision
from app.decisions.rules import DecisionContent
from app.decisions.service import save_decision
from app.evidence.commands import RecordVerdict
from app.evidence.queries import items_of
from app.evidence.rules.items import VerdictKind
from app.evidence.service import record_verdict
from app.infra.db.transaction import transaction
from app.kernel.clock import Clock
from app.workflows.act import act
from app.workflows.decide import Confirm, Propose, confirm, propose
from tests.factories.accounts import TestPerson
from tests.factories.decisions import make_content


def case_of(person: TestPerson, ref: str) -> CaseView:
    """The case as *person* sees it."""
    with transaction(person.actor, read_only=True) as tx:
        return case_by_ref(tx, person.actor, ref)


def move(
    person: TestPerson,
    case_id: UUID,
    event: CaseEvent,
    clock: Clock,
    reason: str = "because",
    **data: Any,
) -> CaseView:
    """One move with the newest version."""
    with transaction(person.actor) as tx:
        version = case_by_id(tx, person.actor, case_id).version
        return act(tx, ApplyEvent(case_id, event, version, reason, data), person.actor, clock)


def take(person: TestPerson, ref: str, clock: Clock) -> CaseView:
    """The case gets an owner."""
    return move(person, case_of(person, ref).id, CaseEvent.TAKE, clock)


def ask(
    person: TestPerson, ref: str, clock: Clock, *titles: str, kind: str = "document"
) -> CaseView:
    """Ask the complainant; the case waits for the answer."""
    items = list(titles) or ["Send your signed producer agreement"]
    return move(
        person, case_of(person, ref).id, CaseEvent.ASK_COMPLAINANT, clock,
        "It shows who owns the recording. A photo of each page is fine if you do not have a PDF.",
        items=items, item_kind=kind,
    )  # fmt: skip


def decides_by(person: TestPerson, ref: str) -> datetime:
    """When the decision is due by the desk's own clock."""
    case = case_of(person, ref)
    with transaction(person.actor, read_only=True) as tx:
        clocks = clocks_of(tx, person.actor, case.id)
    return next(clock.due_at for clock in clocks if clock.kind == "resolution")


def write(person: TestPerson, ref: str, clock: Clock, body: str) -> None:
    """Words to the complainant."""
    case = case_of(person, ref)
    with transaction(person.actor) as tx:
        send_message(tx, SendMessage(case.id, Audience.COMPLAINANT, body), person.actor, clock)


def decide(
    proposer: TestPerson,
    other: TestPerson,
    ref: str,
    clock: Clock,
    content: DecisionContent | None = None,
) -> CaseView:
    """Judge everything, propose, and let a second person confirm."""
    case = case_of(proposer, ref)
    with transaction(proposer.actor) as tx:
        for item in items_of(tx, proposer.actor, case.id):
            record_verdict(
                tx,
                RecordVerdict(case.id, item.id, VerdictKind.SUPPORTS_ARTIST),
                proposer.actor,
                clock,
            )
        saved = save_decision(
            tx, SaveDecision(case.id, case.round, content or make_content()), proposer.actor, clock
        )
        case = propose(
            tx, Propose(case.id, case.version, saved.id, saved.version), proposer.actor, clock
        )
    with transaction(other.actor) as tx:
        from app.decisions.queries import current_decision

        seen = current_decision(tx, other.actor, case.id, case.round)
        assert seen is not None
        return confirm(
            tx, Confirm(case.id, case.version, seen.id, seen.content_hash), other.actor, clock
        )
