"""Drafts as they travel: the policy's questions, what was answered, what is missing, what must be signed."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Shown
from app.cases.rules.kinds import SubKind
from app.policies.rules.forms import FieldType

Line = Annotated[str, StringConstraints(max_length=200)]
Answer = Annotated[str, StringConstraints(max_length=20_000)]
_ANSWERS: dict[str, Any] = {
    "subject_title": "Low Tide",
    "subject_artist": "Sabina Aliyeva",
    "period_start": "2026-07-01",
    "period_end": "2026-09-30",
    "summary": "July is not in the statement.",
}


class StartDraft(Body):
    """A new draft of oneself, or of somebody for whom one may act."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"sub_kind": "missing_earnings", "zone": "Asia/Baku"}},
    )

    sub_kind: SubKind = Field(description="What it is about; it names the policy.")
    language: str = Field(default="en", pattern="^[a-z]{2}$", description="Of the letters.")
    zone: str | None = Field(
        default=None, max_length=64, description="IANA zone; the person's without one."
    )
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    for_person: UUID | None = Field(
        default=None, description="Somebody who lets the token's owner act."
    )


class SaveDraft(Body):
    """Answers by the name of their question; those that are not named stay."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"answers": _ANSWERS}}
    )

    answers: dict[Line, Answer] = Field(default_factory=dict, max_length=100)
    sub_kind: SubKind | None = Field(default=None, description="Another kind of case from now on.")


class SubmitDraft(Body):
    """What is signed when a case is filed."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"statements": ["truth"], "signer_name": "Sabina Aliyeva"}},
    )

    statements: list[Line] = Field(
        default_factory=list,
        max_length=20,
        description="Codes of the draft's `statements`, read and signed.",
    )
    signer_name: Line | None = Field(
        default=None, description="Full name; that of the token's owner without one."
    )
    capacity: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="", description="In which capacity, such as owner or manager."
    )


class Choice(Shown):
    """One answer of a question with choices."""

    value: str
    label: str


class Question(Shown):
    """A question of the policy."""

    name: str
    label: str
    help: str
    type: FieldType = Field(
        description="date: 2026-07-01; money: 120.50 EUR; links: one a line; the others: text."
    )
    required: bool
    max_length: int
    choices: list[Choice]


class Statement(Shown):
    """Words to be signed by name when the case is filed."""

    code: str
    text: str


_DRAFT: dict[str, Any] = {
    "id": "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c", "ref": None, "version": 2, "sub_kind": "missing_earnings",
    "answers": _ANSWERS, "missing": [], "questions": [
        {"name": "subject_title", "label": "Title", "help": "", "type": "line", "required": True, "max_length": 200, "choices": []}
    ], "statements": [{"code": "truth", "text": "What I say here is true."}],
}  # fmt: skip


class Draft(Shown):
    """A draft, or what it was when its case has a reference."""

    model_config = ConfigDict(json_schema_extra={"example": _DRAFT})

    id: UUID
    ref: str | None = Field(description="Of the case it became.")
    version: int
    sub_kind: SubKind
    answers: dict[str, str]
    missing: list[str] = Field(
        description="Names of questions that must be answered before it is filed."
    )
    questions: list[Question]
    statements: list[Statement]
