"""Keys of the staff pages as people changed them (ADR 0029)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant

revision = "0034_shortcuts"
down_revision = "0033_approval_limits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row a person, which nobody else reads."""
    op.create_table(
        "shortcut_preference",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="the person"),
        sa.Column("is_single_on", sa.Boolean(), nullable=False, comment="whether keys without Control work at all"),
        sa.Column(
            "chords", pg.JSONB(), nullable=False,
            comment="act -> chord where it differs from the standard; empty: no key",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change"),
        sa.CheckConstraint(
            "jsonb_typeof(chords) = 'object'", name=op.f("ck_shortcut_preference_chords_by_name")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_shortcut_preference_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_shortcut_preference")),
        comment="keys of the staff pages as a person changed them",
    )  # fmt: skip
    grant("shortcut_preference")
    mine = "app_scope() in ('system', 'owner') or person_id = app_person()"
    op.execute("alter table shortcut_preference enable row level security")
    op.execute("alter table shortcut_preference force row level security")
    op.execute(
        f"create policy own on shortcut_preference for all using ({mine}) with check ({mine})"
    )


def downgrade() -> None:
    """Everybody has the standard keys again."""
    op.drop_table("shortcut_preference")
