"""Statement files that people hand in: read in the background, with how far that is and what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, house_only

revision = "0046_statement_uploads"
down_revision = "0045_statements"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEPT = (
    "id, name, size, storage_key, asked, state, import_id, outcome, problems, by_id, at, ended_at"
)


def upgrade() -> None:
    """A row a file. How far its reading is changes without history: it is no act of anybody."""
    op.create_table(
        "statement_upload",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("name", sa.Text(), nullable=False, comment="name of the file"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="its bytes"),
        sa.Column("storage_key", sa.Text(), nullable=False, comment="where it lies until it was read"),
        sa.Column("asked", pg.JSONB(), nullable=False, comment="what was said of it"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, reading, done, refused or cancelled"),
        sa.Column("lines_read", sa.Integer(), server_default="0", nullable=False, comment="lines so far"),
        sa.Column("percent", sa.SmallInteger(), server_default="0", nullable=False, comment="part of the file so far"),
        sa.Column("import_id", sa.Uuid(), sa.ForeignKey("statement_import.id"), comment="what came of it"),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False, comment="code of why it was refused as a whole"),
        sa.Column("problems", pg.JSONB(), server_default="[]", nullable=False, comment="why nothing of it may be used"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="who handed it in"),
        sa.Column("at", AT, nullable=False, comment="when"),
        sa.Column("ended_at", AT, comment="when its reading ended"),
        sa.CheckConstraint("state in ('waiting', 'reading', 'done', 'refused', 'cancelled')",
                           name=op.f("ck_statement_upload_state_known")),
        sa.CheckConstraint("(state = 'done') = (import_id is not null)", name=op.f("ck_statement_upload_done_has_import")),
        sa.CheckConstraint("percent between 0 and 100", name=op.f("ck_statement_upload_percent_real")),
        comment="statement files that people hand in, and what came of them",
    )  # fmt: skip
    op.create_index("ix_statement_upload_at", "statement_upload", ["at"])
    grant("statement_upload", "select,insert,update")
    house_only("statement_upload")
    op.execute(
        f"create constraint trigger guarded after insert or delete or update of {KEPT} on statement_upload "
        "deferrable initially deferred for each row execute function require_history()"
    )


def downgrade() -> None:
    """What was handed in is forgotten; what was taken in stays."""
    op.drop_table("statement_upload")
