"""The help centre: what readers say of articles, what drafts were shown before they were filed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, guarded, house_only

revision = "0030_help_centre"
down_revision = "0029_status_code_mail"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables of the house."""
    op.create_table(
        "help_feedback",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        sa.Column("slug", sa.Text, nullable=False, comment="which article"),
        sa.Column("language", sa.Text, nullable=False, comment="language it was read in"),
        sa.Column("version", sa.Integer, nullable=False, comment="version of the article"),
        sa.Column("helped", sa.Boolean, nullable=False, comment="yes or no"),
        sa.Column("missing", sa.Text, nullable=False, comment="what it did not say; may be empty"),
        sa.Column("at", AT, nullable=False, comment="when it was said"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_help_feedback_version_counts")),
        sa.CheckConstraint("length(missing) <= 2000", name=op.f("ck_help_feedback_missing_length")),
        comment="did an article answer it; without any word about the reader",
    )
    op.create_index("ix_help_feedback_slug", "help_feedback", ["slug", "at"])
    op.create_table(
        "help_offer",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        sa.Column("draft_id", sa.Uuid, sa.ForeignKey("case.id"), nullable=False, comment="the draft"),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False, comment="whose draft"),
        sa.Column("sub_kind", sa.Text, nullable=False, comment="what it would have been about"),
        sa.Column("slugs", pg.ARRAY(sa.Text), nullable=False, comment="articles shown, in order"),
        sa.Column("fact", sa.Text, nullable=False, comment="which live fact was shown; may be empty"),
        sa.Column("shown_at", AT, nullable=False, comment="when it was shown first"),
        sa.Column("answer", sa.Text, comment="article or fact that answered it"),
        sa.Column("answered_at", AT, comment="when the person said so"),
        sa.Column("came_back_at", AT, comment="when they filed the same after all, within two weeks"),
        sa.UniqueConstraint("draft_id", name="uq_help_offer_draft_id"),
        sa.CheckConstraint("(answer is null) = (answered_at is null)", name=op.f("ck_help_offer_answer_has_time")),
        sa.CheckConstraint(
            "came_back_at is null or came_back_at >= answered_at", name=op.f("ck_help_offer_back_after_answer")
        ),
        sa.CheckConstraint(
            "answer is null or answer = fact or answer = any(slugs)", name=op.f("ck_help_offer_answer_was_shown")
        ),
        comment="articles and the live fact shown before filing, one row a draft",
    )  # fmt: skip
    op.create_index("ix_help_offer_person", "help_offer", ["person_id", "sub_kind", "answered_at"])
    for table in ("help_feedback", "help_offer"):
        grant(table)
        guarded(table)
        house_only(table)


def downgrade() -> None:
    """What readers said is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
