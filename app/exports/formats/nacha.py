"""NACHA file of ACH credits: one batch for people (PPD), one for companies (CCD), blocked to ten records.

Records of 94 characters: file header (1), batch header (5), entry (6), batch control (8), file control (9). Credits
only (220), without an offsetting debit. Effective on the next weekday (UTC). Source: docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, timedelta

from stdnum.us import rtn

from app.exports.rules.latin import in_basic_set
from app.exports.rules.payments import Payment, PaymentOrder, refuse_payees
from app.kernel.errors import Invalid
from app.kernel.words import words as _

NAME = "nacha"
CONTENT_TYPE = "text/plain; charset=us-ascii"
EXTENSION = "ach"
_CURRENCY = "USD"
_CREDITS = "220"
_CHECKING, _SAVINGS = "22", "32"
_DESCRIPTION = "ROYALTIES"
_LARGEST = 9_999_999_999
_LARGEST_TOTAL = 999_999_999_999
_HASH = 10**10
_BLOCK = 10
_FILLER = "9" * 94
_SATURDAY = 5


def to_parts(order: PaymentOrder) -> tuple[bytes, ...]:
    """One file. Raises Invalid for another currency, without an originator, and naming payees that do not fit."""
    _check(order)
    kinds = (
        ("PPD", [one for one in order.payments if not one.to.is_company]),
        ("CCD", [one for one in order.payments if one.to.is_company]),
    )
    records, batches, first = [_file_header(order)], 0, 1
    for code, payments in kinds:
        if payments:
            batches += 1
            records += _batch(order, code, payments, batches, first)
            first += len(payments)
    records.append(_file_control(order.payments, batches, len(records) + 1))
    records += [_FILLER] * (-len(records) % _BLOCK)
    return ("".join(f"{record}\r\n" for record in records).encode("ascii"),)


def _file_header(order: PaymentOrder) -> str:
    made = order.made_at.astimezone(UTC)
    return _record(
        "101", f" {order.payer.ach_routing}", order.payer.ach_company.rjust(10),
        f"{made:%y%m%d%H%M}", "A094101", _name(order.payer.ach_bank, 23), _name(order.payer.name, 23),
        " " * 8,
    )  # fmt: skip


def _batch(
    order: PaymentOrder, code: str, payments: Sequence[Payment], number: int, first: int
) -> list[str]:
    odfi = order.payer.ach_routing[:8]
    head = _record(
        "5", _CREDITS, _name(order.payer.name, 16), " " * 20, order.payer.ach_company.ljust(10), code,
        _DESCRIPTION.ljust(10), " " * 6, f"{_effective(order.made_at.astimezone(UTC).date()):%y%m%d}",
        " " * 3, "1", odfi, _number(number, 7),
    )  # fmt: skip
    entries = [
        _entry(payment, f"{odfi}{_number(trace, 7)}")
        for trace, payment in enumerate(payments, start=first)
    ]
    control = _record(
        "8", _CREDITS, _number(len(payments), 6), _totals(payments),
        order.payer.ach_company.ljust(10), " " * 25, odfi, _number(number, 7),
    )  # fmt: skip
    return [head, *entries, control]


def _entry(payment: Payment, trace: str) -> str:
    to = payment.to
    return _record(
        "6", _SAVINGS if to.savings else _CHECKING, to.routing, to.account.ljust(17),
        _number(payment.minor, 10), payment.number.replace("-", "")[1:].ljust(15),
        _name(to.holder, 22), " " * 2, "0", trace,
    )  # fmt: skip


def _file_control(payments: Sequence[Payment], batches: int, records: int) -> str:
    blocks = -(-records // _BLOCK)
    return _record(
        "9", _number(batches, 6), _number(blocks, 6), _number(len(payments), 8),
        _totals(payments), " " * 39,
    )  # fmt: skip


def _totals(payments: Sequence[Payment]) -> str:
    """Entry hash (sum of the banks' eight digits, its last ten), debits, credits."""
    total = sum(int(one.to.routing[:8]) for one in payments) % _HASH
    return _number(total, 10) + _number(0, 12) + _number(sum(one.minor for one in payments), 12)


def _record(*parts: str) -> str:
    record = "".join(parts)
    if len(record) != len(_FILLER):
        raise ValueError(f"a record of {len(record)} characters")
    return record


def _number(value: int, width: int) -> str:
    return str(value).rjust(width, "0")


def _name(text: str, width: int) -> str:
    """Cut to the width, as the network shows no more of a name."""
    return (in_basic_set(text) or "")[:width].ljust(width)


def _effective(day: date) -> date:
    """The next weekday; where that is a holiday the bank takes the following day."""
    following = day + timedelta(days=1)
    late = following.weekday() - _SATURDAY
    return following + timedelta(days=2 - late) if late >= 0 else following


def _check(order: PaymentOrder) -> None:
    if order.currency != _CURRENCY:
        words = _("ACH credits are in USD, and this batch is in %(currency)s. Choose another format.",
                  currency=order.currency)  # fmt: skip
        raise Invalid("format", "currency", words)
    payer = order.payer
    if not (payer.ach_routing and payer.ach_company and in_basic_set(payer.name)):
        words = _("Nobody sends to the ACH network yet. The operator names the originator with REDRESS_PAYER_NAME, "
                  "REDRESS_ACH_ROUTING and REDRESS_ACH_COMPANY_ID.")  # fmt: skip
        raise Invalid("format", "no_payer", words)
    _refuse([p for p in order.payments if not (p.to.account and rtn.is_valid(p.to.routing))],
            _("They need a bank account in the United States"))  # fmt: skip
    _refuse([p for p in order.payments if in_basic_set(p.to.holder) is None],
            _("The holder of the account is not in Latin letters; ask them to enter it as their bank writes it"))  # fmt: skip
    _refuse([p for p in order.payments if p.minor > _LARGEST],
            _("An ACH credit stays below 100,000,000 USD"))  # fmt: skip
    if sum(one.minor for one in order.payments) > _LARGEST_TOTAL:
        raise Invalid(
            "format",
            "too_much",
            _("An ACH file stays below 10,000,000,000 USD. Choose another format."),
        )


def _refuse(unfit: list[Payment], why: str) -> None:
    refuse_payees([one.payee for one in unfit], why)
