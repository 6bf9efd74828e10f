"""The only way a stored file leaves: scope first, then the opening is noted, then the bytes follow.

Always an attachment that no browser may run: octet-stream, nosniff, sandbox (B021-B024, A2 18-19).
"""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Response, request

from app.accounts.rules import Permission, may
from app.cases.queries import case_by_ref
from app.edge.sending import Download, send, stored_bytes
from app.evidence.queries import item_by_label
from app.evidence.service.custody import OpenedItem, open_item, record_opening
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden, NotFound
from app.letters.queries import letter_view
from app.web.files.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy

_READERS = (Permission.PARTY_LETTER_READ, Permission.LETTER_READ, Permission.AUDIT_READ)


def register(app: Flask) -> None:
    """Add the downloads, and uploads in parts."""
    from app.web.files import case_file, uploads

    del case_file, uploads
    app.jinja_env.globals["large_upload_limit"] = _large_upload_limit
    app.register_blueprint(bp)


def _large_upload_limit() -> int:
    """Bytes of a file in parts: said on the page before anybody chooses one."""
    return int(services().settings.large_upload_limit)


@bp.get("/files/cases/<ref>/evidence/<label>")
@policy(Permission.EVIDENCE_OPEN, on="case", other=Permission.PARTY_EVIDENCE_READ)
def evidence(ref: str, label: str) -> Response:
    """An exhibit by its label, as this reader calls it."""
    actor = current_actor()
    with transaction(actor) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        opened = open_item(tx, case_id, item_by_label(tx, actor, case_id, label).id, actor)
    return _evidence(opened, actor)


@bp.get("/cases/<ref>/evidence/<uuid:item_id>")
@policy(Permission.EVIDENCE_OPEN, on="case", other=Permission.PARTY_EVIDENCE_READ)
def case_evidence(ref: str, item_id: UUID) -> Response:
    """An exhibit by its id: the links of a party's pages."""
    actor = current_actor()
    with transaction(actor) as tx:
        opened = open_item(tx, case_by_ref(tx, actor, ref).id, item_id, actor)
    return _evidence(opened, actor)


@bp.get("/files/drafts/<uuid:draft_id>/evidence/<uuid:item_id>")
@policy(Permission.EVIDENCE_OPEN, on="case", other=Permission.PARTY_EVIDENCE_READ)
def draft_evidence(draft_id: UUID, item_id: UUID) -> Response:
    """A file of a draft, which has no reference yet."""
    actor = current_actor()
    with transaction(actor) as tx:
        opened = open_item(tx, draft_id, item_id, actor)
    return _evidence(opened, actor)


@bp.get("/files/cases/<ref>/letters/<uuid:letter_id>")
@policy(Permission.LETTER_READ, on="case", other=Permission.PARTY_LETTER_READ)
def letter(ref: str, letter_id: UUID) -> Response:
    """The stored bytes of a letter."""
    return _letter(ref, letter_id)


@bp.get("/cases/<ref>/letters/<uuid:letter_id>")
@policy(Permission.LETTER_READ, on="case", other=Permission.PARTY_LETTER_READ)
def case_letter(ref: str, letter_id: UUID) -> Response:
    """The stored bytes of a letter: the links of a party's pages."""
    return _letter(ref, letter_id)


@bp.get("/files/audit/cases/<ref>/evidence/<label>")
@policy(Permission.AUDIT_READ, on="case")
def audited_evidence(ref: str, label: str) -> Response:
    """An exhibit for an auditor, by the desk's label."""
    return evidence(ref, label)


@bp.get("/files/audit/cases/<ref>/letters/<uuid:letter_id>")
@policy(Permission.AUDIT_READ, on="case")
def audited_letter(ref: str, letter_id: UUID) -> Response:
    """The stored bytes of a letter for an auditor."""
    return _letter(ref, letter_id)


@bp.get("/files/cases/<ref>/letters/<uuid:letter_id>/proof")
@policy(Permission.LETTER_READ, on="case")
def letter_proof(ref: str, letter_id: UUID) -> Response:
    """The newest print of a draft, for the desk alone."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        view = letter_view(tx, actor, letter_id)
    row = view.row
    if row.case_id != case_id or row.number or not view.proof_key:
        raise NotFound("letter")
    what = Download(f"proof-{ref}.pdf", row.proof_size, view.proof_key, type="application/pdf")
    return send(what, stored_bytes(services().storage, view.proof_key, ""))


def _evidence(opened: OpenedItem, actor: Actor) -> Response:
    """Note the opening, then stream. An auditor's own transaction writes nothing, so the house notes it."""
    body = stored_bytes(services().storage, opened.object_key, opened.object_version)
    if request.method != "HEAD":
        writer = Actor.system("web:files") if actor.has(Role.AUDITOR) else actor
        with transaction(writer) as tx:
            record_opening(tx, opened, actor, services().clock)
    name = f"{opened.label} {opened.filename}"
    return send(Download(name, opened.size, opened.object_key, opened.object_version), body)


def _letter(ref: str, letter_id: UUID) -> Response:
    actor = current_actor()
    if not any(may(actor, permission) for permission in _READERS):
        raise Forbidden(Permission.LETTER_READ.value, code="permission")
    with transaction(actor, read_only=True) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        view = letter_view(tx, actor, letter_id)
    if view.row.case_id != case_id or not view.storage_key or not view.row.is_readable:
        raise NotFound("letter")
    name = f"{view.row.number}.pdf"
    body = stored_bytes(services().storage, view.storage_key, "")
    return send(Download(name, view.row.size, view.storage_key, type="application/pdf"), body)
