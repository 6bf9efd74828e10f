"""Letters keep two hashes: of the bytes as printed, and of the bytes that leave, signed where we have a key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_letter_signatures"
down_revision = "0019_notices"
branch_labels = None
depends_on = None

CHECKS = {
    "shown_when_stored": "disclosure = 'internal' or sha256 is not null",
    "issued_has_hash": "(state <> 'rendered' or printed_sha256 is not null) "
    "and (state not in ('signed', 'sent', 'delivered', 'bounced') or sha256 is not null)",
    "printed_whole": "(printed_sha256 is null) = (printed_key is null) "
    "and (printed_sha256 is null) = (rendered_at is null) and (printed_sha256 is null) = (template_hash is null)",
    "stored_whole": "(sha256 is null) = (storage_key is null) and (sha256 is null) = (size is null) "
    "and (sha256 is null or printed_sha256 is not null)",
    "signed_whole": "(signed_at is null) = (signer is null) and (signed_at is null) = (certificate is null) "
    "and (signed_at is null or sha256 <> printed_sha256) and (state <> 'signed' or signed_at is not null)",
}
OLD = ("shown_when_stored", "issued_has_hash", "stored_whole")


def upgrade() -> None:
    """Letters that left before were not signed: printed bytes and final bytes are the same."""
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("printed_sha256", sa.Text(), comment="SHA-256 of the bytes as printed, before a signature"),
        sa.Column("printed_key", sa.Text(), comment="where the printed bytes lie"),
        sa.Column("retained_until", moment, comment="until when the store refuses to delete them"),
        sa.Column("signed_at", moment, comment="time in the signature; none: the letter leaves without one"),
        sa.Column("signer", sa.Text(), comment="name in the certificate that signed it"),
        sa.Column("certificate", sa.Text(), comment="SHA-256 of the certificate that signed it"),
    ):  # fmt: skip
        op.add_column("letter", column)
    for name, words in {
        "sha256": "SHA-256 of the bytes that leave",
        "size": "length of the bytes that leave",
        "storage_key": "where the bytes that leave lie",
        "rendered_at": "when the printed bytes were stored",
    }.items():
        op.alter_column("letter", name, comment=words)
    op.execute("alter table letter disable trigger user")
    op.execute(
        "update letter set printed_sha256 = sha256, printed_key = storage_key where sha256 is not null"
    )
    op.execute("alter table letter enable trigger user")
    for name in OLD:
        op.execute(f"alter table letter drop constraint ck_letter_{name}")
    for name, condition in CHECKS.items():
        op.execute(f"alter table letter add constraint ck_letter_{name} check ({condition})")
    _guard()


def _guard() -> None:
    """Once printed, the printed bytes stay; once final, the final ones, their signature and retention."""
    op.execute("""
        create or replace function letter_frozen() returns trigger language plpgsql as $$
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
    raise RuntimeError("no downgrade: signed letters would lose their hashes")
