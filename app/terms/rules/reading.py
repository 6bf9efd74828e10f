"""A file of terms, row by row: all of it is right, or every problem is named with file, line, column, value and reason.

Packing, encoding, delimiter, rows above the header and the decimal mark are found as for statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.reading.faults import Unreadable
from app.kernel.reading.headers import Head, folded, nearest_head
from app.kernel.reading.sources import Source
from app.kernel.reading.styles import Numbers
from app.kernel.reading.tables import (
    HEAD_ROWS,
    PEEK,
    WORKBOOK,
    fitted,
    not_fitting,
    tables_of,
)
from app.kernel.reading.tables import (
    Row as Cells,
)
from app.kernel.reading.tables import (
    Table as Sheet,
)
from app.kernel.words import words as _
from app.terms.rules.cells import SHOWN, WrongCell, row_from
from app.terms.rules.rows import COLUMNS, MORE, Row, Table
from app.terms.rules.spellings import spelled, style_of

MOST_LINES = 2_000_000
"""More come in several files: a file says nothing of those that it does not name."""
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says of a file. Empty: the file shows it."""

    encoding: str = ""
    numbers: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row with the line of the file where it begins, from 1. *file*: of an archive or workbook, which one."""

    number: int
    row: Row
    file: str = ""


class Fault(Invalid):
    """A problem of a file. *column* and *value* may be empty; *reason* says what to mend."""

    def __init__(self, code: str, reason: str, line: int, column: str = "", value: str = "", file: str = "") -> None:  # fmt: skip
        where = f"line {line}, {column or 'file'}"
        said = _("%(problem)s It says “%(value)s”.", problem=reason, value=value) if value else reason  # fmt: skip
        super().__init__(f"{file}, {where}" if file else where, code, said)
        self.file, self.line, self.column, self.value, self.reason = file, line, column, value, reason  # fmt: skip


class Problems:
    """Collects them; too many end the reading."""

    def __init__(self) -> None:
        self._every: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._every)

    def add(self, fault: Fault) -> None:
        """Remember it. Raises `InvalidMany` when there are too many."""
        self._every.append(fault)
        if len(self._every) >= MOST_PROBLEMS:
            words = _("Reading stopped here: too many lines or problems.")
            self._every.append(Fault("too_much", words, fault.line, file=fault.file))
            self.refuse()

    def refuse(self) -> None:
        """Raises `InvalidMany` when there is one."""
        if self._every:
            raise InvalidMany(self._every)


class Reading:
    """One file being read. *unsaid* is whole once `lines` has ended: columns it may have and has not."""

    def __init__(self, table: Table, source: Source, asked: Asked | None = None) -> None:
        self.unsaid = frozenset(MORE[table])
        self._table, self._source, self._asked = table, source, asked or Asked()
        self._problems = Problems()
        self._count = 0

    def lines(self) -> Iterator[Line]:
        """Each line. Raises `InvalidMany` at the end, each error a `Fault`: then nothing of the file may be used."""
        try:
            for sheet in tables_of(self._source, self._asked.encoding):
                yield from self._sheet(sheet)
        except Unreadable as error:
            one = error.problem
            name = self._inner(one.file)
            self._problems.add(Fault("unreadable", one.reason, max(one.line, 1), file=name))
        if not self._count and not self._problems:
            words = _("The file has no lines below its header.")
            self._problems.add(Fault("empty", words, 1))
        self._problems.refuse()

    def _sheet(self, sheet: Sheet) -> Iterator[Line]:
        needed = [name for name, _kind in COLUMNS[self._table]]
        if sheet.encoding == WORKBOOK and not sheet.head[""]:
            return  # A sheet that nobody wrote on.
        head = nearest_head(sheet, needed, (*needed, *MORE[self._table]))
        file = self._inner(sheet.file)
        wrong = _header_faults(self._table, head, file)
        for fault in wrong:
            self._problems.add(fault)
        if wrong:
            return
        names = [folded(name) for name in head.header]
        self.unsaid &= frozenset(MORE[self._table]) - set(names)
        rows = (row for row in sheet.rows(head.delimiter) if row[0] > head.line)
        first = list(islice(rows, PEEK))
        style = self._asked.numbers or style_of(
            self._table, (dict(zip(names, cells, strict=False)) for _line, cells in first)
        )
        for number, cells in chain(first, rows):
            if self._count >= MOST_LINES:
                words = _("Reading stopped here: too many lines or problems.")
                self._problems.add(Fault("too_much", words, number, file=file))
                return
            # A cell more, though the last are empty, is a decimal comma without quotes: all behind it would be read wrong.
            is_wider = len(cells) not in {head.width, len(names)} and len(cells) > len(names)
            is_open = sheet.encoding == WORKBOOK
            said = None if is_wider else fitted(cells, len(names), is_open=is_open)
            if said is None:
                why = not_fitting(cells, len(names))
                self._problems.add(Fault("columns", why, number, file=file))
                continue
            row = self._row((number, said), names, style, file)
            if row is not None:
                self._count += 1
                yield Line(number, row, file)

    def _row(self, row: Cells, names: Sequence[str], style: Numbers, file: str) -> Row | None:
        number, cells = row
        said = dict(zip(names, cells, strict=True))
        try:
            return row_from(self._table, spelled(self._table, said, style))
        except InvalidMany as found:
            faults = found.errors
        except Invalid as found:
            faults = (found,)
        for one in faults:
            value = said.get(one.field, "").strip()[:SHOWN]
            reason = one.reason if isinstance(one, WrongCell) else one.message
            self._problems.add(Fault(one.code, reason, number, one.field, value, file))
        return None

    def _inner(self, file: str) -> str:
        """Which file of an archive or sheet of a workbook; empty for the file itself."""
        return "" if file == self._source.name else file


def _header_faults(table: Table, head: Head, file: str) -> list[Fault]:
    needed = [name for name, _kind in COLUMNS[table]]
    possible = [*needed, *MORE[table]]
    missing = [name for name in needed if head.counts[name] != 1]
    others = [
        name
        for name, count in head.counts.items()
        if name not in possible or (name not in needed and count > 1)
    ]
    twice = _("This column is missing or there twice.")
    if not head.header:
        twice = _("No header with this column is among the first %(most)d rows.", most=HEAD_ROWS)
    unknown = _(
        "No such column, or it is there twice. Possible: %(names)s.", names=", ".join(possible)
    )
    return [Fault("column_missing", twice, head.line, name, file=file) for name in missing] + [
        Fault("column_unknown", unknown, head.line, name, file=file) for name in others
    ]
