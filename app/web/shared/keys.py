"""Keys on the page: what works for this reader, and the attributes that say so on buttons and links."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup, escape
from werkzeug.routing import Map

from app.accounts.rules import Permission, permissions_of
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.actor import Role
from app.queues.queries.shortcuts import kept_of
from app.queues.rules.shortcuts import BY_NAME, Kept, bound
from app.web.shared.context import current_actor
from app.web.shared.session import own_session

# Acts that lead somewhere from every page: address, who may go there. One whose page is not there has no key.
GOES: dict[str, tuple[str, Permission | None]] = {
    "go.desk": ("/desk", Permission.CASE_LIST),
    "go.mine": ("/desk?owner=me", Permission.CASE_LIST),
    "go.corrections": ("/finance/corrections", Permission.CORRECTION_READ),
    "go.reports": ("/reports", None),
    "go.settings": ("/me", None),
    "search.open": ("/search", Permission.CASE_LIST),
    "case.new": ("/desk/new", Permission.CASE_TRIAGE),
}
_CAPS = {"Control": "Ctrl", "ArrowRight": "→", "ArrowLeft": "←", "Enter": "↵", "Escape": "Esc"}


def init_app(app: Flask) -> None:
    """Templates say `keyed("case.reply")` in a tag, `key_attrs` for the button macro, `key_hint` for words."""
    app.jinja_env.globals.update(
        keyed=keyed,
        key_attrs=key_attrs,
        key_hint=key_hint,
        chord_of=chord_of,
        keys_of_page=keys_of_page,
    )


def kept() -> Kept:
    """What this person changed."""
    row = own_session().row
    return kept_of(row.kept if row else None)


def own_keys() -> dict[str, str]:
    """Name -> chord as it works for this reader."""
    own = kept()
    return _bound(own.single, tuple(sorted(own.chords.items())))


@lru_cache(200)
def _bound(single: bool, chords: tuple[tuple[str, str], ...]) -> dict[str, str]:  # noqa: FBT001
    """Asked for every button of a page, so made once for each set of keys."""
    return bound(Kept(single, dict(chords)))


def chord_of(name: str) -> str:
    """The chord of an act for this reader; empty when there is none."""
    return own_keys().get(name, "")


def key_hint(name: str) -> str:
    """The keys for people: `Ctrl K`, `G D`; empty when there is none."""
    return chord_words(chord_of(name))


def chord_words(chord: str) -> str:
    """A chord as it stands on a key cap."""
    caps = [
        part for step in chord.split() for part in (step.split("+") if len(step) > 1 else [step])
    ]
    return " ".join(_CAPS.get(cap, cap.upper() if len(cap) == 1 else cap) for cap in caps)


def key_attrs(name: str, *, title: str = "") -> dict[str, str]:
    """Attributes of what the key presses. *title*: words for a tooltip where no key cap is shown.

    `aria-keyshortcuts` cannot say keys after one another, so those are in the title only.
    """
    return dict(_pairs(name, chord_of(name), _title(name, title)))


def _title(name: str, title: str) -> str:
    chord = chord_of(name)
    if not title or not chord:
        return title
    return _("%(what)s (%(keys)s)", what=title, keys=chord_words(chord))


@lru_cache(1000)
def _pairs(name: str, chord: str, title: str) -> tuple[tuple[str, str], ...]:
    found = {"data-key": name}
    if chord and " " not in chord:
        found["aria-keyshortcuts"] = "+".join(
            part.upper() if len(part) == 1 else part for part in _split(chord)
        )
    if title:
        found["title"] = title
    return tuple(found.items())


def _split(chord: str) -> list[str]:
    return chord.split("+") if len(chord) > 1 else [chord]


def keyed(name: str, title: str = "") -> Markup:
    """The same as plain text for a tag written by hand."""
    return _tag(_pairs(name, chord_of(name), _title(name, title)))


@lru_cache(1000)
def _tag(pairs: tuple[tuple[str, str], ...]) -> Markup:
    """A page has some thirty of them, the same on every page."""
    return Markup("").join(Markup(' {}="{}"').format(key, escape(value)) for key, value in pairs)


def goes_here() -> dict[str, str]:
    """Address of each act that leads somewhere, for this reader and this installation."""
    return _going(current_app.url_map, current_actor().roles)


@lru_cache(200)
def _going(routes: Map, roles: frozenset[Role]) -> dict[str, str]:
    there, mine = {rule.rule for rule in routes.iter_rules()}, permissions_of(roles)
    return {
        name: href
        for name, (href, permission) in GOES.items()
        if href.split("?")[0] in there and (permission is None or permission in mine)
    }


def keys_of_page() -> str:
    """For the script: chord -> act by region, and where acts lead that leave the page."""
    return _told(tuple(own_keys().items()), tuple(goes_here().items()))


@lru_cache(200)
def _told(keys: tuple[tuple[str, str], ...], going: tuple[tuple[str, str], ...]) -> str:
    by_region: dict[str, dict[str, str]] = {}
    for name, chord in keys:
        by_region.setdefault(BY_NAME[name].region.value, {})[chord] = name
    return json.dumps({"in": by_region, "go": dict(going)}, separators=(",", ":"))


def act_words(name: str) -> str:
    """What a key does, in the reader's language."""
    return translated(BY_NAME[name].words)


REGION_NAMES: dict[str, Any] = {
    "everywhere": lambda: _("Everywhere"),
    "list": lambda: _("Lists"),
    "board": lambda: _("Board"),
    "case": lambda: _("Case"),
    "evidence": lambda: _("Evidence"),
    "composer": lambda: _("Composer"),
}
