"""For each difference the first single mistake that explains it.

A cause is tried only on rows that no earlier cause explained. Substitutions are rows of a `trial`, ordered by
`place`; the first whose recomputed amount is what was paid wins. Recomputing uses the same four steps.
"""

from __future__ import annotations

import duckdb

from app.recompute.adapters.exact import WHOLE, rate_columns, worth
from app.recompute.adapters.shares import REASONS
from app.recompute.rules.findings import (
    FX_MONTHS,
    PAID_TWICE_UP_TO,
    SMALLEST,
    USUAL_WITHHOLDING,
    Cause,
)

_NEAR = f"greatest({SMALLEST}, round({SMALLEST} * abs(d.paid), 18))"
_PLAIN = "regexp_replace(cast({0} as varchar), '\\.?0+$', '')"
_LAST = 1_000_000_000
_CONFLICT = REASONS.index("over_allocated")
_REASON = (
    "case k.reason "
    + " ".join(f"when {n} then '{text}'" for n, text in enumerate(REASONS))
    + " end"
)

# What stands at a key whoever the payee; shares, fee and so the reason do not depend on the source currency.
_SPOT_STATE = (
    "create table spot_state as select spot, max(reason) as reason from touched group by spot"
)
_OWN_STATE = """
    create table own_state as
    select n, min(target) as currency, min(reason) filter (where reason <> '') as reason,
           bool_or(reason = '') as is_expected
    from part group by n"""
_FIRST_SIX = f"""
    update difference as d set cause = f.cause, detail = f.detail from (
      select d.n,
        case when k.reason = {_CONFLICT} then '{Cause.IN_CONFLICT}'
             when d.paid = 0 then '{Cause.NOT_ON_STATEMENT}'
             when k.spot is null then '{Cause.NOT_IN_SALES}'
             when k.reason <> 0 or not coalesce(o.is_expected, true) then '{Cause.IN_SUSPENSE}'
             when o.is_expected and o.currency <> d.currency then '{Cause.WRONG_CURRENCY}'
             when o.n is null then '{Cause.NOT_ENTITLED}' else '' end as cause,
        case when k.reason = {_CONFLICT} or d.paid = 0 or k.spot is null then ''
             when k.reason <> 0 then {_REASON}
             when not coalesce(o.is_expected, true) then o.reason
             when o.is_expected and o.currency <> d.currency then 'expected ' || c.name
             else '' end as detail
      from difference d
      left join spot_state k on k.spot = d.spot
      left join own_state o on o.n = d.n
      left join currency_name c on c.code = o.currency) f
    where f.n = d.n and f.cause <> ''"""
_TWICE = f"""
    update difference as d set cause = '{Cause.PAID_TWICE}', detail = 'n=' || t.times from (
      select d.n, min(times) as times from difference d, range(2, {PAID_TWICE_UP_TO} + 1) r(times)
      where d.cause = '' and abs(d.expected * cast(times as decimal(2,0)) - d.paid) <= {_NEAR}
      group by d.n) t
    where t.n = d.n"""
# The cells behind what is still open, with the factors that were used; and one row for each such difference.
_OPEN = """
    create or replace table open_part as
    select p.* from part p semi join (select n from difference where cause = '') using (n)
    where p.is_same and p.reason = ''"""
_ONE = """
    create or replace table open_one as
    select n, any_value(payee) payee, any_value(isrc) isrc, any_value(share) share, any_value(keep) keep,
           any_value(kept) kept from open_part group by n"""
_SHARES = f"""
    select o.n, row_number() over (partition by o.n order by s.from_month, s.fraction) as place, s.share as value,
           'share=' || {_PLAIN.format("s.fraction")} || ' from ' || s.from_month as detail
    from open_one o join split_of s on s.payee = o.payee and s.isrc = o.isrc where s.share <> o.share"""
_NO_SPLIT = f"""
    select n, 1 as place, cast({WHOLE} as bigint) as value, 'share=1' as detail from open_one where share <> {WHOLE}"""
_FEES = f"""
    select n, place, {WHOLE} - fee as value, 'fee_rate=' || text as detail from (
      select o.n, row_number() over (
               partition by o.n order by (d.isrc = -1), d.from_month, d.fraction) as place,
             d.fee, {_PLAIN.format("d.fraction")} as text, o.keep
      from (select n, isrc, keep, unnest([isrc, -1]) as term from open_one) o join deal_of d on d.isrc = o.term
      union all
      select n, {_LAST}, 0, '0', keep from open_one)
    where {WHOLE} - fee <> keep"""
