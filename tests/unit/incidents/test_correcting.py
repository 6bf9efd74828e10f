"""Which cases one act may correct: the first reason that holds, and a word for exactly what was previewed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.kinds import State
from app.incidents.rules.correcting import Found, Standing, WhyNot, seen_hash, why_not
from app.kernel.money import Money

FAULT = ("2026-09", "wrong_withholding")
OWED = Found("ada", *FAULT, Money(Decimal("30.00"), "EUR"), is_known=True)
READY = Standing("ada", State.REVIEW, False, True, frozenset({FAULT}), (OWED,))


def test_a_case_in_review_whose_audit_shows_the_fault_alone_is_ready() -> None:
    assert why_not(READY) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": None}, WhyNot.NO_CASE),
        ({"state": State.SUBMITTED}, WhyNot.NOT_IN_REVIEW),
        ({"state": State.CONFIRMATION}, WhyNot.NOT_IN_REVIEW),
        ({"state": State.APPEAL_REVIEW}, WhyNot.NOT_IN_REVIEW),
        ({"has_decision": True}, WhyNot.DRAFT_THERE),
        ({"has_audit": False}, WhyNot.NO_AUDIT),
        ({"found": ()}, WhyNot.NOTHING_OWED),
        ({"found": (replace(OWED, amount=Money(Decimal(0), "EUR")),)}, WhyNot.NOTHING_OWED),
        ({"found": (OWED, replace(OWED, payee="bo"))}, WhyNot.OTHER_PAYEE),
        ({"found": (replace(OWED, is_known=False),)}, WhyNot.NOT_IN_LEDGER),
        (
            {"found": (OWED, replace(OWED, amount=Money(Decimal(1), "USD")))},
            WhyNot.SEVERAL_CURRENCIES,
        ),
        ({"found": (OWED, replace(OWED, reason="paid_twice"))}, WhyNot.OTHER_REASON),
        ({"found": (OWED, replace(OWED, month="2026-08"))}, WhyNot.OTHER_REASON),
        ({"found": (replace(OWED, amount=Money(Decimal(-30), "EUR")),)}, WhyNot.PAID_TOO_MUCH),
    ],
)
def test_every_other_case_is_left_to_a_person(changes: dict[str, Any], why: WhyNot) -> None:
    assert why_not(replace(READY, **changes)) is why


def test_a_case_that_stands_for_two_faults_is_explained_by_both() -> None:
    other = replace(OWED, reason="paid_twice", amount=Money(Decimal(5), "EUR"))
    both = replace(READY, found=(OWED, other), faults=frozenset({FAULT, ("2026-09", "paid_twice")}))

    assert why_not(both) is None


ROWS = st.lists(
    st.tuples(st.uuids(), st.integers(1, 99), st.text(max_size=8)), unique_by=lambda row: row[0]
)


@given(ROWS, st.randoms())
def test_what_was_seen_is_the_same_in_any_order_and_another_after_any_change(
    rows: list[tuple[UUID, int, str]], random: Any
) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert seen_hash(mixed) == seen_hash(rows)
    for place, (key, version, amounts) in enumerate(rows):
        rest = rows[:place] + rows[place + 1 :]
        assert seen_hash([*rest, (key, version + 1, amounts)]) != seen_hash(rows)
        assert seen_hash([*rest, (key, version, amounts + "0")]) != seen_hash(rows)
        assert seen_hash(rest) != seen_hash(rows)
