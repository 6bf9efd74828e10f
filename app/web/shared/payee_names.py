"""Finding a payee by name where a line is typed: a page offers fifty, a label has thousands."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from wtforms import Field, StringField
from wtforms.validators import Length

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext

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
    """The field says how many of *names* fit what was typed, and has the focus on a page that begins far above it."""
    starts_at(field)
    typed = name_in(field).casefold()
    if not typed:
        return
    fit = [name for name in names if f" {typed}" in f" {name.casefold()}"]
    if not fit:
        field.errors = [_("No payee has a name that begins so.")]
    else:
        field.description = ngettext(
            "%(num)s payee is found; the lists above offer it.",
            "%(num)s payees are found; the lists above offer them.", len(fit),
        )  # fmt: skip


def starts_at(field: Field) -> None:
    """The next page begins at this field: the one that was asked for, not its head."""
    field.render_kw = {**(field.render_kw or {}), "autofocus": True}


def name_in(field: StringField) -> str:
    """The name as it is looked for."""
    return (field.data or "").strip()[:200]
