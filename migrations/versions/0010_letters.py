"""Letters with gap-free numbers, and mail to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import desk_only, grant, guarded, side_scoped

revision = "0010_letters"
down_revision = "0009_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, walls, and the guards of I6: numbers step by one, bytes are stored once."""
    _letters()
    _mail()
    grant("letter_series", "select,insert,update")
    grant("letter", "select,insert,update")
    grant("outgoing_mail", "select,insert,update")
    side_scoped("letter")
    guarded("letter")
    desk_only("outgoing_mail")
    for verb, clause in (("insert", "with check"), ("update", "using")):
        op.execute(f"""create policy house_{verb}s on letter as restrictive for {verb}
            {clause} (app_scope() in ('system', 'owner', 'staff'))""")
    _series_guard()
    _letter_guard()


def _series_guard() -> None:
    op.execute("""
        create function letter_series_steps() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or (tg_op = 'INSERT' and new.last_counter <> 0)
              or (tg_op = 'UPDATE' and ((new.series, new.year) is distinct from (old.series, old.year)
                or new.last_counter <> old.last_counter + 1)) then
            raise exception 'letter numbers step by one' using errcode = 'integrity_constraint_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger steps before insert or update or delete on letter_series
        for each row execute function letter_series_steps()""")


def _letter_guard() -> None:
    op.execute("""
        create function letter_frozen() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' then
            raise exception 'letters are kept' using errcode = 'integrity_constraint_violation';
          end if;
          if (new.id, new.case_id, new.audience, new.kind, new.created_at)
                is distinct from (old.id, old.case_id, old.audience, old.kind, old.created_at)
              or (old.number is not null and (new.number, new.series, new.year, new.counter, new.context,
                  new.verify_code, new.dated_on, new.numbered_at, new.language, new.round, new.decision_id)
                is distinct from (old.number, old.series, old.year, old.counter, old.context,
                  old.verify_code, old.dated_on, old.numbered_at, old.language, old.round, old.decision_id))
              or (old.sha256 is not null and (new.sha256, new.size, new.storage_key, new.template_hash,
                  new.rendered_at) is distinct from (old.sha256, old.size, old.storage_key, old.template_hash,
                  old.rendered_at))
              or old.state = 'void' then
            raise exception 'letter % is frozen', old.id using errcode = 'integrity_constraint_violation';
          end if;
          return new;
        end $$""")
    op.execute("""create trigger frozen before update or delete on letter
        for each row execute function letter_frozen()""")


