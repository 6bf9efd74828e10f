"""D9: all background work by state and kind; one job started again or parked, a kind started again, each with its history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.parked import JobState, ParkedJob, job_counts, jobs_in
from app.kernel.errors import NotFound
from app.web.admin.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy
from app.workflows.look_after_jobs import park, start_again, start_kind_again

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

PAGE = 50
STATES: dict[JobState, Any] = {
    JobState.PARKED: __("Parked"),
    JobState.FAILING: __("Tried again"),
    JobState.RUNNING: __("Running"),
    JobState.WAITING: __("Waiting"),
}
_PLAIN = re.compile(r"[0-9a-f-]{36}|[0-9]{1,18}|[a-z_.]{1,60}")
"""What of a job's arguments is shown: identifiers and words of our own."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job of the list. *attempts*: failed ones; *due_at*: when it is tried again."""

    id: int
    task: str
    about: str
    error: str
    attempts: int
    since: datetime
    due_at: datetime | None
    request_id: str


@bp.get("/admin/jobs")
@policy(Permission.JOB_MANAGE)
def jobs_list() -> ResponseReturnValue:
    """Fifty of one state, the newest first; parked ones unless another state is asked for."""
    state, task = _state(), request.args.get("kind", "")[:128]
    now = services().clock.now()
    with transaction(current_actor(), read_only=True) as tx:
        counts = job_counts(tx)
        found = jobs_in(tx, state, task=task, before=_before(), limit=PAGE + 1)
    return render_template(
        "admin/jobs/list.html",
        rows=[_line(one, now) for one in found[:PAGE]],
        state=state,
        tabs=_tabs(counts, state, task),
        kinds=sorted(counts),
        kind=task,
        parked=counts.get(task, {}).get(JobState.PARKED, 0),
        next_href=_href(state, task, found[PAGE - 1].id) if len(found) > PAGE else None,
        first_href=_href(state, task) if request.args.get("before") else None,
    )


@bp.post("/admin/jobs/<int:job_id>/retry")
@policy(Permission.JOB_MANAGE)
def jobs_retry(job_id: int) -> ResponseReturnValue:
    """A parked job begins anew; one that waits for its next try starts now."""
    actor = current_actor()
    with transaction(actor) as tx:
        task = start_again(tx, job_id, actor, services().clock)
    flash(_("%(task)s starts again.", task=task), "ok")
    return _back()


@bp.post("/admin/jobs/<int:job_id>/park")
@policy(Permission.JOB_MANAGE)
def jobs_park(job_id: int) -> ResponseReturnValue:
    """A waiting job is left out until somebody starts it again."""
    actor = current_actor()
    with transaction(actor) as tx:
        task = park(tx, job_id, actor, services().clock)
    flash(_("%(task)s is parked.", task=task), "ok")
    return _back()


@bp.post("/admin/jobs/retry")
@policy(Permission.JOB_MANAGE)
def jobs_retry_kind() -> ResponseReturnValue:
    """All parked jobs of a kind begin anew."""
    actor, task = current_actor(), request.form.get("kind", "")[:128]
    with transaction(actor) as tx:
        count = start_kind_again(tx, task, actor, services().clock)
    flash(_("%(count)s jobs of %(task)s start again.", count=count, task=task), "ok")
    return _back()


def _back() -> ResponseReturnValue:
    """To the state whose list the button stood in."""
    state = request.form.get("state", "")
    return redirect(_href(JobState(state) if state in set(JobState) else JobState.PARKED, ""), 303)


def _state() -> JobState:
    asked = request.args.get("state", JobState.PARKED)
    if asked not in set(JobState):
        raise NotFound("state")
    return JobState(asked)


def _before() -> int:
    """The id the page begins after; one that is none is no page."""
    value = request.args.get("before", "")
    if not value:
        return 2**62
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise NotFound("page")
    return int(value)


def _href(state: JobState, task: str, before: int | None = None) -> str:
    return url_for("admin.jobs_list", state=state.value, kind=task or None, before=before)


def _tabs(
    counts: dict[str, dict[JobState, int]], current: JobState, task: str
) -> list[dict[str, Any]]:
    chosen = [counts.get(task, {})] if task else list(counts.values())
    return [
        {
            "text": str(words),
            "href": _href(state, task),
            "current": state is current,
            "count": sum(one.get(state, 0) for one in chosen),
        }
        for state, words in STATES.items()
    ]


def _line(one: ParkedJob, now: datetime) -> JobLine:
    shown = {key: str(value) for key, value in sorted(one.args.items())}
    return JobLine(
        id=one.id,
        task=one.task,
        about=", ".join(
            f"{key} {value}" for key, value in shown.items() if _PLAIN.fullmatch(value)
        ),
        error=f"{one.error} {one.line}".strip(),
        attempts=one.attempts,
        since=one.since or one.parked_at or now,
        due_at=one.due_at,
        request_id=one.request_id,
    )
