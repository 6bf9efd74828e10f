"""Decisions: the desk's drafts and results, and what each side reads of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, desk_only, grant, guarded, side_scoped

revision = "0009_decisions"
down_revision = "0008_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, walls, and the freeze: what was proposed is what is confirmed."""
    _tables()
    for table in ("decision", "decision_notice"):
        grant(table, "select,insert,update")
    desk_only("decision")
    guarded("decision")
    side_scoped("decision_notice")
    append_only("decision_notice")
    op.execute("""create policy house_adds on decision_notice as restrictive for insert
        with check (app_scope() in ('system', 'owner', 'staff'))""")
    op.execute("""
        create function decision_frozen() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' then
            raise exception 'decisions are kept' using errcode = 'integrity_constraint_violation';
          end if;
          if (old.state, new.state) not in (('draft', 'draft'), ('draft', 'proposed'), ('draft', 'confirmed'),
              ('proposed', 'confirmed'), ('proposed', 'returned'), ('confirmed', 'returned')) then
            raise exception 'a decision cannot go from % to %', old.state, new.state
              using errcode = 'integrity_constraint_violation';
          end if;
          if (new.id, new.case_id, new.round, new.created_by, new.created_at)
              is distinct from (old.id, old.case_id, old.round, old.created_by, old.created_at)
              or (old.state <> 'draft' and (new.content, new.content_hash, new.outcome, new.money_moves,
                  new.four_eyes, new.proposed_by, new.proposed_at)
                is distinct from (old.content, old.content_hash, old.outcome, old.money_moves,
                  old.four_eyes, old.proposed_by, old.proposed_at)) then
            raise exception 'decision % is frozen', old.id using errcode = 'integrity_constraint_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger frozen before update or delete on decision
        for each row execute function decision_frozen()""")


def _tables() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "round", sa.Integer(), nullable=False, comment="round of the case that it decides"
        ),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="draft, proposed, confirmed or returned"
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="counts saves of the draft"),
        sa.Column(
            "content",
            pg.JSONB(),
            nullable=False,
            comment="issues, exhibits, outcome, remedies, text for each side; frozen once proposed",
        ),
        sa.Column(
            "content_hash", sa.Text(), nullable=True, comment="SHA-256 of the frozen content"
        ),
        sa.Column(
            "outcome", sa.Text(), nullable=False, comment="outcome in the content, empty while open"
        ),
        sa.Column(
            "money_moves",
            sa.Boolean(),
            nullable=False,
            comment="true when a correction must follow",
        ),
        sa.Column(
            "four_eyes",
            sa.Boolean(),
            nullable=False,
            comment="true when a second person must confirm",
        ),
        sa.Column("created_by", sa.Uuid(), nullable=False, comment="who began the draft"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the draft was begun",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="last save of the draft",
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=True, comment="who froze it"),
        sa.Column(
            "proposed_at", sa.DateTime(timezone=True), nullable=True, comment="when it was frozen"
        ),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True, comment="the second person"),
        sa.Column(
            "confirmed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it became the decision",
        ),
        sa.Column("returned_by", sa.Uuid(), nullable=True, comment="who gave it back"),
        sa.Column(
            "returned_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was given back",
        ),
        sa.Column(
            "return_reason",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="why it was given back",
        ),
        sa.CheckConstraint(
            "(confirmed_at is not null and state in ('confirmed', 'returned')) "
            "or (confirmed_at is null and state <> 'confirmed')",
            name=op.f("ck_decision_confirmed_has_time"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (proposed_at is null)", name=op.f("ck_decision_frozen_has_time")
        ),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_at is not null and return_reason <> '')",
            name=op.f("ck_decision_returned_has_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' or confirmed_by is not null or not four_eyes",
            name=op.f("ck_decision_confirmed_by_second"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'proposed', 'confirmed', 'returned')",
            name=op.f("ck_decision_state_known"),
        ),
        sa.CheckConstraint(
            "(proposed_at is null) = (content_hash is null)",
            name=op.f("ck_decision_frozen_has_hash"),
        ),
        sa.CheckConstraint(
            "(proposed_at is null) = (proposed_by is null)",
            name=op.f("ck_decision_proposal_has_person"),
        ),
        sa.CheckConstraint(
            "confirmed_by is null or confirmed_by <> proposed_by",
            name=op.f("ck_decision_four_eyes"),
        ),
        sa.CheckConstraint(
            "not money_moves or four_eyes", name=op.f("ck_decision_money_needs_four_eyes")
        ),
        sa.CheckConstraint(
            "returned_by is null or returned_by <> proposed_by",
            name=op.f("ck_decision_returned_by_another"),
        ),
        sa.CheckConstraint(
            "round >= 1 and version >= 1", name=op.f("ck_decision_counters_positive")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_case_id_case")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_decision_confirmed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_decision_created_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_decision_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["returned_by"], ["person.id"], name=op.f("fk_decision_returned_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        comment="reasoned results, drafts and returned ones included; the desk alone reads them",
    )
    op.create_index(op.f("ix_decision_case_id"), "decision", ["case_id"], unique=False)
    op.create_index(
        "uq_decision_live",
        "decision",
        ["case_id", "round"],
        unique=True,
        postgresql_where=sa.text("state <> 'returned'"),
    )
    op.create_table(
        "decision_notice",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("decision_id", sa.Uuid(), nullable=False, comment="the decision"),
        sa.Column("round", sa.Integer(), nullable=False, comment="round of the case"),
        sa.Column(
            "content",
            pg.JSONB(),
            nullable=False,
            comment="outcome, findings, remedies, reasons of this side",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was confirmed",
        ),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "disclosure = 'private'", name=op.f("ck_decision_notice_always_private")
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent')", name=op.f("ck_decision_notice_side_is_a_party")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_decision_notice_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_decision_notice_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_notice")),
        sa.UniqueConstraint(
            "decision_id", "side", name=op.f("uq_decision_notice_decision_id_side")
        ),
        comment="a confirmed decision as one side reads it; written once",
    )
    op.create_index("ix_decision_notice_case_id", "decision_notice", ["case_id"], unique=False)


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
