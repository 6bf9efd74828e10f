"""Looking things up: ids first, capped, then the rows of one page. The caller says who may see what.

`search_hits`, `search_newest` and `search_walked` read the keys behind row-level security; *within* is the first wall on
the rows themselves. A word that is everywhere is not counted out: above the cap the page walks by date. For who sees
nearly everything, a word that is known to be everywhere is walked by date at once (ADR 0066).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
    text,
    true,
    tuple_,
)

from app.infra.db.binds import IDS, unfolded
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Brief, Tx
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.search.commands import Subject
from app.search.models import SearchEntry, SearchRecent
from app.search.rules import Question

PAGE = 50
MOST = 1000
RECENT = 8
COMMON = 0.25
"""The share of all entries from which a word is common: some thousand entries, walked by date, hold `MOST` with it."""
COMMON_FOR = 60.0
"""Seconds that a process remembers which words are common."""

Within = Callable[[Actor, Any], ColumnElement[bool]]
"""From the reader and the model (case_id, side, disclosure) to the condition that the reader's rows meet."""

_ARGUMENTS = "cast(:asked as tsquery), :wanted, cast(:named as text), :kinds, cast(:states as text[]), :since, :until"
_hits = (
    text(f"select * from search_hits({_ARGUMENTS}, :most)")  # noqa: S608 - no value is in it
    .columns(column("subject_kind", Text()), column("subject_id", Uuid()), column("at", DateTime(timezone=True)))
    .subquery("hits")
)  # fmt: skip
_NEWEST = text(
    f"select * from search_newest({_ARGUMENTS}, cast(:before as timestamptz), cast(:before_id as uuid), :most)"  # noqa: S608 - as above
)
_walked = (
    text(f"select * from search_walked({_ARGUMENTS}, :most)")  # noqa: S608 - as above
    .columns(column("subject_kind", Text()), column("subject_id", Uuid()), column("at", DateTime(timezone=True)))
    .subquery("hits")
)  # fmt: skip
_COMMON = text("select search_common(cast(:least as real)) as words")
_BEFORE = bindparam("before", type_=DateTime(timezone=True))
_BEFORE_ID = bindparam("before_id", type_=Uuid())


