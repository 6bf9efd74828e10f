"""Statements: lines whose recording the catalogue does not have, and what persons say they mean."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant, guarded, house_only

revision = "0050_statement_matches"
down_revision = "0049_newest_reports"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Keys without a recording stay as they were; who said what they mean, and who took it back, is kept."""
    op.create_table(
        "statement_unmatched",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("import_id", sa.Uuid(), sa.ForeignKey("statement_import.id"), nullable=False, comment="the file"),
        sa.Column("key", sa.Text(), nullable=False, comment="hash of what they say; empty when nothing names one"),
        sa.Column("isrc", sa.Text(), nullable=False, comment="ISRC, canonical; empty where it is none"),
        sa.Column("isrc_text", sa.Text(), nullable=False, comment="ISRC as written first"),
        sa.Column("upc_text", sa.Text(), nullable=False, comment="UPC as written first"),
        sa.Column("title", sa.Text(), nullable=False, comment="title as written first"),
        sa.Column("artist", sa.Text(), nullable=False, comment="artist as written first"),
        sa.Column("line_count", sa.Integer(), nullable=False, comment="lines"),
        sa.Column("sums", pg.JSONB(), nullable=False, comment="currency to exact sum, as text"),
        sa.CheckConstraint("key ~ '^([0-9a-f]{64})?$'", name=op.f("ck_statement_unmatched_key_hex")),
        sa.CheckConstraint("line_count > 0", name=op.f("ck_statement_unmatched_has_lines")),
        sa.UniqueConstraint("import_id", "key", name=op.f("uq_statement_unmatched_import_id_key")),
        comment="lines of a file whose recording the catalogue did not have, by their key",
    )  # fmt: skip
    op.create_index(
        "ix_statement_unmatched_order", "statement_unmatched", ["import_id", "line_count", "id"]
    )
    op.create_table(
        "statement_match",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("key", sa.Text(), nullable=False, comment="hash of what the lines say"),
        sa.Column("recording_id", sa.Uuid(), sa.ForeignKey("recording.id"), nullable=False, comment="what they mean"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="who said so"),
        sa.Column("at", AT, nullable=False, comment="when"),
        sa.Column("ended_by_id", sa.Uuid(), sa.ForeignKey("person.id"), comment="who took it back"),
        sa.Column("ended_at", AT, comment="when it was taken back"),
        sa.CheckConstraint("key ~ '^[0-9a-f]{64}$'", name=op.f("ck_statement_match_key_hex")),
        sa.CheckConstraint("(ended_at is null) = (ended_by_id is null)", name=op.f("ck_statement_match_end_whole")),
        comment="which recording lines of a key mean, as persons said; kept after it ends",
    )  # fmt: skip
    op.create_index("ix_statement_match_key", "statement_match", ["key"])
    op.create_index(
        "uq_statement_match_live", "statement_match", ["key"], unique=True, postgresql_where=sa.text("ended_at is null")
    )  # fmt: skip
    grant("statement_unmatched", "select,insert")
    append_only("statement_unmatched")
    grant("statement_match", "select,insert,update")
    guarded("statement_match")
    for table in ("statement_unmatched", "statement_match"):
        house_only(table)


def downgrade() -> None:
    """What was said is forgotten; the lines stay."""
    op.drop_table("statement_match")
    op.drop_table("statement_unmatched")
