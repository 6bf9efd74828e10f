"""A file on disk → its lines as Parquet in a working folder, or every problem and nothing."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.reading.faults import Problem
from app.kernel.reading.sources import Source
from app.statements.formats import PROFILES
from app.statements.formats.parquet import LineStore, Written
from app.statements.rules.lines import Line, Note
from app.statements.rules.profile import Profile
from app.statements.rules.reading import Asked, Reading

PERSONAL = frozenset(profile.id for profile in PROFILES if profile.personal)
"""Formats of which the file itself is not kept, but its lines without personal data."""
Progress = Callable[[int, int], None]
"""Told (lines so far, bytes read of the file as it lies there)."""


class BadStatement(InvalidMany):
    """Nothing of a file may be used; *problems* say why. *can_map*: a person may say what its columns mean."""

    def __init__(self, problems: tuple[Problem, ...], *, can_map: bool = False) -> None:
        super().__init__([
            Invalid(_place(one), "statement", f"{one.reason} {f'“{one.value}”' if one.value else ''}".strip())
            for one in problems
        ])  # fmt: skip
        self.problems = problems
        self.can_map = can_map


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read without a problem. *kept*: what is to be kept of it; *folder*: where the parts lie."""

    name: str
    sha256: str
    kept: Path
    masked: bool
    formats: tuple[str, ...]
    line_count: int
    parts: tuple[Written, ...]
    notes: tuple[Note, ...]
    asked: Asked


def prepare(
    path: Path,
    folder: Path,
    asked: Asked | None = None,
    progress: Progress | None = None,
    own: tuple[Profile, ...] = (),
) -> Prepared:
    """Read the whole of *path*; *folder*: an empty one, removed by the caller. *own*: formats that the house made.

    Raises `BadStatement`.
    """
    watched = _Watched(path)
    reading = Reading(Source(path.name, watched.open), (*PROFILES, *own), asked)

    def every(lines: int) -> None:
        if progress:
            progress(lines, watched.place())

    personal = PERSONAL | {profile.id for profile in own if profile.personal}
    masked = folder / "masked.csv"
    with LineStore(folder) as store, masked.open("w", encoding="utf-8", newline="") as kept:
        write = csv.writer(kept, lineterminator="\n").writerow
        for line in reading.lines(every):
            store.add(line)
            if line.format in personal:
                write((line.number, *line.cells))
        if reading.problems:
            made = {profile.id for profile in own}
            can_map = reading.is_unknown or bool(made & set(reading.formats))
            raise BadStatement(tuple(reading.problems), can_map=can_map)
        parts = store.finish() if reading.sums.lines else ()
    is_masked = bool(personal & set(reading.formats))
    return Prepared(
        path.name, sha256_of_file(path), masked if is_masked else path, is_masked, tuple(reading.formats),
        reading.sums.lines, parts, reading.notes, reading.asked,
    )  # fmt: skip


def lines_of(path: Path, asked: Asked | None = None) -> tuple[Reading, Iterator[Line]]:
    """The reading of *path* and its lines, for looking at a file without keeping it."""
    reading = Reading(Source(path.name, lambda: path.open("rb")), PROFILES, asked)
    return reading, reading.lines()


def sha256_of_file(path: Path) -> str:
    """Hash of its bytes, lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Watched:
    """Opens the file and knows how far the newest reading of it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: BinaryIO | None = None

    def open(self) -> BinaryIO:
        self._stream = self._path.open("rb")
        return self._stream

    def place(self) -> int:
        return 0 if self._stream is None or self._stream.closed else self._stream.tell()


def _place(problem: Problem) -> str:
    line = f" line {problem.line}" if problem.line else ""
    column = f", {problem.column}" if problem.column else ""
    return f"{problem.file}{line}{column}"
