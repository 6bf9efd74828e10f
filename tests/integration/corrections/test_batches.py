"""Batches: locked for good, exported exactly once, the same bytes again, acknowledged once."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.corrections.commands import AckFault, LockBatch, ReverseCorrection
from app.corrections.models import BatchLine, Correction
from app.corrections.queries.batches import batch_page, batch_view
from app.corrections.queries.corrections import correction_facts
from app.corrections.rules.batches import AckResult, BatchState
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.service.batches import lock_batch, read_export
from app.corrections.service.proposals import reverse_correction
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale, Unavailable
from tests.factories.corrections import (
    CLOCK,
    Desk,
    acknowledge,
    approve,
    export,
    lock,
    make_batch,
    make_correction,
    make_exported,
)

Transaction = Callable[[Actor], AbstractContextManager[Session]]


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


def view(actor: Actor, batch_id: UUID, tx_as: Transaction) -> Any:
    with tx_as(actor) as tx:
        return batch_view(tx, actor, batch_id)


def download(actor: Actor, batch_id: UUID, storage: Any, tx_as: Transaction) -> bytes:
    with tx_as(actor) as tx:
        return read_export(tx, batch_id, storage, actor, CLOCK)[1]


def test_approved_corrections_of_a_currency_share_the_open_batch(
    desk: Desk, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk, "10.00", "20.00")

    found = view(desk.fay.actor, batch_id, tx_as)

    assert (found.state, len(found.entries), str(found.total)) == (BatchState.OPEN, 2, "30.00 EUR")


def test_b100_what_is_approved_after_the_lock_goes_into_the_next_batch(
    desk: Desk, tx_as: Transaction
) -> None:
    first = make_batch(desk, "10.00")
    lock(desk, first)

    second = make_batch(desk, "20.00")

    assert first != second
    assert len(view(desk.fay.actor, first, tx_as).entries) == 1


def test_a_batch_is_locked_once(desk: Desk) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)

    with pytest.raises(Refused):
        lock(desk, batch_id)


def test_locking_a_batch_that_grew_meanwhile_is_stale(desk: Desk, tx_as: Transaction) -> None:
    batch_id = make_batch(desk)

    with pytest.raises(Stale), tx_as(desk.fay.actor) as tx:
        lock_batch(tx, LockBatch(batch_id, version=7), desk.fay.actor, CLOCK)


def test_an_open_batch_is_not_exported(desk: Desk, storage: Any) -> None:
    batch_id = make_batch(desk)

    with pytest.raises(Refused):
        export(desk.gus.actor, batch_id, storage)


def test_who_locked_it_does_not_export_it(desk: Desk, storage: Any) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)

    with pytest.raises(Forbidden, match="locked this batch"):
        export(desk.fay.actor, batch_id, storage)


def test_the_export_holds_every_line_with_its_approver(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk, "10.00", "20.00")
    lock(desk, batch_id)

    sha256 = export(desk.gus.actor, batch_id, storage)

    content = download(desk.gus.actor, batch_id, storage, tx_as)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert hashlib.sha256(content).hexdigest() == sha256
    assert sorted(row["net"] for row in rows) == ["10.00", "20.00"]
    assert {row["case_id"] for row in rows} == {desk.case.ref}
    assert {row["approver_1"] for row in rows} == {"Gus Grau"}


def test_control_totals_are_those_of_the_file(desk: Desk, storage: Any, tx_as: Transaction) -> None:
    batch_id = make_batch(desk, "10.00", "-4.00")
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, storage)

    file = view(desk.fay.actor, batch_id, tx_as).file

    assert (file.rows, str(file.gross), str(file.net)) == (2, "6.00 EUR", "6.00 EUR")


def test_b101_exported_again_is_the_same_file(desk: Desk, storage: Any, tx_as: Transaction) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    first = export(desk.gus.actor, batch_id, storage)
    once = download(desk.gus.actor, batch_id, storage, tx_as)

    again = export(desk.gil.actor, batch_id, storage)

    assert again == first
    assert download(desk.gil.actor, batch_id, storage, tx_as) == once
    assert view(desk.gus.actor, batch_id, tx_as).exported_by == "Gus Grau"


def test_b101_a_crash_between_store_and_commit_loses_and_doubles_nothing(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    from app.corrections.commands import ExportBatch
    from app.corrections.service.batches import export_batch

    batch_id = make_batch(desk)
    lock(desk, batch_id)
    with pytest.raises(RuntimeError, match="crash"), tx_as(desk.gus.actor) as tx:
        export_batch(tx, ExportBatch(batch_id), storage, desk.gus.actor, CLOCK)
        raise RuntimeError("crash")

    assert view(desk.gus.actor, batch_id, tx_as).state is BatchState.LOCKED
    sha256 = export(desk.gus.actor, batch_id, storage)
    content = download(desk.gus.actor, batch_id, storage, tx_as)
    assert hashlib.sha256(content).hexdigest() == sha256


def test_a_renamed_payee_does_not_change_a_locked_batch(
    desk: Desk, storage: Any, tx_as: Transaction, pg: dict[str, Any]
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update payee set legal_name = 'Somebody else'")
    export(desk.gus.actor, batch_id, storage)

    assert b"Ada Amberg" in download(desk.gus.actor, batch_id, storage, tx_as)


def test_other_bytes_in_the_store_are_noticed(
    desk: Desk, storage: Any, tx_as: Transaction, pg: dict[str, Any]
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, storage)
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update export_file set sha256 = repeat('0', 64)")

    with pytest.raises(Unavailable):
        download(desk.gus.actor, batch_id, storage, tx_as)


@pytest.mark.parametrize("key", ["ada", "rio", "aud"])
def test_b184_only_finance_reads_an_export(
    desk: Desk, storage: Any, tx_as: Transaction, key: str
) -> None:
    from tests.factories.accounts import make_person

    batch_id = make_batch(desk)
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, storage)
    other = make_person(key)

    with pytest.raises(Forbidden):
        download(other.actor, batch_id, storage, tx_as)


def test_b184_each_download_is_recorded(desk: Desk, storage: Any, tx_as: Transaction) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, storage)
    download(desk.gus.actor, batch_id, storage, tx_as)
    download(desk.gil.actor, batch_id, storage, tx_as)

    with tx_as(Actor.system("test")) as tx:
        verbs = tx.execute(
            text("select actor_id from history_entry where verb = 'batch.downloaded' order by id")
        ).scalars()
        assert list(verbs) == [desk.gus.id, desk.gil.id]


def test_an_acknowledgement_finishes_the_corrections(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id, sha256 = make_exported(desk, storage)

    acknowledge(desk.fay.actor, batch_id, sha256)

    found = view(desk.fay.actor, batch_id, tx_as)
    assert (found.state, found.ledger_reference) == (BatchState.ACKNOWLEDGED, "GL-7")
    with tx_as(Actor.system("test")) as tx:
        assert correction_facts(tx, desk.case.id).outstanding == 0
        events = tx.execute(text("select type, case_id from event order by at")).all()
    assert ("correction_acknowledged", desk.case.id) in [tuple(row) for row in events]


def test_b102_an_acknowledgement_of_an_unknown_batch_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        acknowledge(desk.fay.actor, uuid4(), "0" * 64)


def test_b102_an_acknowledgement_of_another_file_is_refused(desk: Desk, storage: Any) -> None:
    older, older_hash = make_exported(desk, storage, "10.00")
    newer, _hash = make_exported(desk, storage, "20.00")

    with pytest.raises(Refused, match="not that of this batch"):
        acknowledge(desk.fay.actor, newer, older_hash)
    acknowledge(desk.fay.actor, older, older_hash)


def test_b102_acknowledged_twice_is_no_news_and_another_answer_is_refused(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id, sha256 = make_exported(desk, storage)
    acknowledge(desk.fay.actor, batch_id, sha256)

    acknowledge(desk.gus.actor, batch_id, sha256)

    with pytest.raises(Refused, match="GL-7"):
        acknowledge(desk.gus.actor, batch_id, sha256, "GL-8")
    assert view(desk.fay.actor, batch_id, tx_as).ledger_reference == "GL-7"


def test_before_the_export_nothing_is_acknowledged(desk: Desk) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)

    with pytest.raises(Refused):
        acknowledge(desk.fay.actor, batch_id, "0" * 64)


def test_a_returned_payment_is_marked_and_told(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id, sha256 = make_exported(desk, storage, "10.00", "20.00")
    keys = [entry.correction_id for entry in view(desk.fay.actor, batch_id, tx_as).entries]
    fault = AckFault(keys[0], AckResult.RETURNED, "Account closed")

    acknowledge(desk.fay.actor, batch_id, sha256, faults=(fault,))

    entries = view(desk.fay.actor, batch_id, tx_as).entries
    assert {entry.state for entry in entries} == {
        CorrectionState.RETURNED,
        CorrectionState.ACKNOWLEDGED,
    }
    with tx_as(Actor.system("test")) as tx:
        failed = tx.execute(
            text("select payload ->> 'note' from event where type = 'correction_failed'")
        )
        assert failed.scalars().all() == ["Account closed"]


def test_a_returned_payment_is_outstanding_until_its_reversal_is_posted_in_the_ledger(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id, sha256 = make_exported(desk, storage)
    key = view(desk.fay.actor, batch_id, tx_as).entries[0].correction_id
    fault = AckFault(key, AckResult.RETURNED, "Account closed")
    acknowledge(desk.fay.actor, batch_id, sha256, faults=(fault,))
    assert facts(desk, tx_as) == (1, 1)

    with tx_as(desk.fay.actor) as tx:
        command = ReverseCorrection(key, "Account closed")
        back = reverse_correction(tx, command, desk.fay.actor, CLOCK)
    next_batch = approve(desk.gus.actor, back).batch_id
    assert next_batch is not None
    assert facts(desk, tx_as) == (1, 0)
    lock(desk, next_batch)
    acknowledge(desk.fay.actor, next_batch, export(desk.gus.actor, next_batch, storage))

    assert facts(desk, tx_as) == (0, 0)


def facts(desk: Desk, tx_as: Transaction) -> tuple[int, int]:
    with tx_as(Actor.system("test")) as tx:
        found = correction_facts(tx, desk.case.id)
    return found.outstanding, found.failed


@pytest.mark.parametrize("note", ["", "  "])
def test_an_exception_says_what_the_ledger_answered(
    desk: Desk, storage: Any, tx_as: Transaction, note: str
) -> None:
    batch_id, sha256 = make_exported(desk, storage)
    key = view(desk.fay.actor, batch_id, tx_as).entries[0].correction_id

    with pytest.raises(Invalid):
        acknowledge(
            desk.fay.actor, batch_id, sha256, faults=(AckFault(key, AckResult.MISMATCH, note),)
        )


def test_an_exception_names_a_correction_of_this_batch(desk: Desk, storage: Any) -> None:
    batch_id, sha256 = make_exported(desk, storage)

    with pytest.raises(Invalid, match="not in this batch"):
        acknowledge(
            desk.fay.actor, batch_id, sha256, faults=(AckFault(uuid4(), AckResult.MISMATCH, "x"),)
        )


def test_the_list_is_paged_from_the_newest(desk: Desk, tx_as: Transaction) -> None:
    first = make_batch(desk, "10.00")
    lock(desk, first)
    second = make_batch(desk, "20.00")

    with tx_as(desk.fay.actor) as tx:
        page = batch_page(tx, desk.fay.actor)

    assert [row.id for row in page.rows] == [second, first]
    assert page.next_cursor == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "update batch set state = 'open', locked_at = null, locked_by = null, content_hash = null",
            "does not go",
        ),
        ("update batch set content_hash = repeat('1', 64)", "never changes"),
        ("update batch set currency = 'USD'", "keeps its currency"),
        ("update batch_line set live = false, removed_reason = 'x'", "only cancelling"),
        ("update batch_line set frozen = '[]'", "never change"),
        ("delete from batch_line", "permission denied"),
        ("delete from batch", "permission denied"),
    ],
)
def test_b100_the_database_keeps_a_locked_batch(
    desk: Desk, tx_as: Transaction, change: str, words: str
) -> None:
    lock(desk, make_batch(desk))

    with pytest.raises(DBAPIError, match=words), tx_as(desk.gus.actor) as tx:
        tx.execute(text(change))


def test_b100_nothing_joins_a_locked_batch(desk: Desk, tx_as: Transaction) -> None:
    first = make_batch(desk, "10.00")
    lock(desk, first)
    second = make_batch(desk, "20.00")

    with pytest.raises(DBAPIError, match="closed batch is fixed"), tx_as(desk.gus.actor) as tx:
        moving = tx.scalars(select(BatchLine).where(BatchLine.batch_id == second)).one()
        tx.add(
            BatchLine(
                id=uuid4(), batch_id=first, correction_id=moving.correction_id, currency="EUR",
                live=True, added_at=CLOCK.now(),
            )
        )  # fmt: skip
        tx.flush()


def test_a_correction_is_in_one_live_batch(desk: Desk, tx_as: Transaction) -> None:
    batch_id = make_batch(desk)

    with pytest.raises(DBAPIError, match="uq_batch_line_live"), tx_as(desk.gus.actor) as tx:
        line = tx.scalars(select(BatchLine)).one()
        tx.add(
            BatchLine(
                id=uuid4(), batch_id=batch_id, correction_id=line.correction_id, currency="EUR",
                live=True, added_at=CLOCK.now(),
            )
        )  # fmt: skip
        tx.flush()


def test_the_database_wants_two_people_for_an_export(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    lock(desk, make_batch(desk))

    with (
        pytest.raises(DBAPIError, match=r"locked and exported by one|four_eyes_on_export"),
        tx_as(desk.fay.actor) as tx,
    ):
        tx.execute(
            text(
                "update batch set state = 'exported', exported_by = locked_by, exported_at = now()"
            )
        )


def test_an_unapproved_correction_is_not_batched(desk: Desk, tx_as: Transaction) -> None:
    batch_id = make_batch(desk)
    key = make_correction(desk)

    with pytest.raises(DBAPIError, match="only a posted"), tx_as(desk.gus.actor) as tx:
        tx.add(
            BatchLine(
                id=uuid4(), batch_id=batch_id, correction_id=key, currency="EUR", live=True,
                added_at=CLOCK.now(),
            )
        )  # fmt: skip
        tx.flush()


def test_an_approved_correction_is_frozen(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)
    approve(desk.gus.actor, key)

    with pytest.raises(DBAPIError, match="frozen"), tx_as(desk.gus.actor) as tx:
        tx.get_one(Correction, key).total_minor = 1
        tx.flush()
