"""Payees, accounts, journals, postings and holds: balanced by the database, never edited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import append_only, grant, guarded, house_only, side_scoped

revision = "0011_ledger"
down_revision = "0010_letters"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
ACCOUNT_KINDS = (
    "'royalty_expense', 'payable', 'suspense', 'dispute_hold', 'advances', "
    "'withholding_payable', 'fx_result', 'rounding', 'fees_income', 'bank'"
)
JOURNAL_KINDS = "'correction', 'reversal', 'hold_placed', 'hold_released', 'hold_moved'"
HOLD_REASONS = (
    "'ownership_conflict', 'split_disputed', 'takedown_notice', 'payout_disputed', "
    "'suspected_streams', 'court', 'appeal'"
)


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier")


def _person(name: str, comment: str, *, nullable: bool = True, index: bool = False) -> sa.Column:
    return sa.Column(
        name, sa.Uuid, sa.ForeignKey("person.id"), nullable=nullable, index=index, comment=comment
    )


def _ck(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Tables first, then what keeps them honest."""
    _payees()
    _accounts()
    _journals()
    _holds()
    _laws()


def _payees() -> None:
    op.create_table(
        "payee",
        _id(),
        _person("person_id", "their account, when they have one", index=True),
        sa.Column("legal_name", sa.Text, nullable=False, comment="name on statements and exports"),
        sa.Column("masked_bank", sa.Text, nullable=False, server_default="",
                  comment="where money goes, masked to the last four characters"),
        sa.Column("bank_changed_at", AT, comment="when those details changed last"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts every change"),
        sa.Column("created_at", AT, nullable=False, comment="when they were entered"),
        _ck("payee", "name_length", "length(legal_name) between 1 and 200"),
        _ck("payee", "bank_is_masked", "length(masked_bank) <= 40 and masked_bank !~ '[0-9A-Za-z]{5}'"),
        _ck("payee", "version_positive", "version >= 1"),
        comment="who is paid",
    )  # fmt: skip
    grant("payee")
    guarded("payee")
    house_only("payee")


def _accounts() -> None:
    op.create_table(
        "ledger_account",
        _id(),
        sa.Column("kind", sa.Text, nullable=False, comment="what the account is for"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="ISO 4217"),
        sa.Column("payee_id", sa.Uuid, sa.ForeignKey("payee.id"), comment="whose, for payable and advances"),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), comment="which case, for dispute hold"),
        sa.Column("created_at", AT, nullable=False, comment="when it was first used"),
        sa.UniqueConstraint("kind", "currency", "payee_id", "case_id", name="uq_ledger_account_which",
                            postgresql_nulls_not_distinct=True),
        sa.UniqueConstraint("id", "currency", name="uq_ledger_account_id_currency"),
        _ck("ledger_account", "kind_known", f"kind in ({ACCOUNT_KINDS})"),
        _ck("ledger_account", "currency_shape", "currency ~ '^[A-Z]{3}$'"),
        _ck("ledger_account", "payee_by_kind", "(payee_id is not null) = (kind in ('payable', 'advances'))"),
        _ck("ledger_account", "case_by_kind", "(case_id is not null) = (kind = 'dispute_hold')"),
        comment="accounts; a balance is the sum of its postings and is stored nowhere",
    )  # fmt: skip
    op.create_index("ix_ledger_account_payee_id", "ledger_account", ["payee_id"])
    op.create_index("ix_ledger_account_case_id", "ledger_account", ["case_id"])
    grant("ledger_account", "select,insert")
    append_only("ledger_account")
    house_only("ledger_account")


