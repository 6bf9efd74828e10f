"""Parked jobs: what failed eight times, why, since when; starting one again is safe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for

from app.accounts.rules import Permission, may
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.parked import ParkedJob, parked_jobs
from app.web.desk.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy
from app.workflows.look_after_jobs import start_again

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@dataclass(frozen=True, slots=True)
class JobRow:
    """A parked job without its payload."""

    task: str
    about: str
    error: str
    attempts: int
    since: datetime
    retry_href: str


@bp.get("/desk/jobs")
@policy(Permission.JOB_READ)
def jobs_list() -> ResponseReturnValue:
    """The newest fifty parked jobs."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        found = parked_jobs(tx)
    retry = may(actor, Permission.JOB_RETRY)
    now = services().clock.now()
    rows = [_row(one, now, retry=retry) for one in found]
    return render_template("desk/jobs/list.html", jobs=rows)


@bp.post("/desk/jobs/<int:job_id>/retry")
@policy(Permission.JOB_RETRY)
def jobs_retry(job_id: int) -> ResponseReturnValue:
    """Put a job back into its queue with all attempts anew."""
    actor = current_actor()
    with transaction(actor) as tx:
        name = start_again(tx, job_id, actor, services().clock)
    flash(_("%(task)s starts again.", task=name), "ok")
    return redirect(url_for("desk.jobs_list"), 303)


def _row(one: ParkedJob, now: datetime, *, retry: bool) -> JobRow:
    about = ", ".join(f"{key} {value}" for key, value in sorted(one.args.items()))
    return JobRow(
        task=one.task,
        about=about,
        error=one.error or _("No reason was kept."),
        attempts=one.attempts,
        since=one.parked_at or now,
        retry_href=url_for("desk.jobs_retry", job_id=one.id) if retry else "",
    )
