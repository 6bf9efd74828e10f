"""Delivery reports: which mail came back, for good or for now, each counted once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import append_only, grant, house_only

revision = "0048_mail_bounces"
down_revision = "0047_operations_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Addresses stay with the mails: staff alone sees them."""
    op.create_table(
        "mail_bounce",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("mail_id", sa.Uuid(), nullable=False, comment="the mail that came back"),
        sa.Column("kind", sa.Text(), nullable=False, comment="hard, content or soft"),
        sa.Column("status", sa.Text(), nullable=False, comment="as 5.1.1, by RFC 3463"),
        sa.Column("report_hash", sa.Text(), nullable=False, comment="SHA-256 of the report"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was read"),
        sa.CheckConstraint("kind in ('hard', 'content', 'soft')", name=op.f("ck_mail_bounce_kind_known")),
        sa.CheckConstraint("status ~ '^[245][.][0-9]{1,3}[.][0-9]{1,3}$'", name=op.f("ck_mail_bounce_status_shape")),
        sa.CheckConstraint("length(report_hash) = 64", name=op.f("ck_mail_bounce_hash_length")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_mail_bounce_mail_id_outgoing_mail")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_bounce")),
        sa.UniqueConstraint("report_hash", name=op.f("uq_mail_bounce_report_hash")),
        comment="reports of servers that a mail did not arrive, or not yet; append-only",
    )  # fmt: skip
    op.create_index(op.f("ix_mail_bounce_mail_id"), "mail_bounce", ["mail_id"])
    grant("mail_bounce", "select,insert")
    append_only("mail_bounce")
    house_only("mail_bounce")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
