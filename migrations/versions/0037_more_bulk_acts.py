"""Bulk acts: links, duplicates, deadlines and macros; what a single case of a run gets (ADR 0030)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0037_more_bulk_acts"
down_revision = "0036_counter_notices"
branch_labels = None
depends_on = None

BEFORE = "act in ('assign', 'tag', 'untag', 'stage')"
AFTER = "act in ('assign', 'tag', 'untag', 'stage', 'link', 'duplicate', 'deadline', 'macro')"


def upgrade() -> None:
    """More acts; the words of a macro stand with their case."""
    _acts(
        AFTER,
        "assign, tag, untag, stage, link, duplicate, deadline or macro",
        "to whom, which word, which move, which other case",
    )
    op.add_column(
        "bulk_row",
        sa.Column("given", pg.JSONB(), server_default="{}", nullable=False, comment="what this case alone gets, such as the words of a macro"),
    )  # fmt: skip


def downgrade() -> None:
    """Runs of the new acts go with them: they change nothing any more."""
    op.drop_column("bulk_row", "given")
    later = "select id from bulk_run where act not in ('assign', 'tag', 'untag', 'stage')"
    op.execute(f"delete from bulk_row where run_id in ({later})")
    op.execute("delete from bulk_run where act not in ('assign', 'tag', 'untag', 'stage')")
    _acts(BEFORE, "assign, tag, untag or stage", "to whom, which word, which move")


def _acts(rule: str, acts: str, given: str) -> None:
    op.drop_constraint(op.f("ck_bulk_run_act_known"), "bulk_run")
    op.create_check_constraint(op.f("ck_bulk_run_act_known"), "bulk_run", rule)
    op.alter_column("bulk_run", "act", comment=acts)
    op.alter_column("bulk_run", "given", comment=given)
