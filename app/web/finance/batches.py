"""F3: batches, what lies in each, and locking one for good."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.accounts.rules import Permission, may
from app.corrections.commands import LockBatch
from app.corrections.queries.batches import (
    BatchEntry,
    BatchRow,
    BatchView,
    batch_page,
    batch_view,
)
from app.corrections.rules.batches import BatchState
from app.corrections.service.batches import lock_batch
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import NotFound
from app.web.finance.face import bp
from app.web.finance.reasons import ReasonForm
from app.web.finance.rows import BatchLine, EntryRow
from app.web.finance.words import batch_chip, correction_chip
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class LockForm(FlaskForm):
    """Lock what was on the page."""

    version = HiddenField()


@bp.get("/finance/batches")
@policy(Permission.BATCH_READ)
def batches_list() -> ResponseReturnValue:
    """The newest batch first."""
    actor, after = current_actor(), request.args.get("after", "")
    if after and not (after.isascii() and after.isdigit() and len(after) < 18):
        raise NotFound("page")
    with transaction(actor, read_only=True) as tx:
        page = batch_page(tx, actor, after)
    return render_template(
        "finance/batches/list.html",
        rows=[_row(row) for row in page.rows],
        next_href=url_for("finance.batches_list", after=page.next_cursor)
        if page.next_cursor
        else None,
        first_href=url_for("finance.batches_list") if after else None,
    )


@bp.get("/finance/batches/<uuid:batch_id>")
@policy(Permission.BATCH_READ, on="batch")
def batches_show(batch_id: UUID) -> ResponseReturnValue:
    """What lies in it, and the lock."""
    return show_batch(batch_id)


def show_batch(batch_id: UUID, cancel: ReasonForm | None = None) -> str:
    """The page, with the form that was refused."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        view = batch_view(tx, actor, batch_id)
    return render_template(
        "finance/batches/show.html",
        batch=view,
        state_of=batch_chip(view.state),
        entries=[entry_row(entry) for entry in view.entries],
        can_lock=view.state is BatchState.OPEN
        and bool(view.entries)
        and may(actor, Permission.BATCH_LOCK),
        can_export=view.state is not BatchState.OPEN and may(actor, Permission.BATCH_EXPORT),
        never_left=_never_left(view),
        can_confirm=not view.locked_by_me and may(actor, Permission.BATCH_EXPORT),
        can_cancel=_can_cancel(view) and may(actor, Permission.BATCH_LOCK),
        can_keep=view.reverses is not None
        and view.state is BatchState.LOCKED
        and may(actor, Permission.BATCH_LOCK),
        cancel=cancel or ReasonForm(formdata=None),
    )


def _never_left(view: BatchView) -> bool:
    """A reversing batch that waits, of a batch whose file was never written."""
    back = view.reverses
    return back is not None and {back.state, view.state} == {BatchState.LOCKED}


def _can_cancel(view: BatchView) -> bool:
    closed = view.state in {BatchState.LOCKED, BatchState.EXPORTED}
    return closed and view.reverses is None and view.reversed_by is None


@bp.post("/finance/batches/<uuid:batch_id>/lock")
@policy(Permission.BATCH_LOCK, on="batch")
@once_per_key
def batches_lock(batch_id: UUID) -> ResponseReturnValue:
    """Close it for good."""
    actor, version = current_actor(), LockForm().version.data or ""
    command = LockBatch(batch_id, int(version) if version.isdigit() else None)
    with transaction(actor) as tx:
        lock_batch(tx, command, actor, services().clock)
    flash(_("The batch is locked. Somebody else exports it."), "ok")
    return redirect(url_for("finance.batches_show", batch_id=batch_id), 303)


def entry_row(entry: BatchEntry) -> EntryRow:
    """A correction of a batch in words."""
    return EntryRow(
        id=entry.correction_id,
        href=url_for("finance.corrections_show", correction_id=entry.correction_id),
        case_ref=entry.case_ref,
        artist=entry.case_artist,
        reason=entry.reason,
        chip=correction_chip(entry.state),
        total=entry.total,
        ledger_note=entry.ledger_note,
    )


def _row(row: BatchRow) -> BatchLine:
    later = (row.acknowledged_at, row.exported_at, row.locked_at)
    return BatchLine(
        href=url_for("finance.batches_show", batch_id=row.id),
        number=row.number,
        currency=row.currency,
        chip=batch_chip(row.state),
        count=row.count,
        total=row.total,
        opened_at=row.opened_at,
        latest_at=next((at for at in later if at), row.opened_at),
    )
