"""Runs of the payout audit for cases: totals, groups and lines by side, and notes of the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, desk_only, grant, side_scoped

revision = "0055_payout_audits"
down_revision = "0054_terms"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
TEXT = sa.Text()
STATES = "state in ('waiting', 'running', 'done', 'failed', 'cancelled')"
KEPT = "case_id, state, rules_version, by_id, asked_at, ended_at, inputs, control, figures, outcome"
"""Every change of these goes with a row of history; how far it is does not."""
OWN = ("payout_audit_total", "payout_audit_group", "payout_audit_line", "payout_audit_split")


def upgrade() -> None:
    """The run, what it found, what people said of it."""
    _run()
    _found()
    _notes()


def _amount(name: str, comment: str) -> sa.Column[sa.Numeric[object]]:
    return sa.Column(name, sa.Numeric(38, 12), nullable=False, comment=comment)


def _text(name: str, comment: str, **more: object) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, comment=comment, **more)  # type: ignore[arg-type]


def _number(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, comment=comment)


def _currency(**more: object) -> sa.Column[str]:
    return sa.Column("currency", sa.CHAR(3), nullable=False, comment="ISO 4217", **more)  # type: ignore[arg-type]


def _json(name: str, comment: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, pg.JSONB(), nullable=False, server_default=default, comment=comment)


def _case() -> sa.Column[object]:
    return sa.Column(
        "case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False, comment="the case"
    )


def _run() -> None:
    op.create_table(
        "payout_audit",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        _case(),
        _text("state", "waiting, running, done, failed or cancelled"),
        _text("rules_version", "version of the contract that it follows"),
        sa.Column("percent", sa.SmallInteger(), nullable=False, server_default="0", comment="how far it is"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), comment="who asked for it; none for the system"),
        sa.Column("asked_at", AT, nullable=False, comment="when it was asked for"),
        sa.Column("ended_at", AT, comment="when it ended"),
        _json("inputs", "parts with hashes, recordings, digest of the terms", "{}"),
        _json("control", "control figures of the audit, whole", "{}"),
        _json("figures", "payee to currency to counts and sums by reason", "{}"),
        _text("outcome", "why it failed, in words", server_default=""),
        sa.CheckConstraint(STATES, name=op.f("ck_payout_audit_state_known")),
        sa.CheckConstraint("(state in ('waiting', 'running')) = (ended_at is null)", name=op.f("ck_payout_audit_ended_has_time")),
        sa.CheckConstraint("percent between 0 and 100", name=op.f("ck_payout_audit_percent_real")),
        comment="runs of the payout audit for cases; a new run never changes an old one",
    )  # fmt: skip
    op.create_index("ix_payout_audit_newest", "payout_audit", ["case_id", "asked_at"])
    op.create_index(
        "uq_payout_audit_open", "payout_audit", ["case_id"], unique=True,
        postgresql_where=sa.text("state in ('waiting', 'running')"),
    )  # fmt: skip
    desk_only("payout_audit")
    grant("payout_audit")
    op.execute(
        f"create constraint trigger guarded after insert or delete or update of {KEPT} on payout_audit "
        "deferrable initially deferred for each row execute function require_history()"
    )


def _sided(name: str, comment: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("audit_id", sa.Uuid(), sa.ForeignKey("payout_audit.id"), primary_key=True, comment="the run"),
        _case(),
        _text("side", "whose room: complainant, respondent, desk"),
        _text("disclosure", "private, shared or internal"),
        *columns,
        comment=comment,
    )  # fmt: skip


def _found() -> None:
    _sided(
        "payout_audit_total", "totals of a run by payee, currency and statement month",
        _text("payee", "code of the payee", primary_key=True), _currency(primary_key=True),
        _text("statement_month", "YYYY-MM", primary_key=True),
        _amount("expected", "what should have been paid"), _amount("paid", "what statements said was paid"),
        sa.Column("at", AT, nullable=False, comment="when the run ended"),
    )  # fmt: skip
    _sided(
        "payout_audit_group", "lines of a run joined by month, store and territory",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False, comment="order, from 1"),
        _text("payee", "code of the payee"), _currency(), _text("statement_month", "YYYY-MM"),
        _text("store", "the store"), _text("territory", "alpha-2, ZZ unknown"),
        _amount("units", "units that the store reported"), _amount("expected", "what should have been paid, minor units"),
        _amount("paid", "what statements said was paid, minor units"), _number("line_count", "lines in it"),
        _number("differ_count", "lines that differ"), _text("reason", "of the line that differs most; empty: all match"),
        _text("detail", "the value that explains that line"),
        sa.Column("reasons", pg.ARRAY(TEXT), nullable=False, comment="reasons of all its lines"),
    )  # fmt: skip
    op.create_index("ix_payout_audit_group_page", "payout_audit_group", ["audit_id", "payee", "currency", "number"])  # fmt: skip
    _sided(
        "payout_audit_line", "rows of a run, each with its working",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False, comment="order, from 1"),
        _number("group_number", "the group it stands in"), _text("sale_month", "YYYY-MM"),
        _text("isrc", "recording, canonical"), _amount("expected", "12 places"), _amount("paid", "12 places"),
        _amount("delta", "expected less paid"), _text("reason", "cause, or territory_left_out; empty: it matches"),
        _text("detail", "the value that explains it"), _amount("units", "units that the store reported"),
        _json("working", "gross, rates, fee, share and tax, as text"),
    )  # fmt: skip
    op.create_index("ix_payout_audit_line_group", "payout_audit_line", ["audit_id", "group_number", "number"])  # fmt: skip
    _sided(
        "payout_audit_split", "split histories as a run read them",
        _text("payee", "code of the payee", primary_key=True), _text("isrc", "recording, canonical", primary_key=True),
        _json("rows", "share, territories, first month, month after the last; the oldest first"),
    )  # fmt: skip
    for table in OWN:
        side_scoped(table)
        grant(table, "select,insert")
        append_only(table)


def _notes() -> None:
    op.create_table(
        "payout_audit_note",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        _case(),
        _text("payee", "code of the payee"), _currency(), _text("statement_month", "YYYY-MM"),
        _text("store", "the store"), _text("territory", "alpha-2, ZZ unknown"), _text("note", "what explains it"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="who said so"),
        sa.Column("at", AT, nullable=False, comment="when"),
        sa.CheckConstraint("length(note) between 1 and 1000", name=op.f("ck_payout_audit_note_note_length")),
        comment="what people said of differences; the newest of a line counts",
    )  # fmt: skip
    op.create_index("ix_payout_audit_note_case", "payout_audit_note", ["case_id", "payee", "currency", "statement_month"])  # fmt: skip
    desk_only("payout_audit_note")
    grant("payout_audit_note", "select,insert")
    append_only("payout_audit_note")


def downgrade() -> None:
    """What was found and said is append-only: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
