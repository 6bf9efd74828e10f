"""Reads of the catalogue by topic: what there is, and which cases are about it. The fixed names stand here."""

from __future__ import annotations

from app.catalogue.queries.alike import recordings_alike
from app.catalogue.queries.releases import (
    Found,
    RecordingRow,
    ReleaseRow,
    catalogue_scope,
    counts,
    has_catalogue,
    held_by,
    names_of_artist,
    recording_by_id,
    recordings_by_isrc,
    releases_by_id,
    search_releases,
    works_of,
)
from app.catalogue.queries.subjects import (
    About,
    AboutCase,
    cases_about,
    cases_about_the_same,
    subjects_of,
)

__all__ = [
    "About", "AboutCase", "Found", "RecordingRow", "ReleaseRow", "cases_about", "cases_about_the_same",
    "catalogue_scope", "counts", "has_catalogue", "held_by", "names_of_artist", "recording_by_id",
    "recordings_alike", "recordings_by_isrc", "releases_by_id", "search_releases", "subjects_of", "works_of",
]  # fmt: skip
