"""Form fields made from a policy's questions: WTForms asks and checks, the words stay as typed.

An incomplete draft may be saved (autosave, "finish later"); Continue and Send ask for the required ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Field as FormField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation, ValidationError

from app.cases.rules.filing import parse_share
from app.infra.i18n import gettext as _
from app.infra.i18n import translated as in_words
from app.kernel.amounts import parse_amount
from app.kernel.errors import Invalid
from app.kernel.identifiers import Isrc, Upc
from app.kernel.text import clean_text, is_blank
from app.policies.rules.forms import Field, FieldType
from app.web.shared.context import services

CURRENCIES = (
    "EUR", "USD", "GBP", "AZN", "AMD", "KZT", "IDR", "CNY", "JPY", "KRW", "THB", "AED", "BRL", "CAD", "CHF", "INR",
    "MXN", "SEK", "TRY", "ZAR",
)  # fmt: skip
EARLIEST = date(1900, 1, 1)
AHEAD = timedelta(days=5 * 366)
LINKS_MOST = 50
EMAIL_MOST = 254
Check = Callable[[FlaskForm, FormField], None]


class Words:
    """Text of at most *most* signs; only blanks and invisible signs is empty. Keeps what was typed."""

    def __init__(self, most: int, *, required: bool, multiline: bool) -> None:
        self.most, self.required, self.multiline = most, required, multiline

    def __call__(self, _form: FlaskForm, field: FormField) -> None:
        """Put the cleaned text into the field's data, or say what is wrong with it."""
        text = field.data or ""
        try:
            clean_text(
                text,
                field=field.name,
                max_length=self.most,
                required=self.required,
                multiline=self.multiline,
            )
        except Invalid as error:
            raise StopValidation(translated(error)) from error
        if is_blank(text):
            raise StopValidation


def translated(error: Invalid) -> str:
    """The message of a rule in the language of the reader."""
    return in_words(error.message)


def a_date(_form: FlaskForm, field: FormField) -> None:
    """A plausible day as browsers send it."""
    try:
        day = date.fromisoformat((field.data or "").strip())
    except ValueError as error:
        raise ValidationError(_("Enter a date, for example 2026-11-24.")) from error
    if not EARLIEST <= day <= services().clock.now().date() + AHEAD:
        raise ValidationError(_("This date is too far away. Check the year."))


def _money(form: FlaskForm, field: FormField) -> None:
    currency = form[f"{field.name}_currency"].data or "EUR"
    try:
        parse_amount(field.data, form.meta.redress_locale, currency, field=field.name)
    except Invalid as error:
        raise ValidationError(translated(error)) from error


def _identifier(kind: type[Isrc | Upc]) -> Check:
    def check(_form: FlaskForm, field: FormField) -> None:
        try:
            kind.parse(field.data)
        except Invalid as error:
            raise ValidationError(translated(error)) from error

    return check


def _links(_form: FlaskForm, field: FormField) -> None:
    lines = [line.strip() for line in field.data.splitlines() if line.strip()]
    if len(lines) > LINKS_MOST:
        raise ValidationError(_("At most %(n)s links. Put the others into a file.", n=LINKS_MOST))
    for number, line in enumerate(lines, start=1):
        parts = urlsplit(line)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValidationError(
                _("Line %(n)s is not a web address. It starts with https://", n=number)
            )


def an_email(_form: FlaskForm, field: FormField) -> None:
    """The shape of an address; whether it lives is seen by writing to it."""
    name, _at, host = field.data.strip().rpartition("@")
    if not name or "." not in host or " " in field.data.strip() or len(field.data) > EMAIL_MOST:
        raise ValidationError(_("Enter an e-mail address, for example name@example.org."))


def _share(_form: FlaskForm, field: FormField) -> None:
    try:
        parse_share(field.data.strip(), field.name)
    except Invalid as error:
        fix = _("Enter a share between 0 and 100 percent, for example 50.")
        raise ValidationError(fix) from error


