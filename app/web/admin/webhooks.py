"""D6: webhooks of people who work here. An administrator makes, tests and switches them; what a case says stays out of sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from app.accounts.adapters.vault import keys_from
from app.accounts.queries import actor_of, person_by_email
from app.accounts.rules import Permission
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext, translated
from app.kernel.errors import Invalid, NotFound, Refused
from app.web.admin import webhook_words as words
from app.web.admin.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.policy import policy
from app.webhooks.commands import CreateEndpoint
from app.webhooks.queries import deliveries_of, endpoint_by_id, endpoint_of, endpoint_page
from app.webhooks.rules.kinds import CHOOSABLE, Kind
from app.webhooks.service.deliveries import replay, replay_failed, send_test
from app.webhooks.service.endpoints import (
    Gate,
    NewSecret,
    create_endpoint,
    remove_endpoint,
    rotate_secret,
    switch_endpoint,
)

HOME = "/admin/webhooks"
_MANAGE = Permission.WEBHOOK_MANAGE
_SINCE = {"1": __("The last hour"), "24": __("The last day"), "720": __("The last 30 days")}
"""Hours, and what they are called."""


class WebhookForm(FlaskForm):
    """A new webhook of somebody who works here."""

    owner = StringField(
        __("E-mail address of its owner"),
        [InputRequired(__("Enter an e-mail address.")), Length(max=254)],
        description=__(
            "Somebody who works on cases here. It is told only what this person may see."
        ),
        render_kw={"type": "email", "maxlength": "254", "autocomplete": "off"},
    )
    url = StringField(
        __("Address to call"),
        [InputRequired(__("Enter an address.")), Length(max=2000)],
        description=__("Begins with https:// and has a public name."),
        render_kw={"type": "url", "maxlength": "2000", "autocomplete": "off", "dir": "ltr"},
    )
    kinds = SelectMultipleField(
        __("What is it told?"),
        [InputRequired(__("Choose at least one."))],
        choices=[SelectChoice(kind.value, words.KIND_WORDS[kind]) for kind in CHOOSABLE],
    )

    def to_command(self, owner: UUID) -> CreateEndpoint:
        """What was asked for."""
        wanted = frozenset(Kind(value) for value in self.kinds.data or [])
        return CreateEndpoint(owner, (self.url.data or "").strip(), wanted)


@bp.get(HOME)
@policy(_MANAGE)
def webhooks_list() -> str:
    """Everybody's, newest first, fifty a page."""
    actor, after = current_actor(), request.args.get("after", "")[:100]
    with transaction(actor, read_only=True) as tx, _no_page():
        page = endpoint_page(tx, actor, after)
    return render_template("admin/webhooks/list.html", page=page, words=words, first=bool(after))


@bp.get(f"{HOME}/new")
@policy(_MANAGE)
def webhooks_new() -> str:
    """Ask whose it is, where to call and about what."""
    return render_template("admin/webhooks/new.html", form=WebhookForm())


@bp.post(f"{HOME}/new")
@policy(_MANAGE, fresh=True)
def webhooks_make() -> str | tuple[str, int]:
    """Make one and show its secret, this once. Its owner is told by mail."""
    form, actor = WebhookForm(), current_actor()
    if form.validate():
        try:
            with transaction(actor) as tx:
                command = form.to_command(_owner(tx, form.owner.data or ""))
                made = create_endpoint(tx, command, actor, services().clock, _gate())
        except Invalid as problem:
            mark(form, problem, "url")
        except Refused as problem:
            mark(form, Invalid("owner", problem.code, problem.message), "owner")
        else:
            return _page(made.endpoint_id, made)
    return render_template("admin/webhooks/new.html", form=form), 422


@bp.get(f"{HOME}/<uuid:webhook_id>")
@policy(_MANAGE, on="webhook")
def webhooks_show(webhook_id: UUID) -> str:
    """One of them, with its log."""
    return _page(webhook_id, None)


@bp.post(f"{HOME}/<uuid:webhook_id>/secret")
@policy(_MANAGE, on="webhook", fresh=True)
def webhooks_rotate(webhook_id: UUID) -> str:
    """A new secret, shown this once."""
    with transaction(current_actor()) as tx:
        made = rotate_secret(tx, webhook_id, current_actor(), services().clock, _gate().vault)
    return _page(webhook_id, made)


