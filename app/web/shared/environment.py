"""The template environment of the pages: what costs on every page is made once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, MutableMapping
from functools import cache
from typing import Any

from flask import Flask
from flask.templating import Environment
from markupsafe import Markup, escape
from wtforms.widgets import Input
from wtforms.widgets import core as widgets

from app.web.shared.shell import asset, language_tag

_FLIPS = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "send", "reply", "log-out", "undo-2", "list"}
)  # fmt: skip
"""Icons with a direction: mirrored where text runs from right to left."""


class PageEnvironment(Environment):
    """One plain dict of globals for all templates.

    The library gives each template a chain of two dicts, and asks at every import which keys are new:
    with some forty imports a page, that was a twelfth of its calls.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own globals; a copy only for a template that brings others."""
        return self.globals if not d else {**self.globals, **d}


def init_app(app: Flask) -> None:
    """Give templates the functions behind the icon component and behind pieces that never differ."""
    app.jinja_env.globals["drawn_icon"] = drawn_icon
    app.jinja_env.globals["remembered"] = remembered
    setattr(Input, "html_params", staticmethod(attributes))  # noqa: B010 - the place that the library keeps for it
    widgets.html_params = attributes  # what its text areas and selects call


def attributes(**given: Any) -> Markup:
    """What the form library writes into an input, a text area or a select, as its own `html_params` does, in a quarter of the time."""
    said: list[str] = []
    for asked, value in sorted(given.items()):
        name = asked.rstrip("_")
        is_dashed = name.startswith(("data_", "aria_"))
        key = escape(name.replace("_", "-") if is_dashed else name)
        if value is True:
            said.append(key)
        elif value is not False:
            words = str(escape(value)).replace('"', "&quot;")
            said.append(f'{key}="{words}"')
    return Markup(" ".join(said))  # noqa: S704 - each part is escaped above


@cache
def drawn_icon(name: str, label: str = "") -> Markup:
    """One symbol of the sprite; with *label* it speaks. Few names and few labels, so each is drawn once."""
    flips = " icon--flip" if name in _FLIPS else ""
    speaks = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')  # fmt: skip
    return Markup(
        '<svg class="icon{}" width="18" height="18" {} focusable="false"><use href="{}#{}"></use></svg>'
    ).format(flips, speaks, asset("icons.svg"), name)


MOST = 2000
"""Pieces that a process keeps; above that it begins anew."""

_remembered: dict[Hashable, Markup] = {}


def remembered(name: str, *about: Hashable, caller: Callable[[], Markup]) -> Markup:
    """A piece of a page that is made once in each language; templates `call` it with a *name*.

    Everything that it says and that differs from reader to reader stands in *about*: the key, whole, so nobody is
    shown what was made for another. Nothing of a case or of one request may stand in it.
    """
    key = name, language_tag(), about
    kept = _remembered.get(key)
    if kept is None:
        if len(_remembered) >= MOST:
            _remembered.clear()
        kept = _remembered[key] = caller()
    return kept
