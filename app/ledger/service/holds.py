"""Placing, releasing, moving and extending holds; a held amount is posted to the case's dispute hold."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.money import Money, sum_money
from app.kernel.sides import Side
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.ledger.commands import ExtendHold, MoveHold, PlaceHold, Post, ReleaseHold
from app.ledger.events import HoldMoved, HoldPlaced, HoldReleased
from app.ledger.models import Hold
from app.ledger.queries.balances import balance_of
from app.ledger.queries.holds import is_case_open, locked_hold
from app.ledger.rules.holds import (
    LIVE_HOLDS,
    HoldEvent,
    HoldReason,
    HoldState,
    check_hold,
    next_hold_state,
    review_date,
)
from app.ledger.rules.posting import JournalKind, dispute_hold, payable, transfer
from app.ledger.service.posting import post


def place_hold(tx: Tx, command: PlaceHold, actor: Actor, clock: Clock) -> UUID:
    """Hold money now. Returns the hold's id.

    Raises Forbidden, NotFound for a foreign case, Refused without an open case or when the very same
    part is held already, Invalid for a scope or date that makes no sense.
    """
    require(actor, Permission.HOLD_PLACE)
    row = _insert(tx, command, HoldState.PLACED, actor, clock)
    _post_placed(tx, row, actor, clock)
    _note(tx, row, actor, clock, "hold.placed", command.explanation)
    emit(tx, HoldPlaced(row.case_id, row.id, command.side))
    return row.id


def propose_hold(tx: Tx, command: PlaceHold, actor: Actor, clock: Clock) -> UUID:
    """Write a hold down without holding anything yet. Raises as `place_hold`."""
    require(actor, Permission.HOLD_PLACE)
    row = _insert(tx, command, HoldState.PROPOSED, actor, clock)
    _note(tx, row, actor, clock, "hold.proposed", command.explanation)
    return row.id


def place_proposed_hold(
    tx: Tx, hold_id: UUID, actor: Actor, clock: Clock, *, version: int | None = None
) -> None:
    """Hold what was proposed, from now on. Raises Forbidden, NotFound, Refused, Stale."""
    require(actor, Permission.HOLD_PLACE)
    row = _take(tx, actor, hold_id, version)
    row.state = next_hold_state(HoldState(row.state), HoldEvent.PLACE)
    row.since = clock.now()
    row.version += 1
    _post_placed(tx, row, actor, clock)
    _note(tx, row, actor, clock, "hold.placed", row.explanation)
    emit(tx, HoldPlaced(row.case_id, row.id, Side(row.side)))


def release_hold(tx: Tx, command: ReleaseHold, actor: Actor, clock: Clock) -> None:
    """Hold it no longer; a held amount goes to whom *to* says. Raises Forbidden, NotFound, Refused, Stale, Invalid."""
    require(actor, Permission.HOLD_RELEASE)
    row = _take(tx, actor, command.hold_id, command.version)
    _release(tx, row, command, actor, clock)


def release_holds_of_case(tx: Tx, case_id: UUID, reason: str, actor: Actor, clock: Clock) -> int:
    """Release everything held for a case that ends, each amount back to its payee. Returns how many.

    For workflows only: the event that ends the case (a withdrawal by a party among them) carries the
    permission, so this asks for none, and works above the party's own sight.
    """
    with house(tx):
        rows = tx.scalars(
            select(Hold)
            .where(Hold.case_id == case_id, Hold.state.in_(LIVE_HOLDS))
            .order_by(Hold.id)
            .with_for_update()
        ).all()
        for row in rows:
            _release(tx, row, ReleaseHold(row.id, reason), actor, clock)
    return len(rows)


def move_hold(tx: Tx, command: MoveHold, actor: Actor, clock: Clock) -> UUID:
    """Let another hold take its place, in one step. Returns the new hold's id. Raises as `place_hold`."""
    require(actor, Permission.HOLD_PLACE)
    old = _take(tx, actor, command.hold_id, command.version)
    state = next_hold_state(HoldState(old.state), HoldEvent.MOVE)
    placed = PlaceHold(
        case_id=old.case_id,
        side=command.side,
        reason=HoldReason(old.reason),
        scope=command.scope,
        explanation=old.explanation,
        review_on=command.review_on,
        until=old.until,
        payee_id=command.payee_id or old.payee_id,
    )
    new = _insert(tx, placed, HoldState.PLACED, actor, clock)
    new.amount_minor, new.currency, new.journal_id = old.amount_minor, old.currency, old.journal_id
    _end(old, state, _reason(command.reason), actor, clock)
    old.moved_to_id = new.id
    tx.flush()
    _note(tx, old, actor, clock, "hold.moved", command.reason)
    _note(tx, new, actor, clock, "hold.placed", command.reason)
    emit(tx, HoldMoved(old.case_id, old.id, new.id, Side(old.side)))
    return new.id


def extend_hold(tx: Tx, command: ExtendHold, actor: Actor, clock: Clock) -> None:
    """Set the next review date. Raises Forbidden, NotFound, Refused, Stale, Invalid."""
    require(actor, Permission.HOLD_PLACE)
    row = _take(tx, actor, command.hold_id, command.version)
    row.state = next_hold_state(HoldState(row.state), HoldEvent.EXTEND)
    row.review_on = review_date(clock.now().date(), command.review_on)
    row.version += 1
    tx.flush()
    _note(tx, row, actor, clock, "hold.extended", _reason(command.reason))