def _letters() -> None:
    op.create_table(
        "letter_series",
        sa.Column("series", sa.Text(), nullable=False, comment="prefix of the numbers"),
        sa.Column(
            "year", sa.Integer(), autoincrement=False, nullable=False, comment="calendar year, UTC"
        ),
        sa.Column("last_counter", sa.Integer(), nullable=False, comment="highest number given out"),
        sa.CheckConstraint(
            "series ~ '^[A-Z]{1,4}$'", name=op.f("ck_letter_series_series_is_capitals")
        ),
        sa.CheckConstraint("last_counter >= 0", name=op.f("ck_letter_series_counts_from_nothing")),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_letter_series")),
        comment="the last number given out, by series and year",
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("audience", sa.Text(), nullable=False, comment="side that it is written to"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="which template and which required parts"
        ),
        sa.Column("round", sa.Integer(), nullable=False, comment="round of the case"),
        sa.Column("decision_id", sa.Uuid(), nullable=True, comment="decision that it tells"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="drafted, numbered, rendered, signed, sent … or void",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="counts saves of the draft"),
        sa.Column("language", sa.Text(), nullable=False, comment="language that it is written in"),
        sa.Column(
            "context",
            pg.JSONB(),
            nullable=False,
            comment="everything it says; frozen with the number",
        ),
        sa.Column("series", sa.Text(), nullable=False, comment="prefix of the number"),
        sa.Column("year", sa.Integer(), nullable=True, comment="year of the number"),
        sa.Column("counter", sa.Integer(), nullable=True, comment="count within series and year"),
        sa.Column("number", sa.Text(), nullable=True, comment="the number as people read it"),
        sa.Column(
            "verify_code", sa.Text(), nullable=True, comment="128 random bits: anybody may check it"
        ),
        sa.Column("dated_on", sa.Date(), nullable=True, comment="day printed on it"),
        sa.Column(
            "numbered_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it took its number",
        ),
        sa.Column(
            "template_hash",
            sa.Text(),
            nullable=True,
            comment="SHA-256 of the templates that printed it",
        ),
        sa.Column("sha256", sa.Text(), nullable=True, comment="SHA-256 of the stored bytes"),
        sa.Column("size", sa.Integer(), nullable=True, comment="length of the stored bytes"),
        sa.Column("storage_key", sa.Text(), nullable=True, comment="where the bytes lie"),
        sa.Column(
            "rendered_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the bytes were stored",
        ),
        sa.Column(
            "sent_at", sa.DateTime(timezone=True), nullable=True, comment="when the side was told"
        ),
        sa.Column(
            "bounced_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when telling failed for good",
        ),
        sa.Column(
            "voided_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the number was given up",
        ),
        sa.Column(
            "void_reason",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="why the number was given up",
        ),
        sa.Column(
            "problem",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="why no bytes came out, for the desk",
        ),
        sa.Column(
            "created_by", sa.Uuid(), nullable=True, comment="who drafted it; none for the system"
        ),
        sa.Column(
            "issued_by",
            sa.Uuid(),
            nullable=True,
            comment="who gave it its number; none for the system",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was drafted"
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "(side = 'desk' and disclosure = 'internal') or (side = audience and disclosure = 'private')",
            name=op.f("ck_letter_internal_or_private_to_audience"),
        ),
        sa.CheckConstraint(
            "(state = 'drafted') = (number is null) and (number is null) = (counter is null) and (number is null) = (verify_code is null) and (number is null) = (numbered_at is null) and (number is null) = (dated_on is null) and (number is null) = (year is null)",
            name=op.f("ck_letter_numbered_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'void') = (voided_at is not null and void_reason <> '')",
            name=op.f("ck_letter_void_has_reason"),
        ),
        sa.CheckConstraint(
            "audience in ('complainant', 'respondent')", name=op.f("ck_letter_audience_is_a_party")
        ),
        sa.CheckConstraint(
            "disclosure = 'internal' or state in ('rendered', 'signed', 'sent', 'delivered', 'bounced', 'void')",
            name=op.f("ck_letter_shown_when_stored"),
        ),
        sa.CheckConstraint(
            "kind in ('decision', 'out_of_scope', 'withdrawn', 'no_response', 'statement_of_reasons', 'notice_rejected', 'counter_received', 'counter_rejected', 'hold_notice', 'left_to_parties')",
            name=op.f("ck_letter_kind_known"),
        ),
        sa.CheckConstraint(
            "sha256 is null or sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_letter_sha256_is_hex")
        ),
        sa.CheckConstraint(
            "state in ('drafted', 'numbered', 'rendered', 'signed', 'sent', 'delivered', 'bounced', 'void')",
            name=op.f("ck_letter_state_known"),
        ),
        sa.CheckConstraint(
            "state not in ('rendered', 'signed', 'sent', 'delivered', 'bounced') or sha256 is not null",
            name=op.f("ck_letter_issued_has_hash"),
        ),
        sa.CheckConstraint(
            "state not in ('sent', 'delivered') or sent_at is not null",
            name=op.f("ck_letter_sent_has_time"),
        ),
        sa.CheckConstraint(
            "(sha256 is null) = (storage_key is null) and (sha256 is null) = (rendered_at is null) and (sha256 is null) = (size is null) and (sha256 is null) = (template_hash is null)",
            name=op.f("ck_letter_stored_whole"),
        ),
        sa.CheckConstraint("round >= 1 and version >= 1", name=op.f("ck_letter_counters_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_letter_case_id_case")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_letter_created_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_letter_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["person.id"], name=op.f("fk_letter_issued_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("number", name=op.f("uq_letter_number")),
        sa.UniqueConstraint(
            "series", "year", "counter", name=op.f("uq_letter_series_year_counter")
        ),
        sa.UniqueConstraint("verify_code", name=op.f("uq_letter_verify_code")),
        comment="letters: drafted, numbered without gaps, stored once, never changed",
    )
    op.create_index("ix_letter_case_id", "letter", ["case_id", "audience"], unique=False)
    op.create_index(op.f("ix_letter_decision_id"), "letter", ["decision_id"], unique=False)
    op.create_index("ix_letter_state", "letter", ["state"], unique=False)


def _mail() -> None:
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="the case, when there is one"),
        sa.Column("kind", sa.Text(), nullable=False, comment="which template"),
        sa.Column(
            "subject_id",
            sa.Text(),
            nullable=False,
            comment="what it is about: id of the case, request, letter …",
        ),
        sa.Column(
            "person_id", sa.Uuid(), nullable=True, comment="account of the recipient, if any"
        ),
        sa.Column("address", sa.Text(), nullable=False, comment="one address"),
        sa.Column("language", sa.Text(), nullable=False, comment="language it is written in"),
        sa.Column(
            "values",
            pg.JSONB(),
            nullable=False,
            comment="what the template is given; wiped when secret",
        ),
        sa.Column(
            "secret",
            sa.Boolean(),
            nullable=False,
            comment="true when the values must not outlive the sending",
        ),
        sa.Column(
            "message_id", sa.Text(), nullable=False, comment="the same for every try of this notice"
        ),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="queued, claimed, sent, unknown or failed"
        ),
        sa.Column("tries", sa.Integer(), nullable=False, comment="how often it was claimed"),
        sa.Column(
            "resends",
            sa.Integer(),
            nullable=False,
            comment="resent after an unknown outcome: at most once",
        ),
        sa.Column(
            "error",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="stable slug of the last failure",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was asked for",
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="not before"),
        sa.Column(
            "claimed_at", sa.DateTime(timezone=True), nullable=True, comment="when a sender took it"
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was sent, given up or became unknown",
        ),
        sa.CheckConstraint(
            "(state = 'claimed') = (claimed_at is not null and ended_at is null)",
            name=op.f("ck_outgoing_mail_claimed_has_time"),
        ),
        sa.CheckConstraint(
            "(state in ('sent', 'unknown', 'failed')) = (ended_at is not null)",
            name=op.f("ck_outgoing_mail_ended_has_time"),
        ),
        sa.CheckConstraint(
            "address !~ '[[:cntrl:]]'", name=op.f("ck_outgoing_mail_address_is_one_line")
        ),
        sa.CheckConstraint(
            "kind in ('sign_in_code', 'staff_invite', 'account_notice', 'acknowledgement', 'request_asked', 'request_reminder', 'message_received', 'letter_ready', 'decision_ready', 'case_closed', 'party_invite')",
            name=op.f("ck_outgoing_mail_kind_known"),
        ),
        sa.CheckConstraint(
            "state <> 'failed' or error <> ''", name=op.f("ck_outgoing_mail_failed_has_reason")
        ),
        sa.CheckConstraint(
            "state in ('queued', 'claimed') or not secret or values = '{}'::jsonb",
            name=op.f("ck_outgoing_mail_secret_wiped"),
        ),
        sa.CheckConstraint(
            "state in ('queued', 'claimed', 'sent', 'unknown', 'failed')",
            name=op.f("ck_outgoing_mail_state_known"),
        ),
        sa.CheckConstraint(
            "tries >= 0 and resends between 0 and 1", name=op.f("ck_outgoing_mail_counts_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_outgoing_mail_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_outgoing_mail_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mail_message_id")),
        comment="mail to people, one row a recipient; the desk sees what did not arrive",
    )
    op.create_index(
        "ix_outgoing_mail_address", "outgoing_mail", ["address", "created_at"], unique=False
    )
    op.create_index(op.f("ix_outgoing_mail_case_id"), "outgoing_mail", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_outgoing_mail_person_id"), "outgoing_mail", ["person_id"], unique=False
    )
    op.create_index(
        "ix_outgoing_mail_state", "outgoing_mail", ["state", "created_at"], unique=False
    )


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
