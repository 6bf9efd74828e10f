"""F5 in the house: a ledger's file compared once, kept as it was, and counting only when somebody confirms it."""

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

from app.corrections.commands import ConfirmReconciliation, ExportBatch, ReconcileBatch
from app.corrections.queries.batches import BatchView, batch_view
from app.corrections.queries.reconciling import (
    lines_page,
    reconciliation_view,
    reconciliations_of,
)
from app.corrections.rules.batches import BatchState
from app.corrections.rules.reconciling import MatchState
from app.corrections.service.batches import export_batch
from app.corrections.service.reconciling import (
    Compared,
    confirm_reconciliation,
    reconcile_batch,
    reconciliation_csv,
)
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tests.factories.accounts import make_person
from tests.factories.corrections import CLOCK, Desk, lock, make_batch
from tests.factories.reconciling import HEAD, make_left, posted

TxAs = Callable[[Actor], AbstractContextManager[Session]]


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


@pytest.fixture
def batch(app: Any, desk: Desk) -> UUID:
    """Three corrections of 10, 20 and 30 EUR that left."""
    return make_left(desk, app, "10.00", "20.00", "30.00")


def view_of(tx_as: TxAs, desk: Desk, batch_id: UUID) -> BatchView:
    with tx_as(desk.fay.actor) as tx:
        return batch_view(tx, desk.fay.actor, batch_id)


def file_with(view: BatchView, *amounts: str, more: str = "") -> bytes:
    """A line for each correction whose amount is given; the smallest correction first."""
    entries = sorted(view.entries, key=lambda one: one.total.amount)
    rows = [
        posted(entry.correction_id, amount)
        for entry, amount in zip(entries, amounts, strict=False)
        if amount
    ]
    return (HEAD + "".join(rows) + more).encode()


def compare(tx_as: TxAs, desk: Desk, batch_id: UUID, content: bytes) -> Compared:
    with tx_as(desk.fay.actor) as tx:
        return reconcile_batch(
            tx, ReconcileBatch(batch_id, "gl.csv", content), desk.fay.actor, CLOCK
        )


def confirm(tx_as: TxAs, desk: Desk, made: UUID, reference: str = "GL-7", version: int = 0) -> None:
    with tx_as(desk.fay.actor) as tx:
        seen = version or reconciliation_view(tx, desk.fay.actor, made).version
        confirm_reconciliation(
            tx, ConfirmReconciliation(made, seen, reference), desk.fay.actor, CLOCK
        )


def test_each_correction_and_line_is_told_and_nothing_counts_before_it_is_confirmed(
    desk: Desk, tx_as: TxAs, batch: UUID
) -> None:
    before = view_of(tx_as, desk, batch)
    content = file_with(before, "10.00", "25.00", more=posted("R0-9", "5.00"))

    made = compare(tx_as, desk, batch, content)

    with tx_as(desk.fay.actor) as tx:
        view = reconciliation_view(tx, desk.fay.actor, made.id)
        rows = lines_page(tx, desk.fay.actor, made.id, None).rows
        differing = lines_page(tx, desk.fay.actor, made.id, MatchState.DIFFERS).rows
    assert view.counts == {
        MatchState.MATCHED: 1, MatchState.DIFFERS: 1, MatchState.MISSING: 1,
        MatchState.UNKNOWN: 1, MatchState.TWICE: 0,
    }  # fmt: skip
    assert [row.position for row in rows] == [1, 2, 3, 4]
    assert [str(row.posted) for row in differing] == ["25.00 EUR"]
    assert view_of(tx_as, desk, batch) == before


def test_confirmed_it_acknowledges_what_matched_and_leaves_the_rest_as_exceptions_with_figures(
    desk: Desk, tx_as: TxAs, batch: UUID
) -> None:
    made = compare(tx_as, desk, batch, file_with(view_of(tx_as, desk, batch), "10.00", "25.00"))

    confirm(tx_as, desk, made.id)

    view = view_of(tx_as, desk, batch)
    notes = {str(one.total.amount): (one.state.value, one.ledger_note) for one in view.entries}
    assert (view.state, view.ledger_reference) == (BatchState.ACKNOWLEDGED, "GL-7")
    assert notes == {
        "10.00": ("acknowledged", ""),
        "20.00": ("mismatch", "20.00 EUR ≠ 25.00 EUR (gl.csv: 3)"),
        "30.00": ("mismatch", "30.00 EUR ≠ – (gl.csv)"),
    }


def test_a_later_file_settles_what_is_posted_by_then_and_again_does_nothing(
    desk: Desk, tx_as: TxAs, batch: UUID
) -> None:
    view = view_of(tx_as, desk, batch)
    first = compare(tx_as, desk, batch, file_with(view, "10.00", "25.00"))
    confirm(tx_as, desk, first.id)
    later = compare(tx_as, desk, batch, file_with(view, "10.00", "20.00"))

    for _twice in range(2):
        confirm(tx_as, desk, later.id, reference="")

    states = {str(one.total.amount): one.state for one in view_of(tx_as, desk, batch).entries}
    assert states == {"10.00": "acknowledged", "20.00": "acknowledged", "30.00": "mismatch"}
    with tx_as(desk.fay.actor) as tx:
        settled = tx.execute(
            text("select count(*) from history_entry where verb = 'correction.acknowledged'")
        ).scalar_one()
        assert not reconciliation_view(tx, desk.fay.actor, later.id).can_count
    assert settled == 2


