"""F3: batches, what lies in each, and locking one for good."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField
from wtforms.validators import Optional

from app.accounts.rules import Permission, may
from app.corrections.commands import LockBatch
from app.corrections.queries.batches import (
    BatchEntry,
    BatchRow,
    BatchView,
    batch_page,
    batch_view,
)
from app.corrections.queries.runs import last_run_of
from app.corrections.rules.batches import BatchState
from app.corrections.service.batches import lock_batch
from app.corrections.service.runs import ask_lock, is_large
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.errors import Invalid, NotFound, Refused
from app.ledger.queries.books import posting_day
from app.ledger.rules.codes import AccountsWithoutCode
from app.web.finance.face import bp
from app.web.finance.reasons import ReasonForm
from app.web.finance.rows import BatchLine, EntryRow
from app.web.finance.runs import AGAIN_AFTER, run_of
from app.web.finance.words import account_kind_words, batch_chip, correction_chip
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class LockForm(FlaskForm):
    """Lock what was on the page. *posting_date*: today when it is left empty."""

    version = HiddenField()
    posting_date = DateField(__("Posting date"), [Optional()])

    def to_command(self, batch_id: UUID) -> LockBatch:
        """Raises Invalid for what is no day."""
        if (
            self.posting_date.raw_data
            and any(self.posting_date.raw_data)
            and not self.posting_date.data
        ):
            raise Invalid("posting_date", "date", _("Enter a day, for example 2026-12-01."))
        version = self.version.data or ""
        return LockBatch(
            batch_id, int(version) if version.isdigit() else None, self.posting_date.data
        )


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
    """What lies in it, and the lock; fetched again by itself while something goes on with it."""
    page, is_live = _page(batch_id)
    return page, 200, {"Refresh": AGAIN_AFTER} if is_live else {}


def show_batch(
    batch_id: UUID,
    cancel: ReasonForm | None = None,
    lock: LockForm | None = None,
    without: AccountsWithoutCode | None = None,
) -> str:
    """The page, with the form that was refused. *without*: accounts that hold up the lock."""
    return _page(batch_id, cancel, lock, without)[0]


def _page(
    batch_id: UUID,
    cancel: ReasonForm | None = None,
    lock: LockForm | None = None,
    without: AccountsWithoutCode | None = None,
) -> tuple[str, bool]:
    """The page, and whether something goes on with the batch."""
    actor, clock, after = current_actor(), services().clock, request.args.get("after", "")
    with transaction(actor, read_only=True) as tx:
        view = batch_view(tx, actor, batch_id, after)
        run = last_run_of(tx, actor, clock, batch_id)
        today = posting_day(tx, clock)
    is_live = run is not None and run.is_live
    page = render_template(
        "finance/batches/show.html",
        batch=view,
        state_of=batch_chip(view.state),
        entries=[entry_row(entry) for entry in view.entries],
        next_href=url_for("finance.batches_show", batch_id=batch_id, after=view.next_cursor)
        if view.next_cursor
        else None,
        first_href=url_for("finance.batches_show", batch_id=batch_id) if after else None,
        run=run_of(run, view.state),
        can_lock=view.state is BatchState.OPEN
        and view.count > 0
        and not is_live
        and may(actor, Permission.BATCH_LOCK),
        can_export=view.state is not BatchState.OPEN and may(actor, Permission.BATCH_EXPORT),
        never_left=_never_left(view),
        can_confirm=not view.locked_by_me and may(actor, Permission.BATCH_EXPORT),
        can_cancel=_can_cancel(view) and not is_live and may(actor, Permission.BATCH_LOCK),
        can_keep=view.reverses is not None
        and view.state is BatchState.LOCKED
        and may(actor, Permission.BATCH_LOCK),
        cancel=cancel or ReasonForm(formdata=None),
        lock=lock or LockForm(formdata=None, posting_date=today),
        without=[account_kind_words(kind) for kind in without.accounts] if without else [],
    )
    return page, is_live


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
    actor, form = current_actor(), LockForm()
    try:
        with transaction(actor) as tx:
            later = is_large(tx, batch_id)
            (ask_lock if later else lock_batch)(
                tx, form.to_command(batch_id), actor, services().clock
            )
    except Invalid as error:
        mark(form, error, "posting_date")
        return show_batch(batch_id, lock=form), 422
    except AccountsWithoutCode as refusal:
        return show_batch(batch_id, lock=form, without=refusal), 409
    except Refused as refusal:
        flash(translated(refusal.message), "warn")
        return show_batch(batch_id, lock=form), 409
    if not later:
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
