"""Creating forms carry a key, so that a double press, a reload or a retry makes one thing (I16, B138).

The key is claimed inside the view's own transaction just before its commit: effect and key live or
die together. A second request with the same key gets the first one's answer.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, has_request_context, make_response, redirect, request
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.accounts.service import keys
from app.accounts.service.keys import Claim, StoredAnswer
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, Refused
from app.web.shared.context import current_actor, services
from app.web.shared.session import own_session

View = TypeVar("View", bound=Callable[..., Any])

FIELD = "idempotency_key"
HEADER = "Idempotency-Key"
_SYSTEM = Actor.system("web:keys")
_NOT_HASHED = frozenset({FIELD, "csrf_token"})
_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)
_BODY_KEPT = 200_000


def once_per_key(view: View) -> View:
    """Decorator of a creating view, below its policy. Without a key the view runs as usual."""

    @wraps(view)
    def once(*args: Any, **values: Any) -> Any:
        claim = _claim()
        if claim is None:
            return view(*args, **values)
        if (known := _look_up(claim)) is not None:
            return _answer_again(claim, known)
        return _run(claim, lambda: view(*args, **values))

    return cast("View", once)


def _claim() -> Claim | None:
    key = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not key:
        return None
    if len(key) > 255:
        raise BadRequest
    person = current_actor().person_id
    session = own_session().row
    client = f"person:{person}" if person else f"session:{session.id if session else ''}"
    return Claim(client, key, _digest())


def _digest() -> bytes:
    """SHA-256 over address and fields; files count by name and size."""
    parts = [request.method, request.full_path]
    parts += sorted(
        f"{name}={value}"
        for name, value in request.form.items(multi=True)
        if name not in _NOT_HASHED
    )
    for name, upload in sorted(request.files.items(multi=True), key=_file_name):
        size = upload.stream.seek(0, 2)
        upload.stream.seek(0)
        parts.append(f"{name}={upload.filename}:{size}")
    return hashlib.sha256("\x00".join(parts).encode()).digest()


def _file_name(one: tuple[str, FileStorage]) -> tuple[str, str]:
    """Field and name: several files of one field have an order, too."""
    return one[0], one[1].filename or ""


def _run(claim: Claim, view: Callable[[], Any]) -> Response:
    """Run the view. When it fails because the first request was quicker, that one's answer counts."""
    g.idempotency_claim, g.idempotency_claimed = claim, False
    try:
        response = cast("Response", make_response(view()))
    except Exception:
        if g.idempotency_claimed or _look_up(claim) is None:
            raise
        return _wait_for(claim)
    finally:
        g.idempotency_claim = None
    if response.status_code >= 400 and not g.idempotency_claimed and _look_up(claim) is not None:
        return _wait_for(claim)
    _keep(claim, response)
    return response


def _keep(claim: Claim, response: Response) -> None:
    if response.status_code >= 400 or not g.idempotency_claimed:
        return
    body = None
    if not response.location and not response.is_streamed:
        body = response.get_data(as_text=True)[:_BODY_KEPT]
    with transaction(_SYSTEM) as tx:
        keys.store_answer(tx, claim, response.status_code, response.location, body)


def _look_up(claim: Claim) -> StoredAnswer | None:
    with transaction(_SYSTEM, read_only=True) as tx:
        return keys.stored_answer(tx, claim, services().clock)


def _wait_for(claim: Claim) -> Response:
    """The first request committed a moment ago; its answer follows."""
    known = None
    for pause in _WAITS:
        known = _look_up(claim)
        if known is not None and known.status is not None:
            break
        time.sleep(pause)
    if known is None:
        raise Refused("in_progress", _("This was sent already and is being worked on."))
    return _answer_again(claim, known)


def _answer_again(claim: Claim, known: StoredAnswer) -> Response:
    if known.digest != claim.digest:
        raise Invalid(FIELD, "key_reused", _("This form was sent before with other content."))
    if known.status is None:
        raise Refused("in_progress", _("This was sent already and is being worked on."))
    if known.location:
        return redirect(known.location, known.status)
    return Response(known.body or "", known.status, content_type="text/html; charset=utf-8")


@event.listens_for(Session, "before_commit")
def _claim_with_effect(session: Session) -> None:
    """Store the claimed key in the transaction of the view, if that transaction changed anything."""
    if not has_request_context():
        return
    claim = g.get("idempotency_claim")
    actor = session.info.get("actor")
    if claim is None or actor is None or actor.is_system or session.info.get("read_only"):
        return
    if keys.claim_key(session, claim, services().clock):
        g.idempotency_claim, g.idempotency_claimed = None, True
