"""Cells of a finance file: text that no spreadsheet runs, numbers that stay numbers."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.rules.cells import csv_line, number_cell, text_cell
from app.kernel.errors import Invalid

STARTS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", " =1+1", "\ufeff=1"]


@pytest.mark.parametrize("cell", STARTS)
def test_b183_formula_starts_are_prefixed(cell: str) -> None:
    assert text_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ada Lovelace", "a=b", "Ünal-Öz", "2026-03", "李雷"])
def test_plain_text_is_left_alone(cell: str) -> None:
    assert text_cell(cell) == cell


def test_nul_in_a_cell_is_refused() -> None:
    with pytest.raises(Invalid):
        text_cell("a\x00b")


@pytest.mark.parametrize(
    ("minor", "exponent", "written"),
    [
        (41283, 2, "412.83"),
        (-1205, 2, "-12.05"),
        (5, 2, "0.05"),
        (-5, 3, "-0.005"),
        (0, 2, "0.00"),
        (1200, 0, "1200"),
        (-7, 0, "-7"),
        (10**15, 2, "10000000000000.00"),
    ],
)
def test_b183_numbers_stay_numeric(minor: int, exponent: int, written: str) -> None:
    assert number_cell(minor, exponent) == written


@given(st.integers(min_value=-(10**17), max_value=10**17), st.sampled_from([0, 2, 3, 4]))
def test_a_number_cell_reads_back_exactly(minor: int, exponent: int) -> None:
    assert Decimal(number_cell(minor, exponent)).scaleb(exponent) == minor


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=2))
def test_a_line_reads_back_as_its_cells(cells: list[str]) -> None:
    line = csv_line(cells)

    assert line.endswith("\r\n")
    assert next(csv.reader(io.StringIO(line, newline=""))) == cells
