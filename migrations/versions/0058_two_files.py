"""A batch leaves as one file that books and one that pays; each once."""

from __future__ import annotations

from alembic import op

revision = "0058_two_files"
down_revision = "0057_payout_kinds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Files that were written before are told apart by their format; rows are never updated."""
    op.execute("""alter table export_file add column purpose text not null
        generated always as (case when format = 'pain001' then 'pays' else 'books' end) stored""")
    op.execute("alter table export_file alter column purpose drop expression")
    op.execute(
        "comment on column export_file.purpose is 'books or pays; a batch has one file of each at most'"
    )
    op.create_check_constraint(
        op.f("ck_export_file_purpose_known"), "export_file", "purpose in ('books', 'pays')"
    )
    op.drop_constraint("uq_export_file_batch_id", "export_file")
    op.create_unique_constraint(
        "uq_export_file_batch_id_purpose", "export_file", ["batch_id", "purpose"]
    )
    op.execute(
        "comment on table export_file is 'files of a batch; append-only, downloaded again byte for byte'"
    )


def downgrade() -> None:
    """Possible while no batch left as two files."""
    op.create_unique_constraint("uq_export_file_batch_id", "export_file", ["batch_id"])
    op.drop_column("export_file", "purpose")
