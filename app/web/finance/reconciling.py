"""F5: the ledger's file beside what left; told by state, downloaded, and let count by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from app.accounts.rules import Permission, may
from app.corrections.commands import ConfirmReconciliation, ReconcileBatch
from app.corrections.queries.batches import batch_view
from app.corrections.queries.reconciling import (
    lines_page,
    reconciliation_view,
    reconciliations_of,
)
from app.corrections.rules.batches import BatchState
from app.corrections.rules.ledger_file import COLUMNS, MOST_BYTES
from app.corrections.rules.reconciling import MatchedBy, MatchState
from app.corrections.service.reconciling import (
    confirm_reconciliation,
    reconcile_batch,
    reconciliation_csv,
)
from app.edge.limits import EXPORTS
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.errors import Invalid, InvalidMany, NotFound
from app.kernel.filenames import content_disposition
from app.web.finance.face import bp
from app.web.finance.pairing_form import HandForm, started
from app.web.finance.words import Chip, batch_chip, correction_chip
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.ratelimit import limited
from app.web.shared.uploads import receives_files, staged_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

STATES = {
    MatchState.MATCHED: (__("Matched"), "ok", "circle-check"),
    MatchState.DIFFERS: (__("Amount differs"), "warn", "triangle-alert"),
    MatchState.MISSING: (__("Missing in the ledger"), "warn", "circle-help"),
    MatchState.TWICE: (__("Posted twice"), "danger", "triangle-alert"),
    MatchState.UNKNOWN: (__("Unknown in this batch"), "neutral", "circle-help"),
}
"""In the order of the filters."""
RULES = {
    MatchedBy.CORRECTION: __("by the correction’s id"),
    MatchedBy.NUMBER: __("by the number of its journal entry"),
    MatchedBy.HAND: __("by hand"),
    MatchedBy.NOTHING: "",
}
_LEFT = frozenset({BatchState.EXPORTED, BatchState.ACKNOWLEDGED})


class ConfirmForm(FlaskForm):
    """Let the result count. *version*: of the batch, as the page showed it."""

    reference = StringField(__("Reference in your ledger"), [Length(max=200)])
    version = HiddenField()

    def to_command(self, reconciliation_id: UUID) -> ConfirmReconciliation:
        """A version that is no number is an old one."""
        version = self.version.data or ""
        return ConfirmReconciliation(
            reconciliation_id,
            int(version) if version.isdigit() else 0,
            (self.reference.data or "").strip(),
        )


@bp.get("/finance/batches/<uuid:batch_id>/reconciliation")
@policy(Permission.BATCH_READ, on="batch")
def reconciling_show(batch_id: UUID) -> ResponseReturnValue:
    """A file to choose, and those that came before."""
    return _batch_page(batch_id)


@bp.post("/finance/batches/<uuid:batch_id>/reconciliation")
@policy(Permission.BATCH_ACKNOWLEDGE, on="batch")
@receives_files
def reconciling_compare(batch_id: UUID) -> ResponseReturnValue:
    """Compare; nothing counts yet. The same file again leads to what was said of it."""
    actor, ports, upload = current_actor(), services(), request.files.get("file")
    if upload is None or not upload.filename:
        return _batch_page(batch_id, Invalid("file", "missing", _("Choose a file."))), 422
    staged = staged_of(upload, ports.storage)
    if staged.size > MOST_BYTES:
        words = _("The file is larger than 16 MB. Split it by day.")
        return _batch_page(batch_id, Invalid("file", "too_large", words)), 422
    content = b"".join(ports.storage.open(staged.key))
    try:
        with transaction(actor) as tx:
            command = ReconcileBatch(batch_id, upload.filename, content)
            compared = reconcile_batch(tx, command, actor, ports.clock)
    except (Invalid, InvalidMany) as problem:
        return _batch_page(batch_id, problem), 422
    if not compared.is_new:
        flash(_("This very file was compared before. Nothing was changed."), "ok")
    address = url_for("finance.reconciling_result", reconciliation_id=compared.id)
    return redirect(address, 303)


@bp.get("/finance/batches/reconciliations/<uuid:reconciliation_id>")
@policy(Permission.BATCH_READ)
def reconciling_result(reconciliation_id: UUID) -> ResponseReturnValue:
    """What became of each correction and line, by state."""
    return result_page(reconciliation_id, ConfirmForm(formdata=None))


@bp.post("/finance/batches/reconciliations/<uuid:reconciliation_id>/confirm")
@policy(Permission.BATCH_ACKNOWLEDGE)
@once_per_key
def reconciling_confirm(reconciliation_id: UUID) -> ResponseReturnValue:
    """Let it count."""
    actor, form = current_actor(), ConfirmForm()
    try:
        with transaction(actor) as tx:
            confirm_reconciliation(tx, form.to_command(reconciliation_id), actor, services().clock)
            exceptions = reconciliation_view(tx, actor, reconciliation_id).exceptions
    except Invalid as error:
        mark(form, error, "reference")
        return result_page(reconciliation_id, form), 422
    said = _("It counts now: all of it was posted as exported.")
    if exceptions:
        said = _("It counts now. What was not posted as exported waits for your answer.")
    flash(said, "ok")
    address = url_for("finance.reconciling_result", reconciliation_id=reconciliation_id)
    return redirect(address, 303)


@bp.get("/finance/batches/reconciliations/<uuid:reconciliation_id>/lines.csv")
@policy(Permission.BATCH_READ)
@limited(EXPORTS)
def reconciling_file(reconciliation_id: UUID) -> ResponseReturnValue:
    """Every row; each download is recorded."""
    actor = current_actor()
    with transaction(actor) as tx:
        name, content = reconciliation_csv(tx, reconciliation_id, actor, services().clock)
    response = Response(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


def _batch_page(batch_id: UUID, problem: Invalid | None = None) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        batch = batch_view(tx, actor, batch_id)
        files = reconciliations_of(tx, actor, batch_id)
    if batch.state not in _LEFT:
        raise NotFound("reconciliation")
    many = problem.errors if isinstance(problem, InvalidMany) else (problem,)
    errors = [one for one in many if isinstance(one, Invalid)]
    return render_template(
        "finance/batches/reconciliation.html",
        batch=batch,
        state_of=batch_chip(batch.state),
        files=files,
        problems=[(one.field, translated(one.message)) for one in errors],
        columns=[(kind, names) for kind, names in COLUMNS.items()],
        can_compare=may(actor, Permission.BATCH_ACKNOWLEDGE),
    )


def result_page(reconciliation_id: UUID, form: ConfirmForm, hand: HandForm | None = None) -> str:
    """The result, with the form that was refused."""
    actor = current_actor()
    state = next((one for one in MatchState if one == request.args.get("state")), None)
    after = request.args.get("after", "")
    after_row = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    with transaction(actor, read_only=True) as tx:
        view = reconciliation_view(tx, actor, reconciliation_id)
        page = lines_page(tx, actor, reconciliation_id, state, after_row)
        by_hand = started(tx, actor, view, hand)
    return render_template(
        "finance/batches/reconciled.html",
        view=view,
        total=sum(view.counts.values()),
        rows=[
            (
                row,
                _chip(row.state),
                correction_chip(row.correction_state) if row.correction_state else None,
            )
            for row in page.rows
        ],
        filters=[_filter(reconciliation_id, one, view.counts[one], state) for one in STATES],
        all_href=_address(reconciliation_id, None),
        state=state,
        rules=RULES,
        form=form,
        by_hand=by_hand,
        may_match=may(actor, Permission.BATCH_ACKNOWLEDGE),
        can_confirm=view.can_count and may(actor, Permission.BATCH_ACKNOWLEDGE),
        asks_reference=view.batch_state is BatchState.EXPORTED,
        next_href=_address(reconciliation_id, state, page.next_after) if page.next_after else None,
        first_href=_address(reconciliation_id, state) if after_row else None,
    )


def _chip(state: MatchState) -> Chip:
    words, tone, icon = STATES[state]
    return Chip(str(words), tone, icon)


def _filter(
    reconciliation_id: UUID, state: MatchState, count: int, chosen: MatchState | None
) -> dict[str, object]:
    words, _tone, _icon = STATES[state]
    return {
        "text": f"{words} {count}",
        "href": _address(reconciliation_id, state),
        "current": state is chosen,
    }


def _address(reconciliation_id: UUID, state: MatchState | None, after: int | None = None) -> str:
    return url_for(
        "finance.reconciling_result", reconciliation_id=reconciliation_id,
        state=state.value if state else None, after=after,
    )  # fmt: skip
