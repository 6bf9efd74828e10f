"""Large files in parts, for the pages' script: JSON in, JSON out, the bytes go to the store.

Whose upload it is decides the scoped query behind each call; foreign and unknown are the same 404.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import jsonify, request
from werkzeug.wrappers import Response

from app.accounts.rules import Permission
from app.edge.limits import UPLOADS
from app.edge.statuses import status_of
from app.evidence import service
from app.evidence.commands import AbortUpload, BeginUpload, CompleteUpload, SignParts
from app.evidence.queries.uploads import UploadView, upload_by_id, uploads_of
from app.evidence.rules.admission import Reason
from app.evidence.rules.uploads import Trouble, UploadState
from app.evidence.service.intake import refusal
from app.evidence.service.uploads import PartsMissing, writing_side
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import NotFound, RedressError
from app.web.files.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.filters import when_words
from app.web.shared.policy import policy
from app.web.shared.ratelimit import spend
from app.web.shared.shell import pick_locale

View = TypeVar("View", bound=Callable[..., Any])

PARTS_AT_ONCE = 16
_ADD, _OWN_ADD = Permission.EVIDENCE_ADD, Permission.PARTY_EVIDENCE_ADD


def in_json(view: View) -> View:
    """Decorator: a known error is answered as JSON with its own words, and nothing else changes."""

    @wraps(view)
    def answer(*args: Any, **values: Any) -> Any:
        try:
            return view(*args, **values)
        except RedressError as error:
            hidden = isinstance(error, NotFound)
            body: dict[str, Any] = {
                "code": error.code,
                "message": "" if hidden else str(error.message),
            }
            if isinstance(error, PartsMissing):
                body["missing"] = error.missing
            return jsonify(body), status_of(error)

    return cast("View", answer)


@bp.get("/uploads/cases/<uuid:case_id>")
@policy(_ADD, on="case", other=_OWN_ADD)
@in_json
def uploads_list(case_id: UUID) -> Response:
    """What the reader has on its way in this case, with the parts that are safe."""
    actor, ports = current_actor(), services()
    with transaction(actor) as tx:
        writing_side(tx, case_id, None, actor)
        views = uploads_of(tx, actor, case_id, ports.clock)
    return jsonify(uploads=[_shown(view, parts=True) for view in views])


@bp.post("/uploads/cases/<uuid:case_id>")
@policy(_ADD, on="case", other=_OWN_ADD)
@in_json
def upload_begin(case_id: UUID) -> Response:
    """Announce a file: which parts, how large, what is safe already."""
    actor, ports = current_actor(), services()
    with transaction(actor) as tx:
        writing_side(tx, case_id, None, actor)
    given = _given()
    command = BeginUpload(
        case_id, None, _text(given, "name"), _text(given, "type"), _number(given, "size"),
        _number(given, "modified"), _text(given, "key"),
    )  # fmt: skip
    spend((UPLOADS, f"person:{actor.person_id}"))
    limit = ports.settings.large_upload_limit
    with transaction(actor) as tx:
        view = service.begin_upload(tx, command, ports.storage, limit, actor, ports.clock)
    return jsonify(_shown(view, parts=True))


@bp.get("/uploads/<uuid:upload_id>")
@policy(_ADD, on="case", other=_OWN_ADD)
@in_json
def upload_show(upload_id: UUID) -> Response:
    """How it stands: asked while it is checked."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        view = upload_by_id(tx, actor, upload_id)
    return jsonify(_shown(view, parts=view.state is UploadState.OPEN))


@bp.post("/uploads/<uuid:upload_id>/parts")
@policy(_ADD, on="case", other=_OWN_ADD)
@in_json
def upload_sign(upload_id: UUID) -> Response:
    """Addresses for a few parts, each for its checksum."""
    actor, ports = current_actor(), services()
    wanted = _given().get("parts")
    pairs = [
        (_number(one, "number"), _text(one, "checksum"))
        for one in (wanted if isinstance(wanted, list) else [])[:PARTS_AT_ONCE]
        if isinstance(one, dict)
    ]
    with transaction(actor) as tx:
        signed = service.sign_parts(tx, SignParts(upload_id, tuple(pairs)), ports.storage, actor)
    return jsonify(
        parts=[
            {"number": one.number, "url": one.url, "headers": dict(one.headers)} for one in signed
        ]
    )


@bp.post("/uploads/<uuid:upload_id>/complete")
@policy(_ADD, on="case", other=_OWN_ADD)
@in_json
def upload_complete(upload_id: UUID) -> Response:
    """All parts were sent: join them and check the whole."""
    actor, ports, given = current_actor(), services(), _given()
    sums = given.get("checksums")
    checksums = tuple(map(str, sums)) if isinstance(sums, list) else ()
    command = CompleteUpload(upload_id, _text(given, "sha256"), checksums)
    with transaction(actor) as tx:
        view = service.complete_upload(tx, command, ports.storage, actor, ports.clock)
    return jsonify(_shown(view))


@bp.post("/uploads/<uuid:upload_id>/abort")
@policy(_ADD, on="case", other=_OWN_ADD)
@in_json
def upload_abort(upload_id: UUID) -> Response:
    """Take it back."""
    actor, ports = current_actor(), services()
    with transaction(actor) as tx:
        view = service.abort_upload(tx, AbortUpload(upload_id), ports.storage, actor, ports.clock)
    return jsonify(_shown(view))


def _shown(view: UploadView, *, parts: bool = False) -> dict[str, Any]:
    """An upload as the script reads it."""
    storage = services().storage
    return {
        "id": str(view.id),
        "name": view.filename,
        "size": view.size,
        "modified": view.modified,
        "part_size": view.part_size,
        "count": view.count,
        "state": view.state.value,
        "safe": list(service.parts_safe(view, storage)) if parts else [],
        "item": str(view.item_id) if view.item_id else "",
        "label": view.label,
        "message": words_of(view),
    }


def words_of(view: UploadView) -> str:
    """What to say of an upload that is over; empty while it goes on."""
    if view.state is UploadState.RECEIVED and view.duplicate_of:
        assert view.duplicate_at is not None
        when = when_words(view.duplicate_at, pick_locale(), current_actor().zone)
        return _(
            "The same file as %(label)s, added on %(when)s.", label=view.duplicate_of, when=when
        )
    if view.state is not UploadState.REFUSED:
        return ""
    if view.reason in set(Reason):
        limit = services().settings.large_upload_limit
        return refusal(Reason(view.reason), view.filename, limit)
    return {
        Trouble.OTHER_BYTES: _("What arrived is not the file you chose: it changed meanwhile. Choose it again."),
        Trouble.CASE_CLOSED: _("This case was closed before the file was checked, so it was not taken."),
        Trouble.TOO_MANY_FILES: _("This case has as many files as it takes. Put several files into one ZIP."),
        Trouble.NOT_ALLOWED: _("You may no longer add files to this case, so it was not taken."),
    }.get(Trouble(view.reason), _("We could not check this file. Choose it again."))  # fmt: skip


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    return value[:500] if isinstance(value, str) else ""


def _number(given: dict[str, Any], name: str) -> int:
    """A whole number as the script sends it; what is none counts as nothing (a boolean is none)."""
    value = given.get(name)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
    return int(value) if fits and value is not None else 0
