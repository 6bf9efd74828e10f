"""One row of a recognised table → a line, or what is wrong with each of its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b

from app.kernel.errors import Invalid
from app.kernel.identifiers import Identifier, Isrc, Upc
from app.kernel.money import CURRENCIES
from app.kernel.reading.faults import Problem
from app.kernel.reading.headers import folded
from app.kernel.reading.months import NoMonth, months
from app.kernel.reading.numbers import NoNumber, mark_of, number
from app.kernel.reading.styles import Days, Numbers
from app.kernel.words import words as _
from app.statements.rules.lines import Kind, Line
from app.statements.rules.occurrences import Occurrences
from app.statements.rules.places import territory
from app.statements.rules.profile import Chosen, Column, Joined, Profile
from app.statements.rules.recognising import names_in

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
"""As most files write it: the short way for five million lines."""
MASK = "•••"
"""Stands where a person's data stood."""
RENAMED_CURRENCIES = {"RUR": "RUB", "BYR": "BYN"}
TEXTS = ("store", "artist", "title", "release", "label", "usage")

Cells = list[str]
Getter = Callable[[Cells], str]


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for every row of a table. *month*: statement month where no column says it, or a person did."""

    file: str
    profile: Profile
    header: tuple[str, ...]
    numbers: Numbers
    days: Days
    month: str
    known: dict[str, str]
    kind: Kind = Kind.SALE
    asked_month: bool = False


class Wrong(Exception):
    """The row is no line; *problems* say why, column by column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = problems