def _phone(_form: FlaskForm, field: FormField) -> None:
    digits = [c for c in field.data if c.isdigit()]
    if not 6 <= len(digits) <= 20:
        raise ValidationError(
            _("Enter a telephone number with its country code, for example +994 12 345 67 89.")
        )


_CHECKS: dict[FieldType, Check] = {
    FieldType.DATE: a_date, FieldType.MONEY: _money, FieldType.ISRC: _identifier(Isrc),
    FieldType.UPC: _identifier(Upc), FieldType.LINKS: _links, FieldType.EMAIL: an_email,
    FieldType.SHARE: _share, FieldType.PHONE: _phone,
}  # fmt: skip
_INPUTS: dict[FieldType, dict[str, str]] = {
    FieldType.DATE: {"type": "date", "dir": "ltr"},
    FieldType.MONEY: {"inputmode": "decimal", "dir": "ltr"},
    FieldType.ISRC: {"dir": "ltr", "spellcheck": "false"},
    FieldType.UPC: {"dir": "ltr", "inputmode": "numeric"},
    FieldType.EMAIL: {"dir": "ltr", "autocomplete": "off"},
    FieldType.LINKS: {"dir": "ltr", "inputmode": "url", "rows": "3"},
    FieldType.PHONE: {"dir": "ltr", "autocomplete": "tel", "type": "tel"},
}
_LONG = {FieldType.TEXT, FieldType.LINKS}


def one_field(asked: Field, *, require: bool) -> Any:
    """The unbound WTForms field of one question."""
    label, hint = _(asked.label), _(asked.help) if asked.help else ""
    if asked.type is FieldType.CHOICE:
        choices = options((value, _(words)) for value, words in asked.choices)
        return RadioField(
            label,
            [chosen(required=require and asked.required)],
            choices=choices,
            description=hint,
            validate_choice=False,
        )
    if asked.type is FieldType.CONFIRM:
        return BooleanField(label, [ticked(required=require and asked.required)], description=hint)
    checks: list[Any] = [
        Words(asked.max_length, required=require and asked.required, multiline=asked.type in _LONG)
    ]
    if asked.type in _CHECKS:
        checks.append(_CHECKS[asked.type])
    attrs = dict(_INPUTS.get(asked.type, {}))
    kind = (
        TextAreaField
        if asked.type in _LONG
        else EmailField
        if asked.type is FieldType.EMAIL
        else StringField
    )
    return kind(label, checks, description=hint, render_kw=attrs or None)


def options(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """(value, words) as WTForms wants its choices."""
    return [SelectChoice(value, words) for value, words in pairs]


def chosen(*, required: bool) -> Check:
    """A choice of the list; the message names the list (B013)."""

    def check(_form: FlaskForm, field: Any) -> None:
        if not field.data:
            if required:
                raise StopValidation(_("Choose one."))
            raise StopValidation
        allowed = {choice.value: choice.label for choice in field.choices}
        if field.data not in allowed:
            names = ", ".join(str(words) for words in allowed.values())
            raise StopValidation(_("Choose one of these: %(names)s.", names=names))

    return check


def ticked(*, required: bool) -> Check:
    """A box that has to be ticked."""

    def check(_form: FlaskForm, field: FormField) -> None:
        if required and not field.data:
            raise StopValidation(_("Tick the box to go on."))

    return check


def answers_form(fields: Iterable[Field], locale: str, *, require: bool) -> type[FlaskForm]:
    """A form class for *fields*. With *require* the required ones must be there."""
    meta = type("Meta", (), {"redress_locale": locale})
    body: dict[str, Any] = {"Meta": meta, "version": HiddenField(), "window": HiddenField()}
    for asked in fields:
        body[asked.name] = one_field(asked, require=require)
        if asked.type is FieldType.MONEY:
            body[f"{asked.name}_currency"] = SelectField(
                _("Currency"),
                [chosen(required=False)],
                choices=options((c, c) for c in CURRENCIES),
                validate_choice=False,
                render_kw={"translate": "no"},
            )
    return type("AnswersForm", (FlaskForm,), body)
