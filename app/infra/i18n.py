"""Translation for rooms and faces without importing Flask: the locale of the request, else English."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _babel_gettext
from flask_babel import lazy_gettext as _babel_lazy
from flask_babel import ngettext as _babel_ngettext

from app.kernel.words import Words


def gettext(message: str, **values: Any) -> str:
    """Translate now; named placeholders `%(name)s`. Outside a request the message itself."""
    return str(_babel_gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """Translate by number; `%(num)s` is filled."""
    return str(_babel_ngettext(one, many, num, **values))


def lazy_gettext(message: str, **values: Any) -> Any:
    """Translate when shown: for form labels and class attributes."""
    return _babel_lazy(message, **values)


def translated(text: str) -> str:
    """Words of the pure floors (`app.kernel.words`) in the reader's language; other text as it is."""
    if isinstance(text, Words):
        return gettext(text.template, **text.params)
    return text
