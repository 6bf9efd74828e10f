"""Up to how much one approver lets money go, and from where on two different people must.

Amounts are whole major units of a currency. A currency that is not listed always needs two: nobody has
thought about it yet. The limits that an installation starts with; a later change is a new stored version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.kernel.errors import Invalid
from app.kernel.money import CURRENCIES, Money
from app.kernel.words import words as _

LARGEST_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ApprovalLimits:
    """*two_from*: by currency, the amount from which on a second approver is needed; 0 means always."""

    two_from: Mapping[str, int]

    def needs_second(self, moved: Money) -> bool:
        """True from the currency's limit on, and always for a currency without one."""
        limit = self.two_from.get(moved.currency)
        return limit is None or moved.amount >= limit

    @property
    def content_hash(self) -> str:
        """SHA-256 over the limits, to see a change."""
        return hashlib.sha256(json.dumps(dict(self.two_from), sort_keys=True).encode()).hexdigest()


def checked_limits(two_from: Mapping[str, int]) -> ApprovalLimits:
    """Limits that can be kept. Raises Invalid naming the currency."""
    for currency, limit in two_from.items():
        if currency not in CURRENCIES:
            raise Invalid(
                currency, "currency", _("%(code)s is no currency we know.", code=currency)
            )
        if not 0 <= limit <= LARGEST_LIMIT:
            raise Invalid(
                currency,
                "out_of_range",
                _("A limit lies between 0 and %(most)s.", most=str(LARGEST_LIMIT)),
            )
    return ApprovalLimits(dict(two_from))


DEFAULT_LIMITS = ApprovalLimits(
    {
        "USD": 1_000,
        "EUR": 1_000,
        "GBP": 1_000,
        "CHF": 1_000,
        "CAD": 1_500,
        "AUD": 1_500,
        "CNY": 7_000,
        "AZN": 1_700,
        "GEL": 2_700,
        "AMD": 400_000,
        "KZT": 500_000,
        "THB": 35_000,
        "IDR": 16_000_000,
        "JPY": 150_000,
        "KRW": 1_400_000,
        "SAR": 3_750,
        "AED": 3_750,
        "KWD": 300,
    }
)
