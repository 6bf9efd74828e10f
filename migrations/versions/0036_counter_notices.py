"""Counter-notices: drafts of the respondent, and sent ones that never change (17 U.S.C. 512(g)(3))."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, guarded, side_scoped

revision = "0036_counter_notices"
down_revision = "0035_invariant_runs"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
COMPLETE = (
    "material <> '' and locations <> '' and ground <> '' and explanation <> '' and full_name <> '' and address <> '' "
    "and place <> '' and phone <> '' and signature <> '' and understood and agrees_mistake and agrees_jurisdiction"
)


def _text(name: str, comment: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, comment=comment)


def _tick(name: str, comment: str) -> sa.Column:
    return sa.Column(name, sa.Boolean, nullable=False, comment=comment)


def upgrade() -> None:
    """One table with its walls, and a guard over what was sent."""
    op.create_table(
        "counter_notice",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), nullable=False, comment="the case"),
        _text("side", "whose room: complainant, respondent, desk"),
        _text("disclosure", "private, shared or internal"),
        sa.Column("attempt", sa.Integer, nullable=False, comment="1, then one more after each that was not accepted"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts changes; a stale save is refused"),
        _tick("understood", "knows that the claimant gets name and address"),
        _text("material", "(B) what was removed"),
        _text("locations", "(B) where it was before"),
        _text("ground", "(C) mistake or misidentification"),
        _text("explanation", "why, in their words"),
        _tick("agrees_mistake", "(C) ticked under penalty of perjury"),
        _text("full_name", "(D) name"),
        _text("address", "(D) postal address"),
        _text("place", "(D) address in the United States, or elsewhere"),
        _text("phone", "(D) telephone number"),
        _tick("agrees_jurisdiction", "(D) consents to court and service"),
        _text("signature", "(A) typed signature; empty in a draft"),
        sa.Column("signer_id", sa.Uuid, sa.ForeignKey("person.id"), comment="account that signed"),
        sa.Column("started_at", AT, nullable=False, comment="when the draft was started"),
        sa.Column("saved_at", AT, nullable=False, comment="last change of its words"),
        sa.Column("sent_at", AT, comment="when it was sent; empty in a draft"),
        sa.UniqueConstraint("case_id", "attempt", name="uq_counter_notice_case_id_attempt"),
        sa.CheckConstraint("side = 'respondent'", name=op.f("ck_counter_notice_of_the_respondent")),
        sa.CheckConstraint("disclosure in ('private', 'shared')", name=op.f("ck_counter_notice_disclosure_known")),
        sa.CheckConstraint(
            "disclosure = 'private' or sent_at is not null", name=op.f("ck_counter_notice_shared_when_sent")
        ),
        sa.CheckConstraint(f"sent_at is null or ({COMPLETE})", name=op.f("ck_counter_notice_sent_is_complete")),
        sa.CheckConstraint("ground in ('', 'mistake', 'misidentification')", name=op.f("ck_counter_notice_ground_known")),
        sa.CheckConstraint("place in ('', 'us', 'elsewhere')", name=op.f("ck_counter_notice_place_known")),
        sa.CheckConstraint("attempt >= 1 and version >= 1", name=op.f("ck_counter_notice_counters_positive")),
        comment="counter-notices under 17 U.S.C. 512(g)(3): drafts, and sent ones that never change",
    )  # fmt: skip
    op.create_index(
        "uq_counter_notice_one_draft", "counter_notice", ["case_id"], unique=True,
        postgresql_where=sa.text("sent_at is null"),
    )  # fmt: skip
    grant("counter_notice")
    guarded("counter_notice")
    side_scoped("counter_notice")
    op.execute("""
        create function refuse_change_of_sent() returns trigger language plpgsql as $$
        begin
          if old.sent_at is not null and (to_jsonb(new) - 'disclosure') is distinct from (to_jsonb(old) - 'disclosure') then
            raise exception 'what was sent never changes' using errcode = 'integrity_constraint_violation';
          end if;
          return new;
        end $$""")
    op.execute(
        "create trigger sent_stays before update on counter_notice for each row execute function refuse_change_of_sent()"
    )


def downgrade() -> None:
    """What somebody signed is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
