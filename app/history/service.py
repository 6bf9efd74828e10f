"""Writing and verifying history. Every service calls `record` in the transaction of its change."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.history.models import HistoryEntry, HistoryHead, HistoryPrivate, HistorySeal
from app.history.rules import (
    GENESIS,
    Break,
    Entry,
    commitment,
    entry_hash,
    first_break,
    merkle_root,
)
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock


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
    kind, key = subject
    chain = f"case:{case_id}" if case_id else f"{kind}:{key}"
    n, previous = _next_link(tx, chain)
    salt = secrets.token_bytes(32) if private else b""
    entry = Entry(
        chain=chain,
        n=n,
        at=clock.now(),
        actor=f"person:{actor.person_id}" if actor.is_person else actor.name,
        verb=verb,
        subject_kind=kind,
        subject_id=str(key),
        data=_with_token(data or {}, actor),
        commitment=commitment(salt, private) if private else "",
        prev_hash=previous,
        hash="",
    )
    digest = entry_hash(previous, entry)
    row = HistoryEntry(
        chain=chain, n=n, at=entry.at, actor_kind=actor.kind.value, actor_id=actor.person_id,
        actor=entry.actor, verb=verb, subject_kind=kind, subject_id=str(key), case_id=case_id,
        data=entry.data, commitment=entry.commitment, prev_hash=previous, hash=digest,
    )  # fmt: skip
    tx.add(row)
    tx.execute(
        text("update history_head set n = :n, hash = :hash where chain = :chain"),
        {"n": n, "hash": digest, "chain": chain},
    )
    tx.flush()
    if private:
        tx.add(HistoryPrivate(entry_id=row.id, salt=salt, data=private))
        tx.flush()


def _with_token(data: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """What was done with a bearer token says with which."""
    return data | {"token_id": str(actor.token_id)} if actor.token_id else data


def _next_link(tx: Tx, chain: str) -> tuple[int, str]:
    """Position and previous hash of the next entry; the head row stays locked until the commit."""
    head = tx.execute(
        text(
            "insert into history_head (chain, n, hash) values (:chain, 0, :genesis) "
            "on conflict (chain) do update set n = history_head.n returning n, hash"
        ),
        {"chain": chain, "genesis": GENESIS},
    ).one()
    return head.n + 1, head.hash


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
