"""Lines whose recording the catalogue does not have, by key, with what they may mean and what persons said they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, not_, select, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.catalogue.models import Artist, Recording
from app.catalogue.queries import recordings_alike
from app.catalogue.rules.alike import Alike
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.statements.models import StatementMatch, StatementUnmatched
from app.statements.queries.imports import sight
from app.statements.queries.sums import amounts_of
from app.statements.rules.keys import Said, possible_isrcs, possible_upc
from app.statements.rules.suggesting import Suggestion, ground_of, suggested

PAGE = 20


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    """Lines of one file with one *key*; empty: nothing names a recording. *sums*: currency → exact sum as text."""

    id: UUID
    import_id: UUID
    key: str
    said: Said
    line_count: int
    sums: dict[str, str]

    @property
    def amounts(self) -> tuple[Money, ...]:
        """The sums, exact, by currency."""
        return amounts_of(self.sums)


@dataclass(frozen=True, slots=True)
class MatchRow:
    """What a person said that a key means. *ended_by*, *ended_at*: who took it back, empty and None while it holds."""

    id: UUID
    key: str
    isrc: str
    title: str
    version: str
    artist: str
    by: str
    at: datetime
    ended_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnmatchedPage:
    """*rows*: most lines first, each with the match that holds, if any; *next*: the last row when there are more."""

    rows: tuple[tuple[UnmatchedRow, MatchRow | None], ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class UnmatchedCounts:
    """Keys of a file that wait, and that a person matched."""

    waiting: int
    matched: int


_holds = and_(StatementMatch.key == StatementUnmatched.key, StatementMatch.ended_at.is_(None))
_known = exists().where(StatementUnmatched.isrc != "", Recording.isrc == StatementUnmatched.isrc)
"""The catalogue was given this recording since."""


def unmatched_counts(tx: Tx, actor: Actor, import_id: UUID) -> UnmatchedCounts:
    """How many keys of the file wait, and how many are matched."""
    matched = exists().where(_holds)
    row = tx.execute(
        select(func.count().filter(and_(not_(matched), not_(_known))), func.count().filter(matched))
        .select_from(StatementUnmatched)
        .where(StatementUnmatched.import_id == import_id, sight(actor))
    ).one()
    return UnmatchedCounts(row[0], row[1])


def unmatched_page(
    tx: Tx, actor: Actor, import_id: UUID, after: UUID | None = None, *, matched: bool = False
) -> UnmatchedPage:
    """Keys of the file that wait, or that are *matched*, behind *after*."""
    conditions: list[ColumnElement[bool]] = [
        StatementUnmatched.import_id == import_id,
        sight(actor),
    ]
    if matched:
        conditions.append(StatementMatch.id.is_not(None))
    else:
        conditions += [StatementMatch.id.is_(None), not_(_known)]
    order = tuple_(StatementUnmatched.line_count, StatementUnmatched.id)
    if after is not None:
        last = select(StatementUnmatched.line_count, StatementUnmatched.id).where(
            StatementUnmatched.id == after
        )
        conditions.append(order < last.scalar_subquery())
    found = tx.execute(
        select(StatementUnmatched, StatementMatch.id)
        .outerjoin(StatementMatch, _holds)
        .where(*conditions)
        .order_by(StatementUnmatched.line_count.desc(), StatementUnmatched.id.desc())
        .limit(PAGE + 1)
    ).all()
    shown = [_row(one) for one, _match in found[:PAGE]]
    live = {}
    if matched:
        ids = [match for _one, match in found]
        live = {one.key: one for one in _matches(tx, StatementMatch.id.in_(ids))}
    return UnmatchedPage(
        tuple((one, live.get(one.key)) for one in shown),
        shown[-1].id if len(found) > PAGE else None,
    )


def unmatched_row(tx: Tx, actor: Actor, import_id: UUID, unmatched_id: UUID) -> UnmatchedRow:
    """One key of the file. Raises `NotFound`."""
    row = tx.execute(
        select(StatementUnmatched).where(
            StatementUnmatched.id == unmatched_id,
            StatementUnmatched.import_id == import_id,
            sight(actor),
        )
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("statement_unmatched")
    return _row(row)


def matches_of_key(tx: Tx, actor: Actor, key: str) -> tuple[MatchRow, ...]:
    """What persons said of the key, the newest first, those taken back, too."""
    return tuple(_matches(tx, and_(StatementMatch.key == key, sight(actor))))


def suggestions_for(
    tx: Tx, actor: Actor, rows: Iterable[UnmatchedRow]
) -> dict[UUID, tuple[Suggestion, ...]]:
    """What each row may mean; one statement for all."""
    asked = [row for row in rows if row.key]
    found = _alike(tx, actor, asked)
    return {row.id: suggested(row.said, found) for row in asked}


def grounds_for(
    tx: Tx, actor: Actor, matched: Iterable[tuple[UnmatchedRow, MatchRow]]
) -> dict[UUID, Suggestion]:
    """Match → what speaks for it; absent where only the person's word does. One statement for all."""
    pairs = list(matched)
    found = _alike(tx, actor, [row for row, _match in pairs], {match.isrc for _row, match in pairs})
    grounds = {match.id: ground_of(row.said, found, match.isrc) for row, match in pairs}
    return {match: ground for match, ground in grounds.items() if ground is not None}


def _alike(
    tx: Tx, actor: Actor, rows: Collection[UnmatchedRow], isrcs: Collection[str] = ()
) -> tuple[Alike, ...]:
    """What the rows may mean, and the recordings of *isrcs*."""
    return recordings_alike(
        tx,
        actor,
        isrcs={*isrcs, *(isrc for row in rows for isrc in possible_isrcs(row.said.isrc))},
        upcs={upc for row in rows if (upc := possible_upc(row.said.upc))},
        names={(row.said.title, row.said.artist) for row in rows},
    )


def matched_isrcs(tx: Tx, keys: Collection[str] | None = None) -> dict[str, str]:
    """Key → ISRC of the recording that a person said, of what holds; of *keys* alone where they are given."""
    query = (
        select(StatementMatch.key, Recording.isrc)
        .join(Recording, Recording.id == StatementMatch.recording_id)
        .where(StatementMatch.ended_at.is_(None))
    )
    if keys is not None:
        query = query.where(StatementMatch.key.in_(keys))
    return {row.key: row.isrc for row in tx.execute(query)}


def _matches(tx: Tx, condition: ColumnElement[bool]) -> Iterable[MatchRow]:
    ender = aliased(Person)
    rows = tx.execute(
        select(StatementMatch, Recording, Artist.name, Person.name, ender.name)
        .join(Recording, Recording.id == StatementMatch.recording_id)
        .join(Artist, Artist.id == Recording.artist_id)
        .join(Person, Person.id == StatementMatch.by_id)
        .outerjoin(ender, ender.id == StatementMatch.ended_by_id)
        .where(condition)
        .order_by(StatementMatch.at.desc(), StatementMatch.id)
    )
    for match, recording, artist, by, ended_by in rows:
        yield MatchRow(
            match.id, match.key, recording.isrc, recording.title, recording.version, artist, by, match.at,
            ended_by or "", match.ended_at,
        )  # fmt: skip


def _row(one: StatementUnmatched) -> UnmatchedRow:
    said = Said(one.isrc_text, one.upc_text, one.title, one.artist)
    return UnmatchedRow(one.id, one.import_id, one.key, said, one.line_count, dict(one.sums))
