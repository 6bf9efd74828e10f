"""On which side the artist stands follows from the sub-kind; the column said complainant for notices too."""

from __future__ import annotations

from alembic import op

revision = "0071_artist_side_follows"
down_revision = "0070_totals_of_a_case"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing else reads it."""
    op.drop_column("case", "artist_side")


def downgrade() -> None:
    """A derived column, but no way back below the first release."""
    raise RuntimeError("no downgrade below the first release")
