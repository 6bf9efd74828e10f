"""Money as a value: an exact decimal with its ISO 4217 currency. Never a float, never silent rounding.

Sums, differences and products are exact or raise; rounding happens only where a caller asks for it by
name (`rounded`, `allocate`), half away from zero, to the minor unit of the currency (ADR 0005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction

from app.kernel.errors import Invalid
from app.kernel.words import words as _

# Wide enough for numeric(38,12) times a rate of 12 places; Inexact traps, so nothing is lost unseen.
_EXACT = Context(prec=120, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
_ROUNDING = Context(prec=120, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])

# ISO 4217 list one (2026-01), active currencies and the funds codes that statements show.
_TWO_PLACES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP
MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS
VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_EXPONENTS: dict[str, int] = dict.fromkeys(_TWO_PLACES.split(), 2)
_EXPONENTS |= dict.fromkeys(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
)
_EXPONENTS |= dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
_EXPONENTS |= dict.fromkeys("CLF UYW".split(), 4)

CURRENCIES: frozenset[str] = frozenset(_EXPONENTS)


class CurrencyMismatch(Invalid):
    """Two currencies met in one sum."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(
            "currency",
            "currency_mismatch",
            _("%(left)s and %(right)s cannot be added.", left=left, right=right),
        )


def exponent_of(currency: str) -> int:
    """Places of the minor unit: 0, 2, 3 or 4. Raises Invalid for an unknown code. Source: ISO 4217."""
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise Invalid(
            "currency",
            "unknown_currency",
            _("“%(code)s” is not a currency code such as EUR.", code=currency),
        ) from None


def parse_currency(text: str) -> str:
    """The ISO 4217 code meant by *text*: upper case, without spaces around."""
    code = text.strip().upper()
    exponent_of(code)
    return code


@dataclass(frozen=True, slots=True)
class Money:
    """*amount*: exact decimal in major units, any number of places. *currency*: ISO 4217."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"an amount is a Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise Invalid("amount", "not_a_number", _("An amount must be a plain number."))
        exponent_of(self.currency)
        if self.amount.is_zero() and self.amount.is_signed():
            object.__setattr__(self, "amount", self.amount.copy_abs())

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in *currency*."""
        return cls(Decimal(0), currency)

    @classmethod
    def from_minor(cls, units: int, currency: str) -> Money:
        """*units*: whole minor units, such as cents; JPY has no smaller unit than the yen."""
        exponent = exponent_of(currency)
        return cls(Decimal(units).scaleb(-exponent, _EXACT).quantize(_unit(exponent)), currency)

    def minor_units(self) -> int:
        """Whole minor units. Raises Invalid when there is more precision than the currency has."""
        scaled = self.amount.scaleb(exponent_of(self.currency), _EXACT)
        if scaled != scaled.to_integral_value():
            raise Invalid(
                "amount",
                "sub_unit",
                _(
                    "%(amount)s %(currency)s has parts smaller than the currency can pay.",
                    amount=str(self.amount),
                    currency=self.currency,
                ),
            )
        return int(scaled)

    @property
    def is_payable(self) -> bool:
        """True when it is a whole number of minor units."""
        return self.rounded().amount == self.amount

    def rounded(self) -> Money:
        """To the minor unit of the currency, half away from zero."""
        unit = _unit(exponent_of(self.currency))
        return Money(self.amount.quantize(unit, context=_ROUNDING), self.currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(_EXACT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(_EXACT.subtract(self.amount, other.amount), self.currency)

    def __neg__(self) -> Money:
        return Money(self.amount.copy_negate(), self.currency)

    def __abs__(self) -> Money:
        return Money(self.amount.copy_abs(), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        if isinstance(factor, bool) or not isinstance(factor, Decimal | int):
            raise TypeError("money is multiplied by a Decimal or an int")
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money | int) -> bool:
        return self.amount < self._comparable(other)

    def __le__(self, other: Money | int) -> bool:
        return self.amount <= self._comparable(other)

    def __gt__(self, other: Money | int) -> bool:
        return self.amount > self._comparable(other)

    def __ge__(self, other: Money | int) -> bool:
        return self.amount >= self._comparable(other)

    def __bool__(self) -> bool:
        return not self.amount.is_zero()

    def __str__(self) -> str:
        """For logs and refusals; people see amounts through the `money` filter."""
        return f"{self.amount:f} {self.currency}"

    def _same(self, other: Money) -> None:
        if not isinstance(other, Money):
            raise TypeError("money is added to money")
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)

    def _comparable(self, other: Money | int) -> Decimal:
        if isinstance(other, Money):
            self._same(other)
            return other.amount
        if other != 0:
            raise TypeError("money is compared with money or with 0")
        return Decimal(0)


def sum_money(amounts: Sequence[Money], currency: str) -> Money:
    """Exact sum; nothing in *currency* when *amounts* is empty."""
    total = Money.zero(currency)
    for amount in amounts:
        total += amount
    return total


def allocate_units(total: int, weights: Sequence[Decimal | Fraction | int]) -> list[int]:
    """Split *total* whole units by *weights* so that the parts add up to it exactly.

    Largest remainder; a tie goes to the larger weight, then to the earlier one. A negative total is
    split like its opposite. *weights*: not negative, not all zero, not empty; they need not add up to 1.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact, Fraction(0))
    if any(weight < 0 for weight in exact) or whole <= 0:
        raise Invalid(
            "share", "no_weights", _("Shares must be positive to divide an amount by them.")
        )
    size = abs(total)
    raw = [size * weight / whole for weight in exact]
    parts = [int(part) for part in raw]
    left = size - sum(parts)
    order = sorted(range(len(raw)), key=lambda i: (parts[i] - raw[i], -exact[i], i))
    for index in order[:left]:
        parts[index] += 1
    return [part if total >= 0 else -part for part in parts]


def allocate(total: Money, weights: Sequence[Decimal | Fraction | int]) -> list[Money]:
    """Split a payable amount by *weights* in minor units: see `allocate_units` for the tie rule."""
    parts = allocate_units(total.minor_units(), weights)
    return [Money.from_minor(part, total.currency) for part in parts]


def _unit(exponent: int) -> Decimal:
    return Decimal(1).scaleb(-exponent)
