"""What is wrong with a file that was handed in, named so that its owner can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing of a file may be used. *line* 0: the file as a whole; *column* and *value* may be empty.

    *reason* says what is wrong and what to do.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str


class Unreadable(Exception):
    """A file, or the rest of it, cannot be read; carries the one problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem.reason))
        self.problem = problem
