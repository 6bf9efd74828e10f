"""One module per format finance imports; each turns frozen rows into the same bytes every time."""

from __future__ import annotations

from app.exports.formats import (
    beancount,
    hledger,
    netsuite,
    neutral,
    neutral_json,
    neutral_xlsx,
    quickbooks,
    xero,
)
from app.exports.rules.form import Format, one_file, several_files
from app.kernel.errors import Invalid
from app.kernel.words import words as _

_ALL = (
    *map(one_file, (neutral, neutral_xlsx, neutral_json)),
    several_files(xero),
    *map(one_file, (quickbooks, netsuite, hledger, beancount)),
)
FORMATS: dict[str, Format] = {form.name: form for form in _ALL}
"""By name, in the order in which F4 offers them."""


def format_named(name: str) -> Format:
    """The format of that name. Raises Invalid."""
    found = FORMATS.get(name)
    if found is None:
        raise Invalid("format", "unknown", _("Choose one of the formats that are offered."))
    return found