# The case of an entry by the name of its table: its room stands higher.
_case = table(
    "case",
    column("id"),
    column("ref"),
    column("state"),
    column("outcome"),
    column("sub_kind"),
    column("subject_title"),
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
    sub_kind: str = ""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Newest first. *total*: at most `MOST`; *more*: there are more than that. *next*: cursor or None."""

    rows: tuple[Found, ...]
    total: int
    more: bool
    next: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Who looks, and the first wall. *widely*: through which nearly everything is seen, and nothing but words narrows
    it down: else a walk by date might pass a million others.
    """

    reader: Actor
    within: Within
    widely: bool = False


_Key = tuple[datetime, UUID, str]


def find(
    tx: Tx | Brief, wanted: Wanted, seen: Seen, cursor: str | None = None, size: int = PAGE
) -> FoundPage:
    """One page of what *wanted* leads to and *seen* lets through. Raises `Invalid` for a broken cursor."""
    before = parse_cursor(cursor) if cursor else None
    if wanted.asked.is_empty and not wanted.fuzzy:
        return FoundPage((), 0, more=False, next=None)
    by_date = seen.widely and not wanted.fuzzy and is_common(wanted.asked, common_words.words(tx))
    total, page = _matching(tx, wanted, seen, before, size + 1, by_date=by_date)
    more = total > MOST
    if more and not (by_date and before is None):  # the walk began with the newest
        found = ask(tx, _NEWEST, _arguments(wanted, size + 1) | _before(before))
        page = [(row.at, row.subject_id, row.subject_kind) for row in found]
    shown = page[:size]
    rows = _rows(tx, shown, seen)
    last = shown[-1] if len(page) > size else None
    return FoundPage(
        rows, min(total, MOST), more, f"{last[0].isoformat()}_{last[1]}" if last else None
    )


def is_common(asked: Question, common: frozenset[str]) -> bool:
    """One word alone that is common, or with which a common one begins. Of several, all might be and not together."""
    if len(asked.words) + len(asked.starts) != 1:
        return False
    start = next(iter(asked.starts), None)
    return any(word.startswith(start) if start else word in asked.words for word in common)


class CommonWords:
    """The common words, asked for once in a while."""

    def __init__(self) -> None:
        self._known: tuple[float, frozenset[str]] | None = None

    def words(self, tx: Tx | Brief) -> frozenset[str]:
        """As the database's statistics have them."""
        now = time.monotonic()
        if self._known is None or now - self._known[0] > COMMON_FOR:
            self._known = now, frozenset(ask(tx, _COMMON, {"least": COMMON})[0].words)
        return self._known[1]

    def forget(self) -> None:
        """Ask anew the next time."""
        self._known = None


common_words = CommonWords()


def _matching(
    tx: Tx | Brief,
    wanted: Wanted,
    seen: Seen,
    before: tuple[datetime, UUID] | None,
    most: int,
    *,
    by_date: bool,
) -> tuple[int, list[_Key]]:
    """How many hits the first wall lets through, so that counts tell nothing either, and the newest after *before*."""
    values = _arguments(wanted, MOST + 1) | _before(before)
    found = ask(tx, _newest(seen.reader, seen.within, most, by_date=by_date), values)
    keys = [(row.at, row.subject_id, row.subject_kind) for row in found if row.subject_id is not None]  # fmt: skip
    return found[0].total, sorted(keys, reverse=True)


@shared(256)
def _newest(actor: Actor, within: Within, most: int, *, by_date: bool) -> Select[Any]:
    entry, hits = SearchEntry, _walked if by_date else _hits
    same = and_(entry.subject_kind == hits.c.subject_kind, entry.subject_id == hits.c.subject_id)
    seen = select(hits).join(entry, same).where(within(actor, entry)).cte("seen")
    key = (seen.c.at, seen.c.subject_id, seen.c.subject_kind)
    after = or_(_BEFORE.is_(None), tuple_(seen.c.at, seen.c.subject_id) < tuple_(_BEFORE, _BEFORE_ID))  # fmt: skip
    newest = select(seen).where(after).order_by(*(part.desc() for part in key)).limit(most)
    page, count = newest.subquery("page"), select(func.count().label("total")).select_from(seen).subquery("count")  # fmt: skip
    return select(count.c.total, page).select_from(count.outerjoin(page, true()))


def _rows(tx: Tx | Brief, keys: Iterable[_Key], seen: Seen) -> tuple[Found, ...]:
    order = [(kind, key) for _at, key, kind in keys]
    values = {"of_kinds": [kind for kind, _ in order], IDS.key: [key for _, key in order]}
    loaded = ask(tx, _entries(seen.reader, seen.within), values)
    by_key = {(row[0].subject_kind, row[0].subject_id): row for row in loaded}
    return tuple(_found(by_key[key]) for key in order if key in by_key)


@shared(256)
def _entries(actor: Actor, within: Within) -> Select[Any]:
    entry = SearchEntry
    pair = column("subject_kind", Text()), column("subject_id", Uuid())
    kinds = bindparam("of_kinds", type_=ARRAY(Text()))
    asked = (
        func.unnest(unfolded(kinds), unfolded(IDS))
        .table_valued(*pair, name="asked")
        .render_derived()
    )
    same = and_(entry.subject_kind == asked.c.subject_kind, entry.subject_id == asked.c.subject_id)
    return (
        select(
            entry,
            _case.c.ref,
            _case.c.subject_title,
            _case.c.state,
            _case.c.outcome,
            _case.c.sub_kind,
        )
        .select_from(asked)
        .join(entry, same)
        .outerjoin(_case, _case.c.id == entry.case_id)
        .where(within(actor, entry))
    )


def _found(loaded: Any) -> Found:
    row, ref, title, state, outcome, sub_kind = loaded
    return Found(
        Subject(row.subject_kind), row.subject_id, row.case_id, row.side, row.disclosure,
        row.title, row.body, row.at, ref or "", title or "", state or "", outcome, sub_kind or "",
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
