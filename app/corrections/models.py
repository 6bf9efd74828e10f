"""Tables of corrections; written by this room's service alone. Triggers hold four eyes and exactly-once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, case_fk, uuid_pk


def _person(comment: str) -> Any:
    return mapped_column(ForeignKey("person.id"), comment=comment)


class Correction(Base):
    """The decided difference between paid and owed."""

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint("id", "currency", name="uq_correction_id_currency"),
        UniqueConstraint("journal_id"),
        CheckConstraint(
            "moved_minor > 0 and abs(total_minor) <= moved_minor", name="something_moves"
        ),
        CheckConstraint("preparer_id = any (maker_ids)", name="preparer_is_a_maker"),
        Index("ix_correction_state", "state", "created_at", "id"),
        Index(
            "uq_correction_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        {
            "comment": "the decided difference between paid and owed, with its approval and export; "
            "the desk alone reads it"
        },
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    decision_id: Mapped[UUID] = mapped_column(
        ForeignKey("decision.id"), index=True, comment="the decision it hangs on"
    )
    state: Mapped[str] = mapped_column(comment="where it stands")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217, one for all lines")
    reason: Mapped[str] = mapped_column(comment="why, in words for finance")
    revision: Mapped[int] = mapped_column(
        comment="counts changes of the lines; each resets approvals"
    )
    total_minor: Mapped[int] = mapped_column(
        BigInteger, comment="signed sum of the lines, minor units"
    )
    moved_minor: Mapped[int] = mapped_column(BigInteger, comment="sum without signs, minor units")
    needs_second: Mapped[bool] = mapped_column(comment="true from the limit on: two approvers")
    approval_policy_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("approval_policy.id"), comment="limits that it was measured by"
    )
    preparer_id: Mapped[UUID] = _person("who prepared what stands now")
    maker_ids: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid()), comment="everybody who prepared or changed it"
    )
    prepared_at: Mapped[datetime] = mapped_column(comment="when what stands now was prepared")
    reverses_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("correction.id"), comment="the correction this one turns back"
    )
    journal_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("journal.id"), comment="its postings"
    )
    posted_at: Mapped[datetime | None] = mapped_column(comment="when it was posted")
    posting_date: Mapped[date | None] = mapped_column(
        comment="day of the books on which it was posted"
    )
    cancelled_by: Mapped[UUID | None] = _person(
        "who sent it back or cancelled it; none for the system"
    )
    cancelled_at: Mapped[datetime | None] = mapped_column(comment="when it was cancelled")
    cancel_reason: Mapped[str | None] = mapped_column(comment="why it was cancelled")
    ledger_note: Mapped[str | None] = mapped_column(
        comment="what the ledger said about a mismatch or return"
    )
    version: Mapped[int] = mapped_column(comment="counts every change")
    created_at: Mapped[datetime] = mapped_column(comment="when it was first proposed")


class CorrectionLine(Base):
    """One change of one payee's balance."""

    __tablename__ = "correction_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["correction_id", "currency"],
            ["correction.id", "correction.currency"],
            name="fk_correction_line_correction_currency",
        ),
        UniqueConstraint(
            "correction_id", "revision", "position", name="uq_correction_line_position"
        ),
        {"comment": "one change of one payee's balance; append-only, a change is a new revision"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    correction_id: Mapped[UUID] = mapped_column(comment="the correction")
    revision: Mapped[int] = mapped_column(comment="the revision it belongs to")
    position: Mapped[int] = mapped_column(comment="order, from 1")
    payee_id: Mapped[UUID] = mapped_column(
        ForeignKey("payee.id"), index=True, comment="whose balance changes"
    )
    counter_payee_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payee.id"), comment="the payee it comes from, if one"
    )
    from_hold: Mapped[bool] = mapped_column(comment="true when it comes out of the case's hold")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="currency of the correction")
    amount_minor: Mapped[int] = mapped_column(
        BigInteger, comment="minor units, + owed to the payee"
    )
    withholding_minor: Mapped[int] = mapped_column(
        BigInteger, comment="tax part, same sign, minor units"
    )
    reason: Mapped[str] = mapped_column(comment="the one mistake that explains it")
    note: Mapped[str] = mapped_column(comment="in words")
    period: Mapped[str] = mapped_column(comment="statement period it corrects, YYYY-MM or empty")
    original_lines: Mapped[list[str]] = mapped_column(
        ARRAY(Text()), comment="ids of the statement lines it corrects"
    )
    source_text: Mapped[str] = mapped_column(comment="the amount as it was typed")
    source_amount: Mapped[Decimal | None] = mapped_column(
        Numeric(38, 12), comment="amount before conversion"
    )
    source_currency: Mapped[str | None] = mapped_column(CHAR(3), comment="its currency")
    rate: Mapped[Decimal | None] = mapped_column(
        Numeric(38, 12), comment="target for one of source"
    )
    rate_on: Mapped[date | None] = mapped_column(comment="date of the rate")
    rate_source: Mapped[str | None] = mapped_column(comment="where the rate comes from")


