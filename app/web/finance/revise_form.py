"""The form that changes a correction before it is approved: its lines as they stand, and room for one more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length, Optional

from app.corrections.commands import ReviseCorrection
from app.corrections.queries.views import CorrectionView, LineView
from app.corrections.rules.proposal import (
    Conversion,
    CorrectionReason,
    ProposalLine,
    statement_month,
)
from app.corrections.rules.words import REASON_WORDS
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.amounts import parse_amount
from app.kernel.errors import Invalid, InvalidMany
from app.kernel.money import Money
from app.ledger.queries.balances import PayeeRow
from app.web.finance.reasons import version_of
from app.web.finance.words import reason_words
from app.web.shared.payee_names import chosen_of, payee_name_field
from app.web.shared.typed_amounts import typed

_OWN_WORDS = {"translate": "no"}
_DIGITS = {"inputmode": "decimal", "dir": "ltr"}


class LineForm(Form):
    """One line. *payee* counts for a new line only: money of one payee never becomes another's by editing."""

    payee = SelectField(__("Payee"), choices=[], validate_choice=False)
    amount = StringField(__("Gross amount"), [Length(max=40)], render_kw=_DIGITS)
    tax = StringField(__("Tax in it"), [Length(max=40)], render_kw=_DIGITS)
    reason = SelectField(__("Why"), validate_choice=False)
    period = StringField(__("Period"), [Length(max=40)])
    note = StringField(__("Note"), [Length(max=500)])
    source = StringField(__("Amount before conversion"), [Length(max=40)], render_kw=_DIGITS)
    rate = StringField(__("Exchange rate"), [Length(max=40)], render_kw=_DIGITS)
    rate_on = DateField(__("Date of the rate"), [Optional()])
    rate_source = StringField(__("Source of the rate"), [Length(max=200)])
    drop = BooleanField(__("Take this line out"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reason.choices = [SelectChoice(one.value, reason_words(one)) for one in REASON_WORDS]


class ReviseForm(FlaskForm):
    """All lines in the correction's own currency."""

    version = HiddenField()
    reason = TextAreaField(__("Reason"), [Length(max=2000)], render_kw={"rows": "2"})
    lines = FieldList(FormField(LineForm), max_entries=501)
    payee_name = payee_name_field()

    @property
    def chosen(self) -> frozenset[UUID]:
        """The payees that were chosen for new lines."""
        return chosen_of(entry.form.payee.data for entry in self.lines)

    def offer(self, payees: Iterable[PayeeRow]) -> None:
        """Who may stand on a new line."""
        known = [SelectChoice("", _("Nobody"))]
        known += [SelectChoice(str(one.id), one.legal_name, _OWN_WORDS) for one in payees]
        for entry in self.lines:
            entry.form.payee.choices = known

    def to_command(self, fix: CorrectionView, locale: str) -> ReviseCorrection:
        """What was typed. Raises InvalidMany with `lines-<n>-<field>` for each fault."""
        found, problems = [], []
        for number, entry in enumerate(self.lines):
            stands = fix.lines[number] if number < len(fix.lines) else None
            try:
                line = _Reader(entry.form, fix.currency, locale).line(stands)
            except Invalid as error:
                problems.append(Invalid(f"lines-{number}-{error.field}", error.code, error.message))
            else:
                found += [line] if line is not None else []
        if problems:
            raise InvalidMany(problems)
        version = version_of(self.version.data)
        return ReviseCorrection(fix.id, version, fix.currency, self.reason.data or "", tuple(found))

    def mark(self, error: Invalid) -> None:
        """Put every fault at its field; one that has none stands at the reason."""
        for one in error.errors if isinstance(error, InvalidMany) else (error,):
            field = self._at(one.field)
            field.errors = [*field.errors, one.message]

    def _at(self, name: str) -> Any:
        parts = name.split("-")
        if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(self.lines):
            row = self.lines[int(parts[1])].form
            return row._fields.get({"withholding": "tax"}.get(parts[2], parts[2]), row.amount)
        return self.reason


def started(fix: CorrectionView, locale: str) -> ReviseForm:
    """The form with the lines that stand, and an empty one."""
    rows = [_shown(view, locale) for view in fix.lines]
    data = {"version": str(fix.version), "reason": fix.reason, "lines": [*rows, {}]}
    return ReviseForm(formdata=None, data=data)


def _shown(view: LineView, locale: str) -> dict[str, Any]:
    line, change = view.line, view.line.conversion
    row: dict[str, Any] = {
        "amount": typed(line.amount.amount, locale),
        "tax": typed(line.withheld.amount, locale) if line.withholding else "",
        "reason": line.reason.value,
        "period": line.period,
        "note": line.note,
    }
    if change is not None:
        row |= {
            "source": typed(change.source.amount, locale),
            "rate": f"{change.rate.normalize():f}",
            "rate_on": change.rate_on,
            "rate_source": change.rate_source,
        }
    return row


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one line of the form in one currency."""

    form: Any
    currency: str
    locale: str

    def line(self, stands: LineView | None) -> ProposalLine | None:
        """The line as it should be; None when it is taken out, or a new one was left empty."""
        text = (self.form.amount.data or "").strip()
        if self.form.drop.data or (stands is None and not text):
            return None
        amount = parse_amount(text, self.locale, self.currency)
        base = stands.line if stands else ProposalLine(self._payee(), amount, self._reason())
        return replace(
            base,
            amount=amount,
            reason=self._reason(),
            period=self._period(base.period),
            note=(self.form.note.data or "").strip(),
            withholding=self._tax(),
            conversion=self._conversion(base.conversion),
            source_text=base.source_text if base.amount == amount and stands else text,
        )

    def _period(self, stands: str) -> str:
        """What stands stays as it is, whatever it says."""
        said = (self.form.period.data or "").strip()
        return said if said == stands else statement_month(said)

    def _payee(self) -> UUID:
        try:
            return UUID(self.form.payee.data or "")
        except ValueError:
            raise Invalid("payee", "required", _("Choose who is paid.")) from None

    def _reason(self) -> CorrectionReason:
        try:
            return CorrectionReason(self.form.reason.data or "")
        except ValueError:
            raise Invalid("reason", "choice", _("Choose why.")) from None

    def _tax(self) -> Money | None:
        text = (self.form.tax.data or "").strip()
        if not text:
            return None
        return parse_amount(text, self.locale, self.currency, field="tax", allow_zero=True) or None

    def _conversion(self, stands: Conversion | None) -> Conversion | None:
        if stands is None:
            return None
        source = parse_amount(
            self.form.source.data or "", self.locale, stands.source.currency, field="source"
        )
        return Conversion(
            source, self._rate(), self.form.rate_on.data or stands.rate_on,
            (self.form.rate_source.data or "").strip(),
        )  # fmt: skip

    def _rate(self) -> Decimal:
        try:
            return Decimal((self.form.rate.data or "").strip().replace(",", "."))
        except InvalidOperation:
            raise Invalid(
                "rate", "no_rate", _("Enter the exchange rate; it is more than zero.")
            ) from None
