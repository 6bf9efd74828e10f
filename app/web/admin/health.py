"""D10: is everything well? The questions of /readyz in plain words, each red one with the next step; queues and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template

from app.accounts.rules import Permission
from app.infra.checks import RunRow, last_run
from app.infra.db.transaction import transaction
from app.infra.health import QueueRow, queue_rows, versions
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.readiness import answers
from app.kernel.actor import Actor
from app.notifications.queries import MailNumbers, mail_numbers
from app.web.admin.face import bp
from app.web.shared.context import services
from app.web.shared.policy import policy
from app.webhooks.queries import WebhookNumbers, webhook_numbers

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

# What each question asks, and what to do when the answer is no.
QUESTIONS: dict[str, tuple[Any, Any]] = {
    "database": (__("The database takes writes"),
                 __("See that PostgreSQL runs, has room on its disk and is reached under DATABASE_URL.")),
    "migrations": (__("The schema is at its newest"), __("Run “redress migrate” with the owner's address.")),
    "role": (__("The web's role cannot look past the walls"),
             __("Give DATABASE_URL a role that owns nothing, is no superuser and has no BYPASSRLS.")),
    "durable": (__("What is committed survives a power cut"),
                __("Switch fsync, full_page_writes and synchronous_commit on.")),
    "queue": (__("Jobs are worked off in time"), __("See that a worker runs; start another when the queue grows.")),
    "deadlines": (__("Deadlines are looked at"), __("See that a worker runs: it looks at every deadline each minute.")),
    "clock": (__("The clocks agree"), __("Set this machine and the database's to the same time service.")),
    "signer": (__("Letters can be signed"), __("See that the signing key and its certificate are right and still valid.")),
    "store": (__("The file store answers"), __("See that the store runs and its keys and bucket are right.")),
}  # fmt: skip


@bp.get("/admin/health")
@policy(Permission.HEALTH_READ)
def health_show() -> ResponseReturnValue:
    """Every question asked now, never from memory."""
    asked = answers(services())
    queues: tuple[QueueRow, ...] = ()
    running: tuple[tuple[str, str], ...] = ()
    mails: MailNumbers | None = None
    hooks: WebhookNumbers | None = None
    checked: RunRow | None = None
    if not asked[0].problem:  # the database: without it there is nothing more to count
        with transaction(Actor.system("health"), read_only=True) as tx:
            queues, running = queue_rows(tx), versions(tx)
            mails, checked, hooks = mail_numbers(tx), last_run(tx), webhook_numbers(tx)
    rows = [(*_words(one.name), one.problem) for one in asked]
    return render_template(
        "admin/health/show.html", rows=rows, queues=queues, versions=running,
        parked=sum(one.parked for one in queues), red=sum(1 for one in asked if one.problem) + bool(checked and checked.broken),
        mails=mails, checked=checked, hooks=hooks,
    )  # fmt: skip


def _words(name: str) -> tuple[str, str]:
    question, step = QUESTIONS.get(name, (name, _("Look into the log.")))
    return str(question), str(step)
