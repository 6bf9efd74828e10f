"""What is said of a file while it is read: problems that stop it, notes that do not, sums of its lines."""

from __future__ import annotations

from dataclasses import replace

from app.kernel.reading.faults import Problem
from app.kernel.reading.numbers import NoNumber, number
from app.kernel.reading.styles import Numbers
from app.kernel.words import words as _
from app.statements.rules.lines import Note
from app.statements.rules.totals import Stated, Sums

MOST_PROBLEMS = 200
"""Then reading stops; the last one says so."""
SHOWN = 200
"""Characters of a value that a problem or note keeps."""


class Enough(Exception):
    """There is no use in reading on."""


class Report:
    """Collects; whole once the reading has ended."""

    def __init__(self) -> None:
        self.sums = Sums()
        self.problems: list[Problem] = []
        self._notes: dict[tuple[str, str, str], Note] = {}

    @property
    def notes(self) -> tuple[Note, ...]:
        """In the order in which they were first met."""
        return tuple(self._notes.values())

    def problem(self, file: str, line: int, reason: str, column: str = "", value: str = "") -> None:
        """Remember it; too many end the reading by Enough."""
        self.add(Problem(file, line, column, value[:SHOWN], reason))

    def add(self, problem: Problem) -> None:
        """As `problem`."""
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            more = _("Reading stopped here: there are too many problems.")
            self.problems.append(Problem(problem.file, problem.line, "", "", more))
            raise Enough

    def note(
        self, code: str, file: str, line: int, value: str = "", values: dict[str, str] | None = None
    ) -> None:
        """Remember it once, with how often it was met. *code* and *values*: see `noted`."""
        key = (code, file, value)
        there = self._notes.get(key)
        if there is not None:
            self._notes[key] = replace(there, count=there.count + 1)
        elif len(self._notes) < MOST_PROBLEMS:
            self._notes[key] = Note(code, file, line, value[:SHOWN], values or {}, 1)

    def state(self, stated: Stated, text: str, style: Numbers) -> None:
        """A total that the file states as *text*; the amount of *stated* is filled from it."""
        try:
            amount = number(text.strip(), style, stated.currency)
        except NoNumber as error:
            self.problem(stated.file, stated.line, error.reason, value=text)
            return
        self.sums.stated.append(replace(stated, amount=amount))
