"""Sheets of an XLSX workbook as rows of text: values only, no formula is computed, no link followed.

A number is handed on as the shortest decimal that the workbook's binary number stands for, so `0.258066` stays that. The
workbook around the sheets (words, styles, order) is read by the library, once; the rows, of which there are millions, by the
parser below: the library makes an element, a record and an object of each cell.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.utils.exceptions import InvalidFileException

from app.kernel.reading.numbers import Exact
from app.kernel.reading.sources import DAMAGED, Source, damaged
from app.kernel.words import words as _

_DAMAGED = (
    *DAMAGED, InvalidFileException, ParseError, DefusedXmlException, KeyError, SyntaxError, OSError, TypeError,
    AttributeError, IndexError, expat.ExpatError,
)  # fmt: skip
"""What the library raises for a workbook that is none."""
_DECLARATION = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_PIECE = 1 << 16
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _VALUE, _FORMULA, _INLINE, _TEXT, _PHONETIC = (
    _MAIN + name for name in ("row", "c", "v", "f", "is", "t", "rPh")
)
_SHORTEST = re.compile(r"0|-?[1-9][0-9]{0,8}|-?(?:0|[1-9][0-9]{0,8})\.[0-9]{0,5}[1-9]")
"""At most fifteen digits, written as the binary number that they become would be."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the rows of a sheet lie in the archive, and what their cells point to."""

    source: Source
    part: str
    strings: Sequence[str]
    dates: frozenset[int]
    durations: frozenset[int]
    epoch: dt.datetime


def book(source: Source) -> dict[str, Sheet]:
    """The sheets that are shown, by title, in their order. Raises Unreadable."""
    _refuse_declarations(source)
    with _faults(source), source.open_seekable() as stream:
        reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
        reader.read()
        made = reader.wb
        parts = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
        found = {
            sheet.title: Sheet(
                source, parts[sheet.title], reader.shared_strings, frozenset(made._date_formats),  # noqa: SLF001 - the library's name for them
                frozenset(made._timedelta_formats), made.epoch,  # noqa: SLF001 - the library's name for them
            )
            for sheet in made.worksheets
            if sheet.sheet_state == "visible"
        }  # fmt: skip
        made.close()
        return found


