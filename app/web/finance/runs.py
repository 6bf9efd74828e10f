"""F3, F4: a large batch that is locked or exported in the background: how far, how long, and stopping it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, request, url_for

from app.accounts.rules import Permission, may
from app.corrections.queries.runs import BatchRunView, last_run_of
from app.corrections.rules.batches import BatchState
from app.corrections.rules.runs import BatchRunState, RunAct
from app.corrections.service.runs import cancel_run
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext, translated
from app.kernel.errors import NotFound, Refused
from app.web.finance.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

AGAIN_AFTER = "3"
"""Seconds after which a page that waits looks again."""
_MINUTE = 60
_NEEDS = {RunAct.LOCK: Permission.BATCH_LOCK, RunAct.EXPORT: Permission.BATCH_EXPORT}


@dataclass(frozen=True, slots=True)
class RunCard:
    """*left*: how long it still takes, in words. *why*: why it was refused, in words; empty while it goes on."""

    view: BatchRunView
    title: str
    left: str
    why: str
    can_stop: bool


def run_of(run: BatchRunView | None, state: BatchState) -> RunCard | None:
    """What the page of a batch in *state* says of its last run: while it goes on, and how it ended in vain until it was
    done after all.
    """
    is_lock = run is not None and run.act is RunAct.LOCK
    if run is None or run.state is BatchRunState.DONE or (is_lock and state is not BatchState.OPEN):
        return None
    title = _("The batch is being locked") if is_lock else _("The file is being written")
    can_stop = run.is_live and may(current_actor(), _NEEDS[run.act])
    return RunCard(run, title, _left(run.seconds_left), _why(run), can_stop)


def _left(seconds: int | None) -> str:
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return ngettext("About %(num)s second left.", "About %(num)s seconds left.", seconds)
    minutes = round(seconds / _MINUTE)
    return ngettext("About %(num)s minute left.", "About %(num)s minutes left.", minutes)


def _why(run: BatchRunView) -> str:
    if run.state is BatchRunState.CANCELLED:
        return _("This was stopped. Nothing of it was done.")
    if run.state is not BatchRunState.REFUSED:
        return ""
    return (
        translated(run.why) if run.why else _("This failed. Nothing of it was done; try it again.")
    )


@bp.post("/finance/batches/<uuid:batch_id>/stop")
@policy(Permission.BATCH_LOCK, on="batch", other=Permission.BATCH_EXPORT)
@once_per_key
def batches_stop(batch_id: UUID) -> ResponseReturnValue:
    """Stop what goes on with it; nothing of that is done."""
    actor, clock = current_actor(), services().clock
    try:
        with transaction(actor) as tx:
            run = last_run_of(tx, actor, clock, batch_id)
            if run is None:
                raise NotFound
            cancel_run(tx, run.id, actor, clock)
    except Refused as error:
        flash(translated(error.message), "warn")
    page = "exports_show" if request.form.get("page") == "export" else "batches_show"
    return redirect(url_for(f"finance.{page}", batch_id=batch_id), 303)
