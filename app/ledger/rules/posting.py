"""Double entry: accounts, balanced entries in whole minor units, reversal by swapped sides.

Source of the patterns: DOMAIN 5.4. A debit is positive and a credit negative; the sum of a journal is
zero in each currency. Nothing here knows a database or why money moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.kernel.errors import Invalid, Refused
from app.kernel.words import words as _

MINOR_LIMIT = 10**15
"""No single amount reaches this many minor units (B090)."""


class AccountKind(StrEnum):
    """The accounts of the house; payable and advances are per payee, dispute hold per case."""

    ROYALTY_EXPENSE = "royalty_expense"
    PAYABLE = "payable"
    SUSPENSE = "suspense"
    DISPUTE_HOLD = "dispute_hold"
    ADVANCES = "advances"
    WITHHOLDING_PAYABLE = "withholding_payable"
    FX_RESULT = "fx_result"
    ROUNDING = "rounding"
    FEES_INCOME = "fees_income"
    BANK = "bank"


PER_PAYEE = frozenset({AccountKind.PAYABLE, AccountKind.ADVANCES})
PER_CASE = frozenset({AccountKind.DISPUTE_HOLD})


class JournalKind(StrEnum):
    """Why a group of postings exists, in the ledger's own words."""

    CORRECTION = "correction"
    REVERSAL = "reversal"
    HOLD_PLACED = "hold_placed"
    HOLD_RELEASED = "hold_released"
    HOLD_MOVED = "hold_moved"


class Unbalanced(Invalid):
    """Debits and credits of a journal differ."""

    def __init__(self, currency: str, difference: int) -> None:
        super().__init__(
            "entries",
            "unbalanced",
            _(
                "Debits and credits in %(currency)s differ by %(difference)s minor units.",
                currency=currency,
                difference=str(difference),
            ),
        )


@dataclass(frozen=True, slots=True, order=True)
class AccountRef:
    """One account: kind, currency and, where the kind asks for it, the payee or the case."""

    kind: AccountKind
    currency: str
    payee_id: UUID | None = None
    case_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.payee_id is not None) != (self.kind in PER_PAYEE):
            raise Invalid(
                "account",
                "payee_of_account",
                _("The account %(kind)s and its payee do not fit.", kind=self.kind),
            )
        if (self.case_id is not None) != (self.kind in PER_CASE):
            raise Invalid(
                "account",
                "case_of_account",
                _("The account %(kind)s and its case do not fit.", kind=self.kind),
            )


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting before it is written. *minor*: whole minor units, debit positive, credit negative."""

    account: AccountRef
    minor: int

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise Invalid("amount", "not_whole", _("A posting is a whole number of minor units."))
        if self.minor == 0:
            raise Invalid("amount", "no_effect", _("A posting of zero has no effect."))
        if abs(self.minor) >= MINOR_LIMIT:
            raise Invalid(
                "amount",
                "out_of_range",
                _(
                    "A posting stays below %(limit)s minor units.",
                    limit=str(MINOR_LIMIT),
                ),
            )

    @property
    def debit(self) -> int:
        """Minor units on the debit side, else 0."""
        return max(self.minor, 0)

    @property
    def credit(self) -> int:
        """Minor units on the credit side, else 0."""
        return max(-self.minor, 0)


def payable(payee_id: UUID, currency: str) -> AccountRef:
    """Royalties payable to a payee."""
    return AccountRef(AccountKind.PAYABLE, currency, payee_id=payee_id)


def dispute_hold(case_id: UUID, currency: str) -> AccountRef:
    """Money frozen because of a case."""
    return AccountRef(AccountKind.DISPUTE_HOLD, currency, case_id=case_id)


def house(kind: AccountKind, currency: str) -> AccountRef:
    """An account of the house itself, neither payee's nor case's."""
    return AccountRef(kind, currency)


def transfer(debit: AccountRef, credit: AccountRef, minor: int) -> tuple[Entry, Entry]:
    """*minor* units from one account to another of one currency; a negative amount swaps the sides."""
    if debit.currency != credit.currency:
        raise Invalid("currency", "cross_currency", _("One entry never crosses currencies."))
    if debit == credit:
        raise Invalid("account", "same_account", _("Debit and credit name the same account."))
    return Entry(debit, minor), Entry(credit, -minor)


def sums(entries: Iterable[Entry]) -> dict[str, int]:
    """Sum per currency, minor units."""
    totals: dict[str, int] = {}
    for entry in entries:
        totals[entry.account.currency] = totals.get(entry.account.currency, 0) + entry.minor
    return totals


def check_balanced(entries: Sequence[Entry]) -> None:
    """Pass when the journal has two entries or more and each currency sums to zero; else `Unbalanced`."""
    if len(entries) < 2:
        raise Invalid("entries", "too_few", _("A journal has at least one debit and one credit."))
    for currency, total in sorted(sums(entries).items()):
        if total != 0:
            raise Unbalanced(currency, total)


def reversal_of(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The same entries with debit and credit swapped, in the same order."""
    return tuple(Entry(entry.account, -entry.minor) for entry in entries)


def check_reversible(kind: JournalKind, *, reversed_already: bool) -> None:
    """A journal is reversed once and a reversal never (B099): what follows is a new correction."""
    if reversed_already:
        raise Refused(
            "already_reversed",
            _("This was reversed before; propose a new correction instead."),
        )
    if kind is JournalKind.REVERSAL:
        raise Refused(
            "is_reversal",
            _("A reversal is not reversed; propose a new correction instead."),
        )
