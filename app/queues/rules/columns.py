"""Columns and density that a person may choose for their lists."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from app.kernel.errors import Invalid
from app.kernel.words import words as _


class Column(StrEnum):
    """Columns beside the case itself and its next deadline, in their order."""

    KIND = "kind"
    SUB_KIND = "sub_kind"
    COUNTRY = "country"
    STAGE = "stage"
    OWNER = "owner"
    TAGS = "tags"
    STORE = "store"
    CHANNEL = "channel"
    STAKE = "stake"
    OPENED = "opened"
    UPDATED = "updated"


STANDARD = (Column.KIND, Column.COUNTRY, Column.STAGE, Column.OWNER, Column.STAKE, Column.UPDATED)


class Density(StrEnum):
    """Height of the rows."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


def chosen_columns(names: Iterable[str]) -> tuple[Column, ...]:
    """Known columns in their order. Raises `Invalid` for an unknown one (B013)."""
    given = set(names)
    if unknown := given - set(Column):
        allowed = ", ".join(Column)
        raise Invalid(
            "columns", "unknown",
            _("There is no column %(name)s. Choose from: %(allowed)s.", name=min(unknown), allowed=allowed),
        )  # fmt: skip
    return tuple(column for column in Column if column in given)


def chosen_density(name: str) -> Density:
    """Raises `Invalid` for an unknown one."""
    try:
        return Density(name)
    except ValueError:
        names = ", ".join(Density)
        raise Invalid("density", "unknown", _("Choose one of: %(names)s.", names=names)) from None
