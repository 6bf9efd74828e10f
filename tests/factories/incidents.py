"""A statement month on which tax was withheld from artists who owe none: three known to the ledger, one to the terms alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.infra.db.transaction import transaction
from app.infra.jobs import Run, run_task
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.reading.sources import Source
from app.recompute.service.runs import MONTH_JOB
from app.statements.service.imports import import_statement
from app.statements.service.keeping import keep
from app.statements.service.preparing import prepare
from app.terms.rules.rows import Table
from app.terms.service import import_terms, read_file
from app.workflows.sweep_payouts import look_for_months
from tests.factories.ledger import make_payee

SYSTEM = Actor.system("test:incidents")
MONTH = "2026-09"
KNOWN = ("ada", "bo", "cy")
UNKNOWN = "zoe"
PAYEES = (*KNOWN, UNKNOWN)
GROSS, TAKEN = "100.000000001", "70.0000000007"


def isrc_of(payee: str) -> str:
    """Everybody has one recording of their own."""
    return f"QZABC26000{PAYEES.index(payee):02d}"


def sales(payees: Iterable[str] = PAYEES) -> str:
    """One line of sale each."""
    head = "line_id,statement_month,sale_month,store,territory,isrc,usage,units,gross,currency\n"
    return head + "".join(
        f"{n},{MONTH},2026-07,Spotify,US,{isrc_of(payee)},stream,1000,{GROSS},EUR\n"
        for n, payee in enumerate(payees)
    )


def paid(*, taxed: Iterable[str] = PAYEES, payees: Iterable[str] = PAYEES) -> str:
    """What was paid: less 30 % to those who were *taxed*."""
    head = "payee,statement_month,sale_month,store,territory,isrc,currency,amount\n"
    return head + "".join(
        f"{payee},{MONTH},2026-07,Spotify,US,{isrc_of(payee)},EUR,{TAKEN if payee in taxed else GROSS}\n"
        for payee in payees
    )


def agree_terms(people: dict[str, Any], clock: Clock) -> None:
    """Shares, no fee, no tax; the unknown payee has a currency and no account."""
    ids = {name: make_payee(people[name].name, person_id=people[name].id) for name in KNOWN}
    texts = {
        Table.DEALS: "isrc,fee_rate,from_month,to_month\n*,0,,\n",
        Table.SPLITS: "isrc,payee,share,territories,from_month,to_month\n"
        + "".join(f"{isrc_of(one)},{one},1,WW,,\n" for one in PAYEES),
        Table.PAYEES: "payee,currency,payee_id\n"
        + "".join(f"{one},EUR,{ids.get(one, '')}\n" for one in PAYEES),
    }
    for table, content in texts.items():
        with transaction(SYSTEM) as tx:
            source = Source.of_bytes(f"{table}.csv", content.encode())
            with read_file(table, source) as command:
                import_terms(tx, command, SYSTEM, clock)


def take_in(app: Any, clock: Clock, **files: str) -> None:
    """Statement files by name."""
    for name, content in files.items():
        with tempfile.TemporaryDirectory() as folder:
            path, work = Path(folder) / f"{name}.csv", Path(folder) / "work"
            path.write_text(content, encoding="utf-8")
            work.mkdir()
            command = keep(app.extensions["redress"].storage, prepare(path, work), clock)
        with transaction(SYSTEM) as tx:
            import_statement(tx, command, SYSTEM, clock)


def sweep(app: Any) -> int:
    """What the worker does at the hour; how many months were checked."""
    services = app.extensions["redress"]
    look_for_months(Run("payouts.sweep", services))
    return work_off(app)


def work_off(app: Any) -> int:
    """Carry out the runs of months that wait; how many."""
    with transaction(SYSTEM) as tx:
        query = text("select id from payout_audit where state = 'waiting' and case_id is null")
        waiting = [str(one) for one in tx.execute(query).scalars()]
    for audit_id in waiting:
        run_task(app.extensions["redress"], MONTH_JOB, {"audit_id": audit_id})
    return len(waiting)
