"""Lines without a recording as they travel: by what they say, with what they may mean and what persons said. Amounts are text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Cursor, Page, Shown, page_example
from app.api.shapes.money import Amount
from app.statements.queries import MatchRow, UnmatchedRow
from app.statements.rules.suggesting import How, Suggestion, Why

_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_MEANT: dict[str, Any] = {
    "id": _ID, "isrc": "AZTW12500301", "title": "Salt Road", "version": "", "artist": "Sabina Aliyeva", "by": "Fay Fox",
    "at": "2026-11-20T09:00:00Z", "why": "upc", "how": "padded", "ended_by": "", "ended_at": None,
}  # fmt: skip
_MAY: dict[str, Any] = {
    "recording_id": _ID, "isrc": "AZTW12500301", "title": "Salt Road", "version": "", "artist": "Sabina Aliyeva",
    "release": "Night Ferry", "why": "upc", "how": "padded",
}  # fmt: skip
_GROUP: dict[str, Any] = {
    "id": _ID, "isrc": "N/A", "upc": "36000291452", "title": "Salt Road", "artist": "SABINA ALIYEVA", "line_count": 2,
    "sums": [{"amount": "0.25", "currency": "EUR"}], "can_match": True, "suggestions": [_MAY], "match": None,
}  # fmt: skip
_WHY = "The same ISRC; the same release and title; title and artist."
_HOW = (
    "As it stands; an ISRC without hyphens, small letters or another code; a UPC with zeros put back; "
    "names without case and accents."
)
_REASON = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


Grounds = Mapping[UUID, Suggestion]
"""Match → what speaks for it."""


class MatchedOrNot(StrEnum):
    """Which groups."""

    WAITING = "waiting"
    MATCHED = "matched"


class UnmatchedQuery(Cursor):
    """Which groups of a file, and which page of them."""

    state: MatchedOrNot = Field(default=MatchedOrNot.WAITING)


class SuggestedRecording(Shown):
    """A recording that the lines may mean."""

    recording_id: UUID
    isrc: str
    title: str
    version: str
    artist: str
    release: str
    why: Why = Field(description=_WHY)
    how: How = Field(description=_HOW)

    @classmethod
    def of(cls, one: Suggestion) -> SuggestedRecording:
        """One suggestion."""
        found = one.recording
        return cls(
            recording_id=found.id, isrc=found.isrc, title=found.title, version=found.version, artist=found.artist,
            release=found.release, why=one.why, how=one.how,
        )  # fmt: skip


class RecordingMatch(Shown):
    """What a person said that the lines mean."""

    id: UUID
    isrc: str
    title: str
    version: str
    artist: str
    by: str
    at: datetime
    why: Why | None = Field(
        description=f"{_WHY} None: nothing speaks for it but the word of the person."
    )
    how: How | None = Field(description=_HOW)
    ended_by: str = Field(description="Who took it back; empty while it holds.")
    ended_at: datetime | None

    @classmethod
    def of(cls, row: MatchRow, ground: Suggestion | None) -> RecordingMatch:
        """One word, with what speaks for it."""
        return cls(
            id=row.id, isrc=row.isrc, title=row.title, version=row.version, artist=row.artist, by=row.by, at=row.at,
            why=ground.why if ground else None, how=ground.how if ground else None, ended_by=row.ended_by, ended_at=row.ended_at,
        )  # fmt: skip


class UnmatchedGroup(Shown):
    """Lines of a file that say the same of a recording that the catalogue does not have."""

    id: UUID
    isrc: str = Field(description="As the first of them writes it, like what follows.")
    upc: str
    title: str
    artist: str
    line_count: int
    sums: list[Amount]
    can_match: bool = Field(
        description="False: they name no recording, so nothing can be remembered of them."
    )
    suggestions: list[SuggestedRecording] = Field(
        description="The surest first; empty for what is matched. Nothing is taken without a person."
    )
    match: RecordingMatch | None = Field(
        description="What holds, for every file that says the same."
    )

    @classmethod
    def of(
        cls,
        row: UnmatchedRow,
        suggestions: tuple[Suggestion, ...],
        match: MatchRow | None,
        grounds: Grounds,
    ) -> UnmatchedGroup:
        """One group."""
        said = row.said
        return cls(
            id=row.id, isrc=said.isrc, upc=said.upc, title=said.title, artist=said.artist, line_count=row.line_count,
            sums=[Amount.of(one) for one in row.amounts], can_match=bool(row.key),
            suggestions=[] if match else [SuggestedRecording.of(one) for one in suggestions],
            match=RecordingMatch.of(match, grounds.get(match.id)) if match else None,
        )  # fmt: skip


class UnmatchedGroups(Page):
    """Groups of a file, most lines first."""

    model_config = ConfigDict(json_schema_extra=page_example(_GROUP))

    items: list[UnmatchedGroup]


class UnmatchedDetail(UnmatchedGroup):
    """One group, with everything that persons said of it."""

    model_config = ConfigDict(json_schema_extra={"example": {**_GROUP, "history": [_MEANT]}})

    history: list[RecordingMatch] = Field(
        description="The newest first, those taken back, too. Reasons stand in the history."
    )

    @classmethod
    def read(
        cls,
        row: UnmatchedRow,
        suggestions: tuple[Suggestion, ...],
        history: tuple[MatchRow, ...],
        grounds: Grounds,
    ) -> UnmatchedDetail:
        """The group."""
        live = next((one for one in history if one.ended_at is None), None)
        group = UnmatchedGroup.of(row, suggestions, live, grounds).model_dump()
        return cls(
            **group, history=[RecordingMatch.of(one, grounds.get(one.id)) for one in history]
        )


class MatchGroup(Body):
    """Which recording the lines mean, and why."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {"recording_id": _ID, "reason": "The label confirmed it by mail."}
        },
    )

    recording_id: UUID = Field(description="Of a suggestion, or of `GET /catalogue/releases`.")
    reason: _REASON


class UnmatchGroup(Body):
    """Why it holds no more."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"reason": "It is the live version."}},
    )

    reason: _REASON