@bp.post(f"{HOME}/<uuid:webhook_id>/test")
@policy(_MANAGE, on="webhook")
def webhooks_test(webhook_id: UUID) -> Response:
    """A ping through the queue: the page says when it came back."""
    return _done(
        webhook_id,
        lambda tx: send_test(tx, webhook_id, current_actor(), services().clock),
        _("A test is on its way. Load the page again to see how it went."),
    )


@bp.post(f"{HOME}/<uuid:webhook_id>/switch")
@policy(_MANAGE, on="webhook")
def webhooks_switch(webhook_id: UUID) -> Response:
    """Off, or on again."""
    on = request.form.get("do") == "on"
    return _done(
        webhook_id,
        lambda tx: switch_endpoint(tx, webhook_id, current_actor(), services().clock, on=on),
        _("Switched on.") if on else _("Switched off. It is called no more."),
    )


@bp.post(f"{HOME}/<uuid:webhook_id>/replay")
@policy(_MANAGE, on="webhook")
def webhooks_replay_failed(webhook_id: UUID) -> Response:
    """Everything that failed in the time that was chosen."""
    clock, hours = services().clock, request.form.get("hours", "")
    since = clock.now() - timedelta(hours=int(hours) if hours in _SINCE else 1)
    return _done(
        webhook_id,
        lambda tx: replay_failed(tx, webhook_id, since, current_actor(), clock),
        lambda n: ngettext("%(num)s is sent again.", "%(num)s are sent again.", n),
    )


@bp.post(f"{HOME}/sent/<uuid:sent_id>/replay")
@policy(_MANAGE, on="sent")
def webhooks_replay(sent_id: UUID) -> Response:
    """One again, under the same id."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        webhook_id = endpoint_of(tx, actor, sent_id)
    return _done(
        webhook_id, lambda tx: replay(tx, sent_id, actor, services().clock), _("It is sent again.")
    )


@bp.post(f"{HOME}/<uuid:webhook_id>/remove")
@policy(_MANAGE, on="webhook", fresh=True)
def webhooks_remove(webhook_id: UUID) -> Response:
    """Gone from every list; never called again."""
    with transaction(current_actor()) as tx:
        remove_endpoint(tx, webhook_id, current_actor(), services().clock)
    flash(_("The webhook was removed."), "ok")
    return redirect(HOME, 303)


def _done(
    webhook_id: UUID, change: Callable[[Tx], Any], said: str | Callable[[int], str]
) -> Response:
    try:
        with transaction(current_actor()) as tx:
            found = change(tx)
    except Refused as problem:
        flash(translated(problem.message), "danger")
    else:
        flash(said if isinstance(said, str) else said(found), "ok")
    return redirect(f"{HOME}/{webhook_id}", 303)


def _page(webhook_id: UUID, made: NewSecret | None) -> str:
    actor, after = current_actor(), request.args.get("after", "")[:100]
    with transaction(actor, read_only=True) as tx:
        row = endpoint_by_id(tx, actor, webhook_id)
        with _no_page():
            page = deliveries_of(tx, actor, webhook_id, after)
    told = "; ".join(str(words.KIND_WORDS[kind]) for kind in row.kinds)
    return render_template(
        "admin/webhooks/show.html", row=row, page=page, made=made, words=words, told=told, since=_SINCE, first=bool(after)
    )  # fmt: skip


@contextmanager
def _no_page() -> Iterator[None]:
    """Around the query of a page: a place that it cannot read is no page."""
    try:
        yield
    except Invalid as error:
        raise NotFound("page") from error


def _owner(tx: Tx, email: str) -> UUID:
    """Somebody who works on cases. Raises Invalid at `owner`: parties make their own by the API."""
    found = person_by_email(tx, email)
    try:
        if found is not None and actor_of(tx, found.id).is_staff:
            return found.id
    except NotFound:
        pass
    said = _(
        "Nobody who works on cases here has this address. Others make their own webhooks by the API."
    )
    raise Invalid("owner", "owner", said)


def _gate() -> Gate:
    settings = services().settings
    return Gate(keys_from(settings).fields, settings.webhook_loopback)
