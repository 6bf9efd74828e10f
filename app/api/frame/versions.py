"""ETags: a hash of what this reader is shown, so that nothing of the other side can be told from one (B144, B161).

A number that counts changes would move when the other side does something; what is shown does not.
"""

from __future__ import annotations

import hashlib

from flask import Response, request
from pydantic import BaseModel
from werkzeug.exceptions import PreconditionRequired

from app.infra.i18n import gettext as _
from app.kernel.errors import Stale

_HEX = 32


def etag_of(body: bytes) -> str:
    """The mark of an answer."""
    return hashlib.sha256(body).hexdigest()[:_HEX]


def require_seen(now: BaseModel) -> None:
    """The caller changes what they have read: `If-Match` names what stands there now.

    Raises `PreconditionRequired` without the header (or with `*`), `Stale` when it names something else.
    """
    wanted = request.if_match
    if not wanted or wanted.star_tag:
        raise PreconditionRequired
    if not wanted.contains(etag_of(now.model_dump_json().encode())):
        raise Stale(_("Somebody changed it first. Read it again."))


def mark(response: Response) -> Response:
    """After each call: what was answered has its mark, and who has it already is told so (304)."""
    if response.status_code in {200, 201} and response.mimetype == "application/json":
        response.set_etag(etag_of(response.get_data()))
        if request.method in {"GET", "HEAD"}:
            response.make_conditional(request)
    return response
