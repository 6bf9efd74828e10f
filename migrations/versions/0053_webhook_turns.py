"""Whose turn it is among what waits for an endpoint: found by an index.

What happened in a case reaches an endpoint one after the other, the earlier first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053_webhook_turns"
down_revision = "0052_statement_profiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Waiting deliveries alone: they are few."""
    op.create_index(
        "ix_webhook_delivery_waiting", "webhook_delivery", ["endpoint_id", "case_id", "happened_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip


def downgrade() -> None:
    """An index alone, but no way back below the first release."""
    raise RuntimeError("no downgrade below the first release")
