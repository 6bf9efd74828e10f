"""A file that waits for its columns: its beginning as somebody says that they are meant. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.infra.storage.port import ObjectMissing, Storage
from app.kernel.errors import Invalid, InvalidMany, NotFound
from app.kernel.money import parse_currency
from app.kernel.period import Period
from app.kernel.reading.faults import Unreadable
from app.kernel.reading.sources import Source
from app.kernel.reading.styles import Days, Numbers
from app.kernel.words import words as _
from app.statements.formats import PROFILES
from app.statements.queries import UploadRow
from app.statements.rules.mapping import Mapped, guessed, mapped, profile_of
from app.statements.rules.previewing import Head, Preview, head_of, preview
from app.statements.rules.reading import Asked
from app.statements.service.opening import opened


@dataclass(frozen=True, slots=True)
class ColumnsSaid:
    """What a person says of a file, as typed. *fields*: position of a column → what it is; the others are not used."""

    fields: Mapping[int, str]
    numbers: str
    days: str
    currency: str
    month: str

    @property
    def asked(self) -> dict[str, str]:
        """What holds for this file alone."""
        return {"month": self.month.strip()} if self.month.strip() else {}


@dataclass(frozen=True, slots=True)
class Looked:
    """What is shown of a file. *chosen*: of each column; *wrong*: what is to be chosen otherwise; *seen*: None before it was said."""

    view: UploadRow
    head: Head
    chosen: tuple[str, ...]
    wrong: tuple[Invalid, ...] = ()
    one: Mapped | None = None
    seen: Preview | None = None

    @property
    def can_save(self) -> bool:
        """True when there are lines and no problem."""
        return self.seen is not None and bool(self.seen.lines) and not self.seen.problems


def look(
    storage: Storage, view: UploadRow, place: int = 0, said: ColumnsSaid | None = None
) -> Looked:
    """The beginning of table *place*, its columns as they may be meant, or as *said* with its first lines.

    Raises `NotFound` when its bytes are gone, or are no table.
    """
    try:
        with opened(storage, view.storage_key, view.name) as source:
            head = head_of(source, view.asked.get("encoding", ""), place)
            if said is None:
                return Looked(view, head, tuple(guessed(head.header, PROFILES)))
            return _as_said(source, view, head, said)
    except (ObjectMissing, Unreadable) as error:
        raise NotFound("statement_upload") from error


def _as_said(source: Source, view: UploadRow, head: Head, said: ColumnsSaid) -> Looked:
    chosen = tuple(said.fields.get(column, "") for column in range(len(head.header)))
    try:
        one = _mapped(head, chosen, said)
    except (Invalid, InvalidMany) as error:
        every = error.errors if isinstance(error, InvalidMany) else (error,)
        return Looked(view, head, chosen, every)
    asked = Asked(encoding=view.asked.get("encoding", ""), month=said.month.strip())
    return Looked(
        view, head, chosen, one=one, seen=preview(source, profile_of(one, "preview", 1), asked)
    )


def _mapped(head: Head, chosen: tuple[str, ...], said: ColumnsSaid) -> Mapped:
    month, currency = said.month.strip(), said.currency.strip()
    if month:
        Period.of_month(month)
    currency = parse_currency(currency) if currency else ""
    try:
        rules = Numbers(said.numbers), Days(said.days)
    except ValueError as error:
        raise Invalid(
            "numbers", "choice", _("Choose one of the answers that are offered.")
        ) from error
    return mapped(head.header, chosen, rules, currency, says_month=bool(month))
