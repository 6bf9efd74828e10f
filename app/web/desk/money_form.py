"""The correction's lines on the decision page: who, how much, why; amounts as people type them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, SelectField, StringField
from wtforms.validators import Length

from app.cases.rules.views import PartyRow
from app.corrections.rules.proposal import CorrectionReason, ProposalLine, statement_month
from app.corrections.rules.words import REASON_WORDS
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated, translated_when_shown
from app.kernel.actor import Actor
from app.kernel.amounts import parse_amount
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, InvalidMany
from app.kernel.money import parse_currency
from app.ledger.commands import OpenPayee
from app.ledger.queries.balances import PayeeRow
from app.ledger.service.payees import open_payee
from app.web.desk.choices import choices, named
from app.web.desk.words import side_words
from app.web.shared.payee_names import chosen_of, payee_name_field
from app.workflows.decide import MoneyProposed

_REASONS = [(reason, translated_when_shown(words)) for reason, words in REASON_WORDS.items()]
_NEW = "new:"
MOST_LINES = 100
"""Of a correction that is typed; programs and finance may send more."""


class LineForm(Form):
    """One change of one payee's balance."""

    payee = SelectField(__("Payee"), choices=[], validate_choice=False)
    amount = StringField(__("Amount"), [Length(max=40)], render_kw={"inputmode": "decimal"})
    reason = SelectField(__("Why"), choices=choices(_REASONS))
    period = StringField(
        __("Statement month"),
        [Length(max=40)],
        description=__("As 2026-03. Empty when it is of no one month."),
        render_kw={"type": "month"},
    )
    note = StringField(__("Note"), [Length(max=500)])


class LinesForm(FlaskForm):
    """All lines, in one currency."""

    currency = StringField(
        __("Currency"),
        [Length(max=3)],
        render_kw={"maxlength": "3", "autocapitalize": "characters"},
    )
    lines = FieldList(FormField(LineForm), max_entries=MOST_LINES)
    payee_name = payee_name_field()

    @property
    def chosen(self) -> frozenset[UUID]:
        """The known payees that stand on a line."""
        return chosen_of(entry.form.payee.data for entry in self.lines)

    def offer_payees(self, known: list[tuple[str, str]]) -> None:
        """Who may be paid."""
        for entry in self.lines:
            entry.form.payee.choices = [*choices([("", _("Choose"))]), *named(known)]

    def filled(self) -> list[Any]:
        """The lines somebody typed into."""
        return [entry.form for entry in self.lines if (entry.form.amount.data or "").strip()]


def payee_choices(
    payees: tuple[PayeeRow, ...], parties: tuple[PartyRow, ...]
) -> list[tuple[str, str]]:
    """Known payees of the parties first, then parties without one, then the others."""
    people = {party.person_id for party in parties if party.person_id}
    known = {payee.person_id for payee in payees}
    ours = [(str(payee.id), payee.legal_name) for payee in payees if payee.person_id in people]
    new = [
        (
            f"{_NEW}{party.person_id}",
            _(
                "%(name)s, %(side)s, new payee",
                name=party.display_name,
                side=side_words(party.side).lower(),
            ),
        )
        for party in parties
        if party.person_id and party.person_id not in known
    ]
    others = [
        (str(payee.id), payee.legal_name) for payee in payees if payee.person_id not in people
    ]
    return [*ours, *new, *others]


def money_proposed(
    tx: Tx, form: LinesForm, parties: tuple[PartyRow, ...], actor: Actor, clock: Clock
) -> MoneyProposed | None:
    """The correction that was typed, None without a line. Opens payees for parties. Raises InvalidMany."""
    rows, problems = form.filled(), []
    if not rows:
        return None
    currency = parse_currency(form.currency.data or "")
    lines = []
    for number, row in enumerate(rows):
        try:
            lines.append(_line(tx, row, currency, parties, actor, clock))
        except Invalid as error:
            problems.append(Invalid(f"lines-{number}-{error.field}", error.code, error.message))
    if problems:
        raise InvalidMany(problems)
    return MoneyProposed(currency, _summary(rows), tuple(lines))


def _line(
    tx: Tx, row: Any, currency: str, parties: tuple[PartyRow, ...], actor: Actor, clock: Clock
) -> ProposalLine:
    amount = parse_amount(row.amount.data or "", actor.locale, currency)
    payee_id = _payee(tx, row.payee.data or "", parties, actor, clock)
    reason = CorrectionReason(row.reason.data)
    note = (row.note.data or "").strip()
    period = statement_month(row.period.data or "")
    typed = (row.amount.data or "").strip()
    return ProposalLine(payee_id, amount, reason, note, period, source_text=typed)


def _payee(tx: Tx, value: str, parties: tuple[PartyRow, ...], actor: Actor, clock: Clock) -> UUID:
    if value.startswith(_NEW):
        person = value.removeprefix(_NEW)
        party = next((one for one in parties if str(one.person_id) == person), None)
        if party is not None:
            return open_payee(tx, OpenPayee(party.display_name, party.person_id), actor, clock)
    try:
        return UUID(value)
    except ValueError:
        raise Invalid("payee", "required", _("Choose who is paid.")) from None


def _summary(rows: list[Any]) -> str:
    reasons = dict.fromkeys(CorrectionReason(row.reason.data) for row in rows)
    return ", ".join(translated(REASON_WORDS[reason]) for reason in reasons)
