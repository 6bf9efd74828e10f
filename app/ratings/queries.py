"""Reads of ratings: a side reads its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts.queries import side_scope
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.ratings.models import Rating
from app.ratings.rules import changeable_until


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating as its side reads it."""

    round: int
    process: int
    outcome: int
    solved_first: bool | None
    words: str
    given_at: datetime
    changeable_until: datetime


def own_rating(tx: Tx, actor: Actor, case_id: UUID, side: Side, round_: int) -> RatingRow | None:
    """What *side* said about a round, for that side alone; None before."""
    row = tx.scalars(
        select(Rating).where(
            Rating.case_id == case_id,
            Rating.round == round_,
            Rating.side == side.value,
            side_scope(actor, Rating),
        )
    ).first()
    if row is None:
        return None
    return RatingRow(
        row.round, row.process, row.outcome, row.solved_first, row.words, row.given_at,
        changeable_until(row.given_at),
    )  # fmt: skip
