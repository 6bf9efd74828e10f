"""Statements: what the columns of unknown files mean, in versions; a file waits until somebody says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, guarded, house_only

revision = "0052_statement_profiles"
down_revision = "0051_walls_as_functions"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
STATES = "state in ('waiting', 'reading', 'done', 'refused', 'cancelled'{more})"


def upgrade() -> None:
    """A version is written once; only its end is added."""
    op.create_table(
        "statement_profile",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("number", sa.Integer(), nullable=False, comment="order in which they were made, from 1"),
        sa.Column("name", sa.Text(), nullable=False, comment="name of the format"),
        sa.Column("version", sa.Integer(), nullable=False, comment="of that name, from 1"),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="hash of the set of its columns"),
        sa.Column("header", pg.JSONB(), nullable=False, comment="names of the columns, in the order of the first file"),
        sa.Column("fields", pg.JSONB(), nullable=False, comment="field to name of its column"),
        sa.Column("personal", pg.JSONB(), nullable=False, comment="columns with data of people, masked"),
        sa.Column("numbers", sa.Text(), nullable=False, comment="how it writes numbers"),
        sa.Column("days", sa.Text(), nullable=False, comment="order of day and month"),
        sa.Column("currency", sa.Text(), nullable=False, comment="where no column says it"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="who made it"),
        sa.Column("at", AT, nullable=False, comment="when"),
        sa.Column("withdrawn_by_id", sa.Uuid(), sa.ForeignKey("person.id"), comment="who withdrew it"),
        sa.Column("withdrawn_at", AT, comment="when it was withdrawn"),
        sa.CheckConstraint("name ~ '^[a-z0-9-]{2,40}$'", name=op.f("ck_statement_profile_name_shape")),
        sa.CheckConstraint("fingerprint ~ '^[0-9a-f]{64}$'", name=op.f("ck_statement_profile_fingerprint_hex")),
        sa.CheckConstraint("(withdrawn_at is null) = (withdrawn_by_id is null)", name=op.f("ck_statement_profile_end_whole")),
        sa.UniqueConstraint("number", name=op.f("uq_statement_profile_number")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_statement_profile_name_version")),
        comment="what columns of files mean that no format of the product knows, in versions",
    )  # fmt: skip
    op.create_index(
        "ix_statement_profile_fingerprint", "statement_profile", ["fingerprint", "number"]
    )
    op.execute("grant update (withdrawn_by_id, withdrawn_at) on statement_profile to redress_app")
    grant("statement_profile", "select,insert")
    guarded("statement_profile")
    house_only("statement_profile")
    op.drop_constraint(op.f("ck_statement_upload_state_known"), "statement_upload")
    op.create_check_constraint(
        op.f("ck_statement_upload_state_known"),
        "statement_upload",
        STATES.format(more=", 'unmapped'"),
    )


def downgrade() -> None:
    """What was said is forgotten; files that wait for it are refused."""
    op.execute("update statement_upload set state = 'refused' where state = 'unmapped'")
    op.drop_constraint(op.f("ck_statement_upload_state_known"), "statement_upload")
    op.create_check_constraint(
        op.f("ck_statement_upload_state_known"), "statement_upload", STATES.format(more="")
    )
    op.drop_table("statement_profile")
