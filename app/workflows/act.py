"""One entry for every move that a person makes on a case: facts, the move, and what it does in other rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id, clocks_of, moves_of, relation_to
from app.cases.rules.actions import Action, Refusal, actions_for
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, State
from app.cases.rules.views import CaseView
from app.cases.service.moves import apply_event
from app.conversations.commands import AskedItem, AskItems, ExtendRequest
from app.conversations.queries.requests import open_requests
from app.conversations.rules.requests import ItemKind
from app.conversations.service.requests import ask, extend_request, lapse_requests
from app.corrections.service.proposals import cancel_open_corrections
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Refused, Stale
from app.kernel.sides import Side
from app.ledger.service.holds import release_holds_of_case
from app.policies.rules.clocks import ClockKind
from app.takedowns.service import share_counter
from app.workflows.facts import READER, facts_of

E = CaseEvent
OWN_FORM = frozenset(
    {
        E.SUBMIT,
        E.PROPOSE_DECISION,
        E.DECIDE,
        E.CONFIRM,
        E.RETURN,
        E.APPROVE,
        E.REFUSE,
        E.COMPLETE,
        E.COUNTER,
    }
)
"""Moves that carry more than a reason and have a workflow and a page of their own."""
ENDS_EARLY = frozenset({E.WITHDRAW, E.CLOSE_OUT_OF_SCOPE, E.LAPSE, E.REJECT_NOTICE})
"""Moves after which nothing may stay held: the table's effect says "holds released"."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What the actor can do now; pages, API and command line show this and nothing else."""

    case: CaseView
    actions: tuple[Action, ...]
    refusals: tuple[Refusal, ...]
    facts: CaseFacts


def offered_to(tx: Tx, actor: Actor, case: CaseView, clock: Clock) -> Offered:
    """Moves that are possible for *actor*, and those that are not yet, with the reason."""
    facts = facts_of(tx, actor, case, clock)
    found = actions_for(case, relation_to(tx, actor, case.id, clock), facts)
    return Offered(
        case,
        tuple(item for item in found if isinstance(item, Action)),
        tuple(item for item in found if isinstance(item, Refusal)),
        facts,
    )


def act(tx: Tx, command: ApplyEvent, actor: Actor, clock: Clock) -> CaseView:
    """Make the move and everything it does elsewhere, in the caller's transaction.

    Raises what `apply_event` raises; `Refused("own_form")` for moves that have a page of their own.
    """
    if command.event in OWN_FORM:
        raise Refused("own_form", _("This step has a page of its own."))
    before = case_by_id(tx, actor, command.case_id)
    facts = facts_of(tx, actor, before, clock)
    if command.event is E.MARK_DUPLICATE and facts.holds_open:
        raise Refused("holds_open", _("Release or move the holds of this case first."))
    if command.event is E.ACCEPT_OFFER:
        _require_same_terms(tx, command)
    after = apply_event(tx, command, actor, clock, facts)
    _carry_on(tx, _Made(before, after, command, actor, clock))
    return after


@dataclass(frozen=True, slots=True)
class _Made:
    """A move that was made, for what follows from it."""

    before: CaseView
    after: CaseView
    command: ApplyEvent
    actor: Actor
    clock: Clock


def _carry_on(tx: Tx, made: _Made) -> None:
    event = made.command.event
    if event in (E.ASK_COMPLAINANT, E.ASK_RESPONDENT):
        _ask(tx, made)
    if event in ENDS_EARLY and made.after.state is State.CLOSED:
        release_holds_of_case(tx, made.after.id, event.value, made.actor, made.clock)
    if made.after.state is State.CLOSED or event is E.LAPSE:
        with house(tx):
            for side in (Side.COMPLAINANT, Side.RESPONDENT):
                lapse_requests(tx, made.after.id, side, READER, made.clock)
    if event is E.EXTEND:
        _extend_requests(tx, made)
    if event is E.ACCEPT_COUNTER:
        share_counter(tx, made.after.id, made.actor, made.clock)
    if event in (E.ACTION_FAILED, E.APPEAL, E.WITHDRAW):
        with house(tx):
            cancel_open_corrections(tx, made.after.id, event.value, made.actor, made.clock)


def _ask(tx: Tx, made: _Made) -> None:
    """The request that the party sees."""
    side = Side.COMPLAINANT if made.command.event is E.ASK_COMPLAINANT else Side.RESPONDENT
    items = _items(made.command.data)
    silence = str(made.command.data.get("silence") or "")
    ask(
        tx,
        AskItems(
            made.after.id, side, items, _party_due(tx, made.after, side), made.command.reason, silence,
            language=made.after.language,
        ),
        made.actor,
        made.clock,
    )  # fmt: skip


def _items(data: Mapping[str, object]) -> tuple[AskedItem, ...]:
    """*asked*: kind, title and hint of each; else *items*: one title a line, or a list of titles, all of *item_kind*."""
    asked = data.get("asked")
    if isinstance(asked, list):
        return tuple(AskedItem(ItemKind(one["kind"]), one["title"], one["hint"]) for one in asked)
    given = data.get("items") or ()
    titles = given.splitlines() if isinstance(given, str) else [str(item) for item in given]  # type: ignore[attr-defined]
    kind = ItemKind(str(data.get("item_kind") or ItemKind.DOCUMENT))
    return tuple(AskedItem(kind, title.strip()) for title in titles if title.strip())


def _extend_requests(tx: Tx, made: _Made) -> None:
    """The requests of a side end when its clock now ends."""
    with house(tx):
        for request in open_requests(tx, READER, made.after.id):
            due = _party_due(tx, made.after, request.side)
            if due > request.due_at:
                longer = ExtendRequest(
                    made.after.id, request.id, due, due, made.command.reason or "extended"
                )
                extend_request(tx, longer, READER, made.clock)


def _party_due(tx: Tx, case: CaseView, side: Side) -> datetime:
    """The end of the party clock that the move started: request and clock say the same moment."""
    with house(tx):
        clocks = clocks_of(tx, READER, case.id)
    return next(c.due_at for c in clocks if c.kind == ClockKind.PARTY and c.side is side)


def _require_same_terms(tx: Tx, command: ApplyEvent) -> None:
    """What is accepted is what was read (guard of accept_offer). Raises `Stale` with both texts."""
    terms = open_terms(tx, command)
    seen = str(command.data.get("terms_hash") or "")
    if terms_hash(terms) != seen:
        raise Stale(_("The offer is not the one you read."), theirs=terms, yours=seen)


def open_terms(tx: Tx, command: ApplyEvent) -> str:
    """The words of the newest offer."""
    with house(tx):
        offers = [move for move in moves_of(tx, READER, command.case_id) if move.terms]
    return offers[-1].terms if offers else ""


def terms_hash(terms: str) -> str:
    """SHA-256 of the words of an offer, as the page that shows them carries it."""
    return hashlib.sha256(terms.encode()).hexdigest()
