"""Our own check of the statements, before artists write: each month over all payees, as soon as its paid statement lies there.

The same engine and the same kept runs as the audit of a case. What many payees have in common becomes a parent event;
leads and finance are told, artists are not.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app.accounts.queries import PersonContact, people_with_role
from app.accounts.rules import Permission, require, roles_that_may
from app.incidents.commands import KeepFaults
from app.incidents.events import ParentEventFound
from app.incidents.queries import EventRow, event_row
from app.incidents.service.keeping import keep_faults
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, job
from app.infra.render.words import show_money
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound
from app.notifications.commands import Tell
from app.notifications.rules import MailKind
from app.notifications.service.notices import tell
from app.recompute.commands import AskMonth, AuditFiles
from app.recompute.queries import asked_months
from app.recompute.service import audit_files
from app.recompute.service.runs import (
    MONTH_JOB,
    WaitingMonth,
    ask_month,
    begin_month,
    fail_run,
    say_percent,
)
from app.statements.formats.paid import NAME as PAID
from app.statements.formats.sales import write_paid, write_sales
from app.statements.queries import MonthRow, statement_months
from app.statements.service.fetching import fetch_parts
from app.terms.queries import newest_version, write_files
from app.workflows.audit_ends import NOTHING, carry_out
from app.workflows.audit_inputs import Chosen, chosen_of_month

QUIET = timedelta(hours=1)
"""A month is checked when nothing came in for it so long: statements come in several files."""


@job("payouts.sweep", queue="later", cron="23 * * * *")
def look_for_months(run: Run, timestamp: int = 0) -> None:
    """Ask for every month whose statements are there and were not checked as they are. Safe to repeat."""
    del timestamp
    with run.transaction() as tx:
        if not newest_version(tx):
            return
        asked, quiet = asked_months(tx), run.clock.now() - QUIET
        for row in statement_months(tx):
            if _is_whole(row) and row.last_at <= quiet and asked.get(row.month) != row.digest:
                ask_month(tx, AskMonth(row.month, row.digest), run.actor, run.clock)


def check_again(tx: Tx, month: str, actor: Actor, clock: Clock) -> UUID:
    """A person wants a month checked with the terms in force now. Raises `Forbidden`, `NotFound` without statements."""
    require(actor, Permission.PARENT_EVENT_CHECK)
    rows = [row for row in statement_months(tx) if row.month == month and _is_whole(row)]
    if not rows:
        raise NotFound("statement_month")
    return ask_month(tx, AskMonth(month, rows[0].digest), actor, clock)


def months_to_check(tx: Tx) -> tuple[str, ...]:
    """Statement months that have both what stores reported and what was paid, the newest first."""
    return tuple(row.month for row in statement_months(tx) if _is_whole(row))


def _is_whole(row: MonthRow) -> bool:
    return PAID in row.sources and len(row.sources) > 1


@job(MONTH_JOB, queue="later")
def sweep_month(run: Run, audit_id: str) -> None:
    """Compute a month over all payees and keep its faults. Safe to repeat: it begins anew, and only the end is kept."""
    which = UUID(audit_id)
    with run.transaction() as tx:
        waiting = begin_month(tx, which, run.actor, run.clock)
    if waiting is None:
        return

    def keep(found: KeepFaults) -> None:
        with run.transaction() as tx:
            keep_faults(tx, found, run.actor, run.clock)

    def fail(why: str, _code: str) -> None:
        _fail(run, waiting, why)

    carry_out("payout-sweep-", lambda folder: _found(run, waiting, folder), keep, fail)


def _found(run: Run, waiting: WaitingMonth, folder: Path) -> KeepFaults:
    with run.transaction() as tx:
        chosen = chosen_of_month(tx, waiting.month)
        if chosen.why_not:
            raise Invalid("month", NOTHING, chosen.why_not)
        terms = write_files(tx, folder)
    files = AuditFiles(
        sales=(folder / "sales.csv",), deals=terms.deals, splits=terms.splits, payees=terms.payees,
        withholding=terms.withholding, fx=terms.fx, paid=(folder / "paid.csv",), out=folder / "out",
    )  # fmt: skip
    counts = _write_inputs(run, chosen, files, folder)
    with run.transaction() as tx:
        say_percent(tx, waiting.id, 40)
    control = audit_files(files)
    inputs = chosen.stored() | counts | {
        "terms": {"version": terms.version, "digest": terms.digest}
    }  # fmt: skip
    return KeepFaults(waiting.id, files, inputs, control)


def _write_inputs(run: Run, chosen: Chosen, files: AuditFiles, folder: Path) -> dict[str, int]:
    storage = run.services.storage
    sales = fetch_parts(storage, chosen.sales, folder, "sales")
    earlier = fetch_parts(storage, chosen.earlier, folder, "before")
    paid = fetch_parts(storage, chosen.paid, folder, "paid")
    return {
        "sales_lines": write_sales(sales, files.sales[0], earlier=earlier, matches=chosen.matches),
        "paid_lines": write_paid(paid, files.paid[0]),
    }


def _fail(run: Run, waiting: WaitingMonth, why: str) -> None:
    with run.transaction() as tx:
        fail_run(tx, waiting.id, why, run.actor, run.clock)


def tell_house(run: Run, event: ParentEventFound) -> None:
    """Reaction: leads and finance hear of a new event. Safe to repeat: each is told once."""
    with run.transaction() as tx:
        row = event_row(tx, run.actor, event.event_id)
        readers = {one.id: one for role in _readers() for one in people_with_role(tx, role)}
        for person in readers.values():
            tell(tx, _notice(row, person), run.clock)


def _readers() -> tuple[Role, ...]:
    """Who may act on it or look at it; the auditor looks when they wish."""
    may = roles_that_may(Permission.PARENT_EVENT_READ)
    return tuple(role for role in may if role is not Role.AUDITOR)


def _notice(row: EventRow, person: PersonContact) -> Tell:
    sums: list[Any] = [one.rounded() for one in row.sums]
    values = {
        "event": str(row.id), "cause": row.cause, "payees": str(row.payees), "month": row.statement_month,
        "sums": ", ".join(show_money(one.amount, one.currency, person.locale) for one in sums),
    }  # fmt: skip
    return Tell(
        MailKind.PARENT_EVENT, str(row.id), person.email, person.locale, person.zone, values, person_id=person.id
    )  # fmt: skip
