"""Bearer tokens of people for the API, as hashes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import APP

revision = "0041_api_tokens"
down_revision = "0040_case_numbers"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
CHECKS = {
    "name_length": "length(name) between 1 and 80",
    "scopes_some": "cardinality(scopes) > 0",
    "expires_after": "expires_at > created_at",
}


def upgrade() -> None:
    """A row a token. The auditor's role does not read it: it holds proofs of identity."""
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), primary_key=True, comment="random public identifier"),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False, comment="in whose name it acts"),
        sa.Column("name", sa.Text(), nullable=False, comment="what its owner calls it"),
        sa.Column("prefix", sa.Text(), nullable=False, comment="its first characters, to tell it from others"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the 256-bit token"),
        sa.Column("scopes", pg.ARRAY(sa.Text()), nullable=False, comment="what it may be used for"),
        sa.Column("created_at", AT, nullable=False, comment="when it was made"),
        sa.Column("expires_at", AT, nullable=False, comment="when it ends by itself"),
        sa.Column("last_used_at", AT, comment="last use, to the minute"),
        sa.Column("revoked_at", AT, comment="taken back; ends at once"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_api_token_{name}")) for name, rule in CHECKS.items()),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        comment="bearer tokens of people for the API, as hashes",
    )  # fmt: skip
    op.create_index("ix_api_token_person_id", "api_token", ["person_id"])
    op.execute(f"grant select, insert, update on api_token to {APP}")
    mine = "app_scope() in ('system', 'owner') or person_id = app_person()"
    op.execute("alter table api_token enable row level security")
    op.execute("alter table api_token force row level security")
    op.execute(f"create policy own on api_token for all using ({mine}) with check ({mine})")
    # Its last use is no act of anybody: everything else that changes comes with its history row.
    op.execute(
        "create constraint trigger guarded after insert or delete "
        "or update of person_id, name, prefix, token_hash, scopes, created_at, expires_at, revoked_at "
        "on api_token deferrable initially deferred for each row execute function require_history()"
    )


def downgrade() -> None:
    """Every token ends."""
    op.drop_table("api_token")
