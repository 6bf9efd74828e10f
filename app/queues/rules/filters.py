"""A list's filter as its address says it: known names only, one value each, several by comma; in one canonical form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from app.cases.rules.kinds import Kind, State, SubKind
from app.kernel.errors import Invalid
from app.kernel.territory import CODES
from app.kernel.text import clean_text
from app.kernel.words import words as _

E = TypeVar("E", bound=StrEnum)
MOST_VALUES = 20
"""Values of one filter; more is a mistake or an attack."""
LISTED = tuple(s for s in State if s not in {State.NONE, State.DRAFT, State.DELETED})
"""States of filed cases, the only ones a list shows."""


class Due(StrEnum):
    """How near the next deadline is, in the reader's zone."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    NONE = "none"
    ATTENTION = "attention"


class Channel(StrEnum):
    """The way a case reached us."""

    PORTAL = "portal"
    EMAIL = "email"
    PHONE = "phone"
    STORE = "store"
    API = "api"
    HOUSE = "house"


class Needs(StrEnum):
    """Who must move next."""

    PARTIES = "parties"
    DESK = "desk"
    FINANCE = "finance"
    STORE = "store"


class Status(StrEnum):
    """Open cases are listed unless all are asked for."""

    OPEN = "open"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the desk wants to see; empty means all. *owner*: `me`, `nobody` or a person's id."""

    states: tuple[State, ...] = ()
    kinds: tuple[Kind, ...] = ()
    sub_kinds: tuple[SubKind, ...] = ()
    needs: Needs | None = None
    owner: str = ""
    due: Due | None = None
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    tags: tuple[str, ...] = ()
    stake: Decimal | None = None
    currency: str = ""
    opened_from: date | None = None
    opened_to: date | None = None
    open_only: bool = True
    text: str = ""

    @property
    def uses_amounts(self) -> bool:
        """Asks by a column that not every role may see."""
        return self.stake is not None or bool(self.currency)


NAMES = (
    "status", "state", "kind", "sub_kind", "needs", "owner", "due", "country", "language", "store", "channel",
    "tag", "stake", "currency", "opened_from", "opened_to", "q",
)  # fmt: skip
"""Filters in the order of the canonical address."""


def canonical(args: Mapping[str, str]) -> str:
    """The filter part of an address in one order and spelling; what is unknown or empty falls away."""
    kept = [(name, _tidy(name, args[name])) for name in NAMES if args.get(name, "").strip()]
    return urlencode([(name, value) for name, value in kept if value], safe=",")


def filter_args(query: str) -> dict[str, str]:
    """The opposite of `canonical`."""
    return {key: value for key, value in parse_qsl(query) if key in NAMES}


def _tidy(name: str, value: str) -> str:
    if name in {"q", "store", "stake", "owner"}:
        return value.strip()
    parts = sorted({part.strip() for part in value.split(",") if part.strip()})
    return "" if (name, parts) == ("status", ["open"]) else ",".join(parts)


def parse_filter(args: Mapping[str, str]) -> ListFilter:
    """The filter that an address means. Raises `Invalid` naming the field and what is allowed (B013)."""
    given = {name: args[name].strip() for name in NAMES if args.get(name, "").strip()}
    return ListFilter(
        states=_several("state", given, LISTED),
        kinds=_several("kind", given, tuple(Kind)),
        sub_kinds=_several("sub_kind", given, tuple(SubKind)),
        needs=_one("needs", given, tuple(Needs)),
        owner=_owner(given.get("owner", "")),
        due=_one("due", given, tuple(Due)),
        countries=_words("country", given, lambda word: word.upper() in CODES, str.upper),
        languages=_words("language", given, lambda word: bool(_LANGUAGE.fullmatch(word)), str.lower),
        stores=(clean_text(given["store"], field="store", max_length=100, multiline=False),)
        if "store" in given
        else (),
        channels=_several("channel", given, tuple(Channel)),
        tags=_words("tag", given, lambda word: len(word) <= 40, str.lower),
        stake=_amount(given.get("stake", "")),
        currency=_currency(given.get("currency", "")),
        opened_from=_day("opened_from", given),
        opened_to=_day("opened_to", given),
        open_only=_one("status", given, tuple(Status)) is not Status.ALL,
        text=clean_text(given.get("q", ""), field="q", max_length=200, multiline=False),
    )  # fmt: skip


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


def _values(name: str, given: Mapping[str, str]) -> list[str]:
    found = [part.strip() for part in given.get(name, "").split(",") if part.strip()]
    if len(found) > MOST_VALUES:
        raise Invalid(name, "too_many", _("At most %(most)d values.", most=MOST_VALUES))
    return found


def _several(name: str, given: Mapping[str, str], allowed: tuple[E, ...]) -> tuple[E, ...]:
    known = {one.value: one for one in allowed}
    found = _values(name, given)
    if set(found) - known.keys():
        raise _unknown(name, known)
    return tuple(one for one in allowed if one.value in found)


def _one(name: str, given: Mapping[str, str], allowed: tuple[E, ...]) -> E | None:
    known = {one.value: one for one in allowed}
    value = given.get(name, "")
    if value and value not in known:
        raise _unknown(name, known)
    return known.get(value)


def _unknown(name: str, allowed: Iterable[str]) -> Invalid:
    return Invalid(name, "unknown", _("Choose one of: %(names)s.", names=", ".join(allowed)))


def _words(
    name: str, given: Mapping[str, str], fits: Callable[[str], bool], form: Callable[[str], str]
) -> tuple[str, ...]:
    found = _values(name, given)
    for word in found:
        clean_text(word, field=name, max_length=100, multiline=False)
        if not fits(word):
            raise Invalid(name, "unknown", _("“%(word)s” is not known here.", word=word))
    return tuple(sorted({form(word) for word in found}))


def _owner(value: str) -> str:
    if value in {"", "me", "nobody"}:
        return value
    try:
        return str(UUID(value))
    except ValueError:
        raise Invalid("owner", "unknown", _("Choose me, nobody or a person of the list.")) from None


def _amount(value: str) -> Decimal | None:
    """A least amount in plain digits; the currency has a filter of its own."""
    if not value:
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0 or found > Decimal(10) ** 15:
        raise Invalid("stake", "amount", _("Enter an amount, for example 250.00."))
    return found


def _currency(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z]{3}", value):
        raise Invalid("currency", "currency", _("Enter a currency, for example EUR."))
    return value.upper()


def _day(name: str, given: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(given[name]) if name in given else None
    except ValueError:
        raise Invalid(name, "date", _("Enter a date, for example 2026-11-24.")) from None
