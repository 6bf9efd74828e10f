"""Rows as they are kept: read from the one spelling that is hashed, whether it is hashed row by row or at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corrections.rules.frozen import FIELDS, content_of, row_of, rows_of
from app.corrections.rules.seen import SeenList, canonical, seen_hash
from app.exports.rules.rows import NeutralRow, Totalled, control_totals
from app.kernel.errors import Refused

texts = st.text(st.characters(codec="utf-8"), max_size=12)
numbers = st.integers(-(10**18), 10**18)
neutral = st.builds(
    NeutralRow,
    case_ref=texts, decision_id=texts, correction_id=texts, payee_id=texts, legal_name=texts, period=texts,
    currency=texts, exponent=st.integers(0, 4), gross=numbers, withholding=numbers, reason_code=texts,
    original_line_ids=st.lists(texts, max_size=3).map(tuple), approver_1=texts, approver_2=texts, batch_id=texts,
    posting_date=texts, payee_account=texts, counter_account=texts, tax_account=texts,
)  # fmt: skip
LATE = ("posting_date", "payee_account", "counter_account", "tax_account")
ROW = NeutralRow(*("0" for _ in FIELDS))._replace(
    exponent=2, gross=1, withholding=0, original_line_ids=("a", "b")
)


def spelled(contents: list[Any]) -> str:
    return ",".join(canonical(content).decode() for content in contents)


@given(rows=st.lists(neutral, max_size=4))
def test_rows_are_read_from_their_spelling(rows: list[NeutralRow]) -> None:
    assert rows_of(spelled([content_of(row) for row in rows])) == rows


@given(row=neutral)
def test_a_row_comes_back_as_it_was_kept(row: NeutralRow) -> None:
    assert row_of(json.loads(json.dumps(content_of(row)))) == row


def test_a_row_from_before_there_were_codes_has_none() -> None:
    old = {name: value for name, value in content_of(ROW).items() if name not in LATE}
    expected = ROW._replace(**dict.fromkeys(LATE, ""))

    assert rows_of(spelled([old, content_of(ROW)])) == [expected, ROW]


@pytest.mark.parametrize(
    ("name", "value"),
    [("gross", "1"), ("gross", True), ("gross", None), ("legal_name", 7), ("original_line_ids", "ab"), ("original_line_ids", ["a", 7])],
)  # fmt: skip
def test_what_is_no_row_is_refused(name: str, value: Any) -> None:
    with pytest.raises(Refused):
        rows_of(spelled([content_of(ROW), content_of(ROW) | {name: value}]))


@pytest.mark.parametrize("name", [one for one in FIELDS if one not in LATE])
def test_a_row_that_lacks_what_each_row_has_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        rows_of(spelled([{key: value for key, value in content_of(ROW).items() if key != name}]))


@given(rows=st.lists(neutral, max_size=6), cut=st.integers(0, 6))
def test_totals_of_some_rows_at_a_time_are_those_of_all(rows: list[NeutralRow], cut: int) -> None:
    counted = Totalled()
    counted.add_all(rows[:cut])
    counted.add_all(rows[cut:])

    assert counted.result == control_totals(rows)


@given(rows=st.lists(neutral, max_size=4))
def test_a_list_hashed_value_by_value_is_the_list_hashed_at_once(rows: list[NeutralRow]) -> None:
    contents = [content_of(row) for row in rows]
    one, other = SeenList(), SeenList()
    for content in contents:
        one.add_spelled(canonical(content))
        other.add(content)

    assert one.result == other.result == seen_hash(contents)


@pytest.mark.parametrize("value", [1.5, {"a": 1.5}, {"a": [1.5]}, {"a": {"b": (1.5,)}}, [object()]])
def test_a_list_refuses_what_has_no_spelling_too(value: object) -> None:
    with pytest.raises(TypeError):
        SeenList().add(value)  # type: ignore[arg-type]
