"""Where browsers report what the content policy stopped; counted, without identifiers (DECISIONS 10)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request

from app.accounts.service.reports import count_report
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import TooMany
from app.web.account.face import bp
from app.web.shared import csrf
from app.web.shared.context import services
from app.web.shared.policy import public
from app.web.shared.ratelimit import REPORTS, client_address, spend

_MOST_BYTES = 16_000
_MOST_REPORTS = 20
_IDENTIFIER = re.compile(r"(?<=/)(?=[^/]*\d)[^/]{6,}")


@bp.post("/csp-report")
@public()
@csrf.exempt
def csp_report() -> Response:
    """Take a report in either of the two shapes browsers send; the answer is always empty."""
    try:
        spend((REPORTS, client_address()))
    except TooMany:
        return Response(status=429, headers={"Retry-After": "60"})
    if request.content_length is None or request.content_length > _MOST_BYTES:
        return Response(status=413)
    found = _reports(request.get_data(cache=False))
    with transaction(Actor.system("web:csp")) as tx:
        for body in found[:_MOST_REPORTS]:
            count_report(tx, *_words(body), services().clock)
    return Response(status=204)


def _reports(raw: bytes) -> list[dict[str, Any]]:
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    if isinstance(parsed, dict):
        parsed = [{"body": parsed.get("csp-report", parsed)}]
    if not isinstance(parsed, list):
        return []
    bodies = [item.get("body") for item in parsed if isinstance(item, dict)]
    return [body for body in bodies if isinstance(body, dict)]


def _words(body: dict[str, Any]) -> tuple[str, str, str]:
    """Directive, origin of what was blocked, path of the page without identifiers."""
    directive = _text(body, "effective-directive", "effectiveDirective", "violated-directive")
    blocked = _text(body, "blocked-uri", "blockedURL")
    page = urlsplit(_text(body, "document-uri", "documentURL")).path
    parts = urlsplit(blocked)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else blocked
    return directive[:60], origin[:200], _IDENTIFIER.sub("…", page)[:200]


def _text(body: dict[str, Any], *names: str) -> str:
    found = next((body[name] for name in names if isinstance(body.get(name), str)), "")
    return str(found).replace("\x00", "").strip() or "unknown"
