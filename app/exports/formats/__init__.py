"""One module per format finance imports; each turns frozen rows into the same bytes every time, piece by piece."""

from __future__ import annotations

from app.exports.formats import (
    beancount,
    hledger,
    nacha,
    netsuite,
    neutral,
    neutral_json,
    neutral_xlsx,
    pain001,
    paypal,
    quickbooks,
    revolut,
    wise,
    xero,
)
from app.exports.rules.form import Format, PaymentFormat, one_file, pays, several_files, text_file
from app.kernel.errors import Invalid
from app.kernel.words import words as _

_ALL = (
    text_file(neutral),
    one_file(neutral_xlsx),
    text_file(neutral_json),
    several_files(xero),
    *map(text_file, (quickbooks, netsuite, hledger, beancount)),
)
FORMATS: dict[str, Format] = {form.name: form for form in _ALL}
"""By name, in the order in which F4 offers them."""
PAYMENTS: dict[str, PaymentFormat] = {
    form.name: form for form in map(pays, (pain001, nacha, paypal, wise, revolut))
}
"""What pays; offered after those."""


def format_named(name: str) -> Format | PaymentFormat:
    """The format of that name. Raises Invalid."""
    found = FORMATS.get(name) or PAYMENTS.get(name)
    if found is None:
        raise Invalid("format", "unknown", _("Choose one of the formats that are offered."))
    return found
