"""Files that the desk adds: notes of a call, a screenshot, a store's answer. Internal until somebody shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from app.accounts.rules import Permission
from app.evidence.queries import items_of
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.kernel.errors import Invalid
from app.kernel.sides import Side
from app.web.desk.evidence import exhibit_row
from app.web.desk.face import bp
from app.web.desk.head import load_case
from app.web.shared.context import current_actor
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.uploads import receive_one, receives_files

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

MOST = 20


@bp.get("/desk/cases/<ref>/evidence/add")
@policy(Permission.EVIDENCE_ADD, on="case")
def evidence_add(ref: str) -> ResponseReturnValue:
    """The uploader, and what the desk added before."""
    return _page(ref, "")


@bp.post("/desk/cases/<ref>/evidence/add")
@policy(Permission.EVIDENCE_ADD, on="case")
@receives_files
@once_per_key
def evidence_add_now(ref: str) -> ResponseReturnValue:
    """Keep each file of the plain form on the desk's side."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    files = [one for one in request.files.getlist("file") if one.filename]
    if not files or len(files) > MOST:
        words = (
            _("Choose a file first.")
            if not files
            else _("Send at most %(n)s files at once.", n=MOST)
        )
        return _page(ref, words), 422
    try:
        for number, upload in enumerate(files):
            receive_one(case.id, Side.DESK, upload, number)
    except Invalid as error:
        return _page(ref, str(error.message)), 422
    flash(ngettext("%(num)s file added.", "%(num)s files added.", len(files)), "ok")
    return redirect(url_for("desk.cases_show", ref=ref, pane="evidence"), 303)


def _page(ref: str, problem: str) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        rows = [row for row in items_of(tx, actor, case.id) if row.side is Side.DESK]
    files = [(exhibit_row(ref, row, actor), row.size) for row in rows]
    return render_template(
        "desk/evidence/add.html", case=case.head, case_id=case.id, files=files, problem=problem,
        back=url_for("desk.cases_show", ref=ref, pane="evidence"),
    )  # fmt: skip
