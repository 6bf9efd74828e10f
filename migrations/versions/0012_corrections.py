"""Corrections, approvals, batches and export files: four eyes and exactly-once held by the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, desk_only, grant, guarded, house_only

revision = "0012_corrections"
down_revision = "0011_ledger"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
STATES = (
    "'proposed', 'approved_once', 'approved', 'posted', 'batched', 'exported', "
    "'acknowledged', 'mismatch', 'returned', 'cancelled'"
)
POSTED = "'posted', 'batched', 'exported', 'acknowledged', 'mismatch', 'returned'"
REASONS = (
    "'in_conflict', 'not_on_statement', 'not_in_sales', 'in_suspense', 'wrong_currency', 'not_entitled', "
    "'paid_twice', 'split_version', 'no_split_applied', 'wrong_fee', 'wrong_fx', 'wrong_withholding', "
    "'hold_released', 'settlement', 'goodwill', 'unexplained'"
)
# state left, state reached; the rows of the correction's table.
MOVES = (
    "('proposed','approved_once'), ('proposed','approved'), ('proposed','cancelled'), "
    "('approved_once','proposed'), ('approved_once','approved'), ('approved_once','cancelled'), "
    "('approved','posted'), ('approved','cancelled'), ('posted','batched'), ('batched','posted'), "
    "('batched','exported'), ('exported','posted'), ('exported','acknowledged'), ('exported','mismatch'), "
    "('exported','returned'), ('mismatch','acknowledged'), ('mismatch','returned')"
)
BATCH_MOVES = (
    "('open','locked'), ('locked','exported'), ('exported','acknowledged'), "
    "('locked','cancelled'), ('exported','cancelled')"
)


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier")


def _case() -> sa.Column:
    return sa.Column(
        "case_id", sa.Uuid, sa.ForeignKey("case.id"), nullable=False, comment="the case"
    )


def _person(name: str, comment: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.Uuid, sa.ForeignKey("person.id"), nullable=nullable, comment=comment)


def _ck(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Tables first, then what keeps them honest."""
    _corrections()
    _lines()
    _approvals()
    _batches()
    _files()
    _four_eyes()
    _correction_moves()
    _batch_moves()


