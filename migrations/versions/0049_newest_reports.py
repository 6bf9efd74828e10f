"""Delivery reports by time: the page of mails looks through the newest ones only."""

from __future__ import annotations

from alembic import op

revision = "0049_newest_reports"
down_revision = "0048_mail_bounces"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index; the table is append-only and takes a row a report."""
    op.create_index(op.f("ix_mail_bounce_at"), "mail_bounce", ["at"])


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
