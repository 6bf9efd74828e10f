"""The desk's workspace: who has a case open, and how wide each person likes the panes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import desk_only, grant

revision = "0015_workspace"
down_revision = "0014_desk_lists"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
MINE = "app_scope() in ('system', 'owner') or person_id = app_person()"


def upgrade() -> None:
    """Tables first, then the walls around them."""
    _presence()
    _layout()


def downgrade() -> None:
    """Restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")


def _presence() -> None:
    op.create_table(
        "case_presence",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who has it open"),
        sa.Column("doing", sa.Text(), nullable=False, comment="reading or writing"),
        sa.Column("seen_at", AT, nullable=False, comment="last sign of life of the page"),
        sa.CheckConstraint(
            "doing in ('reading', 'writing')", name=op.f("ck_case_presence_doing_known")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_presence_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_presence_person_id_person")
        ),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("pk_case_presence")),
        comment="staff who have a case open; counts for 90 seconds",
    )
    grant("case_presence")
    desk_only("case_presence")
    for verb, word in (("insert", "with check"), ("update", "using")):
        op.execute(
            f"create policy own_{verb} on case_presence as restrictive for {verb} {word} ({MINE})"
        )


def _layout() -> None:
    op.create_table(
        "pane_layout",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="whose panes"),
        sa.Column("facts", sa.Integer(), nullable=False, comment="width of the facts, CSS pixels"),
        sa.Column(
            "evidence", sa.Integer(), nullable=False, comment="width of the evidence, CSS pixels"
        ),
        sa.CheckConstraint("facts between 220 and 480", name=op.f("ck_pane_layout_facts_fits")),
        sa.CheckConstraint(
            "evidence between 320 and 760", name=op.f("ck_pane_layout_evidence_fits")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pane_layout_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_pane_layout")),
        comment="how wide a person likes the panes of a case",
    )
    grant("pane_layout")
    op.execute("revoke select on pane_layout from redress_auditor")
    op.execute("alter table pane_layout enable row level security")
    op.execute("alter table pane_layout force row level security")
    op.execute(f"create policy own on pane_layout for all using ({MINE}) with check ({MINE})")
