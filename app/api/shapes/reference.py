"""Policies and the catalogue as they travel."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.api.shapes.frame import Query, Shown
from app.catalogue.queries import RecordingRow, ReleaseRow
from app.policies.queries import PolicyView

_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_POLICY: dict[str, Any] = {
    "sub_kind": "missing_earnings", "kind": "payout", "version": 1, "effective_from": "2026-01-01T00:00:00Z", "silence": "close",
    "second_pair": True, "clocks": [{"kind": "first_response", "length": 8, "unit": "business_hours", "latest": None}],
}  # fmt: skip
_RELEASE: dict[str, Any] = {
    "id": _ID, "artist": "Sabina Aliyeva", "upc": "00036000291452", "title": "Low Tide", "kind": "single", "released_on": "2026-05-01",
    "label": "Tidewater", "stores": ["streaming"], "recordings": [
        {"id": _ID, "isrc": "USRC17607839", "title": "Low Tide", "version": "", "seconds": 201, "artist": "Sabina Aliyeva"}
    ],
}  # fmt: skip


class Clock(Shown):
    """How long something may take."""

    kind: str
    length: int
    unit: str
    latest: int | None = Field(description="The far end of a window.")


class Policy(Shown):
    """The version of a policy that is in force."""

    model_config = ConfigDict(json_schema_extra={"example": _POLICY})

    sub_kind: str
    kind: str
    version: int
    effective_from: datetime
    silence: str = Field(description="What happens when a party does not answer.")
    second_pair: bool = Field(description="A second person confirms each decision.")
    clocks: list[Clock]

    @classmethod
    def of(cls, view: PolicyView) -> Policy:
        """One policy."""
        return cls(
            sub_kind=view.sub_kind, kind=view.kind, version=view.version, effective_from=view.effective_from,
            silence=view.silence, second_pair=view.second_pair,
            clocks=[
                Clock(kind=kind.value, length=length.n, unit=length.unit.value, latest=length.latest)
                for kind, length in view.clocks.items()
            ],
        )  # fmt: skip


class Policies(Shown):
    """The policies in force, by sub-kind."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_POLICY]}})

    items: list[Policy]


class ReleasesQuery(Query):
    """Which releases."""

    q: str = Field(
        default="", max_length=200, description="Title, artist in any spelling, ISRC or UPC."
    )


class Recording(Shown):
    """A recording on a release."""

    id: UUID
    isrc: str
    title: str
    version: str
    seconds: int | None
    artist: str

    @classmethod
    def of(cls, row: RecordingRow) -> Recording:
        """One row."""
        return cls(
            id=row.id, isrc=row.isrc, title=row.title, version=row.version, seconds=row.seconds, artist=row.artist
        )  # fmt: skip


class Release(Shown):
    """A release of the catalogue."""

    model_config = ConfigDict(json_schema_extra={"example": _RELEASE})

    id: UUID
    artist: str
    upc: str
    title: str
    kind: str
    released_on: date | None
    label: str
    stores: list[str]
    recordings: list[Recording]

    @classmethod
    def of(cls, row: ReleaseRow) -> Release:
        """One row."""
        return cls(
            id=row.id, artist=row.artist, upc=row.upc, title=row.title, kind=row.kind, released_on=row.released_on,
            label=row.label, stores=list(row.stores), recordings=[Recording.of(one) for one in row.recordings],
        )  # fmt: skip


class Releases(Shown):
    """The newest releases that fit; with `has_more` the rest needs more words."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"items": [_RELEASE], "has_more": False}}
    )

    items: list[Release]
    has_more: bool


class Imported(Shown):
    """What an import took in."""

    model_config = ConfigDict(json_schema_extra={"example": {"id": _ID, "lines": 1}})

    id: UUID
    lines: int


IMPORT_EXAMPLE = """artist_code,artist,upc,release_title,recording_title,isrc
T1,Sabina Aliyeva,036000291452,Low Tide,Low Tide,USRC17607839
"""
