"""Rows as they are kept: one spelling, whether it is written out, left to the library, or hashed row by row."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corrections.rules.frozen import content_of, row_of, spelled
from app.corrections.rules.seen import SeenList, canonical, seen_hash
from app.exports.rules.rows import NeutralRow

texts = st.text(st.characters(codec="utf-8"), max_size=12)
numbers = st.integers(-(10**18), 10**18)
rows_of = st.builds(
    NeutralRow,
    case_ref=texts, decision_id=texts, correction_id=texts, payee_id=texts, legal_name=texts, period=texts,
    currency=texts, exponent=st.integers(0, 4), gross=numbers, withholding=numbers, reason_code=texts,
    original_line_ids=st.lists(texts, max_size=3).map(tuple), approver_1=texts, approver_2=texts, batch_id=texts,
    posting_date=texts, payee_account=texts, counter_account=texts, tax_account=texts,
)  # fmt: skip


@given(row=rows_of)
def test_the_spelling_written_out_is_the_canonical_one(row: NeutralRow) -> None:
    assert spelled(row) == canonical(content_of(row))


@given(row=rows_of)
def test_a_row_comes_back_as_it_was_kept(row: NeutralRow) -> None:
    assert row_of(json.loads(json.dumps(content_of(row)))) == row


@given(rows=st.lists(rows_of, max_size=4))
def test_a_list_hashed_value_by_value_is_the_list_hashed_at_once(rows: list[NeutralRow]) -> None:
    contents = [content_of(row) for row in rows]
    one, other = SeenList(), SeenList()
    for row, content in zip(rows, contents, strict=True):
        one.add_spelled(spelled(row))
        other.add(content)

    assert one.result == other.result == seen_hash(contents)


@pytest.mark.parametrize("value", [1.5, {"a": 1.5}, {"a": [1.5]}, {"a": {"b": (1.5,)}}, [object()]])
def test_a_list_refuses_what_has_no_spelling_too(value: object) -> None:
    with pytest.raises(TypeError):
        SeenList().add(value)  # type: ignore[arg-type]
