"""Looking things up: ids first, capped, then the rows of one page. The caller says who may see what.

`search_hits` and `search_newest` read the keys behind row-level security; *within* is the first wall on
the rows themselves. A word that is everywhere is not counted out: above the cap the page walks by date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, column, select, table, text, tuple_

from app.infra.db.transaction import Tx
from app.kernel.errors import Invalid
from app.search.commands import Subject
from app.search.models import SearchEntry, SearchRecent
from app.search.rules import Question

PAGE = 50
MOST = 1000
RECENT = 8

Within = Callable[[Any], ColumnElement[bool]]
"""From the model (case_id, side, disclosure) to the condition that the reader's rows meet."""

_ARGUMENTS = "cast(:asked as tsquery), :wanted, cast(:named as text), :kinds, cast(:states as text[]), :since, :until"
_HITS = text(f"select * from search_hits({_ARGUMENTS}, :most)")  # noqa: S608 - no value is in it
_NEWEST = text(
    f"select * from search_newest({_ARGUMENTS}, cast(:before as timestamptz), cast(:before_id as uuid), :most)"  # noqa: S608 - as above
)


# The case of an entry by the name of its table: its room stands higher.
_case = table(
    "case", column("id"), column("ref"), column("state"), column("outcome"), column("subject_title")
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for. *kinds*: never empty. *states*: of the case; empty means all. *fuzzy*: like names."""

    asked: Question
    kinds: frozenset[Subject]
    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    fuzzy: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found. *ref*, *case_title*, *state*, *outcome*: of its case; empty in the catalogue."""

    subject: Subject
    id: UUID
    case_id: UUID | None
    side: str
    disclosure: str
    title: str
    body: str
    at: datetime
    ref: str = ""
    case_title: str = ""
    state: str = ""
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Newest first. *total*: at most `MOST`; *more*: there are more than that. *next*: cursor or None."""

    rows: tuple[Found, ...]
    total: int
    more: bool
    next: str | None


_Key = tuple[datetime, UUID, str]


def find(
    tx: Tx, wanted: Wanted, within: Within, cursor: str | None = None, size: int = PAGE
) -> FoundPage:
    """One page of what *wanted* leads to and *within* lets through. Raises `Invalid` for a broken cursor."""
    before = parse_cursor(cursor) if cursor else None
    if wanted.asked.is_empty and not wanted.fuzzy:
        return FoundPage((), 0, more=False, next=None)
    keys = _through(tx, _matching(tx, wanted), within)
    more = len(keys) > MOST
    if more:
        found = tx.execute(_NEWEST, _arguments(wanted, size + 1) | _before(before)).all()
        page = [(row.at, row.subject_id, row.subject_kind) for row in found]
    else:
        later = [key for key in keys if before is None or key[:2] < before]
        page = sorted(later, reverse=True)[: size + 1]
    shown = page[:size]
    rows = _rows(tx, shown, within)
    last = shown[-1] if len(page) > size else None
    return FoundPage(
        rows, min(len(keys), MOST), more, f"{last[0].isoformat()}_{last[1]}" if last else None
    )


def _matching(tx: Tx, wanted: Wanted) -> list[_Key]:
    found = tx.execute(_HITS, _arguments(wanted, MOST + 1))
    return [(row.at, row.subject_id, row.subject_kind) for row in found]


def _through(tx: Tx, keys: list[_Key], within: Within) -> list[_Key]:
    """Those of *keys* that the first wall lets through, so that counts tell nothing either."""
    pairs = [(kind, key) for _at, key, kind in keys]
    seen = tx.execute(
        select(SearchEntry.subject_kind, SearchEntry.subject_id).where(
            tuple_(SearchEntry.subject_kind, SearchEntry.subject_id).in_(pairs), within(SearchEntry)
        )
    )
    kept = {(kind, key) for kind, key in seen}
    return [found for found in keys if (found[2], found[1]) in kept]


def _rows(tx: Tx, keys: Iterable[_Key], within: Within) -> tuple[Found, ...]:
    order = [(kind, key) for _at, key, kind in keys]
    entry = SearchEntry
    loaded = tx.execute(
        select(entry, _case.c.ref, _case.c.subject_title, _case.c.state, _case.c.outcome)
        .outerjoin(_case, _case.c.id == entry.case_id)
        .where(tuple_(entry.subject_kind, entry.subject_id).in_(order), within(entry))
    )
    by_key = {(row[0].subject_kind, row[0].subject_id): row for row in loaded}
    return tuple(_found(by_key[key]) for key in order if key in by_key)


def _found(loaded: Any) -> Found:
    row, ref, title, state, outcome = loaded
    return Found(
        Subject(row.subject_kind), row.subject_id, row.case_id, row.side, row.disclosure,
        row.title, row.body, row.at, ref or "", title or "", state or "", outcome,
    )  # fmt: skip


def _arguments(wanted: Wanted, most: int) -> dict[str, Any]:
    asked = wanted.asked
    exact = not wanted.fuzzy
    return {
        "asked": asked.tsquery or None if exact else None,
        "wanted": list(asked.idents) if exact else [],
        "named": asked.name if wanted.fuzzy else None,
        "kinds": sorted(kind.value for kind in wanted.kinds),
        "states": list(wanted.states) or None,
        "since": wanted.since,
        "until": wanted.until,
        "most": most,
    }


def _before(cursor: tuple[datetime, UUID] | None) -> dict[str, Any]:
    return {"before": cursor[0] if cursor else None, "before_id": cursor[1] if cursor else None}


def parse_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The place after which the next page begins. Raises `Invalid`."""
    at, _line, key = cursor.partition("_")
    try:
        moment, last = datetime.fromisoformat(at), UUID(key)
    except ValueError as error:
        raise Invalid("after", "cursor", "this page does not exist") from error
    if moment.tzinfo is None:
        raise Invalid("after", "cursor", "this page does not exist")
    return moment, last


def recent_words(tx: Tx, person_id: UUID) -> tuple[str, ...]:
    """What this person looked for, the newest first."""
    rows = tx.execute(
        select(SearchRecent.words)
        .where(SearchRecent.person_id == person_id)
        .order_by(SearchRecent.at.desc(), SearchRecent.words)
        .limit(RECENT)
    )
    return tuple(rows.scalars())
