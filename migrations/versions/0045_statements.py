"""Statements: files that were taken in, and where their lines lie."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant, guarded, house_only

revision = "0045_statements"
down_revision = "0044_books"
branch_labels = None
depends_on = None

MONTH = "~ '^[0-9]{4}-(0[1-9]|1[0-2])$'"


def _column(
    name: str, kind: object, comment: str, *rest: object, nullable: bool = False
) -> sa.Column[object]:
    return sa.Column(name, kind, *rest, nullable=nullable, comment=comment)  # type: ignore[arg-type]


def upgrade() -> None:
    """The index of statements; the house alone reads it, and nothing in it changes."""
    op.create_table(
        "statement_import",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        _column("name", sa.Text(), "name of the file"),
        _column("sha256", sa.Text(), "hash of its bytes as they came"),
        _column("kept_key", sa.Text(), "object that is kept of it"),
        _column("kept_version", sa.Text(), "version of that object"),
        _column("kept_sha256", sa.Text(), "hash of that object"),
        _column("kept_size", sa.BigInteger(), "bytes of that object"),
        _column(
            "is_masked",
            sa.Boolean(),
            "the object holds the lines without personal data, not the file itself",
        ),
        _column("retained_until", sa.DateTime(timezone=True), "nobody removes the object before"),
        _column("formats", pg.JSONB(), "formats of its tables, in order"),
        _column("line_count", sa.Integer(), "lines of money"),
        _column("notes", pg.JSONB(), "what was noted while it was read"),
        _column("asked", pg.JSONB(), "what a person said of it"),
        _column(
            "by_id",
            sa.Uuid(),
            "who took it in; none for the system",
            sa.ForeignKey("person.id"),
            nullable=True,
        ),
        _column("at", sa.DateTime(timezone=True), "when"),
        sa.CheckConstraint(
            "sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_statement_import_sha256_hex")
        ),
        sa.CheckConstraint("line_count >= 0", name=op.f("ck_statement_import_counts_lines")),
        sa.UniqueConstraint("sha256", name=op.f("uq_statement_import_sha256")),
        comment="files of stores, distributors and societies that were taken in, whole",
    )
    op.create_table(
        "statement_part",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        _column("import_id", sa.Uuid(), "the file", sa.ForeignKey("statement_import.id")),
        _column("source", sa.Text(), "name of the format without its version"),
        _column("statement_month", sa.Text(), "month that is settled, YYYY-MM"),
        _column("object_key", sa.Text(), "the Parquet object"),
        _column("sha256", sa.Text(), "hash of that object"),
        _column("size", sa.BigInteger(), "bytes of that object"),
        _column("line_count", sa.Integer(), "lines in it"),
        _column("sums", pg.JSONB(), "currency to exact sum, as text"),
        _column("sale_from", sa.Text(), "first month of use"),
        _column("sale_until", sa.Text(), "last month of use"),
        _column("rows_hash", sa.Text(), "equal for the same lines in any order"),
        sa.CheckConstraint(f"statement_month {MONTH}", name=op.f("ck_statement_part_month_real")),
        sa.CheckConstraint("line_count > 0", name=op.f("ck_statement_part_has_lines")),
        sa.CheckConstraint(
            "rows_hash ~ '^[0-9a-f]{32}$'", name=op.f("ck_statement_part_rows_hash_hex")
        ),
        sa.UniqueConstraint("object_key", name=op.f("uq_statement_part_object_key")),
        comment="lines of one source and statement month, as Parquet in the store",
    )
    op.create_index("ix_statement_part_import_id", "statement_part", ["import_id"])
    op.create_index("ix_statement_part_source", "statement_part", ["source", "statement_month"])
    for table in ("statement_import", "statement_part"):
        grant(table, "select,insert")
        house_only(table)
        append_only(table)
    guarded("statement_import")


def downgrade() -> None:
    """What was taken in is forgotten; its objects stay in the store."""
    op.drop_table("statement_part")
    op.drop_table("statement_import")
