"""Words of a party to the desk: sent once, kept while they are typed (B008), and read marks."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from app.accounts.rules import Permission
from app.cases.queries import case_by_ref
from app.conversations.commands import KeepDraft, SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import forget_draft, keep_draft, mark_read, send_message
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid
from app.notifications.service.notices import mark_case_read
from app.web.portal.cases import MessageForm, case_page
from app.web.portal.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale


@bp.post("/cases/<ref>/messages")
@policy(Permission.PARTY_MESSAGE_SEND, on="case")
@once_per_key
def write(ref: str) -> Response | tuple[str, int]:
    """Send words to the desk; what was kept of them while typing is forgotten."""
    form, actor, clock = MessageForm(), current_actor(), services().clock
    if not form.validate():
        return case_page(ref, form), 422
    key = request.form.get("idempotency_key", "")[:80]
    with transaction(actor) as tx:
        case = case_by_ref(tx, actor, ref)
        words = str(form.body.data)
        command = SendMessage(case.id, Audience.DESK, words, pick_locale(), client_key=key)
        send_message(tx, command, actor, clock)
        forget_draft(tx, case.id, Audience.DESK, actor)
        mark_read(tx, case.id, actor, clock)
    flash(_("Sent. We usually reply within one working day."))
    return redirect(f"/cases/{case.ref}#talk-title", 303)


@bp.post("/cases/<ref>/draft")
@policy(Permission.PARTY_MESSAGE_SEND, on="case")
def keep_words(ref: str) -> str:
    """Keep what is typed and not sent yet; answers with the status line alone."""
    actor, clock, words = current_actor(), services().clock, ""
    try:
        with transaction(actor) as tx:
            case = case_by_ref(tx, actor, ref)
            command = KeepDraft(case.id, Audience.DESK, request.form.get("body", ""))
            keep_draft(tx, command, actor, clock)
    except Invalid:
        words = _("Not saved yet: something here cannot be read.")
    return render_template(
        "portal/cases/_kept.html", saved_at=None if words else clock.now(), words=words
    )


@bp.post("/cases/<ref>/read")
@policy(Permission.PARTY_CASE_READ, on="case")
def read(ref: str) -> Response:
    """Everything that was said was seen, and what the case told is read."""
    actor = current_actor()
    with transaction(actor) as tx:
        case = case_by_ref(tx, actor, ref)
        mark_read(tx, case.id, actor, services().clock)
        mark_case_read(tx, actor, case.id, services().clock)
    if request.headers.get("HX-Request"):
        return make_response("", 200)
    return redirect(f"/cases/{case.ref}#talk-title", 303)
