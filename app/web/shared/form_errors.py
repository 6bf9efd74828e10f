"""What a service refuses, put at the fields of the form it came from."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm

from app.infra.i18n import translated
from app.kernel.errors import Invalid, InvalidMany, RedressError


def mark(
    form: FlaskForm,
    error: RedressError,
    otherwise: str,
    names: Mapping[str, str] | None = None,
) -> None:
    """Each problem at its field, in the reader's language; what fits no field stands at *otherwise*.

    *names*: the form's names for fields that the rules call otherwise.
    """
    for one in error.errors if isinstance(error, InvalidMany) else (error,):
        said = one.field if isinstance(one, Invalid) else otherwise
        name = (names or {}).get(said, said)
        field = form[name if name in form else otherwise]
        field.errors = [*field.errors, translated(one.message)]
