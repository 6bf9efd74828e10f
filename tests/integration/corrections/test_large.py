"""A batch larger than what is in memory at once: here two corrections at a time, five in the batch."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.corrections.commands import CancelBatch, ConfirmCancellation, ExportBatch
from app.corrections.queries import exports
from app.corrections.queries.batches import batch_view
from app.corrections.queries.exports import FrozenRows
from app.corrections.rules.batches import BatchState
from app.corrections.rules.frozen import content_of
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.rules.seen import seen_hash
from app.corrections.service import cancelling, freezing, rows
from app.corrections.service.batches import export_batch, read_export
from app.corrections.service.leaving import write_file
from app.exports.formats import FORMATS
from app.exports.rules.parts import Leaving
from app.history.service import history_first, verify
from app.infra.db.extension import db
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, Refused
from tests.factories.corrections import CLOCK, Desk, export, lock, make_batch
from tests.factories.ledger import make_money_case

Transaction = Callable[[Actor], AbstractContextManager[Session]]
AMOUNTS = ("10.00", "-20.00", "30.00", "40.00", "50.00")
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def _two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (exports, cancelling):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    for module in (freezing, rows):
        monkeypatch.setattr(module, "IN_ONE", 2)


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


def quarantined(storage: Any) -> set[str]:
    """What waits there; other tests of the store leave some."""
    return {one.key for one in storage.list("quarantine/")}


def stored(storage: Any, batch_id: UUID) -> list[str]:
    return [one.key for one in storage.list(f"exports/{batch_id}/")]


def _spoiled(name: str, rows: Any) -> Leaving:
    """The file of a format whose last row does not fit."""
    leaving = FORMATS[name].leaving(rows)

    def pieces() -> Iterator[bytes]:
        yield from leaving.pieces
        raise Invalid("format", "unfit", "The last row does not fit.")

    return Leaving(pieces(), leaving.extension)


def tamper(pg: dict[str, Any], statement: str, *values: object) -> None:
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(statement, values)


def test_every_correction_leaves_once_in_order_and_is_written_down(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)

    sha256 = export(desk.gus.actor, batch_id, storage)

    with tx_as(desk.gus.actor) as tx:
        content = read_export(tx, batch_id, storage, desk.gus.actor, CLOCK)[1]
        view = batch_view(tx, desk.gus.actor, batch_id)
        noted = tx.execute(
            text("select subject_id, data ->> 'state' from history_entry where verb = 'correction.exported' order by id")
        ).all()  # fmt: skip
        assert verify(tx) is None
    lines = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    keys = [line["correction_id"] for line in lines]
    assert hashlib.sha256(content).hexdigest() == sha256
    assert sorted(line["net"] for line in lines) == sorted(AMOUNTS)
    assert keys == sorted(keys)
    assert sorted(tuple(row) for row in noted) == [(key, "exported") for key in keys]
    assert {entry.state for entry in view.entries} == {CorrectionState.EXPORTED}
    assert view.file is not None
    assert (view.file.rows, str(view.file.net), view.file.size) == (5, "110.00 EUR", len(content))


def test_the_rows_are_hashed_and_added_up_each_time_they_are_gone_through(
    desk: Desk, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)

    with tx_as(desk.gus.actor) as tx:
        frozen = FrozenRows(tx, batch_id)
        first, totals, second = list(frozen), frozen.totals, list(frozen)
        content_hash = tx.execute(text("select content_hash from batch")).scalar_one()

    assert first == second
    assert (totals.rows, totals.net) == (5, 11_000)
    assert frozen.totals == totals
    assert frozen.content_hash == content_hash == seen_hash([content_of(row) for row in first])


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"beancount"}))
def test_the_file_in_the_store_is_what_the_format_writes_at_once(
    desk: Desk, storage: Any, tx_as: Transaction, name: str
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)

    with tx_as(desk.gus.actor) as tx:
        file = export_batch(tx, ExportBatch(batch_id, name), storage, desk.gus.actor, CLOCK)
        frozen, key = list(FrozenRows(tx, batch_id)), file.object_key

    assert b"".join(storage.open(key)) == FORMATS[name].to_bytes(frozen)


def test_codes_that_a_format_refuses_leave_nothing_behind(desk: Desk, storage: Any) -> None:
    before = quarantined(storage)
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)

    with transaction(desk.gus.actor) as tx, pytest.raises(Invalid, match="1000, 1100"):
        export_batch(tx, ExportBatch(batch_id, "beancount"), storage, desk.gus.actor, CLOCK)

    assert stored(storage, batch_id) == []
    assert quarantined(storage) == before


@pytest.mark.parametrize("name", ["neutral", "xero", "neutral_json"])
def test_a_row_that_cannot_be_written_leaves_nothing_behind(
    desk: Desk, storage: Any, tx_as: Transaction, name: str
) -> None:
    before = quarantined(storage)
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)
    spoiled = replace(FORMATS[name], leaving=lambda rows: _spoiled(name, rows))

    with tx_as(desk.gus.actor) as tx, pytest.raises(Invalid):
        write_file(storage, batch_id, spoiled, FrozenRows(tx, batch_id), "")

    assert stored(storage, batch_id) == []
    assert quarantined(storage) == before
    with tx_as(desk.gus.actor) as tx:
        assert batch_view(tx, desk.gus.actor, batch_id).state is BatchState.LOCKED
    assert export(desk.gus.actor, batch_id, storage)


@pytest.mark.parametrize(
    "change",
    [
        "jsonb_set(frozen, '{0,gross}', '1')",
        "jsonb_set(frozen, '{0,gross}', '\"much\"')",
        "jsonb_set(frozen, '{0,original_line_ids}', '7')",
        "jsonb_set(frozen, '{0}', (frozen -> 0) - 'legal_name')",
        "jsonb_set(frozen, '{0}', (frozen -> 0) - 'posting_date')",
        "'[]'",
    ],
)
def test_rows_that_are_not_what_was_locked_do_not_leave(
    desk: Desk, storage: Any, tx_as: Transaction, pg: dict[str, Any], change: str
) -> None:
    before = quarantined(storage)
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)
    tamper(
        pg,
        f"update batch_line set frozen = {change} where id = (select id from batch_line limit 1)",
    )

    with pytest.raises(Refused, match="not what was locked"):
        export(desk.gus.actor, batch_id, storage)

    assert stored(storage, batch_id) == []
    assert quarantined(storage) == before
    for table in ("batch_line", "batch_total", "batch"):
        tamper(pg, f"delete from {table}")
    tamper(pg, "update correction set state = 'posted'")


def test_a_batch_from_before_there_were_codes_still_leaves(
    desk: Desk, storage: Any, tx_as: Transaction, pg: dict[str, Any]
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)
    late = ("posting_date", "payee_account", "counter_account", "tax_account")
    with tx_as(desk.gus.actor) as tx:
        contents = [content_of(row) for row in FrozenRows(tx, batch_id)]
    old = [{name: row[name] for name in row if name not in late} for row in contents]
    for row in old:
        tamper(
            pg, "update batch_line set frozen = %s::jsonb where correction_id = %s",
            json.dumps([row]), row["correction_id"],
        )  # fmt: skip
    tamper(
        pg,
        "update batch set content_hash = %s, posting_date = null, account_codes_id = null",
        seen_hash(old),
    )

    assert export(desk.gus.actor, batch_id, storage)
    with tx_as(desk.gus.actor) as tx:
        content = read_export(tx, batch_id, storage, desk.gus.actor, CLOCK)[1]
    (codes,) = {
        tuple(row[name] for name in late)
        for row in csv.DictReader(io.StringIO(content.decode(), newline=""))
    }
    assert codes == ("", "", "", "")


def test_a_batch_is_turned_back_line_by_line(desk: Desk, storage: Any, tx_as: Transaction) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)
    fay, gus = desk.fay.actor, desk.gus.actor
    with tx_as(fay) as tx:
        command = CancelBatch(batch_id, batch_view(tx, fay, batch_id).version, "Wrong month")
        reversing = cancelling.ask_cancellation(tx, command, fay, CLOCK)
    with tx_as(gus) as tx:
        turned, original = list(FrozenRows(tx, reversing)), list(FrozenRows(tx, batch_id))

    assert [row.net for row in turned] == [-row.net for row in original]
    with tx_as(gus) as tx:
        cancelling.confirm_cancellation(tx, ConfirmCancellation(reversing), gus, CLOCK)
    with tx_as(gus) as tx:
        assert verify(tx) is None
        assert batch_view(tx, gus, batch_id).state is BatchState.CANCELLED


MOVE = "update correction set state = 'exported', version = version + 1 where state = 'batched'"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_set_that_moves_without_being_written_down_is_refused_by_the_database(
    desk: Desk, tx_as: Transaction, is_first: bool
) -> None:
    make_batch(desk, *AMOUNTS)

    with (
        pytest.raises(IntegrityError, match="has no history row"),
        tx_as(desk.gus.actor) as tx,
        history_first(tx) if is_first else nullcontext(),
    ):
        tx.execute(text(MOVE))

    with tx_as(desk.gus.actor) as tx:
        assert tx.execute(text("select distinct state from correction")).scalar_one() == "batched"


def test_a_single_change_after_a_set_is_guarded_again(desk: Desk, tx_as: Transaction) -> None:
    make_batch(desk, *AMOUNTS)

    with pytest.raises(IntegrityError, match="has no history row"), tx_as(desk.gus.actor) as tx:
        with history_first(tx):
            tx.execute(text("select 1"))
        tx.execute(text(MOVE))


@pytest.mark.parametrize(
    "change", ["total_minor = 1", "needs_second = true", "journal_id = null", "reason = 'another'"]
)
def test_a_set_that_changes_more_than_its_state_is_looked_at_row_by_row(
    desk: Desk, tx_as: Transaction, change: str
) -> None:
    make_batch(desk, *AMOUNTS)

    with pytest.raises(IntegrityError, match=r"frozen|never change"), tx_as(SYSTEM) as tx:
        tx.execute(text(f"update correction set state = 'exported', version = version + 1, {change}"))  # fmt: skip


@pytest.mark.parametrize("target", ["acknowledged", "mismatch", "approved"])
def test_a_set_moves_along_the_table_only(desk: Desk, tx_as: Transaction, target: str) -> None:
    make_batch(desk, *AMOUNTS)

    with pytest.raises(IntegrityError, match="does not go from"), tx_as(SYSTEM) as tx:
        tx.execute(text("update correction set state = :target"), {"target": target})


def test_rows_are_frozen_while_their_batch_is_open_and_then_never_again(
    desk: Desk, tx_as: Transaction, pg: dict[str, Any]
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)
    freeze = text("update batch_line set frozen = '[]' where batch_id = :batch")

    with pytest.raises(IntegrityError, match="never change"), tx_as(SYSTEM) as tx:
        tx.execute(freeze, {"batch": batch_id})
    tamper(pg, "update batch_line set frozen = null")
    with pytest.raises(IntegrityError, match="while the batch is being locked"), tx_as(SYSTEM) as tx:  # fmt: skip
        tx.execute(freeze, {"batch": batch_id})
    for table in ("batch_line", "batch_total", "batch"):
        tamper(pg, f"delete from {table}")
    tamper(pg, "update correction set state = 'posted'")


def test_some_are_frozen_and_moved_at_a_time_and_some_rows_are_in_memory(
    app: Any, desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    with app.app_context():
        engine = db.engine
    asked: list[str] = []

    def hears(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", hears)
    try:
        lock(desk, batch_id)
        export(desk.gus.actor, batch_id, storage)
    finally:
        event.remove(engine, "before_cursor_execute", hears)
    with tx_as(SYSTEM) as tx:
        pieces = [piece.count('"batch_id"') for piece in exports.spelled_rows(tx, batch_id)]

    assert sum("update batch_line as line set frozen" in one for one in asked) == 3
    assert sum(one.startswith("update correction as fix set state") for one in asked) == 3
    assert sum("insert into history_entry" in one.lower() and "history_chain" in one for one in asked) == 3  # fmt: skip
    assert pieces == [2, 2, 1]


@pytest.mark.parametrize("is_locked", [False, True])
def test_nobody_closes_or_lets_go_what_they_do_not_see_whole(
    desk: Desk, storage: Any, pg: dict[str, Any], tx_as: Transaction, is_locked: bool
) -> None:
    make_batch(desk, *AMOUNTS)
    hidden = make_money_case(pg)
    batch_id = make_batch(replace(desk, case=hidden), "1.00")
    if is_locked:
        lock(desk, batch_id)
    before = batch_now(tx_as, batch_id)
    who = desk.gus if is_locked else desk.fay
    tamper(
        pg,
        "insert into case_wall (id, case_id, person_id, reason, by_id, created_at) "
        "values (gen_random_uuid(), %s, %s, 'knows them', %s, now())",
        hidden.id, who.id, who.id,
    )  # fmt: skip

    with pytest.raises(Refused) as refused:
        export(desk.gus.actor, batch_id, storage) if is_locked else lock(desk, batch_id)

    assert refused.value.code == "not_in_sight"
    assert batch_now(tx_as, batch_id) == before


def batch_now(tx_as: Transaction, batch_id: UUID) -> Any:
    with tx_as(SYSTEM) as tx:
        return tx.execute(
            text(
                "select batch.state, count(line.frozen), count(file.id) from batch join batch_line as line on line.batch_id = batch.id "
                "left join export_file as file on file.batch_id = batch.id where batch.id = :id group by batch.state"
            ),
            {"id": batch_id},
        ).one()
