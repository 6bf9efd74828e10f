"""Reads of the catalogue, scoped to what the asker holds; the house reads all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from app.accounts.queries import acts_as
from app.catalogue.models import (
    Artist,
    ArtistName,
    CatalogueHolder,
    Recording,
    RecordingWork,
    Release,
    ReleaseRecording,
    Work,
)
from app.catalogue.rules.search import Wanted, wanted
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.errors import NotFound

PAGE = 20


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording, on the release it was found on. *isrc* canonical, *seconds* may be unknown."""

    id: UUID
    isrc: str
    title: str
    version: str
    seconds: int | None
    artist_id: UUID
    artist: str
    position: int = 1


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release with its recordings in order. *upc* has 14 digits; *stores* are names."""

    id: UUID
    artist_id: UUID
    artist: str
    upc: str
    title: str
    kind: str
    released_on: date | None
    label: str
    stores: tuple[str, ...]
    recordings: tuple[RecordingRow, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, newest release first. *has_more*: the rest needs more words."""

    rows: tuple[ReleaseRow, ...]
    has_more: bool


def reads_all(actor: Actor) -> bool:
    """True for the house, which reads the whole catalogue."""
    return actor.is_system or actor.is_staff or actor.has(Role.AUDITOR)


def held_by(actor: Actor, artist_id: Any) -> ColumnElement[bool]:
    """The first wall: the house reads all; a person what they, or those they act for, hold now."""
    if reads_all(actor):
        return true()
    if actor.person_id is None:
        return false()
    held = select(CatalogueHolder.artist_id).where(
        CatalogueHolder.ended_at.is_(None), acts_as(CatalogueHolder.person_id, actor.person_id)
    )
    return artist_id.in_(held)


def catalogue_scope(actor: Actor, item_id: Any) -> ColumnElement[bool]:
    """Condition on the id of a release or recording: those that exist for *actor*, as `held_by` says."""
    if reads_all(actor):
        return true()
    releases = select(Release.id).where(held_by(actor, Release.artist_id))
    recordings = select(Recording.id).where(held_by(actor, Recording.artist_id))
    return or_(item_id.in_(releases), item_id.in_(recordings))


def _releases(actor: Actor) -> Select[Release, str]:
    return (
        select(Release, Artist.name)
        .join(Artist, Artist.id == Release.artist_id)
        .where(held_by(actor, Release.artist_id))
    )


def search_releases(tx: Tx, actor: Actor, text: str, *, limit: int = PAGE) -> Found:
    """Releases by title, artist in any stored spelling, ISRC or UPC; newest first. Two statements."""
    query = _releases(actor).where(_fits(wanted(text)))
    rows = tx.execute(
        query.order_by(Release.released_on.desc().nulls_last(), Release.id).limit(limit + 1)
    ).all()
    return Found(_with_recordings(tx, rows[:limit]), len(rows) > limit)


def _fits(asked: Wanted) -> ColumnElement[bool]:
    if asked.upc:
        return Release.upc == asked.upc
    if asked.isrc:
        holding = (
            select(ReleaseRecording.release_id)
            .join(Recording, Recording.id == ReleaseRecording.recording_id)
            .where(Recording.isrc == asked.isrc)
        )
        return Release.id.in_(holding)
    return and_(true(), *(Release.search.contains(word, autoescape=True) for word in asked.words))


def releases_by_id(tx: Tx, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, ReleaseRow]:
    """The releases among *ids* that exist for the actor."""
    wanted_ids = list(ids)
    if not wanted_ids:
        return {}
    rows = tx.execute(_releases(actor).where(Release.id.in_(wanted_ids))).all()
    return {row.id: row for row in _with_recordings(tx, rows)}


def _with_recordings(tx: Tx, rows: Iterable[Any]) -> tuple[ReleaseRow, ...]:
    found = list(rows)
    parts = _recordings_of(tx, [release.id for release, _artist in found])
    return tuple(
        ReleaseRow(
            release.id, release.artist_id, artist, release.upc, release.title, release.kind,
            release.released_on, release.label, tuple(release.stores), parts.get(release.id, ()),
        )
        for release, artist in found
    )  # fmt: skip


