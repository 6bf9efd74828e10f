"""From rows to cells, from cells to each payee's part, and what of it cannot be attributed.

Every product is rounded half away from zero to 12 places as the contract orders the steps. Products of two
decimals are at most 38 digits wide because inputs are bounded when they are read; nothing is ever divided.
"""

from __future__ import annotations

import duckdb

from app.kernel.words import words as _
from app.recompute.rules.inputs import ISRC_SHAPE, BadInput

_OVERLAPS = (
    (
        "deals",
        (
            "select a.isrc from (select *, row_number() over () as n from deals) a "
            "join (select *, row_number() over () as n from deals) b "
            "on a.isrc = b.isrc and a.n < b.n and {touch} order by 1 limit 1"
        ),
        _("Two rows of the deals for %(what)s overlap in time."),
    ),
    (
        "withholding",
        (
            "select a.payee || ' ' || a.territory from (select *, row_number() over () as n from withholding) a "
            "join (select *, row_number() over () as n from withholding) b "
            "on a.payee = b.payee and a.territory = b.territory and a.n < b.n and {touch} order by 1 limit 1"
        ),
        _("Two rows of the withholding for %(what)s overlap in time."),
    ),
    (
        "fx",
        (
            "select month || ' ' || from_currency || ' ' || to_currency as what from fx group by all "
            "having count(*) > 1 order by 1 limit 1"
        ),
        _("The exchange rate for %(what)s is there twice."),
    ),
    (
        "payees",
        "select payee from payees group by payee having count(*) > 1 order by 1 limit 1",
        _("The payee %(what)s is there twice."),
    ),
)
_TOUCH = (
    "(b.to_month = '' or a.from_month < b.to_month) and (a.to_month = '' or b.from_month < a.to_month) "
    "and (a.to_month = '' or a.from_month < a.to_month) and (b.to_month = '' or b.from_month < b.to_month)"
)
_COVERS = (
    "s.from_month <= p.sale_month and (s.to_month = '' or p.sale_month < s.to_month) and "
    "case when s.territories = 'WW' then true "
    "when starts_with(s.territories, 'WW-') then not contains(s.territories, '-' || p.territory) "
    "else contains(' ' || s.territories || ' ', ' ' || p.territory || ' ') end"
)
_KEY = "statement_month, sale_month, store, territory, isrc"

_STEPS = (
    # Two sums of one key in different files are one cell.
    f"""create table cell as
        select row_number() over () as id, {_KEY}, currency, sum(gross) as gross from sales group by all""",
    f"""create table place as
        select distinct isrc, territory, sale_month, regexp_full_match(isrc, '{ISRC_SHAPE}') as is_good
        from cell""",
    f"""create table split as
        select p.isrc, p.territory, p.sale_month, s.payee, cast(sum(s.share) as decimal(18,8)) as share
        from place p join splits s on s.isrc = p.isrc and {_COVERS}
        where p.is_good group by all""",
    """create table whole as
        select isrc, territory, sale_month, sum(share) as share, max(payee) as last_payee
        from split group by all""",
    # The exact ISRC wins over `*`.
    """create table fee as
        select p.isrc, p.sale_month, coalesce(max(d.fee_rate) filter (where d.isrc <> '*'),
               max(d.fee_rate) filter (where d.isrc = '*')) as fee_rate
        from (select distinct isrc, sale_month from place) p
        join deals d on (d.isrc = p.isrc or d.isrc = '*') and d.from_month <= p.sale_month
             and (d.to_month = '' or p.sale_month < d.to_month)
        group by all""",
    """create table state as
        select c.*, f.fee_rate, w.share as whole_share, w.last_payee,
          case when not p.is_good then 'bad_isrc' when w.share is null then 'no_split'
               when w.share > 1 then 'over_allocated' when f.fee_rate is null then 'no_deal' else '' end as reason,
          case when w.share < 1 then round(c.gross * cast(1 - w.share as decimal(18,8)), 12)
               else 0 end :: decimal(38,12) as missing
        from cell c
        join place p using (isrc, territory, sale_month)
        left join whole w using (isrc, territory, sale_month)
        left join fee f using (isrc, sale_month)""",
    """create table part as
        with named as (
          select s.id, s.statement_month, s.sale_month, s.store, s.territory, s.isrc, s.currency as source,
                 s.gross, s.missing, s.fee_rate, s.last_payee, x.payee, x.share, y.currency,
                 cast(round(s.gross * x.share, 12) as decimal(38,12)) as own
          from state s
          join split x using (isrc, territory, sale_month)
          left join payees y on y.payee = x.payee
          where s.reason = ''),
        rated as (
          select n.*, case when n.currency = n.source then cast(1 as decimal(38,12)) else f.rate end as fx,
                 sum(n.own) over (partition by n.id) as all_own
          from named n
          left join fx f on f.month = n.statement_month and f.from_currency = n.source
               and f.to_currency = n.currency)
        select * exclude (own, all_own, missing, last_payee),
          case when currency is null then 'no_payee' when fx is null then 'no_fx' else '' end as reason,
          case when payee = last_payee then gross - missing - (all_own - own) else own end as attributed
        from rated""",
    """create table expected_part as
        select *, {chain} as expected from (
          select p.* exclude (reason, attributed), coalesce(w.rate, cast(0 as decimal(18,8))) as withheld
          from part p
          left join withholding w on w.payee = p.payee and w.territory = p.territory
               and w.from_month <= p.statement_month and (w.to_month = '' or p.statement_month < w.to_month)
          where p.reason = '')""",
)


def chain(gross: str, fx: str, fee: str, share: str, withheld: str) -> str:
    """The four steps of the contract as an expression; arguments are expressions, rates of 8 places, fx of 12."""
    one = "cast(1 - {0} as decimal(18,8))"
    a = f"cast(round({gross} * {fx}, 12) as decimal(38,12))"
    b = f"cast(round({a} * {one.format(fee)}, 12) as decimal(38,12))"
    c = f"cast(round({b} * cast({share} as decimal(18,8)), 12) as decimal(38,12))"
    return f"cast(round({c} * {one.format(withheld)}, 12) as decimal(38,12))"


def check_terms(con: duckdb.DuckDBPyConnection) -> None:
    """Raises BadInput when terms contradict themselves; nothing is written then."""
    for table, query, message in _OVERLAPS:
        row = con.execute(query.format(touch=_TOUCH)).fetchone()
        if row is not None:
            raise BadInput(table, "overlap", _(message, what=row[0]))


def attribute(con: duckdb.DuckDBPyConnection) -> None:
    """Cells, parts and expected amounts from the loaded tables."""
    worth = chain("gross", "fx", "fee_rate", "share", "withheld")
    for step in _STEPS:
        con.execute(step.replace("{chain}", worth))


SUSPENSE = """
    select reason, statement_month, sale_month, store, territory, isrc, '' as payee, currency, gross
    from state where reason <> ''
    union all
    select 'under_allocated', statement_month, sale_month, store, territory, isrc, '', currency, missing
    from state where reason = '' and missing <> 0
    union all
    select reason, statement_month, sale_month, store, territory, isrc, payee, source, attributed
    from part where reason <> ''"""
