"""Decisions as the desk makes them: drafted, proposed with their money, confirmed by another person."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from app.api.shapes.frame import Body, Day, Shown
from app.cases.rules.kinds import CaseEvent, Outcome
from app.corrections.rules.proposal import CorrectionReason
from app.decisions import rules
from app.decisions.queries import DecisionView
from app.decisions.rules import DecisionState, FindingResult, RemedyKind, Weight
from app.evidence.rules.items import RejectReason, VerdictKind
from app.kernel.sides import Side
from app.workflows.before_deciding import Guard

_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_CONTENT: dict[str, Any] = {
    "outcome": "upheld",
    "issues": [{"issue": "Was July paid?", "finding": "It was not.", "result": "established", "weight": "decisive", "exhibits": []}],
    "remedies": [{"kind": "pay", "text": "The difference is paid.", "effective_on": "2026-12-01"}],
    "to_complainant": "July was not in the statement.", "to_respondent": "", "money_moves": True,
}  # fmt: skip
_DRAFT: dict[str, Any] = {
    "id": _ID, "round": 1, "state": "proposed", "content": _CONTENT, "seen_hash": _HASH, "missing": [], "proposed_by_you": False,
    "return_reason": "", "guards": [{"code": "statutory_clock", "text": "The statutory clock runs on.", "blocks": False}],
    "steps": ["confirm", "return"],
}  # fmt: skip
Text = Annotated[str, StringConstraints(max_length=rules.LONGEST_TEXT)]
Short = Annotated[str, StringConstraints(max_length=500)]
PlainAmount = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,12}([.][0-9]{1,4})?$")]
_BODY = {"extra": "forbid", "strict": True}


class Finding(Body):
    """One question, its finding and the exhibits it rests on."""

    issue: Text
    finding: Text
    result: FindingResult | None = Field(default=None, description="Needed before it is proposed.")
    weight: Weight = Weight.DECISIVE
    exhibits: list[UUID] = Field(
        default_factory=list, max_length=200, description="`id` of files of this case."
    )


class Change(Body):
    """What changes and from when; none of it happens by being written here."""

    kind: RemedyKind
    text: Text
    effective_on: Day | None = None


class DecisionContent(Body):
    """All that is proposed, seen and confirmed. Half of it may be saved; the texts are per side."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"example": _CONTENT})

    outcome: Outcome | None = None
    issues: list[Finding] = Field(default_factory=list, max_length=rules.MOST_ISSUES)
    remedies: list[Change] = Field(default_factory=list, max_length=rules.MOST_REMEDIES)
    to_complainant: Text = ""
    to_respondent: Text = ""
    money_moves: bool = Field(
        default=False, description="A correction follows; true by itself with a remedy of money."
    )

    audit_id: UUID | None = Field(
        default=None,
        description="Run of the payout audit that it rests on; its working goes into the letters.",
    )

    @classmethod
    def of(cls, content: rules.DecisionContent) -> Self:
        """As it is stored."""
        issues = [
            Finding(
                issue=one.issue, finding=one.finding, result=FindingResult(one.result) if one.result else None,
                weight=Weight(one.weight), exhibits=[UUID(key) for key in one.exhibits],
            )
            for one in content.issues
        ]  # fmt: skip
        changes = [
            Change(kind=RemedyKind(one.kind), text=one.text, effective_on=one.effective_on)
            for one in content.remedies
        ]
        return cls(
            outcome=Outcome(content.outcome) if content.outcome else None, issues=issues, remedies=changes,
            to_complainant=content.to_complainant, to_respondent=content.to_respondent,
            money_moves=content.money_moves, audit_id=UUID(content.audit_id) if content.audit_id else None,
        )  # fmt: skip


class DecisionGuard(Shown):
    """What is in the way, or should be known before somebody decides."""

    code: str
    text: str
    blocks: bool

    @classmethod
    def of(cls, guard: Guard) -> DecisionGuard:
        """One of them."""
        return cls(code=guard.code, text=guard.text, blocks=guard.blocks)


class DecisionDraft(Shown):
    """The decision of the round that runs, as the desk works on it."""

    model_config = ConfigDict(json_schema_extra={"example": _DRAFT})

    id: UUID | None = Field(description="None before the first save.")
    round: int
    state: DecisionState | None
    content: DecisionContent
    seen_hash: str = Field(description="Of the content that was proposed; confirming names it.")
    missing: list[str] = Field(description="Parts that it lacks before it can be proposed.")
    proposed_by_you: bool = Field(description="True: somebody else confirms it.")
    return_reason: str
    guards: list[DecisionGuard]
    steps: list[CaseEvent] = Field(
        description="Steps with this decision that your role has in this state; `guards` say what blocks them."
    )

    @classmethod
    def of(cls, view: DecisionView | None, **known: Any) -> DecisionDraft:
        """*known*: round, missing, guards, and the rest that the case says."""
        content = view.content if view else rules.DecisionContent()
        return cls(
            id=view.id if view else None, state=view.state if view else None,
            content=DecisionContent.of(content), seen_hash=view.content_hash if view else "",
            return_reason=view.return_reason if view else "", **known,
        )  # fmt: skip


class MoneyLine(Body):
    """One change of one payee's balance: the payee, or the side whose party is paid."""

    payee_id: UUID | None = None
    side: Side | None = None
    amount: PlainAmount = Field(description="As text; above zero is owed to the payee.")
    reason: CorrectionReason
    note: Short = ""
    withheld: PlainAmount | None = Field(
        default=None, description="Tax, as part of the amount and with its sign."
    )
    period: Annotated[str, StringConstraints(pattern="^([0-9]{4}-(0[1-9]|1[0-2]))?$")] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.payee_id is None) == (self.side is None):
            raise ValueError("name the payee or the side, one of them")
        return self


class MoneyToMove(Body):
    """The correction that goes with a decision, all of it in one currency."""

    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
    reason: Short = Field(min_length=1, description="Why, in words, for who approves it.")
    lines: list[MoneyLine] = Field(min_length=1, max_length=40)


class ProposeDecision(Body):
    """Send the draft to a second person, with the money that it moves."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {
                "money": {
                    "currency": "EUR",
                    "reason": "July was missing",
                    "lines": [
                        {"side": "complainant", "amount": "120.50", "reason": "not_on_statement"}
                    ],
                }
            }
        },
    )

    money: MoneyToMove | None = None


class ConfirmDecision(Body):
    """Let out what was read."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"seen_hash": _HASH}}
    )

    seen_hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        description="`seen_hash` of the decision that was read."
    )


class SayWhy(Body):
    """A reason, in words."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"reason": "The amount is not that of the statement."}},
    )

    reason: Annotated[str, StringConstraints(max_length=4000, min_length=1)]


class GiveVerdict(Body):
    """How a file is judged; several may follow each other, the newest counts."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"verdict": "supports_artist"}}
    )

    verdict: VerdictKind
    reason: RejectReason | None = Field(default=None, description="With `reject`, and only then.")
    note: Annotated[str, StringConstraints(max_length=4000)] = ""
