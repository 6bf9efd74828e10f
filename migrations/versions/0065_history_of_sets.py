"""A chain of history that the database links itself, and the guard that looks at a whole statement at once."""

from __future__ import annotations

from alembic import op

revision = "0065_history_of_sets"
down_revision = "0064_reconciliation_pairs"
branch_labels = None
depends_on = None

FIRST = "current_setting('app.history_first', true) is not distinct from 'on'"
"""Who writes history before the change says so in the transaction; then the guard need not wait for the commit."""


def upgrade() -> None:
    """Two guards, and each change passes one of them: a statement when it ends, or a row at the commit."""
    op.execute("""
        create function history_link(before text, start text, body text) returns text
        language plpgsql immutable parallel safe as $$
        begin
          return encode(sha256(convert_to(coalesce(before, start) || body, 'UTF8')), 'hex');
        end $$""")
    op.execute(
        "create aggregate history_chain(start text, body text) (sfunc = history_link, stype = text)"
    )
    op.execute(f"""
        create function require_history_first() returns trigger language plpgsql security definer
        set search_path = public, pg_temp as $$
        declare lacks text;
        begin
          if {FIRST} then
            select changed.id into lacks from changed
            left join history_entry as entry on entry.xact = pg_current_xact_id() and entry.subject_kind = tg_table_name
              and entry.subject_id = changed.id::text
            where entry.id is null limit 1;
            if found then
              raise exception 'a change of % % has no history row', tg_table_name, lacks
                using errcode = 'integrity_constraint_violation';
            end if;
          end if;
          return null;
        end $$""")
    op.execute("""create trigger guarded_at_once after update on correction referencing new table as changed
        for each statement execute function require_history_first()""")
    op.execute("drop trigger guarded on correction")
    op.execute("""create constraint trigger guarded after insert or delete on correction
        deferrable initially deferred for each row execute function require_history()""")
    op.execute(f"""create constraint trigger guarded_change after update on correction
        deferrable initially deferred for each row when (not ({FIRST})) execute function require_history()""")


def downgrade() -> None:
    """Guards of history are never taken down: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
