"""What people are told: the list of each person, what they chose, and addresses that are mailed no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import grant, guarded, house_only

revision = "0019_notices"
down_revision = "0018_signed_answers"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KINDS = (
    "'sign_in_code', 'staff_invite', 'account_notice', 'acknowledgement', 'request_asked', 'request_reminder', "
    "'message_received', 'letter_ready', 'decision_ready', 'case_closed', 'party_invite', 'party_lapsed', "
    "'deadline_near', 'deadline_missed', 'deadline_overdue', 'window_alarm', 'party_silent', 'party_wrote', "
    "'party_answered', 'mail_failed', 'digest'"
)
HOUSE = "app_scope() in ('system', 'owner')"
# A notice of a case is out of sight with its case: a revoked delegate or a walled member of staff reads none.
IN_SIGHT = """(case_id is null or (app_scope() = 'party' and case_id in (select my_side.case_id from my_side))
    or (app_scope() = 'staff' and not exists (select 1 from case_wall as wall
        where wall.case_id = notice.case_id and wall.person_id = app_person() and wall.lifted_at is null)))"""


def upgrade() -> None:
    """Tables, then their walls: a person reads and marks their own rows, nobody else's."""
    _mail()
    _notice()
    _choice()
    _suppressed()
    _walls()


def _mail() -> None:
    for name in ("kind_known", "state_known", "ended_has_time", "failed_has_reason"):
        op.drop_constraint(op.f(f"ck_outgoing_mail_{name}"), "outgoing_mail")
    rules = {
        "kind_known": f"kind in ({KINDS})",
        "state_known": "state in ('queued', 'claimed', 'sent', 'unknown', 'failed', 'dropped')",
        "ended_has_time": "(state in ('sent', 'unknown', 'failed', 'dropped')) = (ended_at is not null)",
        "failed_has_reason": "state not in ('failed', 'dropped') or error <> ''",
    }
    for name, rule in rules.items():
        op.create_check_constraint(op.f(f"ck_outgoing_mail_{name}"), "outgoing_mail", rule)
    op.alter_column(
        "outgoing_mail", "state", comment="queued, claimed, sent, unknown, failed or dropped"
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid, nullable=False, comment="random public identifier"),
        sa.Column("person_id", sa.Uuid, nullable=False, comment="who is told"),
        sa.Column("case_id", sa.Uuid, comment="the case, when there is one"),
        sa.Column("kind", sa.Text, nullable=False, comment="what happened"),
        sa.Column("subject_id", sa.Text, nullable=False, comment="what it is about: id of the case, request, letter …"),
        sa.Column("values", pg.JSONB, nullable=False, comment="what its sentence is given; never what a case says"),
        sa.Column("by_mail", sa.Text, nullable=False, comment="none, now, or digest until the daily mail took it"),
        sa.Column("created_at", AT, nullable=False, comment="when they were told"),
        sa.Column("read_at", AT, comment="when they read it"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_notice_case_id_case")),
        sa.UniqueConstraint("person_id", "kind", "subject_id", name=op.f("uq_notice_person_id_kind_subject_id")),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_notice_kind_known")),
        sa.CheckConstraint("by_mail in ('none', 'now', 'digest')", name=op.f("ck_notice_by_mail_known")),
        comment="what people were told, one row a person; only they read it",
    )  # fmt: skip
    op.create_index(op.f("ix_notice_case_id"), "notice", ["case_id"])
    op.create_index("ix_notice_list", "notice", ["person_id", "created_at", "id"])
    unread = sa.text("read_at is null")
    op.create_index("ix_notice_unread", "notice", ["person_id", "case_id"], postgresql_where=unread)
    waits = sa.text("by_mail = 'digest'")
    op.create_index("ix_notice_digest", "notice", ["person_id"], postgresql_where=waits)


def _choice() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("id", sa.Uuid, nullable=False, comment="random public identifier"),
        sa.Column("person_id", sa.Uuid, comment="whose"),
        sa.Column("address", pg.CITEXT, comment="whose, for somebody without an account"),
        sa.Column("mail", pg.JSONB, nullable=False, comment="by kind: true or false where chosen"),
        sa.Column("quiet_from", sa.SmallInteger, comment="minute of the local day from which mails wait"),
        sa.Column("quiet_to", sa.SmallInteger, comment="minute of the local day until which they wait"),
        sa.Column("zone", sa.Text, comment="IANA zone of these hours; none: the own one"),
        sa.Column("digest", sa.Boolean, nullable=False, comment="one mail a day instead of single ones"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts every change"),
        sa.Column("updated_at", AT, nullable=False, comment="last change"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_choice")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_choice_person_id_person")),
        sa.UniqueConstraint("person_id", name=op.f("uq_notice_choice_person_id")),
        sa.UniqueConstraint("address", name=op.f("uq_notice_choice_address")),
        sa.CheckConstraint("(person_id is null) <> (address is null)", name=op.f("ck_notice_choice_of_one")),
        sa.CheckConstraint("(quiet_from is null) = (quiet_to is null)", name=op.f("ck_notice_choice_quiet_whole")),
        sa.CheckConstraint("quiet_from between 0 and 1439 and quiet_to between 0 and 1439",
            name=op.f("ck_notice_choice_quiet_of_a_day")),
        comment="which notices come by mail and when, where it differs from what is usual",
    )  # fmt: skip


def _suppressed() -> None:
    op.create_table(
        "suppressed_address",
        sa.Column("id", sa.Uuid, nullable=False, comment="random public identifier"),
        sa.Column("address", pg.CITEXT, nullable=False, comment="the address"),
        sa.Column("reason", sa.Text, nullable=False, comment="bounced, complained or asked"),
        sa.Column("status", sa.Text, nullable=False, server_default="", comment="status of the refusal, as 550"),
        sa.Column("mail_id", sa.Uuid, comment="the mail that was refused"),
        sa.Column("since", AT, nullable=False, comment="since when"),
        sa.Column("lifted_at", AT, comment="when the desk allowed it again"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressed_address")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_suppressed_address_mail_id_outgoing_mail")),
        sa.UniqueConstraint("address", name=op.f("uq_suppressed_address_address")),
        sa.CheckConstraint("address::text !~ '[[:cntrl:]]'", name=op.f("ck_suppressed_address_address_is_one_line")),
        sa.CheckConstraint("reason in ('bounced', 'complained', 'asked')", name=op.f("ck_suppressed_address_reason_known")),
        comment="addresses that are mailed no more, with why and since when",
    )  # fmt: skip
    op.create_index(op.f("ix_suppressed_address_mail_id"), "suppressed_address", ["mail_id"])


def _walls() -> None:
    grant("notice", "select,insert")
    op.execute("grant update (read_at, by_mail) on notice to redress_app")
    _own("notice", f"{HOUSE} or (person_id = app_person() and {IN_SIGHT})")
    grant("notice_choice")
    _own("notice_choice", f"{HOUSE} or person_id = app_person()")
    grant("suppressed_address")
    house_only("suppressed_address")
    for table in ("notice_choice", "suppressed_address"):
        guarded(table)


def _own(table: str, mine: str) -> None:
    """Rows of one person. What is told is written by the house alone."""
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    op.execute(f"create policy sight on {table} for select using ({mine})")
    adds = HOUSE if table == "notice" else mine
    op.execute(f"create policy adds on {table} for insert with check ({adds})")
    op.execute(f"create policy changes on {table} for update using ({mine}) with check ({mine})")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
