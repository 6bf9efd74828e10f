"""When a backup, a drill and a verification were done last: their age is a number that somebody watches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant

revision = "0047_operations_marks"
down_revision = "0046_statement_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row a kind of act."""
    op.create_table(
        "operations_mark",
        sa.Column("name", sa.Text(), nullable=False, comment="backup, restore_drill or history_verified"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was done last"),
        sa.CheckConstraint("name in ('backup', 'restore_drill', 'history_verified')",
                           name=op.f("ck_operations_mark_name_known")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_operations_mark")),
        comment="when operators did what is watched by its age",
    )  # fmt: skip
    grant("operations_mark")


def downgrade() -> None:
    """The marks are forgotten."""
    op.drop_table("operations_mark")
