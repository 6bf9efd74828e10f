"""Every format: the same bytes each time, the same rows as the CSV, no formula, amounts exact."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from app.exports.formats import FORMATS, format_named
from app.exports.rules.rows import COLUMNS, NeutralRow, control_totals
from app.kernel.errors import Invalid
from tests.unit.exports.test_neutral import ROW, rows_of

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
AMOUNTS = {"gross_correction", "withholding", "net"}


def sheet_of(content: bytes, number: int) -> list[list[tuple[str, str]]]:
    """(type, value) of each cell."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        root = fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    assert root.find(f".//{NS}f") is None, "a cell is a formula"
    return [[_cell(cell) for cell in row] for row in root.iter(f"{NS}row")]


def _cell(cell: Element) -> tuple[str, str]:
    if cell.get("t") == "inlineStr":
        return "text", "".join(cell.itertext())
    return "number", cell.findtext(f"{NS}v") or ""


def by_csv(rows: list[NeutralRow]) -> list[dict[str, str]]:
    text = FORMATS["neutral"].to_bytes(rows).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", FORMATS)
@given(rows=rows_of)
def test_the_same_rows_give_the_same_bytes(name: str, rows: list[NeutralRow]) -> None:
    assert FORMATS[name].to_bytes(rows) == FORMATS[name].to_bytes(list(rows))


@pytest.mark.parametrize("name", FORMATS)
def test_another_amount_gives_other_bytes(name: str) -> None:
    form = FORMATS[name]

    assert form.to_bytes([ROW]) != form.to_bytes([ROW._replace(gross=ROW.gross + 1)])


@given(rows=rows_of)
def test_json_says_what_the_csv_says_and_amounts_are_text(rows: list[NeutralRow]) -> None:
    document: dict[str, Any] = json.loads(FORMATS["neutral_json"].to_bytes(rows))

    plain = ("correction_id", *AMOUNTS, "checksum")
    assert [{n: row[n] for n in plain} for row in document["rows"]] == [
        {n: row[n] for n in plain} for row in by_csv(rows)
    ]
    if rows:
        net = Decimal(control_totals(rows).net).scaleb(-2)
        assert Decimal(document["totals"]["net"]) == net
    assert [row["legal_name"] for row in document["rows"]] == [row.legal_name for row in rows]


def test_b183_a_workbook_keeps_formulas_as_text_and_amounts_as_numbers() -> None:
    rows = [ROW._replace(legal_name='=HYPERLINK("https://x")', gross=-5, withholding=0)]

    header, cells = sheet_of(FORMATS["neutral_xlsx"].to_bytes(rows), 1)

    said = dict(zip((text for _kind, text in header), cells, strict=True))
    assert said["legal_name"] == ("text", '\'=HYPERLINK("https://x")')
    assert said["gross_correction"] == ("number", "-0.05")
    assert {said[name][0] for name in AMOUNTS} == {"number"}
    assert {said[name][0] for name in set(COLUMNS) - AMOUNTS} == {"text"}


@given(gross=st.integers(-(10**14), 10**14), exponent=st.sampled_from([0, 2, 3]))
def test_a_workbook_says_each_amount_exactly(gross: int, exponent: int) -> None:
    rows = [ROW._replace(gross=gross, withholding=0, exponent=exponent)]

    _header, cells = sheet_of(FORMATS["neutral_xlsx"].to_bytes(rows), 1)

    _kind, value = cells[COLUMNS.index("net")]
    assert Decimal(value) == Decimal(gross).scaleb(-exponent)


def test_a_workbook_has_the_control_totals_on_its_second_sheet() -> None:
    rows = [ROW, ROW._replace(correction_id="c2", gross=10, withholding=0)]

    lines = sheet_of(FORMATS["neutral_xlsx"].to_bytes(rows), 2)

    assert [(name, value) for (_t, name), (_n, value) in lines] == [
        ("rows", "2"), ("corrections", "2"), ("gross", "412.93"), ("withholding", "12.83"), ("net", "400.10"),
    ]  # fmt: skip


def test_a_workbook_of_another_day_is_the_same_file() -> None:
    with zipfile.ZipFile(io.BytesIO(FORMATS["neutral_xlsx"].to_bytes([ROW]))) as book:
        days = {info.date_time[0] for info in book.infolist()}
        core = book.read("docProps/core.xml").decode()

    assert days == {1980}
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core)) == {"2026-01-01T00:00:00Z"}


def test_a_format_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        format_named("pdf")

    assert refused.value.field == "format"
