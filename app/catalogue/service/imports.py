"""Writing the catalogue: a file is taken whole or not at all, and a repeat changes nothing but the date."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.accounts.queries import person_by_email
from app.catalogue.commands import HoldArtist, ImportCatalogue, LetArtistGo
from app.catalogue.models import (
    Artist,
    ArtistName,
    CatalogueHolder,
    CatalogueImport,
    Recording,
    RecordingWork,
    Release,
    ReleaseRecording,
    Work,
)
from app.catalogue.rules.search import folded
from app.catalogue.rules.table import Line, read_table
from app.catalogue.service.searchable import index_artists
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, InvalidMany, NotFound
from app.kernel.words import words as _

CHUNK = 1_000
"""Rows a statement; far below the limit of parameters."""


def read_import(name: str, content: bytes) -> ImportCatalogue:
    """The command for a file as it lies there. Raises `InvalidMany` naming line and column."""
    return ImportCatalogue(name, hashlib.sha256(content).hexdigest(), read_table(content))


def import_catalogue(tx: Tx, command: ImportCatalogue, actor: Actor, clock: Clock) -> UUID:
    """Take the whole file: new things are added, known ones (by code, UPC, ISRC) say what it says.

    Nothing is removed: a file may hold part of the catalogue. Returns the import's id.
    Raises `Forbidden`, `InvalidMany` (an account that does not exist).
    """
    _house_only(actor)
    holders = _accounts(tx, command.lines)
    made = CatalogueImport(
        id=uuid4(), name=command.name[:300], sha256=command.sha256, by_id=actor.person_id,
        line_count=len(command.lines), at=clock.now(),
    )  # fmt: skip
    tx.add(made)
    record(
        tx, actor, clock,
        verb="catalogue.imported", subject=("catalogue_import", made.id),
        data={"sha256": command.sha256, "lines": len(command.lines)},
    )  # fmt: skip
    artists = _artists(tx, command.lines, made.id, clock)
    recordings = _recordings(tx, command.lines, artists, made.id)
    _works(tx, command.lines, recordings, made.id)
    _releases(tx, command.lines, artists, recordings, made.id)
    for code, person_id in holders.items():
        _hold(tx, artists[code], person_id, actor, clock)
    index_artists(tx, artists.values())
    return made.id


def _house_only(actor: Actor) -> None:
    if not (actor.is_system or actor.has(Role.ADMIN)):
        raise Forbidden(code="permission")


def _accounts(tx: Tx, lines: tuple[Line, ...]) -> dict[str, UUID]:
    """The account of each artist that names one."""
    found: dict[str, UUID] = {}
    problems = []
    for number, line in enumerate(lines, start=2):
        if not line.holder_email or line.artist_code in found:
            continue
        person = person_by_email(tx, line.holder_email)
        if person is None:
            words = _("No account has this address.")
            problems.append(Invalid(f"line {number}, holder_email", "no_account", words))
        else:
            found[line.artist_code] = person.id
    if problems:
        raise InvalidMany(problems)
    return found


def _put(tx: Tx, table: Any, rows: Iterable[dict[str, Any]], key: str) -> dict[str, UUID]:
    """Add or change rows by their natural *key*; ids by that key."""
    ids: dict[str, UUID] = {}
    every = list(rows)
    for start in range(0, len(every), CHUNK):
        part = every[start : start + CHUNK]
        query = insert(table).values(part)
        changed = {name: query.excluded[name] for name in part[0] if name not in {"id", key}}
        query = query.on_conflict_do_update(index_elements=[key], set_=changed)
        done = tx.execute(query.returning(getattr(table, key), table.id)).all()
        ids |= {row[0]: row[1] for row in done}
    return ids


def _artists(tx: Tx, lines: tuple[Line, ...], made: UUID, clock: Clock) -> dict[str, UUID]:
    first = {line.artist_code: line for line in reversed(lines)}
    ids = _put(tx, Artist, ({
        "id": uuid4(), "code": code, "name": line.artist, "import_id": made,
        "search": folded(" ".join((line.artist, *line.other_names))),
    } for code, line in sorted(first.items())), "code")  # fmt: skip
    for code, line in first.items():
        _other_names(tx, ids[code], line.other_names, clock)
    return ids


def _other_names(tx: Tx, artist_id: UUID, names: tuple[str, ...], clock: Clock) -> None:
    known = tx.execute(select(ArtistName).where(ArtistName.artist_id == artist_id)).scalars().all()
    for row in known:
        row.ended_at = None if row.name in names else (row.ended_at or clock.now())
    missing = set(names) - {row.name for row in known}
    tx.add_all(ArtistName(artist_id=artist_id, name=name) for name in sorted(missing))


def _recordings(
    tx: Tx, lines: tuple[Line, ...], artists: dict[str, UUID], made: UUID
) -> dict[str, UUID]:
    first = {line.isrc: line for line in reversed(lines)}
    return _put(tx, Recording, ({
        "id": uuid4(), "artist_id": artists[line.artist_code], "isrc": isrc, "title": line.recording_title,
        "version": line.version, "seconds": line.seconds, "import_id": made,
    } for isrc, line in sorted(first.items())), "isrc")  # fmt: skip


def _works(tx: Tx, lines: tuple[Line, ...], recordings: dict[str, UUID], made: UUID) -> None:
    """Works with a number are one each; without one there is nothing to tell two of a title apart."""
    known = {line.iswc: line for line in reversed(lines) if line.iswc}
    ids = _put(tx, Work, ({
        "id": uuid4(), "iswc": iswc, "title": line.work_title or line.recording_title, "import_id": made,
    } for iswc, line in sorted(known.items())), "iswc")  # fmt: skip
    pairs = sorted({(recordings[line.isrc], ids[line.iswc]) for line in lines if line.iswc})
    for recording_id, work_id in pairs:
        tx.execute(
            insert(RecordingWork)
            .values(recording_id=recording_id, work_id=work_id)
            .on_conflict_do_nothing()
        )


def _releases(
    tx: Tx,
    lines: tuple[Line, ...],
    artists: dict[str, UUID],
    recordings: dict[str, UUID],
    made: UUID,
) -> None:
    by_upc: dict[str, list[Line]] = {}
    for line in lines:
        by_upc.setdefault(line.upc, []).append(line)
    ids = _put(tx, Release, ({
        "id": uuid4(), "artist_id": artists[own[0].artist_code], "upc": upc, "title": own[0].release_title,
        "search": _search_text(own), "kind": own[0].release_kind, "released_on": own[0].released_on,
        "label": own[0].label, "stores": list(own[0].stores), "import_id": made,
    } for upc, own in sorted(by_upc.items())), "upc")  # fmt: skip
    for upc, own in by_upc.items():
        _order(tx, ids[upc], {recordings[line.isrc]: line.position for line in own})


def _search_text(lines: list[Line]) -> str:
    words = [lines[0].release_title, lines[0].artist, *lines[0].other_names]
    words += [f"{line.recording_title} {line.version}" for line in lines]
    return folded(" ".join(words))


def _order(tx: Tx, release_id: UUID, places: dict[UUID, int]) -> None:
    """Recordings of a release as the file orders them; free places are given to those that clash."""
    kept = {
        row.recording_id: row
        for row in tx.execute(
            select(ReleaseRecording).where(ReleaseRecording.release_id == release_id)
        ).scalars()
    }
    taken = {row.position for row in kept.values()}
    for recording_id, wish in sorted(places.items(), key=lambda item: item[1]):
        if recording_id in kept:
            continue
        place = wish if wish not in taken else max(taken) + 1
        taken.add(place)
        tx.add(ReleaseRecording(release_id=release_id, recording_id=recording_id, position=place))
    tx.flush()


def hold_artist(tx: Tx, command: HoldArtist, actor: Actor, clock: Clock) -> None:
    """Give an account an artist's catalogue; again is nothing. Raises `Forbidden`, `NotFound`."""
    _house_only(actor)
    if tx.get(Artist, command.artist_id) is None:
        raise NotFound("artist")
    _hold(tx, command.artist_id, command.person_id, actor, clock)


