"""Extensions, the words that row-level security reads, events, effects and job failures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The ground every other table stands on."""
    for extension in ("btree_gist", "pg_trgm", "unaccent", "citext"):
        op.execute(f"create extension if not exists {extension}")
    op.execute("grant usage on schema public to redress_app, redress_auditor")
    op.execute("""
        create function app_scope() returns text language sql stable parallel safe as
        $$ select case when current_user = 'redress_auditor' then 'auditor'
                  else coalesce(nullif(current_setting('app.scope', true), ''), 'none') end $$""")
    op.execute("""
        create function app_person() returns uuid language sql stable parallel safe as
        $$ select nullif(current_setting('app.person_id', true), '')::uuid $$""")
    op.execute("""
        create function refuse_change() returns trigger language plpgsql as
        $$ begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$""")
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random identifier, key of every effect"),
        sa.Column("type", sa.Text, nullable=False, comment="what happened, snake case"),
        sa.Column("case_id", sa.Uuid, index=True, comment="the case, when there is one"),
        sa.Column("payload", pg.JSONB, nullable=False, comment="fields of the event"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()"),
                  comment="when, by the database clock"),
        comment="outbox: what happened, in the transaction where it happened",
    )  # fmt: skip
    grant("event", "select,insert")
    append_only("event")
    op.create_table(
        "effect",
        sa.Column("key", sa.Text, primary_key=True, comment="event or job and what it did"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()"),
                  comment="when it was done"),
        comment="effects done once: makes at-least-once jobs idempotent",
    )  # fmt: skip
    grant("effect", "select,insert")
    op.create_table(
        "job_failure",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True, comment="order"),
        sa.Column("task", sa.Text, nullable=False, comment="name of the job"),
        sa.Column("job_key", sa.Text, nullable=False, index=True, comment="its arguments, identifiers only"),
        sa.Column("error", sa.Text, nullable=False, comment="class of the error, never its text"),
        sa.Column("raised_at_line", sa.Text, nullable=False, comment="file and line"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()"),
                  comment="when it failed"),
        comment="why a job failed, for the page of parked jobs",
    )  # fmt: skip
    grant("job_failure", "select,insert")
    grant("alembic_version", "select")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
