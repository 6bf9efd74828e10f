"""Choices about mail without signing in: by the signed link of a mail, and the one click of its header (RFC 8058)."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.adapters.vault import keys_from
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.notifications.adapters.signed import mail_of_token
from app.notifications.queries import Recipient, recipient_of, stored_choices
from app.notifications.service.choices import save_choices, switch_off
from app.web.public.face import bp
from app.web.shared.context import services
from app.web.shared.csrf import exempt
from app.web.shared.notice_choices import ChoicesForm
from app.web.shared.policy import public

_SYSTEM = Actor.system("mail:choices")
PAGE = "public/mail_choices.html"


@bp.get("/mail/choices/<token>")
@public()
def mail_choices(token: str) -> str:
    """What the recipient of this mail gets by mail."""
    with transaction(_SYSTEM, read_only=True) as tx:
        who = _recipient(tx, token)
        stored = stored_choices(tx, who.person_id, who.address, who.zone)
    form = ChoicesForm.of(stored, staff=who.staff, with_list=who.person_id is not None)
    return render_template(PAGE, form=form, token=token, address=_masked(who.address))


@bp.post("/mail/choices/<token>")
@public()
def mail_choose(token: str) -> BaseResponse | tuple[str, int]:
    """Keep the choices."""
    with transaction(_SYSTEM) as tx:
        who = _recipient(tx, token)
        form = ChoicesForm.posted(staff=who.staff, with_list=who.person_id is not None)
        try:
            save_choices(
                tx, form.to_command(), who.person_id, who.address, _SYSTEM, services().clock
            )
        except Invalid as problem:
            form.blame(problem)
    if form.errors:
        return render_template(PAGE, form=form, token=token, address=_masked(who.address)), 422
    flash(_("Saved."), "ok")
    return redirect(f"/mail/choices/{token}", 303)


@bp.get("/mail/unsubscribe/<token>")
@public()
def unsubscribe_ask(token: str) -> BaseResponse:
    """A person followed the address of the header: they choose on the page. Nothing changes by looking."""
    return redirect(f"/mail/choices/{token}", 303)


@bp.post("/mail/unsubscribe/<token>")
@exempt
@public()
def unsubscribe(token: str) -> BaseResponse:
    """One click in a mail program: no more mail of this kind. Its signature is the proof, not a form's token."""
    with transaction(_SYSTEM) as tx:
        who = _recipient(tx, token)
        switch_off(tx, who.kind, who.person_id, who.address, _SYSTEM, services().clock)
    return Response(_("You get no more mails of this kind."), mimetype="text/plain")


def _recipient(tx: Tx, token: str) -> Recipient:
    """Who the mail of *token* went to. Raises NotFound for a link that is not ours."""
    mail_id: UUID | None = mail_of_token(keys_from(services().settings).links, token)
    who = recipient_of(tx, mail_id) if mail_id else None
    if who is None:
        raise NotFound("mail")
    return who


def _masked(address: str) -> str:
    """Enough to know one's own address, not enough to learn somebody's."""
    local, _at, domain = address.partition("@")
    return f"{local[:1]}…@{domain}"
