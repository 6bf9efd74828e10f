"""What an actor can do with a case now: buttons, API answers and command-line help come from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.cases.rules.facts import CaseFacts, Relation
from app.cases.rules.guards import NEEDS, Blocked, blocked, not_given
from app.cases.rules.kinds import CaseEvent, Outcome, State
from app.cases.rules.lifecycle import (
    SUB_KIND_IS,
    Row,
    Target,
    UnknownMove,
    path_after,
    row_for,
    rows_from,
    state_of,
    targets_open,
)
from app.cases.rules.who import acts_as
from app.cases.rules.words import EVENT_HELP, EVENT_WORDS
from app.kernel.errors import Forbidden, Refused
from app.kernel.words import words as _

if TYPE_CHECKING:
    from app.cases.rules.facts import Given, Standing
    from app.cases.rules.views import CaseView
    from app.kernel.actor import Actor

BY_HOUSE = frozenset(
    {
        CaseEvent.START, CaseEvent.SUBMIT, CaseEvent.EXPIRE, CaseEvent.LAPSE, CaseEvent.AUDIT_DONE,
        CaseEvent.AUDIT_FAILED, CaseEvent.OFFER_LAPSE, CaseEvent.UNCONTESTED, CaseEvent.COMPLETE,
    }
)  # fmt: skip
"""Moves that no button makes: the system does them, or a form of its own."""


@dataclass(frozen=True, slots=True)
class Action:
    """A move that is possible now. *needs*: names of what must come with it; *fresh*: new sign-in."""

    event: CaseEvent
    label: str
    help: str
    acts_as: str
    needs: tuple[str, ...]
    leads_to: tuple[State, ...]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A move of the state that this actor could make, but not now, and why."""

    event: CaseEvent
    label: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """A move that was found possible: where it leads and what it leaves behind."""

    row: Row
    to: State
    path: tuple[State, ...]
    acts_as: str


def _holds(target: Target, case: Standing, facts: CaseFacts) -> bool:
    """Whether the condition in brackets is met; no bracket is the else."""
    when = target.when
    if when is None or when.startswith("return_to is "):
        return True
    if when.startswith(SUB_KIND_IS):
        return case.sub_kind.value in when.removeprefix(SUB_KIND_IS).split(" or ")
    return {
        "money_moves": facts.money_moves,
        "actions open": facts.actions_open,
        "above the limit, first of two": facts.above_limit and not facts.approvers,
    }[when]


def destination(row: Row, case: Standing, facts: CaseFacts) -> tuple[State, tuple[State, ...]]:
    """Where *row* leads now and the way back after it: a total function of the named facts."""
    for target in targets_open(row, case.return_path):
        if _holds(target, case, facts):
            state = state_of(row, target, case.return_path)
            if state is None:
                raise UnknownMove("no_way_back", _("The case does not know where to go back to."))
            return state, path_after(row, target, state, case.return_path)
    raise UnknownMove("no_target", _("The table has no way for this."))


def actions_for(
    case: Standing, relation: Relation, facts: CaseFacts
) -> tuple[Action | Refusal, ...]:
    """Every move of the state that the actor may make, in the table's order; refused ones say why."""
    found: list[Action | Refusal] = []
    for row in rows_from(case.kind, case.state):
        if row.event in BY_HOUSE and not relation.actor.is_system:
            continue
        capacity = acts_as(row, case, relation, facts)
        if capacity is not None:
            found.append(_offered(row, capacity, case, relation, facts))
    return tuple(found)


def _offered(
    row: Row, capacity: str, case: Standing, relation: Relation, facts: CaseFacts
) -> Action | Refusal:
    why = blocked(row.event, case, relation, facts)
    needs_fresh = why is not None and why.code == "sign_in_again"
    label = EVENT_WORDS[row.event]
    if why is not None and not needs_fresh:
        return Refusal(row.event, label, why.code, why.text)
    try:
        to = (destination(row, case, facts)[0],)
    except UnknownMove as error:
        return Refusal(row.event, label, error.code, error.message)
    return Action(
        row.event, label, EVENT_HELP[row.event], capacity, NEEDS.get(row.event, ()), to, needs_fresh
    )


