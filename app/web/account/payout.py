"""Where the money of the account's own payees goes: seen as a mask, changed by its owner with a fresh proof."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, InvalidMany, NotFound
from app.ledger.commands import ChangeBank
from app.ledger.queries.balances import PayeeRow, own_payees
from app.ledger.rules.bank import Owner, PayoutKind, waits_until
from app.ledger.rules.destinations import FIELDS, destination
from app.ledger.service.payees import change_bank
from app.web.account.entry import keys
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.policy import signed_in
from app.workflows.rails import BANK

KINDS: list[tuple[str, Any]] = [
    (PayoutKind.IBAN.value, __("Bank account with an IBAN")),
    (PayoutKind.US_ACCOUNT.value, __("Bank account in the United States")),
    (PayoutKind.PAYPAL.value, __("PayPal")),
    (PayoutKind.WISE.value, __("Wise")),
    (PayoutKind.REVOLUT.value, __("Bank account in the United Kingdom, or IBAN with BIC")),
    (PayoutKind.ACCOUNT.value, __("Another bank account")),
]
_QUIET = {"autocomplete": "off", "translate": "no", "dir": "ltr"}


class PayoutForm(FlaskForm):
    """New details of one kind; never filled with the old ones, which nobody reads back."""

    kind = RadioField(
        __("How are you paid?"), choices=[SelectChoice(*one) for one in KINDS],
        validate_choice=False,
    )  # fmt: skip
    holder = StringField(
        __("Name on the account"), [Length(max=200)], render_kw={"autocomplete": "off"}
    )
    owner = RadioField(
        __("Whose account is it?"), validate_choice=False,
        choices=[
            SelectChoice(Owner.PERSON.value, __("A person’s")),
            SelectChoice(Owner.COMPANY.value, __("A company’s")),
        ],
    )  # fmt: skip
    routing = StringField(__("Routing number"), [Length(max=20)], render_kw=_QUIET)
    number = StringField(__("Account number"), [Length(max=60)], render_kw=_QUIET)
    account_type = RadioField(
        __("Kind of account"), validate_choice=False,
        choices=[SelectChoice("checking", __("Checking")), SelectChoice("savings", __("Savings"))],
    )  # fmt: skip
    bank_code = StringField(__("Bank code"), [Length(max=20)], render_kw=_QUIET)
    email = StringField(
        __("E-mail address of your PayPal account"), [Length(max=200)],
        render_kw=_QUIET | {"inputmode": "email"},
    )  # fmt: skip
    wise = StringField(__("E-mail address or recipient ID"), [Length(max=200)], render_kw=_QUIET)
    currency = StringField(__("Currency"), [Length(max=3)], render_kw=_QUIET)
    version = IntegerField(widget=HiddenInput())

    def to_command(self, payee_id: UUID) -> ChangeBank:
        """Raises Invalid or InvalidMany for what is missing or wrong."""
        typed = {one.name: str(one.data or "") for one in self}
        details = destination(self.kind.data or PayoutKind.IBAN, typed)
        return ChangeBank(payee_id, details, self.version.data or 0)


@bp.get("/me/payout")
@signed_in()
def payout_show() -> str:
    """Each payee with the mask of its details, and until when money to new ones waits."""
    now = services().clock.now()
    with transaction(current_actor(), read_only=True) as tx:
        payees = own_payees(tx, current_actor())
    rows = [(payee, waits_until(payee.bank_changed_at, now)) for payee in payees]
    return render_template("account/me/payout.html", rows=rows, kind_names=dict(KINDS))


@bp.get("/me/payout/<uuid:payee_id>")
@signed_in(fresh=True)
def payout_edit(payee_id: UUID) -> str:
    """Ask how they are paid, then for what that kind needs."""
    payee, kind = _own(payee_id), request.args.get("kind", "")
    form = PayoutForm(
        formdata=None, holder=payee.legal_name, version=payee.version,
        kind=kind if kind in dict(KINDS) else payee.payout_kind or PayoutKind.IBAN.value,
        owner=Owner.PERSON.value, account_type="checking",
    )  # fmt: skip
    return _asked(form, payee, chosen=kind in dict(KINDS))


@bp.post("/me/payout/<uuid:payee_id>")
@signed_in(fresh=True)
def payout_change(payee_id: UUID) -> Response | tuple[str, int]:
    """Keep them sealed, and tell the owner by mail."""
    form, actor, ports = PayoutForm(), current_actor(), services()
    vault = keys().fields
    try:
        with transaction(actor) as tx:
            change_bank(
                tx, form.to_command(payee_id), actor, ports.clock,
                lambda text: vault.seal(BANK, text),
            )  # fmt: skip
    except (Invalid, InvalidMany) as problem:
        kind = form.kind.data = form.kind.data or PayoutKind.IBAN.value
        mark(form, problem, "kind")
        return _asked(form, _own(payee_id), chosen=kind in dict(KINDS)), 422
    flash(
        _("Saved. We wrote to your e-mail address. Money to this account waits three days."), "ok"
    )
    return redirect("/me/payout", 303)


def _asked(form: PayoutForm, payee: PayeeRow, *, chosen: bool) -> str:
    """The choice of a kind, or the fields of the one that was chosen."""
    asked = FIELDS[PayoutKind(form.kind.data)] if chosen else ()
    if form.kind.data == PayoutKind.IBAN:
        form.number.label.text = _("IBAN")  # the field and the list of errors call it alike
    return render_template(
        "account/me/bank.html", form=form, payee=payee, asked=asked,
        kind_name=dict(KINDS).get(form.kind.data, ""), kind_names=dict(KINDS),
    )  # fmt: skip


def _own(payee_id: UUID) -> PayeeRow:
    with transaction(current_actor(), read_only=True) as tx:
        found = next((row for row in own_payees(tx, current_actor()) if row.id == payee_id), None)
    if found is None:
        raise NotFound
    return found
