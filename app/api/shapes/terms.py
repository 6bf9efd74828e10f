"""Terms as they travel: rows by the columns of their files, changes, conflicts, and a file to take in."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Cursor, Page, Query, Shown, Whole, page_example, plain
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid
from app.kernel.reading.sources import Source
from app.kernel.reading.styles import Numbers
from app.terms.queries import TermsRow, VersionRow
from app.terms.rules.conflicts import Conflict
from app.terms.rules.reading import Asked
from app.terms.rules.rows import Table, month_text, values_of
from app.terms.service import Change

MOST_LETTERS = 8_000_000
MOST_CELL = 1_000
_SPLIT: dict[str, Any] = {
    "isrc": "QZABC2600001", "payee": "sabina", "share": "0.75", "territories": "WW", "from_month": "2026-06", "to_month": "",
}  # fmt: skip
_ROW: dict[str, Any] = {
    "id": "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c", "values": _SPLIT, "version": 6, "by": "Fay Fox", "at": "2026-11-20T09:00:00Z",
}  # fmt: skip
_CHANGE: dict[str, Any] = {
    "version": 6, "table": "splits", "way": "api", "name": "splits.csv", "reason": "", "added": 2, "ended": 1, "by": "Fay Fox",
    "at": "2026-11-20T09:00:00Z",
}  # fmt: skip
_CONFLICT: dict[str, Any] = {
    "isrc": "QZABC2600001", "territories": "AZ TR", "from_month": "2026-07", "to_month": "", "total": "1.5",
    "holders": [{"payee": "caspian", "share": "1"}, {"payee": "sabina", "share": "0.5"}],
}  # fmt: skip
_FILE = "isrc,payee,share,territories,from_month,to_month\nQZABC2600001,sabina,0.75,WW,2026-06,\n"


class TermsQuery(Cursor):
    """Which table of the terms."""

    table: Table = Field(default=Table.SPLITS)
    find: str = Field(
        default="", max_length=200, description="An ISRC, a payee, a month or a currency, whole."
    )


class Term(Shown):
    """A row in force, with the change that wrote it."""

    model_config = ConfigDict(json_schema_extra={"example": _ROW})

    id: UUID
    values: dict[str, str] = Field(description="By the columns of the table's file.")
    version: int
    by: str = Field(description="Who; empty for the system.")
    at: datetime

    @classmethod
    def of(cls, one: TermsRow) -> Term:
        """One row."""
        made = one.version
        values = values_of(one.row, made.table)
        return cls(id=one.id, values=values, version=made.number, by=made.by, at=made.at)


class TermQuery(Query):
    """Which table a row is of."""

    table: Table = Field(default=Table.SPLITS)


class Terms(Page):
    """Rows in force, in the order of the table."""

    model_config = ConfigDict(json_schema_extra=page_example(_ROW))

    items: list[Term]


class ChangesQuery(Cursor):
    """Which page of the changes."""


class TermsVersion(Shown):
    """One change of the terms."""

    version: int
    table: Table
    way: str = Field(description="`file`, `form` or `api`.")
    name: str = Field(description="Of the file; empty for one row.")
    reason: str
    added: int = Field(description="Rows that began with it.")
    ended: int = Field(description="Rows that ended with it.")
    by: str
    at: datetime

    @classmethod
    def of(cls, row: VersionRow) -> TermsVersion:
        """One change."""
        return cls(
            version=row.number, table=row.table, way=row.way, name=row.name, reason=row.reason, added=row.added,
            ended=row.ended, by=row.by, at=row.at,
        )  # fmt: skip


class TermsVersions(Page):
    """Changes, the newest first."""

    model_config = ConfigDict(json_schema_extra=page_example(_CHANGE))

    items: list[TermsVersion]


class ConflictsQuery(Cursor):
    """Which page of the conflicts."""


class Holder(Shown):
    """Who holds what."""

    payee: str
    share: str = Field(description="A fraction, as text.")


class OwnershipConflict(Shown):
    """A recording, territories and months in which shares add up to more than 1."""

    isrc: str
    territories: str = Field(description="As in files: `WW`, `WW-US-CA` or `US CA GB`.")
    from_month: str = Field(description="Empty: from the beginning.")
    to_month: str = Field(description="Not included; empty: without end.")
    total: str
    holders: list[Holder]

    @classmethod
    def of(cls, one: Conflict) -> OwnershipConflict:
        """One conflict."""
        return cls(
            isrc=one.isrc, territories=str(one.territory), from_month=month_text(one.period.start),
            to_month=month_text(one.period.end), total=plain(one.total),
            holders=[Holder(payee=payee, share=plain(share)) for payee, share in one.holders],
        )  # fmt: skip


class OwnershipConflicts(Page):
    """Conflicts, by recording; those of one recording stay on one page."""

    model_config = ConfigDict(json_schema_extra=page_example(_CONFLICT))

    items: list[OwnershipConflict]


class TermsFile(Body):
    """A file of the terms: text, or the bytes of any file that the command line takes."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"table": "splits", "name": "splits.csv", "content": _FILE}},
    )

    table: Table
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    content: Annotated[str, StringConstraints(max_length=MOST_LETTERS)] = Field(
        default="",
        description="Text with a header; it says everything about what it names, and nothing about others.",
    )
    content_base64: Annotated[str, StringConstraints(max_length=MOST_LETTERS)] = Field(
        default="",
        description="Instead of `content`: the bytes of the file, for other encodings, XLSX, gzip and ZIP.",
    )
    encoding: Literal["", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1251", "cp932", "gb18030"] = Field(
        default="", description="Where the file does not show it."
    )  # fmt: skip
    numbers: Literal["", "point", "grouped", "comma"] = Field(
        default="", description="How decimals are written, where the file does not show it."
    )

    def source(self, name: str) -> Source:
        """Its bytes. Raises `Invalid`."""
        if bool(self.content) == bool(self.content_base64):
            words = _("Send the file as content or as content_base64, one of the two.")
            raise Invalid("content", "one_of_two", words)
        try:
            packed = base64.b64decode(self.content_base64, validate=True)
        except ValueError as error:
            raise Invalid("content_base64", "base64", _("This is not base64.")) from error
        return Source.of_bytes(name, packed or self.content.encode())

    @property
    def asked(self) -> Asked:
        """What the caller says of it."""
        return Asked(self.encoding, Numbers(self.numbers) if self.numbers else None)


