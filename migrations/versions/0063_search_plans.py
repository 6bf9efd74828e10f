"""The search of a rare word keeps its plan: which ways it goes is written into it, so every plan is the same."""

from __future__ import annotations

from alembic import op

revision = "0063_search_plans"
down_revision = "0062_statement_marks"
branch_labels = None
depends_on = None

FUNCTION = "search_hits(tsquery, text[], text, text[], text[], timestamptz, timestamptz, integer)"


def upgrade() -> None:
    """Planning anew cost more than finding."""
    op.execute(f"alter function {FUNCTION} set plan_cache_mode = 'force_generic_plan'")


def downgrade() -> None:
    """Plan each search by its words again."""
    op.execute(f"alter function {FUNCTION} set plan_cache_mode = 'force_custom_plan'")
