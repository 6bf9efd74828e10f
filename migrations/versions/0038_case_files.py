"""Everything one person may see of a case, packed; and the mail that says it is ready."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, guarded, side_scoped

revision = "0038_case_files"
down_revision = "0037_more_bulk_acts"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
TABLE = "case_file"
CHECKS = {
    "side_known": "side in ('complainant', 'respondent', 'desk')",
    "disclosure_fits_side": "(disclosure = 'internal') = (side = 'desk')",
    "never_shared": "disclosure in ('private', 'internal')",
    "state_known": "state in ('waiting', 'ready', 'failed', 'expired')",
    "ready_is_whole": "state <> 'ready' or (sha256 is not null and size > 0 and expires_at is not null)",
    "sha256_hex": "sha256 is null or sha256 ~ '^[0-9a-f]{64}$'",
}
MAILS = (
    "'sign_in_code', 'staff_invite', 'account_notice', 'acknowledgement', 'request_asked', 'request_reminder', "
    "'message_received', 'letter_ready', 'decision_ready', 'case_closed', 'party_invite', 'party_lapsed', "
    "'deadline_near', 'deadline_missed', 'deadline_overdue', 'window_alarm', 'party_silent', 'party_wrote', "
    "'party_answered', 'mail_failed', 'digest', 'delegate_invite', 'status_code', 'case_file_ready'"
)


def upgrade() -> None:
    """The table and its walls, then the word of the mail."""
    text = sa.Text()
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False, comment="the case"),
        sa.Column("side", text, nullable=False, comment="whose room: complainant, respondent, desk"),
        sa.Column("disclosure", text, nullable=False, comment="private, shared or internal"),
        sa.Column("state", text, nullable=False, comment="waiting, ready, failed or expired"),
        sa.Column("asked_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="for whom, with what they may see"),
        sa.Column("asked_at", AT, nullable=False, comment="when it was asked for"),
        sa.Column("ended_at", AT, comment="when it was packed or failed"),
        sa.Column("expires_at", AT, comment="until when it may be fetched"),
        sa.Column("storage_key", text, nullable=False, comment="key in the object store"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes, 0 until it is packed"),
        sa.Column("sha256", text, comment="hash of the ZIP, lower-case hex"),
        sa.Column("files", sa.Integer(), nullable=False, comment="files in it"),
        sa.Column("items", pg.JSONB(), nullable=False, comment="ids of the evidence in it"),
        sa.Column("version", sa.Integer(), nullable=False, comment="counts changes"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        comment="everything one person may see of a case, packed",
    )  # fmt: skip
    op.create_index("ix_case_file_newest", TABLE, ["case_id", "asked_by", "asked_at"])
    side_scoped(TABLE)
    grant(TABLE)
    guarded(TABLE)
    for table in ("outgoing_mail", "notice"):
        op.drop_constraint(op.f(f"ck_{table}_kind_known"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind_known"), table, f"kind in ({MAILS})")


def downgrade() -> None:
    """Who fetched what is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
