"""Expected beside paid: two streams of keys with amounts, summed with opposite signs, and what is left over."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from app.recompute.adapters.cells import KEY, pair
from app.recompute.adapters.exact import WHOLE, amount_of
from app.recompute.adapters.names import PLACE, key_type, packed, unpacked
from app.recompute.adapters.shares import NO_PAYEE
from app.recompute.rules.findings import SMALLEST

_NONE = "cast(0 as decimal(38,12))"


def compare(con: duckdb.DuckDBPyConnection, sizes: Mapping[str, int]) -> None:
    """Tables `total` (sums by payee, currency and month) and `difference` (numbers, amounts, empty cause)."""
    there = {name: sizes[name] for name in KEY}
    kind = key_type(there.values())
    paid = packed(there, kind)
    con.execute(f"""
        create table gap as
        select key from (select key, amount from expected union all select {paid}, -amount from paid)
        group by key having abs(sum(amount)) >= {SMALLEST}""")
    both = f"""(select key, amount as expected, {_NONE} as paid from expected
                union all select {paid}, {_NONE}, amount from paid)"""
    owner = {name: sizes[name] for name in ("payee", "currency", "statement_month")}
    below = 1
    for name in ("sale_month", "store", "territory", "isrc"):
        below *= sizes[name]
    con.execute(f"""
        create table total as
        select {unpacked(owner, "owner")}, expected, paid from (
          select key // {below} as owner, sum(expected) as expected, sum(paid) as paid from {both} group by 1)""")
    spot = {name: sizes[name] for name in PLACE}
    con.execute(f"""
        create table difference as
        select row_number() over () as n, {unpacked(there, "key")}, key % {_product(spot)} as spot, expected, paid,
               cast(expected - paid as decimal(38,12)) as delta, '' as cause, '' as detail
        from (select key, sum(expected) as expected, sum(paid) as paid from {both} semi join gap using (key) group by key)""")
    con.execute("drop table expected; drop table gap")


def look_behind(con: duckdb.DuckDBPyConnection, sizes: Mapping[str, int]) -> None:
    """Tables `touched` (cells at the keys that differ) and `part` (the payee's part of them, with every factor)."""
    spot = {name: sizes[name] for name in PLACE}
    kind = key_type(sizes[name] for name in KEY)
    con.execute(f"""
        create table touched as
        select c.*, s.reason, {packed(spot, kind, "c")} as spot from cell c join state s using (place)
        where {packed(spot, kind, "c")} in (select spot from difference)""")
    con.execute(f"""
        create table part as
        select d.n, d.payee, c.isrc, c.territory, c.statement_month, c.currency as source, x.target, d.paid, c.gross,
               {amount_of("c.gross")} as gross_amount, x.keep, x.share, coalesce(w.kept, {WHOLE}) as kept,
               f.rate, f.most, f.high, f.low, x.target = d.currency as is_same,
               case when x.target = {NO_PAYEE} then 'no_payee' when f.pair is null then 'no_fx' else '' end as reason
        from difference d join touched c on c.spot = d.spot
        join portion x on x.place = c.place and x.payee = d.payee
        left join fx_of f on f.pair = {pair("c.statement_month", "c.currency", "x.target", sizes["currency"])}
        left join held_of w on w.payee = x.payee and w.territory = c.territory and w.statement_month = c.statement_month""")


def _product(sizes: Mapping[str, int]) -> int:
    product = 1
    for size in sizes.values():
        product *= size
    return product
