"""Account codes as versions, months of the books that are closed and opened again, and nothing posted into a closed one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant

revision = "0044_books"
down_revision = "0043_webhooks"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What was locked or posted before has no posting date and no codes, and leaves as it was frozen."""
    _codes()
    _periods()
    _posting_dates()
    _closed_months()


def _by(table: str, comment: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("by_id", sa.Uuid(), comment=comment),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f(f"fk_{table}_by_id_person")),
    ]


def _codes() -> None:
    name = "account_code_version"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, 3"),
        sa.Column("effective_from", sa.Date(), nullable=False, comment="first posting date that it counts for"),
        sa.Column("codes", pg.JSONB(), nullable=False,
                  comment="by account, by currency; an empty currency counts for every other"),
        sa.Column("zone", sa.Text(), nullable=False, comment="IANA zone in which posting dates are counted"),
        sa.Column("content_hash", sa.Text(), nullable=False, comment="SHA-256 over codes and zone, to see a change"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why this version was made"),
        *_by(name, "who made it; none for the system"),
        sa.Column("created_at", AT, nullable=False, comment="when this version was stored"),
        sa.CheckConstraint("version >= 1", name=op.f(f"ck_{name}_version_positive")),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f(f"ck_{name}_content_hash_is_sha256")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{name}_reason_given")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("version", name=op.f(f"uq_{name}_version")),
        comment="account codes of finance in one version; a change makes a new version",
    )  # fmt: skip
    append_only(name)
    grant(name, "select,insert")


def _periods() -> None:
    name = "posting_period_act"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("month", sa.Date(), nullable=False, comment="first day of the month"),
        sa.Column("ordinal", sa.Integer(), nullable=False, comment="1, 2, 3 within the month"),
        sa.Column("act", sa.Text(), nullable=False, comment="closed or reopened"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why, in words; a closing may have none"),
        *_by(name, "who did it; none for the system"),
        sa.Column("at", AT, nullable=False, comment="when"),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f(f"ck_{name}_month_is_its_first_day")),
        sa.CheckConstraint("act in ('closed', 'reopened')", name=op.f(f"ck_{name}_act_known")),
        sa.CheckConstraint("(act = 'closed') = (ordinal % 2 = 1)", name=op.f(f"ck_{name}_acts_alternate")),
        sa.CheckConstraint("act = 'closed' or reason <> ''", name=op.f(f"ck_{name}_reopened_with_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("month", "ordinal", name=f"uq_{name}_month_ordinal"),
        comment="months of the books, closed and opened again; append-only",
    )  # fmt: skip
    append_only(name)
    grant(name, "select,insert")
    op.execute("""
        create function guard_posting_period() returns trigger language plpgsql as $$
        declare before posting_period_act;
        begin
          perform pg_advisory_xact_lock(hashtextextended('month:' || new.month, 0));
          select * into before from posting_period_act where month = new.month order by ordinal desc limit 1;
          if new.ordinal <> coalesce(before.ordinal, 0) + 1 then
            raise exception 'acts of a month follow one another' using errcode = 'check_violation';
          end if;
          if new.act = 'reopened' and (new.by_id is null or same_human(new.by_id, before.by_id)) then
            raise exception 'four eyes: who closed a month does not open it again'
              using errcode = 'check_violation', constraint = 'four_eyes_period';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger by_another before insert on posting_period_act
        for each row execute function guard_posting_period()""")


def _posting_dates() -> None:
    op.add_column(
        "correction",
        sa.Column("posting_date", sa.Date(), comment="day of the books on which it was posted"),
    )
    op.add_column(
        "batch",
        sa.Column("posting_date", sa.Date(), comment="day of the books for which it was locked"),
    )
    op.add_column(
        "batch",
        sa.Column("account_codes_id", sa.Uuid(),
                  sa.ForeignKey("account_code_version.id", name=op.f("fk_batch_account_codes_id_account_code_version")),
                  comment="version of the account codes in its rows"),
    )  # fmt: skip


def _closed_months() -> None:
    """A month that is being closed waits for what is being posted into it, and the other way round.

    The release before names no day: it gets that of UTC.
    """
    op.execute("""
        create function require_open_month(day date) returns void language plpgsql as $$
        begin
          perform pg_advisory_xact_lock_shared(hashtextextended('month:' || date_trunc('month', day)::date, 0));
          if (select act from posting_period_act where month = date_trunc('month', day)::date
              order by ordinal desc limit 1) = 'closed' then
            raise exception 'the month of % is closed for posting', day
              using errcode = 'check_violation', constraint = 'open_month';
          end if;
        end $$""")
    op.execute("""
        create function guard_batch_books() returns trigger language plpgsql as $$
        declare was text := case when tg_op = 'UPDATE' then old.state else 'open' end;
        begin
          if new.state = 'locked' and was = 'open' then
            new.posting_date := coalesce(new.posting_date, (new.locked_at at time zone 'UTC')::date);
            perform require_open_month(new.posting_date);
          elsif new.state = 'exported' and was = 'locked' and new.posting_date is not null then
            perform require_open_month(new.posting_date);
          end if;
          if was <> 'open' and (new.posting_date, new.account_codes_id) is distinct from
             (old.posting_date, old.account_codes_id) then
            raise exception 'a locked batch never changes' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger in_open_books before insert or update on batch
        for each row execute function guard_batch_books()""")
    op.execute("""
        create function guard_correction_books() returns trigger language plpgsql as $$
        begin
          if new.journal_id is not null and old.journal_id is null then
            new.posting_date := coalesce(new.posting_date, (new.posted_at at time zone 'UTC')::date);
            perform require_open_month(new.posting_date);
          elsif new.posting_date is distinct from old.posting_date then
            raise exception 'a posted correction keeps its day' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger in_open_books before update on correction
        for each row execute function guard_correction_books()""")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
