"""Reads of ratings: a side reads its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam, select

from app.accounts.queries import side_scope
from app.infra.db.binds import CASE, SIDE, of_case
from app.infra.db.kept import ask, shared
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


ROUND = bindparam("of_round", type_=Integer())


@shared(256)
def _rating(actor: Actor) -> Select[Rating]:
    of_this = (Rating.case_id == CASE, Rating.round == ROUND, Rating.side == SIDE)
    return select(Rating).where(*of_this, side_scope(actor, Rating))


def own_rating(tx: Tx, actor: Actor, case_id: UUID, side: Side, round_: int) -> RatingRow | None:
    """What *side* said about a round, for that side alone; None before."""
    found = ask(tx, _rating(actor), of_case(case_id) | {SIDE.key: side.value, ROUND.key: round_})
    if not found:
        return None
    row = found[0]
    return RatingRow(
        row.round, row.process, row.outcome, row.solved_first, row.words, row.given_at,
        changeable_until(row.given_at),
    )  # fmt: skip
