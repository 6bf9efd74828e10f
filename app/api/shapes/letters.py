"""Letters and decisions as they travel."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Shown
from app.decisions.queries import NoticeRow
from app.kernel.sides import Side
from app.letters.queries import LetterRow, LetterView, VerifiedLetter
from app.letters.rules.blocks import LONGEST_BLOCK, blocks_of
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


class LetterFull(Letter):
    """A letter with what it says. Below `blocks`: of drafts, which the desk alone sees."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _LETTER
            | {"html": "<p>Dear Sabina,</p>", "blocks": {"reasons": "July was not in the statement."}}
            | {"missing": [], "proof_sha256": "", "proof_is_fresh": False, "you_may_send": True}
            | {"problem": "", "void_reason": ""}
        }
    )  # fmt: skip

    html: str = Field(
        description="The letter as a fragment of a page; what a draft lacks is marked."
    )
    blocks: dict[str, str] = Field(
        description="The words of a draft that a person may change, by name."
    )
    missing: list[str] = Field(description="What a draft lacks before it can leave.")
    proof_sha256: str = Field(description="Of the newest proof; sending names it.")
    proof_is_fresh: bool = Field(description="Whether it shows the draft as it is now.")
    you_may_send: bool = Field(
        description="False: you wrote words of it, so somebody else sends it."
    )
    problem: str = Field(description="Why it could not be printed.")
    void_reason: str

    @classmethod
    def of_view(cls, view: LetterView, *, you_may_send: bool) -> LetterFull:
        """In full."""
        row, is_draft = view.row, view.row.state is LetterState.DRAFTED
        return cls(
            **Letter.of(row).model_dump(), html=view.html, blocks=blocks_of(view.context) if is_draft else {},
            missing=list(view.readiness.missing) if is_draft else [], proof_sha256=row.proof_sha256 if is_draft else "",
            proof_is_fresh=is_draft and row.is_proof_fresh, you_may_send=you_may_send, problem=row.problem,
            void_reason=row.void_reason,
        )  # fmt: skip


class StartLetter(Body):
    """Which letter to which side; what it says comes from the case."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"kind": "hold_notice", "to": "complainant"}},
    )

    kind: LetterKind
    to: Side


class EditLetter(Body):
    """Other words in the blocks of a draft."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"blocks": {"reasons": "July was not in the statement."}}},
    )

    blocks: dict[str, Annotated[str, StringConstraints(max_length=LONGEST_BLOCK)]] = Field(
        max_length=20
    )


class SendLetter(Body):
    """Let a draft go as its proof shows it."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"proof": _LETTER["sha256"]}}
    )

    proof: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        description="`proof_sha256` of the proof that was looked at."
    )


class Verified(Shown):
    """What anybody with the code of a letter may know: nothing personal."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "number": "L-2026-000042", "dated_on": "2026-11-20", "kind": "decision", "state": "issued", "sha256": _LETTER["sha256"],
                "printed_sha256": _LETTER["sha256"], "signer": "Redress", "certificate": _LETTER["sha256"],
                "signed_at": "2026-11-20T09:00:00Z", "replaced_by": "",
            }
        }
    )  # fmt: skip

    number: str
    dated_on: date
    kind: LetterKind
    state: Literal["issued", "void"]
    sha256: str = Field(description="Of the PDF that left: compare it with yours.")
    printed_sha256: str = Field(description="Of the PDF before it was signed.")
    signer: str
    certificate: str = Field(description="SHA-256 of the certificate; empty when it left unsigned.")
    signed_at: datetime | None
    replaced_by: str = Field(description="Number of the letter that took its place.")

    @classmethod
    def of(cls, found: VerifiedLetter) -> Verified:
        """Without where the bytes lie."""
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


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
