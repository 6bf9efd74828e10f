"""Forms come from our own pages: a token always, and the browser's word for where it came from (DECISIONS 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from werkzeug.exceptions import RequestEntityTooLarge

from app.edge.access import API
from app.web.shared.context import services

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_protect = CSRFProtect()
_BY_THEMSELVES = frozenset({"account.csp_report", "public.unsubscribe"})
_TEXT_BYTES = 2 * 1024 * 1024
View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask) -> None:
    """Check origin, then token, of every request that may change something."""
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    settings = app.extensions["redress"].settings
    app.config["WTF_CSRF_SECRET_KEY"] = settings.session_key
    app.before_request(_refuse_long_text)
    app.before_request(_check_origin)
    _protect.init_app(app)
    app.jinja_env.globals["csrf_token"] = _token


_tokens: dict[str, str] = {}
"""Signed tokens by the session's own secret: the same secret gives a token that never ends, so it is signed once."""
_MOST_TOKENS = 2000


def _token() -> str:
    """The token of this session's forms."""
    secret = session.get("csrf_token")
    kept = _tokens.get(secret) if secret else None
    if kept is None:
        kept = generate_csrf()
        secret = session.get("csrf_token")
        if secret:  # a session that began in this request has none yet, while the library keeps what it gave before
            if len(_tokens) >= _MOST_TOKENS:
                _tokens.clear()
            _tokens[secret] = kept
    return kept


def exempt(view: View) -> View:
    """For what is posted without our pages: reports of the content policy, the one click of a mail's header."""
    _protect.exempt(view)
    return view


def exempt_all(api: Blueprint) -> None:
    """For the API: a browser never sends a bearer token by itself, so there is nothing to forge."""
    _protect.exempt(api)


def _refuse_long_text() -> None:
    """A form without files is text: too much of it is refused before anything reads it (B004)."""
    if request.mimetype == "multipart/form-data" or request.method in _SAFE:
        return
    if (request.content_length or 0) > _TEXT_BYTES:
        raise RequestEntityTooLarge


def _check_origin() -> None:
    """Same origin by `Sec-Fetch-Site`, or `Origin` equal to our address; silence is no proof."""
    if (
        request.method in _SAFE
        or request.endpoint in _BY_THEMSELVES
        or request.path.startswith(API)
    ):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site == "same-origin":
            return
        raise CSRFError("came from elsewhere")
    if _origin_of(request.headers.get("Origin", "")) not in _own_origins():
        raise CSRFError("came from elsewhere")


def _own_origins() -> set[str]:
    settings = services().settings
    own = {_origin_of(settings.base_url)}
    if settings.demo and not settings.secure:
        # The demo answers under each of its loopback names; Flask refuses hosts that are not trusted.
        own.add(_origin_of(request.host_url))
    return own - {""}


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""
