"""Who may act for whom: what they may do, and invitations that are bound to an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, guarded

revision = "0023_delegation_invitations"
down_revision = "0022_case_subject"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
RELATIONS = "'co_writer', 'manager', 'label', 'other'"
MAILS = (
    "'sign_in_code', 'staff_invite', 'account_notice', 'acknowledgement', 'request_asked', 'request_reminder', "
    "'message_received', 'letter_ready', 'decision_ready', 'case_closed', 'party_invite', 'party_lapsed', "
    "'deadline_near', 'deadline_missed', 'deadline_overdue', 'window_alarm', 'party_silent', 'party_wrote', "
    "'party_answered', 'mail_failed', 'digest', 'delegate_invite'"
)


def _person(name: str, comment: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, sa.ForeignKey("person.id"), nullable=nullable, comment=comment)


def upgrade() -> None:
    """What a delegate may do first, then the invitations and their mail."""
    op.add_column(
        "delegation",
        sa.Column(
            "capability", sa.Text, nullable=False, server_default="act", comment="act, or read only"
        ),
    )
    op.add_column(
        "delegation",
        sa.Column(
            "relation",
            sa.Text,
            nullable=False,
            server_default="other",
            comment="who they are to the principal",
        ),
    )
    op.create_check_constraint(
        "ck_delegation_capability_known", "delegation", "capability in ('act', 'read')"
    )
    op.create_check_constraint(
        "ck_delegation_relation_known", "delegation", f"relation in ({RELATIONS})"
    )
    op.create_table(
        "delegation_invitation",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        _person("principal_id", "for whom"),
        sa.Column("email", pg.CITEXT, nullable=False, comment="address it is bound to"),
        sa.Column("capability", sa.Text, nullable=False, comment="act, or read only"),
        sa.Column("relation", sa.Text, nullable=False, comment="who they are to the principal"),
        sa.Column("starts_at", AT, nullable=False, comment="from when they may act"),
        sa.Column("ends_at", AT, nullable=False, comment="until when they may act"),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, comment="hash of the token in the link"),
        sa.Column("created_at", AT, nullable=False, comment="when it was sent"),
        sa.Column("expires_at", AT, nullable=False, comment="72 hours later"),
        sa.Column("used_at", AT, comment="when it was accepted"),
        sa.Column("void_at", AT, comment="when it was taken back or replaced"),
        sa.Column("delegation_id", sa.Uuid, sa.ForeignKey("delegation.id"), comment="what it became"),
        sa.UniqueConstraint("token_hash", name="uq_delegation_invitation_token_hash"),
        sa.CheckConstraint("capability in ('act', 'read')", name="ck_delegation_invitation_capability_known"),
        sa.CheckConstraint(f"relation in ({RELATIONS})", name="ck_delegation_invitation_relation_known"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_delegation_invitation_ends_after_start"),
        sa.CheckConstraint("(used_at is null) = (delegation_id is null)", name="ck_delegation_invitation_used_has_delegation"),
        comment="links with which somebody accepts to act for another, single use",
    )  # fmt: skip
    op.create_index(
        "ix_delegation_invitation_principal_id", "delegation_invitation", ["principal_id"]
    )
    grant("delegation_invitation")
    guarded("delegation_invitation")
    for table in ("outgoing_mail", "notice"):
        op.drop_constraint(op.f(f"ck_{table}_kind_known"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind_known"), table, f"kind in ({MAILS})")


def downgrade() -> None:
    """Who was let in is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
