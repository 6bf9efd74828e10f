"""One module per format finance imports; each turns frozen rows into the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.exports.formats import neutral, neutral_json, neutral_xlsx
from app.exports.rules.rows import NeutralRow
from app.kernel.errors import Invalid
from app.kernel.words import words as _


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written. *name*: kept with the file; *to_bytes*: a pure function of the rows."""

    name: str
    content_type: str
    extension: str
    to_bytes: Callable[[Sequence[NeutralRow]], bytes]


FORMATS: dict[str, Format] = {
    module.NAME: Format(module.NAME, module.CONTENT_TYPE, module.EXTENSION, module.to_bytes)
    for module in (neutral, neutral_xlsx, neutral_json)
}
"""By name, in the order in which F4 offers them."""


def format_named(name: str) -> Format:
    """The format of that name. Raises Invalid."""
    found = FORMATS.get(name)
    if found is None:
        raise Invalid("format", "unknown", _("Choose one of the formats that are offered."))
    return found
