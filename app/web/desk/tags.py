"""Words of the desk on one case: ticked and unticked together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid
from app.queues.commands import TagCase
from app.queues.queries.kept import tags_offered
from app.queues.queries.listing import tags_on
from app.queues.service.tags import tag_case, untag_case
from app.web.desk.face import bp
from app.web.desk.head import load_case
from app.web.desk.list_counts import forget_numbers
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/desk/cases/<ref>/tags")
@policy(Permission.CASE_TRIAGE, on="case")
def tags_show(ref: str) -> ResponseReturnValue:
    """Every word that is offered, those on the case ticked."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        there = tags_on(tx, actor, [case.id]).get(case.id, ())
        offered = [tag.name for tag in tags_offered(tx)]
    return render_template("desk/cases/tags.html", case=case.head, there=there, offered=offered)


@bp.post("/desk/cases/<ref>/tags")
@policy(Permission.CASE_TRIAGE, on="case")
def tags_keep(ref: str) -> ResponseReturnValue:
    """Put on what was ticked, take off what was not; words that were not shown stay."""
    actor, clock, wanted = current_actor(), services().clock, set(request.form.getlist("tag"))
    with transaction(actor) as tx:
        case = load_case(tx, actor, ref)
        offered = {tag.name: tag.id for tag in tags_offered(tx)}
        if unknown := wanted - offered.keys():
            raise Invalid("tag", "unknown", _("There is no tag %(name)s.", name=min(unknown)))
        there = set(tags_on(tx, actor, [case.id]).get(case.id, ()))
        for name in sorted(wanted - there):
            tag_case(tx, TagCase(case.id, offered[name]), actor, clock)
        for name in sorted((there & offered.keys()) - wanted):
            untag_case(tx, TagCase(case.id, offered[name]), actor, clock)
    forget_numbers(actor)
    flash(_("Tags are kept."), "ok")
    return redirect(f"/desk/cases/{case.ref}", 303)
