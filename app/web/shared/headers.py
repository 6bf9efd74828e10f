"""Security headers on every answer, whatever its status (RELIABILITY G, UX section 2, DECISIONS 10)."""

from __future__ import annotations

import secrets
from functools import cache
from urllib.parse import urlsplit

from flask import Flask, g
from flask.wrappers import Response

from app.web.shared.context import services

REPORT_PATH = "/csp-report"
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(self), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), payment=(), usb=()",
    "Reporting-Endpoints": f'csp="{REPORT_PATH}"',
    "Cache-Control": "no-store",
}
_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Set the headers after every request; a view may set its own, stricter policy first."""
    app.after_request(_set_headers)
    app.jinja_env.globals["style_nonce"] = style_nonce


def style_nonce() -> str:
    """A nonce for the one style element of the waveform; pages that do not ask get none."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
    return str(g.style_nonce)


def content_policy(store: str = "", nonce: str = "") -> str:
    """The policy of a page. *store*: origin of the object store, the only other origin there is."""
    also = f" {store}" if store else ""
    style = f" 'nonce-{nonce}'" if nonce else ""
    parts = (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self'{style}",
        f"img-src 'self' blob:{also}",
        f"media-src 'self' blob:{also}",
        "font-src 'self'",
        f"connect-src 'self'{also}",
        "worker-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        f"report-uri {REPORT_PATH}",
        "report-to csp",
    )
    return "; ".join(parts)


@cache
def _plain_policy(store: str) -> str:
    """Of nearly every page, so made once."""
    return content_policy(store)


def _set_headers(response: Response) -> Response:
    settings = services().settings
    store = _origin(settings.s3_public_url or settings.s3_endpoint)
    nonce = g.get("style_nonce", "")
    policy = content_policy(store, nonce) if nonce else _plain_policy(store)
    stricter = {name.lower() for name, _ in response.headers}
    for name, value in (*_FIXED.items(), ("Content-Security-Policy", policy)):
        if name.lower() not in stricter:
            response.headers.add(name, value)
    if settings.secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
    response.vary.add("Cookie")
    return response


@cache
def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
