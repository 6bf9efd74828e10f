"""Two windows wrote to one draft (B009): both texts, field by field, and the artist chooses."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.accounts.rules import Permission
from app.cases.commands import SaveDraft, Subjects
from app.cases.service.drafts import SUBJECTS, save_draft
from app.catalogue.rules.subjects import Pick
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import Stale
from app.web.portal.drafts import NUMBERS, Draft, load_draft, part_words
from app.web.portal.face import bp
from app.web.portal.filing_release import chosen_subjects
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy


@dataclass(frozen=True, slots=True)
class Differing:
    """One question with the two answers there are to it."""

    name: str
    label: str
    theirs: str
    yours: str


def conflict_page(draft: Draft, name: str, error: Stale) -> str:
    """The page that answers a stale save; nothing of either text is lost."""
    labels = {field.name: _(field.label) for field in draft.policy.fields}
    labels[SUBJECTS] = part_words("which")
    chosen = chosen_subjects(draft, {})
    differing = [
        Differing(field, labels.get(field, field), theirs, yours)
        for field, (theirs, yours) in error.fields.items()
    ]
    return render_template(
        "portal/filing/conflict.html", draft=draft, name=name, version=error.version, differing=differing,
        step=NUMBERS[name], heading=_("You changed this in another window"), form=None, failed=False,
        back=f"/cases/new/{draft.id}/{name}", saved_at=None,
        picks=" ".join(pick.key for pick in chosen.picks) if chosen else "",
    )  # fmt: skip


@bp.post("/cases/new/<uuid:draft_id>/<any(which, what):name>/resolve")
@policy(Permission.PARTY_CASE_FILE, on="case")
def resolve_conflict(draft_id: UUID, name: str) -> Response | tuple[str, int]:
    """Save the texts that were chosen; changed again meanwhile, it asks again."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
    asked = {field.name for field in draft.asked(name)}
    answers = {
        field: request.form.get(f"yours.{field}", "")
        for field in asked
        if request.form.get(f"keep.{field}") == "yours"
    }
    version = request.form.get("version", "")
    known = int(version) if version.isdigit() else 0
    command = SaveDraft(draft.id, known, answers, subjects=_your_subjects())
    try:
        with transaction(actor) as tx:
            save_draft(tx, command, actor, services().clock)
    except Stale as error:
        return conflict_page(draft, name, error), 409
    return redirect(f"/cases/new/{draft_id}/{name}", 303)


def _your_subjects() -> Subjects | None:
    """The items of the window that was behind, when they were chosen."""
    if request.form.get(f"keep.{SUBJECTS}") != "yours":
        return None
    keys = request.form.get("picks", "").split()
    return Subjects(tuple(pick for pick in map(Pick.from_key, keys) if pick))