class TakeInTerms(TermsFile):
    """A file of the terms to take in."""

    seen: Whole | None = Field(
        default=None,
        ge=0,
        description="`seen` of the preview that was looked at: a change since then refuses the file (412).",
    )


class TermsTaken(Shown):
    """What a file changed."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"version": 6, "began": 2, "ended": 1, "same": 0, "unknown_payees": []}
        }
    )

    version: int | None = Field(description="Number of the change; null when nothing changed.")
    began: int
    ended: int
    same: int = Field(description="Rows that stay as they are.")
    unknown_payees: list[str] = Field(
        description="The first of them: their money would wait in suspense."
    )

    @classmethod
    def of(cls, change: Change) -> TermsTaken:
        """One change."""
        return cls(
            version=change.version, began=change.begins, ended=change.ends, same=change.same,
            unknown_payees=list(change.unknown),
        )  # fmt: skip


class TermsPreview(Shown):
    """What a file would change now. Nothing was stored."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "seen": 5, "begins": 1, "ends": 0, "same": 3, "first_begins": [_SPLIT], "first_ends": [],
                "unknown_payees": [],
            }
        }
    )  # fmt: skip

    seen: int = Field(
        description="Newest change when it was looked at; `POST /terms/imports` takes it."
    )
    begins: int
    ends: int
    same: int = Field(description="Rows that stay as they are.")
    first_begins: list[dict[str, str]] = Field(description="The first rows, by column.")
    first_ends: list[dict[str, str]] = Field(description="The first rows, by column.")
    unknown_payees: list[str] = Field(
        description="The first of them: their money would wait in suspense."
    )

    @classmethod
    def of(cls, change: Change, table: Table, seen: int) -> TermsPreview:
        """What would change."""
        return cls(
            seen=seen, begins=change.begins, ends=change.ends, same=change.same,
            first_begins=[values_of(row, table) for row in change.first_begins],
            first_ends=[values_of(row, table) for row in change.first_ends],
            unknown_payees=list(change.unknown),
        )  # fmt: skip


class AddTerm(Body):
    """One row to add."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {"table": "splits", "values": _SPLIT, "reason": "Contract of 20 May"}
        },
    )

    table: Table
    values: dict[str, Annotated[str, StringConstraints(max_length=MOST_CELL)]] = Field(
        max_length=20, description="By the columns of the table's file; what is left out is empty."
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class EndTerm(Body):
    """Why a row holds no more."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"reason": "The contract ran out in May"}},
    )

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]
