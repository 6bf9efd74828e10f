"""What a run could not attribute, by payee; what stores reported beside each group of lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant, side_scoped

revision = "0060_audit_suspense"
down_revision = "0059_parent_events"
branch_labels = None
depends_on = None

TABLE = "payout_audit_suspense"


def upgrade() -> None:
    """Runs from before have no rows and no gross: their pages say so by a dash."""
    text = sa.Text()
    op.add_column(
        "payout_audit_group",
        sa.Column("gross", pg.JSONB(), nullable=False, server_default="{}", comment="currency of the store to what it reported, as text"),
    )  # fmt: skip
    op.create_table(
        TABLE,
        sa.Column("audit_id", sa.Uuid(), sa.ForeignKey("payout_audit.id"), primary_key=True, comment="the run"),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False, comment="order, from 1"),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False, comment="the case"),
        sa.Column("side", text, nullable=False, comment="whose room: complainant, respondent, desk"),
        sa.Column("disclosure", text, nullable=False, comment="private, shared or internal"),
        sa.Column("payee", text, nullable=False, comment="whom it concerns; empty: nobody has a share"),
        sa.Column("reason", text, nullable=False, comment="why, by the contract of the audit"),
        sa.Column("statement_month", text, nullable=False, comment="YYYY-MM"),
        sa.Column("sale_month", text, nullable=False, comment="YYYY-MM"),
        sa.Column("store", text, nullable=False, comment="the store"),
        sa.Column("territory", text, nullable=False, comment="alpha-2, ZZ unknown"),
        sa.Column("isrc", text, nullable=False, comment="recording as it was written, canonical where it is one"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="ISO 4217, of the store"),
        sa.Column("gross", sa.Numeric(38, 12), nullable=False, comment="12 places, all that waits, not a share of it"),
        comment="money of a run that cannot be attributed, for each payee whom it concerns",
    )  # fmt: skip
    op.create_index("ix_payout_audit_suspense_page", TABLE, ["audit_id", "payee", "number"])
    side_scoped(TABLE)
    grant(TABLE, "select,insert")
    append_only(TABLE)


def downgrade() -> None:
    """What was found is append-only: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
