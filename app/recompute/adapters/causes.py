"""Expected beside paid, and for each difference the first single mistake that explains it.

A cause is tried only on rows that no earlier cause explained. Substitutions are rows of `trial`, ordered by
`place`; the first whose recomputed amount is what was paid wins. Recomputing uses the same four steps.
"""

from __future__ import annotations

import duckdb

from app.recompute.adapters.cells import chain
from app.recompute.rules.findings import (
    FX_MONTHS,
    PAID_TWICE_UP_TO,
    SMALLEST,
    USUAL_WITHHOLDING,
    Cause,
)

_KEY = "statement_month, sale_month, store, territory, isrc"
_NEAR = f"greatest({SMALLEST}, round({SMALLEST} * abs(d.paid), 18))"
_PLAIN = "regexp_replace(cast({0} as varchar), '\\.?0+$', '')"

_JOIN = f"""
    create table joined as
    select payee, {_KEY}, currency, sum(expected) as expected, sum(paid) as paid,
           bool_or(is_expected) as is_expected from (
      select payee, {_KEY}, currency, expected, cast(0 as decimal(38,12)) as paid, true as is_expected
      from expected_part
      union all
      select payee, {_KEY}, currency, cast(0 as decimal(38,12)), amount, false from paid)
    group by all"""
_DIFFERENCES = f"""
    create table difference as
    select row_number() over () as n, *, cast(expected - paid as decimal(38,12)) as delta,
           cast('' as varchar) as cause, cast('' as varchar) as detail
    from joined where abs(expected - paid) >= {SMALLEST}"""
# What stands at a key whoever the payee; shares, fee and so the reason do not depend on the source currency.
_KEY_STATE = f"""
    create table key_state as
    select {_KEY}, max(reason) as reason from state
    semi join difference using ({_KEY}) group by all"""
_OWN_STATE = f"""
    create table own_state as
    select payee, {_KEY}, min(currency) as currency,
           min(case reason when 'no_payee' then 'no_payee' when 'no_fx' then 'no_fx' end)
             filter (where reason <> '') as reason,
           bool_or(reason = '') as is_expected
    from part semi join difference using (payee, {_KEY}) group by all"""
_FIRST_SIX = f"""
    update difference as d set cause = f.cause, detail = f.detail from (
      select d.n,
        case when k.reason = 'over_allocated' then '{Cause.IN_CONFLICT}'
             when d.paid = 0 then '{Cause.NOT_ON_STATEMENT}'
             when k.isrc is null then '{Cause.NOT_IN_SALES}'
             when k.reason <> '' or not coalesce(o.is_expected, true) then '{Cause.IN_SUSPENSE}'
             when o.is_expected and o.currency <> d.currency then '{Cause.WRONG_CURRENCY}'
             when o.payee is null then '{Cause.NOT_ENTITLED}' else '' end as cause,
        case when k.reason = 'over_allocated' or d.paid = 0 or k.isrc is null then ''
             when k.reason <> '' then k.reason
             when not coalesce(o.is_expected, true) then o.reason
             when o.is_expected and o.currency <> d.currency then 'expected ' || o.currency
             else '' end as detail
      from difference d
      left join key_state k using ({_KEY})
      left join own_state o using (payee, {_KEY})) f
    where f.n = d.n and f.cause <> ''"""
_TWICE = f"""
    update difference as d set cause = '{Cause.PAID_TWICE}', detail = 'n=' || t.times from (
      select d.n, min(times) as times from difference d, range(2, {PAID_TWICE_UP_TO} + 1) r(times)
      where d.cause = '' and abs(d.expected * cast(times as decimal(2,0)) - d.paid) <= {_NEAR}
      group by d.n) t
    where t.n = d.n"""
# The cells behind what is still open, with the factors that were used.
_OPEN = f"""
    create or replace table open_part as
    select d.n, d.paid, p.* from difference d
    join expected_part p using (payee, {_KEY}, currency) where d.cause = ''"""
_ONE = "(select n, any_value(payee) payee, any_value(isrc) isrc, any_value(territory) territory, any_value(share) share, any_value(fee_rate) fee_rate, any_value(withheld) withheld from open_part group by n)"
_SHARES = f"""
    select o.n, row_number() over (partition by o.n order by s.from_month, s.share) as place, s.share as value,
           'share=' || {_PLAIN.format("s.share")} || ' from ' || s.from_month as detail
    from {_ONE} o join splits s on s.payee = o.payee and s.isrc = o.isrc where s.share <> o.share"""
_NO_SPLIT = f"""
    select o.n, 1 as place, cast(1 as decimal(18,8)) as value, 'share=1' as detail
    from {_ONE} o where o.share <> 1"""