def _journals() -> None:
    op.create_table(
        "journal",
        _id(),
        sa.Column("kind", sa.Text, nullable=False, comment="why these postings exist"),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), nullable=False, comment="the case that caused it"),
        sa.Column("narration", sa.Text, nullable=False, comment="what finance reads"),
        sa.Column("reverses_id", sa.Uuid, sa.ForeignKey("journal.id"), comment="the journal this one turns back"),
        _person("actor_id", "who caused it, empty for the system"),
        sa.Column("posted_at", AT, nullable=False, comment="when"),
        sa.Column("xact", sa.Text, nullable=False, server_default=sa.text("(pg_current_xact_id())::text"),
                  comment="transaction that wrote it: postings join in that one only"),
        sa.UniqueConstraint("reverses_id", name="uq_journal_reverses_id"),
        _ck("journal", "kind_known", f"kind in ({JOURNAL_KINDS})"),
        _ck("journal", "reversal_names_it", "(kind = 'reversal') = (reverses_id is not null)"),
        _ck("journal", "not_itself", "reverses_id is distinct from id"),
        comment="a posting group; append-only, balances to zero per currency",
    )  # fmt: skip
    op.create_index("ix_journal_case_id", "journal", ["case_id"])
    op.create_table(
        "posting",
        _id(),
        sa.Column("journal_id", sa.Uuid, sa.ForeignKey("journal.id"), nullable=False, comment="the journal"),
        sa.Column("position", sa.Integer, nullable=False, comment="order inside the journal, from 1"),
        sa.Column("account_id", sa.Uuid, nullable=False, comment="the account"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="currency of the account"),
        sa.Column("minor", sa.BigInteger, nullable=False, comment="minor units; debit positive, credit negative"),
        sa.ForeignKeyConstraint(["account_id", "currency"], ["ledger_account.id", "ledger_account.currency"],
                                name="fk_posting_account_currency"),
        sa.UniqueConstraint("journal_id", "position", name="uq_posting_journal_id_position"),
        _ck("posting", "minor_in_range", "minor <> 0 and abs(minor) < 1000000000000000"),
        comment="one side of a double entry; append-only, reversed and never edited",
    )  # fmt: skip
    op.create_index("ix_posting_account_id", "posting", ["account_id"])
    for table in ("journal", "posting"):
        grant(table, "select,insert")
        append_only(table)
        house_only(table)


