"""From what was decided to what is posted: lines with reason, payee and amount become balanced entries.

A positive amount is owed to the payee, a negative one is taken back from what they will earn.
Source: DOMAIN 5.2 (reverse and repost, never edit), 5.3 (withholding on the US part), 5.4 (entries).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.money import Money, exponent_of
from app.kernel.period import Period
from app.kernel.words import words as _
from app.ledger.rules.posting import (
    MINOR_LIMIT,
    AccountKind,
    AccountRef,
    Entry,
    check_balanced,
    dispute_hold,
    house,
    payable,
    transfer,
)

RATE_MAX_AGE_DAYS = 35
MAX_LINES = 500


class CorrectionReason(StrEnum):
    """The one mistake that explains a line. Source: causes of PAYOUT-AUDIT, and what a decision adds."""

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
    HOLD_RELEASED = "hold_released"
    SETTLEMENT = "settlement"
    GOODWILL = "goodwill"
    UNEXPLAINED = "unexplained"


_COUNTER: dict[CorrectionReason, AccountKind] = {
    CorrectionReason.IN_SUSPENSE: AccountKind.SUSPENSE,
    CorrectionReason.WRONG_FEE: AccountKind.FEES_INCOME,
    CorrectionReason.WRONG_FX: AccountKind.FX_RESULT,
    CorrectionReason.WRONG_WITHHOLDING: AccountKind.WITHHOLDING_PAYABLE,
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """How an amount reached the payee's currency. *rate*: target for one of source. *rate_on*: its date."""

    source: Money
    rate: Decimal
    rate_on: date
    rate_source: str


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One change of one payee's balance.

    *amount*: signed, + owed to the payee, whole minor units, never 0. *counter_payee_id*: money moves
    from (or to) that payee instead of the house. *from_hold*: it comes out of the case's dispute hold.
    *withholding*: part of *amount* kept as tax, same sign. *original_lines*: ids of the statement lines
    this corrects. *source_text*: the amount as it was typed.
    """

    payee_id: UUID
    amount: Money
    reason: CorrectionReason
    note: str = ""
    period: str = ""
    counter_payee_id: UUID | None = None
    from_hold: bool = False
    withholding: Money | None = None
    conversion: Conversion | None = None
    original_lines: tuple[str, ...] = ()
    source_text: str = ""

    @property
    def withheld(self) -> Money:
        """The tax part, 0 when there is none."""
        return self.withholding or Money.zero(self.amount.currency)

    @property
    def net(self) -> Money:
        """What the payee's balance changes by."""
        return self.amount - self.withheld


def statement_month(text: str) -> str:
    """The month of the statement that a line corrects, as it is kept: YYYY-MM, empty where nothing was typed.

    Raises Invalid.
    """
    month = text.strip()
    if month:
        Period.of_month(month)
    return month


def line_errors(line: ProposalLine, currency: str, today: date) -> list[Invalid]:
    """What is wrong with one line of a correction in *currency*; empty when nothing is."""
    errors = []
    if line.amount.currency != currency:
        errors.append(
            Invalid(
                "amount",
                "other_currency",
                _("All lines of a correction are in %(currency)s.", currency=currency),
            )
        )
    elif not line.amount:
        errors.append(Invalid("amount", "no_effect", _("A correction of zero has no effect.")))
    elif not line.amount.is_payable:
        errors.append(_sub_unit("amount", currency))
    elif abs(line.amount.minor_units()) >= MINOR_LIMIT:
        limit = str(Money.from_minor(MINOR_LIMIT, currency))
        errors.append(
            Invalid(
                "amount",
                "out_of_range",
                _("An amount stays below %(limit)s.", limit=limit),
            )
        )
    else:
        errors.extend(_withholding_errors(line))
    if line.counter_payee_id == line.payee_id:
        errors.append(
            Invalid("payee", "same_payee", _("Money moves between two different payees."))
        )
    if line.counter_payee_id is not None and line.from_hold:
        errors.append(
            Invalid(
                "payee",
                "two_sources",
                _("Money comes from another payee or from a hold, not both."),
            )
        )
    if line.conversion is not None:
        errors.extend(conversion_errors(line.conversion, line.amount, today))
    return errors


def _withholding_errors(line: ProposalLine) -> list[Invalid]:
    tax = line.withholding
    if tax is None or not tax:
        return []
    if tax.currency != line.amount.currency:
        return [
            Invalid(
                "withholding",
                "other_currency",
                _("Tax is in the currency of the amount."),
            )
        ]
    if not tax.is_payable:
        return [_sub_unit("withholding", tax.currency)]
    if (tax < 0) is not (line.amount < 0) or abs(tax) > abs(line.amount):
        return [
            Invalid(
                "withholding",
                "out_of_range",
                _("Tax is a part of the amount, with its sign."),
            )
        ]
    return []


