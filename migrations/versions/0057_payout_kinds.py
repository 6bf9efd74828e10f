"""Payees are paid in more ways than by bank account: which one stands beside the mask."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057_payout_kinds"
down_revision = "0056_terms_balances"
branch_labels = None
depends_on = None

KNOWN = "payout_kind in ('', 'iban', 'us_account', 'paypal', 'wise', 'revolut', 'account')"


def upgrade() -> None:
    """What was entered before is sealed, so its kind is not known here; files read it from the details."""
    op.add_column(
        "payee",
        sa.Column("payout_kind", sa.Text, nullable=False, server_default="",
                  comment="how they are paid; empty for a mask and from before there were kinds"),
    )  # fmt: skip
    op.create_check_constraint(op.f("ck_payee_payout_kind_known"), "payee", KNOWN)


def downgrade() -> None:
    """The details stay sealed with their kind."""
    op.drop_column("payee", "payout_kind")
