"""A closed batch is turned back by a reversing batch, by two people, and only that frees its corrections."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.corrections.commands import (
    AckFault,
    CancelBatch,
    ConfirmCancellation,
    DropCancellation,
    SettleMismatch,
)
from app.corrections.queries.batches import BatchView, batch_page, batch_view
from app.corrections.queries.corrections import correction_view
from app.corrections.rules.batches import AckResult, BatchState
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.service.answers import settle_mismatch
from app.corrections.service.batches import read_export
from app.corrections.service.cancelling import (
    ask_cancellation,
    confirm_cancellation,
    drop_cancellation,
)
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from tests.factories.corrections import (
    CLOCK,
    Desk,
    acknowledge,
    export,
    lock,
    make_batch,
)

Transaction = Callable[[Actor], AbstractContextManager[Session]]


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


def seen(desk: Desk, batch_id: UUID, tx_as: Transaction) -> BatchView:
    with tx_as(desk.fay.actor) as tx:
        return batch_view(tx, desk.fay.actor, batch_id)


def ask(desk: Desk, batch_id: UUID, tx_as: Transaction, reason: str = "Wrong period") -> UUID:
    version = seen(desk, batch_id, tx_as).version
    with tx_as(desk.fay.actor) as tx:
        return ask_cancellation(tx, CancelBatch(batch_id, version, reason), desk.fay.actor, CLOCK)


def state_of(desk: Desk, correction_id: UUID, tx_as: Transaction) -> CorrectionState:
    with tx_as(desk.fay.actor) as tx:
        return correction_view(tx, desk.fay.actor, CLOCK, correction_id).state


def test_a_batch_that_never_left_is_cancelled_by_a_second_person_and_frees_its_corrections(
    desk: Desk, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk, "10.00", "20.00")
    lock(desk, batch_id)
    reversing = ask(desk, batch_id, tx_as)

    with tx_as(desk.gus.actor) as tx:
        confirm_cancellation(tx, ConfirmCancellation(reversing), desk.gus.actor, CLOCK)

    original, back = seen(desk, batch_id, tx_as), seen(desk, reversing, tx_as)
    assert (original.state, back.state) == (BatchState.CANCELLED, BatchState.CANCELLED)
    assert (str(original.total), str(back.total)) == ("30.00 EUR", "-30.00 EUR")
    assert original.reversed_by is not None
    assert original.reversed_by.id == reversing
    with tx_as(desk.fay.actor) as tx:
        newest = batch_page(tx, desk.fay.actor).rows[0]
    assert (newest.state, newest.count, str(newest.total)) == (BatchState.OPEN, 2, "30.00 EUR")


def test_who_asked_does_not_confirm(desk: Desk, tx_as: Transaction) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    reversing = ask(desk, batch_id, tx_as)

    with pytest.raises(Forbidden), tx_as(desk.fay.actor) as tx:
        confirm_cancellation(tx, ConfirmCancellation(reversing), desk.fay.actor, CLOCK)


def test_what_was_exported_is_turned_back_by_a_file_and_freed_by_its_acknowledgement(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk, "10.00", "-4.00")
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, storage)
    reversing = ask(desk, batch_id, tx_as)

    digest = export(desk.gus.actor, reversing, storage)
    waiting = seen(desk, batch_id, tx_as)
    acknowledge(desk.fay.actor, reversing, digest, "GL-9")

    with tx_as(desk.gus.actor) as tx:
        file, content = read_export(tx, reversing, storage, desk.gus.actor, CLOCK)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert sorted(row["net"] for row in rows) == ["-10.00", "4.00"]
    assert (file.filename.partition("-")[0], file.net_minor) == ("reversal", -600)
    assert waiting.state is BatchState.EXPORTED
    freed = seen(desk, batch_id, tx_as)
    assert freed.state is BatchState.CANCELLED
    assert {entry.state for entry in freed.entries} == {CorrectionState.BATCHED}


def test_a_batch_being_cancelled_neither_leaves_nor_is_acknowledged(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    locked = make_batch(desk)
    lock(desk, locked)
    ask(desk, locked, tx_as)
    exported = make_batch(desk, "7.00")
    lock(desk, exported)
    digest = export(desk.gus.actor, exported, storage)
    ask(desk, exported, tx_as)

    with pytest.raises(Refused, match="asked to cancel"):
        export(desk.gus.actor, locked, storage)
    with pytest.raises(Refused, match="asked to cancel"):
        acknowledge(desk.fay.actor, exported, digest)


def test_the_database_refuses_to_cancel_without_a_reversing_batch(
    desk: Desk, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)

    with pytest.raises(DBAPIError, match="reversing batch"), tx_as(desk.gus.actor) as tx:
        tx.execute(
            text(
                "update batch set state = 'cancelled', cancelled_by = :who, cancelled_at = now(), "
                "cancel_reason = 'x', version = version + 1 where id = :id"
            ),
            {"who": desk.gus.id, "id": batch_id},
        )


@pytest.mark.parametrize("step", ["open", "twice", "reversing", "stale", "unexplained"])
def test_what_cannot_be_cancelled(desk: Desk, tx_as: Transaction, step: str) -> None:
    batch_id = make_batch(desk)
    if step != "open":
        lock(desk, batch_id)
    target = batch_id
    if step in {"twice", "reversing"}:
        made = ask(desk, batch_id, tx_as)
        target = made if step == "reversing" else batch_id
    version = 99 if step == "stale" else seen(desk, target, tx_as).version
    reason = " " if step == "unexplained" else "Wrong period"

    with pytest.raises((Refused, Stale, Invalid)), tx_as(desk.fay.actor) as tx:
        ask_cancellation(tx, CancelBatch(target, version, reason), desk.fay.actor, CLOCK)


def test_a_wish_to_cancel_is_taken_back_and_may_be_asked_again(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    first = ask(desk, batch_id, tx_as)

    with tx_as(desk.fay.actor) as tx:
        drop_cancellation(tx, DropCancellation(first, "It was right"), desk.fay.actor, CLOCK)

    export(desk.gus.actor, batch_id, storage)
    assert seen(desk, batch_id, tx_as).reversed_by is None
    assert ask(desk, batch_id, tx_as) != first


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (AckResult.POSTED, CorrectionState.ACKNOWLEDGED),
        (AckResult.RETURNED, CorrectionState.RETURNED),
    ],
)
def test_a_mismatch_ends_as_posted_or_returned(
    desk: Desk, storage: Any, tx_as: Transaction, result: AckResult, state: CorrectionState
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    digest = export(desk.gus.actor, batch_id, storage)
    key = seen(desk, batch_id, tx_as).entries[0].correction_id
    fault = AckFault(key, AckResult.MISMATCH, "posted 412.38")
    acknowledge(desk.fay.actor, batch_id, digest, faults=(fault,))
    with tx_as(desk.fay.actor) as tx:
        version = correction_view(tx, desk.fay.actor, CLOCK, key).version
        settle_mismatch(tx, SettleMismatch(key, version, result, "GL-12"), desk.fay.actor, CLOCK)

    assert state_of(desk, key, tx_as) is state


def test_only_a_mismatch_is_settled_and_with_words(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk)
    key = seen(desk, batch_id, tx_as).entries[0].correction_id
    with tx_as(desk.fay.actor) as tx:
        version = correction_view(tx, desk.fay.actor, CLOCK, key).version

    for command in (
        SettleMismatch(key, version, AckResult.POSTED, "GL-12"),
        SettleMismatch(key, version, AckResult.MISMATCH, "GL-12"),
        SettleMismatch(key, version, AckResult.POSTED, " "),
        SettleMismatch(key, version + 1, AckResult.POSTED, "GL-12"),
    ):
        with pytest.raises((Refused, Invalid, Stale)), tx_as(desk.fay.actor) as tx:
            settle_mismatch(tx, command, desk.fay.actor, CLOCK)
    assert state_of(desk, key, tx_as) is CorrectionState.BATCHED
