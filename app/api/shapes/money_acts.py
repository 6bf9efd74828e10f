"""What is done with corrections and batches, as it travels."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.decisions import MoneyLine
from app.api.shapes.frame import Body, Day
from app.corrections.rules.batches import AckResult
from app.exports.formats import FORMATS, PAYMENTS

Hash = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
FORMAT_NAMES = ", ".join(f"`{name}`" for name in FORMATS | PAYMENTS)
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class ApproveCorrection(Body):
    """Approve what was read."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"seen_hash": _HASH}}
    )

    seen_hash: Hash = Field(description="`seen_hash` of the correction that was read.")


class ReviseCorrection(Body):
    """What a correction says from now on."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {
                "reason": "August was paid, July was not",
                "lines": [{"side": "complainant", "amount": "80.50", "reason": "not_on_statement"}],
            }
        },
    )

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    lines: list[MoneyLine] = Field(min_length=1, max_length=40)


class LockBatch(Body):
    """Close a batch."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"posting_date": "2026-11-20"}}
    )

    posting_date: Day | None = Field(
        default=None, description="Day of the books; today without it."
    )


class ExportBatch(Body):
    """In which format a file is written."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"format": "neutral"}}
    )

    format: str = Field(default="neutral", max_length=40, description=f"One of {FORMAT_NAMES}.")


class AckProblem(Body):
    """A correction that the ledger did not post as it was exported."""

    correction_id: UUID
    result: AckResult
    note: str = Field(default="", max_length=500)


class AcknowledgeBatch(Body):
    """What the ledger answered: everything is posted but what is named here."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {"reference": "IMP-2026-118", "file_sha256": _HASH, "faults": []}
        },
    )

    reference: str = Field(max_length=200, description="What your ledger calls the import.")
    file_sha256: Hash = Field(description="Of the file that was imported.")
    faults: list[AckProblem] = Field(default_factory=list, max_length=500)
