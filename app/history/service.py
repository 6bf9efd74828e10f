"""Writing and verifying history. Every service calls `record` in the transaction of its change, or `record_set` for a
whole set of things: then no entry travels, and the database spells and chains each as `record` does (ADR 0057).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.history.models import HistoryEntry, HistoryHead, HistorySeal
from app.history.rules import (
    GENESIS,
    Break,
    Entry,
    canonical,
    commitment,
    entry_hash,
    first_break,
    merkle_root,
)
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Noted:
    """What happened to one thing. *subject*: (table, primary key). *data*: JSON values without personal data."""

    subject: tuple[str, UUID | str]
    case_id: UUID | None
    data: dict[str, Any]

    @property
    def chain(self) -> str:
        """The chain of the case, or of the thing when there is no case."""
        kind, key = self.subject
        return f"case:{self.case_id}" if self.case_id else f"{kind}:{key}"


def record(  # noqa: PLR0913 - the one call that every service makes; keywords keep it readable
    tx: Tx,
    actor: Actor,
    clock: Clock,
    *,
    verb: str,
    subject: tuple[str, UUID | str],
    case_id: UUID | None = None,
    data: dict[str, Any] | None = None,
    private: dict[str, Any] | None = None,
) -> None:
    """Append one entry to the chain of the case (or of the subject when there is no case).

    *subject*: (table, primary key). *data*: JSON values without personal data. *private*: personal
    values, kept apart and committed by a salted hash. Flushes, so that the guard sees both.
    """
    noted = Noted(subject, case_id, data or {})
    n, previous = _next_link(tx, noted.chain)
    salt = secrets.token_bytes(32) if private else b""
    secret = commitment(salt, private) if private else ""
    entry = _entry(noted, verb, actor, clock.now(), (n, previous), secret)
    said = {
        "chain": entry.chain, "n": n, "at": entry.at, "actor_kind": actor.kind.value, "actor_id": actor.person_id,
        "actor": entry.actor, "verb": verb, "subject_kind": entry.subject_kind, "subject_id": entry.subject_id,
        "case_id": case_id, "data": json.dumps(entry.data), "commitment": entry.commitment, "prev_hash": previous,
        "hash": entry_hash(previous, entry),
    }  # fmt: skip
    if private:
        ask(tx, _WRITE_WITH_PRIVATE, said | {"salt": salt, "private": json.dumps(private)})
    else:
        ask(tx, _WRITE, said)


_WRITTEN = """
written as (
  insert into history_entry (chain, n, at, actor_kind, actor_id, actor, verb, subject_kind, subject_id, case_id, data,
    commitment, prev_hash, hash)
  values (:chain, :n, :at, :actor_kind, :actor_id, :actor, :verb, :subject_kind, :subject_id, :case_id,
    cast(:data as jsonb), :commitment, :prev_hash, :hash)
  returning id, chain, n, hash
)"""
_MOVED = """
update history_head as head set n = written.n, hash = written.hash from written where head.chain = written.chain"""
_WRITE = text(f"with {_WRITTEN} {_MOVED}")
"""An entry and the end of its chain, in one round trip: every act of the product writes some."""
_WRITE_WITH_PRIVATE = text(
    f"with {_WRITTEN}, apart as (insert into history_private (entry_id, salt, data) "  # noqa: S608 - our own words
    f"select id, :salt, cast(:private as jsonb) from written) {_MOVED}"
)
_NEXT_LINK = text(
    "insert into history_head (chain, n, hash) values (:chain, 0, :genesis) "
    "on conflict (chain) do update set n = history_head.n returning n, hash"
)


def _entry(
    noted: Noted, verb: str, actor: Actor, at: datetime, link: tuple[int, str], secret: str = ""
) -> Entry:
    """The entry, not hashed yet. *link*: its position and the hash before it."""
    kind, key = noted.subject
    return Entry(
        chain=noted.chain,
        n=link[0],
        at=at,
        actor=f"person:{actor.person_id}" if actor.is_person else actor.name,
        verb=verb,
        subject_kind=kind,
        subject_id=str(key),
        data=_with_token(noted.data, actor),
        commitment=secret,
        prev_hash=link[1],
        hash="",
    )


def _with_token(data: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """What was done with a bearer token says with which."""
    return data | {"token_id": str(actor.token_id)} if actor.token_id else data


def _next_link(tx: Tx, chain: str) -> tuple[int, str]:
    """Position and previous hash of the next entry; the head row stays locked until the commit."""
    head = ask(tx, _NEXT_LINK, {"chain": chain, "genesis": GENESIS})[0]
    return head.n + 1, head.hash


@dataclass(frozen=True, slots=True)
class NotedSet:
    """What happened to many things of cases.

    *kind*: their table. *rows*: our own SQL, a select of the columns `id` and `case_id`, none of them empty, and of all
    that *texts* and *numbers* name; its parameters are in *bound*. Those become the data of each entry, together with
    *fixed*, which is the same for all. No personal data.
    """

    kind: str
    rows: str
    bound: Mapping[str, Any]
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    fixed: Mapping[str, str]


def record_set(tx: Tx, actor: Actor, clock: Clock, verb: str, noted: NotedSet) -> int:
    """Append one entry for each row, by case and then by id, at one moment; how many. Two statements however many.

    The ends of all chains are locked in one order, so that none waits in a circle with another caller. Flushes.
    """
    tx.flush()
    at = clock.now()
    mark = f"person:{actor.person_id}" if actor.is_person else actor.name
    fixed = dict(noted.fixed) | ({"token_id": str(actor.token_id)} if actor.token_id else {})
    said = {
        "at": at, "actor_kind": actor.kind.value, "actor_id": actor.person_id, "actor": mark, "verb": verb,
        "kind": noted.kind, "genesis": GENESIS,
        "head": f'{{"actor":{_one(mark)},"at":{_one(at.astimezone(UTC).isoformat(timespec="microseconds"))},"chain":"',
        "subject": f',"subject":[{_one(noted.kind)},"',
        "tail": f'"],"verb":{_one(verb)}}}',
    }  # fmt: skip
    tx.execute(text(_BEGIN.format(rows=noted.rows)), {**noted.bound, "genesis": GENESIS})
    value, spelled = _data_of(noted, fixed)
    wanted = _APPEND.format(rows=noted.rows, value=value, spelled=spelled)
    return int(tx.execute(text(wanted), {**noted.bound, **said, **_named(fixed)}).scalar_one())


@contextmanager
def history_first(tx: Tx) -> Iterator[None]:
    """What changes within was written down before: the guard looks at each statement as a whole, at its end."""
    tx.execute(text("select set_config('app.history_first', 'on', true)"))
    yield
    tx.execute(text("select set_config('app.history_first', 'off', true)"))


def _data_of(noted: NotedSet, fixed: Mapping[str, str]) -> tuple[str, str]:
    """SQL of the data of an entry: as a value, and in the spelling that is hashed."""
    made = {name: (f"thing.{name}", f"to_json(thing.{name}::text)::text") for name in noted.texts}
    made |= {name: (f"thing.{name}", f"thing.{name}::text") for name in noted.numbers}
    made |= {
        name: (f"cast(:fixed_{name} as text)", f"to_json(cast(:fixed_{name} as text))::text")
        for name in fixed
    }
    value = ", ".join(f"'{name}', {sql}" for name, (sql, _spelled) in made.items())
    cells = [f"'{_one(name)}:' || {made[name][1]}" for name in sorted(made)]
    return f"jsonb_build_object({value})", "'{' || " + " || ',' || ".join(cells) + " || '}'"


def _named(fixed: Mapping[str, str]) -> dict[str, str]:
    return {f"fixed_{name}": value for name, value in fixed.items()}


def _one(value: str) -> str:
    return canonical(value).decode()


_BEGIN = """
insert into history_head (chain, n, hash)
select 'case:' || thing.case_id, 0, :genesis from (select distinct case_id from ({rows}) as each) as thing
where not exists (select 1 from history_head as head where head.chain = 'case:' || thing.case_id)
order by 1 on conflict do nothing
"""
"""Each chain has an end, if only that before its first entry."""

_APPEND = """
with thing as materialized ({rows}),
ends as materialized (
  select head.chain, head.n, head.hash from history_head as head
  where head.chain in (select 'case:' || case_id from thing) order by head.chain for update
),
placed as (
  select thing.id, thing.case_id, ends.chain, ends.hash as start, {value} as data, {spelled} as spelled,
    ends.n + row_number() over (partition by thing.case_id order by thing.id) as n
  from thing join ends on ends.chain = 'case:' || thing.case_id
),
linked as (
  select placed.*, history_chain(start,
      cast(:head as text) || chain || '","commitment":"","data":' || spelled || ',"n":' || n || cast(:subject as text) || id
      || cast(:tail as text)) over (partition by case_id order by n) as hash
  from placed
),
written as (
  insert into history_entry (chain, n, at, actor_kind, actor_id, actor, verb, subject_kind, subject_id, case_id, data,
    commitment, prev_hash, hash)
  select chain, n, :at, :actor_kind, :actor_id, :actor, :verb, :kind, id::text, case_id, data, '',
    coalesce(lag(hash) over (partition by case_id order by n), start), hash
  from linked order by case_id, n
  returning chain, n, hash
),
moved as (
  update history_head as head set n = last.n, hash = last.hash
  from (select distinct on (chain) chain, n, hash from written order by chain, n desc) as last
  where head.chain = last.chain
)
select count(*) from written
"""


def verify(tx: Tx, *, case_id: UUID | None = None) -> Break | None:
    """Recompute every link (of one case, or of all) and the daily seals; the first broken one, or None."""
    heads = select(HistoryHead.chain, HistoryHead.n, HistoryHead.hash)
    if case_id:
        heads = heads.where(HistoryHead.chain == f"case:{case_id}")
    ends = {row.chain: (row.n, row.hash) for row in tx.execute(heads)}
    return first_break(_entries(tx, case_id), ends) or (None if case_id else _broken_seal(tx))


def _entries(tx: Tx, case_id: UUID | None) -> Iterator[Entry]:
    """All entries in order, streamed."""
    query = select(HistoryEntry).order_by(HistoryEntry.chain, HistoryEntry.n)
    if case_id:
        query = query.where(HistoryEntry.chain == f"case:{case_id}")
    for row in tx.execute(query.execution_options(yield_per=1000)).scalars():
        yield Entry(
            row.chain, row.n, row.at, row.actor, row.verb, row.subject_kind, row.subject_id,
            row.data, row.commitment, row.prev_hash, row.hash,
        )  # fmt: skip


def seal_day(tx: Tx, clock: Clock) -> None:
    """Write the head over everything up to now under today's day. Safe to repeat: one seal a day."""
    last = tx.execute(text("select coalesce(max(id), 0) from history_entry")).scalar_one()
    day = clock.now().date().isoformat()
    root = _root(tx, last)
    tx.execute(
        text(
            "insert into history_seal (day, upto_id, root, sealed_at) "
            "values (:day, :upto, :root, :at) on conflict do nothing"
        ),
        {"day": day, "upto": last, "root": root, "at": clock.now()},
    )


def _root(tx: Tx, upto: int) -> str:
    """Merkle root over the hashes of all entries to *upto*."""
    rows = tx.execute(
        text("select hash from history_entry where id <= :upto order by id"), {"upto": upto}
    )
    return merkle_root([row.hash for row in rows])


def _broken_seal(tx: Tx) -> Break | None:
    """The first daily seal that no longer matches the entries it covers."""
    for seal in tx.execute(select(HistorySeal).order_by(HistorySeal.day)).scalars():
        if _root(tx, seal.upto_id) != seal.root:
            return Break(
                "seal",
                seal.upto_id,
                f"entries before the seal of {seal.day} are not what was sealed",
            )
    return None
