"""Fields that people fill from a mail or from memory: the address, the six digits."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.infra.i18n import lazy_gettext as __


def code_field() -> StringField:
    """One field for six digits: pasting and the phone's own suggestion work."""
    return StringField(
        __("Six-digit code"),
        [InputRequired(__("Enter the six digits.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20"},
    )


def email_field() -> StringField:
    """An e-mail address; the browser's own bubble is off, our words stand at the field."""
    return StringField(
        __("E-mail address"),
        [InputRequired(__("Enter your e-mail address.")), Length(max=254)],
        render_kw={
            "type": "email",
            "autocomplete": "username",
            "inputmode": "email",
            "maxlength": "254",
        },
    )