def _sub_unit(field: str, currency: str) -> Invalid:
    return Invalid(
        field,
        "sub_unit",
        _(
            "%(currency)s has %(places)s decimal places; amounts are not rounded for you.",
            currency=currency,
            places=str(exponent_of(currency)),
        ),
    )


def conversion_errors(conversion: Conversion, amount: Money, today: date) -> list[Invalid]:
    """A rate that is missing, not positive, from the future, or does not give *amount* is refused (B095)."""
    if not conversion.rate.is_finite() or conversion.rate <= 0:
        return [Invalid("rate", "no_rate", _("Enter the exchange rate; it is more than zero."))]
    if conversion.rate_on > today:
        return [Invalid("rate_on", "future", _("The rate's date lies in the future."))]
    if not conversion.rate_source.strip():
        return [Invalid("rate_source", "required", _("Name where the rate comes from."))]
    if conversion.source.currency == amount.currency and conversion.rate != 1:
        return [
            Invalid(
                "rate",
                "same_currency",
                _("One currency converts to itself at exactly 1."),
            )
        ]
    converted = Money((conversion.source * conversion.rate).amount, amount.currency).rounded()
    if converted != amount.rounded():
        return [
            Invalid(
                "rate",
                "rate_mismatch",
                _(
                    "At this rate the amount would be %(amount)s.",
                    amount=str(converted),
                ),
            )
        ]
    return []


def is_old_rate(conversion: Conversion | None, today: date) -> bool:
    """True when the rate is older than policy allows: flagged on the page, not refused (B095)."""
    return conversion is not None and (today - conversion.rate_on).days > RATE_MAX_AGE_DAYS


def check_lines(lines: Sequence[ProposalLine], currency: str, today: date) -> None:
    """Pass when a correction may be made of *lines*; `InvalidMany` names each line's faults."""
    exponent_of(currency)
    if not lines:
        raise Invalid("lines", "required", _("A correction has at least one line."))
    if len(lines) > MAX_LINES:
        raise Invalid(
            "lines",
            "too_many",
            _("A correction has at most %(limit)s lines.", limit=str(MAX_LINES)),
        )
    errors = [
        Invalid(f"lines-{index}-{error.field}", error.code, error.message)
        for index, line in enumerate(lines)
        for error in line_errors(line, currency, today)
    ]
    if errors:
        raise InvalidMany(errors)


def counter_account(line: ProposalLine, case_id: UUID) -> AccountRef:
    """Where the money of a line comes from: another payee, the case's hold, or a house account."""
    currency = line.amount.currency
    if line.counter_payee_id is not None:
        return payable(line.counter_payee_id, currency)
    if line.from_hold:
        return dispute_hold(case_id, currency)
    return house(_COUNTER.get(line.reason, AccountKind.ROYALTY_EXPENSE), currency)


def entries_of_line(line: ProposalLine, case_id: UUID) -> tuple[Entry, ...]:
    """Debit the counter account, credit the payee; then the tax from the payee to the tax account."""
    currency = line.amount.currency
    payee = payable(line.payee_id, currency)
    entries = transfer(counter_account(line, case_id), payee, line.amount.minor_units())
    if not line.withheld:
        return entries
    tax = transfer(
        payee,
        house(AccountKind.WITHHOLDING_PAYABLE, currency),
        line.withheld.minor_units(),
    )
    return (*entries, *tax)


def accounts_of(line: ProposalLine, case_id: UUID) -> frozenset[AccountKind]:
    """The accounts that a line posts to."""
    return frozenset(entry.account.kind for entry in entries_of_line(line, case_id))


def entries_of(lines: Sequence[ProposalLine], case_id: UUID) -> tuple[Entry, ...]:
    """The journal of a correction, two or four entries a line in order; it balances or raises."""
    entries = tuple(entry for line in lines for entry in entries_of_line(line, case_id))
    check_balanced(entries)
    return entries


def total_of(lines: Sequence[ProposalLine], currency: str) -> Money:
    """Signed sum of the lines: what all payees together are owed more."""
    return sum((line.amount for line in lines), Money.zero(currency))


def moved(lines: Sequence[ProposalLine], currency: str) -> Money:
    """How much money moves whatever its direction; this is what the approval limit looks at."""
    return sum((abs(line.amount) for line in lines), Money.zero(currency))


def reversed_line(line: ProposalLine) -> ProposalLine:
    """The same line with all signs turned; twice gives the line back."""
    return ProposalLine(
        payee_id=line.payee_id,
        amount=-line.amount,
        reason=line.reason,
        note=line.note,
        period=line.period,
        counter_payee_id=line.counter_payee_id,
        from_hold=line.from_hold,
        withholding=None if line.withholding is None else -line.withholding,
        original_lines=line.original_lines,
    )
