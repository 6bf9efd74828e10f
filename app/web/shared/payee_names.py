"""Finding a payee by name where a line is typed: a page offers fifty, a label has thousands."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from wtforms import StringField
from wtforms.validators import Length

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __

FIND = "find_payee"
"""What the button sends."""


def payee_name_field() -> StringField:
    """Where a name, or the beginning of a word of it, is typed."""
    return StringField(
        __("Find a payee"),
        [Length(max=200)],
        description=__("The beginning of a name. The lists above then offer who is found."),
    )


def chosen_of(values: Iterable[str | None]) -> frozenset[UUID]:
    """Payees among what choices of a form sent: whoever was chosen is offered again, whatever is looked for now."""
    found = set()
    for value in values:
        with suppress(ValueError):
            found.add(UUID(value or ""))
    return frozenset(found)


def tell_what_was_found(field: StringField, names: Iterable[str]) -> None:
    """When nobody's *names* fit what was typed, the field says so."""
    typed = name_in(field).casefold()
    if typed and not any(
        name.casefold().startswith(typed) or f" {typed}" in name.casefold() for name in names
    ):
        field.errors = [_("No payee has a name that begins so.")]


def name_in(field: StringField) -> str:
    """The name as it is looked for."""
    return (field.data or "").strip()[:200]
