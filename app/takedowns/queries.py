"""Reads of counter-notices within the actor's sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts.queries import side_scope
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.sides import Disclosure
from app.takedowns.models import CounterNotice
from app.takedowns.rules import NAMES


@dataclass(frozen=True, slots=True)
class CounterView:
    """A counter-notice. *answers*: by question, a tick as "yes" or ""; *is_shared*: the claimant may read it."""

    id: UUID
    attempt: int
    version: int
    answers: dict[str, str]
    signature: str
    saved_at: datetime
    sent_at: datetime | None
    is_shared: bool


def counter_notices_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[CounterView, ...]:
    """Those of a case that *actor* may read, the newest first: a draft is its side's own."""
    rows = tx.scalars(
        select(CounterNotice)
        .where(CounterNotice.case_id == case_id, side_scope(actor, CounterNotice))
        .order_by(CounterNotice.attempt.desc())
    )
    return tuple(counter_view(row) for row in rows)


def counter_view(row: CounterNotice) -> CounterView:
    """The view of a loaded row."""
    answers = {name: _text(getattr(row, name)) for name in NAMES}
    return CounterView(
        row.id, row.attempt, row.version, answers, row.signature, row.saved_at, row.sent_at,
        row.disclosure == Disclosure.SHARED,
    )  # fmt: skip


def _text(value: str | bool) -> str:  # noqa: FBT001 - a column's value
    if isinstance(value, bool):
        return "yes" if value else ""
    return value
