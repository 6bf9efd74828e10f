"""A fraction of a right between nothing and the whole, exact to eight places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.kernel.errors import Invalid
from app.kernel.words import words as _

PLACES = 8
_UNIT = Decimal(1).scaleb(-PLACES)


class ShareExceedsWhole(Invalid):
    """Shares of one right add up to more than everything."""

    def __init__(self, total: Decimal) -> None:
        super().__init__(
            "share",
            "share_exceeds_whole",
            _(
                "The shares add up to %(percent)s %%, more than the whole.",
                percent=_plain(total * 100),
            ),
        )


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """*value*: Decimal 0-1 with at most eight places; more are refused, never rounded."""

    value: Decimal

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError(f"a share is a Decimal, not {type(self.value).__name__}")
        if not self.value.is_finite() or not 0 <= self.value <= 1:
            raise Invalid("share", "share_range", _("A share lies between 0 and 100 %."))
        if self.value != self.value.quantize(_UNIT):
            raise Invalid(
                "share", "share_places", _("A share has at most six decimals in percent.")
            )

    @classmethod
    def from_percent(cls, text: str) -> Share:
        """`33.333333` → 0.33333333. Source: DDEX RightSharePercentage, a decimal percentage."""
        try:
            return cls(Decimal(text.strip()).scaleb(-2)) if _is_plain(text) else _refuse()
        except InvalidOperation:
            return _refuse()

    @property
    def percent(self) -> Decimal:
        """0-100, without trailing zeros; for display."""
        return Decimal(_plain(self.value * 100))


WHOLE = Share(Decimal(1))
NOTHING = Share(Decimal(0))


def total_of(shares: Iterable[Share]) -> Decimal:
    """Exact sum; may pass 1, which is what a conflict looks like."""
    return sum((share.value for share in shares), Decimal(0))


def refuse_over_whole(shares: Iterable[Share]) -> Decimal:
    """The sum, when it is not more than everything. Raises ShareExceedsWhole."""
    total = total_of(shares)
    if total > 1:
        raise ShareExceedsWhole(total)
    return total


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_plain(text: str) -> bool:
    return all(char in "0123456789." for char in text.strip())


def _refuse() -> Share:
    raise Invalid(
        "share", "share_shape", _("Type the share as a percentage, for example 33.333333.")
    )
