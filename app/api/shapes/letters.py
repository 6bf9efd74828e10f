"""Letters and decisions as they travel."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.api.shapes.frame import Shown
from app.decisions.queries import NoticeRow
from app.kernel.sides import Side
from app.letters.queries import LetterRow
from app.letters.rules.kinds import LetterKind, LetterState

_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_LETTER: dict[str, Any] = {
    "id": _ID, "number": "L-2026-000042", "kind": "decision", "to": "complainant", "state": "sent", "language": "en",
    "dated_on": "2026-11-20", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "size": 48213,
    "readable": True, "verify_code": "ABCD-EFGH-JKLM",
}  # fmt: skip
_DECISION: dict[str, Any] = {
    "id": _ID, "round": 1, "side": "complainant", "outcome": "upheld", "reasons": "July was not in the statement.",
    "issues": [{"question": "Was July paid?", "finding": "It was not.", "exhibits": ["E1"]}],
    "remedies": [{"kind": "pay", "text": "The difference is paid.", "effective_on": "2026-12-01"}], "money_moves": True,
    "confirmed_at": "2026-11-20T09:00:00Z",
}  # fmt: skip


class Letter(Shown):
    """A letter of a case."""

    model_config = ConfigDict(json_schema_extra={"example": _LETTER})

    id: UUID
    number: str = Field(description="Empty until it is issued.")
    kind: LetterKind
    to: Side
    state: LetterState
    language: str
    dated_on: date | None
    sha256: str = Field(description="Of the PDF.")
    size: int = Field(description="Bytes.")
    readable: bool = Field(description="Whether the PDF can be downloaded.")
    verify_code: str = Field(description="Proves it on the page /verify.")

    @classmethod
    def of(cls, row: LetterRow) -> Letter:
        """One row."""
        return cls(
            id=row.id, number=row.number, kind=row.kind, to=row.audience, state=row.state, language=row.language,
            dated_on=row.dated_on, sha256=row.sha256, size=row.size, readable=row.is_readable,
            verify_code=row.verify_code,
        )  # fmt: skip


class Letters(Shown):
    """The letters of a case that this reader may see."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_LETTER]}})

    items: list[Letter]


class Issue(Shown):
    """One question, what was found, and the labels of the files it rests on that this side may see."""

    question: str
    finding: str
    exhibits: list[str]


class Remedy(Shown):
    """What changes, and from when."""

    kind: str
    text: str
    effective_on: date | None


class Decision(Shown):
    """A decision that stands, as one side reads it."""

    model_config = ConfigDict(json_schema_extra={"example": _DECISION})

    id: UUID
    round: int
    side: Side
    outcome: str
    reasons: str
    issues: list[Issue]
    remedies: list[Remedy]
    money_moves: bool
    confirmed_at: datetime

    @classmethod
    def of(cls, row: NoticeRow) -> Decision:
        """One side's notice."""
        issues = [
            Issue(
                question=one["issue"],
                finding=one["finding"],
                exhibits=list(one.get("exhibits", ())),
            )
            for one in row.issues
        ]
        remedies = [
            Remedy(kind=one["kind"], text=one["text"], effective_on=one.get("effective_on"))
            for one in row.remedies
        ]
        return cls(
            id=row.decision_id, round=row.round, side=row.side, outcome=row.outcome, reasons=row.reasons,
            issues=issues, remedies=remedies, money_moves=row.money_moves, confirmed_at=row.confirmed_at,
        )  # fmt: skip


class Decisions(Shown):
    """Decisions of a case, the newest first; nothing before the reader's side was told."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_DECISION]}})

    items: list[Decision]
