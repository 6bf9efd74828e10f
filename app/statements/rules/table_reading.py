"""The rows of one recognised table, in their order: lines, rows that are none, totals, problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import chain

from app.kernel.reading.headers import folded
from app.kernel.reading.numbers import decided
from app.kernel.reading.styles import Numbers
from app.kernel.reading.tables import PEEK, WORKBOOK, Row, Table, fitted, not_fitting
from app.kernel.words import words as _
from app.statements.rules.lines import Line
from app.statements.rules.occurrences import Occurrences
from app.statements.rules.places import territory
from app.statements.rules.recognising import Match
from app.statements.rules.report import Report
from app.statements.rules.rows import RowReader, Setting, Wrong
from app.statements.rules.totals import Stated

TOTAL_WORDS = frozenset(
    "total|totals|grand total|sum|suma total|итого|всего|summe|gesamt|合計".split("|")
)
COUNT_WORDS = frozenset("total_rows|total rows|row count|rows".split("|"))


class TableReading:
    """Reads *table* as *match* says. *setting*: makes what holds for all rows, once the decimal mark is known."""

    def __init__(
        self,
        report: Report,
        table: Table,
        match: Match,
        setting: Callable[[Numbers], Setting],
        seen: Occurrences,
    ) -> None:
        self._report, self._table, self._match = report, table, match
        self._setting_of, self._seen = setting, seen
        self._width = len(match.header)
        self._names = [folded(name) for name in match.header]
        self._footer: list[str] = []
        self._numbers = match.profile.numbers

    def lines(self, asked: Numbers | None) -> Iterator[Line]:
        """Each line; what else stands there goes into the report."""
        rows = rows_below(self._table, self._match)
        self._use(asked or self._match.profile.numbers)
        if self._numbers is Numbers.EITHER:
            style, rows = self._decided(rows)
            self._use(style)
        if not self._has_month():
            return
        for row, cells in rows:
            fitted = self._fitted(row, cells)
            line = self._line(row, fitted) if fitted is not None else None
            if line is not None:
                yield line

    def stated_totals(self) -> None:
        """Take every row as a subtotal of the files beside this one."""
        self._use(Numbers.GROUPED)
        for row, cells in rows_below(self._table, self._match):
            if len(cells) == self._width:
                self._total(row, cells, cells)

    def _use(self, style: Numbers) -> None:
        self._numbers = style
        self._reader = RowReader(self._setting_of(style), self._seen)

    def _has_month(self) -> bool:
        if self._reader.has_statement_month:
            return True
        self._report.problem(
            self._table.file,
            0,
            _("Nothing in this file says its month. Say which it is."),
            "statement month",
        )
        return False

    def _decided(self, rows: Iterator[Row]) -> tuple[Numbers, Iterator[Row]]:
        """The decimal mark as the first rows show it; what it leaves open is refused where it stands."""
        first: list[Row] = []
        texts: list[str] = []
        for row, cells in rows:
            first.append((row, cells))
            if len(cells) == self._width:
                texts += self._reader.number_texts(cells)
            if len(first) >= PEEK:
                break
        return decided(texts), chain(first, rows)

    def _fitted(self, row: int, cells: list[str]) -> list[str] | None:
        """*cells* as many as the header has; None when the row is no line."""
        if self._footer:
            self._summary(row, cells)
            return None
        cells = fitted(cells, self._width, is_open=False) or cells
        if self._is_extra(row, cells):
            return None
        is_open = self._match.profile.ragged or self._table.encoding == WORKBOOK
        found = fitted(cells, self._width, is_open=is_open)
        if found is None:
            reason = not_fitting(cells, self._width)
            self._report.problem(self._table.file, row, reason)
        return found

    def _is_extra(self, row: int, cells: list[str]) -> bool:
        """True for the header said again, the header of a summary, and a row of totals."""
        first = folded(next((cell for cell in cells if cell), ""))
        if first in COUNT_WORDS or first.rstrip(":") in TOTAL_WORDS:
            return self._is_total(row, cells, first)
        footer = self._match.profile.footer
        if first != self._first_name and not (footer and first == folded(footer[0])):
            return False
        names = [folded(cell) for cell in cells]
        if names == self._names:
            self._report.note("header_again", self._table.file, row)
            return True
        if footer and {name for name in names if name} == {folded(name) for name in footer}:
            self._footer = names
            return True
        return False

    @property
    def _first_name(self) -> str:
        return next(name for name in self._names if name)

    def _is_total(self, row: int, cells: list[str], first: str) -> bool:
        filled = [cell for cell in cells if cell.strip()]
        if first in COUNT_WORDS and len(filled) == 2:
            stated = Stated(self._table.file, row, "", "", Decimal(0), is_count=True)
            self._report.state(stated, filled[1], Numbers.GROUPED)
            return True
        if len(cells) == self._width and self._reader.names_something(cells):
            return False
        self._total(row, cells, filled)
        return True

    def _total(self, row: int, cells: list[str], filled: list[str]) -> None:
        amount, currency = filled[-1], ""
        if len(cells) == self._width:
            amount, currency = self._reader.stated(cells)
        stated = Stated(self._table.file, row, currency, "", Decimal(0))
        self._report.state(stated, amount or filled[-1], self._numbers)

    def _summary(self, row: int, cells: list[str]) -> None:
        """A row of the block below the lines: territory, currency and the sum of what is paid."""
        said = dict(zip(self._footer, (cell.strip() for cell in cells), strict=False))
        columns = self._match.profile.columns
        place, currency, amount = (
            said.get(folded(str(columns.get(name, ""))), "")
            for name in ("territory", "currency", "amount")
        )
        if amount and currency:
            stated = Stated(self._table.file, row, currency.upper(), place, Decimal(0))
            self._report.state(stated, amount, self._numbers)

    def _line(self, row: int, cells: list[str]) -> Line | None:
        report, reader, file = self._report, self._reader, self._table.file
        if reader.has_skips and (why := reader.skipped(cells)):
            report.note("skipped", file, row, why)
            return None
        try:
            line = reader.line(row, cells)
        except Wrong as error:
            for problem in error.problems:
                report.add(problem)
            return None
        if line.native_id and line.occurrence > 1:
            report.problem(
                file, row, _("This id stands in an earlier line already."), "id", line.native_id
            )
        if not territory(line.territory_text)[1]:
            report.note("territory", file, row, line.territory_text)
        if reader.has_relations and (name := reader.relation_fault(line)):
            report.note("relation", file, row, name)
        return line


def rows_below(table: Table, match: Match) -> Iterator[Row]:
    """The rows under the header."""
    return ((row, cells) for row, cells in table.rows(match.delimiter) if row > match.line)
