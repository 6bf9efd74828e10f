"""Reading a whole file: tables recognised, rows read in their order, totals compared, all of it or nothing.

`Reading.lines()` streams; only when it has ended without a problem may anything of it be used (I18).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.kernel.reading.faults import Problem, Unreadable
from app.kernel.reading.headers import folded
from app.kernel.reading.months import NoMonth, months
from app.kernel.reading.sources import Source
from app.kernel.reading.styles import Days, Numbers
from app.kernel.reading.tables import Row, Table, tables_of
from app.kernel.words import words as _
from app.statements.rules.lines import Kind, Line, Note
from app.statements.rules.occurrences import Occurrences
from app.statements.rules.profile import Profile
from app.statements.rules.recognising import Match, Near, recognised
from app.statements.rules.report import Enough, Report
from app.statements.rules.rows import Setting, month_of_name
from app.statements.rules.table_reading import TableReading
from app.statements.rules.totals import Sums, reason_values

NOTHING = ("no earning activity", "no sales activity", "nothing to report")
"""Sentences with which a statement says that nothing was earned."""
EVERY = 5000
"""Lines between two words about how far the reading is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says of a file. Empty: the format says it, or the reading asks.

    format: id or name of a profile. month: the statement month, `2026-03`; currency: of
    the amounts where no column says it. totals_reason: why totals may differ.
    """

    format: str = ""
    encoding: str = ""
    month: str = ""
    currency: str = ""
    numbers: Numbers | None = None
    days: Days = Days.NONE
    totals_reason: str = ""


class Reading:
    """One file being read. Sums, problems, notes and formats are whole once `lines` has ended."""

    def __init__(
        self, source: Source, profiles: Sequence[Profile], asked: Asked | None = None
    ) -> None:
        self.asked = asked or Asked()
        self.formats: list[str] = []
        self._source = source
        self._profiles = [
            one for one in profiles if self.asked.format in {"", one.id, one.name} or one.totals
        ]
        self._report = Report()
        self._seen = Occurrences()
        self._left_out: list[Table] = []
        self._says_nothing = False
        self._has_unknown = False

    @property
    def problems(self) -> list[Problem]:
        """Why nothing of the file may be used; empty: all of it may."""
        return self._report.problems

    @property
    def is_unknown(self) -> bool:
        """True when it has tables, and no format is one of them."""
        return self._has_unknown and not self.formats

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a person should know of a file that may be used."""
        return self._report.notes

    @property
    def sums(self) -> Sums:
        """Of the lines so far."""
        return self._report.sums

    def lines(self, every: Callable[[int], None] | None = None) -> Iterator[Line]:
        """Each line in the order of the file. *every*: called now and then with the lines so far."""
        sums = self._report.sums
        try:
            for table in tables_of(self._source, self.asked.encoding):
                for line in self._table(table):
                    sums.add(line)
                    if every and not sums.lines % EVERY:
                        every(sums.lines)
                    yield line
            self._seen = Occurrences()  # Its memory is wanted by who works on.
            self._close()
        except Enough:
            pass
        except Unreadable as error:
            self.problems.append(error.problem)

    def _table(self, table: Table) -> Iterator[Line]:
        match = recognised(table, self._profiles)
        if isinstance(match, Near):
            self._unknown(table, match)
            return
        for name in match.twice:
            self._report.problem(table.file, match.line, _("Two columns have this name."), name)
        if match.twice:
            return
        self.formats.append(match.profile.id)

        def setting(numbers: Numbers) -> Setting:
            return self._setting(table, match, numbers)

        reading = TableReading(self._report, table, match, setting, self._seen)
        if match.profile.totals:
            reading.stated_totals()
            return
        if table.aside and self.sums.lines:
            self._report.note("aside", table.file, 0)
            return
        if match.more:
            self._report.note("columns", table.file, match.line, ", ".join(match.more))
        yield from reading.lines(self.asked.numbers)

    def _unknown(self, table: Table, near: Near) -> None:
        rows = next(iter(table.head.values()), ())
        said = " ".join(cell for _line, cells in rows for cell in cells)
        if len(rows) <= 3 and any(sentence in said.casefold() for sentence in NOTHING):
            self._says_nothing = True
            self._report.note("nothing", table.file, 1, said)
        elif near.profile is None:
            self._has_unknown = True
            self._left_out.append(table)
        else:
            self._has_unknown = True
            title = near.profile.title
            for name in near.missing:
                self._report.problem(
                    table.file,
                    near.line,
                    _("This column is missing. The table looks like %(format)s.", format=title),
                    name,
                )

    def _setting(self, table: Table, match: Match, numbers: Numbers) -> Setting:
        profile = match.profile
        known = {"currency": self.asked.currency} | _labelled(match.above, profile)
        days = self.asked.days or profile.days
        month = self.asked.month or month_of_name(profile.file_month, self._source.name)
        if not month and (label := known.get("statement", "")):
            try:
                month = months(label, days)[1]
            except NoMonth as error:
                line = match.above[0][0]
                self._report.problem(table.file, line, error.reason, "statement month", label)
        is_run = bool(profile.correction) and profile.correction in folded(self._source.name)
        kind = Kind.CORRECTION if is_run else Kind.SALE
        return Setting(
            table.file, profile, match.header, numbers, days, month, known, kind, bool(self.asked.month)
        )  # fmt: skip

    def _close(self) -> None:
        """What can be said only when every table was read."""
        report, lines = self._report, self.sums.lines
        for table in self._left_out:
            if lines:
                report.note("left_out", table.file, 0)
            else:
                report.problem(
                    table.file,
                    0,
                    _("This is none of the known formats. Say what its columns mean."),
                )
        if not lines and not self.problems and not self._says_nothing:
            report.problem(self._source.name, 0, _("There are no lines below the header."))
        for problem in self.sums.problems():
            if self.asked.totals_reason:
                said = reason_values(problem)
                code = "totals" if "sum" in said else "totals_none"
                report.note(code, problem.file, problem.line, problem.value, said)
            else:
                report.add(problem)


def read_whole(
    source: Source, profiles: Sequence[Profile], asked: Asked | None = None
) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    """Every line, or no line and every problem. For files that fit into memory."""
    reading = Reading(source, profiles, asked)
    lines = tuple(reading.lines())
    problems = tuple(reading.problems)
    return (() if problems else lines), problems


def _labelled(above: Sequence[Row], profile: Profile) -> dict[str, str]:
    """What the rows above the header say: `label, value` in one row, or labels in one and values in the next."""
    said: dict[str, str] = {}
    for place, (_line, cells) in enumerate(above):
        below = above[place + 1][1] if place + 1 < len(above) else []
        for at, cell in enumerate(cells):
            beside = cells[1] if len(cells) == 2 and at == 0 else ""
            value = beside or (below[at] if at < len(below) else "")
            said.setdefault(folded(cell).rstrip(":"), value)
    return {
        field: said[folded(label)]
        for field, label in profile.preamble.items()
        if said.get(folded(label))
    }
