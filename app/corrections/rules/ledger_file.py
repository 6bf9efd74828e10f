"""A ledger's file of postings: CSV, a header that is recognised, every row right, or the whole file is refused.

Two layouts, known by their headers: the columns of our neutral file, and reference, amount, currency, posted day
under the names that ledgers use. Source: docs/exports.md, "Reconciliation".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.corrections.rules.reconciling import Posted
from app.kernel.errors import Invalid, InvalidMany
from app.kernel.money import exponent_of
from app.kernel.words import words as _

MOST_BYTES = 16 * 1024 * 1024
MOST_LINES = 100_000
MOST_PROBLEMS = 50
LONGEST_REFERENCE = 200
COLUMNS: dict[str, tuple[str, ...]] = {
    "reference": ("correction_id", "correction", "correction_number", "reference", "journal_no", "journalno", "external_id"),
    "amount": ("gross_correction", "amount"),
    "currency": ("currency",),
    "posted": ("posting_date", "posted", "posted_date", "posted_on", "journal_date", "journaldate", "date"),
}  # fmt: skip
"""By what it is: the names of a column, folded; where a file has several of one kind the first here counts."""
_LONGEST_HEADER = 10_000
_SEPARATORS = ",;\t"
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,4})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class _Layout:
    separator: str
    width: int
    places: dict[str, int]


def read_postings(content: bytes) -> tuple[Posted, ...]:
    """Every line in its order. Raises `Invalid` or `InvalidMany`, each field the line where it is, `line 12`; the header is 1."""
    if len(content) > MOST_BYTES:
        raise Invalid("file", "too_large", _("The file is larger than 16 MB. Split it by day."))
    text = _text(content)
    layout = _layout(text.partition("\n")[0].rstrip("\r")[:_LONGEST_HEADER])
    problems: list[Invalid] = []
    found: list[Posted] = []
    for number, cells in _rows(text, layout.separator):
        if len(problems) >= MOST_PROBLEMS or len(found) >= MOST_LINES:
            problems.append(
                _at(number, "too_much", _("Reading stopped here: too many lines or problems."))
            )
            break
        try:
            found.append(_posted(number, cells, layout))
        except Invalid as error:
            problems.append(error)
    if not found and not problems:
        problems.append(Invalid("file", "empty", _("The file has no lines below its header.")))
    if len(problems) > 1:
        raise InvalidMany(problems)
    if problems:
        raise problems[0]
    return tuple(found)


def _text(content: bytes) -> str:
    try:
        text = content.decode(
            "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        )
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        raise _at(
            number, "encoding", _("This is not UTF-8. Save the file as CSV in UTF-8.")
        ) from error
    if "\0" in text:
        number = text[: text.index("\0")].count("\n") + 1
        raise _at(number, "encoding", _("This is not UTF-8. Save the file as CSV in UTF-8."))
    return text


def _layout(header: str) -> _Layout:
    """The separator with which the header says the most. Raises Invalid naming what is missing."""
    layouts = [_with(header, separator) for separator in _SEPARATORS]
    best = max(layouts, key=lambda one: len(one.places))
    missing = [name for name in COLUMNS if name not in best.places]
    if missing:
        words = _("The first line has no column for: %(missing)s. Known names are listed below.",
                  missing=", ".join(missing))  # fmt: skip
        raise Invalid("line 1", "columns", words)
    return best


def _with(header: str, separator: str) -> _Layout:
    names = [_folded(name) for name in next(csv.reader([header], delimiter=separator), [])]
    places = {}
    for kind, known in COLUMNS.items():
        said = next((name for name in known if name in names), None)
        if said is not None:
            if names.count(said) > 1:
                words = _("The column “%(name)s” stands twice in the first line.", name=said)
                raise Invalid("line 1", "twice", words)
            places[kind] = names.index(said)
    return _Layout(separator, len(names), places)


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]+", "_", name.strip().lstrip("*").lower()).strip("_")


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(line where it begins, cells) of every row below the header that is not blank."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if begins > 1 and any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        words = _(
            "A quotation mark opens or closes in the wrong place, in the row that begins here."
        )
        raise _at(begins, "quotes", words) from error


def _posted(number: int, cells: Sequence[str], layout: _Layout) -> Posted:
    if len(cells) != layout.width:
        words = _("This row has %(found)s cells and the first line %(wanted)s.",
                  found=len(cells), wanted=layout.width)  # fmt: skip
        raise _at(number, "width", words)
    reference, amount, currency, day = (
        cells[layout.places[kind]].strip().removeprefix("'") for kind in COLUMNS
    )
    if not reference or len(reference) > LONGEST_REFERENCE:
        raise _at(
            number, "reference", _("Enter a correction or its number, of up to 200 characters.")
        )
    try:
        exponent = exponent_of(currency.upper())
    except Invalid as error:
        raise _at(number, "currency", error.message) from error
    return Posted(
        number, reference, _minor(number, amount, exponent), currency.upper(), _day(number, day)
    )


def _minor(number: int, amount: str, exponent: int) -> int:
    minor = Decimal(amount).scaleb(exponent) if _AMOUNT.fullmatch(amount) else None
    if minor is None or minor != minor.to_integral_value():
        words = _("“%(amount)s” is no amount such as -1205.50: digits, a point, no separators.",
                  amount=amount[:40])  # fmt: skip
        raise _at(number, "amount", words)
    return int(minor)


def _day(number: int, text: str) -> date:
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        words = _("“%(day)s” is no day such as 2026-11-30.", day=text[:40])
        raise _at(number, "day", words) from error


def _at(number: int, code: str, message: str) -> Invalid:
    return Invalid(f"line {number}", code, message)
