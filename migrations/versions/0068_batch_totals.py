"""What a batch holds is counted and summed as it changes, so that no page adds it up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import APP, grant, house_only

revision = "0068_batch_totals"
down_revision = "0067_guards_of_sets"
branch_labels = None
depends_on = None

TABLE = "batch_total"
AS_HOUSE = "security definer set search_path = public, pg_temp"
KNOWS = """perform set_config('app.scope', 'system', true)"""
AS_BEFORE = """perform set_config('app.scope', asks, true)"""
"""Whoever moves a line may be walled off from its case; the sum has to know it all the same."""
ASKS = "declare asks text := coalesce(current_setting('app.scope', true), '');"
OF_IT = "(select fix.total_minor from correction as fix where fix.id = line.correction_id)"
ADD = f"""insert into {TABLE} as kept (batch_id, currency, corrections, total_minor)
          select line.batch_id, line.currency, count(*), sum({OF_IT})
          from {{lines}} as line where line.live or line.frozen is not null group by line.batch_id, line.currency
          on conflict (batch_id) do update set corrections = kept.corrections + excluded.corrections,
            total_minor = kept.total_minor + excluded.total_minor"""
MOVE = f"""update {TABLE} as kept set corrections = kept.corrections + moved.corrections,
            total_minor = kept.total_minor + moved.total_minor
          from (
            select line.batch_id, sum(line.sign) as corrections, sum(line.sign * {OF_IT}) as total_minor
            from (
              select either.batch_id, either.correction_id, sum(either.sign) as sign from (
                select batch_id, correction_id, 1 as sign from changed where live or frozen is not null
                union all select batch_id, correction_id, -1 from before where live or frozen is not null
              ) as either group by either.batch_id, either.correction_id having sum(either.sign) <> 0
            ) as line group by line.batch_id
          ) as moved where kept.batch_id = moved.batch_id"""
"""Functions keep the plan of their first call, be it for one row or ten thousand: nothing here is joined that a plan for
one row would compare row by row.
"""


def upgrade() -> None:
    """The table, what keeps it, then what is there already; creating a trigger keeps writers out until the end."""
    op.create_table(
        TABLE,
        sa.Column("batch_id", sa.Uuid(), primary_key=True, comment="the batch"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="its currency"),
        sa.Column("corrections", sa.BigInteger(), nullable=False, comment="corrections that it holds, or held when it was closed"),
        sa.Column("total_minor", sa.BigInteger(), nullable=False, comment="signed sum of them as they were approved, minor units"),
        sa.ForeignKeyConstraint(["batch_id", "currency"], ["batch.id", "batch.currency"], name="fk_batch_total_batch_currency"),
        sa.CheckConstraint("corrections > 0 or corrections = 0 and total_minor = 0", name=op.f(f"ck_{TABLE}_nothing_sums_to_nothing")),
        comment="count and sum of what each batch holds, kept by triggers of its lines",
    )  # fmt: skip
    grant(TABLE, "select")
    house_only(TABLE)
    _kept("counted", "insert", "new table as added", ADD.format(lines="added"))
    _kept("counted_again", "update", "old table as before new table as changed", MOVE)
    _frozen_while_open()
    _behind_walls()
    op.execute(ADD.format(lines="batch_line"))


def _kept(name: str, event: str, tables: str, change: str) -> None:
    """Once a statement; `live or frozen` is what a batch holds, or held when it was closed. A line never moves to another batch, and an approved correction keeps its total (0012)."""
    op.execute(f"""
        create function batch_lines_{name}() returns trigger language plpgsql {AS_HOUSE} as $$
        {ASKS}
        begin
          {KNOWS};
          {change};
          {AS_BEFORE};
          return null;
        end $$""")
    op.execute(f"""create trigger {name} after {event} on batch_line
        referencing {tables} for each statement execute function batch_lines_{name}()""")


def _frozen_while_open() -> None:
    """The guard of 0067 joined the rows of a statement: after one for a single row, five thousand were compared with each other."""
    op.execute("""
        create or replace function guard_freezing() returns trigger language plpgsql as $$
        declare stands text; which uuid;
        begin
          for which in select distinct fresh.batch_id from (
              select batch_id, id from changed where frozen is not null
              except select batch_id, id from before where frozen is not null) as fresh
          loop
            select state into stands from batch where id = which for share;
            if stands is distinct from 'open' then
              raise exception 'rows are frozen while the batch is being locked' using errcode = 'restrict_violation';
            end if;
          end loop;
          return null;
        end $$""")


def _behind_walls() -> None:
    """A reader who is walled off from a case is told the sum without it, as before: found by the few cases, not by the batch."""
    op.create_index("ix_batch_line_freed", "batch_line", ["correction_id"], postgresql_where=sa.text("not live"))  # fmt: skip
    op.execute(f"""
        create function batch_behind_walls(which uuid) returns table (corrections bigint, total_minor bigint)
        language plpgsql stable {AS_HOUSE} as $$
        {ASKS}
        begin
          {KNOWS};
          return query
          select count(*), coalesce(sum(fix.total_minor), 0)::bigint
          from correction as fix
          where fix.case_id = any (my_walls()) and (
            exists (select 1 from batch_line as line where line.correction_id = fix.id and line.live and line.batch_id = which)
            or exists (select 1 from batch_line as line where line.correction_id = fix.id and not line.live
              and line.batch_id = which and line.frozen is not null));
          {AS_BEFORE};
        end $$""")
    op.execute(
        "comment on function batch_behind_walls is "
        "'what a batch holds of cases that the person of this transaction is kept away from'"
    )
    op.execute("revoke execute on function batch_behind_walls from public")
    op.execute(f"grant execute on function batch_behind_walls to {APP}")


def downgrade() -> None:
    """Triggers of money are never taken down: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
