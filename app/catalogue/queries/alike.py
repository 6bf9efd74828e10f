"""Recordings that somebody's words may mean: by ISRC, by the UPC of a release, by title and artist without case and accents."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select

from app.catalogue.models import Artist, Recording, Release, ReleaseRecording
from app.catalogue.queries.releases import held_by
from app.catalogue.rules.alike import Alike
from app.catalogue.rules.search import folded
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor

MOST = 400


def recordings_alike(
    tx: Tx,
    actor: Actor,
    *,
    isrcs: Collection[str],
    upcs: Collection[str],
    names: Collection[tuple[str, str]],
) -> tuple[Alike, ...]:
    """What may be meant, of what exists for the actor. *isrcs*, *upcs*: canonical; *names*: (title, artist) as written.

    One statement, at most MOST rows. A title alone means nothing: there are too many of each.
    """
    ways: list[ColumnElement[bool]] = []
    if isrcs:
        ways.append(Recording.isrc.in_(isrcs))
    if upcs:
        ways.append(Release.upc.in_(upcs))
    for title, artist in ((folded(one), folded(two)) for one, two in names):
        if title and artist:
            ways.append(
                and_(
                    Release.search.contains(title, autoescape=True),
                    Release.search.contains(artist, autoescape=True),
                )
            )
    if not ways:
        return ()
    rows = tx.execute(
        select(Recording, Artist.name, Release.upc, Release.title, Release.search)
        .join(ReleaseRecording, ReleaseRecording.recording_id == Recording.id)
        .join(Release, Release.id == ReleaseRecording.release_id)
        .join(Artist, Artist.id == Recording.artist_id)
        .where(or_(*ways), held_by(actor, Recording.artist_id))
        .order_by(Release.released_on.desc().nulls_last(), Release.id, ReleaseRecording.position)
        .limit(MOST)
    )
    return tuple(
        Alike(
            one.id, one.isrc, one.title, one.version, artist, upc, release,
            frozenset({folded(one.title), folded(f"{one.title} {one.version}")}), search,
        )
        for one, artist, upc, release, search in rows
    )  # fmt: skip