_FEES = f"""
    select n, place, value, 'fee_rate=' || {_PLAIN.format("value")} as detail from (
      select o.n, row_number() over (
               partition by o.n order by (d.isrc = '*'), d.from_month, d.fee_rate) as place,
             d.fee_rate as value, o.fee_rate as used
      from {_ONE} o join deals d on d.isrc = o.isrc or d.isrc = '*'
      union all
      select o.n, 1000000000, cast(0 as decimal(18,8)), o.fee_rate from {_ONE} o)
    where value <> used"""
_WITHHELD = f"""
    select n, place, value, 'withholding=' || {_PLAIN.format("value")} as detail from (
      select o.n, row_number() over (partition by o.n order by w.from_month, w.rate) as place,
             w.rate as value, o.withheld as used
      from {_ONE} o join withholding w on w.payee = o.payee
      union all
      select o.n, 1000000000 + usual.n, usual.rate, o.withheld from {_ONE} o,
        (values {", ".join(f"({n}, cast({rate} as decimal(18,8)))" for n, rate in enumerate(USUAL_WITHHOLDING))})
        usual(n, rate))
    where value <> used"""
_MONTH_NUMBER = "cast({0}[1:4] as integer) * 12 + cast({0}[6:7] as integer)"
_FX_TRIALS = f"""
    create or replace table trial_part as
    with wanted as (
      select o.*, r.step, {_MONTH_NUMBER.format("o.statement_month")} + r.step as number
      from open_part o, range(-{FX_MONTHS}, {FX_MONTHS} + 1) r(step) where r.step <> 0),
    rated as (
      select w.*, case when w.currency = w.source then cast(1 as decimal(38,12)) else f.rate end as other
      from wanted w left join (select *, {_MONTH_NUMBER.format("month")} as number from fx) f
        on f.number = w.number and f.from_currency = w.source and f.to_currency = w.currency
      union all
      select o.*, 99, 0, cast(1 as decimal(38,12)) from open_part o)
    select *, case when step = 99 then 99 else 2 * abs(step) + (step > 0)::integer end as place from rated"""
_FX_MATCH = f"""
    update difference as d set cause = '{Cause.WRONG_FX}',
      detail = case when t.step = 99 then 'fx rate=1' else 'fx month=' || t.month end from (
      select n, min_by(step, place) as step, min_by(month, place) as month from (
        select n, place, any_value(step) as step, any_value(paid) as paid,
          printf('%04d-%02d', (any_value(number) - 1) // 12, (any_value(number) - 1) % 12 + 1) as month,
          sum({chain("gross", "other", "fee_rate", "share", "withheld")}) as worth
        from trial_part group by n, place
        having bool_and(other is not null) and bool_or(other <> fx)) d
      where abs(worth - paid) <= {_NEAR} group by n) t
    where t.n = d.n"""


def compare(con: duckdb.DuckDBPyConnection) -> None:
    """Tables `joined` (every key) and `difference` (with cause and detail)."""
    for statement in (_JOIN, _DIFFERENCES, _KEY_STATE, _OWN_STATE, _FIRST_SIX, _TWICE):
        con.execute(statement)
    _try(con, Cause.SPLIT_VERSION, _SHARES, share="t.value")
    _try(con, Cause.NO_SPLIT_APPLIED, _NO_SPLIT, share="t.value")
    _try(con, Cause.WRONG_FEE, _FEES, fee="t.value")
    con.execute(_OPEN)
    con.execute(_FX_TRIALS)
    con.execute(_FX_MATCH)
    _try(con, Cause.WRONG_WITHHOLDING, _WITHHELD, withheld="t.value")
    con.execute(f"update difference set cause = '{Cause.UNEXPLAINED}' where cause = ''")


def _try(
    con: duckdb.DuckDBPyConnection,
    cause: Cause,
    trials: str,
    *,
    share: str = "o.share",
    fee: str = "o.fee_rate",
    withheld: str = "o.withheld",
) -> None:
    """One substitution of one factor in all cells of a row at a time."""
    con.execute(_OPEN)
    worth = chain("o.gross", "o.fx", fee, share, withheld)
    con.execute(f"""
        update difference as d set cause = '{cause}', detail = t.detail from (
          select n, min_by(detail, place) as detail from (
            select o.n, t.place, any_value(t.detail) as detail, any_value(o.paid) as paid, sum({worth}) as worth
            from open_part o join ({trials}) t on t.n = o.n group by o.n, t.place) d
          where abs(worth - paid) <= {_NEAR} group by n) t
        where t.n = d.n""")
