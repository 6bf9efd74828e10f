"""The one use-case of ratings: say it, or change it within fourteen days."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.queries import writer_side
from app.accounts.rules import Permission, require
from app.cases.queries import case_by_id
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden
from app.kernel.sides import Disclosure, Side
from app.kernel.text import clean_text
from app.ratings.commands import RateCase
from app.ratings.events import CaseRated
from app.ratings.models import Rating
from app.ratings.rules import WORDS_MOST, chosen, require_changeable, require_rateable


def rate_case(tx: Tx, command: RateCase, actor: Actor, clock: Clock) -> UUID:
    """One rating a side and round: the second one changes the first. Safe to repeat.

    Raises `Refused` while the case runs or after fourteen days, `Invalid` naming the field, `NotFound`.
    """
    require(actor, Permission.PARTY_CASE_ACT)
    case = case_by_id(tx, actor, command.case_id)
    side = writer_side(tx, actor, case.id)
    if side is Side.DESK or actor.person_id is None:
        raise Forbidden(code="not_yours")
    require_rateable(case.state, case.outcome)
    row = tx.scalars(
        select(Rating)
        .where(Rating.case_id == case.id, Rating.round == case.round, Rating.side == side.value)
        .with_for_update()
    ).first()
    is_new, now = row is None, clock.now()
    if row is None:
        row = Rating(
            id=uuid4(), case_id=case.id, side=side, disclosure=Disclosure.PRIVATE, round=case.round,
            given_at=now, version=0, by_id=actor.person_id,
        )  # fmt: skip
        tx.add(row)
    require_changeable(row.given_at, now)
    row.process = chosen(command.process, "process")
    row.outcome = chosen(command.outcome, "outcome")
    row.solved_first = command.solved_first
    row.words = clean_text(command.words, field="words", max_length=WORDS_MOST, multiline=True)
    row.by_id, row.changed_at, row.version = actor.person_id, now, row.version + 1
    tx.flush()
    _note(tx, row, actor, clock, is_new=is_new)
    return row.id


def _note(tx: Tx, row: Rating, actor: Actor, clock: Clock, *, is_new: bool) -> None:
    """History has the figures; words stay in the row, so that they can be erased."""
    record(
        tx, actor, clock, verb="rating.given" if is_new else "rating.changed", subject=("rating", row.id),
        case_id=row.case_id,
        data={"side": row.side, "round": row.round, "process": row.process, "outcome": row.outcome,
              "solved_first": row.solved_first},
    )  # fmt: skip
    emit(tx, CaseRated(row.case_id, row.id, str(row.side), row.round))
