"""Terms: commission, shares, payees, tax withheld and exchange rates in versions; the database refuses overlaps."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.walls import append_only, grant, guarded, house_only

revision = "0054_terms"
down_revision = "0053_webhook_turns"
branch_labels = None
depends_on = None

ISRC = "[A-Z]{2}[A-Z0-9]{3}[0-9]{7}"
ROWS = ("terms_deal", "terms_split", "terms_payee", "terms_withholding", "terms_rate")


def upgrade() -> None:
    """A row is written once; only its end is added, once."""
    op.create_table(
        "terms_version",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, 3 in order of time"),
        sa.Column("table_name", sa.Text(), nullable=False, comment="deals, splits, payees, withholding or fx"),
        sa.Column("way", sa.Text(), nullable=False, comment="file, form or api"),
        sa.Column("name", sa.Text(), nullable=False, comment="name of the file; empty for one row"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="hash of its bytes; empty for one row"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why, as somebody wrote; may be empty"),
        sa.Column("added", sa.Integer(), nullable=False, comment="rows that begin with it"),
        sa.Column("ended", sa.Integer(), nullable=False, comment="rows that end with it"),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id"), comment="who; none for the system"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.UniqueConstraint("number", name=op.f("uq_terms_version_number")),
        _check("terms_version", "table_known", "table_name in ('deals', 'splits', 'payees', 'withholding', 'fx')"),
        _check("terms_version", "way_known", "way in ('file', 'form', 'api')"),
        _check("terms_version", "changes_something", "added + ended > 0"),
        _check("terms_version", "sha256_hex", "sha256 ~ '^([0-9a-f]{64})?$'"),
        comment="changes of the terms, counted over all tables",
    )  # fmt: skip
    op.create_index("ix_terms_version_table", "terms_version", ["table_name", "number"])
    grant("terms_version", "select,insert")
    append_only("terms_version")
    guarded("terms_version")
    house_only("terms_version")
    _create_rows()
    op.execute("""
        create function only_ends() returns trigger language plpgsql set search_path = public, pg_temp as $$
        begin
          if tg_op = 'DELETE' or old.ended_in is not null or new.ended_in is null
              or to_jsonb(new) - 'ended_in' <> to_jsonb(old) - 'ended_in' then
            raise exception 'rows of % are only ended, once', tg_table_name using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")
    for table in ROWS:
        for column in ("made_in", "ended_in"):
            op.create_index(f"ix_{table}_{column}", table, [column])
        grant(table, "select,insert")
        op.execute(f"grant update (ended_in) on {table} to redress_app")
        op.execute(
            f"create trigger only_ends before update or delete on {table} for each row execute function only_ends()"
        )
        house_only(table)


