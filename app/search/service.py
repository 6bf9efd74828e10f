"""Writing the index: every room calls `put` in the transaction of its change; a rebuild calls it again.

The index is no source, so its writes have no history row: the change that they follow has one.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, select, text

from app.infra.db.kept import ask
from app.infra.db.transaction import Brief, Tx, house
from app.kernel.clock import Clock
from app.kernel.text import cut
from app.search.commands import Entry, Subject
from app.search.models import SearchEntry, SearchRecent
from app.search.queries import RECENT
from app.search.rules import idents_of, names_of, tokens_of

SHOWN = 2000
"""Characters of a body that are kept to be shown; all of it is found."""

_PUT = text(
    "select search_put(:kind, :id, :case_id, :side, :disclosure, :title, :body, :at, "
    "cast(:tokens as text[]), cast(:idents as text[]), :name)"
)

_REMEMBER = text("""
with kept as (insert into search_recent (person_id, words, at) values (:person, :words, :at)
  on conflict (person_id, words) do update set at = excluded.at)
delete from search_recent where person_id = :person and words <> :words and words not in (
  select words from search_recent where person_id = :person and words <> :words order by at desc, words limit :others)""")


def put(tx: Tx, *entries: Entry) -> None:
    """Let these be found, as they are now. Safe to repeat."""
    if not entries:
        return
    with house(tx):
        for entry in entries:
            ask(tx, _PUT, _row(entry))


def forget(tx: Tx, subject: Subject, ids: Iterable[UUID]) -> None:
    """Let these be found no more. Safe to repeat."""
    with house(tx):
        tx.execute(
            text("select search_forget(:kind, :ids)"), {"kind": subject.value, "ids": list(ids)}
        )


def forget_between(
    tx: Tx, subject: Subject, after: UUID | None, upto: UUID | None, kept: Iterable[UUID]
) -> int:
    """Forget entries of a stretch of ids (*after*, *upto*] whose thing is no more. How many that were."""
    stale = select(SearchEntry.subject_id).where(
        SearchEntry.subject_kind == subject.value, SearchEntry.subject_id.not_in(list(kept))
    )
    if after is not None:
        stale = stale.where(SearchEntry.subject_id > after)
    if upto is not None:
        stale = stale.where(SearchEntry.subject_id <= upto)
    ids = tx.execute(stale).scalars().all()
    if ids:
        forget(tx, subject, ids)
    return len(ids)


def remember_words(tx: Tx | Brief, person_id: UUID, words: str, clock: Clock) -> None:
    """Keep what a person looked for, the newest few."""
    now = {"person": person_id, "words": words, "at": clock.now(), "others": RECENT - 1}
    ask(tx, _REMEMBER, now)


def forget_words(tx: Tx, person_id: UUID) -> None:
    """Forget what a person looked for."""
    tx.execute(delete(SearchRecent).where(SearchRecent.person_id == person_id))


def _row(entry: Entry) -> dict[str, object]:
    return {
        "kind": entry.subject.value,
        "id": entry.id,
        "case_id": entry.case_id,
        "side": entry.side.value,
        "disclosure": entry.disclosure.value,
        "title": entry.title,
        "body": cut(entry.body, SHOWN),
        "at": entry.at,
        "tokens": list(tokens_of(entry.title, entry.body, *entry.more)),
        "idents": list(idents_of(*entry.idents)),
        "name": names_of(*entry.names),
    }
