"""Numbers of files, exact: one decimal mark a file, decided from what stands there, never guessed.

Brackets are a minus. Exponents, NaN, underscores, a leading plus and digits of other scripts are refused:
Decimal would take several of them, and each is a sign that something rewrote the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from app.kernel.reading.styles import Numbers
from app.kernel.words import words as _

WHOLE, PLACES = 14, 24
"""Digits before and behind the point that are kept exactly (of the 38 of a decimal column)."""
SIGNS = {
    "$": frozenset("USD CAD AUD NZD SGD HKD TWD MXN".split()), "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}), "¥": frozenset({"JPY", "CNY"}), "₽": frozenset({"RUB"}),
}  # fmt: skip

_PLAIN = re.compile(r"-?(?:[0-9]{1,14}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})")
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_BODY = {
    Numbers.POINT: re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"),
    Numbers.GROUPED: re.compile(
        r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:[ '][0-9]{3})+)(?:\.[0-9]*)?|\.[0-9]+"
    ),
    Numbers.COMMA: re.compile(
        r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:[ '][0-9]{3})+)(?:,[0-9]*)?|,[0-9]+"
    ),
}


class Exact(str):
    """Text of a number that a workbook keeps as a number: its point is the decimal mark."""

    __slots__ = ()


class NoNumber(ValueError):
    """The text is none, or not one for certain; *reason* says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def number(text: str, style: Numbers, currency: str = "") -> Decimal:
    """The value of *text*, written in *style*. A currency sign must be that of *currency*. Raises NoNumber."""
    if (style is Numbers.POINT or style is Numbers.GROUPED) and _PLAIN.fullmatch(text):
        return Decimal(text)
    if isinstance(text, Exact):
        return _exact(text)
    body, minus = _bare(text, currency)
    if style is Numbers.EITHER:
        style = mark_of(body) if re.search(r"[.,]", body) else Numbers.GROUPED
        if style is Numbers.EITHER:
            raise NoNumber(
                _("A point or comma here may part thousands or decimals. Say which it is.")
            )
    if not _BODY[style].fullmatch(body):
        raise NoNumber(_why(body, style))
    plain = _BLANKS.sub("", body).replace("'", "")
    if style is Numbers.COMMA:
        plain = plain.replace(".", "").replace(",", ".")
    return _exact(("-" if minus else "") + plain.replace(",", ""))


def mark_of(text: str) -> Numbers:
    """GROUPED or COMMA when *text* can be read one way only, else EITHER: whole numbers, `1.234`."""
    if isinstance(text, Exact):
        return Numbers.EITHER
    body = re.sub(r"[^0-9.,]", "", text)
    last = max(body.rfind("."), body.rfind(","))
    if last < 0 or body.count(body[last]) > 1:
        # Two of one kind part thousands, so the decimal mark would be the other.
        return _other(body[last]) if last >= 0 else Numbers.EITHER
    head, tail = body[:last], body[last + 1 :]
    alone = not re.search(r"[.,]", head)
    if alone and len(tail) == 3 and 1 <= len(head) <= 3 and not head.startswith("0"):
        return Numbers.EITHER
    return Numbers.COMMA if body[last] == "," else Numbers.GROUPED


def decided(texts: Iterable[str]) -> Numbers:
    """The style that the first clear one of *texts* shows; EITHER when none is clear.

    A later text of the other style does not fit then, and is refused in its line.
    """
    found = (mark_of(text) for text in texts)
    return next((style for style in found if style is not Numbers.EITHER), Numbers.EITHER)


def _other(mark: str) -> Numbers:
    return Numbers.COMMA if mark == "." else Numbers.GROUPED


def _bare(text: str, currency: str) -> tuple[str, bool]:
    """(*text* without blanks around, sign and currency, True when it is negative)."""
    body = _BLANKS.sub(" ", text).strip().replace("\u2212", "-").replace("\u2019", "'")
    minus = False
    if body.startswith("(") and body.endswith(")"):
        body, minus = body[1:-1].strip(), True
    if body.startswith("-"):
        body, minus = body[1:].lstrip(), not minus
        if minus is False:
            raise NoNumber(_("This has two signs."))
    body = _unsigned(body, currency)
    if body.startswith("-") and not minus:
        body, minus = body[1:].lstrip(), True
    return body, minus


def _unsigned(body: str, currency: str) -> str:
    for sign, codes in SIGNS.items():
        if sign in body:
            if currency and currency not in codes:
                raise NoNumber(
                    _("The sign %(sign)s does not belong to %(code)s.", sign=sign, code=currency)
                )
            body = body.removeprefix(sign).removesuffix(sign).strip()
    if currency and body.upper().startswith(currency):
        return body[len(currency) :].strip()
    if currency and body.upper().endswith(currency):
        return body[: -len(currency)].strip()
    return body


def _exact(plain: str) -> Decimal:
    digits = plain.lstrip("-")
    whole, _sep, places = digits.partition(".")
    if len(whole.lstrip("0")) > WHOLE or len(places.rstrip("0")) > PLACES:
        raise NoNumber(
            _(
                "At most %(whole)d digits before and %(places)d behind the point are possible.",
                whole=WHOLE,
                places=PLACES,
            )
        )
    if not re.fullmatch(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", plain):
        raise NoNumber(_("This is no number."))
    return Decimal(plain)


def _why(body: str, style: Numbers) -> str:
    if not body:
        return _("There is no number here.")
    if re.fullmatch(r"\+.*|[0-9.,]+[eE][+-]?[0-9]+", body):
        return _("Write the number in plain digits, without plus sign and exponent.")
    if any(char.isdigit() and char not in "0123456789" for char in body):
        return _("Write the number in the digits 0 to 9.")
    if re.fullmatch(r"[0-9.,' ]+", body):
        mark = "," if style is Numbers.COMMA else "."
        return _("This file writes decimals with “%(mark)s”; this does not fit.", mark=mark)
    return _("This is no number.")
