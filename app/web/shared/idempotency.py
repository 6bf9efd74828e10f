"""Creating forms carry a key, so that a double press, a reload or a retry makes one thing (I16, B138)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.accounts.service.keys import Claim, StoredAnswer
from app.edge.once import HEADER, KEY_MOST, Once
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid
from app.web.shared.context import current_actor, services
from app.web.shared.session import own_session

View = TypeVar("View", bound=Callable[..., Any])

FIELD = "idempotency_key"
_NOT_HASHED = frozenset({FIELD, "csrf_token"})


def once_per_key(view: View) -> View:
    """Decorator of a creating view, below its policy. Without a key the view runs as usual."""

    @wraps(view)
    def once(*args: Any, **values: Any) -> Any:
        claim = _claim()
        if claim is None:
            return view(*args, **values)
        return Once(claim, services().clock, _answer_again).run(lambda: view(*args, **values))

    return cast("View", once)


def _claim() -> Claim | None:
    key = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not key:
        return None
    if len(key) > KEY_MOST:
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


def _answer_again(claim: Claim, known: StoredAnswer) -> Response:
    if known.digest != claim.digest:
        raise Invalid(FIELD, "key_reused", _("This form was sent before with other content."))
    if known.location:
        return redirect(known.location, known.status or 303)
    return Response(known.body or "", known.status, content_type="text/html; charset=utf-8")
