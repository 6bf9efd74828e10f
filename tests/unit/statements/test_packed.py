"""Archives and workbooks: totals beside lines, damage, bombs, formulas."""

from __future__ import annotations

import gzip
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from app.kernel.reading import sources
from tests.unit.statements.support import (
    FIRST,
    HEADER,
    SECOND,
    lines_of,
    problems_of,
    reading_of,
    table,
)

FILES = Path(__file__).parent / "files"
GOOD = table(FIRST, SECOND).encode()
ROW: list[object] = [
    "1",
    "2026-03",
    "2026-01",
    "spotify",
    "DE",
    "QZABC2600001",
    "stream",
    10,
    0.1,
    "EUR",
]


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def workbook(*rows: list[object], formula: str = "", result: object = "") -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for place, row in enumerate([HEADER.split(","), *rows]):
        sheet.write_row(place, 0, row)
    if formula:
        sheet.write_formula(1, 8, formula, None, result)
    book.close()
    return buffer.getvalue()


def rewritten(content: bytes, name: str, change: tuple[bytes, bytes]) -> bytes:
    """*content* with one part of the archive changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            part = old.read(info)
            new.writestr(info.filename, part.replace(*change) if info.filename == name else part)
    return buffer.getvalue()


def test_a_packed_file_is_read_like_the_plain_one() -> None:
    plain = [(one.key, one.number, one.amount) for one in lines_of(GOOD)]

    assert [
        (one.key, one.number, one.amount) for one in lines_of(gzip.compress(GOOD), "a.csv.gz")
    ] == plain
    assert [
        (one.key, one.number, one.amount) for one in lines_of(archive(a__csv=GOOD), "a.zip")
    ] == plain


@pytest.mark.parametrize("left", [15, 40, -9, -1])
def test_b076_a_truncated_gzip_gives_nothing(left: int) -> None:
    (problem,) = problems_of(gzip.compress(GOOD * 1)[:left], "a.csv.gz")

    assert "packed file" in problem.reason


def test_b076_a_large_truncated_gzip_gives_nothing_after_many_lines() -> None:
    rows = [FIRST.replace("1,", f"{number},", 1) for number in range(1, 30_000)]
    packed = gzip.compress(table(*rows).encode())

    reading = reading_of(packed[: len(packed) // 2], "a.csv.gz")

    assert [problem.line for problem in reading.problems] == [0]


def test_a_gzip_with_a_wrong_checksum_gives_nothing() -> None:
    packed = bytearray(gzip.compress(GOOD))
    packed[-6] ^= 1

    assert len(problems_of(bytes(packed), "a.csv.gz")) == 1


def test_a_bomb_is_refused_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FREE_BYTES", 1 << 20)
    bomb = table(FIRST).encode() + b"\n" * (30 << 20)

    assert "far too much" in problems_of(gzip.compress(bomb), "a.csv.gz")[0].reason
    assert "far too much" in problems_of(archive(a__csv=bomb), "a.zip")[0].reason


@pytest.mark.parametrize("content", [b"PK\x03\x04 nonsense", archive(a__csv=GOOD)[:-30]])
def test_a_damaged_archive_gives_nothing(content: bytes) -> None:
    (problem,) = problems_of(content, "a.zip")

    assert "damaged" in problem.reason


def changed(content: bytes, name: str, place: int, value: int) -> bytes:
    """*content* with one byte of a member changed; *place*: from its name on."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        begins = whole.getinfo(name).header_offset + 30
    broken = bytearray(content)
    broken[begins + place] = value
    return bytes(broken)


def packed_otherwise(content: bytes) -> bytes:
    """*content*, which has one member, as if it were packed by Deflate64: what Windows does with large files."""
    made = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        made[made.index(mark) + place] = 9
    return bytes(made)


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (packed_otherwise(archive(a__csv=GOOD)), "a.zip"),
        (changed(archive(a__csv=GOOD), "a.csv", 0, 0), "a.zip"),
        (changed(workbook(ROW), SHEET, len(SHEET) + 100, 0), "a.xlsx"),
        (changed(workbook(ROW), SHEET, 0, 0), "a.xlsx"),
    ],
)
def test_what_cannot_be_unpacked_is_a_problem_of_the_file(content: bytes, name: str) -> None:
    (problem,) = problems_of(content, name)

    assert problem.file.startswith(name)
    assert "damaged" in problem.reason


