"""Orders of a list and the place where a page ends."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from uuid import UUID

from app.kernel.errors import Invalid
from app.kernel.words import words as _

PAGE = 50


class Sort(StrEnum):
    """Each order has an index; a minus is newest or highest first. What has no value comes last."""

    DUE = "due"
    UPDATED = "-updated"
    UPDATED_OLDEST = "updated"
    OPENED = "-opened"
    OPENED_OLDEST = "opened"
    STAKE = "-stake"

    @property
    def column(self) -> str:
        """The column it sorts by."""
        return self.value.removeprefix("-")

    @property
    def descends(self) -> bool:
        """Newest or highest first."""
        return self.value.startswith("-")

    @property
    def may_be_missing(self) -> bool:
        """Cases without a deadline or an amount come last."""
        return self.column in {"due", "stake"}


def parse_sort(value: str) -> Sort:
    """The order an address asks for; the next deadline without a word. Raises `Invalid` (B013)."""
    try:
        return Sort(value) if value else Sort.DUE
    except ValueError:
        names = ", ".join(Sort)
        raise Invalid("sort", "unknown", _("Choose one of: %(names)s.", names=names)) from None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: value of the sorted column (None: it had none) and id."""

    value: datetime | Decimal | None
    key: UUID


def written_place(place: Place) -> str:
    """Opaque text of a place; the face signs it."""
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
    plain = json.dumps([None if value is None else str(value), str(place.key)])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_place(text: str, sort: Sort) -> Place:
    """The opposite of `written_place` for *sort*. Raises `Invalid` for anything else."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        value, key = json.loads(plain)
        return Place(_value(value, sort), UUID(key))
    except (ValueError, TypeError, AttributeError, binascii.Error, InvalidOperation) as error:
        raise Invalid("after", "cursor", _("This page address is not valid.")) from error


def _value(text: str | None, sort: Sort) -> datetime | Decimal | None:
    if text is None:
        return None
    if sort.column == "stake":
        return Decimal(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
