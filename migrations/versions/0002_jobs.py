"""The job queue's own schema, as its library ships it, and the rights of the application on it."""

from __future__ import annotations

from importlib.resources import files

from alembic import op

revision = "0002_jobs"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The queue's tables; a newer release of the queue brings its own numbered migration here."""
    schema = files("procrastinate").joinpath("sql/schema.sql").read_text(encoding="utf-8")
    connection = op.get_bind()
    connection.connection.driver_connection.execute(schema.encode())
    op.execute("""
        do $$ declare name text; begin
          for name in select tablename from pg_tables
              where schemaname = 'public' and tablename like 'procrastinate_%' loop
            execute format('grant select, insert, update, delete on %I to redress_app', name);
            execute format('grant select on %I to redress_auditor', name);
          end loop;
        end $$""")
    op.execute("grant usage on all sequences in schema public to redress_app")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
