"""What the cells of a row mean. Every cell that is wrong is named; the words say what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.kernel.columns import Kind, fault_of
from app.kernel.errors import Invalid, InvalidMany
from app.kernel.identifiers import Isrc
from app.kernel.money import exponent_of
from app.kernel.period import Period
from app.kernel.territory import CODES, Territory
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.terms.rules.rows import (
    COLUMNS,
    EVERY_RECORDING,
    MORE,
    Balance,
    Deal,
    Payee,
    Rate,
    Row,
    Split,
    Table,
    Withholding,
)

FRACTION_PLACES = 8
RATE_PLACES = 12
LONGEST_NAME = 200
SHOWN = 40
"""Characters of a wrong value that are repeated."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class WrongCell(Invalid):
    """A cell that is none. *reason* says what to write instead; *value*: what stands there, the beginning of it."""

    def __init__(self, field: str, code: str, reason: str, value: str) -> None:
        said = _("%(problem)s It says “%(value)s”.", problem=reason, value=value)
        super().__init__(field, code, said if value else reason)
        self.reason, self.value = reason, value


def row_from(table: Table, cells: Mapping[str, str]) -> Row:
    """The row that *cells* (by column; absent ones are empty) say. Raises `InvalidMany`, one error a wrong cell."""
    values: dict[str, object] = {}
    wrong: list[Invalid] = []
    kinds = dict(COLUMNS[table])
    for name in (*kinds, *MORE[table]):
        text = cells.get(name, "").strip()
        try:
            values[name] = (
                _value(table, kinds[name], name, text) if name in kinds else _MORE[name](text)
            )
        except Invalid as error:
            wrong.append(_naming(error, name, text))
    if not wrong:
        try:
            return _MAKERS[table](values)
        except Invalid as error:
            wrong.append(_naming(error, _LAST[table], cells.get(_LAST[table], "")))
    raise InvalidMany(wrong)


def _naming(error: Invalid, name: str, text: str) -> WrongCell:
    return WrongCell(name, error.code, error.message, text[:SHOWN])


def _value(table: Table, kind: Kind, name: str, text: str) -> object:
    if kind is Kind.ISRC:
        if table is Table.DEALS and text == EVERY_RECORDING:
            return text
        return str(Isrc.parse(text))
    if kind is Kind.NAME:
        return clean_text(text, field=name, max_length=LONGEST_NAME, required=True, multiline=False)
    if fault_of(kind, text):
        raise Invalid(name, f"{kind.value}_shape", _SHAPES[kind])
    return _MEANINGS[kind](text)


def _fraction(text: str) -> Decimal:
    value = Decimal(text)
    if not 0 <= value <= 1:
        raise Invalid("fraction", "fraction_range", _("Write a fraction from 0 to 1."))
    return _placed(value, FRACTION_PLACES)


def _amount(text: str) -> Decimal:
    return _placed(Decimal(text), RATE_PLACES)


def _rate(text: str) -> Decimal:
    value = Decimal(text)
    if value <= 0:
        raise Invalid("rate", "rate_range", _("A rate is greater than 0."))
    return _placed(value, RATE_PLACES)


def _placed(value: Decimal, places: int) -> Decimal:
    """More places are refused, never rounded."""
    if value != round(value, places):
        raise Invalid(
            "number", "places", _("Write at most %(places)d decimal places.", places=places)
        )
    return value


def _month(text: str) -> date | None:
    return Period.of_month(text).start if text else None


def _territory(text: str) -> str:
    if text not in CODES:
        raise Invalid("territory", "unknown_territory", _("This is not a territory code."))
    return text


def _currency(text: str) -> str:
    exponent_of(text)
    return text


def _minimum(text: str) -> Decimal | None:
    if not text:
        return None
    if fault_of(Kind.AMOUNT, text) or Decimal(text) < 0:
        raise Invalid(
            "minimum", "amount_shape", _("Write an amount like 25.00, or leave it empty.")
        )
    return Decimal(text)


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid("payee_id", "payee_id", _("This is not the identifier of a payee.")) from None


