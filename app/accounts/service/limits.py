"""Rate limits kept in the database, so that all processes count together. One statement a question."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from sqlalchemy import text

from app.infra.db.kept import ask
from app.infra.db.transaction import Brief, Tx
from app.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Rate:
    """*times* in *period*, as a leaking bucket: no double burst at the edge of a window."""

    name: str
    times: int
    period: timedelta


COUNTING = """
insert into rate_bucket as bucket (key, free_at) {rows}
on conflict (key) do update set free_at = greatest(bucket.free_at, :now) + :step
where greatest(bucket.free_at, :now) <= :now + :room
returning free_at"""
"""For statements that ask something else as well: *rows* are values or a select of `:key, :now + :step`."""
_FREE_AT = text("select free_at from rate_bucket where key = :key")
_TAKE = text(COUNTING.replace("{rows}", "values (:key, :now + :step)"))


def given(rate: Rate, who: str, clock: Clock) -> dict[str, Any]:
    """The parameters of COUNTING. *who* (an address, a person) is stored hashed."""
    key = f"{rate.name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    step = rate.period / rate.times
    return {"key": key, "now": clock.now(), "step": step, "room": rate.period - step}


def take(tx: Tx | Brief, rate: Rate, who: str, clock: Clock) -> int:
    """Count one use of *rate* by *who*. Returns 0, or the seconds to wait when there is no room.

    Commit it even when the request fails.
    """
    asked = given(rate, who, clock)
    return 0 if ask(tx, _TAKE, asked) else wait_of(tx, asked)


def wait_of(tx: Tx | Brief, asked: dict[str, Any]) -> int:
    """Seconds until there is room again, after COUNTING found none with the same parameters."""
    (found,) = ask(tx, _FREE_AT, {"key": asked["key"]})
    wait: timedelta = found.free_at - asked["now"] - asked["room"]
    return max(1, ceil(wait.total_seconds()))


def sweep_limits(tx: Tx, clock: Clock) -> None:
    """Forget buckets that are empty. Safe to repeat."""
    tx.execute(text("delete from rate_bucket where free_at < :now"), {"now": clock.now()})
