"""cases."""

from __future__ import annotations

revision = "0006_cases"
down_revision = "0005_policies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by its room.

    Order: create case (with created_by uuid, state), case_member, case_wall, then walls.raise_membership_walls(),
    walls.raise_case_walls(), then the other tables with walls.side_scoped / case_scoped / desk_only.
    """


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
