"""The error table of HOUSE 5.4 rendered as pages: one plain sentence, the way on, nothing internal."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, current_app, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.accounts.rules import own_path
from app.cases.rules.words import EVENT_WORDS
from app.edge.access import API, Access, policy_of
from app.edge.statuses import AWAY_FOR, known_of, status_of
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import (
    RedressError,
    Refused,
    TooMany,
    Unavailable,
)
from app.kernel.words import Words
from app.web.shared.context import current_actor
from app.web.shared.policy import to_signin
from app.web.shared.session import own_session

log = structlog.get_logger()
REFERRED = frozenset({403, 409, 413, 429, 500, 503})
"""Pages with a reference that also stands in the log. Never 404: foreign and unknown are the same bytes."""
PAGES = frozenset({400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 428, 429, 431, 500, 503})


def init_app(app: Flask, *, problem: Callable[[Exception], Response]) -> None:
    """Register one handler per kind of error. *problem*: how the API says it instead of a page."""
    handlers: dict[type[Exception], Callable[[Any], Response]] = {
        RedressError: _known,
        CSRFError: _csrf,
        HTTPException: _http,
        DBAPIError: _database,
        Exception: _bug,
    }
    for kind, handler in handlers.items():
        app.register_error_handler(kind, _either(handler, problem))


def _either(
    shown: Callable[[Any], Response], problem: Callable[[Exception], Response]
) -> Callable[[Exception], Response]:
    """People get a page, programs a problem."""

    def say(error: Exception) -> Response:
        return problem(error) if request.path.startswith(API) else shown(error)

    return say


def page(status: int, *, title: str = "", message: str = "", **context: object) -> Response:
    """The error page of *status*; the text somebody typed is handed back so that nothing is lost."""
    name = status if status in PAGES else 500
    context.setdefault("typed", _typed())
    if status in REFERRED and "reference" not in context:
        context["reference"] = _noted(status)
    body = render_template(
        [f"errors/{name}.html", "errors/500.html"],
        status=status, title=title, message=translated(message), back=_from_page(),
        **{"reference": "", "theirs": "", "yours": "", "fields": {}, "wait": 0, **context},
    )  # fmt: skip
    return make_response(body, status)


def _noted(status: int) -> str:
    """A reference that stands in the log beside where it happened, and on the page."""
    reference = secrets.token_hex(6)
    log.info("request_refused", reference=reference, status=status, endpoint=request.endpoint)
    return reference


def _from_page() -> str:
    """The page of ours whose form or link led here; nothing when it is unknown or elsewhere."""
    parts = urlsplit(request.referrer or "")
    if not parts.netloc or parts.netloc != request.environ.get("HTTP_HOST"):
        return ""
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")


def _typed() -> dict[str, str]:
    """Longer texts of the refused form, shown on the error page to be copied. Never secrets."""
    if request.method != "POST":
        return {}
    try:
        form = request.form
    except HTTPException:
        return {}
    hidden = ("csrf_token", "idempotency_key", "password", "code", "version", "proof")
    return {
        key: value
        for key, value in form.items()
        if key not in hidden and "password" not in key and len(value) > 2
    }


def _known(error: RedressError) -> Response:
    """An error of ours: its own words. A refused act goes back to the page it came from."""
    status = status_of(error)
    if isinstance(error, Unavailable):
        return _away(error)
    if isinstance(error, Refused) and not request.headers.get("HX-Request"):
        return _back_with(error)
    response = page(
        status,
        message="" if status == 404 else error.message,  # foreign and unknown are the same bytes
        theirs=getattr(error, "theirs", ""),
        yours=getattr(error, "yours", ""),
        fields=getattr(error, "fields", {}),
        wait=getattr(error, "retry_after", 0),
    )
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _away(error: Unavailable) -> Response:
    """A service is away: its own words are for the log, the page says what to do."""
    reference = secrets.token_hex(6)
    log.warning(
        "service_away", reference=reference, service=error.service, endpoint=request.endpoint
    )
    said = error.message if isinstance(error.message, Words) else ""
    response = page(503, message=said, reference=reference)
    response.headers["Retry-After"] = str(AWAY_FOR)
    return response


def _back_with(error: Refused) -> Response:
    """409 page that says why, what is possible instead, and keeps what was typed."""
    return page(409, message=error.message, allowed=_in_words(error.allowed))


def _in_words(allowed: Iterable[str]) -> list[str]:
    """What is possible instead, as its buttons say it; steps that people never press are left out."""
    known = {event.value: words for event, words in EVENT_WORDS.items()}
    return [translated(known[name]) for name in allowed if name in known]


def _csrf(_error: CSRFError) -> Response:
    """The form's token is missing or old: nothing was done, the text is kept.

    A fragment of somebody whose session ended leads to sign-in and back (B008).
    """
    if _session_ended() and not request.headers.get("HX-Request"):
        return page(401)
    if request.headers.get("HX-Request") and not current_actor().is_person:
        return to_signin()
    return page(
        403,
        message=_(
            "This form was open too long or came from elsewhere. Nothing was sent. Open the page again."
        ),
    )


def _session_ended() -> bool:
    """Whether somebody sent a form of a page that needs a session, and theirs is over: what they typed is kept."""
    view = current_app.view_functions.get(request.endpoint or "")
    found = policy_of(view) if view else None
    lost = own_session().had_cookie and not current_actor().is_person
    return lost and found is not None and found.access is not Access.PUBLIC


def _http(error: HTTPException) -> Response:
    """Flask's own errors in our clothes; redirects pass."""
    if error.code is None or error.code < 400:
        return error.get_response()
    response = page(error.code)
    for header in ("Allow", "Retry-After"):
        if header in error.get_response().headers:
            response.headers[header] = error.get_response().headers[header]
    return response


def _database(error: DBAPIError) -> Response:
    """The server is away: 503. Anything else the database refuses is a bug of ours."""
    known = known_of(error)
    return _known(known) if known else _bug(error)


def _bug(error: Exception) -> Response:
    """500 with a reference that is also in the log; never a trace."""
    reference = secrets.token_hex(6)
    log.error(
        "request_failed",
        reference=reference,
        endpoint=request.endpoint,
        kind=type(error).__name__,
        exc_info=error,
    )
    return page(500, reference=reference)
