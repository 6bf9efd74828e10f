"""What an audit finds: why money is in suspense, and the one mistake that explains a difference."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, Overflow
from enum import StrEnum

from app.kernel.errors import Invalid
from app.kernel.money import exponent_of

PLACES = 12
SMALLEST = Decimal("0.000001")
"""A smaller difference is none; it is also the least tolerance of a cause."""
PAID_TWICE_UP_TO = 10
FX_MONTHS = 6
"""Rates of so many months before and after are tried."""
USUAL_WITHHOLDING = (Decimal(0), Decimal("0.3"))
_ROUNDING = Context(prec=80, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])


class Suspense(StrEnum):
    """Why money cannot be attributed, in the order in which it is checked."""

    BAD_ISRC = "bad_isrc"
    NO_SPLIT = "no_split"
    OVER_ALLOCATED = "over_allocated"
    NO_DEAL = "no_deal"
    NO_PAYEE = "no_payee"
    NO_FX = "no_fx"
    UNDER_ALLOCATED = "under_allocated"


class Cause(StrEnum):
    """The single mistake, in the order in which it is tried; the first that holds is it."""

    IN_CONFLICT = "in_conflict"
    NOT_ON_STATEMENT = "not_on_statement"
    NOT_IN_SALES = "not_in_sales"
    IN_SUSPENSE = "in_suspense"
    WRONG_CURRENCY = "wrong_currency"
    NOT_ENTITLED = "not_entitled"
    PAID_TWICE = "paid_twice"
    SPLIT_VERSION = "split_version"
    NO_SPLIT_APPLIED = "no_split_applied"
    WRONG_FEE = "wrong_fee"
    WRONG_FX = "wrong_fx"
    WRONG_WITHHOLDING = "wrong_withholding"
    UNEXPLAINED = "unexplained"


DISCREPANCIES = (
    "payee", "statement_month", "sale_month", "store", "territory", "isrc", "currency",
    "expected", "paid", "delta", "cause", "detail",
)  # fmt: skip
TOTALS = ("payee", "currency", "statement_month", "expected", "paid", "delta")
SUSPENSE = (
    "reason", "statement_month", "sale_month", "store", "territory", "isrc", "payee", "currency", "gross",
)  # fmt: skip


def minor(amount: Decimal, currency: str) -> Decimal:
    """*amount* rounded half away from zero to the currency's minor unit; two places for an unknown code."""
    return amount.quantize(Decimal(1).scaleb(-_places(currency)), context=_ROUNDING)


def _places(currency: str) -> int:
    try:
        return exponent_of(currency)
    except Invalid:
        return 2
