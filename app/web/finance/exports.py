"""F4: the files of a batch, their control totals and hash, the same bytes again, and the ledger's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from app.accounts.rules import Permission, may
from app.corrections.commands import AckFault, AcknowledgeBatch, ExportBatch
from app.corrections.queries.batches import BatchView, batch_view
from app.corrections.queries.exports import export_preview
from app.corrections.queries.runs import last_run_of
from app.corrections.rules.batches import AckResult, BatchState, Purpose
from app.corrections.service.answers import acknowledge_batch
from app.corrections.service.batches import export_batch, read_export
from app.corrections.service.runs import ask_export, is_large
from app.edge.limits import EXPORTS
from app.exports.formats import PAYMENTS, format_named, neutral
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, NotFound
from app.web.finance.batches import entry_row
from app.web.finance.face import bp
from app.web.finance.format_words import FORMAT_CHOICES, FORMAT_HINTS, format_words
from app.web.finance.runs import AGAIN_AFTER, run_of
from app.web.finance.words import ACK_CHOICES, batch_chip
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.ratelimit import limited
from app.workflows.rails import rails_from

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class AckForm(FlaskForm):
    """What the ledger called the import, of which file."""

    reference = StringField(__("Reference in your ledger"), [Length(max=200)])
    file_sha256 = HiddenField()

    def to_command(self, batch: BatchView) -> AcknowledgeBatch:
        """The answer; each entry may carry an exception. Results that do not exist count as posted."""
        known = {result.value for result in AckResult}
        faults = []
        for entry in batch.entries:  # a batch of more than one page has no exceptions by hand
            result = request.form.get(f"result-{entry.correction_id}", AckResult.POSTED.value)
            note = request.form.get(f"note-{entry.correction_id}", "")[:500]
            if result in known and result != AckResult.POSTED.value:
                faults.append(AckFault(entry.correction_id, AckResult(result), note))
        return AcknowledgeBatch(
            batch.id,
            (self.reference.data or "").strip(),
            (self.file_sha256.data or "").strip(),
            tuple(faults),
        )


class ExportForm(FlaskForm):
    """In which format a file is written."""

    format = RadioField(
        __("Format"),
        choices=[SelectChoice(name, words) for name, words in FORMAT_CHOICES],
        default=neutral.NAME,
    )

    def offer(self, purposes: tuple[Purpose, ...]) -> ExportForm:
        """Only formats of *purposes*; the first is chosen where what was chosen is not among them."""
        offered = [
            SelectChoice(name, words)
            for name, words in FORMAT_CHOICES
            if (Purpose.PAYS if name in PAYMENTS else Purpose.BOOKS) in purposes
        ]
        self.format.choices = offered
        if offered and self.format.data not in {one.value for one in offered}:
            self.format.data = offered[0].value
        return self

    def to_command(self, batch_id: UUID) -> ExportBatch:
        """Nothing chosen counts as the first; a format that does not exist is refused by the service."""
        return ExportBatch(batch_id, self.format.data or neutral.NAME)


@bp.get("/finance/batches/<uuid:batch_id>/export")
@policy(Permission.BATCH_READ, on="batch")
def exports_show(batch_id: UUID) -> ResponseReturnValue:
    """Preview before, totals and hash after; fetched again by itself while the file is written."""
    page, is_live = _shown(batch_id)
    return page, 200, {"Refresh": AGAIN_AFTER} if is_live else {}


@bp.post("/finance/batches/<uuid:batch_id>/export")
@policy(Permission.BATCH_EXPORT, on="batch")
@once_per_key
def exports_make(batch_id: UUID) -> ResponseReturnValue:
    """Write a file, once."""
    actor, ports = current_actor(), services()
    form = ExportForm()
    try:
        with transaction(actor) as tx:
            command, later = form.to_command(batch_id), is_large(tx, batch_id)
            if later:
                ask_export(tx, command, actor, ports.clock)
            else:
                export_batch(
                    tx, command, ports.storage, actor, ports.clock, rails_from(ports.settings)
                )
    except Invalid as error:
        mark(form, error, "format")
        return _page(batch_id, making=form), 422
    if not later:
        flash(_("The file is written. It will always be the same bytes."), "ok")
    return redirect(url_for("finance.exports_show", batch_id=batch_id), 303)


@bp.get("/finance/batches/<uuid:batch_id>/export/file")
@policy(Permission.BATCH_EXPORT, on="batch")
@limited(EXPORTS)
def exports_file(batch_id: UUID) -> ResponseReturnValue:
    """A file as it left; each download is recorded. `purpose` chooses between the one that books and the one that pays."""
    actor, ports = current_actor(), services()
    purpose = next((one for one in Purpose if one == request.args.get("purpose")), None)
    with transaction(actor) as tx:
        file, content = read_export(
            tx, batch_id, ports.storage, actor, ports.clock, rails_from(ports.settings), purpose
        )
        name = file.filename
        kind = format_named(file.format).content_type_of(name)
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/finance/batches/<uuid:batch_id>/acknowledge")
@policy(Permission.BATCH_ACKNOWLEDGE, on="batch")
@once_per_key
def exports_acknowledge(batch_id: UUID) -> ResponseReturnValue:
    """Enter what the ledger answered; cases whose money is posted are completed."""
    actor, form = current_actor(), AckForm()
    with transaction(actor, read_only=True) as tx:
        batch = batch_view(tx, actor, batch_id)
    try:
        with transaction(actor) as tx:
            acknowledge_batch(tx, form.to_command(batch), actor, services().clock)
    except Invalid as error:
        mark(form, error, "reference")
        return _page(batch_id, answer=form), 422
    flash(_("The batch is marked as posted in the ledger."), "ok")
    return redirect(url_for("finance.exports_show", batch_id=batch_id), 303)


def _page(batch_id: UUID, answer: AckForm | None = None, making: ExportForm | None = None) -> str:
    return _shown(batch_id, answer, making)[0]


def _shown(
    batch_id: UUID, answer: AckForm | None = None, making: ExportForm | None = None
) -> tuple[str, bool]:
    """The page, and whether something goes on with the batch."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        batch = batch_view(tx, actor, batch_id)
        run = last_run_of(tx, actor, services().clock, batch_id)
        preview = export_preview(tx, actor, batch_id)
    if batch.state is BatchState.OPEN:
        raise NotFound("export")
    exported = batch.file is not None
    left = batch.purposes_left if batch.state is not BatchState.CANCELLED else ()
    is_turned_back = exported and batch.reversed_by is not None
    is_live = run is not None and run.is_live
    page = render_template(
        "finance/batches/export.html",
        batch=batch,
        run=run_of(run, batch.state),
        state_of=batch_chip(batch.state),
        preview=preview,
        entries=[entry_row(entry) for entry in batch.entries],
        can_export=bool(left)
        and not is_live
        and not is_turned_back
        and not batch.locked_by_me
        and may(actor, Permission.BATCH_EXPORT),
        can_download=exported and may(actor, Permission.BATCH_EXPORT),
        can_answer=batch.state is BatchState.EXPORTED and may(actor, Permission.BATCH_ACKNOWLEDGE),
        answers=[(result.value, str(words)) for result, words in ACK_CHOICES],
        typed=request.form,
        form=answer or AckForm(formdata=None),
        making=(making or ExportForm(formdata=None)).offer(left),
        format_hints=FORMAT_HINTS,
        format_words=format_words,
    )
    return page, is_live