def _live(tx: Tx, artist_id: UUID, person_id: UUID) -> CatalogueHolder | None:
    return tx.execute(
        select(CatalogueHolder).where(
            CatalogueHolder.artist_id == artist_id,
            CatalogueHolder.person_id == person_id,
            CatalogueHolder.ended_at.is_(None),
        )
    ).scalar_one_or_none()


def _hold(tx: Tx, artist_id: UUID, person_id: UUID, actor: Actor, clock: Clock) -> None:
    tx.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"catalogue_holder:{artist_id}"},
    )
    if _live(tx, artist_id, person_id) is not None:
        return
    row = CatalogueHolder(id=uuid4(), artist_id=artist_id, person_id=person_id, since=clock.now())
    tx.add(row)
    record(
        tx, actor, clock,
        verb="catalogue.held", subject=("catalogue_holder", row.id),
        data={"artist_id": str(artist_id), "person_id": str(person_id)},
    )  # fmt: skip


def let_artist_go(tx: Tx, command: LetArtistGo, actor: Actor, clock: Clock) -> None:
    """End an account's sight of an artist's catalogue. Raises `Forbidden`, `NotFound`."""
    _house_only(actor)
    row = _live(tx, command.artist_id, command.person_id)
    if row is None:
        raise NotFound("catalogue_holder")
    row.ended_at = clock.now()
    record(
        tx, actor, clock,
        verb="catalogue.let_go", subject=("catalogue_holder", row.id),
        data={"artist_id": str(row.artist_id), "person_id": str(row.person_id)},
    )  # fmt: skip
