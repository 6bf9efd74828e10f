"""Bank details of a payee, encrypted; the payee may read and change their own row, under the second wall too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042_bank_details"
down_revision = "0041_api_tokens"
branch_labels = None
depends_on = None

OWN = "app_scope() = 'party' and person_id is not null and person_id = app_person()"


def upgrade() -> None:
    """Existing payees keep the mask that finance entered."""
    op.add_column(
        "payee",
        sa.Column("sealed_bank", sa.Text,
                  comment="those details whole, encrypted with a key of the settings; none when finance entered a mask"),
    )  # fmt: skip
    op.execute(f"create policy own_sight on payee for select using ({OWN})")
    op.execute(f"create policy own_changes on payee for update using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    """What payees entered is lost."""
    for name in ("own_sight", "own_changes"):
        op.execute(f"drop policy {name} on payee")
    op.drop_column("payee", "sealed_bank")
