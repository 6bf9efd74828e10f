"""The real clocks. The database's clock decides about deadlines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.infra.db.kept import ask
from app.kernel.clock import Clock

_NOW = text("select clock_timestamp()")


class SystemClock:
    """The clock of the machine, aware UTC."""

    def now(self) -> datetime:
        """Aware UTC instant."""
        return datetime.now(UTC)  # noqa: TID251 - the one place where now comes from


def database_now(tx: Session) -> datetime:
    """The database's clock, aware UTC: the only authority for deadlines."""
    [now] = ask(tx, _NOW)[0]
    return cast("datetime", now).astimezone(UTC)


def decisive_now(tx: Session, clock: Clock) -> datetime:
    """Now for deadlines: the database's clock; the handed-in one where a test or preview stands still."""
    return database_now(tx) if isinstance(clock, SystemClock) else clock.now()
