"""Decisions for tests: content that is ready, proposals, confirmed ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.cases.rules.views import CaseView
from app.decisions.commands import ConfirmDecision, Exhibit, ProposeDecision, SaveDecision
from app.decisions.queries import DecisionView
from app.decisions.rules import DecisionContent, Issue, Remedy
from app.decisions.service import confirm_decision, propose_decision, save_decision
from app.infra.db.transaction import transaction
from app.kernel.clock import Clock
from tests.factories.accounts import TestPerson

READY = DecisionContent(
    outcome="upheld",
    issues=(Issue("Who made the recording?", "The session files show it.", "established"),),
    remedies=(Remedy("put_back", "The release goes back to the stores.", date(2026, 12, 3)),),
    to_complainant="You showed that the recording is yours.",
    to_respondent="The other side showed that the recording is theirs.",
)


def make_content(**changes: Any) -> DecisionContent:
    """Content that misses nothing; *changes* replace its fields."""
    return replace(READY, **changes)


def make_decision(
    case: CaseView, proposer: TestPerson, clock: Clock, *, content: DecisionContent = READY
) -> DecisionView:
    """A proposed decision of *proposer* on *case*, committed."""
    with transaction(proposer.actor) as tx:
        saved = save_decision(tx, SaveDecision(case.id, case.round, content), proposer.actor, clock)
        command = ProposeDecision(case.id, saved.id, saved.version)
        return propose_decision(tx, command, proposer.actor, clock)


def confirm(
    view: DecisionView, person: TestPerson, clock: Clock, *exhibits: Exhibit
) -> DecisionView:
    """*person* lets the decision out as it stands."""
    with transaction(person.actor) as tx:
        command = ConfirmDecision(view.case_id, view.id, view.content_hash, exhibits)
        return confirm_decision(tx, command, person.actor, clock)
