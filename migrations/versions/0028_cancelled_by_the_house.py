"""A correction that the system cancels, when an action of its decision failed, names nobody as who cancelled it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028_cancelled_by_the_house"
down_revision = "0027_uploads"
branch_labels = None
depends_on = None

NAME = "ck_correction_cancelled_has_reason"
NEW = "(state = 'cancelled') = (cancelled_at is not null and cancel_reason <> '') and (cancelled_by is null or cancelled_at is not null)"
COMMENT = "who sent it back or cancelled it; none for the system"


def upgrade() -> None:
    """Time and reason stay, the person may be missing."""
    op.drop_constraint(op.f(NAME), "correction", type_="check")
    op.create_check_constraint(op.f(NAME), "correction", NEW)
    op.alter_column("correction", "cancelled_by", existing_type=sa.Uuid, comment=COMMENT)


def downgrade() -> None:
    """Going back means restoring a backup."""
    raise RuntimeError("no downgrade below the first release")
