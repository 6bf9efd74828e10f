"""One more kind of mail: the code with which somebody without an account asks how a case stands."""

from __future__ import annotations

from alembic import op

revision = "0029_status_code_mail"
down_revision = "0028_cancelled_by_the_house"
branch_labels = None
depends_on = None

MAILS = (
    "'sign_in_code', 'staff_invite', 'account_notice', 'acknowledgement', 'request_asked', 'request_reminder', "
    "'message_received', 'letter_ready', 'decision_ready', 'case_closed', 'party_invite', 'party_lapsed', "
    "'deadline_near', 'deadline_missed', 'deadline_overdue', 'window_alarm', 'party_silent', 'party_wrote', "
    "'party_answered', 'mail_failed', 'digest', 'delegate_invite', 'status_code'"
)


def upgrade() -> None:
    """The word joins the list."""
    for table in ("outgoing_mail", "notice"):
        op.drop_constraint(op.f(f"ck_{table}_kind_known"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind_known"), table, f"kind in ({MAILS})")


def downgrade() -> None:
    """Mails that were sent stay: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
