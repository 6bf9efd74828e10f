"""What stands beside an audit: each correction is called what it is by now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.corrections.queries.steps import StepsRow
from app.corrections.rules.lifecycle import CorrectionState
from app.kernel.money import Money
from app.web.desk.payout_beside import correction_steps

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
ROW = StepsRow(UUID(int=1), CorrectionState.PROPOSED, Money(Decimal(30), "EUR"), "Rio", AT, False, (), None, None, None)  # fmt: skip
NAMES = {
    "proposed": "Proposed correction", "approved_once": "Proposed correction", "approved": "Approved correction",
    "posted": "Approved correction", "batched": "Approved correction", "exported": "Approved correction",
    "acknowledged": "Posted correction", "mismatch": "Correction", "returned": "Correction", "cancelled": "Correction",
}  # fmt: skip


@pytest.mark.parametrize("state", list(CorrectionState))
def test_a_correction_is_called_what_it_is_by_now(app: Any, state: CorrectionState) -> None:
    with app.test_request_context("/"):
        (shown,) = correction_steps([replace(ROW, state=state)], lambda at: f"{at:%d %b}")

    assert shown.name == NAMES[state.value]
    assert shown.href == f"/finance/corrections/{ROW.id}"
