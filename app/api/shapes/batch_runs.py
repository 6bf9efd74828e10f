"""Locks and exports of large batches in the background, as they travel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from app.api.shapes.frame import Shown
from app.corrections.queries.runs import BatchRunView
from app.corrections.rules.runs import BatchRunState, RunAct

_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"


class BatchRun(Shown):
    """A lock or an export of a large batch in the background; it does all of it or nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": _ID, "batch_id": _ID, "act": "export", "state": "running", "total": 100_000, "done": 62_500, "percent": 62,
                "seconds_left": 9, "outcome": "", "why": "", "asked_by": "Gil Grant", "asked_at": "2026-11-21T10:00:00Z",
                "ended_at": None,
            }
        }
    )  # fmt: skip

    id: UUID
    batch_id: UUID
    act: RunAct
    state: BatchRunState = Field(description="`done`, `refused` and `cancelled` are its end.")
    total: int = Field(description="Corrections of the batch.")
    done: int = Field(description="Corrections so far.")
    percent: int
    seconds_left: int | None = Field(description="Null while nobody can say.")
    outcome: str = Field(description="Code of why it was refused; empty otherwise.")
    why: str = Field(description="That reason in English.")
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, view: BatchRunView) -> BatchRun:
        """One run."""
        return cls(
            id=view.id, batch_id=view.batch_id, act=view.act, state=view.state, total=view.total, done=view.done,
            percent=view.percent, seconds_left=view.seconds_left, outcome=view.outcome, why=str(view.why or ""),
            asked_by=view.by, asked_at=view.at, ended_at=view.ended_at,
        )  # fmt: skip
