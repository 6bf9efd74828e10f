"""The contract's four steps in whole numbers of 64 bits, and in wide decimals where those could overflow.

Amounts are whole numbers of 10^-12 (*units*), shares, fees and rates of withholding of 10^-8, rates of exchange of
10^-12. Dividing 128-bit numbers costs a thousand times what a product of 64 bits costs, so a factor is split.

Why it is exact. `//` and `%` cut towards zero, so both parts of x = q·10^8 + m have the sign of x. With 0 ≤ r ≤ 10^8,
x·r / 10^8 = q·r + m·r / 10^8: the first term is whole, and adding half a unit with the sign of x before the cut rounds
the second, and so the sum, half away from zero. |q·r| ≤ |x| and |m·r| < 10^16. For a rate R = h·10^6 + l and
x = q·10^6 + m: x·R / 10^12 = q·h + u / 10^6 + m·l / 10^12 with u = q·l + m·h. When |x|, R and the product are at most
MOST, then |q·h| ≤ MOST, |q·l| ≤ |x|, |m·h| ≤ R, so |u| ≤ 2·MOST < 2^63; u is split at 10^6 once more, its rest and
m·l are below 10^12 together with the half unit, all with the sign of x. Later steps only make amounts smaller.
Whatever is outside these bounds, for one factor or for the amount, takes the decimal way, row by row.
"""

from __future__ import annotations

MOST = 4_000_000_000_000_000_000
"""Units of an amount before and after the exchange, and of a rate, up to which 64 bits are used: four million."""
WHOLE = 100_000_000
"""The fraction 1."""
ONE = 1_000_000_000_000
"""The rate 1, and the amount 1."""
_SPLIT = 1_000_000
_NARROW = r"[+-]?[0-9]{1,6}(\.[0-9]{1,12})?"
"""A number that surely fits 64 bits as units, and loses nothing."""


def is_narrow(text: str) -> str:
    """Whether the column *text* is a number of at most six digits before and twelve after the point."""
    return f"regexp_full_match({text}, '{_NARROW}')"


def units_of_text(text: str) -> str:
    """Units of a narrow number: its digits without the point, times the power of ten that is missing."""
    powers = ", ".join(str(10**n) for n in range(12, -1, -1))
    places = f"case instr({text}, '.') when 0 then 0 else length({text}) - instr({text}, '.') end"
    return f"try_cast(replace({text}, '.', '') as bigint) * ([{powers}])[{places} + 1]"


def units_of(amount: str) -> str:
    """Units of a decimal of at most 14 digits before the point and 12 places."""
    return f"cast(cast({amount} as decimal(38,12)) * cast({ONE} as decimal(13,0)) as hugeint)"


def amount_of(units: str) -> str:
    """The decimal of 12 places that *units* are; a product with one unit, so never rounded."""
    return f"cast(cast({units} as decimal(38,0)) * cast(0.000000000001 as decimal(13,12)) as decimal(38,12))"


def parts_of(fraction: str) -> str:
    """Units of a decimal(18,8)."""
    return f"cast(cast({fraction} as decimal(38,8)) * cast({WHOLE} as decimal(9,0)) as bigint)"


def fraction_of(parts: str) -> str:
    """The decimal of 8 places that *parts* are."""
    return (
        f"cast(cast({parts} as decimal(18,0)) * cast(0.00000001 as decimal(9,8)) as decimal(18,8))"
    )


def rate_columns(rate: str) -> str:
    """Of a rate as decimal(38,12): `rate`, and `most`, `high`, `low` for 64 bits; `most` is -1 when they will not do."""
    units = units_of(rate)
    fits = f"{units} between 0 and {MOST}"
    return f"""{rate} as rate,
      case when {fits} then cast(least({MOST}, cast({MOST} as hugeint) * {ONE} // greatest({units}, 1)) as bigint) else -1 end as most,
      case when {fits} then cast({units} as bigint) // {_SPLIT} else 0 end as high,
      case when {fits} then cast({units} as bigint) % {_SPLIT} else 0 end as low"""


def times(x: str, parts: str) -> str:
    """*x* units times a fraction of 0 to 1, rounded half away from zero, in 64 bits."""
    half = f"case when {x} < 0 then -{WHOLE // 2} else {WHOLE // 2} end"
    return f"({x} // {WHOLE} * {parts} + ({x} % {WHOLE} * {parts} + {half}) // {WHOLE})"


def worth(rows: str, *columns: str) -> str:
    """A query of *columns* and `worth`, decimal(38,12): what the contract's four steps make of each of *rows*.

    *rows*: a query with `gross` (units), `rate`, `most`, `high`, `low`, and the parts `keep` (what the fee leaves),
    `share`, `kept` (what withholding leaves).
    """
    fits = " and ".join(
        ("gross between -most and most", *(f"{name} between 0 and {WHOLE}" for name in ("keep", "share", "kept")))
    )  # fmt: skip
    half = f"case when x < 0 then -{ONE // 2} else {ONE // 2} end"
    exchanged = f"x // {_SPLIT} * high + u // {_SPLIT} + (u % {_SPLIT} * {_SPLIT} + x % {_SPLIT} * low + {half}) // {ONE}"
    return f"""
      select {", ".join(columns)}, case when d is not null then {amount_of("d")} else {_wide()} end as worth from (
        select *, {times("c", "kept")} as d from (
          select *, {times("b", "share")} as c from (
            select *, {times("a", "keep")} as b from (
              select *, {exchanged} as a from (
                select *, x // {_SPLIT} * low + x % {_SPLIT} * high as u from (
                  select *, case when {fits} then cast(gross as bigint) end as x from ({rows})))))))"""


def _wide() -> str:
    """The same steps in decimals of 38 digits; too large a product is an error of the database."""
    value = f"cast(round({amount_of('gross')} * rate, 12) as decimal(38,12))"
    for name in ("keep", "share", "kept"):
        value = f"cast(round({value} * {fraction_of(name)}, 12) as decimal(38,12))"
    return value


def portion_of(gross: str, parts: str) -> str:
    """*gross* units times *parts* as a decimal of 12 places: 64 bits where they do, decimals elsewhere."""
    return (
        f"case when {gross} between -{MOST} and {MOST} and {parts} between 0 and {WHOLE} "
        f"then {amount_of(times(f'cast({gross} as bigint)', parts))} "
        f"else cast(round({amount_of(gross)} * {fraction_of(parts)}, 12) as decimal(38,12)) end"
    )