def _insert(tx: Tx, command: PlaceHold, state: HoldState, actor: Actor, clock: Clock) -> Hold:
    today = clock.now().date()
    check_hold(
        command.scope,
        since=today,
        until=command.until,
        case_open=is_case_open(tx, actor, command.case_id),
    )
    minor = _minor(command)
    row = Hold(
        id=uuid4(),
        case_id=command.case_id,
        side=command.side,
        disclosure=command.disclosure,
        state=state,
        reason=command.reason,
        explanation=clean_text(
            command.explanation, field="explanation", max_length=2000, required=False
        ),
        asset_kind=command.scope.asset_kind,
        asset_ref=clean_text(
            command.scope.asset_ref, field="asset_ref", max_length=300, required=True
        ),
        share=command.scope.share.value,
        territory=str(command.scope.territory),
        starts_on=command.scope.period.start,
        ends_on=command.scope.period.end,
        payee_id=command.payee_id,
        amount_minor=minor,
        currency=command.amount.currency if command.amount else None,
        since=clock.now(),
        review_on=review_date(today, command.review_on),
        until=command.until,
        placed_by=actor.person_id,
        version=1,
    )
    if state is HoldState.PLACED and minor is not None:
        row.journal_id = _hold_journal(tx, row, actor, clock)
    try:
        with tx.begin_nested():
            tx.add(row)
    except IntegrityError as error:
        if "uq_hold_live_scope" in str(error.orig):
            raise Refused("held_already", _("This very part is held already.")) from error
        raise
    return row


def _minor(command: PlaceHold) -> int | None:
    if command.amount is None:
        return None
    if command.payee_id is None:
        raise Invalid("payee", "required", _("Name the payee whose balance holds the amount."))
    if command.amount <= 0:
        raise Invalid("amount", "no_effect", _("A held amount is more than zero."))
    return command.amount.minor_units()


def _post_placed(tx: Tx, row: Hold, actor: Actor, clock: Clock) -> None:
    if row.amount_minor is not None and row.journal_id is None:
        row.journal_id = _hold_journal(tx, row, actor, clock)
    tx.flush()


def _hold_journal(tx: Tx, row: Hold, actor: Actor, clock: Clock) -> UUID:
    assert row.payee_id is not None
    assert row.currency is not None
    assert row.amount_minor is not None
    entries = transfer(
        payable(row.payee_id, row.currency),
        dispute_hold(row.case_id, row.currency),
        row.amount_minor,
    )
    return post(
        tx, Post(row.case_id, JournalKind.HOLD_PLACED, "Hold placed", entries), actor, clock
    )


def _release(tx: Tx, row: Hold, command: ReleaseHold, actor: Actor, clock: Clock) -> None:
    was = HoldState(row.state)
    state = next_hold_state(was, HoldEvent.RELEASE)
    reason = _reason(command.reason)
    if was is HoldState.PLACED and row.amount_minor is not None:
        row.end_journal_id = _release_journal(tx, row, command, actor, clock)
    _end(row, state, reason, actor, clock)
    tx.flush()
    _note(tx, row, actor, clock, "hold.released", reason)
    emit(tx, HoldReleased(row.case_id, row.id, Side(row.side), was is HoldState.PLACED))


def _still_held(tx: Tx, row: Hold) -> Money:
    """The amount of a hold, less what a correction took out of the case's dispute hold since."""
    assert row.currency is not None
    lies_there = -balance_of(tx, dispute_hold(row.case_id, row.currency)).minor_units()
    return Money.from_minor(min(row.amount_minor or 0, lies_there), row.currency)


def _release_journal(
    tx: Tx, row: Hold, command: ReleaseHold, actor: Actor, clock: Clock
) -> UUID | None:
    assert row.payee_id is not None
    assert row.currency is not None
    held = _still_held(tx, row)
    if not held and not command.to:
        return None
    shares = [(part.payee_id, part.amount) for part in command.to] or [(row.payee_id, held)]
    if sum_money([amount for _payee, amount in shares], row.currency) != held:
        raise Invalid("to", "not_whole", _("What is released adds up to %(held)s.", held=str(held)))
    if any(amount <= 0 for _payee, amount in shares):
        raise Invalid("to", "no_effect", _("Each part of a release is more than zero."))
    source = dispute_hold(row.case_id, row.currency)
    entries = tuple(
        entry
        for payee_id, amount in shares
        for entry in transfer(source, payable(payee_id, row.currency), amount.minor_units())
    )
    return post(
        tx, Post(row.case_id, JournalKind.HOLD_RELEASED, "Hold released", entries), actor, clock
    )


def _end(row: Hold, state: HoldState, reason: str, actor: Actor, clock: Clock) -> None:
    row.state = state
    row.ended_at = clock.now()
    row.ended_by = actor.person_id
    row.end_reason = reason
    row.version += 1


def _take(tx: Tx, actor: Actor, hold_id: UUID, version: int | None) -> Hold:
    row = locked_hold(tx, actor, hold_id)
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Stale(_("This hold changed since you opened it."), version=row.version)
    return row


def _reason(text_: str) -> str:
    return clean_text(text_, field="reason", max_length=2000, required=True)


def _note(tx: Tx, row: Hold, actor: Actor, clock: Clock, verb: str, words: str) -> None:
    record(
        tx,
        actor,
        clock,
        verb=verb,
        subject=("hold", row.id),
        case_id=row.case_id,
        data={
            "state": row.state,
            "side": row.side,
            "reason": row.reason,
            "asset": f"{row.asset_kind} {row.asset_ref}",
            "share": str(row.share),
            "review_on": _day(row.review_on),
            "amount_minor": row.amount_minor,
            "currency": row.currency,
            "words": words,
        },
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
