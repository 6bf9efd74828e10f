"""What every page's frame needs: locale and zone of the reader, product name, assets, who is signed in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from flask import Flask, has_request_context, request, session
from jinja2 import StrictUndefined

from app.infra.i18n import PSEUDO, speak_pseudo
from app.web.shared.context import current_actor, services

LOCALES = ("en", "az", "id", "hy", "zh", "kk", "ja", "ko", "th", "ar")
LANGUAGE = f"<any({', '.join(LOCALES)}):lang>"
"""The first part of a public address that names its language (UX section 10)."""
PSEUDO_LOCALES = {"en-XA": "en", "ar-XB": "ar"}
"""Made-up languages for designers and tests, where the settings allow them: what their dates and numbers follow."""
MANIFEST = Path(__file__).resolve().parents[3] / "static" / "build" / "manifest.json"


def init_app(app: Flask) -> None:
    """Give templates the frame's words and refuse silent holes in them."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_frame)
    app.before_request(_choose_words)
    app.jinja_env.globals["asset"] = asset


def pick_locale() -> str:
    """The address of a public page, then sign-in choice, then browser, then English (UX section 10)."""
    if pseudo := _pseudo_locale():
        return PSEUDO_LOCALES[pseudo]
    in_address = (request.view_args or {}).get("lang") if has_request_context() else None
    if in_address in LOCALES:
        return str(in_address)
    actor = current_actor()
    if actor.is_person and actor.locale in LOCALES:
        return actor.locale
    if has_request_context() and request.cookies.get("locale") in LOCALES:
        return request.cookies["locale"]
    return (request.accept_languages.best_match(LOCALES) if has_request_context() else None) or "en"


def spoken() -> Locale:
    """The same for the library of words and dates."""
    return _parsed(pick_locale())


_parsed = cache(Locale.parse)


def language_tag() -> str:
    """The same with the made-up languages: what tells two forms of one page apart. Asked at every piece of a page."""
    if not has_request_context():
        return pick_locale()
    about = current_actor(), request.view_args
    kept: tuple[Any, str] | None = request.environ.get(_SPOKEN)
    if kept is None or kept[0] != about:
        request.environ[_SPOKEN] = kept = about, _pseudo_locale() or pick_locale()
    return kept[1]


def can_choose(locale: str) -> bool:
    """Whether somebody may ask for this language."""
    return locale in LOCALES or (locale in PSEUDO_LOCALES and services().settings.pseudo_locales)


def _pseudo_locale() -> str:
    """The made-up language of this window: before all others, so that anybody can be shown in it."""
    if not has_request_context() or not services().settings.pseudo_locales:
        return ""
    chosen = request.cookies.get("locale", "")
    return chosen if chosen in PSEUDO_LOCALES else ""


def _choose_words() -> None:
    """Before each request, because the thread has just served another window."""
    if services().settings.pseudo_locales:
        speak_pseudo(_pseudo_locale() == PSEUDO)


def pick_zone() -> str:
    """The reader's zone; UTC for nobody."""
    return current_actor().zone


@cache
def _manifest() -> dict[str, str]:
    """Read once a process: the files it serves are those that were there when it started."""
    return json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}


def asset(name: str) -> str:
    """Address of a built or plain static file: `app.css` -> `/static/build/app.<hash>.css`."""
    return f"/static/{_manifest().get(name, name)}"


_SPOKEN = "redress.language"
"""Where a request keeps its language, for whom and by which address it was picked."""
GUEST = "demo_guest"
"""Stands in the session of who came in by the demo's button."""


def _frame() -> dict[str, Any]:
    settings = services().settings
    return {
        "actor": current_actor(),
        "product": settings.product_name,
        "demo": settings.demo,
        "guest": settings.demo and GUEST in session,
        "locale": language_tag(),
        "text_direction": "rtl" if pick_locale() == "ar" else "ltr",
    }
