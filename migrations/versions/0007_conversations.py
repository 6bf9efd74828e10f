"""Conversations: messages, drafts, read marks, requests and their answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant, guarded, side_scoped

revision = "0007_conversations"
down_revision = "0006_cases"
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
    for table in ("message", "request", "request_item", "request_answer"):
        side_scoped(table)
        guarded(table)
    for table in ("message", "request_answer"):
        grant(table, "select,insert")
        append_only(table)
    for table in ("request", "request_item"):
        grant(table, "select,insert,update")
    for table in ("read_mark", "draft_text"):
        grant(table, "select,insert,update")
        _own_rows(table)
    op.execute("grant delete on draft_text to redress_app")
    op.execute("revoke select on draft_text from redress_auditor")


def _own_rows(table: str) -> None:
    """Rows of a person that nobody else reads, whatever their role."""
    mine = "app_scope() in ('system', 'owner') or person_id = app_person()"
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    op.execute(f'create policy own on "{table}" for all using ({mine}) with check ({mine})')


def _tables() -> None:
    op.create_table(
        "draft_text",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who types"),
        sa.Column(
            "box", sa.Text(), nullable=False, comment="which box: an audience or request:<n>"
        ),
        sa.Column("body", sa.Text(), nullable=False, comment="the words so far"),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, comment="last keystroke saved"
        ),
        sa.CheckConstraint("length(body) <= 20000", name=op.f("ck_draft_text_body_length")),
        sa.CheckConstraint("length(box) between 1 and 60", name=op.f("ck_draft_text_box_length")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_draft_text_case_id_case")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_draft_text_person_id_person")
        ),
        sa.PrimaryKeyConstraint("case_id", "person_id", "box", name=op.f("pk_draft_text")),
        comment="words typed and not sent yet, seen by their author alone",
    )
    op.create_table(
        "read_mark",
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who"),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="everything up to here was on their screen",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_read_mark_case_id_case")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_read_mark_person_id_person")
        ),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("pk_read_mark")),
        comment="how far a person has read a case",
    )
    op.create_table(
        "request",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, … within the side"),
        sa.Column(
            "reason", sa.Text(), nullable=False, comment="why we ask, in words for the party"
        ),
        sa.Column(
            "silence",
            sa.Text(),
            nullable=False,
            comment="what happens without an answer, in words for the party",
        ),
        sa.Column(
            "first_due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="deadline when asked",
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="deadline now"),
        sa.Column("asked_by", sa.Uuid(), nullable=True, comment="who asked"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.Column(
            "extended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when more time was given",
        ),
        sa.Column(
            "extension_reason", sa.Text(), nullable=False, comment="why more time was needed"
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="counts changes"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent') and disclosure = 'private'",
            name=op.f("ck_request_of_one_party"),
        ),
        sa.CheckConstraint(
            "(extended_at is null) = (due_at = first_due_at)",
            name=op.f("ck_request_extension_whole"),
        ),
        sa.CheckConstraint("due_at >= first_due_at", name=op.f("ck_request_never_shorter")),
        sa.CheckConstraint(
            "length(reason) between 1 and 4000", name=op.f("ck_request_reason_length")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_request_number_positive")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_request_asked_by_person")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_request_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint(
            "case_id", "side", "number", name=op.f("uq_request_case_id_side_number")
        ),
        comment="items asked of one side at once",
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("sender_id", sa.Uuid(), nullable=True, comment="who wrote; none for the system"),
        sa.Column(
            "sender_side", sa.Text(), nullable=False, comment="on whose behalf it was written"
        ),
        sa.Column("body", sa.Text(), nullable=False, comment="the words, as typed"),
        sa.Column("language", sa.Text(), nullable=False, comment="language of the words"),
        sa.Column("channel", sa.Text(), nullable=False, comment="how they came or went"),
        sa.Column(
            "client_key",
            sa.Text(),
            nullable=True,
            comment="key of the form, so that a repeat adds nothing",
        ),
        sa.Column(
            "request_id", sa.Uuid(), nullable=True, comment="the request that these words introduce"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "(side = 'desk' and disclosure in ('internal', 'shared')) or (side <> 'desk' and disclosure = 'private')",
            name=op.f("ck_message_disclosure_fits_side"),
        ),
        sa.CheckConstraint(
            "channel in ('portal', 'mail', 'phone', 'system')",
            name=op.f("ck_message_channel_known"),
        ),
        sa.CheckConstraint(
            "sender_side = 'desk' or (sender_side = side and disclosure = 'private')",
            name=op.f("ck_message_parties_write_from_their_side"),
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent', 'desk')", name=op.f("ck_message_side_known")
        ),
        sa.CheckConstraint("length(body) between 1 and 20000", name=op.f("ck_message_body_length")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_message_case_id_case")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_message_request_id_request")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["person.id"], name=op.f("fk_message_sender_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "case_id",
            "sender_id",
            "client_key",
            name=op.f("uq_message_case_id_sender_id_client_key"),
        ),
        comment="messages and internal notes, append-only",
    )
    op.create_index("ix_message_case_at", "message", ["case_id", "at", "id"])
    op.create_index(op.f("ix_message_request_id"), "message", ["request_id"])
    op.create_table(
        "request_item",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="the request"),
        sa.Column("position", sa.Integer(), nullable=False, comment="1, 2, … within the request"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="document, question, choice or confirmation"
        ),
        sa.Column("title", sa.Text(), nullable=False, comment="what is asked"),
        sa.Column("hint", sa.Text(), nullable=False, comment="why, and a good example"),
        sa.Column("options", pg.JSONB(), nullable=False, comment="choices, for a choice"),
        sa.Column("state", sa.Text(), nullable=False, comment="where the item stands"),
        sa.Column(
            "note", sa.Text(), nullable=False, comment="the desk's last word on it, for the party"
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="counts changes"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "kind in ('document', 'question', 'choice', 'confirmation')",
            name=op.f("ck_request_item_kind_known"),
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent') and disclosure = 'private'",
            name=op.f("ck_request_item_of_one_party"),
        ),
        sa.CheckConstraint(
            "state in ('asked', 'answered', 'cannot_provide', 'lapsed', 'accepted', 'asked_again', 'waived')",
            name=op.f("ck_request_item_state_known"),
        ),
        sa.CheckConstraint(
            "length(title) between 1 and 300", name=op.f("ck_request_item_title_length")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_request_item_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_request_item_request_id_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_item")),
        sa.UniqueConstraint(
            "request_id", "position", name=op.f("uq_request_item_request_id_position")
        ),
        comment="one thing asked for",
    )
    op.create_index("ix_request_item_case_id", "request_item", ["case_id", "state"])
    op.create_table(
        "request_answer",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("item_id", sa.Uuid(), nullable=False, comment="the item"),
        sa.Column("kind", sa.Text(), nullable=False, comment="answer or decline"),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="text, choice, confirmation, or why not"
        ),
        sa.Column(
            "evidence_ids", pg.ARRAY(sa.Uuid()), nullable=False, comment="files that came with it"
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True, comment="who answered"),
        sa.Column(
            "client_key",
            sa.Text(),
            nullable=True,
            comment="key of the form, so that a repeat adds nothing",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "kind = 'answer' or length(body) > 0", name=op.f("ck_request_answer_decline_has_reason")
        ),
        sa.CheckConstraint(
            "kind in ('answer', 'decline')", name=op.f("ck_request_answer_kind_known")
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent') and disclosure = 'private'",
            name=op.f("ck_request_answer_of_one_party"),
        ),
        sa.CheckConstraint("length(body) <= 20000", name=op.f("ck_request_answer_body_length")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_request_answer_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_request_answer_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["request_item.id"], name=op.f("fk_request_answer_item_id_request_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_answer")),
        sa.UniqueConstraint(
            "item_id",
            "by_id",
            "client_key",
            name=op.f("uq_request_answer_item_id_by_id_client_key"),
        ),
        comment="answers to request items, append-only",
    )
    op.create_index(op.f("ix_request_answer_case_id"), "request_answer", ["case_id"])
    op.create_index(op.f("ix_request_answer_item_id"), "request_answer", ["item_id"])
