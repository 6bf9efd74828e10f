"""Macros: words with named variables from a closed list, and what they propose besides.

A macro never sends and never moves anything: it fills the composer, and its proposals become links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.kernel.errors import Invalid
from app.kernel.words import words as _

BODY_MOST = 8_000
NAME_MOST = 120


class MacroAudience(StrEnum):
    """For whom the words are; *other* is the party that is not the artist."""

    ARTIST = "artist"
    OTHER = "other"
    NOTE = "note"
    ANY = "any"


class Privacy(StrEnum):
    """Who may read the value of a variable."""

    OPEN = "open"
    COMPLAINANT = "complainant"
    OTHERS = "others"
    HOUSE = "house"


VARIABLES: dict[str, Privacy] = {
    "case_ref": Privacy.OPEN,
    "title": Privacy.OPEN,
    "artist_name": Privacy.OPEN,
    "store": Privacy.OPEN,
    "period": Privacy.OPEN,
    "reader_name": Privacy.OPEN,
    "my_name": Privacy.OPEN,
    "deadline": Privacy.OPEN,
    "disputed_amount": Privacy.COMPLAINANT,
    "other_name": Privacy.OPEN,
    "other_email": Privacy.OTHERS,
    "held_amount": Privacy.HOUSE,
}
"""The closed list. Complainant: what they ask for. Others: of the other side than the reader."""

_SLOT = re.compile(r"\{([^{}\n]{0,60})\}")


@dataclass(frozen=True, slots=True)
class Proposes:
    """What a macro proposes besides words. *items*: keys of request items; *move*: an event of the table."""

    items: tuple[str, ...] = ()
    move: str = ""
    tag: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of a case. *missing*: variables without a value here; they stand in square brackets."""

    text: str
    missing: tuple[str, ...]


def variables_in(body: str) -> tuple[str, ...]:
    """Names in braces, each once, in their order."""
    return tuple(dict.fromkeys(name.strip() for name in _SLOT.findall(body)))


def check_body(body: str, audience: MacroAudience) -> None:
    """Raise `Invalid` naming a variable that is unknown, or private to somebody else than *audience*."""
    names = variables_in(body)
    for name in names:
        if name not in VARIABLES:
            known = ", ".join(VARIABLES)
            words = _(
                "There is no variable %(name)s. Known are: %(known)s.", name=name, known=known
            )
            raise Invalid("body", "variable_unknown", words)
    if audience is not MacroAudience.NOTE:
        hidden = [one for one in names if VARIABLES[one] in {Privacy.OTHERS, Privacy.HOUSE}]
        _refuse(hidden)


def check_reader(names: Iterable[str], *, is_note: bool, is_complainant: bool) -> None:
    """Raise `Invalid` when a reader of one case may not have the value of a variable."""
    if is_note:
        return
    allowed = {Privacy.OPEN} | ({Privacy.COMPLAINANT} if is_complainant else set())
    _refuse([name for name in names if VARIABLES.get(name) not in allowed])


def _refuse(hidden: list[str]) -> None:
    if hidden:
        words = _(
            "%(name)s is private to somebody else than this reader. Use it in an internal note only.",
            name=hidden[0],
        )
        raise Invalid("body", "variable_private", words)


def render(body: str, values: Mapping[str, str]) -> Rendered:
    """The words with the values of a case. Raises `Invalid` naming an unknown variable."""
    check_body(body, MacroAudience.NOTE)
    missing = [name for name in variables_in(body) if not values.get(name)]

    def fill(match: re.Match[str]) -> str:
        name = match[1].strip()
        return values.get(name) or f"[{name}]"

    return Rendered(_SLOT.sub(fill, body), tuple(missing))
