"""Counting what the content policy of the pages stopped."""

from __future__ import annotations

from sqlalchemy import text

from app.infra.db.transaction import Tx
from app.kernel.clock import Clock


def count_report(tx: Tx, directive: str, blocked: str, page: str, clock: Clock) -> None:
    """One more of this kind; nothing but the three words and a count is kept."""
    tx.execute(
        text(
            "insert into csp_report (directive, blocked, page, times, last_at) "
            "values (:directive, :blocked, :page, 1, :now) on conflict (directive, blocked, page) "
            "do update set times = csp_report.times + 1, last_at = excluded.last_at"
        ),
        {"directive": directive, "blocked": blocked, "page": page, "now": clock.now()},
    )
