"""One's own bearer tokens for the API: made after a fresh proof, shown once, taken back at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from app.accounts.commands import CreateToken
from app.accounts.rules import Scope
from app.accounts.service.tokens import NewToken, create_token, revoke_token, tokens_of
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.policy import signed_in

SCOPE_WORDS = {
    Scope.CASES_READ: __("Read cases, messages, requests and decisions"),
    Scope.CASES_WRITE: __("File cases, write, answer, make steps"),
    Scope.EVIDENCE_READ: __("Read evidence"),
    Scope.EVIDENCE_WRITE: __("Send evidence"),
    Scope.LETTERS_READ: __("Read letters"),
    Scope.LETTERS_WRITE: __("Draft, change, send and void letters"),
    Scope.DECISIONS_WRITE: __("Judge evidence; draft, propose, confirm and return decisions"),
    Scope.MONEY_READ: __("Read corrections, batches and their exports"),
    Scope.MONEY_WRITE: __("Refuse corrections; lock, export and acknowledge batches"),
    Scope.MONEY_APPROVE: __(
        "Approve corrections: the whole token ends five minutes after your last code"
    ),
    Scope.POLICIES_READ: __("Read policies"),
    Scope.CATALOGUE_READ: __("Read the catalogue"),
    Scope.CATALOGUE_WRITE: __("Import the catalogue"),
    Scope.WEBHOOKS_READ: __("Read webhooks and what was sent"),
    Scope.WEBHOOKS_WRITE: __("Make, change and test webhooks"),
}
DAYS = (7, 30, 90, 365)
_SYSTEM = Actor.system("web:tokens")
"""An auditor's own transaction writes nothing; whose token it is, the service asks."""


class TokenForm(FlaskForm):
    """A new token. A scope that the person's roles cannot use does no harm: it gives nothing."""

    name = StringField(
        __("What is it for?"),
        [InputRequired(__("Enter a name.")), Length(max=80)],
        render_kw={"maxlength": "80", "autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        __("What may it do?"),
        [InputRequired(__("Choose at least one."))],
        choices=[SelectChoice(scope.value, words) for scope, words in SCOPE_WORDS.items()],
    )
    days = RadioField(__("How long is it good?"), validate_choice=True, default="90")

    def to_command(self, person_id: UUID) -> CreateToken:
        """What was asked for."""
        wanted = frozenset(Scope(value) for value in self.scopes.data or [])
        return CreateToken(person_id, self.name.data or "", wanted, int(self.days.data))


def _form(**given: Any) -> TokenForm:
    form = TokenForm(**given)
    form.days.choices = [(str(n), ngettext("%(num)s day", "%(num)s days", n)) for n in DAYS]
    return form


@bp.get("/me/tokens")
@signed_in()
def tokens_show() -> str:
    """The live ones, and the form for a new one."""
    return _page(_form())


@bp.post("/me/tokens")
@signed_in(fresh=True)
def tokens_create() -> str | tuple[str, int]:
    """Make one and show it, this once. A second press makes a second one, which stands in the list."""
    form, actor = _form(), current_actor()
    if form.validate():
        try:
            with transaction(_SYSTEM) as tx:
                made = create_token(tx, form.to_command(_id(actor)), actor, services().clock)
        except Invalid as problem:
            mark(form, problem, "name")
        else:
            return _page(_form(formdata=None), made)
    return _page(form), 422


@bp.post("/me/tokens/<uuid:token_id>/revoke")
@signed_in()
def tokens_revoke(token_id: UUID) -> Response:
    """Its next call is refused."""
    with transaction(_SYSTEM) as tx:
        revoke_token(tx, token_id, current_actor(), services().clock)
    flash(_("The token was taken back. Its next call is refused."), "ok")
    return redirect("/me/tokens", 303)


def _page(form: TokenForm, made: NewToken | None = None) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        rows = tokens_of(tx, _id(actor), services().clock)
    return render_template(
        "account/me/tokens.html", form=form, rows=rows, made=made, words=SCOPE_WORDS
    )


def _id(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotFound
    return actor.person_id
