"""Reading an amount that a person typed, in the way their language writes numbers.

Either one reading is certain, or the person is asked; digits of other scripts are folded to 0-9.
Spreadsheet and programmer spellings (1e3, 1_000, NaN, +5) are refused although Decimal takes them.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from app.kernel.errors import Invalid
from app.kernel.money import Money, exponent_of
from app.kernel.words import words as _

# Below the range of bigint minor units even with four places.
LIMIT = Decimal(10) ** 14

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]")
_SHAPE = re.compile(r"-?[0-9][0-9.,' ]*")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[0-9]{3})*")
_APOSTROPHES = str.maketrans(
    {"\u2019": "'", "\u02bc": "'", "\u066b": ".", "\u066c": "'", "\u2212": "-"}
)


def parse_amount(
    text: str, locale: str, currency: str, *, field: str = "amount", allow_zero: bool = False
) -> Money:
    """The amount *text* means to a reader of *locale*, exact to the minor unit of *currency*.

    Raises Invalid: `amount_empty`, `amount_shape`, `amount_ambiguous`, `amount_places`, `amount_range`,
    `amount_zero`. The message says what to type instead.
    """
    exponent = exponent_of(currency)
    plain = _plain(text, currency, field)
    if not _SHAPE.fullmatch(plain):
        raise Invalid(field, "amount_shape", _("Type the amount in digits, for example 1234.50."))
    sign, body = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    whole, decimals = _split(body, _symbols(locale), exponent, field)
    if len(decimals) > exponent:
        raise Invalid(field, "amount_places", _places(currency, exponent))
    value = Decimal(f"{sign}{whole}.{decimals or '0'}")
    if abs(value) >= LIMIT:
        raise Invalid(
            field, "amount_range", _("The amount must be below %(limit)s.", limit=f"{LIMIT:,f}")
        )
    if value.is_zero() and (sign or not allow_zero):
        raise Invalid(
            field, "amount_zero", _("An amount of zero changes nothing. Type another amount.")
        )
    return Money(value.quantize(Decimal(1).scaleb(-exponent)), currency)


def _plain(text: str, currency: str, field: str) -> str:
    """Digits folded to 0-9, kinds of space and apostrophe to one, the currency's own sign taken off."""
    folded = "".join(_digit(char) for char in unicodedata.normalize("NFKC", text)).translate(
        _APOSTROPHES
    )
    folded = folded.strip()
    for sign in (currency, get_currency_symbol(currency, "en")):
        if folded.upper().startswith(sign):
            folded = folded[len(sign) :].lstrip()
        elif folded.upper().endswith(sign):
            folded = folded[: -len(sign)].rstrip()
    if not folded:
        raise Invalid(field, "amount_empty", _("Type an amount."))
    return _SPACES.sub(" ", folded)


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _symbols(locale: str) -> tuple[str, str]:
    """(decimal, group) signs of *locale*, from the Latin digits the product always shows."""
    try:
        known = Locale.parse(locale, sep="-" if "-" in locale else "_")
    except (UnknownLocaleError, ValueError):
        known = Locale("en")
    group = get_group_symbol(known, numbering_system="latn")
    decimal = get_decimal_symbol(known, numbering_system="latn")
    return decimal, _SPACES.sub(" ", group).translate(_APOSTROPHES)


def _split(body: str, symbols: tuple[str, str], exponent: int, field: str) -> tuple[str, str]:
    """(digits before, digits after) the decimal sign; raises when two readings are possible."""
    signs = re.findall(r"[^0-9]", body)
    if not signs:
        return body, ""
    last = signs[-1]
    decimal_is_last = signs.count(last) == 1 and last in ".,"
    if decimal_is_last and len(set(signs)) == 1:
        return _one_sign(body, last, symbols, exponent, field)
    if decimal_is_last:
        head, _sep, tail = body.rpartition(last)
        return _ungroup(head, field), _tail(tail, field)
    return _ungroup(body, field), ""


def _one_sign(
    body: str, sign: str, symbols: tuple[str, str], exponent: int, field: str
) -> tuple[str, str]:
    """`1.000` and `1,50`: three digits behind one point or comma may be thousands or decimals."""
    decimal, group = symbols
    head, _sep, tail = body.partition(sign)
    if not tail:
        raise Invalid(field, "amount_shape", _("Type the amount in digits, for example 1234.50."))
    could_group = len(tail) == 3 and 1 <= len(head) <= 3 and not head.startswith("0")
    if not could_group:
        return head, tail
    if sign == group:
        return head + tail, ""
    if sign == decimal and exponent >= 3:
        return head, tail
    raise Invalid(
        field,
        "amount_ambiguous",
        _(
            "Do you mean %(large)s or %(small)s? Type it without a sign for thousands.",
            large=head + tail,
            small=f"{head}{decimal}{tail[:exponent].rstrip('0') or '0'}",
        ),
    )


def _ungroup(text: str, field: str) -> str:
    """`1 234 567` → `1234567`; one kind of sign, three digits in each group but the first."""
    signs = set(re.findall(r"[^0-9]", text))
    parts = re.split(r"[^0-9]", text)
    right = (
        len(signs) <= 1 and 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
    )
    if signs and not right:
        raise Invalid(
            field, "amount_shape", _("The signs for thousands do not fit. Type it without them.")
        )
    return "".join(parts)


def _tail(text: str, field: str) -> str:
    if not text:
        raise Invalid(field, "amount_shape", _("Type the amount in digits, for example 1234.50."))
    return text


def _places(currency: str, exponent: int) -> str:
    if exponent == 0:
        return _("%(currency)s has no decimals. Type a whole amount.", currency=currency)
    return _(
        "%(currency)s has %(places)d decimals. Type at most that many.",
        currency=currency,
        places=exponent,
    )