class CorrectionApproval(Base):
    """Who approved what and exactly what they saw."""

    __tablename__ = "correction_approval"
    __table_args__ = (
        UniqueConstraint(
            "correction_id", "revision", "ordinal", name="uq_correction_approval_ordinal"
        ),
        {"comment": "who approved what and exactly what they saw; append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    correction_id: Mapped[UUID] = mapped_column(ForeignKey("correction.id"), comment="the correction")  # fmt: skip
    revision: Mapped[int] = mapped_column(comment="the revision approved")
    ordinal: Mapped[int] = mapped_column(comment="first or second")
    approver_id: Mapped[UUID] = _person("who approved")
    approver_name: Mapped[str] = mapped_column(comment="their name at that time, for exports")
    seen_hash: Mapped[str] = mapped_column(comment="SHA-256 of exactly what was on the page")
    proven_at: Mapped[datetime] = mapped_column(comment="when their second factor was proven")
    approved_at: Mapped[datetime] = mapped_column(comment="when")


class Batch(Base):
    """Corrections of one currency that go to finance together."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("id", "currency", name="uq_batch_id_currency"),
        UniqueConstraint("number"),
        Index(
            "uq_batch_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        CheckConstraint(
            "exported_by is null or exported_by <> locked_by", name="four_eyes_on_export"
        ),
        Index(
            "uq_batch_open",
            "currency",
            unique=True,
            postgresql_where=text("state = 'open' and reverses_id is null"),
        ),
        Index("ix_batch_state", "state", "number"),
        {"comment": "corrections that go to finance together, exactly once"},
    )

    id: Mapped[UUID] = uuid_pk()
    number: Mapped[int] = mapped_column(
        BigInteger, Identity(always=True), comment="for people; may have gaps"
    )
    currency: Mapped[str] = mapped_column(CHAR(3), comment="one currency a batch")
    state: Mapped[str] = mapped_column(comment="open, locked, exported, acknowledged or cancelled")
    opened_at: Mapped[datetime] = mapped_column(comment="when the first correction came")
    locked_by: Mapped[UUID | None] = _person("who locked it")
    locked_at: Mapped[datetime | None] = mapped_column(comment="when it was locked")
    posting_date: Mapped[date | None] = mapped_column(
        comment="day of the books for which it was locked"
    )
    account_codes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("account_code_version.id"), comment="version of the account codes in its rows"
    )
    content_hash: Mapped[str | None] = mapped_column(comment="SHA-256 of its frozen lines")
    exported_by: Mapped[UUID | None] = _person("who exported it, never who locked it")
    exported_at: Mapped[datetime | None] = mapped_column(comment="when it was exported")
    acknowledged_by: Mapped[UUID | None] = _person("who entered the ledger's answer")
    acknowledged_at: Mapped[datetime | None] = mapped_column(
        comment="when the ledger's answer was entered"
    )
    ledger_reference: Mapped[str | None] = mapped_column(
        comment="what the ledger called the import"
    )
    cancelled_by: Mapped[UUID | None] = _person("who cancelled it")
    cancelled_at: Mapped[datetime | None] = mapped_column(comment="when it was cancelled")
    cancel_reason: Mapped[str | None] = mapped_column(comment="why it was cancelled")
    reverses_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("batch.id"), comment="the batch this one turns back"
    )
    version: Mapped[int] = mapped_column(comment="counts every change")


class BatchLine(Base):
    """Which correction left in which batch."""

    __tablename__ = "batch_line"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id", "currency"], ["batch.id", "batch.currency"], name="fk_batch_line_batch_currency"),
        ForeignKeyConstraint(["correction_id", "currency"], ["correction.id", "correction.currency"], name="fk_batch_line_correction_currency"),
        Index("ix_batch_line_in_order", "batch_id", "added_at", "correction_id"),
        Index("uq_batch_line_live", "correction_id", unique=True, postgresql_where=text("live")),
        Index("ix_batch_line_freed", "correction_id", postgresql_where=text("not live")),
        {"comment": "which correction left in which batch; in one live batch at most"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    batch_id: Mapped[UUID] = mapped_column(comment="the batch")
    correction_id: Mapped[UUID] = mapped_column(comment="the correction")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="currency of both")
    live: Mapped[bool] = mapped_column(comment="false once the batch was cancelled or it was taken out")  # fmt: skip
    added_at: Mapped[datetime] = mapped_column(comment="when")
    removed_reason: Mapped[str | None] = mapped_column(comment="why it was taken out of an open batch")  # fmt: skip
    frozen: Mapped[list[Any] | None] = mapped_column(comment="rows of the export as they stood when the batch was locked")  # fmt: skip


class BatchTotal(Base):
    """What a batch holds, or held when it was closed. Triggers of its lines keep it; nobody else writes it."""

    __tablename__ = "batch_total"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id", "currency"], ["batch.id", "batch.currency"], name="fk_batch_total_batch_currency"),
        CheckConstraint("corrections > 0 or corrections = 0 and total_minor = 0", name="nothing_sums_to_nothing"),
        {"comment": "count and sum of what each batch holds, kept by triggers of its lines"},
    )  # fmt: skip

    batch_id: Mapped[UUID] = mapped_column(primary_key=True, comment="the batch")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="its currency")
    corrections: Mapped[int] = mapped_column(BigInteger, comment="corrections that it holds, or held when it was closed")  # fmt: skip
    total_minor: Mapped[int] = mapped_column(BigInteger, comment="signed sum of them as they were approved, minor units")  # fmt: skip


class BatchRun(Base):
    """A large batch that is locked or exported in the background."""

    __tablename__ = "batch_run"
    __table_args__ = (
        CheckConstraint("act in ('lock', 'export')", name="act_known"),
        CheckConstraint("state in ('waiting', 'running', 'done', 'refused', 'cancelled')", name="state_known"),
        CheckConstraint("done between 0 and total", name="done_real"),
        CheckConstraint("(state in ('waiting', 'running')) = (ended_at is null)", name="ended_has_time"),
        Index("uq_batch_run_live", "batch_id", unique=True, postgresql_where=text("state in ('waiting', 'running')")),
        Index("ix_batch_run_batch_id", "batch_id", "at"),
        {"comment": "locks and exports of large batches in the background; one at a time for each"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"), comment="the batch")
    act: Mapped[str] = mapped_column(comment="lock or export")
    asked: Mapped[dict[str, Any]] = mapped_column(comment="version, day of the books or format")
    state: Mapped[str] = mapped_column(comment="waiting, running, done, refused or cancelled")
    total: Mapped[int] = mapped_column(comment="corrections of the batch when it was asked for")
    done: Mapped[int] = mapped_column(server_default="0", comment="corrections so far")
    outcome: Mapped[str] = mapped_column(server_default="", comment="code of why it was refused")
    said: Mapped[dict[str, Any]] = mapped_column(server_default="{}", comment="why, as template and values")  # fmt: skip
    by_id: Mapped[UUID] = _person("who asked for it")
    at: Mapped[datetime] = mapped_column(comment="when")
    started_at: Mapped[datetime | None] = mapped_column(comment="when the last try began")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it ended")


class ExportFile(Base):
    """A file of a batch: one that books, one that pays."""

    __tablename__ = "export_file"
    __table_args__ = (
        UniqueConstraint("batch_id", "purpose"),
        CheckConstraint("purpose in ('books', 'pays')", name="purpose_known"),
        CheckConstraint("net_minor = gross_minor - withholding_minor", name="totals_add_up"),
        {"comment": "files of a batch; append-only, downloaded again byte for byte"},
    )

    id: Mapped[UUID] = uuid_pk()
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"), comment="the batch")
    purpose: Mapped[str] = mapped_column(
        comment="books or pays; a batch has one file of each at most"
    )
    format: Mapped[str] = mapped_column(comment="which format")
    filename: Mapped[str] = mapped_column(comment="name for the download")
    object_key: Mapped[str] = mapped_column(comment="where the bytes lie, written once")
    sha256: Mapped[str] = mapped_column(comment="hash of the bytes")
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes")
    row_count: Mapped[int] = mapped_column(comment="control total: rows")
    gross_minor: Mapped[int] = mapped_column(
        BigInteger, comment="control total: gross, minor units"
    )
    withholding_minor: Mapped[int] = mapped_column(
        BigInteger, comment="control total: tax, minor units"
    )
    net_minor: Mapped[int] = mapped_column(BigInteger, comment="control total: net, minor units")
    created_by: Mapped[UUID] = _person("who exported it")
    created_at: Mapped[datetime] = mapped_column(comment="when")


class Reconciliation(Base):
    """A ledger's file beside what left; never changed."""

    __tablename__ = "reconciliation"
    __table_args__ = (
        UniqueConstraint("batch_id", "sha256"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="hash_shape"),
        CheckConstraint("line_count > 0 and size > 0", name="size_positive"),
        {"comment": "files of the ledger compared with a batch; append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"), comment="the batch")
    filename: Mapped[str] = mapped_column(comment="what the file was called")
    sha256: Mapped[str] = mapped_column(comment="hash of its bytes: the same file counts once")
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes")
    line_count: Mapped[int] = mapped_column(comment="lines below its header")
    created_by: Mapped[UUID | None] = _person("who handed it in; none for the system")
    created_at: Mapped[datetime] = mapped_column(comment="when")


class ReconciliationRow(Base):
    """What was said of a correction or of a line that is not ours."""

    __tablename__ = "reconciliation_row"
    __table_args__ = (
        UniqueConstraint("reconciliation_id", "position"),
        Index("ix_reconciliation_row_state", "reconciliation_id", "state", "position"),
        CheckConstraint(
            "state in ('matched', 'differs', 'missing', 'unknown', 'twice')", name="state_known"
        ),
        CheckConstraint("matched_by in ('correction', 'number', 'nothing')", name="rule_known"),
        CheckConstraint("(state = 'unknown') = (correction_id is null)", name="ours_or_unknown"),
        CheckConstraint("(state = 'missing') = (lines = '')", name="missing_has_no_line"),
        {"comment": "each correction and each unknown line of a reconciliation, once; append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    reconciliation_id: Mapped[UUID] = mapped_column(
        ForeignKey("reconciliation.id"), comment="the reconciliation"
    )
    position: Mapped[int] = mapped_column(comment="its place, from 1")
    state: Mapped[str] = mapped_column(comment="matched, differs, missing, unknown or twice")
    correction_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("correction.id"), index=True, comment="the correction; none for an unknown line"
    )
    reference: Mapped[str] = mapped_column(comment="what the ledger calls it, or its id")
    matched_by: Mapped[str] = mapped_column(comment="by which rule lines were found")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217, of both amounts")
    expected_minor: Mapped[int | None] = mapped_column(
        BigInteger, comment="as exported, minor units"
    )
    posted_minor: Mapped[int | None] = mapped_column(BigInteger, comment="as posted, minor units")
    posted_on: Mapped[date | None] = mapped_column(comment="the latest day of its lines")
    lines: Mapped[str] = mapped_column(comment="where they begin in the file, space between")


class ReconciliationPair(Base):
    """A person said that a line that was unknown is the posting of a correction that was missing."""

    __tablename__ = "reconciliation_pair"
    __table_args__ = (
        ForeignKeyConstraint(
            ["reconciliation_id", "missing_position"],
            ["reconciliation_row.reconciliation_id", "reconciliation_row.position"],
            name="fk_reconciliation_pair_missing",
        ),
        ForeignKeyConstraint(
            ["reconciliation_id", "unknown_position"],
            ["reconciliation_row.reconciliation_id", "reconciliation_row.position"],
            name="fk_reconciliation_pair_unknown",
        ),
        Index(
            "uq_reconciliation_pair_missing",
            "reconciliation_id",
            "missing_position",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index(
            "uq_reconciliation_pair_unknown",
            "reconciliation_id",
            "unknown_position",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        CheckConstraint("state in ('matched', 'differs')", name="state_known"),
        CheckConstraint("length(reason) between 1 and 1000", name="reason_length"),
        CheckConstraint("(ended_at is null) = (ended_by_id is null)", name="end_whole"),
        {"comment": "lines of a ledger that persons matched by hand with a correction, with why"},
    )

    id: Mapped[UUID] = uuid_pk()
    reconciliation_id: Mapped[UUID] = mapped_column(
        ForeignKey("reconciliation.id"), comment="the reconciliation"
    )
    missing_position: Mapped[int] = mapped_column(
        comment="the row of the correction that was missing"
    )
    unknown_position: Mapped[int] = mapped_column(comment="the row of the line that was unknown")
    state: Mapped[str] = mapped_column(comment="matched or differs, by both amounts")
    reason: Mapped[str] = mapped_column(comment="why they belong together")
    by_id: Mapped[UUID] = _person("who matched them")
    at: Mapped[datetime] = mapped_column(comment="when")
    ended_by_id: Mapped[UUID | None] = _person("who took it back")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was taken back")
