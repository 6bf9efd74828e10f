"""Tables of statements: a small index; the lines themselves lie as Parquet in the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, Json, uuid_pk

MONTH = "~ '^[0-9]{4}-(0[1-9]|1[0-2])$'"


class StatementImport(Base):
    """One file that was taken in, whole."""

    __tablename__ = "statement_import"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        CheckConstraint("line_count >= 0", name="counts_lines"),
        {"comment": "files of stores, distributors and societies that were taken in, whole"},
    )

    id: Mapped[UUID] = uuid_pk()
    name: Mapped[str] = mapped_column(comment="name of the file")
    sha256: Mapped[str] = mapped_column(unique=True, comment="hash of its bytes as they came")
    kept_key: Mapped[str] = mapped_column(comment="object that is kept of it")
    kept_version: Mapped[str] = mapped_column(comment="version of that object")
    kept_sha256: Mapped[str] = mapped_column(comment="hash of that object")
    kept_size: Mapped[int] = mapped_column(BigInteger, comment="bytes of that object")
    is_masked: Mapped[bool] = mapped_column(
        comment="the object holds the lines without personal data, not the file itself"
    )
    retained_until: Mapped[datetime] = mapped_column(comment="nobody removes the object before")
    formats: Mapped[list[Any]] = mapped_column(comment="formats of its tables, in order")
    line_count: Mapped[int] = mapped_column(comment="lines of money")
    notes: Mapped[list[Any]] = mapped_column(comment="what was noted while it was read")
    asked: Mapped[Json] = mapped_column(comment="what a person said of it")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who took it in; none for the system"
    )
    at: Mapped[datetime] = mapped_column(comment="when")


class StatementPart(Base):
    """The lines of one source and statement month in one file."""

    __tablename__ = "statement_part"
    __table_args__ = (
        CheckConstraint(f"statement_month {MONTH}", name="month_real"),
        CheckConstraint("line_count > 0", name="has_lines"),
        CheckConstraint("rows_hash ~ '^[0-9a-f]{32}$'", name="rows_hash_hex"),
        Index("ix_statement_part_source", "source", "statement_month"),
        {"comment": "lines of one source and statement month, as Parquet in the store"},
    )

    id: Mapped[UUID] = uuid_pk()
    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("statement_import.id"), index=True, comment="the file"
    )
    source: Mapped[str] = mapped_column(comment="name of the format without its version")
    statement_month: Mapped[str] = mapped_column(comment="month that is settled, YYYY-MM")
    object_key: Mapped[str] = mapped_column(unique=True, comment="the Parquet object")
    sha256: Mapped[str] = mapped_column(comment="hash of that object")
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes of that object")
    line_count: Mapped[int] = mapped_column(comment="lines in it")
    sums: Mapped[Json] = mapped_column(comment="currency to exact sum, as text")
    sale_from: Mapped[str] = mapped_column(comment="first month of use")
    sale_until: Mapped[str] = mapped_column(comment="last month of use")
    rows_hash: Mapped[str] = mapped_column(comment="equal for the same lines in any order")


class StatementUpload(Base):
    """A file that a person handed in."""

    __tablename__ = "statement_upload"
    __table_args__ = (
        CheckConstraint(
            "state in ('waiting', 'reading', 'done', 'refused', 'cancelled', 'unmapped')",
            name="state_known",
        ),
        CheckConstraint("(state = 'done') = (import_id is not null)", name="done_has_import"),
        CheckConstraint("percent between 0 and 100", name="percent_real"),
        {"comment": "statement files that people hand in, and what came of them"},
    )

    id: Mapped[UUID] = uuid_pk()
    name: Mapped[str] = mapped_column(comment="name of the file")
    size: Mapped[int] = mapped_column(BigInteger, comment="its bytes")
    storage_key: Mapped[str] = mapped_column(comment="where it lies until it was read")
    asked: Mapped[Json] = mapped_column(comment="what was said of it")
    state: Mapped[str] = mapped_column(comment="waiting, reading, done, refused or cancelled")
    lines_read: Mapped[int] = mapped_column(server_default="0", comment="lines so far")
    percent: Mapped[int] = mapped_column(
        SmallInteger, server_default="0", comment="part of the file so far"
    )
    import_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("statement_import.id"), comment="what came of it"
    )
    outcome: Mapped[str] = mapped_column(
        server_default="", comment="code of why it was refused as a whole"
    )
    problems: Mapped[list[Any]] = mapped_column(
        server_default="[]", comment="why nothing of it may be used"
    )
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who handed it in")
    at: Mapped[datetime] = mapped_column(index=True, comment="when")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when its reading ended")


class StatementUnmatched(Base):
    """Lines of one file that name a recording the catalogue did not have, joined by what they say of it."""

    __tablename__ = "statement_unmatched"
    __table_args__ = (
        UniqueConstraint("import_id", "key"),
        CheckConstraint("key ~ '^([0-9a-f]{64})?$'", name="key_hex"),
        CheckConstraint("line_count > 0", name="has_lines"),
        Index("ix_statement_unmatched_order", "import_id", "line_count", "id"),
        {"comment": "lines of a file whose recording the catalogue did not have, by their key"},
    )

    id: Mapped[UUID] = uuid_pk()
    import_id: Mapped[UUID] = mapped_column(ForeignKey("statement_import.id"), comment="the file")
    key: Mapped[str] = mapped_column(comment="hash of what they say; empty when nothing names one")
    isrc: Mapped[str] = mapped_column(comment="ISRC, canonical; empty where it is none")
    isrc_text: Mapped[str] = mapped_column(comment="ISRC as written first")
    upc_text: Mapped[str] = mapped_column(comment="UPC as written first")
    title: Mapped[str] = mapped_column(comment="title as written first")
    artist: Mapped[str] = mapped_column(comment="artist as written first")
    line_count: Mapped[int] = mapped_column(comment="lines")
    sums: Mapped[Json] = mapped_column(comment="currency to exact sum, as text")


class StatementMatch(Base):
    """A person said which recording lines of a key mean; holds for every file until it is taken back."""

    __tablename__ = "statement_match"
    __table_args__ = (
        CheckConstraint("key ~ '^[0-9a-f]{64}$'", name="key_hex"),
        CheckConstraint("(ended_at is null) = (ended_by_id is null)", name="end_whole"),
        Index(
            "uq_statement_match_live", "key", unique=True, postgresql_where=text("ended_at is null")
        ),
        {"comment": "which recording lines of a key mean, as persons said; kept after it ends"},
    )

    id: Mapped[UUID] = uuid_pk()
    key: Mapped[str] = mapped_column(index=True, comment="hash of what the lines say")
    recording_id: Mapped[UUID] = mapped_column(ForeignKey("recording.id"), comment="what they mean")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who said so")
    at: Mapped[datetime] = mapped_column(comment="when")
    ended_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who took it back"
    )
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was taken back")


class StatementProfile(Base):
    """What the columns of a file mean that no format of the product knows: one version, as a person said."""

    __tablename__ = "statement_profile"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("name", "version"),
        CheckConstraint("name ~ '^[a-z0-9-]{2,40}$'", name="name_shape"),
        CheckConstraint("fingerprint ~ '^[0-9a-f]{64}$'", name="fingerprint_hex"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by_id is null)", name="end_whole"),
        Index("ix_statement_profile_fingerprint", "fingerprint", "number"),
        {"comment": "what columns of files mean that no format of the product knows, in versions"},
    )

    id: Mapped[UUID] = uuid_pk()
    number: Mapped[int] = mapped_column(comment="order in which they were made, from 1")
    name: Mapped[str] = mapped_column(comment="name of the format")
    version: Mapped[int] = mapped_column(comment="of that name, from 1")
    fingerprint: Mapped[str] = mapped_column(comment="hash of the set of its columns")
    header: Mapped[list[Any]] = mapped_column(
        comment="names of the columns, in the order of the first file"
    )
    fields: Mapped[Json] = mapped_column(comment="field to name of its column")
    personal: Mapped[list[Any]] = mapped_column(comment="columns with data of people, masked")
    numbers: Mapped[str] = mapped_column(comment="how it writes numbers")
    days: Mapped[str] = mapped_column(comment="order of day and month")
    currency: Mapped[str] = mapped_column(comment="where no column says it")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who made it")
    at: Mapped[datetime] = mapped_column(comment="when")
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who withdrew it"
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="when it was withdrawn")


class StatementMark(Base):
    """A person marked a line of a part; it stays when it is taken back."""

    __tablename__ = "statement_mark"
    __table_args__ = (
        CheckConstraint("position > 0", name="position_real"),
        CheckConstraint("length(note) between 1 and 1000", name="note_length"),
        CheckConstraint("(ended_at is null) = (ended_by_id is null)", name="end_whole"),
        Index(
            "uq_statement_mark_live", "part_id", "position", unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_statement_mark_month", "statement_month", "isrc", postgresql_where=text("ended_at is null")),
        {"comment": "lines of statements that persons marked, with why"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    part_id: Mapped[UUID] = mapped_column(
        ForeignKey("statement_part.id"), comment="where the line lies"
    )
    position: Mapped[int] = mapped_column(comment="which line of it, from 1")
    statement_month: Mapped[str] = mapped_column(comment="YYYY-MM, of the part")
    sale_month: Mapped[str] = mapped_column(comment="YYYY-MM, of the line")
    isrc: Mapped[str] = mapped_column(comment="ISRC, canonical; empty where it is none")
    store: Mapped[str] = mapped_column(comment="the store, of the line")
    territory: Mapped[str] = mapped_column(comment="alpha-2, ZZ unknown, of the line")
    note: Mapped[str] = mapped_column(comment="why it was marked")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who marked it")
    at: Mapped[datetime] = mapped_column(comment="when")
    ended_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who took it back"
    )
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was taken back")
