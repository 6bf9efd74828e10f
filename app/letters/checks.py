"""Invariants of letters (I6)."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I6",
        name="numbers of a series and year run from 1 to the counter without a gap",
        sql="""select s.series, s.year, s.last_counter, count(l.id) as letters, max(l.counter) as highest
            from letter_series s left join letter l on l.series = s.series and l.year = s.year
            group by s.series, s.year, s.last_counter
            having count(l.id) <> s.last_counter or coalesce(max(l.counter), 0) <> s.last_counter
            union all
            select l.series, l.year, 0, count(*), max(l.counter) from letter l
            where l.number is not null and not exists (select 1 from letter_series s
              where s.series = l.series and s.year = l.year) group by l.series, l.year""",
    ),
    Check(
        id="I6",
        name="a number is waiting for its bytes, issued with a hash, or void with a reason",
        sql="""select id from letter where number is not null and not (
            (state = 'numbered' and printed_sha256 is null)
            or (state in ('rendered', 'signed', 'sent', 'delivered', 'bounced')
              and printed_key = 'letters/' || printed_sha256 || '.pdf'
              and (state = 'rendered' or sha256 is not null)
              and (sha256 is null or storage_key = 'letters/' || sha256 || '.pdf'))
            or (state = 'void' and void_reason <> ''))""",
    ),
    Check(
        id="I6",
        name="what leaves is what was printed, or that with our signature",
        sql="""select id from letter where sha256 is not null
            and (sha256 = printed_sha256) <> (signed_at is null)""",
    ),
    Check(
        id="I6",
        name="the number printed is the number held",
        sql="""select id from letter where number is not null and (context ->> 'number' <> number
            or context -> 'recipient' ->> 'side' <> audience
            or number <> series || '-' || lpad(year::text, 4, '0') || '-' || lpad(counter::text, 6, '0'))""",
    ),
    Check(
        id="I12",
        name="a party can read a letter only when its bytes are stored",
        sql="select id from letter where disclosure <> 'internal' and (sha256 is null or side <> audience)",
    ),
)
