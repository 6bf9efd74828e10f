"""What guards are told: facts about a case gathered elsewhere, and how the actor stands to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from app.cases.rules.kinds import Kind, Outcome, State, SubKind
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.policies.rules.clocks import ClockKind


class Standing(Protocol):
    """A case as far as rules need it; the view of a case is one."""

    @property
    def kind(self) -> Kind: ...  # noqa: D102 - the names say it
    @property
    def sub_kind(self) -> SubKind: ...  # noqa: D102
    @property
    def state(self) -> State: ...  # noqa: D102
    @property
    def return_path(self) -> tuple[State, ...]: ...  # noqa: D102
    @property
    def outcome(self) -> Outcome | None: ...  # noqa: D102
    @property
    def owner_id(self) -> UUID | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Relation:
    """How an actor stands to one case. *side*: the party side they speak for, if any.

    *fresh*: a second factor was proven minutes ago. *humans*: ids of all accounts of that human.
    """

    actor: Actor
    side: Side | None = None
    can_act: bool = True
    walled: bool = False
    fresh: bool = False
    humans: frozenset[UUID] = frozenset()

    @property
    def ids(self) -> frozenset[UUID]:
        """Every account of the person, linked ones included; empty for the system."""
        return self.humans | ({self.actor.person_id} if self.actor.person_id else frozenset())


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Named facts from the other rooms. Defaults say: nothing is in the way, nothing is ready.

    *open_actions*: corrections, store actions, holds and letters still to do, as slugs.
    *approvers*, *preparers*, *proposers*, *took_part*: person ids, linked accounts included.
    """

    missing_fields: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    sides_differ: bool = True
    consent: bool = True
    respondent_reachable: bool = True
    complainant_reachable: bool = True
    conflict: bool = False
    open_requests: int = 0
    answered_items: int = 0
    unjudged_items: int = 0
    decision_missing: tuple[str, ...] = ("decision",)
    decision_outcome: Outcome | None = None
    money_moves: bool = False
    second_pair: bool = True
    proposers: frozenset[UUID] = frozenset()
    preparers: frozenset[UUID] = frozenset()
    approvers: frozenset[UUID] = frozenset()
    above_limit: bool = False
    open_actions: tuple[str, ...] = ()
    holds_open: int = 0
    offer_side: Side | None = None
    offer_hash: str = ""
    deadlines_passed: frozenset[ClockKind] = frozenset()
    extended: frozenset[Side] = frozenset()
    window_open: bool = False
    appealed: frozenset[Side] = frozenset()
    new_evidence: bool = False
    both_consent: bool = False
    inside_retention: bool = True
    restore_too_early: bool = False
    limitation_passed: bool = False
    releases_at_limitation: bool = False
    took_part: frozenset[UUID] = frozenset()

    @property
    def actions_open(self) -> bool:
        """True while something a decision asks for is not done."""
        return bool(self.open_actions)


@dataclass(frozen=True, slots=True)
class Given:
    """What came with the act: a reason and named values such as `items` or `until`."""

    reason: str = ""
    data: dict[str, object] = field(default_factory=dict)
