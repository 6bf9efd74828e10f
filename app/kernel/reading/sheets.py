"""Sheets of an XLSX workbook as rows of text: values only, no formula is computed, no link followed.

A number is handed on as the shortest decimal that the workbook's binary number stands for, so `0.258066` stays that.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from app.kernel.reading.numbers import Exact
from app.kernel.reading.sources import DAMAGED, SHEETS, Source, damaged
from app.kernel.words import words as _

_DAMAGED = (
    *DAMAGED, InvalidFileException, ParseError, DefusedXmlException, KeyError, SyntaxError, OSError, TypeError,
    AttributeError,
)  # fmt: skip
"""What the library raises for a workbook that is none."""
_FORMULA = re.compile(rb"<f[ >/]")
_DECLARATION = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)


def names(source: Source) -> tuple[str, ...]:
    """Titles of the sheets that are shown, in their order. Raises Unreadable."""
    _refuse_declarations(source)
    with _opened(source, formulas=False) as book:
        return tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible")


def rows(source: Source, name: str) -> Iterator[tuple[int, list[str]]]:
    """(row number, texts without empty cells at the end) of each row with something in it. Raises Unreadable."""
    has_formulas = _has_formulas(source)
    with _opened(source, formulas=False) as book:
        values = book[name].iter_rows(values_only=True)
        if not has_formulas:
            yield from _texts(values)
            return
        with _opened(source, formulas=True) as twin:
            yield from _texts(_computed(source, values, twin[name].iter_rows(values_only=True)))


def _texts(values: Iterator[tuple[object, ...]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(values, start=1):
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _computed(
    source: Source, values: Iterator[tuple[object, ...]], formulas: Iterator[tuple[object, ...]]
) -> Iterator[tuple[object, ...]]:
    """Rows of *values*; a formula whose result the workbook does not keep is no empty cell."""
    for number, (row, twin) in enumerate(zip(values, formulas, strict=True), start=1):
        for place, (value, formula) in enumerate(itertools.zip_longest(row, twin), start=1):
            if value is None and formula is not None:
                raise source.fault(
                    _(
                        "Cell %(place)d of this row is a formula without its result. Open the file in a spreadsheet, "
                        "save it, and import it again.",
                        place=place,
                    ),
                    number,
                )
        yield row


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return Exact(format(Decimal(repr(value)), "f"))
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    return str(value)


@contextmanager
def _opened(source: Source, *, formulas: bool) -> Iterator[Workbook]:
    stream = source.open_seekable()
    try:
        book = openpyxl.load_workbook(
            stream, read_only=True, data_only=not formulas, keep_links=False
        )
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # What a sheet says of its own size is not to be believed.
        yield book
        book.close()
    except _DAMAGED as error:
        raise source.fault(
            _("This workbook cannot be read. Save it again as XLSX, or as CSV.")
        ) from error
    finally:
        stream.close()


def _has_formulas(source: Source) -> bool:
    return any(_FORMULA.search(piece) for piece in _pieces(source, SHEETS))


def _refuse_declarations(source: Source) -> None:
    """A workbook declares no entities; one that does wants to grow, or to read what is not its own."""
    for piece in _pieces(source):
        if _DECLARATION.search(piece):
            raise source.fault(_("This workbook declares XML entities. It is refused as unsafe."))


def _pieces(source: Source, folder: str = "") -> Iterator[bytes]:
    """The bytes of every XML part below *folder*, in overlapping pieces. Raises Unreadable."""
    try:
        with source.open_seekable() as stream, zipfile.ZipFile(stream) as archive:
            for name in archive.namelist():
                if name.startswith(folder) and name.endswith((".xml", ".rels")):
                    with archive.open(name) as part:
                        tail = b""
                        while piece := part.read(1 << 20):
                            yield tail + piece
                            tail = piece[-16:]
    except DAMAGED as error:
        raise damaged(source) from error
