"""Terms: balances of contracts by month; each row adds up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, house_only

revision = "0056_terms_balances"
down_revision = "0055_payout_audits"
branch_labels = None
depends_on = None

TABLES = "table_name in ('deals', 'splits', 'payees', 'withholding', 'fx'{more})"
AMOUNTS = {
    "opening": "where the month began", "earned": "earned in it", "recouped": "kept to recoup",
    "paid": "paid out", "closing": "where the month ended",
}  # fmt: skip


def upgrade() -> None:
    """As the other rows: written once, ended once."""
    _tables(", 'balances'")
    op.execute(
        "comment on column terms_version.table_name is 'deals, splits, payees, withholding, fx or balances'"
    )
    version = sa.ForeignKey("terms_version.number")
    op.create_table(
        "terms_balance",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("made_in", sa.Integer(), version, nullable=False, comment="version that wrote it"),
        sa.Column("ended_in", sa.Integer(), sa.ForeignKey("terms_version.number"), comment="version that ended it"),
        sa.Column("contract", sa.Text(), nullable=False, comment="name of the contract"),
        sa.Column("payee", sa.Text(), nullable=False, comment="the payee's name on statements"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="ISO 4217, of all amounts"),
        sa.Column("month", sa.Date(), nullable=False, comment="the statement month, its first day"),
        *(sa.Column(name, sa.Numeric(38, 12), nullable=False, comment=words) for name, words in AMOUNTS.items()),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_terms_balance_months_first")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_terms_balance_currency_shape")),
        sa.CheckConstraint("recouped >= 0 and paid >= 0", name=op.f("ck_terms_balance_goes_out")),
        sa.CheckConstraint("closing = opening + earned - recouped - paid", name=op.f("ck_terms_balance_adds_up")),
        sa.CheckConstraint("ended_in > made_in", name=op.f("ck_terms_balance_ends_later")),
        comment="balances of contracts by statement month, in versions",
    )  # fmt: skip
    op.create_index(
        "uq_terms_balance_live", "terms_balance", ["contract", "month"], unique=True,
        postgresql_where=sa.text("ended_in is null"),
    )  # fmt: skip
    for column in ("made_in", "ended_in"):
        op.create_index(f"ix_terms_balance_{column}", "terms_balance", [column])
    grant("terms_balance", "select,insert")
    op.execute("grant update (ended_in) on terms_balance to redress_app")
    op.execute(
        "create trigger only_ends before update or delete on terms_balance for each row execute function only_ends()"
    )
    house_only("terms_balance")


def downgrade() -> None:
    """Balances are forgotten; their changes must be gone before."""
    op.drop_table("terms_balance")
    _tables("")


def _tables(more: str) -> None:
    op.drop_constraint(op.f("ck_terms_version_table_known"), "terms_version")
    op.create_check_constraint(
        op.f("ck_terms_version_table_known"), "terms_version", TABLES.format(more=more)
    )
