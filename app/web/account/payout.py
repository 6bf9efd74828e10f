"""Where the money of the account's own payees goes: seen as a mask, changed by its owner with a fresh proof."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from app.edge.rails import BANK
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, InvalidMany, NotFound
from app.ledger.commands import ChangeBank
from app.ledger.queries.balances import PayeeRow, own_payees
from app.ledger.rules.bank import bank_details, waits_until
from app.ledger.service.payees import change_bank
from app.web.account.entry import keys
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.policy import signed_in


class BankForm(FlaskForm):
    """New details; never filled with the old ones, which nobody reads back."""

    holder = StringField(
        __("Name on the account"), [Length(max=200)], render_kw={"autocomplete": "off"}
    )
    number = StringField(
        __("IBAN or account number"),
        [Length(max=60)],
        render_kw={"autocomplete": "off", "translate": "no", "dir": "ltr"},
    )
    bank_code = StringField(
        __("Bank code"),
        [Length(max=20)],
        render_kw={"autocomplete": "off", "translate": "no", "dir": "ltr"},
    )
    version = IntegerField(widget=HiddenInput())

    def to_command(self, payee_id: UUID) -> ChangeBank:
        """Raises Invalid or InvalidMany for what is missing or wrong."""
        details = bank_details(
            self.holder.data or "", self.number.data or "", self.bank_code.data or ""
        )
        return ChangeBank(payee_id, details, self.version.data or 0)


@bp.get("/me/payout")
@signed_in()
def payout_show() -> str:
    """Each payee with the mask of its details, and until when money to new ones waits."""
    now = services().clock.now()
    with transaction(current_actor(), read_only=True) as tx:
        payees = own_payees(tx, current_actor())
    rows = [(payee, waits_until(payee.bank_changed_at, now)) for payee in payees]
    return render_template("account/me/payout.html", rows=rows)


@bp.get("/me/payout/<uuid:payee_id>")
@signed_in(fresh=True)
def payout_edit(payee_id: UUID) -> str:
    """Ask for new details."""
    payee = _own(payee_id)
    form = BankForm(formdata=None, holder=payee.legal_name, version=payee.version)
    return render_template("account/me/bank.html", form=form, payee=payee)


@bp.post("/me/payout/<uuid:payee_id>")
@signed_in(fresh=True)
def payout_change(payee_id: UUID) -> Response | tuple[str, int]:
    """Keep them sealed, and tell the owner by mail."""
    form, actor, ports = BankForm(), current_actor(), services()
    vault = keys().fields
    try:
        with transaction(actor) as tx:
            change_bank(
                tx, form.to_command(payee_id), actor, ports.clock,
                lambda text: vault.seal(BANK, text),
            )  # fmt: skip
    except (Invalid, InvalidMany) as problem:
        payee = _own(payee_id)
        mark(form, problem, "number")
        return render_template("account/me/bank.html", form=form, payee=payee), 422
    flash(
        _("Saved. We wrote to your e-mail address. Money to this account waits three days."), "ok"
    )
    return redirect("/me/payout", 303)


def _own(payee_id: UUID) -> PayeeRow:
    with transaction(current_actor(), read_only=True) as tx:
        found = next((row for row in own_payees(tx, current_actor()) if row.id == payee_id), None)
    if found is None:
        raise NotFound
    return found
