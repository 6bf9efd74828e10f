"""Evidence: items, custody, shares, verdicts, what the sweeper found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, case_scoped, grant, guarded, house_only, side_scoped

revision = "0008_evidence"
down_revision = "0007_conversations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables first, then the walls around them."""
    _tables()
    _walls()


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")


def _walls() -> None:
    for table in ("evidence_item", "evidence_event", "evidence_share", "evidence_verdict"):
        side_scoped(table)
    for table in ("evidence_event", "evidence_share", "evidence_verdict"):
        grant(table, "select,insert")
        append_only(table)
    for table in ("evidence_item", "evidence_share", "evidence_verdict"):
        guarded(table)
    grant("evidence_item", "select,insert,update")
    grant("exhibit_counter", "select,insert,update")
    case_scoped("exhibit_counter")
    grant("evidence_orphan", "select,insert,update")
    house_only("evidence_orphan")
    _what_was_received_stays()


def _what_was_received_stays() -> None:
    """Name, bytes, key, side and origin of an item never change, and an item is never removed (I7)."""
    op.execute("""
        create function evidence_item_stays() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' then
            raise exception 'evidence is never deleted' using errcode = 'restrict_violation';
          end if;
          if old.state = 'purged' or (new.state <> 'purged' and old.filename <> new.filename) then
            raise exception 'received evidence never changes' using errcode = 'restrict_violation';
          end if;
          if new.state = 'purged' and not exists (
              select 1 from "case" where "case".id = new.case_id and "case".state = 'deleted') then
            raise exception 'only the evidence of a discarded draft is purged' using errcode = 'restrict_violation';
          end if;
          if (old.id, old.case_id, old.side, old.number, old.declared_type, old.sniffed_type,
              old.kind, old.badges, old.size, old.sha256, old.object_key, old.object_version, old.duplicate_of,
              old.uploaded_by, old.uploaded_at, old.client_key)
            is distinct from
             (new.id, new.case_id, new.side, new.number, new.declared_type, new.sniffed_type,
              new.kind, new.badges, new.size, new.sha256, new.object_key, new.object_version, new.duplicate_of,
              new.uploaded_by, new.uploaded_at, new.client_key) then
            raise exception 'received evidence never changes' using errcode = 'restrict_violation';
          end if;
          if old.shared_number is not null and new.shared_number is distinct from old.shared_number then
            raise exception 'an exhibit keeps its number' using errcode = 'restrict_violation';
          end if;
          if old.sealed_until is not null and (new.sealed_until is null or new.sealed_until < old.sealed_until) then
            raise exception 'a seal is never shortened' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$""")
    op.execute(
        "create trigger stays before update or delete on evidence_item "
        "for each row execute function evidence_item_stays()"
    )
    op.execute(
        "create trigger never_emptied before truncate on evidence_item "
        "for each statement execute function refuse_change()"
    )