def _holds() -> None:
    op.create_table(
        "hold",
        _id(),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), nullable=False, comment="the case"),
        sa.Column("side", sa.Text, nullable=False, comment="whose room: complainant, respondent, desk"),
        sa.Column("disclosure", sa.Text, nullable=False, comment="private, shared or internal"),
        sa.Column("state", sa.Text, nullable=False, comment="proposed, placed, released or moved"),
        sa.Column("reason", sa.Text, nullable=False, comment="why, as a code"),
        sa.Column("explanation", sa.Text, nullable=False, server_default="", comment="why, in words for the payee"),
        sa.Column("asset_kind", sa.Text, nullable=False, comment="recording, release, work or case"),
        sa.Column("asset_ref", sa.Text, nullable=False, comment="ISRC, UPC, ISWC or the title in dispute"),
        sa.Column("share", sa.Numeric(9, 8), nullable=False, comment="part of that asset's money, 0 to 1"),
        sa.Column("territory", sa.Text, nullable=False, comment="WW, WW without a list, or a list of codes"),
        sa.Column("starts_on", sa.Date, comment="first earning day held; empty from the beginning"),
        sa.Column("ends_on", sa.Date, comment="day after the last earning day held; empty without end"),
        sa.Column("payee_id", sa.Uuid, sa.ForeignKey("payee.id"), index=True, comment="whose balance, when posted"),
        sa.Column("amount_minor", sa.BigInteger, comment="minor units taken from the balance, when known"),
        sa.Column("currency", sa.CHAR(3), comment="their currency"),
        sa.Column("journal_id", sa.Uuid, sa.ForeignKey("journal.id"), comment="the posting that holds it"),
        sa.Column("end_journal_id", sa.Uuid, sa.ForeignKey("journal.id"), comment="the posting that ended it"),
        sa.Column("since", AT, nullable=False, comment="since when"),
        sa.Column("review_on", sa.Date, nullable=False, comment="when somebody must look again"),
        sa.Column("until", sa.Date, comment="day it ends by itself, when agreed"),
        _person("placed_by", "who placed it, empty for the system"),
        sa.Column("ended_at", AT, comment="when it was released or moved"),
        _person("ended_by", "who ended it, empty for the system"),
        sa.Column("end_reason", sa.Text, comment="why it ended"),
        sa.Column("moved_to_id", sa.Uuid, sa.ForeignKey("hold.id"), comment="the hold that took its place"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts every change"),
        _ck("hold", "side_is_a_party", "side in ('complainant', 'respondent')"),
        _ck("hold", "disclosure_known", "disclosure in ('private', 'shared')"),
        _ck("hold", "state_known", "state in ('proposed', 'placed', 'released', 'moved')"),
        _ck("hold", "reason_known", f"reason in ({HOLD_REASONS})"),
        _ck("hold", "asset_kind_known", "asset_kind in ('recording', 'release', 'work', 'case')"),
        _ck("hold", "asset_named", "asset_ref <> ''"),
        _ck("hold", "share_range", "share > 0 and share <= 1"),
        _ck("hold", "period_in_order", "starts_on is null or ends_on is null or starts_on < ends_on"),
        _ck("hold", "ended_has_time",
            "(state in ('released', 'moved')) = (ended_at is not null and end_reason is not null)"),
        _ck("hold", "moved_names_target", "(state = 'moved') = (moved_to_id is not null)"),
        _ck("hold", "money_whole",
            "(amount_minor is null) = (currency is null) and (amount_minor is null or payee_id is not null)"),
        _ck("hold", "money_positive", "amount_minor is null or amount_minor > 0"),
        _ck("hold", "money_is_posted",
            "state = 'proposed' or (amount_minor is null) = (journal_id is null)"),
        _ck("hold", "review_after_start", "review_on > (since at time zone 'UTC')::date"),
        _ck("hold", "version_positive", "version >= 1"),
        comment="money frozen because of a case: what, whose, why, since, until",
    )  # fmt: skip
    op.create_index("ix_hold_case_id", "hold", ["case_id", "side"])
    op.create_index(
        "ix_hold_live",
        "hold",
        ["since", "id"],
        postgresql_where=sa.text("state in ('proposed', 'placed')"),
    )
    op.create_index(
        "uq_hold_live_scope", "hold",
        ["case_id", "side", "asset_kind", "asset_ref", "territory", "starts_on", "ends_on", "payee_id"],
        unique=True, postgresql_where=sa.text("state in ('proposed', 'placed')"),
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    grant("hold")
    guarded("hold")
    side_scoped("hold")


def _laws() -> None:
    """Postings join their journal in its own transaction; at commit it balances and a reversal mirrors."""
    op.execute("""
        create function refuse_late_posting() returns trigger language plpgsql as $$
        begin
          if not exists (select 1 from journal
              where id = new.journal_id and xact = (pg_current_xact_id())::text) then
            raise exception 'postings join a journal in the transaction that wrote it'
              using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger with_its_journal before insert on posting
        for each row execute function refuse_late_posting()""")
    op.execute("""
        create function require_balance() returns trigger language plpgsql as $$
        declare wrong record;
        begin
          if (select count(*) from posting where journal_id = new.id) < 2 then
            raise exception 'journal % has fewer than two postings', new.id using errcode = 'check_violation';
          end if;
          select currency, sum(minor) as total into wrong from posting where journal_id = new.id
            group by currency having sum(minor) <> 0 limit 1;
          if found then
            raise exception 'journal % differs by % % minor units', new.id, wrong.total, wrong.currency
              using errcode = 'check_violation';
          end if;
          if new.reverses_id is not null then
            if exists (select 1 from posting where journal_id in (new.id, new.reverses_id)
                group by account_id having sum(minor) <> 0) then
              raise exception 'journal % does not mirror the one it reverses', new.id using errcode = 'check_violation';
            end if;
            if exists (select 1 from journal where id = new.reverses_id and kind = 'reversal') then
              raise exception 'a reversal is not reversed' using errcode = 'restrict_violation';
            end if;
          end if;
          return null;
        end $$""")
    op.execute("""create constraint trigger balances after insert on journal
        deferrable initially deferred for each row execute function require_balance()""")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
