"""Two more kinds of letters: money held no longer, and a waiting period that a court action stopped."""

from __future__ import annotations

from alembic import op

revision = "0039_letters_of_ends"
down_revision = "0038_case_files"
branch_labels = None
depends_on = None

KINDS = (
    "'decision', 'out_of_scope', 'withdrawn', 'no_response', 'statement_of_reasons', 'notice_rejected', "
    "'counter_received', 'counter_rejected', 'hold_notice', 'left_to_parties', 'counter_receipt', "
    "'counter_forwarded', 'restoration', 'kept_down', 'exchange'"
)
MORE = ", 'hold_ended', 'window_stopped'"


def upgrade() -> None:
    """The list grows; nothing else changes."""
    _known(KINDS + MORE)


def downgrade() -> None:
    """Refused by the database when a letter of a new kind exists: letters are never taken back (ADR 0008)."""
    _known(KINDS)


def _known(kinds: str) -> None:
    op.execute("alter table letter drop constraint ck_letter_kind_known")
    op.execute(f"alter table letter add constraint ck_letter_kind_known check (kind in ({kinds}))")
