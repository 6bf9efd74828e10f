"""Facts of a case corrected with a source, and the legal hold that keeps data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025_case_care"
down_revision = "0024_references"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
ENDS = "'withdraw', 'mark_duplicate', 'expire', 'delete', 'erase'"


def upgrade() -> None:
    """Columns, then the triggers of the legal hold (I14)."""
    op.add_column(
        "case",
        sa.Column(
            "legal_hold_at",
            AT,
            nullable=True,
            comment="since when data must be kept",
        ),
    )
    op.add_column(
        "case",
        sa.Column(
            "legal_hold_reason",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="why it must be kept",
        ),
    )
    op.create_check_constraint(
        op.f("ck_case_hold_has_reason"),
        "case",
        "legal_hold_at is null or legal_hold_reason <> ''",
    )
    _hold()


def downgrade() -> None:
    """Restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")


def _hold() -> None:
    """A legal hold beats withdrawal, merge, retention and erasure, whoever asks."""
    op.execute(f"""
        create function refuse_under_legal_hold() returns trigger language plpgsql
        security definer set search_path = public, pg_temp as $$
        declare
          held uuid;
          is_held boolean;
          scope text := coalesce(current_setting('app.scope', true), '');
        begin
          if tg_table_name = 'case_transition' then
            if new.event not in ({ENDS}) then return new; end if;
            held := new.case_id;
          elsif tg_table_name = 'evidence_item' then
            if new.state <> 'withdrawn' or old.state = 'withdrawn' then return new; end if;
            held := new.case_id;
          elsif tg_table_name = 'history_private' then
            held := (select h.case_id from history_entry as h where h.id = old.entry_id);
          else
            held := old.id;
          end if;
          -- Whoever asks may be behind a wall from which the case cannot be seen: the hold counts all the same.
          perform set_config('app.scope', 'owner', true);
          select exists (select 1 from "case" as c where c.id = held and c.legal_hold_at is not null) into is_held;
          perform set_config('app.scope', scope, true);
          if is_held then
            raise exception 'the case is under legal hold' using errcode = 'integrity_constraint_violation';
          end if;
          return coalesce(new, old);
        end $$""")
    for table, when in (
        ("case_transition", "insert"),
        ("evidence_item", "update of state"),
        ("history_private", "delete"),
        ('"case"', "delete"),
    ):
        op.execute(
            f"create trigger legal_hold before {when} on {table} "
            "for each row execute function refuse_under_legal_hold()"
        )
