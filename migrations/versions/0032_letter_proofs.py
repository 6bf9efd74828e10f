"""Letters written by hand: proofs, who wrote them, who may not send them, what they replace; a draft may be dropped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0032_letter_proofs"
down_revision = "0031_letter_kinds"
branch_labels = None
depends_on = None

CHECKS = {
    "numbered_whole": "(state <> 'drafted' or number is null) and (state in ('drafted', 'void') or number is not null) "
    "and (number is null) = (counter is null) "
    "and (number is null) = (verify_code is null) and (number is null) = (numbered_at is null) "
    "and (number is null) = (dated_on is null) and (number is null) = (year is null)",
    "proof_whole": "(proof_sha256 is null) = (proof_key is null) and (proof_sha256 is null) = (proof_size is null) "
    "and (proof_sha256 is null) = (proof_version is null) "
    "and (proof_sha256 is null) = (proof_hash is null) and (proof_sha256 is null) = (proof_at is null)",
    "sent_by_another": "not four_eyes or issued_by is null or issued_by <> all (writer_ids)",
}


def upgrade() -> None:
    """Letters that exist were written by the system or under the rules of their day: nobody is their writer."""
    for column in (
        sa.Column("proof_version", sa.Integer(), comment="version of the draft that the proof shows"),
        sa.Column("proof_sha256", sa.Text(), comment="SHA-256 of the newest proof"),
        sa.Column("proof_key", sa.Text(), comment="where the newest proof lies"),
        sa.Column("proof_size", sa.Integer(), comment="length of the newest proof"),
        sa.Column("proof_hash", sa.Text(), comment="SHA-256 of the templates that printed the proof"),
        sa.Column("proof_at", sa.DateTime(timezone=True), comment="when the proof was printed"),
        sa.Column("four_eyes", sa.Boolean(), nullable=False, server_default="false",
                  comment="true when nobody who wrote its words may send it"),
        sa.Column("writer_ids", pg.ARRAY(sa.Uuid()), nullable=False, server_default="{}",
                  comment="everybody who wrote words of it"),
        sa.Column("replaces_id", sa.Uuid(), sa.ForeignKey("letter.id", name=op.f("fk_letter_replaces_id_letter")),
                  comment="issued letter that it takes the place of"),
    ):  # fmt: skip
        op.add_column("letter", column)
    op.create_index(
        "uq_letter_replaces_id", "letter", ["replaces_id"], unique=True,
        postgresql_where=sa.text("replaces_id is not null and state <> 'void'"),
    )  # fmt: skip
    op.execute("alter table letter drop constraint ck_letter_numbered_whole")
    for name, condition in CHECKS.items():
        op.execute(f"alter table letter add constraint ck_letter_{name} check ({condition})")
    _guard()


def _guard() -> None:
    """As before; who wrote it, what it replaces and the proof that was read are frozen with the number."""
    op.execute("""
        create or replace function letter_frozen() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' then
            raise exception 'letters are kept' using errcode = 'integrity_constraint_violation';
          end if;
          if (new.id, new.case_id, new.audience, new.kind, new.created_at, new.replaces_id)
                is distinct from (old.id, old.case_id, old.audience, old.kind, old.created_at, old.replaces_id)
              or (old.number is not null and (new.number, new.series, new.year, new.counter, new.context,
                  new.verify_code, new.dated_on, new.numbered_at, new.language, new.round, new.decision_id,
                  new.writer_ids, new.four_eyes, new.proof_sha256, new.issued_by)
                is distinct from (old.number, old.series, old.year, old.counter, old.context,
                  old.verify_code, old.dated_on, old.numbered_at, old.language, old.round, old.decision_id,
                  old.writer_ids, old.four_eyes, old.proof_sha256, old.issued_by))
              or (old.printed_sha256 is not null and (new.printed_sha256, new.printed_key, new.template_hash,
                  new.rendered_at) is distinct from (old.printed_sha256, old.printed_key, old.template_hash,
                  old.rendered_at))
              or (old.sha256 is not null and (new.sha256, new.size, new.storage_key, new.signed_at,
                  new.signer, new.certificate, new.retained_until)
                is distinct from (old.sha256, old.size, old.storage_key, old.signed_at,
                  old.signer, old.certificate, old.retained_until))
              or old.state = 'void' then
            raise exception 'letter % is frozen', old.id using errcode = 'integrity_constraint_violation';
          end if;
          return new;
        end $$""")


def downgrade() -> None:
    """Letters are never taken back: ADR 0008."""
    raise RuntimeError("no downgrade: letters would lose who wrote them and what they replace")
