"""When the invariants were checked, and what came of it: read by the page of health."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant

revision = "0035_invariant_runs"
down_revision = "0034_shortcuts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row a run; never changed afterwards."""
    op.create_table(
        "invariant_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False, comment="order of the runs"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it ended"),
        sa.Column("by", sa.Text(), nullable=False, comment="what ran it: the nightly job or the command line"),
        sa.Column("took_ms", sa.Integer(), nullable=False, comment="how long it took, milliseconds"),
        sa.Column("checked", sa.Integer(), nullable=False, comment="how many invariants were asked"),
        sa.Column("broken", pg.ARRAY(sa.Text()), nullable=False, comment="those that do not hold, number and name"),
        sa.CheckConstraint(
            "took_ms >= 0 and checked > 0", name=op.f("ck_invariant_run_counts_positive")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invariant_run")),
        comment="runs of the invariants with their result",
    )  # fmt: skip
    grant("invariant_run", "select,insert")
    append_only("invariant_run")


def downgrade() -> None:
    """The runs are forgotten."""
    op.drop_table("invariant_run")