def _tables() -> None:
    op.create_table(
        "evidence_item",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="1, 2, … within the side: the exhibit label",
        ),
        sa.Column(
            "shared_number",
            sa.Integer(),
            nullable=True,
            comment="1, 2, … within the case in the order of first sharing",
        ),
        sa.Column(
            "filename", sa.Text(), nullable=False, comment="name given by the uploader, cleaned"
        ),
        sa.Column(
            "declared_type",
            sa.Text(),
            nullable=False,
            comment="type the browser stated; never believed",
        ),
        sa.Column("sniffed_type", sa.Text(), nullable=False, comment="type by the bytes"),
        sa.Column("kind", sa.Text(), nullable=False, comment="what viewers may do with it"),
        sa.Column("badges", pg.JSONB(), nullable=False, comment="warnings"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="hash of the bytes, lower-case hex"),
        sa.Column("object_key", sa.Text(), nullable=False, comment="key in the object store"),
        sa.Column(
            "object_version",
            sa.Text(),
            nullable=False,
            comment="version in the object store, may be empty",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="where the item stands"),
        sa.Column(
            "duplicate_of",
            sa.Uuid(),
            nullable=True,
            comment="first item of this side with the same bytes",
        ),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True, comment="who sent it"),
        sa.Column(
            "uploaded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was received",
        ),
        sa.Column(
            "client_key",
            sa.Text(),
            nullable=True,
            comment="key of the form, so that a repeat adds nothing",
        ),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the store locked it",
        ),
        sa.Column(
            "sealed_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="until when it cannot be deleted",
        ),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its side withdrew it",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="counts changes of the mutable columns"
        ),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "(side = 'desk' and disclosure in ('internal', 'shared')) or (side <> 'desk' and disclosure in ('private', 'shared'))",
            name=op.f("ck_evidence_item_disclosure_fits_side"),
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at is not null)",
            name=op.f("ck_evidence_item_withdrawn_has_time"),
        ),
        sa.CheckConstraint(
            "kind in ('document', 'image', 'audio', 'video', 'table', 'mail', 'archive', 'unknown')",
            name=op.f("ck_evidence_item_kind_known"),
        ),
        sa.CheckConstraint(
            "object_key = 'case/' || case_id::text || '/' || side || '/' || sha256",
            name=op.f("ck_evidence_item_key_of_its_side"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_evidence_item_sha256_hex")),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent', 'desk')",
            name=op.f("ck_evidence_item_side_known"),
        ),
        sa.CheckConstraint(
            "state in ('expected', 'uploading', 'quarantined', 'scanning', 'accepted', 'refused', 'blocked', 'withdrawn', 'purged')",
            name=op.f("ck_evidence_item_state_known"),
        ),
        sa.CheckConstraint(
            "(sealed_at is null) = (sealed_until is null)", name=op.f("ck_evidence_item_seal_whole")
        ),
        sa.CheckConstraint(
            "length(filename) between 1 and 255", name=op.f("ck_evidence_item_filename_length")
        ),
        sa.CheckConstraint(
            "number > 0 and (shared_number is null or shared_number > 0)",
            name=op.f("ck_evidence_item_numbers_positive"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_item_size_positive")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_evidence_item_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"],
            ["evidence_item.id"],
            name=op.f("fk_evidence_item_duplicate_of_evidence_item"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["person.id"], name=op.f("fk_evidence_item_uploaded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_item")),
        sa.UniqueConstraint(
            "case_id", "shared_number", name=op.f("uq_evidence_item_case_id_shared_number")
        ),
        sa.UniqueConstraint(
            "case_id", "side", "number", name=op.f("uq_evidence_item_case_id_side_number")
        ),
        sa.UniqueConstraint(
            "case_id",
            "side",
            "uploaded_by",
            "client_key",
            name=op.f("uq_evidence_item_case_id_side_uploaded_by_client_key"),
        ),
        comment="one stored file of one side of a case",
    )
    op.create_index("ix_evidence_item_object_key", "evidence_item", ["object_key"])
    op.create_index("ix_evidence_item_sha256", "evidence_item", ["case_id", "side", "sha256"])
    op.create_index(
        "ix_evidence_item_unsealed",
        "evidence_item",
        ["id"],
        unique=False,
        postgresql_where=sa.text("sealed_at is null"),
    )
    op.create_table(
        "exhibit_counter",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("n", sa.Integer(), nullable=False, comment="last number given"),
        sa.CheckConstraint("n > 0", name=op.f("ck_exhibit_counter_n_positive")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_exhibit_counter_case_id_case")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_exhibit_counter")),
        comment="last number given to a shared exhibit of a case",
    )
    op.create_table(
        "evidence_event",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("item_id", sa.Uuid(), nullable=False, comment="the item"),
        sa.Column("step", sa.Text(), nullable=False, comment="what happened"),
        sa.Column("by_id", sa.Uuid(), nullable=True, comment="who; none for the system"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.Column("data", pg.JSONB(), nullable=False, comment="details without personal data"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "(disclosure = 'internal') = (side = 'desk')",
            name=op.f("ck_evidence_event_disclosure_fits_side"),
        ),
        sa.CheckConstraint(
            "disclosure in ('private', 'internal')", name=op.f("ck_evidence_event_never_shared")
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent', 'desk')",
            name=op.f("ck_evidence_event_side_known"),
        ),
        sa.CheckConstraint(
            "step in ('uploaded', 'checked', 'accepted', 'blocked', 'sealed', 'opened', 'verdict', 'shared', 'unshared', 'withdrawn', 'verified', 'mismatch', 'missing', 'purged')",
            name=op.f("ck_evidence_event_step_known"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_evidence_event_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_evidence_event_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_evidence_event_item_id_evidence_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_event")),
        comment="chain of custody: what happened to an item",
    )
    op.create_index("ix_evidence_event_case_id", "evidence_event", ["case_id"])
    op.create_index(op.f("ix_evidence_event_item_id"), "evidence_event", ["item_id"])
    op.create_table(
        "evidence_orphan",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("kind", sa.Text(), nullable=False, comment="what is wrong"),
        sa.Column("object_key", sa.Text(), nullable=False, comment="key in the object store"),
        sa.Column("item_id", sa.Uuid(), nullable=True, comment="the row, when there is one"),
        sa.Column(
            "found_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was found first",
        ),
        sa.Column(
            "resolved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was put right",
        ),
        sa.Column(
            "resolution",
            sa.Text(),
            nullable=False,
            comment="how it was put right, empty while open",
        ),
        sa.CheckConstraint(
            "(kind = 'object_without_row') = (item_id is null)",
            name=op.f("ck_evidence_orphan_row_named"),
        ),
        sa.CheckConstraint(
            "(resolved_at is null) = (resolution = '')",
            name=op.f("ck_evidence_orphan_resolved_has_words"),
        ),
        sa.CheckConstraint(
            "kind in ('object_without_row', 'row_without_object', 'other_bytes')",
            name=op.f("ck_evidence_orphan_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_evidence_orphan_item_id_evidence_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_orphan")),
        comment="objects and rows that do not match, found by the sweeper",
    )
    op.create_index(op.f("ix_evidence_orphan_item_id"), "evidence_orphan", ["item_id"])
    op.create_index(
        "uq_evidence_orphan_open",
        "evidence_orphan",
        ["kind", "object_key"],
        unique=True,
        postgresql_where=sa.text("resolved_at is null"),
    )
    op.create_table(
        "evidence_share",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("item_id", sa.Uuid(), nullable=False, comment="the item"),
        sa.Column(
            "n",
            sa.Integer(),
            nullable=False,
            comment="1, 2, … within the item; sharing and its end take turns",
        ),
        sa.Column("action", sa.Text(), nullable=False, comment="shared or unshared"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="hash of the bytes shared"),
        sa.Column(
            "object_version", sa.Text(), nullable=False, comment="their version in the store"
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="why"),
        sa.Column("by_id", sa.Uuid(), nullable=True, comment="who"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "(disclosure = 'internal') = (side = 'desk')",
            name=op.f("ck_evidence_share_disclosure_fits_side"),
        ),
        sa.CheckConstraint(
            "action in ('shared', 'unshared')", name=op.f("ck_evidence_share_action_known")
        ),
        sa.CheckConstraint(
            "n > 0 and (action = 'shared') = (n % 2 = 1)", name=op.f("ck_evidence_share_in_turns")
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent', 'desk')",
            name=op.f("ck_evidence_share_side_known"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_evidence_share_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_evidence_share_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_evidence_share_item_id_evidence_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_share")),
        sa.UniqueConstraint("item_id", "n", name=op.f("uq_evidence_share_item_id_n")),
        comment="immutable record of what was shared with the other side and when that ended",
    )
    op.create_index("ix_evidence_share_case_id", "evidence_share", ["case_id"])
    op.create_table(
        "evidence_verdict",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("item_id", sa.Uuid(), nullable=False, comment="the item"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="supports_artist, neutral, against or reject"
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it counts for nothing"),
        sa.Column("note", sa.Text(), nullable=False, comment="words of the reviewer"),
        sa.Column("by_id", sa.Uuid(), nullable=True, comment="who"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "(kind = 'reject') = (reason is not null)",
            name=op.f("ck_evidence_verdict_reject_has_reason"),
        ),
        sa.CheckConstraint(
            "kind in ('supports_artist', 'neutral', 'against', 'reject')",
            name=op.f("ck_evidence_verdict_kind_known"),
        ),
        sa.CheckConstraint(
            "reason is null or reason in ('altered', 'unreadable', 'unrelated', 'duplicate', 'other')",
            name=op.f("ck_evidence_verdict_reason_known"),
        ),
        sa.CheckConstraint(
            "side = 'desk' and disclosure = 'internal'", name=op.f("ck_evidence_verdict_desk_only")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_evidence_verdict_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_evidence_verdict_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["evidence_item.id"],
            name=op.f("fk_evidence_verdict_item_id_evidence_item"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_verdict")),
        comment="verdicts of staff on evidence, never seen by a party",
    )
    op.create_index(op.f("ix_evidence_verdict_case_id"), "evidence_verdict", ["case_id"])
    op.create_index("ix_evidence_verdict_newest", "evidence_verdict", ["item_id", "at"])
