"""A1, step 2: my catalogue to choose from. Works as a plain form; with scripts it searches while one types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, request

from app.accounts.rules import Permission
from app.cases.commands import Subjects
from app.catalogue.commands import OtherSubject
from app.catalogue.queries import (
    Found,
    RecordingRow,
    ReleaseRow,
    has_catalogue,
    releases_by_id,
    search_releases,
)
from app.catalogue.rules.covers import Cover, cover_of
from app.catalogue.rules.subjects import Pick, Subject, kept_picks
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.identifiers import Isrc, Upc
from app.web.portal.drafts import Draft, load_draft
from app.web.portal.face import bp
from app.web.shared.context import current_actor
from app.web.shared.policy import policy

PREFIX = "pick."
SHOWN = ("shown_chosen", "shown_found")
MANUAL = ("subject_title", "subject_artist", "subject_link", "isrc", "upc")
SEARCH_MOST = 200
KIND_WORDS = {
    "single": __("Single"), "ep": __("EP"), "full_length": __("Full length"), "compilation": __("Compilation"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick. *line*: what tells it from others; *parts*: the recordings of a release."""

    key: str
    title: str
    line: str
    stores: str
    cover: Cover | None
    ticked: bool
    parts: tuple[Choice, ...] = ()

    @property
    def name(self) -> str:
        """Name of its box; each its own, so that nothing is sent twice."""
        return f"{PREFIX}{self.key}"


@dataclass(frozen=True, slots=True)
class Picker:
    """What step 2 shows of the catalogue. *asked*: the words searched for."""

    chosen: tuple[Choice, ...]
    found: tuple[Choice, ...]
    has_more: bool
    asked: str
    other: dict[str, str]


def picker(tx: Tx, actor: Actor, draft: Draft, asked: str) -> Picker | None:
    """The catalogue beside what is chosen already; None when there is nothing to choose from."""
    if not draft.picks_releases or not has_catalogue(tx, actor):
        return None
    picks = [subject.pick for subject in draft.subjects if subject.pick]
    known = releases_by_id(tx, actor, {pick.release_id for pick in picks})
    found: Found = search_releases(tx, actor, asked[:SEARCH_MOST], limit=6)
    chosen = tuple(_chosen(subject, known) for subject in draft.subjects if subject.pick)
    taken = {choice.key for choice in chosen}
    rows = tuple(_release(row, taken) for row in found.rows if str(row.id) not in taken)
    return Picker(chosen, rows, found.has_more, asked, _other(draft))


def _other(draft: Draft) -> dict[str, str]:
    """What was written by hand beside the picks."""
    said = next((subject for subject in draft.subjects if subject.pick is None), None)
    if said is None:
        return {}
    return {
        "subject_title": said.title, "subject_artist": said.artist, "subject_link": said.link,
        "isrc": said.isrc or "", "upc": said.upc or "",
    }  # fmt: skip


def _chosen(subject: Subject, known: Mapping[UUID, ReleaseRow]) -> Choice:
    assert subject.pick is not None
    row = known.get(subject.pick.release_id)
    line = [
        subject.artist,
        _("from “%(title)s”", title=row.title) if row and subject.pick.recording_id else "",
    ]
    cover = cover_of(row.upc if row else subject.title)
    return Choice(
        subject.key,
        subject.shown,
        _joined(line),
        _joined(row.stores if row else ()),
        cover,
        ticked=True,
    )


def _release(row: ReleaseRow, taken: set[str]) -> Choice:
    year = str(row.released_on.year) if row.released_on else ""
    line = _joined([row.artist, str(KIND_WORDS[row.kind]), year, f"UPC {Upc(row.upc).shown()}"])
    parts = tuple(
        part
        for recording in row.recordings
        if (part := _recording(row, recording)).key not in taken and len(row.recordings) > 1
    )
    return Choice(
        str(row.id),
        row.title,
        line,
        _joined(row.stores),
        cover_of(row.upc),
        ticked=False,
        parts=parts,
    )


def _recording(release: ReleaseRow, row: RecordingRow) -> Choice:
    title = f"{row.title} ({row.version})" if row.version else row.title
    line = f"ISRC {Isrc(row.isrc).hyphenated()}"
    return Choice(Pick(release.id, row.id).key, title, line, "", None, ticked=False)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def chosen_subjects(draft: Draft, answers: Mapping[str, str]) -> Subjects | None:
    """What the form says the case is about. None when the page showed no catalogue and nothing is chosen."""
    shown = {key for name in SHOWN for key in request.form.get(name, "").split()}
    ticked = [name.removeprefix(PREFIX) for name in request.form if name.startswith(PREFIX)]
    stored = [subject.key for subject in draft.subjects if subject.pick]
    picks = kept_picks(stored, shown, ticked)
    title = answers.get("subject_title", "")
    if not draft.picks_releases or not (picks or stored or title):
        return None
    other = OtherSubject(
        title, answers.get("subject_artist", ""), answers.get("isrc", ""), answers.get("upc", ""),
        answers.get("subject_link", ""),
    )  # fmt: skip
    return Subjects(picks, other if title else None)


def own_fields() -> set[str]:
    """Names of this step's inputs that no question of the policy has."""
    ticks = {name for name in request.form if name.startswith(PREFIX)}
    return {"q", "search", *SHOWN, *ticks}


def chose_something(draft: Draft) -> bool:
    """True when the form ticks, or the draft holds, an item of the catalogue: then nothing need be written."""
    found = chosen_subjects(draft, {})
    return bool(found and found.picks)


@bp.get("/cases/new/<uuid:draft_id>/which/find")
@policy(Permission.PARTY_CASE_FILE, on="case")
def find_releases(draft_id: UUID) -> str:
    """The list for what was typed so far, with what is chosen beside it."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
        shown: Any = picker(tx, actor, draft, request.args.get("q", ""))
    return render_template("portal/filing/_found.html", picker=shown, draft=draft, again=True)
