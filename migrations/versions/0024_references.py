"""Numbers that others gave a case: unique within case and side, held by one case in the house's own table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, guarded, side_scoped

revision = "0024_references"
down_revision = "0023_delegation_invitations"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KINDS = "'store_number', 'claim_id', 'own_reference'"


def upgrade() -> None:
    """A side's own rows, and the row of a number on which two cases queue."""
    _references()
    _holders()


def _references() -> None:
    op.create_table(
        "case_reference",
        sa.Column("id", sa.Uuid, nullable=False, comment="random public identifier"),
        sa.Column("kind", sa.Text, nullable=False, comment="store_number, claim_id or own_reference"),
        sa.Column("value", sa.Text, nullable=False, comment="as typed"),
        sa.Column("normal", sa.Text, nullable=False, comment="the form that is compared"),
        sa.Column("by_id", sa.Uuid, comment="who noted it; none for the system"),
        sa.Column("created_at", AT, nullable=False, comment="when"),
        sa.Column("ended_at", AT, comment="when it was taken off"),
        sa.Column("case_id", sa.Uuid, nullable=False, comment="the case"),
        sa.Column("side", sa.Text, nullable=False, comment="whose room: complainant, respondent, desk"),
        sa.Column("disclosure", sa.Text, nullable=False, comment="private, shared or internal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reference")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_case_reference_by_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_reference_case_id_case")),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_case_reference_kind_known")),
        sa.CheckConstraint("side in ('complainant', 'respondent') and disclosure = 'private'",
            name=op.f("ck_case_reference_of_one_party")),
        sa.CheckConstraint("length(normal) between 1 and 100", name=op.f("ck_case_reference_normal_length")),
        comment="numbers that others gave a case, as one side named them",
    )  # fmt: skip
    live = sa.text("ended_at is null")
    columns = ["case_id", "side", "kind", "normal"]
    op.create_index(
        "uq_case_reference_live", "case_reference", columns, unique=True, postgresql_where=live
    )
    op.create_index("ix_case_reference_same", "case_reference", ["kind", "normal", "created_at"])
    grant("case_reference")
    side_scoped("case_reference")
    guarded("case_reference")


def _holders() -> None:
    op.create_table(
        "reference_holder",
        sa.Column("kind", sa.Text, nullable=False, comment="kind of the number"),
        sa.Column("normal", sa.Text, nullable=False, comment="the number, compared form"),
        sa.Column("case_id", sa.Uuid, comment="the case that holds it; none when it was taken off"),
        sa.Column("since", AT, nullable=False, comment="since when"),
        sa.PrimaryKeyConstraint("kind", "normal", name=op.f("pk_reference_holder")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_reference_holder_case_id_case")),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_reference_holder_kind_known")),
        comment="which case holds a number of others; read by the system alone",
    )  # fmt: skip
    op.create_index(op.f("ix_reference_holder_case_id"), "reference_holder", ["case_id"])
    grant("reference_holder")
    house = "app_scope() in ('system', 'owner')"
    op.execute("alter table reference_holder enable row level security")
    op.execute("alter table reference_holder force row level security")
    op.execute(
        f"create policy house_alone on reference_holder using ({house}) with check ({house})"
    )


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
