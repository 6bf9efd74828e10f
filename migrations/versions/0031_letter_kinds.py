"""Five more kinds of letters: receipt and forwarding of a counter-notice, put back, kept down, call for evidence."""

from __future__ import annotations

from alembic import op

revision = "0031_letter_kinds"
down_revision = "0030_help_centre"
branch_labels = None
depends_on = None

KINDS = (
    "'decision', 'out_of_scope', 'withdrawn', 'no_response', 'statement_of_reasons', 'notice_rejected', "
    "'counter_received', 'counter_rejected', 'hold_notice', 'left_to_parties'"
)
MORE = ", 'counter_receipt', 'counter_forwarded', 'restoration', 'kept_down', 'exchange'"


def upgrade() -> None:
    """The list grows; nothing else changes."""
    _known(KINDS + MORE)


def downgrade() -> None:
    """Refused by the database when a letter of a new kind exists: letters are never taken back (ADR 0008)."""
    _known(KINDS)


def _known(kinds: str) -> None:
    op.execute("alter table letter drop constraint ck_letter_kind_known")
    op.execute(f"alter table letter add constraint ck_letter_kind_known check (kind in ({kinds}))")
