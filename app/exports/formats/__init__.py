"""One module per format finance imports; each turns frozen rows into the same bytes every time."""

from __future__ import annotations

from app.exports.formats import (
    beancount,
    hledger,
    netsuite,
    neutral,
    neutral_json,
    neutral_xlsx,
    pain001,
    quickbooks,
    xero,
)
from app.exports.rules.form import Format, PaymentFormat, one_file, several_files
from app.kernel.errors import Invalid
from app.kernel.words import words as _

_ALL = (
    *map(one_file, (neutral, neutral_xlsx, neutral_json)),
    several_files(xero),
    *map(one_file, (quickbooks, netsuite, hledger, beancount)),
)
FORMATS: dict[str, Format] = {form.name: form for form in _ALL}
"""By name, in the order in which F4 offers them."""
PAYMENTS: dict[str, PaymentFormat] = {
    module.NAME: PaymentFormat(module.NAME, module.CONTENT_TYPE, module.EXTENSION, module.to_bytes)
    for module in (pain001,)
}
"""What pays; offered after those."""


def format_named(name: str) -> Format | PaymentFormat:
    """The format of that name. Raises Invalid."""
    found = FORMATS.get(name) or PAYMENTS.get(name)
    if found is None:
        raise Invalid("format", "unknown", _("Choose one of the formats that are offered."))
    return found
