"""Search: a word that is everywhere is walked by date until it was found often enough (ADR 0066)."""

from __future__ import annotations

from alembic import op

revision = "0074_common_words"
down_revision = "0073_totals_from_an_index"
branch_labels = None
depends_on = None

ASKED = """asked tsquery, wanted text[], named text, kinds text[], states text[],
        since timestamptz, until timestamptz, most integer"""


def upgrade() -> None:
    """The way is written down, as in `search_hits`: `offset 0` is a fence, and reading ends with the last that is told."""
    op.execute(f"""
        create function search_walked({ASKED})
        returns table (subject_kind text, subject_id uuid, at timestamptz)
        language plpgsql stable security definer set search_path = public, pg_temp
        set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
        set plan_cache_mode = force_generic_plan set pg_trgm.word_similarity_threshold = 0.45 as $$
        begin return query
          select e.subject_kind, e.subject_id, e.at
          from (select * from search_entry order by at desc, subject_id desc offset 0) as e
          cross join lateral (
            select from search_key as k where k.subject_kind = e.subject_kind and k.subject_id = e.subject_id
            and (k.tokens @@ asked or k.idents && wanted or k.name %> named) offset 0) as k
          left join "case" as c on c.id = e.case_id
          where e.subject_kind = any (kinds) and (e.case_id is null or c.state not in ('draft', 'deleted'))
          and (states is null or c.state = any (states))
          and (since is null or e.at >= since) and (until is null or e.at < until)
          limit most; end $$""")
    # The statistics of a table that the application may not read, so a function tells the words alone.
    op.execute("""
        create function search_common(from_share real) returns text[]
        language sql stable security definer set search_path = pg_catalog, pg_temp as $$
          select coalesce(array_agg(each.word), '{}') from (
            select unnest(most_common_elems::text::text[]) as word, unnest(most_common_elem_freqs) as share
            from pg_stats where schemaname = 'public' and tablename = 'search_key' and attname = 'tokens') as each
          where each.word is not null and each.share >= from_share $$""")
    for name in ("search_walked", "search_common"):
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"grant execute on function {name} to redress_app")


def downgrade() -> None:
    """No way back below the first release."""
    raise RuntimeError("no downgrade below the first release")
