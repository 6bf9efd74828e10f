"""Who has which part of a place, and what the distributor keeps there.

A *place* is a recording in a month of sale in a class of territories: all cells of it have one set of shares, one fee
and one reason to be in suspense. Territories are of one class when every text of territories in the splits treats
them alike; a recording whose splits are all worldwide has one class only. So shares are looked up once a place, by
months and lists, and once a cell by one number.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from app.recompute.adapters.exact import WHOLE, parts_of, rate_columns

REASONS = ("", "bad_isrc", "no_split", "over_allocated", "no_deal")
"""Why a whole cell is in suspense, by number."""
NO_PAYEE = 65_535
"""The currency of a payee whom the payees file lacks."""
_FOREVER = 10**6
_SPAN = (
    "case {0}.from_month when '' then -1 else cast({0}.from_month[1:4] as integer) * 12 + cast({0}.from_month[6:7] as integer) end as starts, "
    "case {0}.to_month when '' then {1} else cast({0}.to_month[1:4] as integer) * 12 + cast({0}.to_month[6:7] as integer) end as ends"
)
_COVERS = (
    "case when t.territories = 'WW' then true "
    "when starts_with(t.territories, 'WW-') then not contains(t.territories, '-' || p.name) "
    "else contains(' ' || t.territories || ' ', ' ' || p.name || ' ') end"
)

_TERMS = (
    # The terms in numbers; months of terms are numbers in time.
    """create table territories_text as
       select territories, row_number() over () as text from (select distinct territories from splits)""",
    f"""create table split_of as
       select i.code as isrc, y.code as payee, {parts_of("s.share")} as share, s.share as fraction, s.from_month,
              t.text, {_SPAN.format("s", _FOREVER)}
       from splits s join isrc_name i on i.name = s.isrc join payee_name y on y.name = s.payee
       join territories_text t on t.territories = s.territories""",
    # -1: the deal of all recordings.
    f"""create table deal_of as
       select coalesce(i.code, -1) as isrc, {parts_of("d.fee_rate")} as fee, d.fee_rate as fraction, d.from_month,
              {_SPAN.format("d", _FOREVER)}
       from deals d left join isrc_name i on i.name = d.isrc where d.isrc = '*' or i.code is not null""",
    f"""create table payee_of as
       select y.code as payee, coalesce(c.code, {NO_PAYEE}) as currency
       from payee_name y left join payees p on p.payee = y.name left join currency_name c on c.name = p.currency""",
    f"""create table tax_of as
       select y.code as payee, w.territory, {parts_of("w.rate")} as taken, w.rate as fraction, w.from_month,
              {_SPAN.format("w", _FOREVER)}
       from withholding w join payee_name y on y.name = w.payee""",
)
_CLASSES = (
    f"""create table class_of as
       select territory, dense_rank() over (order by covered) as class from (
         select p.code as territory, list(t.text order by t.text) filter (where {_COVERS}) as covered
         from territory_name p left join territories_text t on true group by p.code)""",
    f"""create table covered as
       select distinct t.text, c.class from territory_name p join class_of c on c.territory = p.code, territories_text t
       where {_COVERS}
       union all select text, 0 from territories_text where territories = 'WW'""",
    """create table regional as
       select distinct s.isrc from split_of s join territories_text t using (text) where t.territories <> 'WW'""",
)
_PLACES = (
    # `{isrc}`, `{month}` and `{class}` take the number of a place apart again.
    """create table place as
       select place, cast({isrc} as integer) as isrc, m.number, cast({class} as integer) as class
       from (select distinct place from cell) p join month_number m on m.code = {month}""",
    """create table share_of as
       select p.place, s.payee, cast(cast(sum(s.share) as decimal(18,0)) as bigint) as share
       from place p semi join isrc_good using (isrc)
       join split_of s on s.isrc = p.isrc and s.starts <= p.number and p.number < s.ends
       join covered v on v.text = s.text and v.class = p.class
       group by all""",
    f"""create table state as
       with whole as (
         select place, cast(cast(sum(share) as decimal(18,0)) as bigint) as share from share_of group by place)
       select p.place, w.share as whole, coalesce(d.fee, e.fee) as fee,
              cast(case when g.isrc is null then 1 when w.share is null then 2 when w.share > {WHOLE} then 3
                        when coalesce(d.fee, e.fee) is null then 4 else 0 end as utinyint) as reason
       from place p left join isrc_good g on g.isrc = p.isrc left join whole w on w.place = p.place
       left join deal_of d on d.isrc = p.isrc and d.starts <= p.number and p.number < d.ends
       left join deal_of e on e.isrc = -1 and e.starts <= p.number and p.number < e.ends""",
    f"""create table portion as
       select s.place, s.payee, cast(y.currency as usmallint) as target, s.share, {WHOLE} - t.fee as keep
       from share_of s join state t using (place) join payee_of y using (payee) where t.reason = 0""",
)


def code_terms(con: duckdb.DuckDBPyConnection) -> None:
    """Tables `split_of`, `deal_of`, `payee_of`, `tax_of`, `class_of`, `regional`, from terms and names."""
    for statement in (*_TERMS, *_CLASSES):
        con.execute(statement)


def place_number(sizes: Mapping[str, int]) -> str:
    """The number of a cell's place: recording, month of sale and class, from a cell joined with both tables."""
    return (
        f"(cast(isrc as bigint) * {sizes['sale_month']} + sale_month) * {sizes['territory'] + 1} "
        "+ case when r.isrc is null then 0 else k.class end"
    )


def share_places(con: duckdb.DuckDBPyConnection, sizes: Mapping[str, int]) -> None:
    """Tables `state` (a place's fee, sum of shares, reason) and `portion` (a payee's share of a place)."""
    classes, months = sizes["territory"] + 1, sizes["sale_month"]
    parts = {
        "{isrc}": f"p.place // {months * classes}",
        "{month}": f"p.place // {classes} % {months}",
        "{class}": f"p.place % {classes}",
    }
    for statement in _PLACES:
        text = statement
        for name, value in parts.items():
            text = text.replace(name, value)
        con.execute(text)


def code_rates(con: duckdb.DuckDBPyConnection, currencies: int) -> None:
    """`rate_of` (by pair and month in time), `fx_of` (by month of statement, pair; 1 for equal currencies), `held_of`."""
    con.execute(f"""
        create table rate_of as
        select *, cast(month[1:4] as integer) * 12 + cast(month[6:7] as integer) as number from (
          select f.month, a.code as source, b.code as target, {rate_columns("f.rate")}
          from fx f join currency_name a on a.name = f.from_currency join currency_name b on b.name = f.to_currency)
        where source <> target""")
    con.execute(f"""
        create table fx_of as
        select (cast(m.code as bigint) * {currencies} + f.source) * {currencies} + f.target as pair,
               f.rate, f.most, f.high, f.low
        from rate_of f join month_number m on m.number = f.number
        union all
        select (cast(m.code as bigint) * {currencies} + c.code) * {currencies} + c.code, o.rate, o.most, o.high, o.low
        from month_number m, currency_name c, (select {rate_columns("cast(1 as decimal(38,12))")}) o""")
    con.execute(f"""
        create table held_of as
        select w.payee, p.code as territory, m.code as statement_month, {WHOLE} - w.taken as kept
        from tax_of w join territory_name p on p.name = w.territory
        join (select distinct statement_month from cell) s on true
        join month_number m on m.code = s.statement_month and w.starts <= m.number and m.number < w.ends""")
