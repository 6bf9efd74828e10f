"""Reading history: filters for the administrator's page and the timeline of a case. Never for parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.history.models import HistoryEntry, HistoryPrivate
from app.infra.db.transaction import Tx


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One entry for a page; *actor_id* is resolved to a name by the face."""

    id: int
    at: datetime
    actor_id: UUID | None
    actor: str
    verb: str
    subject_kind: str
    subject_id: str
    case_id: UUID | None
    data: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What to show; empty means all. *before*: entry id to page back from."""

    actor_id: UUID | None = None
    case_id: UUID | None = None
    verb: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def history_page(tx: Tx, wanted: HistoryFilter, *, limit: int = 50) -> Sequence[HistoryRow]:
    """The newest entries first; one more than *limit* when there is a next page."""
    query = select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(limit + 1)
    if wanted.actor_id:
        query = query.where(HistoryEntry.actor_id == wanted.actor_id)
    if wanted.case_id:
        query = query.where(HistoryEntry.case_id == wanted.case_id)
    if wanted.verb:
        query = query.where(HistoryEntry.verb.startswith(wanted.verb, autoescape=True))
    if wanted.since:
        query = query.where(HistoryEntry.at >= wanted.since)
    if wanted.until:
        query = query.where(HistoryEntry.at < wanted.until)
    if wanted.before:
        query = query.where(HistoryEntry.id < wanted.before)
    return [
        HistoryRow(
            row.id, row.at, row.actor_id, row.actor, row.verb, row.subject_kind, row.subject_id,
            row.case_id, row.data, row.hash,
        )
        for row in tx.execute(query).scalars()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrivateRow:
    """An entry of a case with its personal part; empty once that was erased."""

    at: datetime
    actor_id: UUID | None
    private: dict[str, Any]


def private_rows(tx: Tx, case_id: UUID, verb: str) -> tuple[PrivateRow, ...]:
    """Entries of one verb of a case that the caller has in sight, newest first, with their personal part."""
    rows = tx.execute(
        select(HistoryEntry.at, HistoryEntry.actor_id, HistoryPrivate.data)
        .outerjoin(HistoryPrivate, HistoryPrivate.entry_id == HistoryEntry.id)
        .where(HistoryEntry.case_id == case_id, HistoryEntry.verb == verb)
        .order_by(HistoryEntry.id.desc())
        .limit(200)
    )
    return tuple(PrivateRow(at, actor_id, data or {}) for at, actor_id, data in rows)


def private_of_subject(
    tx: Tx, subject: tuple[str, UUID], verb: str, since: datetime
) -> tuple[dict[str, Any], ...]:
    """Personal parts of what happened to one thing since then, newest first. For the system's scope."""
    kind, key = subject
    rows = tx.scalars(
        select(HistoryPrivate.data)
        .join(HistoryEntry, HistoryEntry.id == HistoryPrivate.entry_id)
        .where(
            HistoryEntry.subject_kind == kind,
            HistoryEntry.subject_id == str(key),
            HistoryEntry.verb == verb,
            HistoryEntry.at >= since,
        )
        .order_by(HistoryEntry.id.desc())
    )
    return tuple(row for row in rows if row)
