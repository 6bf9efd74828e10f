"""A run of the audit for a case: its states, and what one line of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

RULES_VERSION = "1"
"""Of the contract that the figures follow; a run keeps the version that made it."""
LEFT_OUT = "territory_left_out"
"""Nothing was paid on any line of a territory (DECISIONS 24)."""
MATCHES = ""
UNTRACED = frozenset({"not_in_sales", "in_suspense"})
"""Causes of lines that no report of a store explains."""


class RunState(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (RunState.WAITING, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class Share:
    """One row of the split history: a fraction as text, its territories, months; *to_month* exclusive, empty open."""

    share: str
    territories: str
    from_month: str
    to_month: str


@dataclass(frozen=True, slots=True)
class Working:
    """What a line was computed from, as text. *gross*: source currency → what the store reported; *fx*: → rate.

    *fee*, *share*, *withholding*: fractions; empty where no term covers the line.
    """

    gross: Mapping[str, str] = field(default_factory=dict)
    fx: Mapping[str, str] = field(default_factory=dict)
    fee: str = ""
    share: str = ""
    withholding: str = "0"


@dataclass(frozen=True, slots=True)
class AuditedLine:
    """One joined row of the audit. Amounts at 12 places in *currency*; *reason*: a cause, LEFT_OUT, or MATCHES."""

    payee: str
    currency: str
    statement_month: str
    store: str
    territory: str
    sale_month: str
    isrc: str
    expected: Decimal
    paid: Decimal
    delta: Decimal
    cause: str
    detail: str
    reason: str
    units: Decimal
    working: Working = field(default_factory=Working)

    @property
    def group(self) -> tuple[str, str, str, str, str]:
        """What joins lines on the page: payee, currency, statement month, store, territory."""
        return (self.payee, self.currency, self.statement_month, self.store, self.territory)


@dataclass(frozen=True, slots=True)
class Suspended:
    """Money that cannot be attributed. *gross*: 12 places in *currency* of the store; *payee*: named by the contract alone."""

    reason: str
    statement_month: str
    sale_month: str
    store: str
    territory: str
    isrc: str
    payee: str
    currency: str
    gross: Decimal


@dataclass(frozen=True, slots=True)
class AuditedTotal:
    """Of a payee, currency and statement month, in minor units of the currency."""

    payee: str
    currency: str
    statement_month: str
    expected: Decimal
    paid: Decimal
    delta: Decimal