def _corrections() -> None:
    op.create_table(
        "correction",
        _id(),
        _case(),
        sa.Column("decision_id", sa.Uuid, sa.ForeignKey("decision.id"), nullable=False, comment="the decision it hangs on"),
        sa.Column("state", sa.Text, nullable=False, comment="where it stands"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="ISO 4217, one for all lines"),
        sa.Column("reason", sa.Text, nullable=False, comment="why, in words for finance"),
        sa.Column("revision", sa.Integer, nullable=False, comment="counts changes of the lines; each resets approvals"),
        sa.Column("total_minor", sa.BigInteger, nullable=False, comment="signed sum of the lines, minor units"),
        sa.Column("moved_minor", sa.BigInteger, nullable=False, comment="sum without signs, minor units"),
        sa.Column("needs_second", sa.Boolean, nullable=False, comment="true from the limit on: two approvers"),
        _person("preparer_id", "who prepared what stands now", nullable=False),
        sa.Column("maker_ids", pg.ARRAY(sa.Uuid), nullable=False, comment="everybody who prepared or changed it"),
        sa.Column("prepared_at", AT, nullable=False, comment="when what stands now was prepared"),
        sa.Column("reverses_id", sa.Uuid, sa.ForeignKey("correction.id"), comment="the correction this one turns back"),
        sa.Column("journal_id", sa.Uuid, sa.ForeignKey("journal.id"), comment="its postings"),
        sa.Column("posted_at", AT, comment="when it was posted"),
        _person("cancelled_by", "who sent it back or cancelled it"),
        sa.Column("cancelled_at", AT, comment="when it was cancelled"),
        sa.Column("cancel_reason", sa.Text, comment="why it was cancelled"),
        sa.Column("ledger_note", sa.Text, comment="what the ledger said about a mismatch or return"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts every change"),
        sa.Column("created_at", AT, nullable=False, comment="when it was first proposed"),
        sa.UniqueConstraint("id", "currency", name="uq_correction_id_currency"),
        sa.UniqueConstraint("journal_id", name="uq_correction_journal_id"),
        _ck("correction", "state_known", f"state in ({STATES})"),
        _ck("correction", "reason_given", "reason <> ''"),
        _ck("correction", "counters_positive", "revision >= 1 and version >= 1"),
        _ck("correction", "something_moves", "moved_minor > 0 and abs(total_minor) <= moved_minor"),
        _ck("correction", "preparer_is_a_maker", "preparer_id = any (maker_ids)"),
        _ck("correction", "posted_has_journal",
            f"(state in ({POSTED})) = (journal_id is not null) and (journal_id is null) = (posted_at is null)"),
        _ck("correction", "cancelled_has_reason",
            "(state = 'cancelled') = (cancelled_at is not null and cancelled_by is not null and cancel_reason <> '')"),
        _ck("correction", "fault_has_note", "state not in ('mismatch', 'returned') or ledger_note <> ''"),
        _ck("correction", "not_itself", "reverses_id is distinct from id"),
        comment="the decided difference between paid and owed, with its approval and export; the desk alone reads it",
    )  # fmt: skip
    op.create_index("ix_correction_case_id", "correction", ["case_id"])
    op.create_index("ix_correction_decision_id", "correction", ["decision_id"])
    op.create_index("ix_correction_state", "correction", ["state", "created_at", "id"])
    op.create_index(
        "uq_correction_reverses_id", "correction", ["reverses_id"], unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )  # fmt: skip
    grant("correction")
    guarded("correction")
    desk_only("correction")


def _lines() -> None:
    op.create_table(
        "correction_line",
        _id(),
        _case(),
        sa.Column("correction_id", sa.Uuid, nullable=False, comment="the correction"),
        sa.Column("revision", sa.Integer, nullable=False, comment="the revision it belongs to"),
        sa.Column("position", sa.Integer, nullable=False, comment="order, from 1"),
        sa.Column("payee_id", sa.Uuid, sa.ForeignKey("payee.id"), nullable=False, comment="whose balance changes"),
        sa.Column("counter_payee_id", sa.Uuid, sa.ForeignKey("payee.id"), comment="the payee it comes from, if one"),
        sa.Column("from_hold", sa.Boolean, nullable=False, comment="true when it comes out of the case's hold"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="currency of the correction"),
        sa.Column("amount_minor", sa.BigInteger, nullable=False, comment="minor units, + owed to the payee"),
        sa.Column("withholding_minor", sa.BigInteger, nullable=False, comment="tax part, same sign, minor units"),
        sa.Column("reason", sa.Text, nullable=False, comment="the one mistake that explains it"),
        sa.Column("note", sa.Text, nullable=False, comment="in words"),
        sa.Column("period", sa.Text, nullable=False, comment="statement period it corrects, YYYY-MM or empty"),
        sa.Column("original_lines", pg.ARRAY(sa.Text), nullable=False, comment="ids of the statement lines it corrects"),
        sa.Column("source_text", sa.Text, nullable=False, comment="the amount as it was typed"),
        sa.Column("source_amount", sa.Numeric(38, 12), comment="amount before conversion"),
        sa.Column("source_currency", sa.CHAR(3), comment="its currency"),
        sa.Column("rate", sa.Numeric(38, 12), comment="target for one of source"),
        sa.Column("rate_on", sa.Date, comment="date of the rate"),
        sa.Column("rate_source", sa.Text, comment="where the rate comes from"),
        sa.ForeignKeyConstraint(["correction_id", "currency"], ["correction.id", "correction.currency"],
                                name="fk_correction_line_correction_currency"),
        sa.UniqueConstraint("correction_id", "revision", "position", name="uq_correction_line_position"),
        _ck("correction_line", "reason_known", f"reason in ({REASONS})"),
        _ck("correction_line", "has_effect", "amount_minor <> 0 and abs(amount_minor) < 1000000000000000"),
        _ck("correction_line", "tax_is_a_part",
            "withholding_minor = 0 or (sign(withholding_minor) = sign(amount_minor) "
            "and abs(withholding_minor) <= abs(amount_minor))"),
        _ck("correction_line", "two_payees", "counter_payee_id is distinct from payee_id"),
        _ck("correction_line", "one_source", "counter_payee_id is null or not from_hold"),
        _ck("correction_line", "rate_whole",
            "(rate is null) = (source_amount is null) and (rate is null) = (source_currency is null) "
            "and (rate is null) = (rate_on is null) and (rate is null) = (rate_source is null)"),
        _ck("correction_line", "rate_positive", "rate is null or rate > 0"),
        comment="one change of one payee's balance; append-only, a change is a new revision",
    )  # fmt: skip
    op.create_index("ix_correction_line_case_id", "correction_line", ["case_id"])
    op.create_index("ix_correction_line_payee_id", "correction_line", ["payee_id"])
    grant("correction_line", "select,insert")
    append_only("correction_line")
    desk_only("correction_line")


def _approvals() -> None:
    op.create_table(
        "correction_approval",
        _id(),
        _case(),
        sa.Column("correction_id", sa.Uuid, sa.ForeignKey("correction.id"), nullable=False, comment="the correction"),
        sa.Column("revision", sa.Integer, nullable=False, comment="the revision approved"),
        sa.Column("ordinal", sa.Integer, nullable=False, comment="first or second"),
        _person("approver_id", "who approved", nullable=False),
        sa.Column("approver_name", sa.Text, nullable=False, comment="their name at that time, for exports"),
        sa.Column("seen_hash", sa.Text, nullable=False, comment="SHA-256 of exactly what was on the page"),
        sa.Column("proven_at", AT, nullable=False, comment="when their second factor was proven"),
        sa.Column("approved_at", AT, nullable=False, comment="when"),
        sa.UniqueConstraint("correction_id", "revision", "ordinal", name="uq_correction_approval_ordinal"),
        _ck("correction_approval", "ordinal_known", "ordinal in (1, 2)"),
        _ck("correction_approval", "hash_length", "length(seen_hash) = 64"),
        _ck("correction_approval", "proof_was_fresh",
            "proven_at <= approved_at and proven_at >= approved_at - interval '5 minutes'"),
        comment="who approved what and exactly what they saw; append-only",
    )  # fmt: skip
    op.create_index("ix_correction_approval_case_id", "correction_approval", ["case_id"])
    grant("correction_approval", "select,insert")
    append_only("correction_approval")
    desk_only("correction_approval")


def _batches() -> None:
    op.create_table(
        "batch",
        _id(),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False, comment="for people; may have gaps"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="one currency a batch"),
        sa.Column("state", sa.Text, nullable=False, comment="open, locked, exported, acknowledged or cancelled"),
        sa.Column("opened_at", AT, nullable=False, comment="when the first correction came"),
        _person("locked_by", "who locked it"),
        sa.Column("locked_at", AT, comment="when it was locked"),
        sa.Column("content_hash", sa.Text, comment="SHA-256 of its frozen lines"),
        _person("exported_by", "who exported it, never who locked it"),
        sa.Column("exported_at", AT, comment="when it was exported"),
        _person("acknowledged_by", "who entered the ledger's answer"),
        sa.Column("acknowledged_at", AT, comment="when the ledger's answer was entered"),
        sa.Column("ledger_reference", sa.Text, comment="what the ledger called the import"),
        _person("cancelled_by", "who cancelled it"),
        sa.Column("cancelled_at", AT, comment="when it was cancelled"),
        sa.Column("cancel_reason", sa.Text, comment="why it was cancelled"),
        sa.Column("reverses_id", sa.Uuid, sa.ForeignKey("batch.id"), comment="the batch this one turns back"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts every change"),
        sa.UniqueConstraint("id", "currency", name="uq_batch_id_currency"),
        sa.UniqueConstraint("number", name="uq_batch_number"),
        sa.UniqueConstraint("reverses_id", name="uq_batch_reverses_id"),
        _ck("batch", "state_known", "state in ('open', 'locked', 'exported', 'acknowledged', 'cancelled')"),
        _ck("batch", "locked_is_frozen",
            "(state = 'open') = (locked_at is null) and (locked_at is null) = (locked_by is null) "
            "and (locked_at is null) = (content_hash is null)"),
        _ck("batch", "exported_has_time",
            "(exported_at is null) = (exported_by is null) "
            "and (state not in ('exported', 'acknowledged') or exported_at is not null) "
            "and (state not in ('open', 'locked') or exported_at is null)"),
        _ck("batch", "four_eyes_on_export", "exported_by is null or exported_by <> locked_by"),
        _ck("batch", "acknowledged_has_reference",
            "(state = 'acknowledged') = (acknowledged_at is not null and acknowledged_by is not null "
            "and ledger_reference <> '')"),
        _ck("batch", "cancelled_has_reason",
            "(state = 'cancelled') = (cancelled_at is not null and cancelled_by is not null and cancel_reason <> '')"),
        _ck("batch", "not_itself", "reverses_id is distinct from id"),
        comment="corrections that go to finance together, exactly once",
    )  # fmt: skip
    op.create_index("uq_batch_open", "batch", ["currency"], unique=True,
                    postgresql_where=sa.text("state = 'open' and reverses_id is null"))  # fmt: skip
    op.create_index("ix_batch_state", "batch", ["state", "number"])
    grant("batch")
    guarded("batch")
    house_only("batch")
    op.create_table(
        "batch_line",
        _id(),
        sa.Column("batch_id", sa.Uuid, nullable=False, comment="the batch"),
        sa.Column("correction_id", sa.Uuid, nullable=False, comment="the correction"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="currency of both"),
        sa.Column("live", sa.Boolean, nullable=False, comment="false once the batch was cancelled or it was taken out"),
        sa.Column("added_at", AT, nullable=False, comment="when"),
        sa.Column("removed_reason", sa.Text, comment="why it was taken out of an open batch"),
        sa.Column("frozen", pg.JSONB, comment="rows of the export as they stood when the batch was locked"),
        sa.ForeignKeyConstraint(["batch_id", "currency"], ["batch.id", "batch.currency"],
                                name="fk_batch_line_batch_currency"),
        sa.ForeignKeyConstraint(["correction_id", "currency"], ["correction.id", "correction.currency"],
                                name="fk_batch_line_correction_currency"),
        comment="which correction left in which batch; in one live batch at most",
    )  # fmt: skip
    op.create_index("uq_batch_line_live", "batch_line", ["correction_id"], unique=True,
                    postgresql_where=sa.text("live"))  # fmt: skip
    op.create_index("ix_batch_line_batch_id", "batch_line", ["batch_id"])
    grant("batch_line")
    house_only("batch_line")


def _files() -> None:
    op.create_table(
        "export_file",
        _id(),
        sa.Column("batch_id", sa.Uuid, sa.ForeignKey("batch.id"), nullable=False, comment="the batch"),
        sa.Column("format", sa.Text, nullable=False, comment="which format"),
        sa.Column("filename", sa.Text, nullable=False, comment="name for the download"),
        sa.Column("object_key", sa.Text, nullable=False, comment="where the bytes lie, written once"),
        sa.Column("sha256", sa.Text, nullable=False, comment="hash of the bytes"),
        sa.Column("size", sa.BigInteger, nullable=False, comment="bytes"),
        sa.Column("row_count", sa.Integer, nullable=False, comment="control total: rows"),
        sa.Column("gross_minor", sa.BigInteger, nullable=False, comment="control total: gross, minor units"),
        sa.Column("withholding_minor", sa.BigInteger, nullable=False, comment="control total: tax, minor units"),
        sa.Column("net_minor", sa.BigInteger, nullable=False, comment="control total: net, minor units"),
        _person("created_by", "who exported it", nullable=False),
        sa.Column("created_at", AT, nullable=False, comment="when"),
        sa.UniqueConstraint("batch_id", name="uq_export_file_batch_id"),
        _ck("export_file", "hash_shape", "sha256 ~ '^[0-9a-f]{64}$'"),
        _ck("export_file", "totals_add_up", "net_minor = gross_minor - withholding_minor"),
        _ck("export_file", "size_positive", "size > 0 and row_count > 0"),
        comment="the one file of a batch; append-only, downloaded again byte for byte",
    )  # fmt: skip
    grant("export_file", "select,insert")
    append_only("export_file")
    house_only("export_file")


def _four_eyes() -> None:
    """B096: makers, their other accounts, and people whose money moves never approve; nobody approves twice."""
    op.execute("""
        create function require_four_eyes() returns trigger language plpgsql as $$
        declare fix correction;
        begin
          select * into fix from correction where id = new.correction_id;
          if not found or fix.state not in ('proposed', 'approved_once') or fix.revision <> new.revision
              or fix.case_id <> new.case_id then
            raise exception 'correction % does not wait for this approval', new.correction_id
              using errcode = 'check_violation';
          end if;
          if not exists (select 1 from decision where id = fix.decision_id and state = 'confirmed') then
            raise exception 'the decision is not confirmed' using errcode = 'check_violation';
          end if;
          if exists (select 1 from unnest(fix.maker_ids) as maker where same_human(new.approver_id, maker)) then
            raise exception 'four eyes: maker and checker are one' using errcode = 'check_violation',
              constraint = 'four_eyes_maker';
          end if;
          if exists (select 1 from correction_approval as first where first.correction_id = new.correction_id
              and first.revision = new.revision and same_human(new.approver_id, first.approver_id)) then
            raise exception 'four eyes: the second approver is the first' using errcode = 'check_violation',
              constraint = 'four_eyes_second';
          end if;
          if exists (select 1 from correction_line as line join payee
                on payee.id in (line.payee_id, line.counter_payee_id)
              where line.correction_id = new.correction_id and line.revision = new.revision
              and payee.person_id is not null and same_human(new.approver_id, payee.person_id)) then
            raise exception 'four eyes: it is the own money of the approver' using errcode = 'check_violation',
              constraint = 'four_eyes_money';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger four_eyes before insert on correction_approval
        for each row execute function require_four_eyes()""")
    op.execute("""
        create function require_open_revision() returns trigger language plpgsql as $$
        begin
          if not exists (select 1 from correction where id = new.correction_id and case_id = new.case_id
              and state = 'proposed' and revision = new.revision) then
            raise exception 'lines join the revision that is being proposed' using errcode = 'check_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger with_its_revision before insert on correction_line
        for each row execute function require_open_revision()""")


def _correction_moves() -> None:
    op.execute(f"""
        create function guard_correction() returns trigger language plpgsql as $$
        begin
          if tg_op = 'INSERT' then
            if new.state <> 'proposed' or new.revision <> 1 then
              raise exception 'a correction begins as proposed' using errcode = 'check_violation';
            end if;
            return new;
          end if;
          if (new.case_id, new.decision_id, new.currency, new.created_at) is distinct from
             (old.case_id, old.decision_id, old.currency, old.created_at)
             or new.reverses_id is distinct from old.reverses_id then
            raise exception 'case, decision and currency of a correction never change: reverse and redo'
              using errcode = 'restrict_violation';
          end if;
          if not new.maker_ids @> old.maker_ids then
            raise exception 'a maker is never forgotten' using errcode = 'restrict_violation';
          end if;
          if old.state not in ('proposed', 'approved_once') and
             (new.revision, new.total_minor, new.moved_minor, new.needs_second, new.preparer_id, new.maker_ids, new.reason)
             is distinct from
             (old.revision, old.total_minor, old.moved_minor, old.needs_second, old.preparer_id, old.maker_ids, old.reason)
             then
            raise exception 'an approved correction is frozen' using errcode = 'restrict_violation';
          end if;
          if new.revision <> old.revision and (new.revision <> old.revision + 1 or new.state <> 'proposed') then
            raise exception 'a change resets approvals' using errcode = 'check_violation';
          end if;
          if new.revision = old.revision and
             (new.total_minor, new.moved_minor, new.needs_second, new.reason)
             is distinct from (old.total_minor, old.moved_minor, old.needs_second, old.reason) then
            raise exception 'a change is a new revision' using errcode = 'check_violation';
          end if;
          if new.state <> old.state and (old.state, new.state) not in ({MOVES}) then
            raise exception 'a correction does not go from % to %', old.state, new.state using errcode = 'check_violation';
          end if;
          if old.journal_id is not null and new.journal_id is distinct from old.journal_id then
            raise exception 'postings of a correction never change' using errcode = 'restrict_violation';
          end if;
          if new.state in ('approved', 'posted') and old.state in ('proposed', 'approved_once', 'approved')
             and (select count(*) from correction_approval where correction_id = new.id
                  and revision = new.revision) < (case when new.needs_second then 2 else 1 end) then
            raise exception 'correction % lacks an approval', new.id using errcode = 'check_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger along_the_table before insert or update on correction
        for each row execute function guard_correction()""")


def _batch_moves() -> None:
    op.execute(f"""
        create function guard_batch() returns trigger language plpgsql as $$
        begin
          if tg_op = 'INSERT' then
            if new.state <> 'open' and new.reverses_id is null then
              raise exception 'a batch begins open' using errcode = 'check_violation';
            end if;
            return new;
          end if;
          if (new.currency, new.number, new.opened_at) is distinct from (old.currency, old.number, old.opened_at)
             or new.reverses_id is distinct from old.reverses_id then
            raise exception 'a batch keeps its currency' using errcode = 'restrict_violation';
          end if;
          if new.state <> old.state and (old.state, new.state) not in ({BATCH_MOVES}) then
            raise exception 'a batch does not go from % to %', old.state, new.state using errcode = 'check_violation';
          end if;
          if old.state <> 'open' and (new.content_hash, new.locked_by, new.locked_at) is distinct from
             (old.content_hash, old.locked_by, old.locked_at) then
            raise exception 'a locked batch never changes' using errcode = 'restrict_violation';
          end if;
          if old.exported_at is not null and (new.exported_by, new.exported_at) is distinct from
             (old.exported_by, old.exported_at) then
            raise exception 'a batch is exported once' using errcode = 'restrict_violation';
          end if;
          if new.state = 'exported' and old.state = 'locked' then
            if same_human(new.exported_by, new.locked_by) then
              raise exception 'four eyes: locked and exported by one' using errcode = 'check_violation',
                constraint = 'four_eyes_export';
            end if;
            if not exists (select 1 from export_file where batch_id = new.id) then
              raise exception 'a batch without its file is not exported' using errcode = 'check_violation';
            end if;
          end if;
          return new;
        end $$""")
    op.execute("""create trigger along_the_table before insert or update on batch
        for each row execute function guard_batch()""")
    op.execute("""
        create function guard_batch_line() returns trigger language plpgsql as $$
        declare stands text;
        begin
          if tg_op = 'DELETE' then
            raise exception 'lines of a batch stay' using errcode = 'restrict_violation';
          end if;
          select state into stands from batch where id = new.batch_id for share;
          if tg_op = 'INSERT' then
            if stands <> 'open' or not new.live then
              raise exception 'a closed batch is fixed' using errcode = 'restrict_violation';
            end if;
            if not exists (select 1 from correction where id = new.correction_id and state in ('posted', 'batched')
                and journal_id is not null) then
              raise exception 'only a posted correction is batched' using errcode = 'check_violation';
            end if;
            return new;
          end if;
          if (new.batch_id, new.correction_id, new.currency, new.added_at) is distinct from
             (old.batch_id, old.correction_id, old.currency, old.added_at) or (new.live and not old.live) then
            raise exception 'a line of a batch never moves' using errcode = 'restrict_violation';
          end if;
          if old.frozen is not null and new.frozen is distinct from old.frozen then
            raise exception 'frozen rows never change' using errcode = 'restrict_violation';
          end if;
          if new.frozen is distinct from old.frozen and stands <> 'open' then
            raise exception 'rows are frozen while the batch is being locked' using errcode = 'restrict_violation';
          end if;
          if old.live and not new.live and not (stands = 'cancelled' or (stands = 'open' and new.removed_reason <> '')) then
            raise exception 'only cancelling frees the lines of a closed batch' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger stays before insert or update or delete on batch_line
        for each row execute function guard_batch_line()""")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
