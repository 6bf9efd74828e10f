"""The files of a payout audit of any size: the same number of lines gives the same bytes.

Chance is arithmetic on row numbers, so that no version of a database or of Python changes a world. Per 50 lines
there is one recording; a recording has two payees in the mean, one in six an older share, one in twelve other
shares in the United States and Canada. About 3 % of what is expected is paid with one of the contract's mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

STORES, MONTHS = 20, 6
_CHUNK = 16 * 1024 * 1024
_PLACES = (
    "DE FR GB US CA JP BR MX IN AU NL SE NO DK FI ES IT PT PL CZ AT CH BE IE GR TR ZA NG KE EG IL AE SA TH VN PH ID "
    "MY SG KR TW HK NZ AR CL CO PE UY EC RO HU BG HR SI SK LT LV EE IS ZZ"
)
# A dice throw from a row number: twice times an odd number modulo 2^32, the high bits folded onto the low ones.
_DICE = """
    create macro folded(x) as xor(x, x // 32768);
    create macro throw(n, salt) as
      folded(folded((n + salt * 7919) * 2654435761 % 4294967296) * 1103515245 % 4294967296) // 7"""
_WORTH = "cast(round({0} * {1}, 12) as decimal(38,12))"
_TABLES = (
    """create table recording as
       select i, printf('QZ%c%c%c%07d', 65 + i % 26, 65 + i // 26 % 26, 65 + i // 676 % 26, i) as isrc,
              throw(i, 1) % 3 + 1 as many, throw(i, 2) % 6 = 0 as had_older, throw(i, 3) % 12 = 0 as has_states,
              throw(i, 4) % 200 as oddity
       from range($recordings) r(i)""",
    """create table payees as
       select printf('payee-%06d', p) as payee, ['EUR', 'EUR', 'USD', 'USD', 'GBP', 'JPY'][throw(p, 5) % 6 + 1] as currency
       from range($payees) r(p) where throw(p, 6) % 400 <> 0""",
    """create table right_of as
       select r.i, r.isrc, p.n, printf('payee-%06d', throw(r.i * 4 + p.n, 7) % $payees) as payee,
              cast(case r.many when 1 then 1 when 2 then [0.6, 0.4][p.n + 1] else [0.5, 0.33333333, 0.16666667][p.n + 1] end as decimal(18,8))
                * case when r.oddity = 0 then 1.25 when r.oddity < 5 then 0.9 else 1 end as share,
              r.had_older, r.has_states
       from recording r, range(0, 3) p(n) where p.n < r.many and r.oddity <> 199""",
    """create table splits as
       with spans as (
         select *, 'WW' as territories, '' as from_month, '' as to_month from right_of where not had_older and not has_states
         union all select *, 'WW', '2025-06', '' from right_of where had_older
         union all select * replace (share * 0.75 as share), 'WW', '2024-01', '2025-06' from right_of where had_older
         union all select *, 'WW-US-CA', '', '' from right_of where has_states and not had_older
         union all select * replace (share * 0.5 as share), 'US CA', '', '' from right_of where has_states and not had_older)
       select isrc, payee, rtrim(rtrim(cast(cast(sum(share) as decimal(18,8)) as varchar), '0'), '.') as share,
              territories, from_month, to_month
       from spans group by all""",
    """create table deals as
       select '*' as isrc, '0.15' as fee_rate, '' as from_month, '2025-12' as to_month union all
       select '*', '0.125', '2025-12', '' union all
       select isrc, '0.2', '', '2026-01' from recording where throw(i, 8) % 10 = 0 union all
       select isrc, '0.1', '2026-01', '' from recording where throw(i, 8) % 10 = 0""",
    """create table withholding as
       select payee, t as territory, ['0.3', '0.15', '0.1'][throw(cast(payee[7:] as bigint), 9) % 3 + 1] as rate, '' as from_month, '' as to_month
       from payees, (values ('US'), ('DE'), ('JP')) place(t) where throw(cast(payee[7:] as bigint), 10) % 4 = 0""",
    """create table money as select * from (values ('EUR', 1.0), ('USD', 1.0825), ('GBP', 0.853217), ('JPY', 163.417)) m(code, worth)""",
    """create table fx as
       select printf('%04d-%02d', 2025 + m // 12, m % 12 + 1) as month, a.code as from_currency, b.code as to_currency,
              cast(cast(b.worth / a.worth * (1 + (throw(m, 11) % 97) / 2000.0) as decimal(18,6)) as varchar) as rate
       from range(0, 24) r(m), money a, money b where a.code <> b.code and not (a.code = 'GBP' and b.code = 'JPY' and m % 5 = 0)""",
    """create table sale as
       select l, printf('2026-%02d', l * $months // $lines + 1) as statement_month,
              printf('%04d-%02d', 2025 + (l * $months // $lines + 9 + throw(l, 12) % 2) // 12, (l * $months // $lines + 9 + throw(l, 12) % 2) % 12 + 1) as sale_month,
              printf('store-%02d', throw(l, 13) % $stores) as store, string_split('{places}', ' ')[throw(l, 14) % 60 + 1] as territory,
              throw(l, 15) * 31 % $recordings as i, throw(l, 16) % 5000 - 20 as units
       from range($lines) r(l)""",
    """create table sales as
       select cast(l + 1 as varchar) as line_id, statement_month, sale_month, store, territory,
              case when throw(l, 17) % 3000 = 0 then 'UNKNOWN-' || l % 50 else r.isrc end as isrc,
              ['stream', 'download'][throw(l, 18) % 8 // 7 + 1] as usage, cast(units as varchar) as units,
              cast(units * cast(0.0031 + (throw(l, 19) % 997) / 1000000.0 as decimal(9,6))
                * case territory when 'JP' then 150 else 1 end as varchar) as gross,
              case territory when 'US' then 'USD' when 'CA' then 'USD' when 'GB' then 'GBP' when 'JP' then 'JPY' else 'EUR' end as currency
       from sale join recording r using (i)""",
)
_EXPECTED = f"""
    create table owed as
    with cell as (
      select min(cast(line_id as bigint)) as l, statement_month, sale_month, store, territory, isrc, currency, sum(cast(gross as decimal(38,12))) as gross
      from sales group by all),
    factor as (
      select c.*, s.payee, y.currency as target, cast(s.share as decimal(18,8)) as share,
             cast(coalesce(d.fee_rate, e.fee_rate) as decimal(18,8)) as fee,
             case when y.currency = c.currency then cast(1 as decimal(38,12)) else cast(f.rate as decimal(38,12)) end as fx,
             case when y.currency = c.currency then cast(1 as decimal(38,12)) else cast(g.rate as decimal(38,12)) end as other_fx,
             cast(coalesce(w.rate, '0') as decimal(18,8)) as withheld, throw(c.l * 3 + cast(s.payee[7:] as bigint), 20) % 1000 as chance
      from cell c
      join splits s on s.isrc = c.isrc and s.from_month <= c.sale_month and (s.to_month = '' or c.sale_month < s.to_month)
       and (s.territories = 'WW' or (s.territories = 'US CA') = (c.territory in ('US', 'CA')))
      join payees y on y.payee = s.payee
      left join deals d on d.isrc = c.isrc and d.from_month <= c.sale_month and (d.to_month = '' or c.sale_month < d.to_month)
      join deals e on e.isrc = '*' and e.from_month <= c.sale_month and (e.to_month = '' or c.sale_month < e.to_month)
      left join fx f on f.month = c.statement_month and f.from_currency = c.currency and f.to_currency = y.currency
      left join fx g on g.month = printf('%04d-%02d', case c.statement_month when '2026-01' then 2025 else 2026 end, (cast(c.statement_month[6:] as integer) + 10) % 12 + 1)
       and g.from_currency = c.currency and g.to_currency = y.currency
      left join withholding w on w.payee = s.payee and w.territory = c.territory),
    mistaken as (
      select * replace (
        case when chance in (4, 5, 6) then cast(share * 0.75 as decimal(18,8)) when chance in (7, 8) then cast(1 as decimal(18,8)) else share end as share,
        case when chance in (9, 10, 11) then cast(0.2 as decimal(18,8)) else fee end as fee,
        case when chance in (12, 13, 14) then coalesce(other_fx, fx) when chance = 15 then cast(1 as decimal(38,12)) else fx end as fx,
        case when chance in (16, 17, 18) then cast(0 as decimal(18,8)) else withheld end as withheld) from factor where fx is not null)
    select l, payee, statement_month, sale_month,
           case when chance = 21 then 'store-elsewhere' else store end as store, territory, isrc,
           case when chance = 22 then 'SEK' else target end as currency, chance,
           {_WORTH.format(_WORTH.format(_WORTH.format(_WORTH.format("gross", "fx"), "cast(1 - fee as decimal(18,8))"), "share"), "cast(1 - withheld as decimal(18,8))")}
             * case when chance in (1, 2) then 2 when chance = 3 then 3 else 1 end as amount
    from mistaken where chance <> 0 and chance not between 23 and 29"""
_PAID = """
    create table paid as
    select payee, statement_month, sale_month, store, territory, isrc, currency,
           rtrim(rtrim(cast(cast(case when chance in (19, 20) then amount + 0.0125 else amount end as decimal(38,12)) as varchar), '0'), '.') as amount
    from owed union all
    select printf('payee-%06d', throw(l, 21) % $payees), statement_month, sale_month, store, territory, isrc, currency, '0.25'
    from owed where throw(l, 22) % 2000 = 0"""


@dataclass(frozen=True)
class Made:
    """The files of a world by the names of the audit's inputs; *copies*: how often the large ones are there."""

    folder: Path
    copies: int = 1

    def file(self, table: str, copy: int = 0) -> Path:
        """Where *table* stands."""
        return self.folder / (f"{table}-{copy}.csv" if copy else f"{table}.csv")

    def files(self, table: str) -> tuple[Path, ...]:
        """All files of a large table."""
        return tuple(self.file(table, copy) for copy in range(self.copies))


def multiply(made: Made, copies: int) -> Made:
    """The same sales and payments again in other stores, so *copies* times the lines with the same terms."""
    many = Made(made.folder, copies)
    for table in ("sales", "paid"):
        for copy in range(1, copies):
            _copy(made.file(table), many.file(table, copy), f",chain-{copy}-".encode())
    return many


def _copy(source: Path, target: Path, store: bytes) -> None:
    if target.exists():
        return
    with source.open("rb") as lines, target.open("wb") as out:
        while chunk := lines.readlines(_CHUNK):
            out.write(b"".join(chunk).replace(b",store-", store))


def make(lines: int, folder: Path) -> Made:
    """Write the seven files into *folder*, made when missing; one that holds them already is left alone."""
    made = Made(folder)
    if made.file("paid").exists():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    recordings = max(lines // 50, 10)
    numbers = {
        "$lines": lines, "$recordings": recordings, "$payees": max(recordings // 4, 5),
        "$stores": STORES, "$months": MONTHS, "{places}": _PLACES,
    }  # fmt: skip
    with duckdb.connect(str(folder / "world.duckdb")) as con:
        con.execute("set threads = 2; set memory_limit = '3GB'; set enable_progress_bar = false")
        for statement in (_DICE, *_TABLES, _EXPECTED, _PAID):
            text = statement
            for name, value in numbers.items():
                text = text.replace(name, str(value))
            con.execute(text)
        orders = {"sales": "cast(line_id as bigint)", "paid": "all"}
        for table in ("sales", "deals", "splits", "payees", "withholding", "fx", "paid"):
            order = orders.get(table, "all")
            con.execute(
                f"copy (select * from {table} order by {order}) to '{made.file(table)}' (header)"
            )
    (folder / "world.duckdb").unlink()
    return made
