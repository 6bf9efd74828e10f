"""What a case is about: items of the catalogue or words, with their text at the time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, side_scoped

revision = "0022_case_subject"
down_revision = "0021_catalogue"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def _text(name: str, comment: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable, comment=comment)


def _ck(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_case_subject_{name}"))


def upgrade() -> None:
    """The table and its wall."""
    op.create_table(
        "case_subject",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        sa.Column("position", sa.Integer, nullable=False, comment="order in which it was chosen"),
        _text("key", "release, release.recording, or other"),
        sa.Column("release_id", sa.Uuid, sa.ForeignKey("release.id"),
                  comment="release of the catalogue; none for other things"),
        sa.Column("recording_id", sa.Uuid, sa.ForeignKey("recording.id"), comment="only this recording of it"),
        _text("title", "title at the time"),
        _text("artist", "artist at the time"),
        _text("version", "version at the time, may be empty"),
        _text("isrc", "ISRC at the time, canonical", nullable=True),
        _text("upc", "UPC at the time, 14 digits", nullable=True),
        _text("link", "where it is, for things not in the catalogue"),
        sa.Column("added_at", AT, nullable=False, comment="when it was chosen"),
        sa.Column("removed_at", AT, comment="when it was taken off again"),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), nullable=False, comment="the case"),
        _text("side", "whose room: complainant, respondent, desk"),
        _text("disclosure", "private, shared or internal"),
        _ck("side_is_a_party", "side in ('complainant', 'respondent')"),
        _ck("always_shared", "disclosure = 'shared'"),
        _ck("item_whole", "recording_id is null or release_id is not null"),
        _ck("has_title", "removed_at is not null or title <> ''"),
        comment="what a case is about, with its text at the time",
    )  # fmt: skip
    op.create_index(
        "uq_case_subject_live", "case_subject", ["case_id", "key"],
        unique=True, postgresql_where=sa.text("removed_at is null"),
    )  # fmt: skip
    op.create_index("ix_case_subject_release", "case_subject", ["release_id", "case_id"])
    grant("case_subject")
    side_scoped("case_subject")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
