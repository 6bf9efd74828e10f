"""A request may ask for a signature: a statement, signed by the typed name."""

from __future__ import annotations

from alembic import op

revision = "0018_signed_answers"
down_revision = "0017_ratings"
branch_labels = None
depends_on = None

KINDS = "'document', 'question', 'choice', 'confirmation', 'signature'"


def upgrade() -> None:
    """The wider list; every row fits it."""
    op.execute("alter table request_item drop constraint ck_request_item_kind_known")
    op.execute(
        f"alter table request_item add constraint ck_request_item_kind_known check (kind in ({KINDS}))"
    )
    op.execute(
        "comment on column request_item.kind is 'document, question, choice, confirmation or signature'"
    )


def downgrade() -> None:
    """Signed answers are never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
