"""What a case is about: items of the catalogue as they read when chosen, or words for what is not in it."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from app.catalogue.commands import ChooseSubjects, OtherSubject
from app.catalogue.models import CaseSubject
from app.catalogue.queries import RecordingRow, ReleaseRow, releases_by_id
from app.catalogue.rules.subjects import OTHER, Pick, Subject
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid
from app.kernel.sides import Disclosure
from app.kernel.words import words as _

MOST = 20
"""Items of one case; more are one incident, not one case."""


def choose_subjects(
    tx: Tx, command: ChooseSubjects, actor: Actor, clock: Clock
) -> tuple[Subject, ...]:
    """Make these, and no others, the subjects of the case; the caller has checked that it may be changed.

    Text is taken from the catalogue once, when an item is chosen first: later corrections of the
    catalogue do not change what the case said. Raises `Invalid` for items that do not exist for the actor.
    """
    wanted = named_subjects(tx, command, actor)
    kept = {
        row.key: row
        for row in tx.execute(
            select(CaseSubject).where(
                CaseSubject.case_id == command.case_id, CaseSubject.removed_at.is_(None)
            )
        ).scalars()
    }
    gone = [row for key, row in kept.items() if key not in wanted]
    if OTHER in kept and OTHER in wanted:
        _say_again(kept[OTHER], wanted[OTHER])
    new = [subject for key, subject in wanted.items() if key not in kept]
    for row in gone:
        row.removed_at = clock.now()
    first = max((row.position for row in kept.values()), default=0) + 1
    tx.add_all(_row(command, subject, first + n, clock) for n, subject in enumerate(new))
    if gone or new:
        record(
            tx, actor, clock,
            verb="case.subjects_chosen", subject=("case", command.case_id), case_id=command.case_id,
            data={"added": len(new), "removed": len(gone)},
        )  # fmt: skip
    return tuple(_subject(kept[key]) if key in kept else subject for key, subject in wanted.items())


def named_subjects(tx: Tx, command: ChooseSubjects, actor: Actor) -> dict[str, Subject]:
    """By key, in the order chosen. Raises as `choose_subjects`; changes nothing."""
    if len(command.picks) > MOST:
        raise Invalid("picks", "too_many", _("At most %(most)d items in one case.", most=MOST))
    releases = releases_by_id(tx, actor, {pick.release_id for pick in command.picks})
    found = {pick.key: _chosen(releases.get(pick.release_id), pick) for pick in command.picks}
    if command.other is not None:
        subject = _other(command.other)
        found[subject.key] = subject
    return found


def _chosen(release: ReleaseRow | None, pick: Pick) -> Subject:
    unknown = Invalid("picks", "unknown_item", _("This is not in your catalogue. Search again."))
    if release is None:
        raise unknown
    if pick.recording_id is None:
        only = release.recordings[0] if len(release.recordings) == 1 else None
        isrc = only.isrc if only else None
        return Subject(pick.key, release.title, release.artist, "", isrc, release.upc, "", pick)
    recording = next((row for row in release.recordings if row.id == pick.recording_id), None)
    if recording is None:
        raise unknown
    return _recording(release, recording, pick)


def _recording(release: ReleaseRow, row: RecordingRow, pick: Pick) -> Subject:
    return Subject(pick.key, row.title, row.artist, row.version, row.isrc, release.upc, "", pick)


def _other(said: OtherSubject) -> Subject:
    return Subject(
        OTHER, said.title, said.artist, "", said.isrc or None, said.upc or None, said.link, None
    )


def _say_again(row: CaseSubject, said: Subject) -> None:
    """What the artist writes by hand is theirs to change while they write it."""
    row.title, row.artist, row.link = said.title, said.artist, said.link
    row.isrc, row.upc = said.isrc, said.upc


def _row(command: ChooseSubjects, said: Subject, position: int, clock: Clock) -> CaseSubject:
    pick = said.pick
    return CaseSubject(
        id=uuid4(), case_id=command.case_id, side=command.side, disclosure=Disclosure.SHARED,
        position=position, key=said.key, release_id=pick.release_id if pick else None,
        recording_id=pick.recording_id if pick else None, title=said.title, artist=said.artist,
        version=said.version, isrc=said.isrc, upc=said.upc, link=said.link, added_at=clock.now(),
    )  # fmt: skip


def _subject(row: CaseSubject) -> Subject:
    pick = Pick(row.release_id, row.recording_id) if row.release_id else None
    return Subject(row.key, row.title, row.artist, row.version, row.isrc, row.upc, row.link, pick)


def drop_subjects(tx: Tx, case_id: UUID, clock: Clock) -> None:
    """A discarded draft is about nothing any more; its words go with it."""
    for row in tx.execute(select(CaseSubject).where(CaseSubject.case_id == case_id)).scalars():
        row.title, row.artist, row.version, row.link = "", "", "", ""
        row.key, row.removed_at = f"dropped:{row.id}", row.removed_at or clock.now()
