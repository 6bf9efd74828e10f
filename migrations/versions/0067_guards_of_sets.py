"""Guards are asked of a row only when it changes what they guard; what a set may do is looked at once for the set."""

from __future__ import annotations

from alembic import op

revision = "0067_guards_of_sets"
down_revision = "0066_batch_runs"
branch_labels = None
depends_on = None

GUARDED = (
    "case_id, decision_id, currency, created_at, reverses_id, maker_ids, revision, total_minor, moved_minor, needs_second, "
    "preparer_id, reason, journal_id"
)
"""All that `guard_correction` compares, but for the state."""
PLAIN_MOVES = "('batched','exported'), ('exported','acknowledged')"
"""Moves of the table that ask for no approval: those of whole batches."""


def _of(row: str, columns: str) -> str:
    return ", ".join(f"{row}.{name}" for name in columns.split(", "))


def _differs(columns: str) -> str:
    return f"({_of('new', columns)}) is distinct from ({_of('old', columns)})"


def upgrade() -> None:
    """The functions stay as they are; a condition says when there is nothing for them to find."""
    op.execute("drop trigger along_the_table on correction")
    op.execute("""create trigger along_the_table before insert on correction
        for each row execute function guard_correction()""")
    op.execute(f"""create trigger along_the_table_changed before update on correction for each row
        when ({_differs(GUARDED)} or new.state <> old.state and (old.state, new.state) not in ({PLAIN_MOVES}))
        execute function guard_correction()""")
    op.execute("drop trigger in_open_books on correction")
    op.execute(f"""create trigger in_open_books before update on correction for each row
        when ({_differs("journal_id, posting_date")}) execute function guard_correction_books()""")
    op.execute("drop trigger stays on batch_line")
    op.execute("""create trigger stays before insert or delete on batch_line
        for each row execute function guard_batch_line()""")
    op.execute(f"""create trigger stays_changed before update on batch_line for each row
        when ({_differs("id, batch_id, correction_id, currency, added_at, live")}
          or old.frozen is not null and new.frozen is distinct from old.frozen)
        execute function guard_batch_line()""")
    op.execute("""
        create function guard_freezing() returns trigger language plpgsql as $$
        declare stands text; which uuid;
        begin
          for which in select distinct changed.batch_id from changed join before on before.id = changed.id
              where before.frozen is null and changed.frozen is not null
          loop
            select state into stands from batch where id = which for share;
            if stands is distinct from 'open' then
              raise exception 'rows are frozen while the batch is being locked' using errcode = 'restrict_violation';
            end if;
          end loop;
          return null;
        end $$""")
    op.execute("""create trigger frozen_while_open after update on batch_line
        referencing old table as before new table as changed for each statement execute function guard_freezing()""")


def downgrade() -> None:
    """Guards are never taken down: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
