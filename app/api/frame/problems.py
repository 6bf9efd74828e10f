"""The error table of HOUSE 5.4 as `application/problem+json` (RFC 9457): the same errors as the pages, nothing internal."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from flask import Response, jsonify, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.edge.requests import request_id
from app.edge.statuses import AWAY_FOR, known_of, status_of
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.errors import (
    Invalid,
    InvalidMany,
    NotFound,
    RedressError,
    Refused,
    Stale,
    TooMany,
    Unavailable,
)

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
PRECONDITION_FAILED = 412
_KEPT = ("Allow", "Retry-After", "WWW-Authenticate")
_WORDS: dict[int, Any] = {
    400: __("This request is not well formed."),
    401: __("Send a token that is good now: Authorization: Bearer rdt_…"),
    403: __("The person behind this token may not do that."),
    404: __("There is nothing here, or not for this token."),
    405: __("This address does not know that method."),
    409: __("That is not possible as things stand."),
    412: __("Somebody changed it first. Read it again."),
    413: __("That is too long."),
    415: __("Send JSON: Content-Type: application/json."),
    422: __("Something in this request cannot be used."),
    428: __("Send If-Match with the ETag that you read."),
    429: __("Too many calls."),
    500: __("Something went wrong on our side. Nothing was changed."),
    503: __("A service that this needs is away. Trying again is safe."),
}


def render(error: Exception) -> BaseResponse:
    """The answer for any error."""
    if isinstance(error, DBAPIError) and (known := known_of(error)) is not None:
        error = known
    if isinstance(error, RedressError):
        return _known(error)
    if isinstance(error, HTTPException):
        return _http(error)
    log.error(
        "request_failed",
        reference=request_id(),
        endpoint=request.endpoint,
        kind=type(error).__name__,
        exc_info=error,
    )
    return _problem(500, "error", reference=request_id())


def _known(error: RedressError) -> BaseResponse:
    """Our own words. Foreign and unknown are the same bytes; a service's own words are for the log."""
    if isinstance(error, NotFound):
        return _problem(404, NotFound.code)
    if isinstance(error, Unavailable):
        log.warning("service_away", reference=request_id(), service=error.service)
        answer = _problem(503, error.code)
        answer.headers["Retry-After"] = str(AWAY_FOR)
        return answer
    # On pages a stale form is 409; here the version came in If-Match (DECISIONS 12).
    status = PRECONDITION_FAILED if isinstance(error, Stale) else status_of(error)
    answer = _problem(status, error.code, error.message, **_more(error))
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _more(error: RedressError) -> dict[str, Any]:
    """What a program can act on: fields that are wrong, what is possible instead."""
    if isinstance(error, Refused):
        return {"allowed": list(error.allowed)} if error.allowed else {}
    if isinstance(error, InvalidMany):
        return {"errors": [_field(one) for one in error.errors]}
    return {"errors": [_field(error)]} if isinstance(error, Invalid) else {}


def _field(error: Invalid) -> dict[str, str]:
    return {"field": error.field, "code": error.code, "message": translated(error.message)}


def _http(error: HTTPException) -> BaseResponse:
    """What the framework refused; redirects pass."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    answer = _problem(error.code, HTTPStatus(error.code).name.lower())
    for header in _KEPT:
        for value in error.get_response().headers.getlist(header):
            answer.headers.add(header, value)
    return answer


def _problem(status: int, code: str, message: Any = "", **more: Any) -> Response:
    words = str(translated(message) if message else _WORDS.get(status, ""))
    body = {
        "type": f"urn:redress:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": words,
        **more,
    }
    answer = jsonify(body)
    answer.status_code, answer.mimetype = status, MEDIA_TYPE
    return answer