def test_b082_a_workbook_whose_words_would_fill_the_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = rewritten(workbook(ROW), "xl/sharedStrings.xml", (b"</sst>", b" " * 9000 + b"</sst>"))
    whole = len(lines_of(content, "a.xlsx"))
    monkeypatch.setattr(sources, "MOST_HELD", 9000)

    assert whole == 1
    assert "far too much" in problems_of(content, "a.xlsx")[0].reason


def test_an_archive_of_too_many_files_is_refused() -> None:
    members = {f"m{number}__csv": b"x" for number in range(101)}

    assert "100" in problems_of(archive(**members), "a.zip")[0].reason


def test_subtotals_beside_the_lines_are_control_totals() -> None:
    content = (FILES / "fuga-extended.zip").read_bytes()
    wrong = rewritten(content, "north-countries.csv", (b",1.50\n", b",1.51\n"))

    assert len(lines_of(content, "x.zip")) == 2
    (problem,) = problems_of(wrong, "x.zip")
    assert (problem.file, problem.value) == ("x.zip/north-countries.csv", "1.51")


def test_a_workbook_beside_the_lines_says_the_same_money_again() -> None:
    content = archive(a__csv=GOOD, a__xlsx=workbook(ROW))

    reading = reading_of(content, "a.zip")

    assert reading.sums.lines == 2
    assert [note.code for note in reading.notes] == ["aside"]


def test_a_workbook_keeps_its_numbers_exact() -> None:
    (line,) = lines_of(workbook([*ROW[:8], 0.1, "EUR"]), "a.xlsx")

    assert (line.amount, line.units, line.number) == (Decimal("0.1"), Decimal(10), 2)


def test_a_formula_with_its_result_is_its_result() -> None:
    (line,) = lines_of(workbook(ROW, formula="=1+1.5", result=2.5), "a.xlsx")

    assert line.amount == Decimal("2.5")


def test_a_formula_without_a_result_is_refused_not_empty() -> None:
    content = workbook(ROW, formula="=1+1.5", result="gone")
    bare = rewritten(content, "xl/worksheets/sheet1.xml", (b"<v>gone</v>", b""))

    (problem,) = problems_of(bare, "a.xlsx")

    assert problem.line == 2
    assert "formula" in problem.reason


def test_b082_a_formula_that_failed_is_no_number() -> None:
    (problem,) = problems_of(workbook(ROW, formula="=1/0", result="#DIV/0!"), "a.xlsx")

    assert (problem.line, problem.column, problem.value) == (2, "gross", "#DIV/0!")


def test_b082_many_formatted_empty_rows_are_nothing() -> None:
    content = workbook(ROW)
    rows = b"".join(b'<row r="%d" ht="15" customHeight="1"></row>' % n for n in range(3, 200_000))
    full = rewritten(content, "xl/worksheets/sheet1.xml", (b"</sheetData>", rows + b"</sheetData>"))

    assert len(lines_of(full, "a.xlsx")) == 1


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"]
)
def test_b082_a_workbook_that_declares_entities_is_refused(part: str) -> None:
    declared = b'?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    (problem,) = problems_of(rewritten(workbook(ROW), part, (b"?>", declared)), "a.xlsx")

    assert "entities" in problem.reason


def test_b082_a_workbook_cut_off_or_of_the_old_kind_is_refused() -> None:
    whole = workbook(ROW)

    assert len(problems_of(whole[: len(whole) // 2], "a.xlsx")) == 1
    assert "XLSX" in problems_of(b"\xd0\xcf\x11\xe0" + b"0" * 600, "a.xls")[0].reason


def test_b085_days_of_a_workbook_are_days() -> None:
    import datetime as dt

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.split(","))
    sheet.write_row(1, 0, ROW)
    sheet.write_datetime(1, 2, dt.datetime(2026, 1, 31, tzinfo=None))  # noqa: DTZ001 - a workbook knows no zones
    book.close()

    assert lines_of(buffer.getvalue(), "a.xlsx")[0].sale_month == "2026-01"
