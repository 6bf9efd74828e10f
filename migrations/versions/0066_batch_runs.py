"""Large batches are locked and exported in the background, and their pages are read in order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, house_only

revision = "0066_batch_runs"
down_revision = "0065_history_of_sets"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
TABLE = "batch_run"
KEPT = "id, batch_id, act, asked, state, total, outcome, said, by_id, at, ended_at"


def _ck(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))


def upgrade() -> None:
    """A row a run, one live run a batch. How far it is changes without history: it is no act of anybody."""
    text = sa.Text()
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), nullable=False, comment="the batch"),
        sa.Column("act", text, nullable=False, comment="lock or export"),
        sa.Column("asked", pg.JSONB(), nullable=False, comment="version, day of the books or format"),
        sa.Column("state", text, nullable=False, comment="waiting, running, done, refused or cancelled"),
        sa.Column("total", sa.Integer(), nullable=False, comment="corrections of the batch when it was asked for"),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False, comment="corrections so far"),
        sa.Column("outcome", text, server_default="", nullable=False, comment="code of why it was refused"),
        sa.Column("said", pg.JSONB(), server_default="{}", nullable=False, comment="why, as template and values"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="who asked for it"),
        sa.Column("at", AT, nullable=False, comment="when"),
        sa.Column("started_at", AT, comment="when the last try began"),
        sa.Column("ended_at", AT, comment="when it ended"),
        _ck("act_known", "act in ('lock', 'export')"),
        _ck("state_known", "state in ('waiting', 'running', 'done', 'refused', 'cancelled')"),
        _ck("done_real", "done between 0 and total"),
        _ck("ended_has_time", "(state in ('waiting', 'running')) = (ended_at is null)"),
        comment="locks and exports of large batches in the background; one at a time for each",
    )  # fmt: skip
    op.create_index("uq_batch_run_live", TABLE, ["batch_id"], unique=True,
                    postgresql_where=sa.text("state in ('waiting', 'running')"))  # fmt: skip
    op.create_index("ix_batch_run_batch_id", TABLE, ["batch_id", "at"])
    op.create_index(
        "ix_batch_line_in_order", "batch_line", ["batch_id", "added_at", "correction_id"]
    )
    op.drop_index("ix_batch_line_batch_id", "batch_line")
    grant(TABLE, "select,insert,update")
    house_only(TABLE)
    op.execute(
        f"create constraint trigger guarded after insert or delete or update of {KEPT} on {TABLE} "
        "deferrable initially deferred for each row execute function require_history()"
    )


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