def test_b077_the_same_file_twice_is_one_reconciliation(
    desk: Desk, tx_as: TxAs, batch: UUID
) -> None:
    content = file_with(view_of(tx_as, desk, batch), "10.00")

    first, again = compare(tx_as, desk, batch, content), compare(tx_as, desk, batch, content)

    assert (first.is_new, again.is_new, again.id) == (True, False, first.id)
    with tx_as(desk.fay.actor) as tx:
        assert len(reconciliations_of(tx, desk.fay.actor, batch)) == 1


def test_b074_a_file_with_one_wrong_row_is_refused_whole(
    desk: Desk, tx_as: TxAs, batch: UUID
) -> None:
    content = file_with(view_of(tx_as, desk, batch), "10.00", more='R1,"5.00,EUR,2026-11-30\n')

    with pytest.raises(Invalid) as refused:
        compare(tx_as, desk, batch, content)

    assert refused.value.field == "line 3"
    with tx_as(desk.fay.actor) as tx:
        assert reconciliations_of(tx, desk.fay.actor, batch) == ()


def test_numbers_of_the_journal_find_their_corrections_by_the_format_that_left(
    desk: Desk, tx_as: TxAs, storage: Any
) -> None:
    for form in ("quickbooks", "hledger"):
        batch_id = make_batch(desk, "10.00", "20.00")
        lock(desk, batch_id)
        with tx_as(desk.gus.actor) as tx:
            export_batch(tx, ExportBatch(batch_id, form), storage, desk.gus.actor, CLOCK)
        stem = f"R{batch_id.hex[:10]}"
        lines = [f"{stem}-{n},{amount},EUR,2026-11-30\n" for n in (1, 2) for amount in ("10.00",)]
        made = compare(tx_as, desk, batch_id, (HEAD + "".join(lines)).encode())
        with tx_as(desk.fay.actor) as tx:
            counts = reconciliation_view(tx, desk.fay.actor, made.id).counts
        assert (counts[MatchState.MATCHED], counts[MatchState.DIFFERS]) == (1, 1)


def test_what_changed_meanwhile_is_not_confirmed_unseen(
    desk: Desk, tx_as: TxAs, batch: UUID
) -> None:
    made = compare(tx_as, desk, batch, file_with(view_of(tx_as, desk, batch), "10.00"))

    with pytest.raises(Stale):
        confirm(tx_as, desk, made.id, version=view_of(tx_as, desk, batch).version - 1)
    with pytest.raises(Invalid):
        confirm(tx_as, desk, made.id, reference=" ")
    assert view_of(tx_as, desk, batch).state is BatchState.EXPORTED


def test_a_file_in_which_nothing_is_ours_is_no_answer(desk: Desk, tx_as: TxAs, batch: UUID) -> None:
    made = compare(tx_as, desk, batch, (HEAD + posted("R0-9", "5.00")).encode())

    with pytest.raises(Invalid, match="no answer"):
        confirm(tx_as, desk, made.id)


def test_b183_b184_the_download_runs_nothing_and_is_recorded(
    desk: Desk, tx_as: TxAs, batch: UUID
) -> None:
    more = '"=HYPERLINK(""http://x"")",-5.00,EUR,2026-11-30\n'
    made = compare(tx_as, desk, batch, file_with(view_of(tx_as, desk, batch), "10.00", more=more))

    with tx_as(desk.fay.actor) as tx:
        _name, content = reconciliation_csv(tx, made.id, desk.fay.actor, CLOCK)
        said = tx.execute(
            text(
                "select count(*) from history_entry where verb = 'batch.reconciliation_downloaded'"
            )
        ).scalar_one()

    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(rows) == 4
    assert rows[-1]["reference"] == '\'=HYPERLINK("http://x")'
    assert (rows[-1]["posted"], rows[-1]["difference"]) == ("-5.00", "-5.00")
    assert said == 1


def test_who_may_not_answer_does_not_compare_and_an_open_batch_is_not_compared(
    desk: Desk, tx_as: TxAs, batch: UUID
) -> None:
    content, ada = HEAD.encode(), make_person("ada").actor
    open_batch = make_batch(desk, "1.00")

    with tx_as(desk.fay.actor) as tx, pytest.raises(Refused):
        reconcile_batch(tx, ReconcileBatch(open_batch, "gl.csv", content), desk.fay.actor, CLOCK)
    with tx_as(desk.fay.actor) as tx, pytest.raises(NotFound):
        confirm_reconciliation(tx, ConfirmReconciliation(batch, 1), desk.fay.actor, CLOCK)
    with tx_as(desk.fay.actor) as tx, pytest.raises(Forbidden):
        reconcile_batch(tx, ReconcileBatch(batch, "gl.csv", content), ada, CLOCK)
    with tx_as(desk.fay.actor) as tx, pytest.raises(Forbidden):
        confirm_reconciliation(tx, ConfirmReconciliation(batch, 1), ada, CLOCK)


def test_what_was_said_never_changes_and_no_party_reads_it(
    desk: Desk, tx_as: TxAs, batch: UUID, pg: dict[str, Any]
) -> None:
    made = compare(tx_as, desk, batch, file_with(view_of(tx_as, desk, batch), "10.00"))

    for change in ("update reconciliation_row set state = 'matched'", "delete from reconciliation"):
        with pytest.raises(DBAPIError), tx_as(desk.fay.actor) as tx:
            tx.execute(text(change))
    with tx_as(desk.fay.actor) as tx:
        tx.execute(text("select set_config('app.scope', 'party', true)"))
        seen = tx.execute(
            text("select count(*) from reconciliation where id = :id"), {"id": made.id}
        )
        assert seen.scalar_one() == 0
