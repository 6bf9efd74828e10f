"""Packing: every part is read by its own room's scoped query in the reader's name, so both walls hold here too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.casefiles.formats.archive import Archive, Part
from app.casefiles.formats.index import Line, Listed, index_html, timeline_csv, timeline_json
from app.casefiles.rules import LARGEST, payload_path
from app.cases.queries import case_by_id
from app.conversations.queries import requests_of, timeline
from app.conversations.queries.timeline import TimelineEntry
from app.evidence.queries import items_of
from app.evidence.service.custody import OpenedItem, open_item, record_opening
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.storage.port import Storage
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.letters.queries import letter_view, letters_of

_PAGE = 200
_PAGES = 100


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes in, before a byte is read. *objects*: (path, key, version)."""

    ref: str
    reader: str
    items: tuple[UUID, ...]
    texts: tuple[tuple[str, str], ...]
    objects: tuple[tuple[str, str, str], ...]
    made_at: datetime


def contents_of(tx: Tx, actor: Actor, case_id: UUID, clock: Clock) -> Contents:
    """Everything that *actor* may see of the case; each opened exhibit is noted in its custody. Raises NotFound."""
    case = case_by_id(tx, actor, case_id)
    lines = sorted(_lines(tx, actor, case_id), key=lambda line: line.at)
    opened = _opened(tx, actor, case_id, clock)
    letters = _letters(tx, actor, case_id)
    exhibits = [
        (payload_path("evidence", f"{item.label} {item.filename}"), item.object_key, item.object_version)
        for item in opened
    ]  # fmt: skip
    listed = [Listed(f"{item.label} {item.filename}", path.removeprefix("data/"), item.sha256)
              for item, (path, _key, _version) in zip(opened, exhibits, strict=True)]  # fmt: skip
    listed += [
        Listed(path.rpartition("/")[2], path.removeprefix("data/"), "")
        for path, _key, _version in letters
    ]
    about = {
        "ref": str(case.ref), "kind": case.kind.value, "sub_kind": case.sub_kind.value, "state": case.state.value,
        "outcome": case.outcome.value if case.outcome else "", "subject": case.subject_title,
        "submitted_at": case.submitted_at.isoformat() if case.submitted_at else "",
        "requests": [_request(row) for row in requests_of(tx, actor, case_id)],
    }  # fmt: skip
    words = {
        "language": actor.locale, "files": _("Files"), "timeline": _("What was said and done"),
        "check": _("manifest-sha256.txt names each file with its fingerprint: `sha256sum -c manifest-sha256.txt` checks them all."),
    }  # fmt: skip
    title = _("Case %(ref)s", ref=case.ref)
    texts = (
        ("data/index.html", index_html(title, words, lines, listed)),
        ("data/timeline.json", timeline_json(about, lines)),
        ("data/timeline.csv", timeline_csv(lines)),
    )
    return Contents(
        str(case.ref), opened[0].reader_side.value if opened else "reader", tuple(item.id for item in opened),
        texts, (*exhibits, *letters), clock.now(),
    )  # fmt: skip


def archive_of(contents: Contents, storage: Storage) -> Archive:
    """The bag as a source of bytes: objects are read from the store one after the other."""

    def parts() -> Iterator[Part]:
        for path, text in contents.texts:
            yield path, (text.encode(),)
        for path, key, version in contents.objects:
            yield path, storage.open(key, version)

    return Archive(parts(), contents.ref, contents.reader, contents.made_at)


def _opened(tx: Tx, actor: Actor, case_id: UUID, clock: Clock) -> list[OpenedItem]:
    rows = [row for row in items_of(tx, actor, case_id) if row.can_open]
    if sum(row.size for row in rows) > LARGEST:
        raise Refused("too_large", _("This case is too large for one file. Ask us for it."))
    opened = [open_item(tx, case_id, row.id, actor) for row in rows]
    for item in opened:
        record_opening(tx, item, actor, clock)
    return opened


def _letters(tx: Tx, actor: Actor, case_id: UUID) -> list[tuple[str, str, str]]:
    found = [row for row in letters_of(tx, actor, case_id) if row.is_readable]
    views = [letter_view(tx, actor, row.id) for row in found]
    return [
        (payload_path("letters", f"{view.row.number}-{view.row.audience.value}.pdf"), view.storage_key, "")
        for view in views
        if view.storage_key
    ]  # fmt: skip


def _lines(tx: Tx, actor: Actor, case_id: UUID) -> Iterable[Line]:
    cursor: str | None = None
    for _page in range(_PAGES):
        page = timeline(tx, actor, case_id, cursor, limit=_PAGE)
        yield from (_line(entry) for entry in page.entries)
        cursor = page.next_cursor
        if cursor is None:
            return


def _line(entry: TimelineEntry) -> Line:
    return Line(
        entry.at, entry.kind.value, entry.by, entry.by_side.value if entry.by_side else "",
        entry.audience.value if entry.audience else "", entry.verb,
        entry.body or entry.filename, dict(entry.data),
    )  # fmt: skip


def _request(row: Any) -> dict[str, Any]:
    """A request and its answers as they stand."""
    return {
        "number": row.number, "reason": row.reason, "due_at": row.due_at.isoformat(),
        "items": [
            {"title": item.title, "state": str(item.state), "answer": item.answer.text if item.answer else ""}
            for item in row.items
        ],
    }  # fmt: skip
