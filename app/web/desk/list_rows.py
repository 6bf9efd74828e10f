"""What the list's template is handed: plain words, ready made, so that a row costs no macro and no address rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask_babel import get_locale

from app.accounts.rules import Permission, may
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.queues.queries.conditions import Moments
from app.queues.rules.columns import Column, Density
from app.queues.rules.order import Sort
from app.queues.rules.views import CaseRow, Totals
from app.web.desk.list_words import CHANNELS, stretch, stretch_words
from app.web.desk.words import clock_words, kind_words, sub_kind_words
from app.web.shared.filters import (
    country_words,
    initials,
    money_words,
    ref_markup,
    short_when_words,
    sla_words,
)
from app.web.shared.state_words import StateWords, state_words


@dataclass(frozen=True, slots=True)
class ListRow:
    """A line of the desk list in words, instants too: equal rows are shown alike (`list_line`)."""

    id: str
    ref: str
    ref_shown: Any
    href: str
    version: int
    title: str
    artist: str
    attention: bool
    kind: str
    sub_kind: str
    country: str
    language: str
    stage: StateWords
    owner: str
    owner_short: str
    is_mine: bool
    can_take: bool
    tags: tuple[str, ...]
    store: str
    channel: str
    stake: str
    opened: str
    opened_iso: str
    updated: str
    updated_iso: str
    due: Any
    due_at: datetime | None
    due_iso: str
    due_what: str
    is_kept: bool
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one stretch of time; *count* over all pages, None when unknown."""

    title: str
    count: int | None
    rows: tuple[ListRow, ...]


@dataclass(frozen=True, slots=True)
class QueueLink:
    """A line of the navigation: a queue or a saved view."""

    text: str
    href: str
    icon: str
    count: int | None
    current: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. *sort*: address that sorts by it; *sorted*: how it is sorted now."""

    name: str
    text: str
    num: bool = False
    sort: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything the list shows."""

    summary: str
    here: str
    query: str
    chips: tuple[dict[str, str], ...]
    sort: str
    queues: tuple[QueueLink, ...]
    views: tuple[QueueLink, ...]
    heads: tuple[Head, ...]
    columns: frozenset[str]
    density: Density
    groups: tuple[Group, ...]
    total: str
    can_select: bool
    kept: tuple[str, ...] = ()
    problem: str = ""
    empty: str = ""
    next: str = ""
    first: str = ""
    jobs_href: str = ""
    may_file: bool = False
    filters_href: str = ""
    csv_href: str = ""
    board_href: str = ""
    view: Any = None
    name: str = ""
    since: str = ""
    acts: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, for all rows of a page: asked once, not once a row."""

    actor: Actor
    at: Moments
    locale: str
    takes: bool
    sees_amounts: bool


def reader_of(actor: Actor, at: Moments) -> Reader:
    """The reader of this request."""
    locale = str(get_locale() or "en")
    takes, amounts = may(actor, Permission.CASE_TRIAGE), may(actor, Permission.PAYOUT_READ)
    return Reader(actor, at, locale, takes, amounts)


def rows_of(
    rows: Iterable[CaseRow],
    tags: dict[Any, tuple[str, ...]],
    kept: frozenset[str],
    reader: Reader,
    held: frozenset[Any] = frozenset(),
) -> list[ListRow]:
    """The rows in words. *held*: cases with money on hold, for whoever may see that."""
    return [_row(row, tags.get(row.id, ()), kept, reader, is_held=row.id in held) for row in rows]


def _row(
    row: CaseRow, tags: tuple[str, ...], kept: frozenset[str], reader: Reader, *, is_held: bool
) -> ListRow:
    return ListRow(
        id=str(row.id), ref=row.ref, ref_shown=ref_markup(row.ref), href=f"/desk/cases/{quote(row.ref)}",
        version=row.version, title=row.title or row.ref, artist=row.artist, attention=row.attention is not None,
        kind=kind_words(row.kind), sub_kind=sub_kind_words(row.sub_kind), country=country_words(row.country, reader.locale) if row.country else "",
        language=row.language, stage=state_words(row.state, "staff", outcome=row.outcome, sub_kind=row.sub_kind), owner=row.owner,
        owner_short=initials(row.owner) if row.owner else "",
        is_mine=row.owner_id == reader.actor.person_id, can_take=reader.takes and row.owner_id is None,
        tags=tags, store=row.store or "", channel=str(CHANNELS.get(row.channel, row.channel)),  # type: ignore[call-overload]
        stake=_stake(row, reader), opened=_short(row.opened_at, reader), opened_iso=row.opened_at.isoformat(),
        updated=_short(row.updated_at, reader), updated_iso=row.updated_at.isoformat(),
        due=_due(row, reader), due_at=row.due_at, due_iso=row.due_at.isoformat() if row.due_at else "",
        due_what=clock_words(row.due_kind or ""),
        is_kept=str(row.id) in kept, is_held=is_held,
    )  # fmt: skip


def _stake(row: CaseRow, reader: Reader) -> str:
    """The amount as the complainant stated it; nothing for whoever may not see amounts."""
    if not reader.sees_amounts or row.amount is None or not row.currency:
        return ""
    return money_words(Money(row.amount, row.currency), reader.locale)


def _short(value: datetime, reader: Reader) -> str:
    return short_when_words(value, reader.locale, reader.actor.zone, reader.at.now)


def _due(row: CaseRow, reader: Reader) -> Any:
    if row.due_at is None:
        return None
    return sla_words(
        clock_words(row.due_kind or ""), row.due_at, row.opened_at, "running", None,
        now=reader.at.now, locale=reader.locale, zone=reader.actor.zone,
    )  # fmt: skip


def groups_of(
    rows: list[ListRow], sort: Sort, counts: Totals | None, at: Moments
) -> tuple[Group, ...]:
    """Rows by stretch of time when they are sorted by it, else one group without a title."""
    if sort is not Sort.DUE:
        return (Group("", None, tuple(rows)),) if rows else ()
    known = {"late": counts.late, "today": counts.soon, "week": counts.week} if counts else {}
    if counts is not None and counts.many:
        known = {}
    found: dict[str, list[ListRow]] = {}
    for row in rows:
        found.setdefault(stretch(row.due_at, at), []).append(row)
    return tuple(
        Group(stretch_words(name), known.get(name), tuple(group)) for name, group in found.items()
    )


def shown_columns(columns: Iterable[Column], reader: Reader) -> tuple[Column, ...]:
    """Columns that the reader chose and may see."""
    return tuple(one for one in columns if one is not Column.STAKE or reader.sees_amounts)


def total_words(counts: Totals) -> str:
    """How many match; above the limit only that there are more."""
    return _("more than %(num)s", num=counts.all - 1) if counts.many else str(counts.all)
