"""Invariants as SQL: each check returns the rows that break it, so none is the good answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.infra.db.driver import KEPT
from app.infra.db.kept import ask


@dataclass(frozen=True, slots=True)
class Check:
    """*id* as RELIABILITY (I1 … I19), *sql* selects offending rows and nothing when all is well."""

    id: str
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant with at most ten of its rows."""

    check: Check
    rows: tuple[dict[str, object], ...]


def run_checks(tx: Session, checks: Iterable[Check]) -> list[Violation]:
    """Run every check in the caller's transaction; an empty list means all hold."""
    found = []
    for check in checks:
        rows = ask(tx, _first_ten(check.sql))
        if rows:
            found.append(Violation(check, tuple(row._asdict() for row in rows)))
    return found


@lru_cache(KEPT)
def _first_ten(sql: str) -> TextClause:
    """The same words are the same statement: a process that checks again and again plans them once a connection."""
    return text(f"select * from ({sql}) as found limit 10")  # noqa: S608 - a check's own words


@dataclass(frozen=True, slots=True)
class RunRow:
    """A finished run: *broken*: number and name of what does not hold; *took_ms*: milliseconds."""

    at: datetime
    by: str
    took_ms: int
    checked: int
    broken: tuple[str, ...]


_NOTE = text("""
    insert into invariant_run (at, by, took_ms, checked, broken)
    values (:at, :by, :took_ms, :checked, :broken)""")
_LAST = text("""
    select at, by, took_ms, checked, broken from invariant_run order by id desc limit 1""")


def note_run(tx: Session, row: RunRow) -> None:
    """Keep a run with its result."""
    values = {
        "at": row.at, "by": row.by, "took_ms": row.took_ms, "checked": row.checked, "broken": list(row.broken)
    }  # fmt: skip
    tx.execute(_NOTE, values)


def broken_names(violations: Sequence[Violation]) -> tuple[str, ...]:
    """What does not hold, as people read it."""
    return tuple(f"{one.check.id}: {one.check.name}" for one in violations)


def last_run(tx: Session) -> RunRow | None:
    """The newest run; None before the first."""
    row = tx.execute(_LAST).first()
    return RunRow(row.at, row.by, row.took_ms, row.checked, tuple(row.broken)) if row else None
