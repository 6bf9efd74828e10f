"""A closed batch is cancelled by a reversing batch, by two people, and that alone frees its corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_cancelled_batches"
down_revision = "0012_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One reversing batch at a time; its rows are frozen from the start; the guards know it."""
    op.drop_constraint("uq_batch_reverses_id", "batch", type_="unique")
    op.create_index("uq_batch_reverses_id", "batch", ["reverses_id"], unique=True,
                    postgresql_where=sa.text("state <> 'cancelled'"))  # fmt: skip
    _batch_cancelled()
    _lines_of_a_reversing_batch()


def _batch_cancelled() -> None:
    """Without a reversing batch that another person let go, no batch is cancelled (I2, I3)."""
    op.execute("""
        create function guard_batch_cancelled() returns trigger language plpgsql as $$
        begin
          if new.state = 'cancelled' and old.state <> 'cancelled' and new.reverses_id is null
             and not exists (select 1 from batch as back where back.reverses_id = new.id
               and (old.state = 'exported' and back.state = 'acknowledged'
                    or old.state = 'locked' and back.state = 'cancelled')
               and not same_human(back.locked_by, new.cancelled_by)) then
            raise exception 'a batch is cancelled by its reversing batch and a second person'
              using errcode = 'check_violation', constraint = 'four_eyes_cancel';
          end if;
          if new.state = 'exported' and old.state = 'locked' and exists (
               select 1 from batch as back where back.reverses_id = new.id and back.state <> 'cancelled') then
            raise exception 'a batch that is being cancelled does not leave' using errcode = 'check_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger cancelled_by_two before update on batch
        for each row execute function guard_batch_cancelled()""")


def _lines_of_a_reversing_batch() -> None:
    op.execute("""
        create or replace function guard_batch_line() returns trigger language plpgsql as $$
        declare stands text; turned_back uuid;
        begin
          if tg_op = 'DELETE' then
            raise exception 'lines of a batch stay' using errcode = 'restrict_violation';
          end if;
          select state, reverses_id into stands, turned_back from batch where id = new.batch_id for share;
          if tg_op = 'INSERT' and turned_back is not null then
            if new.live or new.frozen is null or stands <> 'locked' or not exists (
                 select 1 from batch_line where batch_id = turned_back and correction_id = new.correction_id
                 and live and frozen is not null) then
              raise exception 'a reversing batch mirrors the lines of what it turns back'
                using errcode = 'check_violation';
            end if;
            return new;
          end if;
          if tg_op = 'INSERT' then
            if stands <> 'open' or not new.live then
              raise exception 'a closed batch is fixed' using errcode = 'restrict_violation';
            end if;
            if not exists (select 1 from correction where id = new.correction_id and state in ('posted', 'batched')
                and journal_id is not null) then
              raise exception 'only a posted correction is batched' using errcode = 'check_violation';
            end if;
            return new;
          end if;
          if (new.batch_id, new.correction_id, new.currency, new.added_at) is distinct from
             (old.batch_id, old.correction_id, old.currency, old.added_at) or (new.live and not old.live) then
            raise exception 'a line of a batch never moves' using errcode = 'restrict_violation';
          end if;
          if old.frozen is not null and new.frozen is distinct from old.frozen then
            raise exception 'frozen rows never change' using errcode = 'restrict_violation';
          end if;
          if new.frozen is distinct from old.frozen and stands <> 'open' then
            raise exception 'rows are frozen while the batch is being locked' using errcode = 'restrict_violation';
          end if;
          if old.live and not new.live and not (stands = 'cancelled' or (stands = 'open' and new.removed_reason <> '')) then
            raise exception 'only cancelling frees the lines of a closed batch' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
