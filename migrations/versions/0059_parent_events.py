"""Parent events: runs of the audit over a statement month, one fault with many payees, its lines, the cases that come of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, guarded, roles_only

revision = "0059_parent_events"
down_revision = "0058_two_files"
branch_labels = None
depends_on = None

AT, TEXT = sa.DateTime(timezone=True), sa.Text()
READERS = ("lead", "finance_preparer", "finance_approver")
MAILS = (
    "'sign_in_code', 'staff_invite', 'account_notice', 'acknowledgement', 'request_asked', 'request_reminder', "
    "'message_received', 'letter_ready', 'decision_ready', 'case_closed', 'party_invite', 'party_lapsed', "
    "'deadline_near', 'deadline_missed', 'deadline_overdue', 'window_alarm', 'party_silent', 'party_wrote', "
    "'party_answered', 'mail_failed', 'digest', 'delegate_invite', 'status_code', 'case_file_ready', 'parent_event'"
)


def upgrade() -> None:
    """The run of a month, then what it found."""
    _runs()
    _events()
    _payees()
    _lines()
    op.drop_constraint(op.f("ck_case_channel_known"), "case")
    op.create_check_constraint(
        op.f("ck_case_channel_known"), "case",
        "channel in ('portal', 'email', 'phone', 'store', 'api', 'house')",
    )  # fmt: skip
    for table in ("outgoing_mail", "notice"):
        op.drop_constraint(op.f(f"ck_{table}_kind_known"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind_known"), table, f"kind in ({MAILS})")


def _text(name: str, comment: str, **more: object) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, comment=comment, **more)  # type: ignore[arg-type]


def _number(name: str, comment: str, **more: object) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, comment=comment, **more)  # type: ignore[arg-type]


def _amount(name: str, comment: str) -> sa.Column[sa.Numeric[object]]:
    return sa.Column(name, sa.Numeric(38, 12), nullable=False, comment=comment)


def _sums() -> sa.Column[object]:
    return sa.Column("sums", pg.JSONB(), nullable=False, comment="currency to exact sum of what is owed, as text")  # fmt: skip


def _event() -> sa.Column[object]:
    return sa.Column("event_id", sa.Uuid(), sa.ForeignKey("parent_event.id"), primary_key=True, comment="the event")  # fmt: skip


def _check(table: str, name: str, sql: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}"))


def _runs() -> None:
    op.alter_column("payout_audit", "case_id", nullable=True, comment="the case; none for a month")
    op.add_column(
        "payout_audit",
        sa.Column("statement_month", TEXT, comment="YYYY-MM, where all payees of a month are audited"),
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_payout_audit_case_or_month"), "payout_audit",
        "(case_id is null) <> (statement_month is null)",
    )  # fmt: skip
    op.create_index("ix_payout_audit_month", "payout_audit", ["statement_month", "asked_at"])
    op.create_index(
        "uq_payout_audit_open_month", "payout_audit", ["statement_month"], unique=True,
        postgresql_where=sa.text("state in ('waiting', 'running')"),
    )  # fmt: skip
    op.execute(
        "comment on table payout_audit is 'runs of the payout audit, for cases and months; a new run never changes an old one'"
    )


def _events() -> None:
    name = "parent_event"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("audit_id", sa.Uuid(), sa.ForeignKey("payout_audit.id"), nullable=False, comment="the run that found it"),
        _text("statement_month", "YYYY-MM"),
        _text("cause", "cause of every line, by the contract of the audit"),
        _text("detail_key", "value that parts it from other faults of that cause"),
        _text("detail", "value that all lines share; empty: they differ"),
        _text("isrc", "recording that all lines share; empty: they differ"),
        _text("store", "store that all lines share; empty: they differ"),
        _text("territory", "territory that all lines share; empty: they differ"),
        _number("payee_count", "payees"), _number("line_count", "lines"), _sums(),
        _text("digest", "equal for the same lines in any order"),
        sa.Column("found_at", AT, nullable=False, comment="when it was found"),
        _text("state", "open, opening, opened, dismissed or superseded"),
        _number("version", "counts changes", server_default="1"),
        sa.Column("decided_by_id", sa.Uuid(), sa.ForeignKey("person.id"), comment="who decided"),
        sa.Column("decided_at", AT, comment="when"),
        _text("reason", "why it was dismissed", server_default=""),
        _check(name, "state_known", "state in ('open', 'opening', 'opened', 'dismissed', 'superseded')"),
        _check(name, "month_real", "statement_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'"),
        _check(name, "digest_hex", "digest ~ '^[0-9a-f]{64}$'"),
        _check(name, "counts_real", "payee_count > 0 and line_count >= payee_count"),
        _check(name, "decided_has_time", "(state in ('opening', 'opened', 'dismissed')) = (decided_at is not null)"),
        _check(name, "decided_by_somebody", "(decided_at is null) = (decided_by_id is null)"),
        _check(name, "dismissed_has_reason", "(state = 'dismissed') = (reason <> '')"),
        comment="one fault with many payees, found by our own check of a statement month",
    )  # fmt: skip
    op.create_index("ix_parent_event_audit_id", name, ["audit_id"])
    op.create_index("ix_parent_event_order", name, ["found_at", "id"])
    op.create_index(
        "uq_parent_event_open", name, ["statement_month", "cause", "detail_key"], unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )  # fmt: skip
    roles_only(name, READERS)
    grant(name, "select,insert")
    op.execute(
        f"grant update (state, version, decided_by_id, decided_at, reason) on {name} to redress_app"
    )
    guarded(name)


def _payees() -> None:
    name = "parent_event_payee"
    op.create_table(
        name,
        _event(),
        _text("payee", "name on statements", primary_key=True),
        _number("line_count", "lines of theirs"), _sums(),
        _text("result", "waiting, opened, joined, unknown or refused"),
        _text("reason", "why no case was opened", server_default=""),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), comment="the child case"),
        sa.Column("done_at", AT, comment="when that was done"),
        _check(name, "result_known", "result in ('waiting', 'opened', 'joined', 'unknown', 'refused')"),
        _check(name, "opened_has_case", "(result in ('opened', 'joined')) = (case_id is not null)"),
        _check(name, "done_has_time", "(result = 'waiting') = (done_at is null)"),
        comment="payees of parent events, each with the case that was opened for them",
    )  # fmt: skip
    op.create_index("ix_parent_event_payee_payee", name, ["payee"])
    op.create_index("ix_parent_event_payee_case", name, ["case_id"])
    roles_only(name, READERS)
    grant(name, "select,insert")
    op.execute(f"grant update (result, reason, case_id, done_at) on {name} to redress_app")


def _lines() -> None:
    name = "parent_event_line"
    op.create_table(
        name,
        _event(),
        _number("number", "order, from 1", primary_key=True, autoincrement=False),
        _text("payee", "name on statements"), _text("statement_month", "YYYY-MM"), _text("sale_month", "YYYY-MM"),
        _text("store", "the store"), _text("territory", "alpha-2, ZZ unknown"), _text("isrc", "recording, canonical"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="ISO 4217"),
        _amount("expected", "12 places"), _amount("paid", "12 places"), _amount("delta", "expected less paid"),
        _text("detail", "the value that explains it"),
        sa.Column("live", sa.Boolean(), nullable=False, server_default="true", comment="false once its event was superseded"),
        sa.ForeignKeyConstraint(
            ["event_id", "payee"], ["parent_event_payee.event_id", "parent_event_payee.payee"],
            name=op.f("fk_parent_event_line_event_id_payee_parent_event_payee"),
        ),
        comment="discrepancies that parent events took; a live one stands in one event alone",
    )  # fmt: skip
    op.create_index(
        "uq_parent_event_line_live", name,
        ["statement_month", "payee", "sale_month", "store", "territory", "isrc", "currency"], unique=True,
        postgresql_where=sa.text("live"),
    )  # fmt: skip
    op.create_index("ix_parent_event_line_payee", name, ["event_id", "payee", "number"])
    roles_only(name, READERS)
    grant(name, "select,insert")
    op.execute(f"grant update (live) on {name} to redress_app")


def downgrade() -> None:
    """What was found and decided is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
