"""History: append-only, chained, with its guard for every other table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant

revision = "0003_history"
down_revision = "0002_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Entries, their personal part, chain ends, daily seals, and the guard."""
    op.create_table(
        "history_entry",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True, comment="order of writing"),
        sa.Column("chain", sa.Text, nullable=False, comment="case:<id> or <subject kind>:<id>"),
        sa.Column("n", sa.Integer, nullable=False, comment="position in the chain, from 1"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when, UTC"),
        sa.Column("actor_kind", sa.Text, nullable=False, comment="person, system or anonymous"),
        sa.Column("actor_id", sa.Uuid, comment="the person, a value and no foreign key"),
        sa.Column("actor", sa.Text, nullable=False, comment="person:<id> or system:<name>, as hashed"),
        sa.Column("verb", sa.Text, nullable=False, comment="subject.past_participle"),
        sa.Column("subject_kind", sa.Text, nullable=False, comment="table of the row that changed"),
        sa.Column("subject_id", sa.Text, nullable=False, comment="its primary key as text"),
        sa.Column("case_id", sa.Uuid, comment="the case, when there is one"),
        sa.Column("data", pg.JSONB, nullable=False, comment="what changed, without personal data"),
        sa.Column("commitment", sa.Text, nullable=False, comment="salted hash of the personal part, or empty"),
        sa.Column("prev_hash", sa.Text, nullable=False, comment="hash of the entry before"),
        sa.Column("hash", sa.Text, nullable=False, comment="SHA-256 over prev_hash and this entry"),
        sa.UniqueConstraint("chain", "n", name="uq_history_entry_chain_n"),
        sa.CheckConstraint("actor_kind in ('person', 'system', 'anonymous')", name="ck_history_entry_actor_kind"),
        sa.CheckConstraint("length(hash) = 64 and length(prev_hash) = 64", name="ck_history_entry_hash_length"),
        comment="append-only, chained record of who did what",
    )  # fmt: skip
    op.execute(
        "alter table history_entry add column xact xid8 not null default pg_current_xact_id()"
    )
    op.execute(
        "comment on column history_entry.xact is 'transaction that wrote it, read by the guard'"
    )
    op.create_index(
        "ix_history_entry_xact", "history_entry", ["xact", "subject_kind", "subject_id"]
    )
    op.create_index("ix_history_entry_case_id", "history_entry", ["case_id", "id"])
    op.create_index("ix_history_entry_actor_id", "history_entry", ["actor_id", "id"])
    op.create_table(
        "history_private",
        sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("history_entry.id", name="fk_history_private_entry_id_history_entry"),
                  primary_key=True, autoincrement=False, comment="the entry"),
        sa.Column("salt", sa.LargeBinary, nullable=False, comment="random salt of the commitment"),
        sa.Column("data", pg.JSONB, nullable=False, comment="the personal values"),
        comment="personal part of a history entry, erasable",
    )  # fmt: skip
    op.create_table(
        "history_head",
        sa.Column("chain", sa.Text, primary_key=True, comment="the chain"),
        sa.Column("n", sa.Integer, nullable=False, comment="last position"),
        sa.Column("hash", sa.Text, nullable=False, comment="hash of the last entry"),
        comment="end of each chain",
    )
    op.create_table(
        "history_seal",
        sa.Column("day", sa.Text, primary_key=True, comment="UTC day, YYYY-MM-DD"),
        sa.Column(
            "upto_id", sa.BigInteger, nullable=False, comment="last entry that the seal covers"
        ),
        sa.Column(
            "root",
            sa.Text,
            nullable=False,
            comment="RFC 6962 root over the hashes of all entries to upto_id",
        ),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False, comment="when, UTC"),
        comment="daily head over all chains",
    )
    for table in ("history_entry", "history_private", "history_seal"):
        grant(table, "select,insert")
    grant("history_head", "select,insert,update")
    append_only("history_entry")
    append_only("history_seal")
    op.execute("""
        create function require_history() returns trigger language plpgsql security definer
        set search_path = public, pg_temp as $$
        declare key text := coalesce(to_jsonb(new) ->> 'id', to_jsonb(old) ->> 'id');
        begin
          if not exists (select 1 from history_entry
              where xact = pg_current_xact_id() and subject_kind = tg_table_name and subject_id = key) then
            raise exception 'a change of % % has no history row', tg_table_name, key
              using errcode = 'integrity_constraint_violation';
          end if;
          return null;
        end $$""")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
