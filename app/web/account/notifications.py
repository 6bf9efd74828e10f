"""A10: what somebody was told, and which of it comes by mail. For parties and staff alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.queries import own_profile
from app.accounts.rules import own_path
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.infra.render.port import RenderFailed
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.notifications.formats.words import line_of
from app.notifications.queries import NoticeRow, StoredChoices, notices_page, stored_choices
from app.notifications.rules import MANNERS, MailKind, path_of
from app.notifications.service.choices import save_choices
from app.notifications.service.notices import mark_read
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.notice_choices import ChoicesForm
from app.web.shared.notice_words import KIND_ICONS, KIND_NAMES
from app.web.shared.policy import signed_in
from app.web.shared.shell import language_tag
from app.web.shared.unread import unread_count

_SYSTEM = Actor.system("web:notices")


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as the list shows it: the same words as its mail."""

    id: UUID
    text: str
    ref: str
    href: str
    icon: str
    at: datetime
    unread: bool


@bp.get("/notifications")
@signed_in()
def notifications_list() -> str:
    """What happened, newest first; filters live in the address."""
    actor, args = current_actor(), _filters()
    with transaction(actor, read_only=True) as tx:
        page = notices_page(
            tx, actor, request.args.get("after"), unread="unread" in args, kind=args.get("kind", "")
        )
    more = args | {"after": page.next_cursor} if page.next_cursor else None
    return render_template(
        "account/notifications/list.html", lines=[_line(row) for row in page.rows], chips=_chips(args),
        kinds=_kinds(actor), args=args, here=_address(args), paged="after" in request.args,
        more=_address(more) if more else None,
    )  # fmt: skip


@bp.post("/notifications/read")
@signed_in()
def notifications_read() -> BaseResponse:
    """Mark one read, or all."""
    actor, wanted = current_actor(), request.form.get("id", "")
    with transaction(actor) as tx:
        done = mark_read(tx, actor, services().clock, _ids(wanted))
    if not wanted:
        flash(
            ngettext(
                "%(num)s notification is read now.", "%(num)s notifications are read now.", done
            ),
            "ok",
        )
    back = own_path(request.form.get("next", ""))
    return redirect(back if back.startswith("/notifications") else "/notifications", 303)


@bp.get("/notifications/count")
@signed_in()
def notifications_count() -> BaseResponse:
    """The count beside the bell; asked for every 30 seconds, mostly answered with 304."""
    count = unread_count() or 0
    answer = Response(render_template("account/notifications/_count.html", count=count))
    answer.set_etag(f"unread-{count}-{language_tag()}")
    return answer.make_conditional(request)


@bp.get("/notifications/settings")
@signed_in()
def notifications_settings() -> str:
    """Which notices come by mail, one by one or once a day, and not at which hours."""
    actor = current_actor()
    form = ChoicesForm.of(_stored(actor), staff=_is_house(actor), with_list=True)
    return render_template("account/notifications/settings.html", form=form)


@bp.post("/notifications/settings")
@signed_in()
def notifications_choose() -> BaseResponse | tuple[str, int]:
    """Keep the choices. Raises Stale when they were changed in another window."""
    actor = current_actor()
    form = ChoicesForm.posted(staff=_is_house(actor), with_list=True)
    if form.validate():
        try:
            with transaction(_SYSTEM) as tx:
                save_choices(tx, form.to_command(), actor.person_id, "", actor, services().clock)
        except Invalid as problem:
            form.blame(problem)
        else:
            flash(_("Saved."), "ok")
            return redirect("/notifications/settings", 303)
    return render_template("account/notifications/settings.html", form=form), 422


def _stored(actor: Actor) -> StoredChoices:
    with transaction(actor, read_only=True) as tx:
        address = own_profile(tx, actor).email
        return stored_choices(tx, actor.person_id, address, actor.zone)


def _is_house(actor: Actor) -> bool:
    return actor.is_staff


def _filters() -> dict[str, str]:
    """The filters of the address; unknown values fall away."""
    found = {}
    if request.args.get("unread") == "1":
        found["unread"] = "1"
    if request.args.get("kind") in {kind.value for kind in KIND_NAMES}:
        found["kind"] = request.args["kind"]
    return found


def _address(args: dict[str, str]) -> str:
    return f"/notifications?{urlencode(args)}" if args else "/notifications"


def _chips(args: dict[str, str]) -> list[dict[str, str]]:
    shown = []
    if "unread" in args:
        shown.append(("unread", _("Status is"), _("unread")))
    if "kind" in args:
        shown.append(("kind", _("Kind is"), str(KIND_NAMES[MailKind(args["kind"])])))
    return [
        {"field": field, "value": value, "remove": _address({k: v for k, v in args.items() if k != key})}
        for key, field, value in shown
    ]  # fmt: skip


def _kinds(actor: Actor) -> list[tuple[str, Any]]:
    return [
        (kind.value, name)
        for kind, name in KIND_NAMES.items()
        if MANNERS[kind].staff is actor.is_staff
    ]


def _ids(text: str) -> list[UUID] | None:
    """None means all. Raises Invalid for an id that is none."""
    if not text:
        return None
    try:
        return [UUID(text)]
    except ValueError as error:
        raise Invalid("id", "id", _("This notification does not exist.")) from error


def _line(row: NoticeRow) -> Line:
    try:
        text = line_of(row.kind, row.values, language_tag())
    except RenderFailed:  # a value that an older release did not keep
        text = str(KIND_NAMES.get(row.kind, ""))
    return Line(
        row.id, text, str(row.values.get("ref", "")), path_of(row.kind, row.values),
        KIND_ICONS.get(row.kind, "bell"), row.created_at, row.read_at is None,
    )  # fmt: skip
