"""What the house's accounts are called in the ledger of finance: a code each, per currency where that differs.

There are no codes at first: a made-up chart would book money wrongly without a word. An account without a
code holds up the export that needs it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.errors import Invalid, Refused
from app.kernel.money import CURRENCIES
from app.kernel.words import words as _
from app.ledger.rules.posting import AccountKind

EVERY_CURRENCY = ""
_CODE = re.compile(r"[^\W_][\w .:/&()-]{0,39}")
_ORDER = list(AccountKind)


@dataclass(frozen=True, slots=True)
class AccountCodes:
    """*codes*: by account, by currency; the empty currency counts for each that has none of its own.

    *zone*: IANA zone in which posting dates are counted.
    """

    codes: Mapping[AccountKind, Mapping[str, str]]
    zone: str = "UTC"

    def code_of(self, kind: AccountKind, currency: str) -> str:
        """The code; empty when there is none."""
        mine = self.codes.get(kind, {})
        return mine.get(currency) or mine.get(EVERY_CURRENCY, "")

    @property
    def as_json(self) -> dict[str, dict[str, str]]:
        """Plain values in one order, as they are stored."""
        return {kind.value: dict(sorted(mine.items())) for kind, mine in self.codes.items() if mine}

    @property
    def content_hash(self) -> str:
        """SHA-256 over codes and zone, to see a change."""
        plain = json.dumps([self.as_json, self.zone], sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()


def codes_from_json(stored: Mapping[str, Any], zone: str) -> AccountCodes:
    """Codes as they were stored."""
    return AccountCodes({AccountKind(kind): dict(mine) for kind, mine in stored.items()}, zone)


def checked_codes(codes: AccountCodes) -> AccountCodes:
    """Codes that can be kept. Raises Invalid naming the account and the currency as `payable` or `payable:EUR`."""
    for kind, mine in codes.codes.items():
        for currency, code in mine.items():
            field = f"{kind}:{currency}" if currency else kind.value
            if currency != EVERY_CURRENCY and currency not in CURRENCIES:
                raise Invalid(
                    field, "currency", _("%(code)s is no currency we know.", code=currency)
                )
            if not _CODE.fullmatch(code):
                raise Invalid(
                    field,
                    "account_code",
                    _(
                        "An account code has up to 40 letters, digits, spaces or .:/&()-_ and begins with a letter or digit."
                    ),
                )
    return codes


class AccountsWithoutCode(Refused):
    """Accounts that an export needs have no code. *accounts*: which; *currency*: of the export."""

    def __init__(self, accounts: tuple[AccountKind, ...], currency: str) -> None:
        super().__init__(
            "account_without_code",
            _(
                "These accounts have no code for %(currency)s in your ledger: %(accounts)s. "
                "Enter them under Account codes, in force from the posting date.",
                currency=currency,
                accounts=", ".join(kind.replace("_", " ") for kind in accounts),
            ),
        )
        self.accounts = accounts
        self.currency = currency


def check_all_coded(codes: AccountCodes, needed: Iterable[AccountKind], currency: str) -> None:
    """Pass when each account has its code; AccountsWithoutCode names those that have none."""
    missing = {kind for kind in needed if not codes.code_of(kind, currency)}
    if missing:
        raise AccountsWithoutCode(tuple(sorted(missing, key=_ORDER.index)), currency)


def changes_between(
    before: AccountCodes, after: AccountCodes
) -> tuple[tuple[AccountKind, str, str, str], ...]:
    """(account, currency, code before, code after) of every code that differs; empty means none."""
    found = []
    for kind in _ORDER:
        old, new = before.codes.get(kind, {}), after.codes.get(kind, {})
        for currency in sorted({*old, *new}):
            pair = old.get(currency, ""), new.get(currency, "")
            if pair[0] != pair[1]:
                found.append((kind, currency, *pair))
    return tuple(found)
