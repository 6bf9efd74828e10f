"""A1, step 4: files by a plain form post; each is stored, hashed and checked before we say it is there."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template
from werkzeug.wrappers import Response

from app.accounts.rules import Permission
from app.evidence.commands import WithdrawItem
from app.evidence.queries import ItemRow, items_of
from app.evidence.service import withdraw_item
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.sides import Side
from app.web.portal.drafts import NUMBERS, Draft, load_draft, part_words
from app.web.portal.face import bp
from app.web.portal.files import receive_posted, shown_file
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.uploads import receives_files


@bp.get("/cases/new/<uuid:draft_id>/evidence")
@policy(Permission.PARTY_CASE_FILE, on="case")
def draft_evidence(draft_id: UUID) -> str | Response:
    """What helps, the uploader, what is there already."""
    return _page(draft_id, [])


def _page(draft_id: UUID, problems: list[str]) -> str | Response:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
        items = items_of(tx, actor, draft_id)
    if draft.was_sent:
        return redirect(f"/cases/{draft.case.ref}", 303)
    if gap := draft.first_gap("evidence"):
        return redirect(f"/cases/new/{draft_id}/{gap}", 303)
    return _render(draft, items, problems)


def _render(draft: Draft, items: tuple[ItemRow, ...], problems: list[str]) -> str:
    return render_template(
        "portal/filing/evidence.html", draft=draft, problems=problems, form=None, failed=bool(problems),
        step=NUMBERS["evidence"], heading=part_words("evidence"), back=f"/cases/new/{draft.id}/what",
        saved_at=draft.case.updated_at, files=[shown_file(item) for item in items if not item.was_withdrawn],
        checklist=[_(label) for _slug, label in draft.policy.checklist.get("complainant", ())],
    )  # fmt: skip


@bp.post("/cases/new/<uuid:draft_id>/evidence")
@policy(Permission.PARTY_CASE_FILE, on="case")
@receives_files
@once_per_key
def add_draft_evidence(draft_id: UUID) -> str | Response | tuple[str | Response, int]:
    """Keep each file of the form; the ones that cannot be taken say why, the others stay."""
    problems = receive_posted(draft_id, Side.COMPLAINANT)
    if problems:
        return _page(draft_id, problems), 422
    return redirect(f"/cases/new/{draft_id}/evidence", 303)


@bp.post("/cases/new/<uuid:draft_id>/evidence/<uuid:item_id>/withdraw")
@policy(Permission.PARTY_EVIDENCE_ADD, on="case")
def withdraw_draft_evidence(draft_id: UUID, item_id: UUID) -> Response:
    """Take a file back before sending; it is marked and goes with the draft."""
    actor = current_actor()
    with transaction(actor) as tx:
        withdraw_item(tx, WithdrawItem(draft_id, item_id), actor, services().clock)
    return redirect(f"/cases/new/{draft_id}/evidence", 303)
