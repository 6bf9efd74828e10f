"""From lines to cells, from cells to what each payee should have been paid, and what nobody can be given.

Suspended parts of a payee are rare, so what the others of such a cell are given is worked out for those cells only:
all parts of a cell together are its gross without the missing share, because the last payee takes the residue.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from app.recompute.adapters.exact import WHOLE, amount_of, portion_of, worth
from app.recompute.adapters.names import PLACE, key_type, packed, unpacked
from app.recompute.adapters.plans import joined_as_written
from app.recompute.adapters.shares import NO_PAYEE, place_number

KEY = ("payee", "currency", *PLACE)
"""The columns of a packed key, the most significant first: a total is a key without its end."""


def make_cells(con: duckdb.DuckDBPyConnection, sizes: Mapping[str, int]) -> None:
    """Table `cell` from `sales`: numbers, `place`, `gross` in units; two sums of one key in different files are one."""
    there = {name: sizes[name] for name in (*PLACE, "currency")}
    key = packed(there, key_type(there.values()))
    con.execute(f"""
        create table cell as
        select c.*, {place_number(sizes)} as place from (
          select {unpacked(there, "key")}, gross from (
            select {key} as key, sum(gross) as gross from sales group by 1)) c
        join class_of k on k.territory = c.territory left join regional r using (isrc)""")
    con.execute("drop table sales")


def pair(month: str, source: str, target: str, currencies: int) -> str:
    """The number by which `fx_of` is asked."""
    return f"(cast({month} as bigint) * {currencies} + {source}) * {currencies} + {target}"


def expect(con: duckdb.DuckDBPyConnection, sizes: Mapping[str, int]) -> None:
    """Table `expected` (key, amount), one row per payee and cell that is not in suspense."""
    there = {name: sizes[name] for name in KEY}
    kind = key_type(there.values())
    key = packed(there, kind, "c", payee="x.payee", currency="x.target")
    rates = pair("c.statement_month", "c.currency", "x.target", sizes["currency"])
    rows = f"""
        select {key} as key, c.gross, f.rate, f.most, f.high, f.low, x.keep, x.share, coalesce(w.kept, {WHOLE}) as kept
        from cell c join portion x on x.place = c.place join fx_of f on f.pair = {rates}
        left join held_of w on w.payee = x.payee and w.territory = c.territory and w.statement_month = c.statement_month
        where x.target <> {NO_PAYEE}"""
    with joined_as_written(con):
        con.execute(
            f"create table expected as select key, worth as amount from ({worth(rows, 'key')})"
        )


def suspend(con: duckdb.DuckDBPyConnection, sizes: Mapping[str, int]) -> None:
    """Tables `held_cell` (whole cells, or a missing share) and `held_part` (a payee's part), as decimals."""
    missing = portion_of("c.gross", f"({WHOLE} - s.whole)")
    con.execute(f"""
        create table held_cell as
        select c.*, s.reason, case when s.reason = 0 then {missing} else {amount_of("c.gross")} end as held
        from cell c join state s using (place) where s.reason <> 0 or s.whole < {WHOLE}""")
    rates = pair("c.statement_month", "c.currency", "x.target", sizes["currency"])
    con.execute(f"""
        create table lacking as
        select distinct c.statement_month, c.currency, x.target
        from (select distinct statement_month, currency from cell) c, (select distinct target from portion) x
        left join fx_of f on f.pair = {rates} where x.target = {NO_PAYEE} or f.pair is null""")
    own = portion_of("c.gross", "x.share")
    con.execute(f"""
        create table held_part as
        with struck as (
          select distinct c.* from cell c join portion x on x.place = c.place
          join lacking l on l.statement_month = c.statement_month and l.currency = c.currency and l.target = x.target),
        own as (
          select c.*, y.name as payee_name, x.payee, x.target, {own} as own, s.whole
          from struck c join portion x on x.place = c.place join state s on s.place = c.place
          join payee_name y on y.code = x.payee),
        whole as (
          select *, sum(own) over cells - own as others, max(payee_name) over cells as last_payee from own
          window cells as (partition by statement_month, sale_month, store, territory, isrc, currency))
        select w.* exclude (own, others, last_payee, whole),
          case when payee_name = last_payee then {amount_of("gross")} - {portion_of("gross", f"({WHOLE} - whole)")} - others
               else own end as held
        from whole w semi join lacking l
          on l.statement_month = w.statement_month and l.currency = w.currency and l.target = w.target""")
