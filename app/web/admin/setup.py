"""D4: words and queues of the desk. An administrator makes, renames and retires them; cases stay out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request

from app.accounts.rules import Permission
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Invalid, Refused
from app.queues.commands import ChangeTag, ChangeView, SaveView
from app.queues.queries.kept import queues_for_setup, tags_for_setup
from app.queues.rules.views import ICONS, Reach
from app.queues.service.tags import change_tag, make_tag
from app.queues.service.views import bring_back, change_view, retire_view, save_view
from app.web.admin.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue


@bp.get("/admin/setup")
@policy(Permission.POLICY_MANAGE)
def setup_show() -> ResponseReturnValue:
    """Tags and queues with what may be changed."""
    return _page()


@bp.post("/admin/setup/tags")
@policy(Permission.POLICY_MANAGE)
@once_per_key
def setup_tag_make() -> ResponseReturnValue:
    """A new word for cases."""
    name = request.form.get("name", "")
    return _done(lambda tx: make_tag(tx, name, current_actor(), services().clock), "tag")


@bp.post("/admin/setup/tags/<uuid:tag_id>")
@policy(Permission.POLICY_MANAGE, on="tag")
def setup_tag_change(tag_id: UUID) -> ResponseReturnValue:
    """Rename a word, retire it, bring it back."""
    form = request.form
    retired = {"retire": True, "return": False}.get(form.get("do", ""))
    name = form.get("name") if retired is None else None
    command = ChangeTag(tag_id, _version(), name, retired)
    return _done(lambda tx: change_tag(tx, command, current_actor(), services().clock), "tag")


@bp.post("/admin/setup/queues")
@policy(Permission.POLICY_MANAGE)
@once_per_key
def setup_queue_make() -> ResponseReturnValue:
    """A filter with name and icon for everybody."""
    form = request.form
    command = SaveView(form.get("name", ""), _query(), Reach.QUEUE, form.get("icon", "inbox"))
    return _done(lambda tx: save_view(tx, command, current_actor(), services().clock), "queue")


@bp.post("/admin/setup/queues/<uuid:queue_id>")
@policy(Permission.POLICY_MANAGE, on="queue")
def setup_queue_change(queue_id: UUID) -> ResponseReturnValue:
    """Rename a queue, change what it lists, retire it, bring it back."""
    actor, clock, form = current_actor(), services().clock, request.form
    if form.get("do") == "retire":
        return _done(lambda tx: retire_view(tx, queue_id, _version(), actor, clock), "queue")
    if form.get("do") == "return":
        return _done(lambda tx: bring_back(tx, queue_id, _version(), actor, clock), "queue")
    command = ChangeView(queue_id, _version(), form.get("name"), _query(), form.get("icon"))
    return _done(lambda tx: change_view(tx, command, actor, clock), "queue")


def _version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isdigit() else 0


def _query() -> str:
    """The filter as typed or pasted: the part of a list's address behind the question mark."""
    return request.form.get("query", "").strip().rpartition("?")[2]


def _done(change: Callable[[Tx], Any], what: str) -> ResponseReturnValue:
    """Make the change and come back, or say what is wrong beside what was typed."""
    try:
        with transaction(current_actor()) as tx:
            row = change(tx)
    except (Invalid, Refused) as error:
        return _page(what, translated(error.message)), 422
    flash(_("“%(name)s” is saved.", name=row.name), "ok")
    return redirect("/admin/setup", 303)


def _page(failed: str = "", problem: str = "") -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        tags, queues = tags_for_setup(tx, actor), queues_for_setup(tx, actor)
    typed = request.form if failed else {}
    return render_template(
        "admin/setup/show.html",
        tags=tags,
        queues=queues,
        icons=ICONS,
        failed=failed,
        problem=problem,
        typed=typed,
    )