class RowReader:
    """Reads the rows of one table; remembers which were identical."""

    def __init__(self, setting: Setting, occurrences: Occurrences) -> None:
        self._setting = setting
        profile = setting.profile
        self._seen = occurrences
        self._numbers = setting.numbers
        self._at = {
            folded(name): place for place, name in reversed(list(enumerate(setting.header)))
        }
        self._fields = {name: self._getter(name) for name in (
            "native_id", "statement", "sale", "sale_until", "original", "territory", "isrc", "upc", "units",
            "amount", "currency", "payee", *TEXTS,
        )}  # fmt: skip
        self._personal = [place for name, place in self._at.items() if _is_personal(name, profile)]
        self._kind_of = self._column(setting.profile.kinds[0]) if setting.profile.kinds else None
        self._has_sale = self._stands("sale")
        self._has_statement = self._stands("statement") and not setting.asked_month
        self.has_skips = bool(setting.profile.skips)
        self.has_relations = bool(setting.profile.relations)
        self.has_statement_month = bool(setting.month) or self._has_statement

    def line(self, row: int, cells: Cells) -> Line:
        """The line in *cells*, as many as the header has. Raises Wrong."""
        for place in self._personal:
            cells[place] = MASK if cells[place] else ""
        problems: list[Problem] = []
        get = self._fields
        currency = self._currency(row, get["currency"](cells), problems)
        amount_text = get["amount"](cells)
        amount = self._number(row, "amount", amount_text, currency, problems)
        units = self._number(row, "units", get["units"](cells), "", problems)
        statement, sale, until, original = self._months(row, cells, problems)
        payee = self._payee(row, get["payee"](cells), problems)
        if problems:
            raise Wrong(problems)
        place_text, isrc_text, upc_text = (
            get["territory"](cells),
            get["isrc"](cells),
            get["upc"](cells),
        )
        native = get["native_id"](cells).strip()
        key = _key(native, cells)
        texts = [get[name](cells).strip() for name in TEXTS]
        return Line(
            self._setting.file, row, self._setting.profile.id, key, self._seen.add(key), native,
            self._kind(cells, original), statement, sale, until, original, texts[0], territory(place_text)[0],
            place_text.strip(), _identified(Isrc, isrc_text), isrc_text, _identified(Upc, upc_text), upc_text,
            texts[1], texts[2], texts[3], texts[4], texts[5], units, amount or Decimal(0), amount_text, currency,
            payee, tuple(cells),
        )  # fmt: skip

    def number_texts(self, cells: Cells) -> list[str]:
        """What its number columns say, for deciding the decimal mark."""
        return [text for name in ("amount", "units") if (text := self._fields[name](cells).strip())]

    def names_something(self, cells: Cells) -> bool:
        """True when the row is about a recording, release or store: then `Total` is a name in it."""
        names = ("isrc", "upc", "store", "title", "sale")
        return any(self._fields[name](cells).strip() for name in names)

    def stated(self, cells: Cells) -> tuple[str, str]:
        """(amount, currency) of a row of totals, as written."""
        return self._fields["amount"](cells), self._fields["currency"](cells).strip().upper()

    def skipped(self, cells: Cells) -> str:
        """Why the row is no line of earnings, else empty."""
        for skip in self._setting.profile.skips:
            if skip.column and folded(self._column(skip.column)(cells)) in skip.values:
                return skip.why
            if skip.blank and not any(self._column(name)(cells).strip() for name in skip.blank):
                return skip.why
        return ""

    def relation_fault(self, line: Line) -> str:
        """A product of columns that does not give the column that shows it: its name, else empty."""
        cells = list(line.cells)
        for relation in self._setting.profile.relations:
            try:
                shown = number(self._column(relation.result)(cells), self._numbers, line.currency)
                product = Decimal(1)
                for name in relation.factors:
                    text = self._column(name)(cells).rstrip("% ")
                    factor = number(text, self._numbers, line.currency)
                    product *= factor / 100 if name in relation.percent else factor
            except NoNumber:
                continue
            if abs(shown - product) > max(abs(shown) * Decimal("0.001"), Decimal("0.000001")):
                return relation.result
        return ""

    def _months(self, row: int, cells: Cells, problems: list[Problem]) -> tuple[str, str, str, str]:
        """(statement month, first and last month of use, month of the statement that is restated)."""
        get, month = self._fields, self._setting.month
        statement = month
        if self._has_statement:
            statement = self._month(row, "statement", get["statement"](cells), problems)[1]
        first, last = statement, statement
        if self._has_sale:
            first, last = self._month(row, "sale", get["sale"](cells), problems)
            if until := get["sale_until"](cells):
                last = self._month(row, "sale_until", until, problems)[1]
        original = get["original"](cells).strip()
        if original:
            original = self._month(row, "original", original, problems)[1]
        return statement, first, last, "" if original == statement else original

    def _month(self, row: int, field: str, text: str, problems: list[Problem]) -> tuple[str, str]:
        try:
            return months(text, self._setting.days)
        except NoMonth as error:
            problems.append(self._problem(row, field, text, error.reason))
            return "", ""

    def _number(
        self, row: int, field: str, text: str, currency: str, problems: list[Problem]
    ) -> Decimal | None:
        if not text.strip() and (field == "units" or self._setting.profile.blank_amount):
            return None
        if self._numbers is Numbers.EITHER:
            self._numbers = mark_of(text)
        try:
            return number(text.strip() if type(text) is str else text, self._numbers, currency)
        except NoNumber as error:
            problems.append(self._problem(row, field, text, error.reason))
            return None

    def _currency(self, row: int, text: str, problems: list[Problem]) -> str:
        code = text.strip().upper()
        code = RENAMED_CURRENCIES.get(code, code)
        if code not in CURRENCIES:
            reason = _("This is no currency of ISO 4217, like EUR.")
            if not self._stands("currency"):
                reason = _("Nothing in this file says its currency. Say which it is.")
            problems.append(self._problem(row, "currency", text, reason))
        return code

    def _payee(self, row: int, text: str, problems: list[Problem]) -> str:
        code = text.strip()
        if not code and self._stands("payee"):
            reason = _("Say who was paid: the code of the payee.")
            problems.append(self._problem(row, "payee", text, reason))
        return code

    def _kind(self, cells: Cells, original: str) -> Kind:
        if original:
            return Kind.RESTATED
        if self._kind_of is not None and self._setting.profile.kinds:
            said = folded(self._kind_of(cells))
            found = self._setting.profile.kinds[1].get(said)
            found = found or (self._setting.profile.kinds[1].get("*") if said else None)
            return found or self._setting.kind
        return self._setting.kind

    def _problem(self, row: int, field: str, text: str, reason: str) -> Problem:
        column = self._setting.profile.columns.get(field, field)
        name = column if isinstance(column, str) else field
        return Problem(self._setting.file, row, name, text[:200], reason)

    def _stands(self, field: str) -> bool:
        """True when the table has a column for *field*."""
        column = self._setting.profile.columns.get(field)
        return column is not None and any(folded(name) in self._at for name in names_in(column))

    def _getter(self, field: str) -> Getter:
        profile = self._setting.profile
        column = profile.columns.get(field)
        if column is None or not self._stands(field):
            value = profile.fixed.get(field, self._setting.known.get(field, ""))
            return lambda _cells: value
        return self._reader(column)

    def _reader(self, column: Column) -> Getter:
        if isinstance(column, str):
            return self._column(column)
        if isinstance(column, Chosen):
            by, read = (
                self._column(column.by),
                {folded(value): self._column(name) for value, name in column.columns.items()},
            )
            return lambda cells: read.get(folded(by(cells)), _nothing)(cells)
        if isinstance(column, Joined):
            parts = [self._column(name) for name in column.columns]
            return lambda cells: column.mark.join(read(cells).strip() for read in parts)
        readers = [self._column(name) for name in column]
        return lambda cells: next((text for read in readers if (text := read(cells)).strip()), "")

    def _column(self, name: str) -> Getter:
        place = self._at.get(folded(name))
        return _nothing if place is None else lambda cells: cells[place]


def _is_personal(name: str, profile: Profile) -> bool:
    return any(
        name.startswith(folded(mark[:-1])) if mark.endswith("*") else name == folded(mark)
        for mark in profile.personal
    )


def _nothing(cells: Cells) -> str:
    del cells
    return ""


def _key(native: str, cells: Cells) -> bytes:
    said = f"id\x1f{native}" if native else "\x1f".join(cells)
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@lru_cache(maxsize=65536)
def _identified(kind: type[Identifier], text: str) -> str:
    """The canonical form, or empty: such a line is matched by a person, never by a guess."""
    if not text.strip():
        return ""
    if kind is Isrc and _ISRC.fullmatch(text):
        return text
    try:
        return str(kind.parse(text))
    except Invalid:
        return ""


def month_of_name(pattern: str, name: str) -> str:
    """The month that the file's name says, by the format's *pattern*; else empty."""
    found = re.search(pattern, name, re.IGNORECASE) if pattern else None
    if found is None:
        return ""
    groups = found.groupdict()
    try:
        year = groups["year"]
        return months(f"{'20' + year if len(year) == 2 else year}-{groups['month']}")[1]
    except NoMonth:
        return ""
