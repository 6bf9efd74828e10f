"""By what releases and recordings are found: titles, artists in every spelling, UPC, ISRC, ISWC.

They belong to no case and to the desk: parties look at their catalogue through its own queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.catalogue.models import (
    Artist,
    ArtistName,
    CatalogueImport,
    Recording,
    RecordingWork,
    Release,
    ReleaseRecording,
    Work,
)
from app.infra.db.transaction import Tx, house
from app.kernel.identifiers import Upc
from app.kernel.sides import Disclosure, Side
from app.search.commands import Entry, Subject
from app.search.service import put

BATCH = 500
"""Artists at a time: a file may name more than a statement takes."""


def index_artists(tx: Tx, artist_ids: Iterable[UUID]) -> None:
    """Let everything of these artists be found as it reads now."""
    every = list(artist_ids)
    with house(tx):
        for start in range(0, len(every), BATCH):
            ids = every[start : start + BATCH]
            put(tx, *_releases(tx, Release.artist_id.in_(ids)))
            put(tx, *_recordings(tx, Recording.artist_id.in_(ids)))


def release_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of releases in order of id, for a rebuild."""
    return _releases(tx, Release.id > after if after else Release.id.is_not(None), limit)


def recording_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of recordings in order of id."""
    return _recordings(tx, Recording.id > after if after else Recording.id.is_not(None), limit)


def _releases(tx: Tx, which: ColumnElement[bool], limit: int | None = None) -> Sequence[Entry]:
    rows = tx.execute(
        select(Release, Artist, CatalogueImport.at)
        .join(Artist, Artist.id == Release.artist_id)
        .join(CatalogueImport, CatalogueImport.id == Release.import_id)
        .where(which)
        .order_by(Release.id)
        .limit(limit)
    ).all()
    names = _names(tx, [artist for _release, artist, _at in rows])
    return [
        _entry(
            Subject.RELEASE, row.id, row.title, names[artist.id], (Upc(row.upc).shown(),),
            _since(row.released_on, at),
        )
        for row, artist, at in rows
    ]  # fmt: skip


def _recordings(tx: Tx, which: ColumnElement[bool], limit: int | None = None) -> Sequence[Entry]:
    rows = tx.execute(
        select(Recording, Artist, CatalogueImport.at, _first_day().label("day"))
        .join(Artist, Artist.id == Recording.artist_id)
        .join(CatalogueImport, CatalogueImport.id == Recording.import_id)
        .where(which)
        .order_by(Recording.id)
        .limit(limit)
    ).all()
    names = _names(tx, [artist for _recording, artist, _at, _day in rows])
    works = _works(tx, [recording.id for recording, *_rest in rows])
    return [
        _entry(
            Subject.RECORDING, row.id, f"{row.title} ({row.version})" if row.version else row.title,
            names[artist.id], (row.isrc, *works.get(row.id, ())), _since(day, at),
        )
        for row, artist, at, day in rows
    ]  # fmt: skip


def _entry(
    subject: Subject,
    key: UUID,
    title: str,
    names: tuple[str, ...],
    idents: tuple[str, ...],
    at: datetime,
) -> Entry:
    """The first of *names* and *idents* is shown; all are found."""
    return Entry(
        subject, key, None, Side.DESK, Disclosure.SHARED, title=title, at=at,
        body=f"{names[0]} · {idents[0]}", more=names, names=names, idents=idents,
    )  # fmt: skip


def _first_day() -> Any:
    """The day on which a recording came out first."""
    return (
        select(func.min(Release.released_on))
        .join(ReleaseRecording, ReleaseRecording.release_id == Release.id)
        .where(ReleaseRecording.recording_id == Recording.id)
        .scalar_subquery()
    )


def _since(day: date | None, at: datetime) -> datetime:
    """When it came out; when its file was taken in, where no file says so."""
    return datetime.combine(day, time(), UTC) if day else at


def _names(tx: Tx, artists: Iterable[Artist]) -> dict[UUID, tuple[str, ...]]:
    """All spellings of each artist, the main one first."""
    names = {artist.id: (artist.name,) for artist in artists}
    rows = tx.execute(
        select(ArtistName.artist_id, func.array_agg(ArtistName.name))
        .where(ArtistName.artist_id.in_(list(names)), ArtistName.ended_at.is_(None))
        .group_by(ArtistName.artist_id)
    )
    return names | {artist_id: (*names[artist_id], *others) for artist_id, others in rows}


def _works(tx: Tx, recording_ids: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    """ISWC of the works that recordings perform."""
    rows = tx.execute(
        select(RecordingWork.recording_id, func.array_agg(Work.iswc))
        .join(Work, Work.id == RecordingWork.work_id)
        .where(RecordingWork.recording_id.in_(recording_ids), Work.iswc.is_not(None))
        .group_by(RecordingWork.recording_id)
    )
    return {recording_id: tuple(filter(None, iswcs)) for recording_id, iswcs in rows}
