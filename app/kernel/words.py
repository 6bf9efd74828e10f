"""Messages of the pure floors: plain English that a face can still translate.

`kernel` and the rooms' rules may not know the language of the reader. They say `_("… %(limit)d …", limit=3)`
and hand up a string that reads well as it is and remembers its template, so the edge can put it into
another language with `template % params`. The extractor finds the templates by the name `_`.
"""

from __future__ import annotations

from typing import Any, Self


class Words(str):
    """English text with the template and the values it was made from."""

    __slots__ = ("params", "template")

    template: str
    params: dict[str, Any]

    def __new__(cls, template: str, params: dict[str, Any]) -> Self:
        """Fill *template* (named percent style) with *params*."""
        made = super().__new__(cls, template % params if params else template)
        made.template = template
        made.params = params
        return made


def words(template: str, **params: object) -> Words:
    """Text for a person, translatable later. Import it as `_`."""
    return Words(template, params)