def _source(text: str) -> str:
    return clean_text(text, field="source", max_length=LONGEST_NAME, multiline=False)


def _day(text: str) -> date | None:
    wrong = Invalid("day", "day_shape", _("Write the day as 2026-03-31."))
    if text and not _DAY.fullmatch(text):
        raise wrong
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise wrong from None


_SHAPES: Mapping[Kind, str] = {
    Kind.MONTH: _("Write the month as 2026-03."),
    Kind.OPEN_MONTH: _("Write the month as 2026-03, or leave it empty."),
    Kind.FRACTION: _("Write a fraction like 0.15."),
    Kind.RATE: _("Write a rate like 1.0825."),
    Kind.AMOUNT: _("Write an amount like -12.50."),
    Kind.TERRITORY: _("Write two capital letters."),
    Kind.TERRITORIES: _("Write WW, WW-US-CA or US CA GB."),
    Kind.CURRENCY: _("Write three capital letters."),
}
_MEANINGS: Mapping[Kind, Callable[[str], object]] = {
    Kind.MONTH: _month,
    Kind.OPEN_MONTH: _month,
    Kind.FRACTION: _fraction,
    Kind.RATE: _rate,
    Kind.AMOUNT: _amount,
    Kind.TERRITORY: _territory,
    Kind.TERRITORIES: Territory.parse,
    Kind.CURRENCY: _currency,
}
_MORE: Mapping[str, Callable[[str], object]] = {
    "minimum": _minimum,
    "payee_id": _identifier,
    "source": _source,
    "quoted_on": _day,
}


def _with_period(values: dict[str, object]) -> dict[str, object]:
    rest = {name: value for name, value in values.items() if not name.endswith("_month")}
    return rest | {"period": Period(values["from_month"], values["to_month"])}  # type: ignore[arg-type]


def _deal(values: dict[str, object]) -> Row:
    return Deal(**_with_period(values))  # type: ignore[arg-type]


def _split(values: dict[str, object]) -> Row:
    given = _with_period(values)
    return Split(territory=given.pop("territories"), **given)  # type: ignore[arg-type]


def _payee(values: dict[str, object]) -> Row:
    made = Payee(**values)  # type: ignore[arg-type]
    if made.minimum is not None:
        _placed(made.minimum, exponent_of(made.currency))
    return made


def _withholding(values: dict[str, object]) -> Row:
    return Withholding(**_with_period(values))  # type: ignore[arg-type]


def _exchange(values: dict[str, object]) -> Row:
    made = Rate(**values)  # type: ignore[arg-type]
    if made.from_currency == made.to_currency:
        raise Invalid(
            "to_currency", "same_currency", _("A currency is worth exactly 1 of itself. Leave it out.")
        )  # fmt: skip
    return made


def _balance(values: dict[str, object]) -> Row:
    closing = values.pop("closing")
    made = Balance(**values)  # type: ignore[arg-type]
    if made.recouped < 0 or made.paid < 0:
        raise Invalid("paid", "amount_range", _("What was recouped or paid is not below zero."))
    if made.closing != closing:
        raise Invalid(
            "closing",
            "balance",
            _(
                "Opening and earned, less recouped and paid, is %(right)s.",
                right=f"{made.closing:f}",
            ),
        )
    return made


_MAKERS: Mapping[Table, Callable[[dict[str, object]], Row]] = {
    Table.DEALS: _deal, Table.SPLITS: _split, Table.PAYEES: _payee,
    Table.WITHHOLDING: _withholding, Table.FX: _exchange, Table.BALANCES: _balance,
}  # fmt: skip
_LAST: Mapping[Table, str] = {
    Table.DEALS: "to_month", Table.SPLITS: "to_month", Table.PAYEES: "minimum",
    Table.WITHHOLDING: "to_month", Table.FX: "to_currency", Table.BALANCES: "closing",
}  # fmt: skip
"""The column to name where cells are right each for itself and wrong together."""
