"""How a payee says where money goes, kind by kind: which fields, what each must be, and what to mend.

Sources: ABA routing numbers (check digit, Federal Reserve ranges); PayPal Payouts and Wise batch columns
(docs/exports.md). A recipient id of Wise stands for an account in one currency.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stdnum import bic, iban
from stdnum.us import rtn

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.money import parse_currency
from app.kernel.text import clean_text
from app.kernel.words import Words
from app.kernel.words import words as _
from app.ledger.rules.bank import BankDetails, Owner, PayoutKind, bank_details

_GAPS = re.compile(r"[\s.\-]")
_US_ACCOUNT = re.compile(r"[0-9]{4,17}")
_ROUTING = re.compile(r"(0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)[0-9]{7}")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!#$%&*+/=?^_{|}~-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""Begins with a letter or digit, so that no cell of a file is a formula."""
_EMAIL_LENGTH = 127
_UK_ACCOUNT = re.compile(r"[0-9]{8}")
_SORT_CODE = re.compile(r"[0-9]{6}")
_RECIPIENT = re.compile(r"[0-9]{1,12}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

FIELDS: dict[PayoutKind, tuple[str, ...]] = {
    PayoutKind.IBAN: ("holder", "number"),
    PayoutKind.US_ACCOUNT: ("holder", "owner", "routing", "number", "account_type"),
    PayoutKind.PAYPAL: ("email",),
    PayoutKind.WISE: ("holder", "owner", "wise", "currency"),
    PayoutKind.REVOLUT: ("holder", "owner", "number", "bank_code"),
    PayoutKind.ACCOUNT: ("holder", "number", "bank_code"),
}
"""What each kind asks for, in the order of its form."""


def destination(kind: str, typed: Mapping[str, str]) -> BankDetails:
    """Details as somebody typed them. *typed*: by the names of `FIELDS`; what the kind does not ask is not read.

    Raises Invalid, or InvalidMany, naming the field and what to mend.
    """
    found = next((one for one in PayoutKind if one == kind), None)
    if found is None:
        raise Invalid("kind", "choice", _("Choose how you are paid."))
    return _READERS[found](typed)


@dataclass
class _Reader:
    """Reads fields and collects what is wrong with them."""

    typed: Mapping[str, str]
    errors: list[Invalid] = field(default_factory=list)

    def wrong(self, name: str, code: str, words: Words) -> str:
        self.errors.append(Invalid(name, code, words))
        return ""

    def holder(self) -> str:
        try:
            return clean_text(
                self.typed.get("holder", ""), field="holder", max_length=200, required=True
            )
        except Invalid as error:
            self.errors.append(error)
            return ""

    def owner(self) -> Owner:
        given = self.typed.get("owner", "")
        if given not in set(Owner):
            self.wrong(
                "owner", "choice", _("Say whether the account is a person’s or a company’s.")
            )
            return Owner.PERSON
        return Owner(given)

    def matched(self, name: str, shape: re.Pattern[str], missing: Words, wrong: Words) -> str:
        plain = _GAPS.sub("", self.typed.get(name, ""))
        if not plain:
            return self.wrong(name, "required", missing)
        return plain if shape.fullmatch(plain) else self.wrong(name, "shape", wrong)

    def iban(self) -> str:
        plain = _GAPS.sub("", self.typed.get("number", "")).upper()
        if not plain:
            return self.wrong("number", "required", _("Enter the IBAN of your account."))
        if not iban.is_valid(plain):
            words = _("Check this IBAN: a digit is wrong or missing.")
            return self.wrong("number", "wrong_check", words)
        return plain

    def email(self, name: str) -> str:
        plain = self.typed.get(name, "").strip()
        if not plain:
            return self.wrong(
                name, "required", _("Enter the e-mail address of your account there.")
            )
        if len(plain) > _EMAIL_LENGTH or not _EMAIL.fullmatch(plain):
            words = _("Enter an e-mail address such as ada@example.org, in Latin letters.")
            return self.wrong(name, "shape", words)
        return plain.lower()

    def currency(self) -> str:
        try:
            return parse_currency(self.typed.get("currency", ""))
        except Invalid:
            words = _("Enter the currency of this account by its three letters, for example EUR.")
            return self.wrong("currency", "currency", words)

    def checked(self, details: BankDetails) -> BankDetails:
        if len(self.errors) > 1:
            raise InvalidMany(self.errors)
        if self.errors:
            raise self.errors[0]
        return details


def _iban(typed: Mapping[str, str]) -> BankDetails:
    read = _Reader(typed)
    return read.checked(BankDetails(read.holder(), iban=read.iban()))


def _us_account(typed: Mapping[str, str]) -> BankDetails:
    read = _Reader(typed)
    holder, owner = read.holder(), read.owner()
    routing = read.matched(
        "routing", _ROUTING, _("Enter the routing number of your bank."),
        _("A routing number has nine digits, as at the lower left of a cheque."),
    )  # fmt: skip
    if routing and not rtn.is_valid(routing):
        words = _("Check this routing number: a digit is wrong or two are swapped.")
        read.wrong("routing", "wrong_check", words)
    account = read.matched(
        "number", _US_ACCOUNT, _("Enter the account number."),
        _("A US account number has 4 to 17 digits. Leave the routing number out of it."),
    )  # fmt: skip
    kind = typed.get("account_type", "")
    if kind not in {"checking", "savings"}:
        read.wrong(
            "account_type", "choice", _("Say whether this is a checking or a savings account.")
        )
    return read.checked(
        BankDetails(
            holder, account=account, bank_code=routing, kind=PayoutKind.US_ACCOUNT, owner=owner,
            savings=kind == "savings",
        )
    )  # fmt: skip


def _paypal(typed: Mapping[str, str]) -> BankDetails:
    read = _Reader(typed)
    return read.checked(BankDetails("", email=read.email("email"), kind=PayoutKind.PAYPAL))


def _wise(typed: Mapping[str, str]) -> BankDetails:
    read = _Reader(typed)
    holder, owner = read.holder(), read.owner()
    given = typed.get("wise", "").strip().lower()
    email = recipient = ""
    if "@" in given:
        email = read.email("wise")
    elif _RECIPIENT.fullmatch(given):
        recipient = given
    else:
        words = _(
            "Enter the e-mail address of your Wise account, or the recipient ID that Wise shows."
        )
        read.wrong("wise", "shape" if given else "required", words)
    currency = read.currency()
    return read.checked(
        BankDetails(
            holder, kind=PayoutKind.WISE, owner=owner, email=email, recipient=recipient,
            currency=currency,
        )
    )  # fmt: skip


def _revolut(typed: Mapping[str, str]) -> BankDetails:
    """An account in the United Kingdom by its sort code, any other by IBAN and BIC."""
    read = _Reader(typed)
    holder, owner = read.holder(), read.owner()
    if _GAPS.sub("", typed.get("number", ""))[:1].isdigit():
        account = read.matched(
            "number",
            _UK_ACCOUNT,
            _("Enter the account number."),
            _("An account number in the United Kingdom has eight digits."),
        )
        code = read.matched(
            "bank_code", _SORT_CODE, _("Enter the sort code of your bank."),
            _("A sort code has six digits."),
        )  # fmt: skip
        found = BankDetails(
            holder, account=account, bank_code=code, kind=PayoutKind.REVOLUT, owner=owner
        )
        return read.checked(found)
    plain, code = read.iban(), _GAPS.sub("", typed.get("bank_code", "")).upper()
    if not bic.is_valid(code):
        words = _("Enter the BIC of your bank, of 8 or 11 letters and digits.")
        read.wrong("bank_code", "shape" if code else "required", words)
    return read.checked(
        BankDetails(holder, iban=plain, bank_code=code, kind=PayoutKind.REVOLUT, owner=owner)
    )


def _account(typed: Mapping[str, str]) -> BankDetails:
    return bank_details(
        typed.get("holder", ""), typed.get("number", ""), typed.get("bank_code", "")
    )


_READERS: dict[PayoutKind, Callable[[Mapping[str, str]], BankDetails]] = {
    PayoutKind.IBAN: _iban,
    PayoutKind.US_ACCOUNT: _us_account,
    PayoutKind.PAYPAL: _paypal,
    PayoutKind.WISE: _wise,
    PayoutKind.REVOLUT: _revolut,
    PayoutKind.ACCOUNT: _account,
}
