"""What somebody asks of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.decisions.rules import DecisionContent


@dataclass(frozen=True, slots=True)
class SaveDecision:
    """Keep a draft. *version*: 0 for the first save of a round, else what was read."""

    case_id: UUID
    round: int
    content: DecisionContent
    version: int = 0


@dataclass(frozen=True, slots=True)
class ProposeDecision:
    """Freeze the draft for a second person. *has_respondent*: whether a text for that side is needed."""

    case_id: UUID
    decision_id: UUID
    version: int
    has_respondent: bool = True


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An evidence item as decisions need it. *sides*: who may see it."""

    evidence_id: UUID
    label: str
    sides: frozenset[str]


@dataclass(frozen=True, slots=True)
class DecideAlone:
    """Let the draft out without a second person, where the policy allows and no money moves."""

    case_id: UUID
    decision_id: UUID
    version: int
    has_respondent: bool = True
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfirmDecision:
    """Let it out. *seen_hash*: hash of what the person read; *exhibits*: labels and sight as they are now."""

    case_id: UUID
    decision_id: UUID
    seen_hash: str
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnDecision:
    """Give it back to the proposer with a reason."""

    case_id: UUID
    decision_id: UUID
    reason: str
