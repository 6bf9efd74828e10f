"""The form of the account codes: one code an account, and single currencies that have another."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.errors import Invalid
from app.kernel.zones import zone_names
from app.ledger.commands import PublishCodes
from app.ledger.rules.codes import EVERY_CURRENCY, AccountCodes
from app.ledger.rules.posting import AccountKind

LONGEST = 400


def others_text(codes: AccountCodes, kind: AccountKind) -> str:
    """`EUR=2101, USD=2102`: the codes of single currencies, as they are typed."""
    mine = codes.codes.get(kind, {})
    return ", ".join(f"{currency}={code}" for currency, code in sorted(mine.items()) if currency)


@dataclass
class CodesTyped:
    """What stands in the boxes, by account, and what is wrong with it."""

    code: dict[str, str]
    others: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, codes: AccountCodes) -> CodesTyped:
        """Stored codes, to be changed."""
        return cls(
            {kind.value: codes.codes.get(kind, {}).get(EVERY_CURRENCY, "") for kind in AccountKind},
            {kind.value: others_text(codes, kind) for kind in AccountKind},
        )

    @classmethod
    def from_request(cls) -> CodesTyped:
        """As they were sent."""
        return cls(
            {kind.value: _sent(f"code-{kind}") for kind in AccountKind},
            {kind.value: _sent(f"others-{kind}") for kind in AccountKind},
        )

    def to_codes(self, zone: str) -> AccountCodes:
        """Raises Invalid naming the account whose single currencies cannot be read."""
        return AccountCodes({kind: self._of(kind) for kind in AccountKind}, zone)

    def mark(self, error: Invalid) -> bool:
        """Put a problem beside its account; False when it belongs to none."""
        name = error.field.partition(":")[0]
        if name in self.code:
            self.errors[name] = translated(error.message)
        return name in self.code

    def _of(self, kind: AccountKind) -> dict[str, str]:
        codes = {EVERY_CURRENCY: self.code[kind]} if self.code[kind] else {}
        for part in filter(None, (one.strip() for one in self.others[kind].split(","))):
            currency, mark, code = (one.strip() for one in part.partition("="))
            if not mark or not currency:
                raise Invalid(
                    kind.value,
                    "shape",
                    _("Write single currencies as EUR=2101, USD=2102."),
                )
            codes[currency.upper()] = code
        return codes


class CodesForm(FlaskForm):
    """From when the codes count, in which zone days are counted, and why they change."""

    effective_from = DateField(__("In force for posting dates from"))
    zone = SelectField(
        __("Time zone of the books"),
        choices=[SelectChoice(zone, zone) for zone in zone_names()],
        validate_choice=False,
        render_kw={"translate": "no"},
    )
    reason = TextAreaField(__("Why they change"), [Length(max=500)])

    def to_command(self, typed: CodesTyped) -> PublishCodes:
        """The next version. Raises Invalid naming the box."""
        if not self.effective_from.data:
            raise Invalid("effective_from", "date", _("Enter a day, for example 2026-12-01."))
        codes = typed.to_codes(self.zone.data or "UTC")
        return PublishCodes(codes, self.effective_from.data, self.reason.data or "")


def _sent(name: str) -> str:
    return request.form.get(name, "").strip()[:LONGEST]
