"""An approval counts only while its approver holds the role: one taken away in the same instant waits, or is waited for."""

from __future__ import annotations

from alembic import op

revision = "0069_checker_holds_role"
down_revision = "0068_batch_totals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The person is held first, as by who changes their roles; then the grant is read as it stands."""
    op.execute("""
        create function require_checker() returns trigger language plpgsql as $$
        begin
          perform 1 from person where id = new.approver_id and status = 'active' for key share;
          if not found or not exists (select 1 from role_grant where person_id = new.approver_id
              and role = 'finance_approver' and revoked_at is null) then
            raise exception 'the approver does not hold the role' using errcode = 'check_violation',
              constraint = 'four_eyes_role';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger holds_role before insert on correction_approval
        for each row execute function require_checker()""")


def downgrade() -> None:
    """Guards are never taken down: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
