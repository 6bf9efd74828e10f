"""The error table of HOUSE 5.4 rendered as pages: one plain sentence, the way on, nothing internal."""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.infra.i18n import gettext as _
from app.kernel.errors import (
    Forbidden,
    Invalid,
    NotFound,
    RedressError,
    Refused,
    Stale,
    TooMany,
    Unavailable,
)
from app.web.shared.context import current_actor
from app.web.shared.policy import to_signin

log = structlog.get_logger()
PAGES = frozenset({400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 428, 429, 431, 500, 503})
STATUS: dict[type[RedressError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Invalid: 422,
    Refused: 409,
    Stale: 409,
    TooMany: 429,
    Unavailable: 503,
}


def init_app(app: Flask) -> None:
    """Register one handler per kind of error."""
    app.register_error_handler(RedressError, _known)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _bug)


def status_of(error: RedressError) -> int:
    """The HTTP status of a known error."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def page(status: int, *, title: str = "", message: str = "", **context: object) -> Response:
    """The error page of *status*; the text somebody typed is handed back so that nothing is lost."""
    name = status if status in PAGES else 500
    context.setdefault("typed", _typed())
    body = render_template(
        [f"errors/{name}.html", "errors/500.html"],
        status=status, title=title, message=message, **{"reference": "", "theirs": "", "yours": "", **context},
    )  # fmt: skip
    return make_response(body, status)


def _typed() -> dict[str, str]:
    """Longer texts of the refused form, shown on the error page to be copied. Never secrets."""
    if request.method != "POST":
        return {}
    try:
        form = request.form
    except HTTPException:
        return {}
    hidden = ("csrf_token", "idempotency_key", "password", "code", "version")
    return {
        key: value
        for key, value in form.items()
        if key not in hidden and "password" not in key and len(value) > 2
    }


def _known(error: RedressError) -> Response:
    """An error of ours: its own words. A refused act goes back to the page it came from."""
    status = status_of(error)
    if isinstance(error, Refused) and not request.headers.get("HX-Request"):
        return _back_with(error)
    response = page(
        status,
        message="" if status == 404 else error.message,  # foreign and unknown are the same bytes
        theirs=getattr(error, "theirs", ""),
        yours=getattr(error, "yours", ""),
    )
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = "10"
    return response


def _back_with(error: Refused) -> Response:
    """409 page that says why, what is possible instead, and keeps what was typed."""
    return page(409, message=error.message, allowed=error.allowed)


def _csrf(_error: CSRFError) -> Response:
    """The form's token is missing or old: nothing was done, the text is kept.

    A fragment of somebody whose session ended leads to sign-in and back (B008).
    """
    if request.headers.get("HX-Request") and not current_actor().is_person:
        return to_signin()
    return page(
        403,
        message=_(
            "This form was open too long or came from elsewhere. Nothing was sent. Open the page again."
        ),
    )


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
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return _known(Unavailable("database"))
    return _bug(error)


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
