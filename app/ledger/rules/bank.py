"""Bank details: what a payee gives, what is shown of it, and how long new ones wait before money may leave.

Sources: ISO 13616 (IBAN), ISO 9362 (BIC); PRODUCT and RELIABILITY B103 (payout data change and correction in
the same hour: step-up, notice to the old address, delay, flag).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.text import clean_text
from app.kernel.words import words as _

DELAY = timedelta(hours=72)
"""How long corrections wait after somebody changed where the money goes: three days to notice a theft."""
_SPACES = re.compile(r"[\s.\-]")
_ACCOUNT = re.compile(r"[0-9A-Z]{4,34}")
_CODE = re.compile(r"[0-9A-Z]{3,11}")


class PayoutKind(StrEnum):
    """How somebody is paid; each kind has exactly the fields that its file needs."""

    IBAN = "iban"
    US_ACCOUNT = "us_account"
    PAYPAL = "paypal"
    WISE = "wise"
    REVOLUT = "revolut"
    ACCOUNT = "account"


def paid_by_file(kind: str) -> bool:
    """Whether any payment file pays an account of this kind; empty is who never said how they are paid."""
    return kind not in {"", PayoutKind.ACCOUNT}


class Owner(StrEnum):
    """Whose account it is: banks and services ask for it."""

    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where money goes. Which fields are filled is a matter of *kind*; the others are empty.

    *account* with *bank_code* (BIC, sort code or routing number); *savings*: a US account that is no checking
    account; *recipient*: a Wise recipient id, in *currency*.
    """

    holder: str
    iban: str = ""
    account: str = ""
    bank_code: str = ""
    kind: PayoutKind = PayoutKind.IBAN
    owner: Owner = Owner.PERSON
    savings: bool = False
    email: str = ""
    recipient: str = ""
    currency: str = ""

    @property
    def number(self) -> str:
        """The number that is masked for pages; empty where an address stands for it."""
        return self.iban or self.account or self.recipient

    @property
    def mask(self) -> str:
        """What pages show."""
        return masked(self.number) if self.number else masked_email(self.email)

    def to_text(self) -> str:
        """For sealing; keys in order, so that the same details are the same text."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


def bank_from_text(text: str) -> BankDetails:
    """Details as `to_text` wrote them, also before there were kinds."""
    stored = json.loads(text)
    kind = stored.pop("kind", PayoutKind.IBAN if stored["iban"] else PayoutKind.ACCOUNT)
    owner = stored.pop("owner", Owner.PERSON)
    return BankDetails(**stored, kind=PayoutKind(kind), owner=Owner(owner))


def bank_details(holder: str, number: str, bank_code: str = "") -> BankDetails:
    """Details as somebody typed them. A number that begins like an IBAN has to be one.

    Raises Invalid, or InvalidMany, for fields `holder`, `number` and `bank_code`.
    """
    errors: list[Invalid] = []
    name = plain = code = ""
    try:
        name = clean_text(holder, field="holder", max_length=200, required=True)
    except Invalid as error:
        errors.append(error)
    plain, code = _SPACES.sub("", number).upper(), _SPACES.sub("", bank_code).upper()
    is_iban = plain[:2].isalpha() and plain[2:4].isdigit()
    errors += _iban_errors(plain) if is_iban else _account_errors(plain, code)
    if len(errors) > 1:
        raise InvalidMany(errors)
    if errors:
        raise errors[0]
    if is_iban:
        return BankDetails(name, iban=plain)
    return BankDetails(name, account=plain, bank_code=code, kind=PayoutKind.ACCOUNT)


def _iban_errors(plain: str) -> list[Invalid]:
    try:
        iban.validate(plain)
    except ValidationError:
        words = _("Check this IBAN: a digit is wrong or missing.")
        return [Invalid("number", "wrong_check", words)]
    return []


def _account_errors(plain: str, code: str) -> list[Invalid]:
    errors = []
    if not plain:
        errors.append(Invalid("number", "required", _("Enter the IBAN or the account number.")))
    elif not _ACCOUNT.fullmatch(plain):
        words = _("An account number has 4 to 34 letters and digits.")
        errors.append(Invalid("number", "shape", words))
    if not code:
        words = _("Enter the code of your bank: BIC, sort code or routing number.")
        errors.append(Invalid("bank_code", "required", words))
    elif not _CODE.fullmatch(code) or (code.isalpha() and not bic.is_valid(code)):
        errors.append(
            Invalid("bank_code", "shape", _("This is no BIC, sort code or routing number."))
        )
    return errors


def masked(number: str) -> str:
    """`DE89 3704 0044 0532 0130 00` → `•••• 3000`; of a short number less than half; empty stays empty."""
    plain = re.sub(r"[^0-9A-Za-z]", "", number)
    shown = min(4, len(plain) // 2)
    return f"•••• {plain[len(plain) - shown :]}".rstrip() if plain else ""


def masked_email(address: str) -> str:
    """`ada@mail.example` → `a•••@m•••`; empty stays empty."""
    local, _at, domain = address.partition("@")
    return f"{local[:1]}•••@{domain[:1]}•••" if domain else ""


def waits_until(changed_at: datetime | None, now: datetime) -> datetime | None:
    """Until when money to these details waits; None when it may leave."""
    if changed_at is None or now >= changed_at + DELAY:
        return None
    return changed_at + DELAY
