"""accounts."""

from __future__ import annotations

revision = "0004_accounts"
down_revision = "0003_history"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by its room."""


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
