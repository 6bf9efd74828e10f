"""Everything of a case in one file: asked for, packed by a job, fetched within a week by whoever asked."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template
from werkzeug.wrappers import Response

from app.accounts.rules import Permission, may
from app.casefiles.commands import AskForFile
from app.casefiles.queries import file_by_id, newest_file
from app.casefiles.rules import LIFE
from app.casefiles.service import ask_for_file
from app.casefiles.service.asking import log_fetch
from app.cases.queries import case_by_ref
from app.edge.limits import EXPORTS
from app.edge.sending import Download, send, stored_bytes
from app.infra.db.transaction import transaction
from app.kernel.errors import NotFound
from app.web.files.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.ratelimit import spend

_OPEN, _OWN = Permission.EVIDENCE_OPEN, Permission.PARTY_EVIDENCE_READ


@bp.get("/files/cases/<ref>/copy")
@policy(_OPEN, on="case", other=_OWN)
def case_file(ref: str) -> str:
    """What would be in it, how far it is, and the link while it may be fetched."""
    actor, clock = current_actor(), services().clock
    with transaction(actor) as tx:
        case = case_by_ref(tx, actor, ref)
        row = newest_file(tx, actor, case.id, clock)
    face = "/desk/cases/" if may(actor, Permission.CASE_READ) else "/cases/"
    return render_template(
        "files/case_file.html", case=case, row=row, days=LIFE.days, back=f"{face}{case.ref}"
    )


@bp.post("/files/cases/<ref>/copy")
@policy(_OPEN, on="case", other=_OWN)
@once_per_key
def ask_case_file(ref: str) -> Response:
    """Have it packed; a second press waits for the same one."""
    actor, clock = current_actor(), services().clock
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
    spend((EXPORTS, f"casefile:{actor.person_id}"))
    with transaction(actor) as tx:
        ask_for_file(tx, AskForFile(case.id), actor, clock)
    return redirect(f"/files/cases/{case.ref}/copy", 303)


@bp.get("/files/cases/<ref>/copy/<uuid:file_id>")
@policy(_OPEN, on="case", other=_OWN)
def fetch_case_file(ref: str, file_id: UUID) -> Response:
    """The bytes, while they are theirs to read; written down before the first one leaves."""
    actor, clock = current_actor(), services().clock
    with transaction(actor) as tx:
        case = case_by_ref(tx, actor, ref)
        row = file_by_id(tx, actor, case.id, file_id, clock)
    if not row.can_fetch:
        raise NotFound(str(file_id))
    body = stored_bytes(services().storage, row.storage_key, "")
    with transaction(actor) as tx:
        log_fetch(tx, case.id, row.id, row.sha256, actor, clock)
    name = f"{case.ref} {row.asked_at:%Y-%m-%d}.zip"
    return send(Download(name, row.size, row.storage_key, type="application/zip"), body)
