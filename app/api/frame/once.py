"""`Idempotency-Key`: a POST with one makes one thing; the same call again is answered with the same answer (I16, B138, B162)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Response, request
from werkzeug.exceptions import BadRequest

from app.accounts.service.keys import Claim, StoredAnswer
from app.api.frame.context import bearer, services
from app.edge.access import View
from app.edge.once import HEADER, KEY_MOST, Once
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid

REPLAYED = "Idempotency-Replayed"
_MARK = "__redress_once__"


def once_per_key(view: View) -> View:
    """Decorator of a creating view, below its policy. Without a key the view runs as usual."""

    @wraps(view)
    def once(*args: Any, **values: Any) -> Any:
        key = request.headers.get(HEADER, "")
        if not key:
            return view(*args, **values)
        if len(key) > KEY_MOST:
            raise BadRequest
        claim = Claim(f"api:{bearer().person_id}", key, _digest())
        return Once(claim, services().clock, _again).run(lambda: view(*args, **values))

    setattr(once, _MARK, True)
    return cast("View", once)


def takes_key(view: Callable[..., Any]) -> bool:
    """Whether a view looks at the header."""
    return bool(getattr(view, _MARK, False))


def _digest() -> bytes:
    """SHA-256 over address and body."""
    parts = (request.method.encode(), request.full_path.encode(), request.get_data())
    return hashlib.sha256(b"\x00".join(parts)).digest()


def _again(claim: Claim, known: StoredAnswer) -> Response:
    if known.digest != claim.digest:
        raise Invalid(HEADER, "key_reused", _("This key was used for another call."))
    answer = Response(known.body or "", known.status, mimetype="application/json")
    if known.location:
        answer.headers["Location"] = known.location
    answer.headers[REPLAYED] = "true"
    return answer
