"""Rate limits kept in the database, so that all processes count together. One statement a question."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import text

from app.infra.db.transaction import Tx
from app.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Rate:
    """*times* in *period*, as a leaking bucket: no double burst at the edge of a window."""

    name: str
    times: int
    period: timedelta


_TAKE = text("""
insert into rate_bucket as bucket (key, free_at) values (:key, :now + :step)
on conflict (key) do update set free_at = greatest(bucket.free_at, :now) + :step
where greatest(bucket.free_at, :now) <= :now + :room
returning free_at""")


def take(tx: Tx, rate: Rate, who: str, clock: Clock) -> int:
    """Count one use of *rate* by *who*. Returns 0, or the seconds to wait when there is no room.

    *who* (an address, a person) is stored hashed. Commit it even when the request fails.
    """
    key = f"{rate.name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    now, step = clock.now(), rate.period / rate.times
    given = {"key": key, "now": now, "step": step, "room": rate.period - step}
    if tx.execute(_TAKE, given).first() is not None:
        return 0
    query = text("select free_at from rate_bucket where key = :key")
    free_at: datetime = tx.execute(query, {"key": key}).scalar_one()
    return max(1, ceil((free_at - now - (rate.period - step)).total_seconds()))


def sweep_limits(tx: Tx, clock: Clock) -> None:
    """Forget buckets that are empty. Safe to repeat."""
    tx.execute(text("delete from rate_bucket where free_at < :now"), {"now": clock.now()})
