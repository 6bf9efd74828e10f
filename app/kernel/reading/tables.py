"""Tables of a file: rows of text with the line where each begins, from text of any delimiter and from workbooks.

Bounded everywhere: a cell of ten megabytes, a line without end or a quote that nobody closes ends the reading with the
line that is to blame, not with the memory of the machine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from app.kernel.reading.encodings import encoding_of
from app.kernel.reading.faults import Unreadable
from app.kernel.reading.sources import Source, check_workbook, is_workbook, unpacked
from app.kernel.words import words as _

DELIMITERS = (",", ";", "\t", "|")
MOST_CELL = 1 << 20
"""Characters of one cell."""
MOST_LINE = 4 << 20
"""Characters of one physical line."""
HEAD_ROWS = 25
"""Rows among which the header must stand."""

PEEK = 2000
"""Rows from which the decimal mark is decided."""
WORKBOOK = "workbook"
"""Encoding of what has none."""

Row = tuple[int, list[str]]
"""(physical line of its beginning, cells)."""


@dataclass(frozen=True, slots=True)
class Table:
    """*head*: for each way to part cells, the first rows so read. *rows*: all rows, read that way from the start.

    *aside*: a workbook in an archive, which says again what the text files beside it say.
    """

    file: str
    head: dict[str, tuple[Row, ...]]
    rows: Callable[[str], Iterator[Row]]
    encoding: str
    aside: bool = False


def tables_of(source: Source, encoding: str = "") -> Iterator[Table]:
    """Each table of *source*, members of an archive and sheets of a workbook in their order. Raises Unreadable."""
    inside = unpacked(source)
    books = [inner for inner in inside if is_workbook(inner)]
    for inner in inside:
        if inner not in books and not (inner is not source and inner.starts_with(b"%PDF")):
            yield _text_table(inner, encoding)
    for book in books:
        check_workbook(book)
        yield from _sheets(book, aside=len(inside) > 1)


def fitted(cells: list[str], width: int, *, is_open: bool) -> list[str] | None:
    """*cells* as many as *width*: empty ones beyond it go, missing ones are empty where *is_open*. None: they do not fit."""
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if len(cells) < width and is_open:
        return cells + [""] * (width - len(cells))
    return cells if len(cells) == width else None


def not_fitting(cells: list[str], width: int) -> str:
    """Why such a row is refused."""
    return _("This row has %(found)d cells, the header %(needed)d.", found=len(cells), needed=width)


def _sheets(source: Source, *, aside: bool) -> Iterator[Table]:
    from app.kernel.reading import sheets  # and the library behind them, when there is a workbook

    for name, sheet in sheets.book(source).items():

        def rows(_delimiter: str, sheet: sheets.Sheet = sheet) -> Iterator[Row]:
            return sheets.rows(sheet)

        yield Table(
            f"{source.name}/{name}",
            {"": tuple(islice(rows(""), HEAD_ROWS))},
            rows,
            WORKBOOK,
            aside,
        )


def _text_table(source: Source, asked: str) -> Table:
    encoding = encoding_of(source, asked)
    with source.open() as stream:
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        first = list(islice(iter(lambda: text.readline(MOST_LINE), ""), 2 * HEAD_ROWS))
    head = {delimiter: tuple(_first_rows(source, first, delimiter)) for delimiter in DELIMITERS}

    def rows(delimiter: str) -> Iterator[Row]:
        yield from _all_rows(source, encoding, delimiter)

    return Table(source.name, head, rows, encoding)


def _first_rows(source: Source, first: list[str], delimiter: str) -> Iterator[Row]:
    """The rows in *first*, as far as they can be parted so: what is wrong is said when all is read."""
    with suppress(csv.Error, Unreadable):
        yield from islice(_parsed(source, iter(first), delimiter, strict=False), HEAD_ROWS)


def _all_rows(source: Source, encoding: str, delimiter: str) -> Iterator[Row]:
    with source.open() as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        rows = _parsed(source, _bounded(source, text), delimiter, strict=True)
        line = 1
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                raise source.fault(_fault(str(error)), line) from error
            line = row[0] + 1
            yield row


def _parsed(source: Source, lines: Iterator[str], delimiter: str, *, strict: bool) -> Iterator[Row]:
    """Rows that are not blank. Tab files whose first line has no quotes know no quoting: titles begin with some."""
    first = next(lines, "")
    plain = delimiter == "\t" and '"' not in first
    csv.field_size_limit(max(csv.field_size_limit(), MOST_CELL))
    reader = csv.reader(
        _chained(first, lines),
        delimiter=delimiter,
        strict=strict,
        quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL,
    )
    line = 1
    for cells in reader:
        if any(cells):
            if max(map(len, cells)) > MOST_CELL:
                raise source.fault(_("A cell here has more than a million characters."), line)
            yield line, [_unquoted(cell) for cell in cells] if plain else cells
        line = reader.line_num + 1


def _chained(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _bounded(source: Source, text: io.TextIOWrapper) -> Iterator[str]:
    read = text.readline
    number = 0
    while line := read(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE and line[-1] not in "\r\n":
            raise source.fault(_("This line has more than four million characters."), number)
        if "\x00" in line:
            raise source.fault(
                _("There is a NUL character here: this is no text, or a damaged one."), number
            )
        yield line


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _fault(said: str) -> str:
    if "field larger" in said:
        return _("A cell beginning near here does not end: a quote is opened and not closed.")
    if "unexpected end" in said:
        return _("A quote is opened here and never closed.")
    return _("The quotes of this row do not fit.")
