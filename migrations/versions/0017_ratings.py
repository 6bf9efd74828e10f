"""Ratings: how a side found a round of its case; read by that side and by leads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, guarded, side_and_leads

revision = "0017_ratings"
down_revision = "0016_macros"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """One table, with its walls."""
    op.create_table(
        "rating",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), nullable=False, comment="the case"),
        sa.Column("side", sa.Text, nullable=False, comment="whose room: complainant, respondent, desk"),
        sa.Column("disclosure", sa.Text, nullable=False, comment="private, shared or internal"),
        sa.Column("round", sa.Integer, nullable=False, comment="round of the case that ended"),
        sa.Column("process", sa.Integer, nullable=False, comment="how we handled it, 1 bad to 5 great"),
        sa.Column("outcome", sa.Integer, nullable=False, comment="the result itself, 1 bad to 5 great"),
        sa.Column("solved_first", sa.Boolean, comment="solved the first time; empty when not said"),
        sa.Column("words", sa.Text, nullable=False, comment="what could be better, as typed; may be empty"),
        sa.Column("by_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False, comment="who said it last"),
        sa.Column("given_at", AT, nullable=False, comment="when it was given first"),
        sa.Column("changed_at", AT, nullable=False, comment="when it was changed last"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts changes"),
        sa.UniqueConstraint("case_id", "round", "side", name="uq_rating_case_id_round_side"),
        sa.CheckConstraint("side in ('complainant', 'respondent')", name=op.f("ck_rating_side_is_a_party")),
        sa.CheckConstraint("disclosure = 'private'", name=op.f("ck_rating_always_private")),
        sa.CheckConstraint(
            "process between 1 and 5 and outcome between 1 and 5", name=op.f("ck_rating_one_of_five")
        ),
        sa.CheckConstraint("round >= 1 and version >= 1", name=op.f("ck_rating_counters_positive")),
        sa.CheckConstraint("length(words) <= 4000", name=op.f("ck_rating_words_length")),
        sa.CheckConstraint(
            "changed_at between given_at and given_at + interval '14 days'", name=op.f("ck_rating_fourteen_days")
        ),
        comment="how a side found a round: handling and result apart; read by it and by leads",
    )  # fmt: skip
    grant("rating")
    guarded("rating")
    side_and_leads("rating")


def downgrade() -> None:
    """What people said is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