def find_move(
    case: Standing, event: CaseEvent, relation: Relation, facts: CaseFacts, given: Given
) -> Move:
    """The move *event* makes now.

    Raises `UnknownMove` when the state has no such row (with the list of what is allowed),
    `Forbidden` when it is not this actor's, `Refused` when a guard or something not given is in the way.
    """
    row = row_for(case.kind, case.state, event)
    capacity = acts_as(row, case, relation, facts)
    if capacity is None:
        raise Forbidden(_("This step is for somebody else."), code="not_yours")
    why = blocked(event, case, relation, facts)
    if why is None:
        missing = not_given(event, given.reason, given.data)
        why = (
            Blocked("not_given", _("Still needed: %(names)s.", names=", ".join(missing)))
            if missing
            else None
        )
    if why is not None:
        raise Refused(why.code, why.text, _possible(case, relation, facts))
    to, path = destination(row, case, facts)
    return Move(row, to, path, capacity)


def _possible(case: Standing, relation: Relation, facts: CaseFacts) -> tuple[str, ...]:
    offered = actions_for(case, relation, facts)
    return tuple(item.event.value for item in offered if isinstance(item, Action))


_OUTCOMES = {
    CaseEvent.CLOSE_OUT_OF_SCOPE: Outcome.OUT_OF_SCOPE,
    CaseEvent.WITHDRAW: Outcome.WITHDRAWN,
    CaseEvent.MARK_DUPLICATE: Outcome.DUPLICATE,
    CaseEvent.RESOLVE: Outcome.ANSWERED,
    CaseEvent.REJECT_NOTICE: Outcome.NOT_UPHELD,
    CaseEvent.UNCONTESTED: Outcome.KEPT_DOWN,
    CaseEvent.RETRACT: Outcome.RESTORED,
    CaseEvent.RESTORE: Outcome.RESTORED,
}
_CLEARS = frozenset(
    {
        CaseEvent.APPEAL, CaseEvent.REOPEN, CaseEvent.NOT_SOLVED, CaseEvent.UNMARK_DUPLICATE,
        CaseEvent.REFUSE, CaseEvent.ACTION_FAILED, CaseEvent.RETURN,
    }
)  # fmt: skip
NEW_ROUND = frozenset({CaseEvent.APPEAL, CaseEvent.REOPEN, CaseEvent.NOT_SOLVED})


def outcome_after(case: Standing, move: Move, facts: CaseFacts, given: Given) -> Outcome | None:
    """The outcome of the round after *move*: set by the move, by the decision, kept or cleared."""
    event = move.row.event
    if event in _CLEARS:
        return None
    if event in _OUTCOMES:
        return _OUTCOMES[event]
    if event is CaseEvent.LAPSE and move.to is State.CLOSED:
        cured = case.return_path[-1:] != (State.NOTICE_REVIEW,)
        return Outcome.NO_RESPONSE if cured else Outcome.NOT_UPHELD
    return _said(case, event, facts, given)


def _said(case: Standing, event: CaseEvent, facts: CaseFacts, given: Given) -> Outcome | None:
    """The outcome that a court or a decision named, else the one the case has."""
    if event is CaseEvent.ORDER_RECEIVED:
        return Outcome(str(given.data["outcome"]))
    if event in (CaseEvent.DECIDE, CaseEvent.CONFIRM):
        return facts.decision_outcome or case.outcome
    if event is CaseEvent.RELEASE_PRO_RATA:
        return facts.decision_outcome or Outcome.SETTLED
    return case.outcome


def moves_of_role(view: CaseView, actor: Actor) -> tuple[CaseEvent, ...]:
    """Moves of the state that the actor's role may make at all; their page says what is in the way."""
    relation, facts = Relation(actor), CaseFacts()
    return tuple(
        row.event
        for row in rows_from(view.kind, view.state)
        if row.event not in BY_HOUSE and acts_as(row, view, relation, facts) is not None
    )
