"""Lines of statements that persons marked, with why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, guarded, house_only

revision = "0062_statement_marks"
down_revision = "0061_reconciliations"
branch_labels = None
depends_on = None

TABLE = "statement_mark"


def upgrade() -> None:
    """A mark is written once; only its end is added."""
    text, at = sa.Text(), sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("part_id", sa.Uuid(), sa.ForeignKey("statement_part.id"), nullable=False, comment="where the line lies"),
        sa.Column("position", sa.Integer(), nullable=False, comment="which line of it, from 1"),
        sa.Column("statement_month", text, nullable=False, comment="YYYY-MM, of the part"),
        sa.Column("sale_month", text, nullable=False, comment="YYYY-MM, of the line"),
        sa.Column("isrc", text, nullable=False, comment="ISRC, canonical; empty where it is none"),
        sa.Column("store", text, nullable=False, comment="the store, of the line"),
        sa.Column("territory", text, nullable=False, comment="alpha-2, ZZ unknown, of the line"),
        sa.Column("note", text, nullable=False, comment="why it was marked"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="who marked it"),
        sa.Column("at", at, nullable=False, comment="when"),
        sa.Column("ended_by_id", sa.Uuid(), sa.ForeignKey("person.id"), comment="who took it back"),
        sa.Column("ended_at", at, comment="when it was taken back"),
        sa.CheckConstraint("position > 0", name=op.f("ck_statement_mark_position_real")),
        sa.CheckConstraint("length(note) between 1 and 1000", name=op.f("ck_statement_mark_note_length")),
        sa.CheckConstraint("(ended_at is null) = (ended_by_id is null)", name=op.f("ck_statement_mark_end_whole")),
        comment="lines of statements that persons marked, with why",
    )  # fmt: skip
    live = sa.text("ended_at is null")
    op.create_index("uq_statement_mark_live", TABLE, ["part_id", "position"], unique=True, postgresql_where=live)  # fmt: skip
    op.create_index("ix_statement_mark_month", TABLE, ["statement_month", "isrc"], postgresql_where=live)  # fmt: skip
    house_only(TABLE)
    grant(TABLE, "select,insert")
    op.execute(f"grant update (ended_by_id, ended_at) on {TABLE} to redress_app")
    guarded(TABLE)


def downgrade() -> None:
    """What persons said is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
