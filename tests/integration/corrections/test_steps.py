"""How far a correction is: prepared, approved, in a batch, answered by the ledger; told in one statement."""

from __future__ import annotations

from typing import Any

import pytest

from app.corrections.queries.steps import StepsRow, steps_of
from app.corrections.rules.lifecycle import CorrectionState
from app.kernel.errors import Forbidden
from tests.factories.accounts import make_person
from tests.factories.corrections import (
    Desk,
    acknowledge,
    approve,
    export,
    lock,
    make_correction,
)


def steps(desk: Desk, tx_as: Any) -> StepsRow:
    with tx_as(desk.fay.actor) as tx:
        (row,) = steps_of(tx, desk.fay.actor, desk.case.id)
    return row


def test_each_step_is_told_with_who_and_when(desk: Desk, app: Any, tx_as: Any) -> None:
    made = make_correction(desk)
    waiting = steps(desk, tx_as)
    assert (waiting.id, waiting.preparer, waiting.approvals) == (made, "Fay Fox", ())
    assert (waiting.approvers_needed, waiting.batch) == (1, None)

    batch_id = approve(desk.gus.actor, made).batch_id
    assert batch_id is not None
    approved = steps(desk, tx_as)
    assert [name for name, _at in approved.approvals] == ["Gus Grau"]
    assert approved.approvals[0][1].tzinfo is not None
    assert (approved.batch is not None, approved.exported_at) == (True, None)

    lock(desk, batch_id)
    sha256 = export(desk.gil.actor, batch_id, app.extensions["redress"].storage)
    assert steps(desk, tx_as).exported_at is not None
    acknowledge(desk.fay.actor, batch_id, sha256)
    last = steps(desk, tx_as)
    assert last.state is CorrectionState.ACKNOWLEDGED
    assert last.acknowledged_at is not None


def test_a_case_without_corrections_has_none_and_artists_are_refused(
    desk: Desk, tx_as: Any
) -> None:
    with tx_as(desk.fay.actor) as tx:
        assert steps_of(tx, desk.fay.actor, desk.case.id) == ()
    ada = make_person("ada").actor
    with tx_as(ada) as tx, pytest.raises(Forbidden):
        steps_of(tx, ada, desk.case.id)