def _create_rows() -> None:
    _rows(
        "terms_deal", "commission of the house by recording, in versions",
        sa.Column("isrc", sa.Text(), nullable=False, comment="ISRC, canonical, or * for all others"),
        sa.Column("fee_rate", sa.Numeric(10, 8), nullable=False, comment="fraction of gross"),
        _check("terms_deal", "isrc_canonical", rf"isrc ~ '^(\*|{ISRC})$'"),
        _check("terms_deal", "fee_is_fraction", "fee_rate between 0 and 1"),
        monthly=True,
    )  # fmt: skip
    _rows(
        "terms_split", "shares of payees in recordings, in versions",
        sa.Column("isrc", sa.Text(), nullable=False, comment="ISRC, canonical"),
        sa.Column("payee", sa.Text(), nullable=False, comment="the payee's name on statements"),
        sa.Column("share", sa.Numeric(10, 8), nullable=False, comment="fraction of the recording"),
        sa.Column("territories", sa.Text(), nullable=False, comment="WW, WW-US-CA or US CA GB"),
        _check("terms_split", "isrc_canonical", f"isrc ~ '^{ISRC}$'"),
        _check("terms_split", "share_is_fraction", "share between 0 and 1"),
        monthly=True,
    )  # fmt: skip
    _rows(
        "terms_payee", "payees as statements name them, with currency and minimum, in versions",
        sa.Column("payee", sa.Text(), nullable=False, comment="name on statements"),
        sa.Column("currency", sa.CHAR(3), nullable=False, comment="ISO 4217"),
        sa.Column("minimum", sa.Numeric(38, 12), comment="smallest payout in that currency; none: any"),
        sa.Column("payee_id", sa.Uuid(), sa.ForeignKey("payee.id"), comment="who that is in the ledger"),
        _check("terms_payee", "payee_length", "length(payee) between 1 and 200"),
        _check("terms_payee", "currency_shape", "currency ~ '^[A-Z]{3}$'"),
        _check("terms_payee", "minimum_positive", "minimum >= 0"),
    )  # fmt: skip
    _rows(
        "terms_withholding", "tax withheld by payee and territory, in versions",
        sa.Column("payee", sa.Text(), nullable=False, comment="the payee's name on statements"),
        sa.Column("territory", sa.CHAR(2), nullable=False, comment="ISO 3166-1 alpha-2, ZZ unknown"),
        sa.Column("rate", sa.Numeric(10, 8), nullable=False, comment="fraction"),
        _check("terms_withholding", "territory_shape", "territory ~ '^[A-Z]{2}$'"),
        _check("terms_withholding", "rate_is_fraction", "rate between 0 and 1"),
        monthly=True,
    )  # fmt: skip
    _rows(
        "terms_rate", "exchange rates by statement month, in versions",
        sa.Column("month", sa.Date(), nullable=False, comment="the statement month, its first day"),
        sa.Column("from_currency", sa.CHAR(3), nullable=False, comment="ISO 4217"),
        sa.Column("to_currency", sa.CHAR(3), nullable=False, comment="ISO 4217"),
        sa.Column("rate", sa.Numeric(38, 12), nullable=False, comment="of one, how much of the other"),
        sa.Column("source", sa.Text(), nullable=False, comment="who says so; may be empty"),
        sa.Column("quoted_on", sa.Date(), comment="of which day"),
        _check("terms_rate", "months_first", "extract(day from month) = 1"),
        _check("terms_rate", "from_currency_shape", "from_currency ~ '^[A-Z]{3}$'"),
        _check("terms_rate", "to_currency_shape", "to_currency ~ '^[A-Z]{3}$'"),
        _check("terms_rate", "currencies_differ", "from_currency <> to_currency"),
        _check("terms_rate", "rate_positive", "rate > 0"),
    )  # fmt: skip
    live = sa.text("ended_in is null")
    op.create_index("ix_terms_split_live", "terms_split", ["isrc", "payee", "id"], postgresql_where=live)  # fmt: skip
    op.create_index("ix_terms_split_payee", "terms_split", ["payee", "isrc"], postgresql_where=live)
    op.create_index("ix_terms_payee_payee_id", "terms_payee", ["payee_id"])
    op.create_index("uq_terms_payee_live", "terms_payee", ["payee"], unique=True, postgresql_where=live)  # fmt: skip
    op.create_index(
        "uq_terms_rate_live", "terms_rate", ["month", "from_currency", "to_currency"], unique=True, postgresql_where=live
    )  # fmt: skip
    for table, same in (("terms_deal", "isrc with ="), ("terms_withholding", "payee with =, territory with =")):  # fmt: skip
        op.execute(
            f"alter table {table} add constraint one_{table}_at_a_time exclude using gist "
            f"({same}, daterange(from_month, to_month) with &&) where (ended_in is null)"
        )


def _check(table: str, name: str, sql: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}"))


def _rows(table: str, comment: str, *parts: Any, monthly: bool = False) -> None:
    version = sa.ForeignKey("terms_version.number")
    months: list[Any] = [
        sa.Column("from_month", sa.Date(), comment="first month, its first day; none: from the beginning"),
        sa.Column("to_month", sa.Date(), comment="first month that is not covered; none: without end"),
        _check(table, "months_first", "extract(day from from_month) = 1 and extract(day from to_month) = 1"),
        _check(table, "months_in_order", "from_month < to_month"),
    ]  # fmt: skip
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("made_in", sa.Integer(), version, nullable=False, comment="version that wrote it"),
        sa.Column("ended_in", sa.Integer(), sa.ForeignKey("terms_version.number"), comment="version that ended it"),
        *parts,
        *(months if monthly else ()),
        _check(table, "ends_later", "ended_in > made_in"),
        comment=comment,
    )  # fmt: skip


def downgrade() -> None:
    """What was agreed is forgotten."""
    for table in ROWS:
        op.drop_table(table)
    op.drop_table("terms_version")
    op.execute("drop function only_ends()")