_USUAL = ", ".join(
    f"({n}, {int(rate * WHOLE)}, '{rate}')" for n, rate in enumerate(USUAL_WITHHOLDING)
)
_WITHHELD = f"""
    select n, place, {WHOLE} - taken as value, 'withholding=' || text as detail from (
      select o.n, row_number() over (partition by o.n order by w.from_month, w.fraction) as place,
             w.taken, {_PLAIN.format("w.fraction")} as text, o.kept
      from open_one o join tax_of w on w.payee = o.payee
      union all
      select o.n, {_LAST} + usual.n, usual.taken, usual.text, o.kept
      from open_one o, (values {_USUAL}) usual(n, taken, text))
    where {WHOLE} - taken <> kept"""
# Steps away, nearest first, earlier before later; 0 stands for the rate 1, the last that is tried.
_STEPS = ", ".join(
    f"({place}, {step})"
    for place, step in enumerate(
        [*(sign * n for n in range(1, FX_MONTHS + 1) for sign in (-1, 1)), 0], start=1
    )
)
_RATES = f"""
    create or replace table rate_trial as
    with wanted as (
      select distinct m.number, o.statement_month, o.source, o.target
      from open_part o join month_number m on m.code = o.statement_month),
    one as (select {rate_columns("cast(1 as decimal(38,12))")})
    select w.statement_month, w.source, w.target, s.place, w.number + s.step as number, s.step,
           case when s.step = 0 or w.source = w.target then one.rate else f.rate end as rate,
           case when s.step = 0 or w.source = w.target then one.most else f.most end as most,
           case when s.step = 0 or w.source = w.target then one.high else f.high end as high,
           case when s.step = 0 or w.source = w.target then one.low else f.low end as low
    from wanted w cross join (values {_STEPS}) s(place, step) cross join one
    left join rate_of f on f.number = w.number + s.step and f.source = w.source and f.target = w.target"""
_EXCHANGED = """
    select o.n, t.place, o.paid, o.gross, o.keep, o.share, o.kept, t.rate, t.most, t.high, t.low,
           t.rate is null as is_missing, t.rate <> o.rate as is_other
    from open_part o join rate_trial t
      on t.statement_month = o.statement_month and t.source = o.source and t.target = o.target"""
_TRIED = "create or replace table tried as {0}"
_FX_MATCH = f"""
    update difference as d set cause = '{Cause.WRONG_FX}', detail = f.detail from (
      with matched as (
        select n, min(place) as place from (
          select n, place, any_value(paid) as paid, sum(worth) as worth from tried
          group by n, place having not bool_or(is_missing) and bool_or(is_other)) d
        where abs(worth - paid) <= {_NEAR} group by n)
      select m.n, any_value(case when t.step = 0 then 'fx rate=1' else 'fx month='
             || printf('%04d-%02d', (t.number - 1) // 12, (t.number - 1) % 12 + 1) end) as detail
      from matched m join open_part o using (n) join rate_trial t
        on t.statement_month = o.statement_month and t.source = o.source and t.target = o.target and t.place = m.place
      group by m.n) f
    where f.n = d.n"""


def explain(con: duckdb.DuckDBPyConnection) -> None:
    """Give each row of `difference` its cause and detail."""
    for statement in (_SPOT_STATE, _OWN_STATE, _FIRST_SIX, _TWICE):
        con.execute(statement)
    _try(con, Cause.SPLIT_VERSION, _SHARES, "share")
    _try(con, Cause.NO_SPLIT_APPLIED, _NO_SPLIT, "share")
    _try(con, Cause.WRONG_FEE, _FEES, "keep")
    exchanged = worth(_EXCHANGED, "n", "place", "paid", "is_missing", "is_other")
    for statement in (_OPEN, _RATES, _TRIED.format(exchanged), _FX_MATCH):
        con.execute(statement)
    _try(con, Cause.WRONG_WITHHOLDING, _WITHHELD, "kept")
    con.execute(f"update difference set cause = '{Cause.UNEXPLAINED}' where cause = ''")


def _try(con: duckdb.DuckDBPyConnection, cause: Cause, trials: str, factor: str) -> None:
    """One substitution of one *factor* in all cells of a row at a time."""
    con.execute(_OPEN)
    con.execute(_ONE)
    factors = ", ".join(
        f"t.value as {name}" if name == factor else f"o.{name}"
        for name in ("keep", "share", "kept")
    )
    rows = f"""
        select o.n, t.place, t.detail, o.paid, o.gross, o.rate, o.most, o.high, o.low, {factors}
        from open_part o join ({trials}) t on t.n = o.n"""
    con.execute(_TRIED.format(worth(rows, "n", "place", "detail", "paid")))
    con.execute(f"""
        update difference as d set cause = '{cause}', detail = t.detail from (
          select n, min_by(detail, place) as detail from (
            select n, place, any_value(detail) as detail, any_value(paid) as paid, sum(worth) as worth
            from tried group by n, place) d
          where abs(worth - paid) <= {_NEAR} group by n) t
        where t.n = d.n""")
