"""Large files on their way in parts, straight from the browser to the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, guarded, side_scoped

revision = "0027_uploads"
down_revision = "0026_search"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
TABLE = "evidence_upload"
CHECKS = {
    "side_known": "side in ('complainant', 'respondent', 'desk')",
    "disclosure_fits_side": "(disclosure = 'internal') = (side = 'desk')",
    "never_shared": "disclosure in ('private', 'internal')",
    "state_known": "state in ('open', 'checking', 'received', 'refused', 'aborted', 'expired')",
    "sizes_positive": "size > 0 and part_size > 0",
    "received_has_item": "(state = 'received') = (item_id is not null)",
    "finished_has_hash": "state not in ('checking', 'received') or sha256 is not null",
    "sha256_hex": "sha256 is null or sha256 ~ '^[0-9a-f]{64}$'",
    "refused_has_reason": "state <> 'refused' or reason <> ''",
    "end_has_time": "(state in ('open', 'checking')) = (ended_at is null)",
}


def upgrade() -> None:
    """The table, its walls and its rule: what was announced never changes."""
    _table()
    op.create_index("ix_evidence_upload_item_id", TABLE, ["item_id"])
    op.create_index(
        "ix_evidence_upload_going", TABLE, ["state", "expires_at"],
        postgresql_where=sa.text("state in ('open', 'checking')"),
    )  # fmt: skip
    side_scoped(TABLE)
    grant(TABLE)
    guarded(TABLE)
    _stays()


def downgrade() -> None:
    """What was sent is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")


def _table() -> None:
    text, number = sa.Text(), sa.BigInteger()
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("case.id"), nullable=False, comment="the case"),
        sa.Column("side", text, nullable=False, comment="whose room: complainant, respondent, desk"),
        sa.Column("disclosure", text, nullable=False, comment="private, shared or internal"),
        sa.Column("filename", text, nullable=False, comment="name given by the uploader, cleaned"),
        sa.Column("declared_type", text, nullable=False, comment="type the browser stated; never believed"),
        sa.Column("size", number, nullable=False, comment="bytes announced"),
        sa.Column("modified", number, nullable=False, comment="when the file was changed last, ms since 1970, by the browser"),
        sa.Column("part_size", sa.Integer(), nullable=False, comment="bytes of each part but the last"),
        sa.Column("storage_key", text, nullable=False, comment="quarantine key in the object store"),
        sa.Column("storage_upload", text, nullable=False, comment="the store's name of the upload in parts"),
        sa.Column("state", text, nullable=False, comment="where the upload stands"),
        sa.Column("sha256", text, comment="hash of the whole by the browser, at the end"),
        sa.Column("reason", text, nullable=False, comment="why it became no evidence, empty while it may"),
        sa.Column("item_id", sa.Uuid(), sa.ForeignKey("evidence_item.id"), comment="the item it became"),
        sa.Column("client_key", text, nullable=False, comment="key of the page, so that a repeat begins nothing"),
        sa.Column("started_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="who sends it"),
        sa.Column("started_at", AT, nullable=False, comment="when it began"),
        sa.Column("expires_at", AT, nullable=False, comment="until when the rest is waited for"),
        sa.Column("ended_at", AT, comment="when it was received, refused or given up"),
        sa.Column("version", sa.Integer(), nullable=False, comment="counts changes"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.UniqueConstraint("case_id", "side", "started_by", "client_key", name=op.f("uq_evidence_upload_case_id_side_started_by_client_key")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_evidence_upload_storage_key")),
        comment="large files on their way in parts, straight from the browser to the store",
    )  # fmt: skip


def _stays() -> None:
    """Whose file it is and what was announced never change; an ended upload never begins again."""
    op.execute("""
        create function evidence_upload_stays() returns trigger language plpgsql as $$
        begin
          if (old.id, old.case_id, old.side, old.disclosure, old.filename, old.size, old.part_size, old.storage_key,
              old.storage_upload, old.client_key, old.started_by, old.started_at)
            is distinct from
             (new.id, new.case_id, new.side, new.disclosure, new.filename, new.size, new.part_size, new.storage_key,
              new.storage_upload, new.client_key, new.started_by, new.started_at) then
            raise exception 'an announced upload never changes' using errcode = 'restrict_violation';
          end if;
          if old.state in ('received', 'aborted', 'expired') then
            raise exception 'an ended upload stays ended' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")
    op.execute(
        f"create trigger stays before update on {TABLE} for each row execute function evidence_upload_stays()"
    )
