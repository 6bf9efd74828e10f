"""The form that matches a line of the ledger's file by hand with a correction that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from app.accounts.rules import Permission, may
from app.corrections.commands import MatchByHand
from app.corrections.queries.reconciling import (
    ReconciliationLine,
    ReconciliationView,
    likely_lines,
    line_of_correction,
)
from app.corrections.rules.reconciling import MatchState
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound


class HandForm(FlaskForm):
    """Which line, and why."""

    correction = HiddenField()
    line = StringField(
        __("Line of the file"), [Length(max=9)], render_kw={"inputmode": "numeric", "dir": "ltr"}
    )
    reason = TextAreaField(__("Reason"), [Length(max=1000)], render_kw={"rows": "2"})

    def to_command(self, reconciliation_id: UUID) -> MatchByHand:
        """What was typed. Raises Invalid for a line that is no number, NotFound for no correction."""
        typed = (self.line.data or "").strip()
        if not (typed.isascii() and typed.isdigit()):
            raise Invalid("line", "shape", _("Type the number of the line, for example 12."))
        correction = _uuid(self.correction.data)
        return MatchByHand(reconciliation_id, correction, int(typed), self.reason.data or "")


@dataclass(frozen=True, slots=True)
class ByHand:
    """A correction that waits for a line. *likely*: unknown lines of just its amount."""

    row: ReconciliationLine
    likely: tuple[ReconciliationLine, ...]
    form: HandForm


def started(tx: Tx, actor: Actor, view: ReconciliationView, form: HandForm | None) -> ByHand | None:
    """The form for the correction that the address names, or for the one that was refused; None without one."""
    named = form.correction.data if form else request.args.get("match")
    if not named or not may(actor, Permission.BATCH_ACKNOWLEDGE):
        return None
    row = line_of_correction(tx, actor, view.file.id, _uuid(named))
    if row is None:
        raise NotFound("correction")
    if row.state is not MatchState.MISSING or row.expected is None:
        return None
    likely = likely_lines(tx, actor, view.file.id, row.expected)
    filled = {"correction": named, "line": str(likely[0].lines[0]) if len(likely) == 1 else ""}
    return ByHand(row, likely, form or HandForm(formdata=None, data=filled))


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError as error:
        raise NotFound("correction") from error
