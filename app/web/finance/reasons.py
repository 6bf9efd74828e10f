"""Forms in which finance gives a reason, or says how something ended."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from app.corrections.commands import SettleMismatch
from app.corrections.rules.batches import AckResult
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid


class ReasonForm(FlaskForm):
    """Why something goes back, is reversed, cancelled or kept."""

    reason = TextAreaField(__("Reason"), [Length(max=2000)])


class SettleForm(FlaskForm):
    """What became of a correction that the ledger posted differently."""

    version = HiddenField()
    result = SelectField(
        __("How it ended"),
        choices=[
            SelectChoice(AckResult.POSTED.value, __("The ledger posts our amount now")),
            SelectChoice(AckResult.RETURNED.value, __("The payment was returned")),
        ],
        validate_choice=False,
    )
    note = TextAreaField(__("What the ledger says"), [Length(max=500)])

    def to_command(self, correction_id: UUID) -> SettleMismatch:
        """The answer. Raises Invalid for a result that does not exist."""
        if self.result.data not in {AckResult.POSTED.value, AckResult.RETURNED.value}:
            raise Invalid("result", "choice", _("Say whether it is posted now or was returned."))
        version = version_of(self.version.data)
        return SettleMismatch(
            correction_id, version, AckResult(self.result.data), self.note.data or ""
        )


def version_of(value: str | None) -> int:
    """The version that was read; one that is none never fits."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 9 else -1
