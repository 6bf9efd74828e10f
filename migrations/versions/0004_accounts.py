"""People, roles, proofs of identity, sessions, delegation, limits and idempotency keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import APP, grant, guarded

revision = "0004_accounts"
down_revision = "0003_history"
branch_labels = None
depends_on = None

ROLES = "'artist', 'agent', 'reviewer', 'lead', 'finance_preparer', 'finance_approver', 'admin', 'auditor'"
AT = sa.DateTime(timezone=True)


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier")


def _person(name: str = "person_id", comment: str = "the person", **options: object) -> sa.Column:
    options.setdefault("nullable", False)
    return sa.Column(name, sa.Uuid, sa.ForeignKey("person.id"), comment=comment, **options)


def _secret(table: str, privileges: str) -> None:
    """Proofs of identity are for the application alone: the auditor's role does not read them."""
    op.execute(f'grant {privileges} on "{table}" to {APP}')


def upgrade() -> None:
    """Everything that accounts writes."""
    _people()
    _proofs()
    _sessions()
    _limits()
    _conflicting_roles()
    _same_human()


def _people() -> None:
    op.create_table(
        "person",
        _id(),
        sa.Column("email", pg.CITEXT, nullable=False, comment="sign-in address, lower case"),
        sa.Column("name", sa.Text, nullable=False, comment="name shown"),
        sa.Column("locale", sa.Text, nullable=False, server_default="en", comment="language of pages and mails"),
        sa.Column("zone", sa.Text, nullable=False, server_default="UTC", comment="IANA zone of the person"),
        sa.Column("theme", sa.Text, nullable=False, server_default="system", comment="system, light or dark"),
        sa.Column("status", sa.Text, nullable=False, comment="invited, active or disabled"),
        sa.Column("session_version", sa.Integer, nullable=False, server_default="1",
                  comment="sessions of an older number are dead"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1", comment="optimistic lock"),
        sa.Column("created_at", AT, nullable=False, comment="when the account was made"),
        sa.UniqueConstraint("email", name="uq_person_email"),
        sa.CheckConstraint("status in ('invited', 'active', 'disabled')", name="ck_person_status_known"),
        sa.CheckConstraint("theme in ('system', 'light', 'dark')", name="ck_person_theme_known"),
        sa.CheckConstraint("length(name) between 1 and 200", name="ck_person_name_length"),
        sa.CheckConstraint("length(email::text) between 3 and 254", name="ck_person_email_length"),
        comment="people with an account",
    )  # fmt: skip
    grant("person")
    guarded("person")
    op.create_table(
        "role_grant",
        _id(),
        _person(),
        sa.Column("role", sa.Text, nullable=False, comment="the role"),
        _person("granted_by", "who gave it, empty for the system", nullable=True),
        sa.Column("granted_at", AT, nullable=False, comment="since when"),
        sa.Column("revoked_at", AT, comment="until when; sight ends at once"),
        sa.CheckConstraint(f"role in ({ROLES})", name="ck_role_grant_role_known"),
        sa.CheckConstraint(
            "granted_by is distinct from person_id", name="ck_role_grant_not_to_oneself"
        ),
        comment="roles of people, kept after they end",
    )
    op.create_index(
        "uq_role_grant_live", "role_grant", ["person_id", "role"], unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )  # fmt: skip
    grant("role_grant")
    guarded("role_grant")
    op.create_table(
        "delegation",
        _id(),
        _person("principal_id", "for whom"),
        _person("delegate_id", "who acts", index=True),
        sa.Column("starts_at", AT, nullable=False, comment="from when"),
        sa.Column("ends_at", AT, comment="until when, empty for open"),
        sa.Column("revoked_at", AT, comment="taken back; sight ends at once"),
        _person("created_by", "who entered it, empty for the system", nullable=True),
        sa.Column("created_at", AT, nullable=False, comment="when it was entered"),
        sa.CheckConstraint("principal_id <> delegate_id", name="ck_delegation_two_people"),
        sa.CheckConstraint(
            "ends_at is null or ends_at > starts_at", name="ck_delegation_ends_after_start"
        ),
        comment="who may act for whom, dated",
    )
    op.create_index("ix_delegation_principal_id", "delegation", ["principal_id"])
    grant("delegation")
    guarded("delegation")


def _proofs() -> None:
    op.create_table(
        "credential",
        _person(primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False, comment="argon2id, parameters inside"),
        sa.Column("set_at", AT, nullable=False, comment="when it was set"),
        sa.CheckConstraint("password_hash like '$argon2id$%'", name="ck_credential_is_argon2id"),
        comment="passwords of staff, hashed",
    )
    _secret("credential", "select,insert,update,delete")
    op.create_table(
        "totp_secret",
        _person(primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False, comment="encrypted with a key from the settings"),
        sa.Column("confirmed_at", AT, comment="when the first code was right; empty while enrolling"),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0",
                  comment="time step of the last code taken: none is taken twice"),
        sa.Column("created_at", AT, nullable=False, comment="when it was made"),
        comment="secrets of authenticator apps",
    )  # fmt: skip
    _secret("totp_secret", "select,insert,update,delete")
    op.create_table(
        "recovery_code",
        _id(),
        _person(index=True),
        sa.Column("code_hash", sa.LargeBinary, nullable=False, comment="keyed hash of the code"),
        sa.Column("used_at", AT, comment="when it was used up"),
        sa.Column("created_at", AT, nullable=False, comment="when it was made"),
        comment="recovery codes, single use",
    )
    _secret("recovery_code", "select,insert,update,delete")
    op.create_table(
        "sign_in_code",
        _id(),
        _person(index=True),
        sa.Column("purpose", sa.Text, nullable=False, comment="sign_in or email"),
        sa.Column("email", pg.CITEXT, nullable=False, comment="address it was sent to"),
        sa.Column(
            "link_hash", sa.LargeBinary, nullable=False, comment="hash of the token in the link"
        ),
        sa.Column(
            "code_hash", sa.LargeBinary, nullable=False, comment="keyed hash of the six digits"
        ),
        sa.Column(
            "attempts", sa.Integer, nullable=False, server_default="0", comment="wrong tries so far"
        ),
        sa.Column("created_at", AT, nullable=False, comment="when it was asked for"),
        sa.Column("expires_at", AT, nullable=False, comment="fifteen minutes later"),
        sa.Column("used_at", AT, comment="when it was used up, by link or by code"),
        sa.UniqueConstraint("link_hash", name="uq_sign_in_code_link_hash"),
        sa.CheckConstraint("purpose in ('sign_in', 'email')", name="ck_sign_in_code_purpose_known"),
        comment="links and codes sent by e-mail, single use",
    )
    _secret("sign_in_code", "select,insert,update,delete")
    op.create_table(
        "invitation",
        _id(),
        _person(index=True),
        sa.Column("email", pg.CITEXT, nullable=False, comment="address it is bound to"),
        sa.Column(
            "token_hash", sa.LargeBinary, nullable=False, comment="hash of the token in the link"
        ),
        _person("invited_by", "who invited, empty for the system", nullable=True),
        sa.Column("created_at", AT, nullable=False, comment="when it was sent"),
        sa.Column("expires_at", AT, nullable=False, comment="72 hours later"),
        sa.Column("used_at", AT, comment="when a password was set with it"),
        sa.Column("void_at", AT, comment="when a newer one or a reset replaced it"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
        comment="links with which staff set their password, single use",
    )
    _secret("invitation", "select,insert,update")


def _sessions() -> None:
    op.create_table(
        "session",
        _id(),
        sa.Column(
            "token_hash",
            sa.LargeBinary,
            nullable=False,
            comment="SHA-256 of the 256-bit cookie value",
        ),
        _person(nullable=True, index=True),
        sa.Column("stage", sa.Text, nullable=False, comment="anonymous, enrolling or full"),
        sa.Column(
            "session_version", sa.Integer, nullable=False, comment="the person's number at sign-in"
        ),
        sa.Column("data", pg.JSONB, nullable=False, comment="small values of the face"),
        sa.Column("created_at", AT, nullable=False, comment="sign-in"),
        sa.Column(
            "last_seen_at",
            AT,
            nullable=False,
            comment="last request that was not background polling",
        ),
        sa.Column("proven_at", AT, comment="last proof of a second factor or e-mail code"),
        sa.Column("expires_at", AT, nullable=False, comment="absolute limit"),
        sa.Column("idle_seconds", sa.Integer, nullable=False, comment="idle limit in seconds"),
        sa.Column(
            "device",
            sa.Text,
            nullable=False,
            server_default="",
            comment="browser and system, short",
        ),
        sa.Column("ip", pg.INET, comment="address of the client at sign-in"),
        sa.Column("revoked_at", AT, comment="signed out or ended by somebody"),
        sa.UniqueConstraint("token_hash", name="uq_session_token_hash"),
        sa.CheckConstraint(
            "stage in ('anonymous', 'enrolling', 'full')", name="ck_session_stage_known"
        ),
        sa.CheckConstraint(
            "(stage = 'anonymous') = (person_id is null)", name="ck_session_person_by_stage"
        ),
        comment="server-side sessions; the cookie holds a random reference only",
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    _secret("session", "select,insert,update,delete")


def _limits() -> None:
    op.create_table(
        "rate_bucket",
        sa.Column("key", sa.Text, primary_key=True, comment="what is limited and for whom, hashed"),
        sa.Column("free_at", AT, nullable=False, comment="when the bucket would be empty again"),
        comment="rate limits shared by all processes",
    )
    _secret("rate_bucket", "select,insert,update,delete")
    op.create_table(
        "idempotency_key",
        sa.Column("client", sa.Text, primary_key=True, comment="person or session that sent it"),
        sa.Column("key", sa.Text, primary_key=True, comment="as sent, at most 255 characters"),
        sa.Column(
            "request_hash", sa.LargeBinary, nullable=False, comment="SHA-256 of address and body"
        ),
        sa.Column(
            "status", sa.Integer, comment="status of the stored answer, empty until it is known"
        ),
        sa.Column("location", sa.Text, comment="where the answer led"),
        sa.Column("body", sa.Text, comment="body of the stored answer"),
        sa.Column("created_at", AT, nullable=False, comment="when the effect was committed"),
        sa.CheckConstraint("length(key) between 1 and 255", name="ck_idempotency_key_key_length"),
        comment="creating requests that were done, with their answers",
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])
    _secret("idempotency_key", "select,insert,update,delete")
    op.create_table(
        "csp_report",
        sa.Column("directive", sa.Text, primary_key=True, comment="which directive was broken"),
        sa.Column(
            "blocked", sa.Text, primary_key=True, comment="origin or word of what was blocked"
        ),
        sa.Column(
            "page", sa.Text, primary_key=True, comment="path of the page without identifiers"
        ),
        sa.Column("times", sa.Integer, nullable=False, comment="how often"),
        sa.Column("last_at", AT, nullable=False, comment="when last"),
        sa.CheckConstraint("times > 0", name="ck_csp_report_times_positive"),
        comment="counted reports of content policy violations",
    )
    grant("csp_report", "select,insert,update,delete")


def _conflicting_roles() -> None:
    op.execute("""
        create function refuse_conflicting_roles() returns trigger language plpgsql as $$
        declare held text[];
        begin
          perform 1 from person where id = new.person_id for update;
          select array_agg(role) into held from role_grant
            where person_id = new.person_id and revoked_at is null;
          if cardinality(held) > 1 and (held && array['artist', 'admin', 'auditor']
              or held @> array['finance_preparer', 'finance_approver']) then
            raise exception 'roles that exclude each other' using errcode = 'check_violation',
              constraint = 'ck_role_grant_no_conflict';
          end if;
          return null;
        end $$""")
    op.execute("""
        create trigger no_conflict after insert or update on role_grant
        for each row execute function refuse_conflicting_roles()""")


def _same_human() -> None:
    """Accounts known to belong to one human: four eyes look through them (I3, B096)."""
    op.create_table(
        "person_link",
        _id(),
        _person(comment="one account"),
        _person("other_id", "another account of the same human", index=True),
        _person("linked_by", "who said so, empty for the system", nullable=True),
        sa.Column("linked_at", AT, nullable=False, comment="since when"),
        sa.UniqueConstraint("person_id", "other_id", name="uq_person_link_person_id_other_id"),
        sa.CheckConstraint("person_id < other_id", name="ck_person_link_ordered_pair"),
        comment="pairs of accounts of one human; never taken back",
    )
    grant("person_link", "select,insert")
    guarded("person_link")
    op.execute("""
        create function same_human(one uuid, other uuid) returns boolean language sql stable as $$
          with recursive human(id) as (
            select one
            union
            select case when l.person_id = human.id then l.other_id else l.person_id end
            from human join person_link l on human.id in (l.person_id, l.other_id))
          select exists (select 1 from human where id = other) $$""")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
