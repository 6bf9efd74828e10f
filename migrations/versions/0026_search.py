"""The search index: entries behind the walls, keys that functions alone read, recent searches (ADR 0024)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import side_scoped

revision = "0026_search"
down_revision = "0025_case_care"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
SUBJECTS = "'case', 'filing', 'party', 'contact', 'message', 'note', 'evidence', 'letter', 'release', 'recording'"

ASKED = """asked tsquery, wanted text[], named text, kinds text[], states text[],
        since timestamptz, until timestamptz"""
# The owner may read search_key; search_entry and case answer by the walls of whoever asks, because
# those are forced on the owner too. `@@`, `&&` and `%>` are not leakproof: below row-level security
# PostgreSQL never uses their indexes, so the keys lie in a table without it.
MATCH = """(k.tokens @@ asked or k.idents && wanted or k.name %> named) and k.subject_kind = any (kinds)"""
FITS = """(e.case_id is null or c.state not in ('draft', 'deleted'))
          and (states is null or c.state = any (states))
          and (since is null or e.at >= since) and (until is null or e.at < until)"""
ENTRY = """search_entry as e left join "case" as c on c.id = e.case_id
          where e.subject_kind = k.subject_kind and e.subject_id = k.subject_id"""
SETTINGS = """language plpgsql stable security definer set search_path = public, pg_temp
        set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
        set plan_cache_mode = force_custom_plan set pg_trgm.word_similarity_threshold = 0.45"""


def upgrade() -> None:
    """Tables, walls, functions."""
    _tables()
    side_scoped("search_entry")
    op.execute("grant select on search_entry to redress_app, redress_auditor")
    _own_rows("search_recent")
    op.execute("grant select, insert, update, delete on search_recent to redress_app")
    _functions()


def downgrade() -> None:
    """A rebuild brings everything back."""
    op.execute("drop function search_hits, search_newest, search_put, search_forget")
    for table in ("search_recent", "search_key", "search_entry"):
        op.drop_table(table)


def _own_rows(table: str) -> None:
    """Rows of a person that nobody else reads, whatever their role."""
    mine = "app_scope() in ('system', 'owner') or person_id = app_person()"
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    op.execute(f'create policy own on "{table}" for all using ({mine}) with check ({mine})')


def _functions() -> None:
    # The keys first, whatever the planner thinks (`offset 0` is a fence): one look-up per hit, until it is enough.
    op.execute(f"""
        create function search_hits({ASKED}, most integer)
        returns table (subject_kind text, subject_id uuid, at timestamptz) {SETTINGS} as $$
        begin return query
          select e.subject_kind, e.subject_id, e.at
          from (select k.subject_kind, k.subject_id from search_key as k where {MATCH} offset 0) as k
          cross join lateral (
            select e.subject_kind, e.subject_id, e.at from {ENTRY} and {FITS} offset 0) as e
          limit most; end $$""")
    op.execute(f"""
        create function search_newest({ASKED}, before timestamptz, before_id uuid, most integer)
        returns table (subject_kind text, subject_id uuid, at timestamptz) {SETTINGS} as $$
        begin return query
          select e.subject_kind, e.subject_id, e.at from search_key as k cross join {ENTRY} and {FITS} and {MATCH}
          and (before is null or (e.at, e.subject_id) < (before, before_id))
          order by e.at desc, e.subject_id desc limit most; end $$""")
    op.execute("""
        create function search_put(kind text, id uuid, of_case uuid, of_side text, shown_to text, titled text,
          says text, since timestamptz, words text[], known_as text[], named text)
        returns void language plpgsql security definer set search_path = public, pg_temp as $$
        begin
          insert into search_entry (subject_kind, subject_id, case_id, side, disclosure, title, body, at)
          values (kind, id, of_case, of_side, shown_to, titled, says, since)
          on conflict (subject_kind, subject_id) do update set case_id = excluded.case_id, side = excluded.side,
            disclosure = excluded.disclosure, title = excluded.title, body = excluded.body, at = excluded.at;
          insert into search_key (subject_kind, subject_id, tokens, idents, name)
          values (kind, id, array_to_tsvector(words), known_as, named)
          on conflict (subject_kind, subject_id) do update set
            tokens = excluded.tokens, idents = excluded.idents, name = excluded.name;
        end $$""")
    op.execute("""
        create function search_forget(kind text, ids uuid[])
        returns void language sql security definer set search_path = public, pg_temp as $$
          delete from search_entry where subject_kind = kind and subject_id = any (ids) $$""")
    for name in ("search_hits", "search_newest", "search_put", "search_forget"):
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"grant execute on function {name} to redress_app")


def _tables() -> None:
    op.create_table(
        "search_entry",
        sa.Column("subject_kind", sa.Text(), nullable=False, comment="what kind of thing"),
        sa.Column("subject_id", sa.Uuid(), nullable=False, comment="its primary key"),
        sa.Column(
            "case_id",
            sa.Uuid(),
            nullable=True,
            comment="the case; none for things of the catalogue",
        ),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.Column("title", sa.Text(), nullable=False, comment="its name, as typed"),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="the beginning of its words, as typed"
        ),
        sa.Column(
            "at", AT, nullable=False, comment="when it came to be; the newest is shown first"
        ),
        sa.CheckConstraint(
            f"subject_kind in ({SUBJECTS})", name=op.f("ck_search_entry_subject_known")
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent', 'desk')", name=op.f("ck_search_entry_side_known")
        ),
        sa.CheckConstraint(
            "disclosure in ('private', 'shared', 'internal')",
            name=op.f("ck_search_entry_disclosure_known"),
        ),
        sa.CheckConstraint(
            "(case_id is null) = (subject_kind in ('release', 'recording'))",
            name=op.f("ck_search_entry_only_the_catalogue_has_no_case"),
        ),
        sa.CheckConstraint(
            "subject_kind <> 'note' or disclosure = 'internal'",
            name=op.f("ck_search_entry_notes_are_internal"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_search_entry_case_id_case")
        ),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_search_entry")),
        comment="what is shown of a thing that can be found",
    )
    op.create_index("ix_search_entry_case_id", "search_entry", ["case_id"])
    op.create_index("ix_search_entry_at", "search_entry", ["at", "subject_id"])
    op.create_table(
        "search_key",
        sa.Column("subject_kind", sa.Text(), nullable=False, comment="what kind of thing"),
        sa.Column("subject_id", sa.Uuid(), nullable=False, comment="its primary key"),
        sa.Column("tokens", pg.TSVECTOR(), nullable=False, comment="folded words and pairs of signs"),
        sa.Column(
            "idents", pg.ARRAY(sa.Text()), nullable=False,
            comment="reference, ISRC, UPC, ISWC, e-mail, squeezed",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="folded Latin names, for a fuzzy look"),
        sa.ForeignKeyConstraint(
            ["subject_kind", "subject_id"], ["search_entry.subject_kind", "search_entry.subject_id"],
            name="fk_search_key_entry", ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_search_key")),
        comment="by what a thing is found; read by the search functions alone",
    )  # fmt: skip
    op.create_index("ix_search_key_tokens", "search_key", ["tokens"], postgresql_using="gin")
    op.create_index("ix_search_key_idents", "search_key", ["idents"], postgresql_using="gin")
    op.create_index(
        "ix_search_key_name", "search_key", ["name"],
        postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"},
    )  # fmt: skip
    op.create_table(
        "search_recent",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who looked"),
        sa.Column("words", sa.Text(), nullable=False, comment="what was typed"),
        sa.Column("at", AT, nullable=False, comment="when, the last time"),
        sa.CheckConstraint(
            "length(words) between 1 and 200", name=op.f("ck_search_recent_words_length")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_search_recent_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "words", name=op.f("pk_search_recent")),
        comment="what a person looked for lately, seen by nobody else",
    )
