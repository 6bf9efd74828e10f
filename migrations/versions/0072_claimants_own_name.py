"""The claimant of a notice was kept under the name of the artist that the notice is about; it gets its own."""

from __future__ import annotations

from alembic import op

revision = "0072_claimants_own_name"
down_revision = "0071_artist_side_follows"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only rows that still bear the artist's name; letters that were sent keep what they said."""
    op.execute("""
        update case_party as party set display_name = person.name
        from "case" as about, person
        where about.id = party.case_id and person.id = party.person_id and person.name <> ''
          and about.sub_kind in ('dmca_notice', 'eu_notice') and party.side = 'complainant'
          and party.display_name = about.subject_artist""")


def downgrade() -> None:
    """No way back below the first release."""
    raise RuntimeError("no downgrade below the first release")
