"""Macros: words that staff reuse, own or of the team, with what they propose to do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, guarded

revision = "0016_macros"
down_revision = "0015_workspace"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
READ = (
    "app_scope() in ('system', 'owner', 'auditor') or "
    "(app_scope() = 'staff' and (owner_id is null or owner_id = app_person()))"
)
WRITE = (
    "app_scope() in ('system', 'owner') or "
    "(app_scope() = 'staff' and (owner_id is null or owner_id = app_person()))"
)


def upgrade() -> None:
    """The table, then the wall around what is somebody's own."""
    op.create_table(
        "macro",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("owner_id", sa.Uuid(), nullable=True, comment="whose own; none for the team"),
        sa.Column("name", sa.Text(), nullable=False, comment="what the list calls it"),
        sa.Column("language", sa.Text(), nullable=False, comment="language of the words"),
        sa.Column("audience", sa.Text(), nullable=False, comment="artist, other, note or any"),
        sa.Column("body", sa.Text(), nullable=False, comment="the words, with variables in braces"),
        sa.Column(
            "proposes",
            pg.JSONB(),
            nullable=False,
            comment="request items, move, tag and owner it proposes",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="counts changes"),
        sa.Column("created_at", AT, nullable=False, comment="when it was written"),
        sa.Column("updated_at", AT, nullable=False, comment="last change"),
        sa.Column("retired_at", AT, nullable=True, comment="since when nobody is offered it"),
        sa.CheckConstraint(
            "audience in ('artist', 'other', 'note', 'any')", name=op.f("ck_macro_audience_known")
        ),
        sa.CheckConstraint("length(name) between 1 and 120", name=op.f("ck_macro_name_length")),
        sa.CheckConstraint("length(body) between 1 and 8000", name=op.f("ck_macro_body_length")),
        sa.CheckConstraint("version > 0", name=op.f("ck_macro_version_positive")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_macro_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_macro")),
        comment="words that staff reuse, own or of the team",
    )
    op.create_index(
        "uq_macro_name", "macro", [sa.text("coalesce(owner_id, '00000000-0000-0000-0000-000000000000'::uuid)"), sa.text("lower(name)"), "language"],
        unique=True, postgresql_where=sa.text("retired_at is null"),
    )  # fmt: skip
    grant("macro")
    guarded("macro")
    op.execute("alter table macro enable row level security")
    op.execute("alter table macro force row level security")
    op.execute(f"create policy sight on macro for select using ({READ})")
    op.execute(f"create policy adds on macro for insert with check ({WRITE})")
    op.execute(f"create policy changes on macro for update using ({WRITE}) with check ({WRITE})")


def downgrade() -> None:
    """Restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
