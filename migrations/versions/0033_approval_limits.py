"""Limits of approval as versioned rows; each correction keeps the version that it was measured by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant

revision = "0033_approval_limits"
down_revision = "0032_letter_proofs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Corrections that exist were measured by the limits of the code: none is named for them."""
    op.create_table(
        "approval_policy",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, 3"),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False,
                  comment="corrections proposed or changed from this instant on use it"),
        sa.Column("two_from", pg.JSONB(), nullable=False,
                  comment="by currency, whole major units from which on two people approve"),
        sa.Column("content_hash", sa.Text(), nullable=False, comment="SHA-256 over the limits, to see a change"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why this version was made"),
        sa.Column("by_id", sa.Uuid(), comment="who made it; none for the system"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when this version was stored"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_approval_policy_version_positive")),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f("ck_approval_policy_content_hash_is_sha256")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_approval_policy_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_policy")),
        sa.UniqueConstraint("version", name=op.f("uq_approval_policy_version")),
        comment="limits of approval in one version; a change makes a new version",
    )  # fmt: skip
    append_only("approval_policy")
    grant("approval_policy", "select,insert")
    op.add_column(
        "correction",
        sa.Column(
            "approval_policy_id",
            sa.Uuid(),
            sa.ForeignKey(
                "approval_policy.id", name=op.f("fk_correction_approval_policy_id_approval_policy")
            ),
            comment="limits that it was measured by",
        ),
    )


def downgrade() -> None:
    """The limits of the code were the first version."""
    op.drop_column("correction", "approval_policy_id")
    op.drop_table("approval_policy")