def rows(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """(row number, texts without empty cells at the end) of each row with something in it. Raises Unreadable."""
    parser = _Rows(sheet)
    source = sheet.source
    with (
        _faults(source),
        source.open_seekable() as stream,
        zipfile.ZipFile(stream) as archive,
        archive.open(sheet.part) as part,
    ):
        while piece := part.read(_PIECE):
            yield from parser.read(piece)
        yield from parser.read(b"", is_last=True)


class _Rows:
    """Events of the parser → rows. What the library does with odd rows and cells is done here, too."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._done: list[tuple[int, list[str]]] = []
        self._row = self._next = 0
        self._cells: list[str] = []
        self._column = 0
        self._kind, self._style = "n", 0
        self._value: str | None = None
        self._inline: list[str] | None = None
        self._formula = self._aside = False
        self._heard: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._declared

    def read(self, piece: bytes, *, is_last: bool = False) -> list[tuple[int, list[str]]]:
        """The rows that end in *piece*."""
        self._done = []
        self._parser.Parse(piece, is_last)
        return self._done

    def _declared(self, *_said: object) -> None:
        raise _unsafe(self._sheet.source)

    def _start(self, name: str, said: dict[str, str]) -> None:
        if name == _CELL:
            place = said.get("r")
            self._column = _column_of(place.rstrip("0123456789")) if place else self._column + 1
            self._kind, self._style = said.get("t", "n"), int(said.get("s") or 0)
            self._value, self._inline, self._formula = None, None, False
        elif name == _VALUE or (name == _TEXT and self._inline is not None and not self._aside):
            self._heard = []
            self._parser.CharacterDataHandler = self._heard.append
        elif name == _ROW:
            self._row = _row_number(said["r"]) if "r" in said else self._row + 1
            self._cells, self._column = [], 0
        elif name == _FORMULA:
            self._formula = True
        elif name == _INLINE:
            self._inline = []
        elif name == _PHONETIC:
            self._aside = True

    def _end(self, name: str) -> None:
        if name == _CELL:
            self._cell()
        elif name == _VALUE:
            self._parser.CharacterDataHandler = None
            if self._value is None:
                self._value = "".join(self._heard)
        elif name == _TEXT and self._inline is not None and not self._aside:
            self._parser.CharacterDataHandler = None
            self._inline.extend(self._heard)
        elif name == _ROW:
            self._end_row()
        elif name == _PHONETIC:
            self._aside = False

    def _cell(self) -> None:
        """Put the text of the cell that ends into its column."""
        if self._kind == "inlineStr":
            text = "".join(self._inline) if self._inline is not None else None
        else:
            text = self._text(self._value) if self._value else None
        if text is None and self._formula and self._row > self._next:
            raise self._sheet.source.fault(
                _(
                    "Cell %(place)d of this row is a formula without its result. Open the file in a spreadsheet, "
                    "save it, and import it again.",
                    place=self._column,
                ),
                self._row,
            )
        cells, column = self._cells, self._column
        if column > len(cells):
            if column > len(cells) + 1:
                cells.extend([""] * (column - len(cells) - 1))
            cells.append(text or "")
        else:
            cells[column - 1] = text or ""

    def _text(self, value: str) -> str:
        kind = self._kind
        if kind == "s":
            return self._sheet.strings[int(value)]
        if kind == "n":
            if self._style in self._sheet.dates:
                return self._moment(value)
            return Exact(value) if _SHORTEST.fullmatch(value) else _exact(value)
        if kind == "b":
            return "TRUE" if int(value) else "FALSE"
        return _shown(from_ISO8601(value)) if kind == "d" else value

    def _moment(self, value: str) -> str:
        is_duration = self._style in self._sheet.durations
        try:
            return _shown(from_excel(_number(value), self._sheet.epoch, timedelta=is_duration))
        except (OverflowError, ValueError):
            return "#VALUE!"

    def _end_row(self) -> None:
        if self._row <= self._next:
            return  # It stands behind a later one: nobody sees it in a spreadsheet.
        self._next = self._row
        cells = self._cells
        del cells[self._column :]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            self._done.append((self._row, cells))


@lru_cache(maxsize=1024)
def _column_of(letters: str) -> int:
    """1 for A. Raises `ValueError`."""
    return int(column_index_from_string(letters))


def _row_number(text: str) -> int:
    number = float(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def _number(text: str) -> int | float:
    """The binary number that a workbook means: it writes 0.258066 as 0.25806599999999999, and only the float tells what was typed."""
    return float(text) if "." in text or "E" in text or "e" in text else int(text)


def _exact(text: str) -> Exact:
    return Exact(format(Decimal(repr(_number(text))), "f"))


def _shown(value: Any) -> str:
    """A moment as the day that it is on; a time or a duration as it is."""
    if isinstance(value, int | float):
        return Exact(format(Decimal(repr(value)), "f"))
    return value.isoformat()[:10] if isinstance(value, dt.date) else str(value)


@contextmanager
def _faults(source: Source) -> Iterator[None]:
    """What a damaged workbook raises, as the fault that it is. Raises Unreadable."""
    try:
        yield
    except _DAMAGED as error:
        raise source.fault(
            _("This workbook cannot be read. Save it again as XLSX, or as CSV.")
        ) from error


def _unsafe(source: Source) -> Exception:
    return source.fault(_("This workbook declares XML entities. It is refused as unsafe."))


def _refuse_declarations(source: Source) -> None:
    """A workbook declares no entities; one that does wants to grow, or to read what is not its own."""
    for piece in _pieces(source):
        if _DECLARATION.search(piece):
            raise _unsafe(source)


def _pieces(source: Source) -> Iterator[bytes]:
    """The bytes of every XML part, in overlapping pieces. Raises Unreadable."""
    try:
        with source.open_seekable() as stream, zipfile.ZipFile(stream) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    with archive.open(name) as part:
                        tail = b""
                        while piece := part.read(1 << 20):
                            yield tail + piece
                            tail = piece[-16:]
    except DAMAGED as error:
        raise damaged(source) from error
