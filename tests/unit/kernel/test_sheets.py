"""Rows of a workbook as texts: what the library says of each cell, and what it says of odd rows, without its objects."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from app.kernel.reading import sheets
from app.kernel.reading.faults import Unreadable
from app.kernel.reading.numbers import Exact
from app.kernel.reading.sources import Source

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROW = [
    "Ünï & <x>", None, 1, 2.5, 1e-7, -3, 0, 123456789012345678, 0.1 + 0.2, 1e22, "  two ", True, False, dt.date(2026, 1, 2),
    dt.datetime.fromisoformat("2026-01-02T03:04:00"), dt.time(1, 2), dt.timedelta(hours=30), "1.10",
]  # fmt: skip


def workbook() -> bytes:
    """Two sheets that are shown around one that is not."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(ROW)
    first["C4"] = 45000.25
    first["C4"].number_format = "yyyy-mm-dd"
    first["D4"] = 1e12
    first["D4"].number_format = "yyyy-mm-dd"
    hidden = book.create_sheet("Hidden")
    hidden.sheet_state = "hidden"
    book.create_sheet("Last").append(["x"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes, place: int = 0) -> list[tuple[int, list[str]]]:
    sheet = list(sheets.book(Source.of_bytes("a.xlsx", content)).values())[place]
    return list(sheets.rows(sheet))


def odd(rows: str, *, whole: bool = True) -> bytes:
    """The workbook with these rows in its first sheet."""
    end = "</sheetData></worksheet>" if whole else ""
    made = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}{end}'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as known, zipfile.ZipFile(out, "w") as book:
        for name in known.namelist():
            is_first = name == "xl/worksheets/sheet1.xml"
            book.writestr(name, made.encode() if is_first else known.read(name))
    return out.getvalue()


def said(value: object) -> str:
    """A value of the library as the text that it stands for."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return format(Decimal(repr(value)), "f")
    return value.isoformat()[:10] if isinstance(value, dt.date) else str(value)


@pytest.mark.filterwarnings("ignore:Cell D4 is marked as a date")
def test_every_value_is_what_the_library_says_of_it() -> None:
    content = workbook()
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)

    values = [[said(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]  # fmt: skip
    found = read(content)

    assert [number for number, _cells in found] == [1, 4]
    assert found[0][1] == values[0]
    assert found[1][1] == ["", "", "2023-03-15", "#VALUE!"]
    assert {type(found[0][1][place]) for place in (2, 3, 4, 7)} == {Exact}
    assert type(found[0][1][-1]) is str


def test_sheets_that_are_shown_in_their_order() -> None:
    source = Source.of_bytes("a.xlsx", workbook())

    assert list(sheets.book(source)) == ["Sheet", "Last"]
    assert read(workbook(), 1) == [(1, ["x"])]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("<row><c><v>1</v></c><c t='str'><v>x</v></c></row><row><c r='C2'><v>2.50</v></c><c><v>3</v></c></row>",
         [(1, ["1", "x"]), (2, ["", "", "2.5", "3"])]),
        ("<row r='3'><c r='A3'><v>1</v></c></row><row r='2'><c r='A2'><v>9</v></c></row>", [(3, ["1"])]),
        ("<row r='1048576'><c r='A1' t='e'><v>#N/A</v></c><c r='B1' t='b'><v>1</v></c></row>", [(1048576, ["#N/A", "TRUE"])]),
        ("<row r='1'><c t='inlineStr'><is><r><t>a </t></r><r><t>b</t></r><rPh sb='0' eb='1'><t>no</t></rPh></is></c></row>",
         [(1, ["a b"])]),
        ("<row r='1'>" + "".join(f"<c><v>{one}</v></c>" for one in ("1.0", "1.50", "-0", "1E5", "007", ".5", "-7.25", "0.30000000000000004", "1e-7")) + "</row>",
         [(1, ["1.0", "1.5", "0", "100000.0", "7", "0.5", "-7.25", "0.30000000000000004", "0.0000001"])]),
        ("<row r='1'><c t='str'><f>1</f><v>kept</v></c><c/><c><v></v></c></row><row r='2'/>", [(1, ["kept"])]),
    ],
)  # fmt: skip
def test_odd_rows_are_read_as_the_library_reads_them(
    rows: str, found: list[tuple[int, list[str]]]
) -> None:
    assert read(odd(rows)) == found


@pytest.mark.parametrize(
    ("rows", "line"),
    [("<row r='7'><c><v>1</v></c><c><f>A1</f></c></row>", 7), ("<row><c><v>x</v></c></row>", 0), ("<row><c t='s'><v>99</v></c></row>", 0)],
)  # fmt: skip
def test_b073_what_cannot_be_read_is_refused(rows: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        read(odd(rows))

    assert refused.value.problem.line == line


def test_a_sheet_that_ends_in_the_middle_is_refused() -> None:
    with pytest.raises(Unreadable):
        read(odd("<row><c><v>1</v>", whole=False))


def test_a_sheet_that_declares_something_in_another_encoding_is_refused() -> None:
    text = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet xmlns="{NAMESPACE}"><sheetData/></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as known, zipfile.ZipFile(out, "w") as book:
        for name in known.namelist():
            is_last = name == "xl/worksheets/sheet3.xml"
            book.writestr(name, text.encode("utf-16") if is_last else known.read(name))

    sheet = sheets.book(Source.of_bytes("a.xlsx", workbook()))["Last"]
    bad = replace(sheet, source=Source.of_bytes("a.xlsx", out.getvalue()))

    with pytest.raises(Unreadable, match="declares XML entities"):
        list(sheets.rows(bad))
