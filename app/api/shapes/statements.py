"""Statements as they travel: files that were handed in, what their columns mean, what was taken in. Amounts are text."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Cursor, Page, Query, Shown, Whole, page_example
from app.api.shapes.money import Amount
from app.infra.i18n import translated
from app.kernel.reading.faults import Problem
from app.kernel.reading.styles import Days, Numbers
from app.kernel.words import Words
from app.statements.queries import ImportRow, PartRow, UploadRow
from app.statements.rules.lines import Line
from app.statements.rules.previewing import MOST_COLUMNS
from app.statements.service.looking import ColumnsSaid, Looked

_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_FAULT: dict[str, Any] = {
    "file": "kontor.csv", "line": 3, "column": "Netto", "value": "1e3", "reason": "This is no number.",
}  # fmt: skip
_UPLOAD: dict[str, Any] = {
    "id": _ID, "name": "kontor.csv", "state": "unmapped", "by": "Fay Fox", "at": "2026-11-20T09:00:00Z", "lines": None,
    "percent": 0, "outcome": "", "import_id": None, "format": "",
}  # fmt: skip
_COLUMN: dict[str, Any] = {"name": "ISRC", "samples": ["QZABC2600001"], "field": "isrc"}
_SAID: dict[str, Any] = {
    "fields": ["sale", "isrc", "amount"], "numbers": "comma", "days": "day first", "currency": "EUR", "month": "2026-03",
}  # fmt: skip
_SEEN_LINE: dict[str, Any] = {
    "number": 3, "statement_month": "2026-03", "sale_month": "2026-02", "sale_until": "2026-02", "store": "Apple", "territory": "ZZ",
    "isrc": "QZABC2600001", "upc": "", "title": "Low Tide", "artist": "Ada", "units": "1000", "amount": "1234.50", "currency": "EUR",
}  # fmt: skip
_PART: dict[str, Any] = {
    "source": "kontor", "statement_month": "2026-03", "line_count": 2, "sums": [{"amount": "1234.00", "currency": "EUR"}],
}  # fmt: skip


class StatementUploadState(StrEnum):
    """How a file that was handed in stands."""

    WAITING = "waiting"
    READING = "reading"
    UNMAPPED = "unmapped"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class StatementFilesQuery(Cursor):
    """Which files, and which page of them."""

    state: StatementUploadState | None = Field(
        default=None, description="`unmapped`: those whose columns nobody knows yet."
    )


class StatementFault(Shown):
    """Why nothing of a file may be used."""

    model_config = ConfigDict(json_schema_extra={"example": _FAULT})

    file: str
    line: int = Field(description="0: the file as a whole.")
    column: str
    value: str
    reason: str

    @classmethod
    def of(cls, one: Problem) -> StatementFault:
        """One problem of a file that was looked at now."""
        return cls(
            file=one.file, line=one.line, column=one.column, value=one.value, reason=translated(one.reason),
        )  # fmt: skip

    @classmethod
    def kept(cls, row: dict[str, Any]) -> StatementFault:
        """One problem as it was kept."""
        reason = translated(Words(row["reason"], row["values"]))
        return cls(
            file=row["file"], line=row["line"], column=row["column"], value=row["value"], reason=reason,
        )  # fmt: skip


class StatementUploadRow(Shown):
    """A file that was handed in."""

    model_config = ConfigDict(json_schema_extra={"example": _UPLOAD})

    id: UUID
    name: str
    state: StatementUploadState
    by: str
    at: datetime
    lines: int | None = Field(description="Lines so far, or those that were taken in.")
    percent: int
    outcome: str = Field(description="Code of why it was refused as a whole; empty elsewhere.")
    import_id: UUID | None = Field(description="What came of it.")
    format: str = Field(description="By which it is read, where somebody said so.")

    @classmethod
    def of(cls, row: UploadRow) -> StatementUploadRow:
        """One file."""
        return cls(
            id=row.id, name=row.name, state=StatementUploadState(row.state), by=row.by, at=row.at, lines=row.lines,
            percent=row.percent, outcome=row.outcome, import_id=row.import_id, format=row.asked.get("format", ""),
        )  # fmt: skip


class StatementUploads(Page):
    """Files that were handed in, the newest first."""

    model_config = ConfigDict(json_schema_extra=page_example(_UPLOAD))

    items: list[StatementUploadRow]


class HandedInStatement(StatementUploadRow):
    """One file that was handed in, with every problem."""

    model_config = ConfigDict(json_schema_extra={"example": {**_UPLOAD, "problems": [_FAULT]}})

    problems: list[StatementFault]

    @classmethod
    def of(cls, row: UploadRow) -> HandedInStatement:
        """The file."""
        shown = StatementUploadRow.of(row).model_dump()
        return cls(**shown, problems=[StatementFault.kept(one) for one in row.problems])


class MappingQuery(Query):
    """Which table of a file that has several."""

    table: Whole = Field(default=0, ge=0, le=999, description="Its place among `tables`.")


class ProposedColumn(Shown):
    """A column with what stands in its first rows."""

    name: str = Field(description="As the file writes it; one without a name cannot be used.")
    samples: list[str]
    field: str = Field(
        description="What known formats mean by this name; empty where they differ. Never the amount."
    )


class MappingProposal(Shown):
    """A file whose columns nobody knows: what stands in them, and what each may be."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "upload_id": _ID, "name": "kontor.csv", "tables": ["kontor.csv"], "table": 0, "line": 2, "columns": [_COLUMN],
                "possible": ["amount", "isrc", "personal"], "month": "", "currency": "EUR",
            }
        }
    )  # fmt: skip

    upload_id: UUID
    name: str
    tables: list[str]
    table: int
    line: int = Field(description="Where the header stands.")
    columns: list[ProposedColumn]
    possible: list[str] = Field(
        description="What a column may be; `personal` is masked before anything is kept."
    )
    month: str = Field(description="What was said beside the file; empty: nothing.")
    currency: str = Field(description="What was said beside the file; empty: nothing.")

    @classmethod
    def of(cls, looked: Looked, table: int, possible: list[str]) -> MappingProposal:
        """The file as it stands."""
        head, asked = looked.head, looked.view.asked
        columns = [
            ProposedColumn(name=name, samples=list(samples), field=field)
            for name, samples, field in zip(head.header, head.samples, looked.chosen, strict=True)
        ]
        return cls(
            upload_id=looked.view.id, name=looked.view.name, tables=list(head.tables), table=table, line=head.line, columns=columns,
            possible=possible, month=asked.get("month", ""), currency=asked.get("currency", ""),
        )  # fmt: skip


