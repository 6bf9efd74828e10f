"""Where the findings of a database lie after the work: the five queries from which the outputs are written."""

from __future__ import annotations

from app.recompute.adapters.exact import amount_of
from app.recompute.adapters.names import PLACE, named
from app.recompute.adapters.shares import NO_PAYEE, REASONS
from app.recompute.adapters.writing import Found

_REASON = (
    "case h.reason "
    + " ".join(f"when {n} then '{text}'" for n, text in enumerate(REASONS))
    + " end"
)


def _discrepancies() -> str:
    columns, joins = named("d", ("payee", *PLACE, "currency"))
    return f"""
      select {columns}, cast(expected as varchar) as expected, cast(paid as varchar) as paid,
             cast(delta as varchar) as delta, cause, detail
      from difference d {joins}"""


def _totals() -> str:
    columns, joins = named("t", ("payee", "currency", "statement_month"))
    return f"select {columns}, expected, paid from total t {joins}"


def _suspense() -> str:
    _columns, joins = named("h", (*PLACE, "currency"))
    places = ", ".join(f"{name}_of.name as {name}" for name in PLACE)
    return f"""
      select case h.reason when 0 then 'under_allocated' else {_REASON} end as reason, {places}, '' as payee,
             currency_of.name as currency, cast(h.held as varchar) as gross
      from held_cell h {joins} where h.reason <> 0 or h.held <> 0
      union all
      select case h.target when {NO_PAYEE} then 'no_payee' else 'no_fx' end, {places}, h.payee_name,
             currency_of.name, cast(h.held as varchar)
      from held_part h {joins}"""


_GROSS = f"""
    with gross as (select currency, {amount_of("sum(gross)")} as gross from cell group by currency),
    cells as (select currency, sum(held) as held from held_cell group by currency),
    parts as (select currency, sum(held) as held from held_part group by currency)
    select n.name as currency, g.gross,
           cast(coalesce(c.held, 0) + coalesce(p.held, 0) as decimal(38,12)) as suspense
    from gross g join currency_name n on n.code = g.currency
    left join cells c on c.currency = g.currency left join parts p on p.currency = g.currency"""
_COUNTS = """
    select (select count(*) from cell) as cells, (select count(*) from difference) as discrepancies"""

FOUND = Found(_discrepancies(), _totals(), _suspense(), _GROSS, _COUNTS)
