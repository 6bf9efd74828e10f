"""Cases by ISRC and by UPC alone: what search names beside a release or recording."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040_case_numbers"
down_revision = "0039_letters_of_ends"
branch_labels = None
depends_on = None

NUMBERS = ("isrc", "upc")


def upgrade() -> None:
    """Most cases name a number; drafts without one stay out. The index of words is rebuilt with the catalogue in it."""
    for number in NUMBERS:
        op.create_index(
            f"ix_case_{number}", "case", [number], postgresql_where=sa.text(f"{number} is not null")
        )


def downgrade() -> None:
    """Nothing is lost."""
    for number in NUMBERS:
        op.drop_index(f"ix_case_{number}", "case")
