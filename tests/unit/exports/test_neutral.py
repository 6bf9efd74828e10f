"""The neutral CSV: the same rows give the same bytes, and any tampering shows in the last checksum."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.formats import FORMATS
from app.exports.rules.rows import COLUMNS, NeutralRow, control_totals

to_bytes = FORMATS["neutral"].to_bytes
ROW = NeutralRow(
    case_ref="RD-7K4M-29QX",
    decision_id="d1",
    correction_id="c1",
    payee_id="p1",
    legal_name="Ada Lovelace",
    period="2026-03",
    currency="EUR",
    exponent=2,
    gross=41283,
    withholding=1283,
    reason_code="split_version",
    original_line_ids=("L1", "L2"),
    approver_1="Gus",
    approver_2="",
    batch_id="b1",
    posting_date="2026-11-28",
    payee_account="Liabilities:Royalties",
    counter_account="Expenses:Royalties",
    tax_account="Liabilities:Tax",
)

rows_of = st.lists(
    st.builds(
        ROW._replace,
        gross=st.integers(-(10**12), 10**12),
        legal_name=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20),
    ),
    max_size=6,
)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_the_file_has_the_columns_of_the_contract() -> None:
    header, row = read(to_bytes([ROW]))

    assert tuple(header) == COLUMNS
    assert row[:15] == [
        "RD-7K4M-29QX", "d1", "c1", "p1", "Ada Lovelace", "2026-03", "EUR",
        "412.83", "12.83", "400.00", "split_version", "L1 L2", "Gus", "", "b1",
    ]  # fmt: skip


def test_records_end_with_crlf_and_there_is_no_byte_order_mark() -> None:
    content = to_bytes([ROW])

    assert content.startswith(b"case_id,")
    assert content.count(b"\r\n") == content.count(b"\n") == 2


def test_b183_a_payee_named_like_a_formula_is_text_and_a_negative_amount_a_number() -> None:
    row = read(to_bytes([ROW._replace(legal_name='=HYPERLINK("x")', gross=-500, withholding=0)]))[1]

    assert row[4] == '\'=HYPERLINK("x")'
    assert row[7] == "-5.00"


@given(rows_of)
def test_b101_the_same_rows_give_the_same_bytes(rows: list[NeutralRow]) -> None:
    assert to_bytes(rows) == to_bytes(list(rows))


@given(rows_of.filter(lambda rows: len(rows) > 1), st.integers(1, 10**6))
def test_a_changed_amount_changes_the_last_checksum(rows: list[NeutralRow], by: int) -> None:
    changed = [rows[0]._replace(gross=rows[0].gross + by), *rows[1:]]

    assert read(to_bytes(changed))[-1][-1] != read(to_bytes(rows))[-1][-1]


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2), (0, 1, 1, 2)])
def test_reordering_dropping_and_repeating_change_the_last_checksum(order: tuple[int, ...]) -> None:
    rows = [ROW._replace(correction_id=f"c{index}") for index in range(3)]

    assert read(to_bytes([rows[i] for i in order]))[-1][-1] != read(to_bytes(rows))[-1][-1]


@given(rows_of)
def test_control_totals_are_the_sums_of_the_file(rows: list[NeutralRow]) -> None:
    totals = control_totals(rows)

    assert totals.rows == len(read(to_bytes(rows))) - 1
    assert totals.net == totals.gross - totals.withholding == sum(row.net for row in rows)
