"""Evidence: the files of a case, one of them, and files on their way to the object store in signed parts."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Response, request, url_for

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs, spend
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.spec import WRITES, answers
from app.api.shapes import evidence as shapes
from app.cases.queries import case_by_ref
from app.edge.limits import UPLOADS
from app.edge.once import HEADER
from app.edge.sending import Download, send, stored_bytes
from app.evidence import service
from app.evidence.commands import AbortUpload, BeginUpload, CompleteUpload, SignParts
from app.evidence.queries import item_by_label, items_of
from app.evidence.queries.uploads import upload_by_id
from app.evidence.rules.uploads import UploadState
from app.evidence.service.custody import record_opening
from app.evidence.service.uploads import writing_side
from app.infra.db.transaction import transaction

TAG = "evidence"
_ADD, _OWN_ADD = Permission.EVIDENCE_ADD, Permission.PARTY_EVIDENCE_ADD
_OPEN, _OWN_OPEN = Permission.EVIDENCE_OPEN, Permission.PARTY_EVIDENCE_READ
Made = tuple[shapes.Upload, int, dict[str, str]]


@bp.get("/cases/<ref>/evidence")
@needs(Scope.EVIDENCE_READ, Permission.EVIDENCE_LIST, other=_OWN_OPEN, on="case")
@answers(shapes.EvidenceList, tag=TAG)
def evidence_list(ref: str) -> shapes.EvidenceList:
    """List the files of a case that the token's owner may know of."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        rows = items_of(tx, actor, case_by_ref(tx, actor, ref).id)
    return shapes.EvidenceList(items=[shapes.Evidence.of(row) for row in rows])


@bp.get("/cases/<ref>/evidence/<label>/file")
@needs(Scope.EVIDENCE_READ, _OPEN, other=_OWN_OPEN, on="case")
@answers(tag=TAG, files=("application/octet-stream",))
def evidence_file(ref: str, label: str) -> Response:
    """Download a file by its label. The opening is noted in its custody."""
    actor, ports = bearer(), services()
    with transaction(actor) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        found = item_by_label(tx, actor, case_id, label)
        opened = service.open_item(tx, case_id, found.id, actor)
    body = stored_bytes(ports.storage, opened.object_key, opened.object_version)
    if request.method != "HEAD":
        with transaction(actor) as tx:
            record_opening(tx, opened, actor, ports.clock)
    name = f"{opened.label} {opened.filename}"
    return send(Download(name, opened.size, opened.object_key, opened.object_version), body)


@bp.post("/cases/<ref>/uploads")
@needs(Scope.EVIDENCE_WRITE, _ADD, other=_OWN_ADD, on="case")
@once_per_key
@answers(shapes.Upload, status=201, tag=TAG, also=WRITES)
def upload_begin(ref: str, json: shapes.BeginUpload) -> Made:
    """Announce a file of a case: which parts it has.

    Then ask for signed addresses, PUT each part there, and say that it is complete.
    """
    actor = bearer()
    with transaction(actor) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        writing_side(tx, case_id, None, actor)
    return _begin(case_id, json)


@bp.post("/drafts/<uuid:draft_id>/uploads")
@needs(Scope.EVIDENCE_WRITE, _OWN_ADD, on="case")
@once_per_key
@answers(shapes.Upload, status=201, tag=TAG, also=WRITES)
def draft_upload_begin(draft_id: UUID, json: shapes.BeginUpload) -> Made:
    """Announce a file of a draft: which parts it has."""
    actor = bearer()
    with transaction(actor) as tx:
        writing_side(tx, draft_id, None, actor)
    return _begin(draft_id, json)


def _begin(case_id: UUID, json: shapes.BeginUpload) -> Made:
    """For who may add files there: nobody else's calls are counted, or told that they were."""
    actor, ports = bearer(), services()
    spend(UPLOADS, f"person:{actor.person_id}")
    key = request.headers.get(HEADER) or uuid4().hex
    command = BeginUpload(case_id, None, json.filename, json.type, json.size, 0, key)
    limit = ports.settings.large_upload_limit
    with transaction(actor) as tx:
        view = service.begin_upload(tx, command, ports.storage, limit, actor, ports.clock)
    where = {"Location": url_for("api.upload_show", upload_id=view.id)}
    return shapes.Upload.of(view), 201, where


@bp.get("/uploads/<uuid:upload_id>")
@needs(Scope.EVIDENCE_READ, _ADD, other=_OWN_ADD, on="case")
@answers(shapes.Upload, tag=TAG)
def upload_show(upload_id: UUID) -> shapes.Upload:
    """How a file on its way stands: ask again while it is checked."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        view = upload_by_id(tx, actor, upload_id)
    is_open = view.state is UploadState.OPEN
    return shapes.Upload.of(view, service.parts_safe(view, services().storage) if is_open else ())


@bp.post("/uploads/<uuid:upload_id>/parts")
@needs(Scope.EVIDENCE_WRITE, _ADD, other=_OWN_ADD, on="case")
@answers(shapes.SignedUploads, tag=TAG, also=WRITES)
def upload_sign(upload_id: UUID, json: shapes.SignParts) -> shapes.SignedUploads:
    """Addresses to PUT some parts to, each good for its checksum and a short while."""
    actor = bearer()
    wanted = tuple((one.number, one.sha256_base64) for one in json.parts)
    with transaction(actor) as tx:
        signed = service.sign_parts(tx, SignParts(upload_id, wanted), services().storage, actor)
    return shapes.SignedUploads(parts=[shapes.SignedUpload.of(one) for one in signed])


@bp.post("/uploads/<uuid:upload_id>/complete")
@needs(Scope.EVIDENCE_WRITE, _ADD, other=_OWN_ADD, on="case")
@answers(shapes.Upload, tag=TAG, also=WRITES)
def upload_complete(upload_id: UUID, json: shapes.CompleteUpload) -> shapes.Upload:
    """Say that all parts were sent: they are joined and checked. Sent twice, it answers how it stands."""
    actor, ports = bearer(), services()
    command = CompleteUpload(upload_id, json.sha256, tuple(json.parts_base64))
    with transaction(actor) as tx:
        view = service.complete_upload(tx, command, ports.storage, actor, ports.clock)
    return shapes.Upload.of(view)


@bp.post("/uploads/<uuid:upload_id>/abort")
@needs(Scope.EVIDENCE_WRITE, _ADD, other=_OWN_ADD, on="case")
@answers(shapes.Upload, tag=TAG, also=(409,))
def upload_abort(upload_id: UUID) -> shapes.Upload:
    """Take an unfinished file back."""
    actor, ports = bearer(), services()
    with transaction(actor) as tx:
        view = service.abort_upload(tx, AbortUpload(upload_id), ports.storage, actor, ports.clock)
    return shapes.Upload.of(view)
