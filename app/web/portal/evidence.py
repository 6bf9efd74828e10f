"""Evidence of the case page: add by a plain form post, take back before anybody relies on it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect
from werkzeug.wrappers import Response

from app.accounts.rules import Permission
from app.cases.queries import case_by_ref
from app.evidence.commands import WithdrawItem
from app.evidence.service import withdraw_item
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.web.portal.cases import case_page
from app.web.portal.face import bp
from app.web.portal.files import posted_files, receive_posted
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.uploads import receives_files


@bp.post("/cases/<ref>/evidence")
@policy(Permission.PARTY_EVIDENCE_ADD, on="case")
@receives_files
@once_per_key
def add_evidence(ref: str) -> Response | tuple[str, int]:
    """Keep each file of the form on the side of the reader."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
    problems = receive_posted(case.id, case.side)
    if problems:
        return case_page(ref, problems=problems), 422
    flash(
        ngettext(
            "Your file is safe with us.", "%(num)s files are safe with us.", len(posted_files())
        )
    )
    return redirect(f"/cases/{case.ref}#evidence-title", 303)


@bp.post("/cases/<ref>/evidence/<uuid:item_id>/withdraw")
@policy(Permission.PARTY_EVIDENCE_ADD, on="case")
def withdraw_evidence(ref: str, item_id: UUID) -> Response:
    """Mark a file as taken back; it stays in the record."""
    actor = current_actor()
    with transaction(actor) as tx:
        case = case_by_ref(tx, actor, ref)
        withdraw_item(tx, WithdrawItem(case.id, item_id), actor, services().clock)
    flash(_("Marked as taken back. The record keeps that it was there."))
    return redirect(f"/cases/{case.ref}#evidence-title", 303)