def _recordings_of(tx: Tx, releases: list[UUID]) -> dict[UUID, tuple[RecordingRow, ...]]:
    """The recordings of releases the asker was already allowed to read."""
    if not releases:
        return {}
    rows = tx.execute(
        select(ReleaseRecording.release_id, ReleaseRecording.position, Recording, Artist.name)
        .join(Recording, Recording.id == ReleaseRecording.recording_id)
        .join(Artist, Artist.id == Recording.artist_id)
        .where(ReleaseRecording.release_id.in_(releases))
        .order_by(ReleaseRecording.release_id, ReleaseRecording.position)
    ).all()
    found: dict[UUID, tuple[RecordingRow, ...]] = {}
    for release_id, position, recording, artist in rows:
        row = _recording(recording, artist, position)
        found[release_id] = (*found.get(release_id, ()), row)
    return found


def _recording(row: Recording, artist: str, position: int = 1) -> RecordingRow:
    return RecordingRow(
        row.id, row.isrc, row.title, row.version, row.seconds, row.artist_id, artist, position
    )


def recordings_by_isrc(tx: Tx, actor: Actor, isrcs: Iterable[str]) -> dict[str, RecordingRow]:
    """The recordings among canonical *isrcs* that exist for the actor."""
    asked = list(isrcs)
    if not asked:
        return {}
    rows = tx.execute(
        select(Recording, Artist.name)
        .join(Artist, Artist.id == Recording.artist_id)
        .where(Recording.isrc.in_(asked), held_by(actor, Recording.artist_id))
    ).all()
    return {recording.isrc: _recording(recording, artist) for recording, artist in rows}


def recording_by_id(tx: Tx, actor: Actor, recording_id: UUID) -> RecordingRow:
    """One recording. Raises `NotFound` for foreign and unknown ones alike."""
    row = tx.execute(
        select(Recording, Artist.name)
        .join(Artist, Artist.id == Recording.artist_id)
        .where(Recording.id == recording_id, held_by(actor, Recording.artist_id))
    ).one_or_none()
    if row is None:
        raise NotFound("recording")
    return _recording(row[0], row[1])


def works_of(tx: Tx, actor: Actor, recording_id: UUID) -> tuple[tuple[str, str | None], ...]:
    """(title, ISWC) of the works a recording performs. Raises `NotFound` as `recording_by_id`."""
    recording_by_id(tx, actor, recording_id)
    rows = tx.execute(
        select(Work.title, Work.iswc)
        .join(RecordingWork, RecordingWork.work_id == Work.id)
        .where(RecordingWork.recording_id == recording_id)
        .order_by(Work.title)
    )
    return tuple((row.title, row.iswc) for row in rows)


def names_of_artist(tx: Tx, actor: Actor, artist_id: UUID) -> tuple[str, ...]:
    """All spellings, the main one first; empty when the artist does not exist for the actor."""
    main = tx.execute(
        select(Artist.name).where(Artist.id == artist_id, held_by(actor, Artist.id))
    ).scalar_one_or_none()
    if main is None:
        return ()
    others = tx.execute(
        select(ArtistName.name)
        .where(ArtistName.artist_id == artist_id, ArtistName.ended_at.is_(None))
        .order_by(ArtistName.name)
    ).scalars()
    return (main, *others)


def has_catalogue(tx: Tx, actor: Actor) -> bool:
    """True when the asker can choose from anything at all."""
    found = tx.execute(select(Artist.id).where(held_by(actor, Artist.id)).limit(1))
    return found.first() is not None


def counts(tx: Tx) -> dict[str, int]:
    """How many rows each table of the catalogue has: for the console."""
    return {
        table.__tablename__: tx.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (Artist, Release, Recording, Work)
    }
