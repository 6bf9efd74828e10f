"""Lines of a ledger's file that a person matched by hand with a correction that was missing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, guarded, house_only

revision = "0064_reconciliation_pairs"
down_revision = "0063_search_plans"
branch_labels = None
depends_on = None

TABLE = "reconciliation_pair"
ROW = ["reconciliation_row.reconciliation_id", "reconciliation_row.position"]


def upgrade() -> None:
    """A pair is written once; only its end is added. A file may come from the command line, by nobody."""
    text, at, number = sa.Text(), sa.DateTime(timezone=True), sa.Integer()
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("reconciliation_id", sa.Uuid(), sa.ForeignKey("reconciliation.id"), nullable=False, comment="the reconciliation"),
        sa.Column("missing_position", number, nullable=False, comment="the row of the correction that was missing"),
        sa.Column("unknown_position", number, nullable=False, comment="the row of the line that was unknown"),
        sa.Column("state", text, nullable=False, comment="matched or differs, by both amounts"),
        sa.Column("reason", text, nullable=False, comment="why they belong together"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="who matched them"),
        sa.Column("at", at, nullable=False, comment="when"),
        sa.Column("ended_by_id", sa.Uuid(), sa.ForeignKey("person.id"), comment="who took it back"),
        sa.Column("ended_at", at, comment="when it was taken back"),
        sa.ForeignKeyConstraint(["reconciliation_id", "missing_position"], ROW, name="fk_reconciliation_pair_missing"),
        sa.ForeignKeyConstraint(["reconciliation_id", "unknown_position"], ROW, name="fk_reconciliation_pair_unknown"),
        sa.CheckConstraint("state in ('matched', 'differs')", name=op.f("ck_reconciliation_pair_state_known")),
        sa.CheckConstraint("length(reason) between 1 and 1000", name=op.f("ck_reconciliation_pair_reason_length")),
        sa.CheckConstraint("(ended_at is null) = (ended_by_id is null)", name=op.f("ck_reconciliation_pair_end_whole")),
        comment="lines of a ledger that persons matched by hand with a correction, with why",
    )  # fmt: skip
    live = sa.text("ended_at is null")
    for side in ("missing", "unknown"):
        op.create_index(
            f"uq_reconciliation_pair_{side}", TABLE, ["reconciliation_id", f"{side}_position"], unique=True,
            postgresql_where=live,
        )  # fmt: skip
    house_only(TABLE)
    grant(TABLE, "select,insert")
    op.execute(f"grant update (ended_by_id, ended_at) on {TABLE} to redress_app")
    guarded(TABLE)
    op.alter_column(
        "reconciliation", "created_by", nullable=True, existing_type=sa.Uuid(),
        comment="who handed it in; none for the system",
    )  # fmt: skip


def downgrade() -> None:
    """What persons said is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
