"""Totals of a run are asked for by their case, on each page of a payout case."""

from __future__ import annotations

from alembic import op

revision = "0070_totals_of_a_case"
down_revision = "0069_checker_holds_role"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The newest run of a case comes first."""
    op.create_index("ix_payout_audit_total_case_id", "payout_audit_total", ["case_id", "at"])


def downgrade() -> None:
    """An index alone, but no way back below the first release."""
    raise RuntimeError("no downgrade below the first release")
