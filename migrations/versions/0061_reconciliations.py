"""Reconciliations: the ledger's file beside what left, each file once, each correction and line told once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import append_only, grant, house_only

revision = "0061_reconciliations"
down_revision = "0060_audit_suspense"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
STATES = "state in ('matched', 'differs', 'missing', 'unknown', 'twice')"


def upgrade() -> None:
    """Rows of the house; parties never see what a ledger answered."""
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        sa.Column("batch_id", sa.Uuid, sa.ForeignKey("batch.id"), nullable=False, comment="the batch"),
        sa.Column("filename", sa.Text, nullable=False, comment="what the file was called"),
        sa.Column("sha256", sa.Text, nullable=False, comment="hash of its bytes: the same file counts once"),
        sa.Column("size", sa.BigInteger, nullable=False, comment="bytes"),
        sa.Column("line_count", sa.Integer, nullable=False, comment="lines below its header"),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("person.id"), nullable=False, comment="who handed it in"),
        sa.Column("created_at", AT, nullable=False, comment="when"),
        sa.UniqueConstraint("batch_id", "sha256", name="uq_reconciliation_batch_id_sha256"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_reconciliation_hash_shape")),
        sa.CheckConstraint("line_count > 0 and size > 0", name=op.f("ck_reconciliation_size_positive")),
        comment="files of the ledger compared with a batch; append-only",
    )  # fmt: skip
    op.create_table(
        "reconciliation_row",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        sa.Column("reconciliation_id", sa.Uuid, sa.ForeignKey("reconciliation.id"), nullable=False, comment="the reconciliation"),
        sa.Column("position", sa.Integer, nullable=False, comment="its place, from 1"),
        sa.Column("state", sa.Text, nullable=False, comment="matched, differs, missing, unknown or twice"),
        sa.Column("correction_id", sa.Uuid, sa.ForeignKey("correction.id"), comment="the correction; none for an unknown line"),
        sa.Column("reference", sa.Text, nullable=False, comment="what the ledger calls it, or its id"),
        sa.Column("matched_by", sa.Text, nullable=False, comment="by which rule lines were found"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="ISO 4217, of both amounts"),
        sa.Column("expected_minor", sa.BigInteger, comment="as exported, minor units"),
        sa.Column("posted_minor", sa.BigInteger, comment="as posted, minor units"),
        sa.Column("posted_on", sa.Date, comment="the latest day of its lines"),
        sa.Column("lines", sa.Text, nullable=False, comment="where they begin in the file, space between"),
        sa.UniqueConstraint("reconciliation_id", "position", name="uq_reconciliation_row_reconciliation_id_position"),
        sa.CheckConstraint(STATES, name=op.f("ck_reconciliation_row_state_known")),
        sa.CheckConstraint("matched_by in ('correction', 'number', 'nothing')", name=op.f("ck_reconciliation_row_rule_known")),
        sa.CheckConstraint("(state = 'unknown') = (correction_id is null)", name=op.f("ck_reconciliation_row_ours_or_unknown")),
        sa.CheckConstraint("(state = 'missing') = (lines = '')", name=op.f("ck_reconciliation_row_missing_has_no_line")),
        comment="each correction and each unknown line of a reconciliation, once; append-only",
    )  # fmt: skip
    op.create_index("ix_reconciliation_row_correction_id", "reconciliation_row", ["correction_id"])
    op.create_index(
        "ix_reconciliation_row_state",
        "reconciliation_row",
        ["reconciliation_id", "state", "position"],
    )
    for table in ("reconciliation", "reconciliation_row"):
        grant(table, "select,insert")
        append_only(table)
        house_only(table)


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
