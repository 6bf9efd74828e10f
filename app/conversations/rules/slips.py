"""What should not slip to a side: labels of exhibits the other side keeps private, amounts not shared.

A warning, never a wall: the writer may have a reason, and says so by sending a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_WORD = re.compile(r"(?<![\w-])([A-Za-z]{1,2}\d{1,3})(?![\w-])")
_NUMBER = re.compile(r"\d(?:[\d., \u00a0\u202f']*\d)?")
LEAST_AMOUNT = Decimal(10)
"""Smaller numbers are days, items and counts far more often than money."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Something in the words that this audience does not have. *kind*: exhibit or amount."""

    kind: str
    words: str


def slips_in(body: str, labels: Iterable[str], amounts: Iterable[Decimal]) -> tuple[Slip, ...]:
    """Private *labels* and unshared *amounts* that *body* names, each once, in their order there."""
    hidden = {label.upper() for label in labels}
    found = [word.upper() for word in _WORD.findall(body) if word.upper() in hidden]
    sums = {abs(amount).normalize() for amount in amounts if abs(amount) >= LEAST_AMOUNT}
    money = [text for text in _NUMBER.findall(body) if readings_of(text) & sums]
    return (
        *(Slip("exhibit", word) for word in dict.fromkeys(found)),
        *(Slip("amount", text.strip()) for text in dict.fromkeys(money)),
    )


def readings_of(text: str) -> frozenset[Decimal]:
    """What a written number may mean: 1,234.50 and 1.234,50 are the same amount."""
    plain = re.sub(r"[ \u00a0\u202f']", "", text)
    forms = {plain.replace(",", ""), plain.replace(".", "").replace(",", ".")}
    found = set()
    for form in forms:
        try:
            found.add(Decimal(form).normalize())
        except InvalidOperation:
            continue
    return frozenset(found)
