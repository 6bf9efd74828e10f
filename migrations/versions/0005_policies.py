"""Policies: versioned calendars with their holidays, and the policy rows of each sub-kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant

revision = "0005_policies"
down_revision = "0004_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Calendars first, then the policies that name them; rows are added, never changed."""
    _calendar()
    _calendar_holiday()
    _case_policy()
    for table in ("calendar", "calendar_holiday", "case_policy"):
        append_only(table)
        grant(table, "select,insert")


def _calendar() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("code", sa.Text(), nullable=False, comment="short name, for example US or DE"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, 3 within the code"),
        sa.Column(
            "zone", sa.Text(), nullable=False, comment="IANA zone in which its days are counted"
        ),
        sa.Column(
            "weekend",
            pg.ARRAY(sa.SmallInteger()),
            nullable=False,
            comment="days off each week, Monday is 0",
        ),
        sa.Column(
            "opens_minute",
            sa.SmallInteger(),
            nullable=False,
            comment="minutes after local midnight when work starts",
        ),
        sa.Column(
            "closes_minute",
            sa.SmallInteger(),
            nullable=False,
            comment="minutes after local midnight when work ends",
        ),
        sa.Column(
            "first_year",
            sa.SmallInteger(),
            nullable=False,
            comment="first year whose holidays are listed",
        ),
        sa.Column(
            "last_year",
            sa.SmallInteger(),
            nullable=False,
            comment="last year whose holidays are listed",
        ),
        sa.Column(
            "source",
            sa.Text(),
            nullable=False,
            comment="where the holidays came from, with its version",
        ),
        sa.Column(
            "content_hash",
            sa.Text(),
            nullable=False,
            comment="SHA-256 over zone, hours, weekend and holidays",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="why this version was made"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when this version was stored",
        ),
        sa.CheckConstraint("first_year <= last_year", name=op.f("ck_calendar_years_in_order")),
        sa.CheckConstraint(
            "length(content_hash) = 64", name=op.f("ck_calendar_content_hash_is_sha256")
        ),
        sa.CheckConstraint(
            "opens_minute >= 0 and opens_minute < closes_minute and closes_minute <= 1440",
            name=op.f("ck_calendar_hours_in_order"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_calendar_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_calendar_code_version")),
        comment="a working calendar in one version; a change makes a new version",
    )


def _calendar_holiday() -> None:
    op.create_table(
        "calendar_holiday",
        sa.Column("calendar_id", sa.Uuid(), nullable=False, comment="the calendar version"),
        sa.Column("on_date", sa.Date(), nullable=False, comment="the day off"),
        sa.Column("name", sa.Text(), nullable=False, comment="what the day is called"),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_holiday_calendar_id_calendar")
        ),
        sa.PrimaryKeyConstraint("calendar_id", "on_date", name=op.f("pk_calendar_holiday")),
        comment="days off of one calendar version",
    )


def _case_policy() -> None:
    op.create_table(
        "case_policy",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("kind", sa.Text(), nullable=False, comment="case kind"),
        sa.Column("sub_kind", sa.Text(), nullable=False, comment="case sub-kind"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, 3 within the sub-kind"),
        sa.Column(
            "effective_from",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="cases filed from this instant on use it",
        ),
        sa.Column(
            "form",
            pg.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="fields of the filing form and statements to sign",
        ),
        sa.Column(
            "checklist",
            pg.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="evidence wanted from each side",
        ),
        sa.Column(
            "clocks",
            pg.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="length and unit of each clock",
        ),
        sa.Column(
            "silence",
            sa.Text(),
            nullable=False,
            comment="what an unanswered request proposes; a person still decides",
        ),
        sa.Column(
            "letters",
            pg.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="letter kind sent at each step",
        ),
        sa.Column(
            "disclosure",
            pg.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what the other side is shown by default",
        ),
        sa.Column(
            "second_pair",
            sa.Boolean(),
            nullable=False,
            comment="whether another person must confirm each decision",
        ),
        sa.Column(
            "calendar_code",
            sa.Text(),
            nullable=False,
            comment="calendar of the agent for service and statutory clocks",
        ),
        sa.Column(
            "content_hash",
            sa.Text(),
            nullable=False,
            comment="SHA-256 over the content, to see a change",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="why this version was made"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when this version was stored",
        ),
        sa.CheckConstraint(
            "kind in ('takedown', 'payout', 'rights_claim', 'support')",
            name=op.f("ck_case_policy_kind_known"),
        ),
        sa.CheckConstraint(
            "silence in ('decide_on_file', 'complainant_prevails', 'respondent_prevails')",
            name=op.f("ck_case_policy_silence_known"),
        ),
        sa.CheckConstraint(
            "length(content_hash) = 64", name=op.f("ck_case_policy_content_hash_is_sha256")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_case_policy_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_policy")),
        sa.UniqueConstraint("sub_kind", "version", name=op.f("uq_case_policy_sub_kind_version")),
        comment="the policy of a sub-kind in one version; a change makes a new version",
    )


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
