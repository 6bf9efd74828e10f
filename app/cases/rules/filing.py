"""Filing a case: checks of single answers, what is still missing, whether two cases say the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.identifiers import Isrc, Upc
from app.kernel.money import parse_currency
from app.kernel.share import Share
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.policies.rules.forms import Field, FieldType, Statement

PARTS = ("which", "what", "check")
"""Steps of the form that ask policy fields, in order; choosing the sub-kind comes before them."""
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
_EMAIL_PARTS = 2


class Amount(NamedTuple):
    """`12.50 EUR` read into its parts."""

    amount: Decimal
    currency: str


def parse_day(text: str, field: str) -> date:
    """An ISO date between 1900 and 2100. Raises `Invalid`."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field, "date_shape", _("Write the date as year-month-day.")) from error
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise Invalid(field, "date_range", _("The year must lie between 1900 and 2100."))
    return day


def parse_money(text: str, field: str) -> Amount:
    """`<plain decimal> <currency>`, as forms hand it on. Raises `Invalid`."""
    number, _space, currency = text.partition(" ")
    try:
        amount = Decimal(number)
    except ArithmeticError as error:
        raise Invalid(field, "amount_shape", _("Write an amount and its currency.")) from error
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 15:
        raise Invalid(field, "amount_range", _("The amount must be zero or more."))
    return Amount(amount, parse_currency(currency))


def _check_email(text: str, field: str) -> str:
    if len(text.split("@")) != _EMAIL_PARTS or text.startswith("@") or text.endswith("@"):
        raise Invalid(field, "email_shape", _("An e-mail address looks like name@example.com."))
    return text


def clean_answer(field: Field, raw: str) -> str:
    """The answer as kept: trimmed, canonical for identifiers; empty stays empty. Raises `Invalid`."""
    many = field.type in (FieldType.TEXT, FieldType.LINKS)
    text = clean_text(raw, field=field.name, max_length=field.max_length, multiline=many)
    if not text:
        return ""
    checks = {
        FieldType.ISRC: lambda: str(Isrc.parse(text)),
        FieldType.UPC: lambda: str(Upc.parse(text)),
        FieldType.DATE: lambda: parse_day(text, field.name).isoformat(),
        FieldType.EMAIL: lambda: _check_email(text, field.name),
        FieldType.MONEY: lambda: "{} {}".format(*parse_money(text, field.name)),
        FieldType.CHOICE: lambda: _check_choice(field, text),
        FieldType.SHARE: lambda: parse_share(text, field.name),
    }
    return checks[field.type]() if field.type in checks else text


def parse_share(text: str, name: str) -> str:
    """Digits of a percentage, out of `70`, `70 %` or `33,5`. Raises `Invalid` at the field *name*."""
    try:
        return f"{Share.from_percent(text.rstrip('% ').replace(',', '.')).percent:f}"
    except Invalid as error:
        raise Invalid(name, error.code, error.message) from error


def _check_choice(field: Field, text: str) -> str:
    allowed = [value for value, _label in field.choices]
    if text not in allowed:
        raise Invalid(
            field.name, "choice", _("Choose one of: %(choices)s.", choices=", ".join(allowed))
        )
    return text


def clean_answers(fields: tuple[Field, ...], raw: Mapping[str, str]) -> dict[str, str]:
    """Every given answer checked. Raises `InvalidMany` with all problems; unknown names are refused."""
    known = {field.name: field for field in fields}
    clean: dict[str, str] = {}
    wrong: list[Invalid] = []
    for name, value in raw.items():
        if name not in known:
            wrong.append(Invalid(name, "unknown_field", _("This form does not ask for this.")))
            continue
        try:
            clean[name] = clean_answer(known[name], value)
        except Invalid as error:
            wrong.append(Invalid(name, error.code, error.message))
    if wrong:
        raise InvalidMany(wrong)
    return clean


def period_problem(answers: Mapping[str, str]) -> Invalid | None:
    """A period that ends before it starts."""
    start, end = answers.get("period_start"), answers.get("period_end")
    if start and end and end < start:
        return Invalid("period_end", "period_order", _("The period ends before it starts."))
    return None


def missing_fields(fields: tuple[Field, ...], answers: Mapping[str, str]) -> tuple[str, ...]:
    """Names of required fields without an answer, in the order of the form."""
    return tuple(
        f.name for f in fields if f.required and f.applies(answers) and not answers.get(f.name)
    )


def first_missing_part(fields: tuple[Field, ...], answers: Mapping[str, str]) -> str | None:
    """The first step of the form that still lacks something, or None."""
    lacking = {
        f.part for f in fields if f.required and f.applies(answers) and not answers.get(f.name)
    }
    return next((part for part in PARTS if part in lacking), None)


def unsigned(statements: tuple[Statement, ...], signed: set[str]) -> tuple[str, ...]:
    """Codes of statements that nobody signed."""
    return tuple(s.code for s in statements if s.code not in signed)
