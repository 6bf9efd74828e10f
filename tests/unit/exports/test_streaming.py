"""Formats let rows pass: the same bytes in pieces of any size, the first of them long before the last row was read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.formats import FORMATS, neutral_json, neutral_xlsx
from app.exports.rules.cells import csv_line, text_cell, text_cells
from app.exports.rules.parts import encoded, packed
from app.exports.rules.rows import NeutralRow
from app.kernel.errors import Invalid
from tests.unit.exports.sample import ROWS
from tests.unit.exports.test_neutral import ROW, rows_of

MANY = 3_000
AT_THE_END = {"neutral_xlsx"}
"""Files whose table of contents comes last, so that they wait outside the memory until all rows were read."""
texts_of = st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=12)


class Watched:
    """Many rows that are made when they are asked for. *read*: how many were, this time."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self) -> Iterator[NeutralRow]:
        self.read = 0
        for number in range(MANY):
            self.read += 1
            yield ROW._replace(correction_id=f"c{number}")


@given(texts=texts_of, size=st.integers(1, 60))
def test_pieces_of_any_size_are_the_same_bytes_and_none_is_empty(
    texts: list[str], size: int
) -> None:
    pieces = list(encoded(texts, size))

    assert b"".join(pieces) == "".join(texts).encode()
    assert all(pieces)
    assert len(pieces) <= 1 + len("".join(texts)) // size


@pytest.mark.parametrize("name", FORMATS)
@given(rows=rows_of)
def test_a_format_gives_in_pieces_what_it_gives_at_once(name: str, rows: list[NeutralRow]) -> None:
    leaving = FORMATS[name].leaving(rows)

    assert b"".join(leaving.pieces) == FORMATS[name].to_bytes(rows)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - AT_THE_END))
def test_the_first_piece_leaves_while_most_rows_were_not_read_yet(name: str) -> None:
    rows = Watched()
    leaving = FORMATS[name].leaving(rows)

    next(leaving.pieces)

    assert 0 < rows.read < MANY / 2
    assert sum(1 for _piece in leaving.pieces) > 1
    assert rows.read == MANY


@given(rows=rows_of)
def test_json_row_by_row_is_the_document_written_at_once(rows: list[NeutralRow]) -> None:
    content = FORMATS["neutral_json"].to_bytes(rows)

    whole = json.dumps(json.loads(content), ensure_ascii=False, indent=1) + "\n"
    assert content == whole.encode()
    assert list(json.loads(content)) == ["format", "version", "totals", "rows"]


@given(st.lists(st.binary(max_size=50), min_size=2, max_size=8))
def test_an_archive_in_pieces_is_the_archive_written_at_once(parts: list[bytes]) -> None:
    leaving = packed(iter(parts), "x", "csv")

    assert leaving.extension == "zip"
    assert b"".join(leaving.pieces) == whole_archive(parts)


def whole_archive(parts: list[bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, part in enumerate(parts, start=1):
            entry = zipfile.ZipInfo(f"x-{number:03}.csv", (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, part)
    return out.getvalue()


def test_one_part_is_no_archive() -> None:
    leaving = packed(iter([b"alone"]), "x", "csv")

    assert (leaving.extension, list(leaving.pieces)) == ("csv", [b"alone"])


@given(cells=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12), min_size=1, max_size=8))  # fmt: skip
def test_a_line_is_what_the_library_writes(cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL).writerow(cells)

    assert csv_line(cells) == out.getvalue()


@given(texts=st.lists(st.sampled_from(["", "Ada", "=1+1", " =1", " x", "\ufeff@y", "a=b", "-5", "\t"]) | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=4)))  # fmt: skip
def test_b183_cells_looked_at_together_are_those_looked_at_one_by_one(texts: list[str]) -> None:
    assert text_cells(texts) == [text_cell(text) for text in texts]


def test_nul_in_one_of_many_cells_is_refused() -> None:
    with pytest.raises(Invalid):
        text_cells(["Ada", "a\x00b"])


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_that_cannot_be_written_stops_the_file_wherever_it_stands(name: str) -> None:
    rows = [*[ROW._replace(correction_id=f"c{n}") for n in range(MANY)]]
    rows.append(ROW._replace(correction_id="last", legal_name="a\x00b", posting_date=""))

    with pytest.raises(Invalid):
        FORMATS[name].to_bytes(rows)


def test_more_rows_than_a_sheet_takes_are_refused_and_never_dropped(monkeypatch: Any) -> None:
    monkeypatch.setattr(neutral_xlsx, "MOST_ROWS", len(ROWS) - 1)

    with pytest.raises(Invalid, match="Choose CSV or JSON"):
        FORMATS["neutral_xlsx"].to_bytes(ROWS)
    assert FORMATS["neutral_xlsx"].to_bytes(ROWS[:-1])


def test_a_large_workbook_waits_outside_the_memory(monkeypatch: Any) -> None:
    small = FORMATS["neutral_xlsx"].to_bytes(ROWS)
    monkeypatch.setattr(neutral_xlsx, "_IN_MEMORY", 1)

    assert FORMATS["neutral_xlsx"].to_bytes(ROWS) == small


def test_json_counts_a_correction_of_several_rows_once() -> None:
    rows = [ROW, ROW, ROW._replace(correction_id="c2")]

    document = json.loads(b"".join(encoded(neutral_json.to_texts(rows))))

    assert (document["totals"]["rows"], document["totals"]["corrections"]) == (3, 2)
