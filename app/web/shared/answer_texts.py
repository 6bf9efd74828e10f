"""Between stored answers and a form: what a form shows, what it says in one canonical text, a refusal at its field."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm

from app.kernel.amounts import parse_amount
from app.kernel.errors import Invalid, InvalidMany
from app.kernel.identifiers import Isrc, Upc
from app.policies.rules.forms import Field, FieldType
from app.web.shared.answers import translated


def shown_answers(asked: tuple[Field, ...], answers: Mapping[str, str]) -> dict[str, object]:
    """Stored answers as form data: an amount and its currency are two inputs."""
    data: dict[str, object] = {}
    for field in asked:
        value = answers.get(field.name, "")
        if field.type is FieldType.MONEY:
            number, _space, currency = value.partition(" ")
            data[field.name] = number
            data[f"{field.name}_currency"] = currency or "EUR"
        elif field.type is FieldType.CONFIRM:
            data[field.name] = value == "yes"
        else:
            data[field.name] = value
    return data


def kept_answers(asked: tuple[Field, ...], form: FlaskForm, locale: str) -> dict[str, str]:
    """What the form says, one canonical text a question; what cannot be read yet is left as it was."""
    kept = {}
    for field in asked:
        if form[field.name].errors:
            continue
        kept[field.name] = _canonical(field, form, locale)
    return kept


def _canonical(field: Field, form: FlaskForm, locale: str) -> str:
    value = form[field.name].data
    if field.type is FieldType.CONFIRM:
        return "yes" if value else ""
    text = (value or "").strip()
    if not text:
        return ""
    if field.type is FieldType.MONEY:
        money = parse_amount(
            text, locale, form[f"{field.name}_currency"].data or "EUR", field=field.name
        )
        return f"{money.amount} {money.currency}"
    if field.type is FieldType.ISRC:
        return str(Isrc.parse(text))
    return str(Upc.parse(text)) if field.type is FieldType.UPC else text


def put_errors(form: FlaskForm, error: Invalid) -> None:
    """A service's refusal at its field, or over the form when the form does not ask for it."""
    for one in error.errors if isinstance(error, InvalidMany) else (error,):
        words = translated(one)
        if one.field in form:
            form[one.field].errors = [*form[one.field].errors, words]
        else:
            form.form_errors.append(words)