class MapColumns(Body):
    """What the columns mean, and what holds for the whole file."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"example": _SAID})

    fields: list[Annotated[str, StringConstraints(max_length=20)]] = Field(
        max_length=MOST_COLUMNS,
        description="For each column in its order one of `possible`, or empty: not used.",
    )
    numbers: Numbers = Field(default=Numbers.EITHER, description="How decimals are written.")
    days: Days = Field(default=Days.NONE, description="How 05/04/2026 is read.")
    currency: str = Field(
        default="", pattern="^([A-Za-z]{3})?$", description="Where no column says it."
    )
    month: str = Field(
        default="", pattern="^([0-9]{4}-[0-9]{2})?$", description="Of this file, where no column says it."
    )  # fmt: skip

    @property
    def said(self) -> ColumnsSaid:
        """What was said."""
        return ColumnsSaid(
            dict(enumerate(self.fields)), self.numbers.value, self.days.value, self.currency, self.month
        )  # fmt: skip


class SaveColumns(MapColumns):
    """A mapping to keep, under a name."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {**_SAID, "name": "kontor"}}
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(
        description="Latin letters, digits, blanks, hyphens. A name that is there gets a new version."
    )


class PreviewedLine(Shown):
    """A line as it would be read."""

    number: int
    statement_month: str
    sale_month: str
    sale_until: str
    store: str
    territory: str
    isrc: str = Field(description="As written where it is none.")
    upc: str = Field(description="As written where it is none.")
    title: str
    artist: str
    units: str | None
    amount: str
    currency: str

    @classmethod
    def of(cls, one: Line) -> PreviewedLine:
        """One line."""
        return cls(
            number=one.number, statement_month=one.statement_month, sale_month=one.sale_month, sale_until=one.sale_until,
            store=one.store, territory=one.territory, isrc=one.isrc or one.isrc_text, upc=one.upc or one.upc_text,
            title=one.title, artist=one.artist, units=None if one.units is None else f"{one.units:f}",
            amount=f"{one.amount:f}", currency=one.currency,
        )  # fmt: skip


class MappingPreview(Shown):
    """The first lines as they would be read, or what is wrong with them. Nothing was stored."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"can_save": True, "lines": [_SEEN_LINE], "problems": []}}
    )

    can_save: bool
    lines: list[PreviewedLine]
    problems: list[StatementFault]

    @classmethod
    def of(cls, looked: Looked) -> MappingPreview:
        """What was seen."""
        seen = looked.seen
        return cls(
            can_save=looked.can_save, lines=[PreviewedLine.of(one) for one in seen.lines] if seen else [],
            problems=[StatementFault.of(one) for one in seen.problems] if seen else [],
        )  # fmt: skip


class TakenPart(Shown):
    """Lines of one source and statement month."""

    source: str
    statement_month: str
    line_count: int
    sums: list[Amount]

    @classmethod
    def of(cls, row: PartRow) -> TakenPart:
        """One part."""
        return cls(
            source=row.source, statement_month=row.statement_month, line_count=row.line_count,
            sums=[Amount.of(one) for one in row.amounts],
        )  # fmt: skip


class TakenStatement(Shown):
    """A file that was taken in."""

    id: UUID
    name: str
    at: datetime
    formats: list[str]
    line_count: int
    parts: list[TakenPart]

    @classmethod
    def of(cls, row: ImportRow, parts: tuple[PartRow, ...]) -> TakenStatement:
        """One file."""
        return cls(
            id=row.id, name=row.name, at=row.at, formats=list(row.formats), line_count=row.line_count,
            parts=[TakenPart.of(one) for one in parts],
        )  # fmt: skip


class StatementsQuery(Cursor):
    """Which page of what was taken in."""


class TakenStatements(Page):
    """Files that were taken in, the newest first."""

    model_config = ConfigDict(
        json_schema_extra=page_example({
            "id": _ID, "name": "kontor.csv", "at": "2026-11-20T09:00:00Z", "formats": ["kontor/1"], "line_count": 2, "parts": [_PART],
        })
    )  # fmt: skip

    items: list[TakenStatement]
