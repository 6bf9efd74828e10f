"""Transitions as they travel: what is possible now, what is not and why, and one to make."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Day, Shown, Whole
from app.cases.rules.actions import Action, Refusal
from app.cases.rules.kinds import CaseEvent, Outcome, State, SubKind
from app.conversations.rules.requests import ItemKind
from app.infra.i18n import translated

Line = Annotated[str, StringConstraints(max_length=200)]
Words = Annotated[str, StringConstraints(max_length=4000)]


class Possible(Shown):
    """A transition that the token's owner can make now."""

    event: CaseEvent
    label: str
    help: str
    needs: list[str] = Field(description="What must come with it; `reason` is words.")
    leads_to: list[State]
    here: bool = Field(description="False: it has a page of its own, or needs a fresh sign-in.")

    @classmethod
    def of(cls, one: Action, *, here: bool) -> Possible:
        """In the reader's language."""
        needs = ["terms" if name == "terms_hash" else name for name in one.needs]
        return cls(
            event=one.event, label=translated(one.label), help=translated(one.help), needs=needs,
            leads_to=list(one.leads_to), here=here,
        )  # fmt: skip


class NotNow(Shown):
    """A transition of this state that the token's owner could make, but not now."""

    event: CaseEvent
    label: str
    code: str
    why: str

    @classmethod
    def of(cls, one: Refusal) -> NotNow:
        """In the reader's language."""
        return cls(
            event=one.event, label=translated(one.label), code=one.code, why=translated(one.text)
        )


_POSSIBLE: dict[str, Any] = {
    "event": "take", "label": "Take", "help": "Begin to look at it.", "needs": [], "leads_to": ["triage"], "here": True
}  # fmt: skip


class Transitions(Shown):
    """What can be done with a case now, and what cannot."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"state": "submitted", "possible": [_POSSIBLE], "not_now": []}
        }
    )

    state: State
    possible: list[Possible]
    not_now: list[NotNow]


class Ask(Body):
    """One thing asked of a party."""

    kind: ItemKind = ItemKind.DOCUMENT
    title: Line = Field(min_length=1)
    hint: Words = ""


class MakeTransition(Body):
    """A transition and what it needs; see `needs` of the possible ones."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"event": "withdraw", "reason": "We have settled it."}},
    )

    event: CaseEvent
    reason: Words = ""
    items: list[Ask] = Field(default_factory=list, max_length=30, description="For asking a party.")
    silence: Words = Field(
        default="", description="For asking a party: what happens without an answer."
    )
    sub_kind: SubKind | None = None
    terms: Annotated[str, StringConstraints(max_length=8000)] = Field(
        default="", description="Of an offer; when accepting one, the words that were read."
    )
    days: Whole | None = Field(default=None, ge=1, le=180)
    limitation_on: Day | None = None
    told: Words = Field(default="", description="Words for the letter of this step.")
    failed: Words = Field(default="", description="What a notice lacks, a line each.")
    other_case: Line = Field(default="", description="Reference of the other case.")
    outcome: Outcome | None = Field(default=None, description="Of a court's order.")
    statements: list[Line] = Field(
        default_factory=list, max_length=20, description="Codes that are signed."
    )
    signer_name: Line | None = None
