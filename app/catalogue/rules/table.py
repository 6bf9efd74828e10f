"""The import file: one line a recording on a release, as distributors export it; the whole file or nothing.

Columns (UTF-8, comma, header line): artist_code, artist, and as far as known other_names (parted by |),
holder_email, upc, release_title, release_kind, released_on, label, stores (parted by |), position,
recording_title, version, isrc, seconds, work_title, iswc. The same artist, release or recording on
several lines must say the same everywhere. Problems name line and column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.identifiers import Isrc, Iswc, Upc
from app.kernel.text import clean_text
from app.kernel.words import words as _

NEEDED = ("artist_code", "artist", "upc", "release_title", "recording_title", "isrc")
COLUMNS = (
    *NEEDED, "other_names", "holder_email", "release_kind", "released_on", "label", "stores", "position",
    "version", "seconds", "work_title", "iswc",
)  # fmt: skip
KINDS = ("single", "ep", "full_length", "compilation")
MOST_LINES = 200_000
MOST_PROBLEMS = 50
LONGEST = 300
SAME_EVERYWHERE = {
    "artist_code": ("artist", "other_names", "holder_email"),
    "upc": ("artist_code", "release_title", "release_kind", "released_on", "label", "stores"),
    "isrc": ("recording_title", "version", "seconds", "work_title", "iswc"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One checked line; identifiers canonical, absent things empty or None."""

    artist_code: str
    artist: str
    other_names: tuple[str, ...]
    holder_email: str
    upc: str
    release_title: str
    release_kind: str
    released_on: date | None
    label: str
    stores: tuple[str, ...]
    position: int
    recording_title: str
    version: str
    isrc: str
    seconds: int | None
    work_title: str
    iswc: str | None


def read_table(content: bytes) -> tuple[Line, ...]:
    """Every line of the file. Raises `InvalidMany` with all problems, each field `line 12, upc`."""
    rows = csv.DictReader(io.StringIO(_text(content)))
    _require_columns(rows.fieldnames or ())
    problems: list[Invalid] = []
    lines: list[Line] = []
    said: dict[tuple[str, str], tuple[int, dict[str, str]]] = {}
    for number, row in enumerate(rows, start=2):
        if len(problems) >= MOST_PROBLEMS or number > MOST_LINES:
            problems.append(
                _at(
                    number,
                    "file",
                    "too_much",
                    _("Reading stopped here: too many lines or problems."),
                )
            )
            break
        found, wrong = _line(number, row)
        problems += wrong
        if found is not None:
            lines.append(found)
            problems += _disagreements(number, row, said)
    if not lines and not problems:
        problems.append(_at(1, "file", "empty", _("The file has no lines below its header.")))
    if problems:
        raise InvalidMany(problems)
    return tuple(lines)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _at(
            line, "file", "encoding", _("This is not UTF-8. Save the file as UTF-8.")
        ) from error


def _require_columns(names: Iterable[str]) -> None:
    given = list(names)
    problems = [
        _at(1, name, "column_missing", _("This column is missing."))
        for name in NEEDED
        if name not in given
    ] + [
        _at(
            1,
            name,
            "column_unknown",
            _("No such column. Possible: %(names)s.", names=", ".join(COLUMNS)),
        )
        for name in given
        if name not in COLUMNS
    ]
    if problems:
        raise InvalidMany(problems)


def _at(line: int, column: str, code: str, message: str) -> Invalid:
    return Invalid(f"line {line}, {column}", code, message)


def _line(number: int, row: dict[str, str]) -> tuple[Line | None, list[Invalid]]:
    """The line, or what is wrong with each of its columns."""
    values: dict[str, object] = {}
    wrong = []
    if None in row or None in row.values():
        return None, [
            _at(
                number, "file", "columns", _("This line has more or fewer columns than the header.")
            )
        ]
    for column in COLUMNS:
        try:
            values[column] = _READERS.get(column, _words)(column, row.get(column, ""))
        except Invalid as error:
            wrong.append(_at(number, column, error.code, error.message))
    return (None if wrong else Line(**values)), wrong  # type: ignore[arg-type]


def _words(column: str, text: str) -> str:
    return clean_text(
        text, field=column, max_length=LONGEST, required=column in NEEDED, multiline=False
    )


def _many(column: str, text: str) -> tuple[str, ...]:
    parts = (_words(column, part) for part in text.split("|"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _kind(column: str, text: str) -> str:
    kind = _words(column, text) or "single"
    if kind not in KINDS:
        raise Invalid(column, "kind", _("One of: %(kinds)s.", kinds=", ".join(KINDS)))
    return kind


def _day(column: str, text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Invalid(column, "date", _("Write the date as year-month-day.")) from error
    if day and not 1900 <= day.year <= 2100:
        raise Invalid(column, "date", _("The year must lie between 1900 and 2100."))
    return day


def _number(most: int) -> Callable[[str, str], int | None]:
    def read(column: str, text: str) -> int | None:
        plain = text.strip()
        if not plain:
            return None
        if not (plain.isascii() and plain.isdigit() and 1 <= int(plain[:9]) <= most):
            raise Invalid(column, "number", _("A whole number from 1 to %(most)d.", most=most))
        return int(plain)

    return read


def _position(column: str, text: str) -> int:
    return _number(999)(column, text) or 1


def _identified(kind: type[Isrc | Iswc | Upc]) -> Callable[[str, str], str | None]:
    def read(column: str, text: str) -> str | None:
        plain = _words(column, text)
        return str(kind.parse(plain)) if plain else None

    return read


_READERS: dict[str, Callable[[str, str], object]] = {
    "other_names": _many, "stores": _many, "release_kind": _kind, "released_on": _day, "position": _position,
    "seconds": _number(86_400), "upc": _identified(Upc), "isrc": _identified(Isrc), "iswc": _identified(Iswc),
}  # fmt: skip


def _disagreements(
    number: int, row: dict[str, str], said: dict[tuple[str, str], tuple[int, dict[str, str]]]
) -> list[Invalid]:
    """Columns in which this line contradicts an earlier one about the same thing."""
    problems = []
    for key, columns in SAME_EVERYWHERE.items():
        own = {column: (row.get(column) or "").strip() for column in columns}
        first, before = said.setdefault((key, row[key].strip()), (number, own))
        problems += [
            _at(
                number,
                column,
                "disagrees",
                _(
                    "Line %(line)d says something else for the same %(thing)s.",
                    line=first,
                    thing=key,
                ),
            )
            for column in columns
            if before[column] != own[column]
        ]
    return problems
