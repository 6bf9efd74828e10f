"""What stands in the way of a decision, and what does not but should be known: the same words for pages and programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.accounts.queries import same_human_ids
from app.cases.queries import clocks_of
from app.cases.rules.kinds import CaseEvent, State
from app.cases.rules.views import CaseView, ClockRow
from app.cases.service import people
from app.conversations.queries.requests import RequestFacts, request_facts
from app.decisions.queries import DecisionView, current_decision
from app.decisions.rules import DecisionState
from app.evidence.queries import ItemRow, items_of
from app.evidence.rules.items import ItemState
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.policies.rules.clocks import ClockKind

SayWhen = Callable[[datetime, str], str]
"""A moment in a zone, in the words of whoever shows it."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing in the way (*blocks*) or to be known, with a stable *code*."""

    code: str
    text: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class BeforeDeciding:
    """What is read before somebody decides. *moves*: what the actor's role may do in this state at all."""

    case: CaseView
    decision: DecisionView | None
    items: tuple[ItemRow, ...]
    requests: RequestFacts
    clocks: tuple[ClockRow, ...]
    moves: frozenset[CaseEvent]
    conflict: bool
    took_part: bool


def before_deciding(
    tx: Tx, actor: Actor, view: CaseView, moves: frozenset[CaseEvent]
) -> BeforeDeciding:
    """Everything that the guards ask, as *actor* sees it."""
    humans = same_human_ids(tx, actor.person_id) if actor.person_id else frozenset()
    return BeforeDeciding(
        case=view,
        decision=current_decision(tx, actor, view.id, view.round),
        items=items_of(tx, actor, view.id),
        requests=request_facts(tx, actor, view.id),
        clocks=clocks_of(tx, actor, view.id),
        moves=moves,
        conflict=people.has_conflict(tx, view.id, humans),
        took_part=view.state is State.APPEAL_REVIEW
        and bool(humans & people.took_part(tx, view.id, before_round=view.round)),
    )


def guards_of(known: BeforeDeciding, say_when: SayWhen) -> list[Guard]:
    """What blocks and what warns, in the order of the page."""
    found = []
    if not {CaseEvent.PROPOSE_DECISION, CaseEvent.DECIDE} & known.moves:
        words = _("No decision can be made at this stage of the case. A draft can be kept.")
        found.append(Guard("stage", words, blocks=False))
    found += _open_guards(known) + _own_guards(known) + _clock_guards(known, say_when)
    if known.decision and known.decision.state is DecisionState.PROPOSED:
        words = _("A decision waits for confirmation; it cannot be changed now.")
        found.append(Guard("waits", words, blocks=False))
    return found


def _open_guards(known: BeforeDeciding) -> list[Guard]:
    """Exhibits without a verdict and requests without an answer."""
    found = []
    unjudged = [
        row.label
        for row in known.items
        if row.state is ItemState.ACCEPTED and row.verdict is None and row.side is not Side.DESK
    ]
    if unjudged:
        words = _(
            "Without a verdict: %(labels)s. Every exhibit needs one.", labels=", ".join(unjudged)
        )
        found.append(Guard("no_verdict", words, blocks=True))
    if known.requests.open_requests:
        words = ngettext(
            "%(num)s request is still open.",
            "%(num)s requests are still open.",
            known.requests.open_requests,
        )
        found.append(Guard("request_open", words, blocks=True))
    return found


def _own_guards(known: BeforeDeciding) -> list[Guard]:
    """What stands between this person and the decision."""
    found = []
    if known.conflict:
        words = _("You have a conflict of interest in this case. Somebody else decides it.")
        found.append(Guard("conflict", words, blocks=True))
    if known.took_part:
        words = _("You took part in the first decision. A second review goes to somebody else.")
        found.append(Guard("took_part", words, blocks=True))
    return found


def _clock_guards(known: BeforeDeciding, say_when: SayWhen) -> list[Guard]:
    """A running statutory clock goes on whatever is decided here."""
    running = [
        row for row in known.clocks if row.kind == ClockKind.STATUTORY and row.state == "running"
    ]
    if not running:
        return []
    due = say_when(running[0].due_at, running[0].zone)
    words = _("The statutory clock runs until %(due)s. A decision does not stop it.", due=due)
    return [Guard("statutory_clock", words, blocks=False)]
