"""One id a request: in each line of the log about it, in the jobs that it causes and their lines, in the answer's header."""

from __future__ import annotations

import secrets
import time

import structlog
from flask import Flask, Response, g, request

from app.infra.counters import REQUESTS, SECONDS, SIGN_INS_FAILED
from app.infra.jobs import REQUEST

log = structlog.get_logger()
HEADER = "X-Request-Id"
_QUIET = ("/static/", "/livez", "/readyz", "/metrics")
"""Asked all the time and told nowhere."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SIGN_INS = {
    "/signin/code": "code", "/signin/link/<token>": "link", "/signin/password": "password", "/signin/second": "second",
}  # fmt: skip
FAILED = 400


def init_app(app: Flask) -> None:
    """Before everything else of a request, and after it."""
    app.before_request(_bind)
    app.after_request(_say)
    app.teardown_request(_unbind)


def request_id() -> str:
    """The id of this request. Never one that came from outside: it would be somebody's text in our log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def _bind() -> None:
    g.request_began = time.monotonic()
    structlog.contextvars.bind_contextvars(**{REQUEST: request_id()})


def _say(response: Response) -> Response:
    """The header, and one line: the template of the address, never what stands in it."""
    response.headers[HEADER] = request_id()
    if not request.path.startswith(_QUIET):
        rule = request.url_rule.rule if request.url_rule else ""
        took = time.monotonic() - g.get("request_began", time.monotonic())
        method = request.method if request.method in METHODS else "other"
        status = response.status_code
        log.info("request", method=method, route=rule, status=status, ms=round(took * 1000))
        REQUESTS.labels(method, rule, str(status)).inc()
        SECONDS.labels(rule).observe(took)
        if method == "POST" and rule in SIGN_INS and status >= FAILED:
            SIGN_INS_FAILED.labels(SIGN_INS[rule]).inc()
    return response


def _unbind(_error: BaseException | None = None) -> None:
    structlog.contextvars.unbind_contextvars(REQUEST)
