"""Translation for rooms and faces without importing Flask: the locale of the request, else English."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from flask import current_app, has_app_context
from flask_babel import get_domain
from flask_babel import gettext as _babel_gettext
from flask_babel import ngettext as _babel_ngettext
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from markupsafe import Markup

from app.kernel.pseudo import lengthen
from app.kernel.words import Words

PSEUDO = "en-XA"
"""The made-up language of `app.kernel.pseudo`."""
_in_pseudo: ContextVar[bool] = ContextVar("in_pseudo", default=False)

CATALOGUES = any((Path(__file__).parents[1] / "translations").glob("*/LC_MESSAGES/*.mo"))
"""Whether there is anything to translate into; a page asks hundreds of times, so this is asked once."""


def _has_languages() -> bool:
    """Jobs and tests of the rooms run without translations: then English stands."""
    return CATALOGUES and has_app_context() and "babel" in current_app.extensions


def speak_pseudo(on: bool) -> None:  # noqa: FBT001 - a switch
    """Whether this thread says everything in the made-up language from now on."""
    _in_pseudo.set(on)


class PseudoTranslations(NullTranslations):
    """A catalogue of the made-up language, for letters and mail."""

    def gettext(self, message: str) -> str:
        """The message, lengthened."""
        return lengthen(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of the number, lengthened."""
        return lengthen(msgid1 if n == 1 else msgid2)

    ugettext = gettext
    ungettext = ngettext


def gettext(message: str, **values: Any) -> str:
    """Translate now; named placeholders `%(name)s`. Outside a request the message itself."""
    if _in_pseudo.get():
        message = lengthen(message)
        return message % values if values else message
    if not _has_languages():
        return message % values if values else message
    return str(_babel_gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """Translate by number; `%(num)s` is filled."""
    if _in_pseudo.get():
        return lengthen(one if num == 1 else many) % {"num": num, **values}
    if not _has_languages():
        return (one if num == 1 else many) % {"num": num, **values}
    return str(_babel_ngettext(one, many, num, **values))


def lazy_gettext(message: str, **values: Any) -> Any:
    """Translate when shown: for form labels and class attributes."""
    return LazyString(gettext, message, **values)


def translated(text: str) -> str:
    """Words of the pure floors (`app.kernel.words`) in the reader's language; other text as it is."""
    if isinstance(text, Words):
        return gettext(text.template, **{name: _said(value) for name, value in text.params.items()})
    return text


def translated_when_shown(text: str) -> Any:
    """The same, put into words when it is shown: for choices of forms."""
    return LazyString(translated, text)


def _said(value: Any) -> Any:
    """Words within words."""
    return translated(value) if isinstance(value, Words) else value


def speak_plainly(jinja: Any) -> None:
    """Templates ask here, too: without catalogues they skip the machinery, a quarter of a long page's time."""
    jinja.install_gettext_callables(gettext, _by_number, newstyle=True)
    jinja.globals["_"] = _in_template


@pass_eval_context
def _in_template(state: Any, message: str, /, **values: Any) -> str:
    """`_` of templates: what the engine's own does, without looking up `gettext` in the page at each text."""
    said = gettext(message)
    return (Markup(said) if state.autoescape else said) % values  # noqa: S704 - our own words


def _by_number(one: str, many: str, num: int) -> str:
    """The form alone: the template engine fills `num` and every other name afterwards."""
    if _in_pseudo.get():
        return lengthen(one if num == 1 else many)
    if _has_languages():
        return str(get_domain().get_translations().ungettext(one, many, num))
    return one if num == 1 else many
