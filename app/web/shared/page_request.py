"""What a request of ours knows beside the library's."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, Request
from flask_babel import get_locale
from werkzeug.utils import cached_property
from wtforms.i18n import messages_path


class PageRequest(Request):
    """Its forms speak the reader's language; the library would read their catalogue from the disk at each request."""

    @cached_property
    def wtforms_translations(self) -> Any:
        """Where the library of forms looks for its words."""
        return _words_of_forms(str(get_locale()))


def init_app(app: Flask) -> None:
    """Requests of this application are such."""
    app.request_class = PageRequest


@lru_cache(20)
def _words_of_forms(locale: str) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")
