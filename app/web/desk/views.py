"""Saved views of the list: kept under a name, renamed, shared by a lead, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from app.accounts.rules import Permission, may
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Invalid, Refused
from app.queues.commands import ChangeView, SaveView
from app.queues.queries.kept import views_of
from app.queues.rules.filters import filter_args
from app.queues.rules.views import Reach
from app.queues.service.views import change_view, retire_view, save_view
from app.web.desk.face import bp
from app.web.desk.head import seen_version
from app.web.desk.list_address import link, read_address
from app.web.desk.list_counts import forget_numbers
from app.web.desk.list_words import chips_of
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/desk/views")
@policy(Permission.CASE_LIST)
def views_list() -> ResponseReturnValue:
    """Own views and the team's, each with what may be changed; and the form that keeps a new one."""
    return _page(request.args.get("save", ""))


@bp.post("/desk/views")
@policy(Permission.CASE_LIST)
@once_per_key
def views_save() -> ResponseReturnValue:
    """Keep the filter of the list under a name."""
    actor, form = current_actor(), request.form
    reach = Reach.TEAM if form.get("team") else Reach.OWN
    command = SaveView(form.get("name", ""), form.get("query", ""), reach)
    try:
        with transaction(actor) as tx:
            view = save_view(tx, command, actor, services().clock)
    except (Invalid, Refused) as error:
        return _page(command.query, translated(error.message), command.name), 422
    forget_numbers(actor)
    flash(_("Saved as “%(name)s”.", name=view.name), "ok")
    return redirect(link("", {"view": view.slug}), 303)


@bp.post("/desk/views/<uuid:view_id>")
@policy(Permission.CASE_LIST, on="view")
def views_change(view_id: UUID) -> ResponseReturnValue:
    """Rename it, or share it with the team, or take it back."""
    actor, form = current_actor(), request.form
    reach = Reach.TEAM if form.get("reach") == "team" else Reach.OWN if "reach" in form else None
    command = ChangeView(
        view_id, seen_version(form.get("version"), 0), form.get("name"), reach=reach
    )
    try:
        with transaction(actor) as tx:
            view = change_view(tx, command, actor, services().clock)
    except Invalid as error:
        return _page("", translated(error.message), changed=view_id), 422
    flash(_("“%(name)s” is changed.", name=view.name), "ok")
    return redirect("/desk/views", 303)


@bp.post("/desk/views/<uuid:view_id>/delete")
@policy(Permission.CASE_LIST, on="view")
def views_delete(view_id: UUID) -> ResponseReturnValue:
    """Take it out of the navigation."""
    actor = current_actor()
    with transaction(actor) as tx:
        seen = seen_version(request.form.get("version"), 0)
        view = retire_view(tx, view_id, seen, actor, services().clock)
    flash(_("“%(name)s” is deleted.", name=view.name), "ok")
    return redirect("/desk/views", 303)


def _page(query: str, problem: str = "", name: str = "", changed: UUID | None = None) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        views = [view for view in views_of(tx, actor) if view.reach is not Reach.QUEUE]
    lead = may(actor, Permission.CASE_ASSIGN)
    return render_template(
        "desk/views/list.html", query=query, words=_words(query), problem=problem, name=name, lead=lead,
        changed=changed, rows=[(view, _words(view.query), lead or view.reach is Reach.OWN) for view in views],
    )  # fmt: skip


def _words(query: str) -> str:
    """A filter in one line of words."""
    address = read_address(MultiDict(filter_args(query)), ())
    chips = chips_of(address.wanted)
    return ", ".join(f"{chip.field} {chip.value}" for chip in chips) or _("All cases")
