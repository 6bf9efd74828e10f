"""Reads of what cases are about: the subjects of a case, and the cases of a release or recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, column, func, or_, select, table, union

from app.accounts.queries import case_scope, side_scope
from app.catalogue.models import CaseSubject, Recording, Release, ReleaseRecording
from app.catalogue.rules.subjects import Pick, Subject
from app.infra.db.transaction import Brief, Tx
from app.kernel.actor import Actor

NAMED = 5
"""Cases of an item that are named; the rest is a number."""

# The case of a subject by the name of its table: its room stands higher.
_case = table(
    "case",
    column("id"),
    column("ref"),
    column("sub_kind"),
    column("state"),
    column("outcome"),
    column("submitted_at"),
    column("isrc"),
    column("upc"),
)


@dataclass(frozen=True, slots=True)
class AboutCase:
    """A filed case about an item of the catalogue."""

    ref: str
    sub_kind: str
    state: str
    outcome: str | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class About:
    """The newest cases about an item, at most `NAMED`; *total* counts all that exist for the reader."""

    cases: tuple[AboutCase, ...]
    total: int


def subjects_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[Subject, ...]:
    """What a case is about, in the order chosen; empty when the case does not exist for the actor."""
    rows = tx.execute(
        select(CaseSubject)
        .where(
            CaseSubject.case_id == case_id,
            CaseSubject.removed_at.is_(None),
            side_scope(actor, CaseSubject),
        )
        .order_by(CaseSubject.position, CaseSubject.id)
    ).scalars()
    return tuple(
        Subject(
            row.key, row.title, row.artist, row.version, row.isrc, row.upc, row.link,
            Pick(row.release_id, row.recording_id) if row.release_id else None,
        )
        for row in rows
    )  # fmt: skip


def cases_about_the_same(case_id: UUID) -> Select[UUID]:
    """Ids of other cases about a release that this case is about; the caller adds who may know of them."""
    mine = select(CaseSubject.release_id).where(
        CaseSubject.case_id == case_id,
        CaseSubject.removed_at.is_(None),
        CaseSubject.release_id.is_not(None),
    )
    return select(CaseSubject.case_id).where(
        CaseSubject.release_id.in_(mine),
        CaseSubject.removed_at.is_(None),
        CaseSubject.case_id != case_id,
    )


def cases_about(
    tx: Tx | Brief, actor: Actor, releases: Iterable[UUID], recordings: Iterable[UUID]
) -> dict[UUID, About]:
    """Filed cases about each of these that exist for the actor, the newest first; one statement.

    A case about a whole release is about its recordings too; one about a recording is about the release.
    A case that was not chosen from the catalogue counts by the UPC or ISRC it names.
    """
    asked = list(releases), list(recordings)
    if not any(asked):
        return {}
    pairs = union(*_pairs(actor, *asked)).subquery()
    found = (
        select(
            pairs.c.item_id, _case.c.ref, _case.c.sub_kind, _case.c.state, _case.c.outcome, _case.c.submitted_at,
            func.row_number().over(partition_by=pairs.c.item_id, order_by=_newest()).label("place"),
            func.count().over(partition_by=pairs.c.item_id).label("total"),
        )
        .join_from(pairs, _case, _case.c.id == pairs.c.case_id)
        .where(_case.c.state.not_in(("draft", "deleted")))
        .subquery()
    )  # fmt: skip
    rows = tx.execute(
        select(found).where(found.c.place <= NAMED).order_by(found.c.item_id, found.c.place)
    )
    about: dict[UUID, About] = {}
    for row in rows:
        named = about[row.item_id].cases if row.item_id in about else ()
        case = AboutCase(row.ref, row.sub_kind, row.state, row.outcome, row.submitted_at)
        about[row.item_id] = About((*named, case), row.total)
    return about


def _newest() -> tuple[Any, ...]:
    return _case.c.submitted_at.desc().nulls_last(), _case.c.ref


def _pairs(actor: Actor, releases: list[UUID], recordings: list[UUID]) -> tuple[Any, ...]:
    """(item, case) by what was chosen and by the numbers that a case names."""
    return (
        *_chosen(actor, releases, recordings),
        _numbered(actor, Release, Release.upc == _case.c.upc, releases),
        _numbered(actor, Recording, Recording.isrc == _case.c.isrc, recordings),
        _holding(actor, releases),
    )


def _chosen(actor: Actor, releases: list[UUID], recordings: list[UUID]) -> tuple[Any, Any]:
    known = and_(CaseSubject.removed_at.is_(None), side_scope(actor, CaseSubject))
    of_release = select(CaseSubject.release_id.label("item_id"), CaseSubject.case_id).where(
        CaseSubject.release_id.in_(releases), known
    )
    holds = ReleaseRecording.release_id == CaseSubject.release_id
    whole_or_it = or_(
        CaseSubject.recording_id.is_(None),
        CaseSubject.recording_id == ReleaseRecording.recording_id,
    )
    of_recording = (
        select(ReleaseRecording.recording_id.label("item_id"), CaseSubject.case_id)
        .join_from(ReleaseRecording, CaseSubject, and_(holds, whole_or_it))
        .where(ReleaseRecording.recording_id.in_(recordings), known)
    )
    return of_release, of_recording


def _numbered(actor: Actor, item: Any, same: ColumnElement[bool], ids: list[UUID]) -> Select[Any]:
    query = select(item.id.label("item_id"), _case.c.id.label("case_id")).join_from(
        item, _case, same
    )
    return query.where(item.id.in_(ids), case_scope(actor, _case.c.id))


def _holding(actor: Actor, releases: list[UUID]) -> Select[Any]:
    """Releases with a recording that a case names."""
    query = (
        select(ReleaseRecording.release_id.label("item_id"), _case.c.id.label("case_id"))
        .join_from(ReleaseRecording, Recording, Recording.id == ReleaseRecording.recording_id)
        .join(_case, _case.c.isrc == Recording.isrc)
    )
    return query.where(ReleaseRecording.release_id.in_(releases), case_scope(actor, _case.c.id))
