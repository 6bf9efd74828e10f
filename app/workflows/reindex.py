"""Building the search index again from the rooms, in batches, each its own transaction of the caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.cases.service.searchable import (
    case_entries,
    contact_entries,
    filing_entries,
    party_entries,
)
from app.catalogue.service.searchable import recording_entries, release_entries
from app.conversations.service.searchable import message_entries, note_entries
from app.evidence.service.searchable import item_entries
from app.infra.db.transaction import Tx
from app.letters.service.searchable import letter_entries
from app.search.commands import Entry, Subject
from app.search.service import forget_between, put

BATCH = 500
Source = Callable[[Tx, UUID | None, int], Sequence[Entry]]

SOURCES: dict[Subject, Source] = {
    Subject.CASE: case_entries,
    Subject.FILING: filing_entries,
    Subject.PARTY: party_entries,
    Subject.CONTACT: contact_entries,
    Subject.MESSAGE: message_entries,
    Subject.NOTE: note_entries,
    Subject.EVIDENCE: item_entries,
    Subject.LETTER: letter_entries,
    Subject.RELEASE: release_entries,
    Subject.RECORDING: recording_entries,
}
"""Who hands in the entries of a kind, in order of id."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did. *last*: where the next begins; None at the end of the kind."""

    written: int
    forgotten: int
    last: UUID | None


def rebuild_batch(tx: Tx, subject: Subject, after: UUID | None) -> Batch:
    """Write the next entries of a kind, and forget those in between whose thing is gone. Safe to repeat."""
    entries = SOURCES[subject](tx, after, BATCH)
    put(tx, *entries)
    last = entries[-1].id if len(entries) == BATCH else None
    forgotten = forget_between(tx, subject, after, last, [entry.id for entry in entries])
    return Batch(len(entries), forgotten, last)
