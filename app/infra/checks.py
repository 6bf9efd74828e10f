"""Invariants as SQL: each check returns the rows that break it, so none is the good answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Check:
    """*id* as RELIABILITY (I1 … I18), *sql* selects offending rows and nothing when all is well."""

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
        rows = tx.execute(text(check.sql)).mappings().fetchmany(10)
        if rows:
            found.append(Violation(check, tuple(dict(row) for row in rows)))
    return found
