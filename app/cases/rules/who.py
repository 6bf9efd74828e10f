"""Who may make a move: the table's words about people, as predicates over relation and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from app.cases.rules.kinds import State
from app.kernel.actor import Role
from app.kernel.sides import Side

if TYPE_CHECKING:
    from app.cases.rules.facts import CaseFacts, Relation, Standing
    from app.cases.rules.lifecycle import Row
    from app.cases.rules.views import MoveRow

Predicate = Callable[["Standing", "Relation", "CaseFacts"], bool]
DESK_ROLES = (Role.AGENT, Role.REVIEWER, Role.LEAD)
PARTY_ROLES = frozenset({"complainant", "respondent", "party"})


def _has(*roles: Role) -> Predicate:
    def holds(case: Standing, relation: Relation, facts: CaseFacts) -> bool:
        del case, facts
        return relation.side is None and relation.actor.has(*roles)

    return holds


def _side(*sides: Side) -> Predicate:
    def holds(case: Standing, relation: Relation, facts: CaseFacts) -> bool:
        del case, facts
        return relation.side in sides and relation.can_act

    return holds


def _system(case: Standing, relation: Relation, facts: CaseFacts) -> bool:
    del case, facts
    return relation.actor.is_system


def _owner(case: Standing, relation: Relation, facts: CaseFacts) -> bool:
    del facts
    return case.owner_id is not None and case.owner_id == relation.actor.person_id


def _offer_holder(case: Standing, relation: Relation, facts: CaseFacts) -> bool:
    del case
    return relation.can_act and relation.side is not None and relation.side is facts.offer_side


def _waited_for(case: Standing, relation: Relation, facts: CaseFacts) -> bool:
    """The party whose answer the state waits for; that it asks once is a guard's matter."""
    del facts
    side = {
        State.WAITING_COMPLAINANT: Side.COMPLAINANT,
        State.WAITING_RESPONDENT: Side.RESPONDENT,
    }.get(case.state)
    return relation.can_act and side is not None and side is relation.side


def _another(predicate: Predicate) -> Predicate:
    """Somebody else than the proposer, by any of their accounts."""

    def holds(case: Standing, relation: Relation, facts: CaseFacts) -> bool:
        return predicate(case, relation, facts) and not relation.ids & facts.proposers

    return holds


_complainant = _side(Side.COMPLAINANT)
_respondent = _side(Side.RESPONDENT)
_party = _side(Side.COMPLAINANT, Side.RESPONDENT)
_desk = _has(*DESK_ROLES)
_reviewer = _has(Role.REVIEWER)
_lead = _has(Role.LEAD)
_preparer = _has(Role.FINANCE_PREPARER)
_approver = _has(Role.FINANCE_APPROVER)

WHO: dict[str, tuple[tuple[str, Predicate], ...]] = {
    "complainant; desk on behalf": (("complainant", _complainant), ("desk on behalf", _desk)),
    "complainant": (("complainant", _complainant),),
    "respondent": (("respondent", _respondent),),
    "a party": (("party", _party),),
    "a party once; desk": (("party", _party), ("desk", _desk)),
    "that party once; desk": (("party", _waited_for), ("desk", _desk)),
    "a party; desk as mediator": (("party", _party), ("desk as mediator", _desk)),
    "the party that has the offer": (("party", _offer_holder),),
    "desk": (("desk", _desk),),
    "desk; assignment": (("desk", _desk), ("assignment", _system)),
    "desk; store adapter": (("desk", _desk), ("store adapter", _system)),
    "desk; system if policy": (("desk", _desk), ("system", _system)),
    "reviewer, agent": (("reviewer", _reviewer), ("agent", _has(Role.AGENT))),
    "reviewer, finance preparer": (("reviewer", _reviewer), ("finance preparer", _preparer)),
    "reviewer": (("reviewer", _reviewer),),
    "reviewer; system when both deadlines passed": (("reviewer", _reviewer), ("system", _system)),
    "reviewer, lead": (("reviewer", _reviewer), ("lead", _lead)),
    "reviewer and lead": (("lead", _lead),),
    "reviewer (a second person where the restriction is broader than the notice)": (
        ("reviewer", _reviewer),
    ),
    "another reviewer, lead": (
        ("another reviewer", _another(_reviewer)),
        ("lead", _another(_lead)),
    ),
    "lead": (("lead", _lead),),
    "the owner": (("owner", _owner),),
    "finance approver": (("finance approver", _approver),),
    "system": (("system", _system),),
    "system, desk": (("system", _system), ("desk", _desk)),
    "system at the end of the window; desk with both sides' consent": (
        ("system", _system),
        ("desk", _desk),
    ),
}
"""Every wording of the table's *who* column; a test sees that none is missing.

`reviewer and lead` are two people: the reviewer owns the case, the lead makes the move (see guards).
"""


def acts_as(row: Row, case: Standing, relation: Relation, facts: CaseFacts) -> str | None:
    """In which capacity the actor may make this move, or None. A walled person may nothing."""
    if relation.walled:
        return None
    for capacity, holds in WHO[row.who]:
        if holds(case, relation, facts):
            return capacity
    return None


def movers_before(moves: Iterable[MoveRow], round_: int) -> frozenset[UUID]:
    """Staff who made moves in rounds before *round_*: none of them reviews the appeal."""
    return frozenset(
        move.actor_id
        for move in moves
        if move.actor_id and move.round < round_ and move.acted_as not in PARTY_ROLES
    )
