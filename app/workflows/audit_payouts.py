"""The audit of a case as a job: what stores reported and what we paid, by the terms in force, given back to the review."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from uuid import UUID

from app.cases.events import CaseMoved
from app.cases.queries import case_by_id, parties_of
from app.cases.rules.kinds import CaseEvent, State
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, job
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid
from app.kernel.sides import Side
from app.kernel.words import words as _
from app.ledger.queries.balances import payees_by_id
from app.recompute.commands import AskAudit, AuditFiles, KeepFound
from app.recompute.service import audit_files
from app.recompute.service.keeping import keep_found
from app.recompute.service.runs import JOB, Waiting, ask_audit, begin_run, fail_run, say_percent
from app.statements.formats.sales import write_paid, write_sales
from app.statements.service.fetching import fetch_parts
from app.terms.queries import ledger_payees, write_files
from app.workflows.audit_by_hand import hand_back
from app.workflows.audit_ends import NOTHING, Cancelled, carry_out
from app.workflows.audit_inputs import Chosen, chosen_for


def begin_on(run: Run, event: CaseMoved) -> None:
    """Reaction to a case that went into audit: it is computed, or given back with why it cannot be."""
    if event.to_state == State.AUDITING and event.case_id is not None:
        with run.transaction() as tx:
            begin(tx, event.case_id, run.actor, run.clock)


def begin(tx: Tx, case_id: UUID, actor: Actor, clock: Clock) -> UUID | None:
    """Ask for the run of a case in audit; or give the case back, with None. Safe to repeat."""
    case = case_by_id(tx, actor, case_id)
    if case.state is not State.AUDITING:
        return None
    chosen = chosen_for(tx, actor, case)
    if not chosen.why_not:
        return ask_audit(tx, AskAudit(case_id), actor, clock)
    hand_back(tx, case_id, actor, clock, chosen.why_not)
    return None


@job(JOB, queue="later")
def run_audit(run: Run, audit_id: str) -> None:
    """Compute, keep what was found, give the case back. Safe to repeat: it begins anew, and only the end is kept."""
    which = UUID(audit_id)
    with run.transaction() as tx:
        waiting = begin_run(tx, which, run.actor, run.clock)
    if waiting is None:
        return

    def keep(found: KeepFound) -> None:
        with run.transaction() as tx:
            keep_found(tx, found, run.actor, run.clock)
            hand_back(tx, waiting.case_id, run.actor, run.clock, _what_was_found(found))

    def fail(why: str, code: str) -> None:
        event = CaseEvent.AUDIT_DONE if code == NOTHING else CaseEvent.AUDIT_FAILED
        _fail(run, waiting, why, event)

    carry_out("payout-audit-", lambda folder: _found(run, waiting, folder), keep, fail)


def _found(run: Run, waiting: Waiting, folder: Path) -> KeepFound:
    """The audit of the case, in *folder*. Raises `Invalid` in words for the reviewer."""
    with run.transaction() as tx:
        case = case_by_id(tx, run.actor, waiting.case_id)
        chosen = chosen_for(tx, run.actor, case)
        if chosen.why_not:
            raise Invalid("case", NOTHING, chosen.why_not)
        terms = write_files(tx, folder)
        sides = _sides(tx, waiting.case_id, run.actor)
    files = AuditFiles(
        sales=(folder / "sales.csv",), deals=terms.deals, splits=terms.splits, payees=terms.payees,
        withholding=terms.withholding, fx=terms.fx, paid=(folder / "paid.csv",), out=folder / "out",
        payees_only=chosen.payees,
    )  # fmt: skip
    counts = _write_inputs(run, waiting, chosen, files, folder)
    _say(run, waiting, 50)
    control = audit_files(files)
    _say(run, waiting, 70)
    inputs = chosen.stored() | counts | {
        "terms": {"version": terms.version, "digest": terms.digest},
        "sides": {code: side.value for code, side in sides.items()},
    }  # fmt: skip
    return KeepFound(waiting.id, files, inputs, control, sides)


def _write_inputs(
    run: Run, waiting: Waiting, chosen: Chosen, files: AuditFiles, folder: Path
) -> dict[str, int]:
    storage = run.services.storage
    sales = fetch_parts(storage, chosen.sales, folder, "sales")
    earlier = fetch_parts(storage, chosen.earlier, folder, "before")
    _say(run, waiting, 20)
    paid = fetch_parts(storage, chosen.paid, folder, "paid")
    _say(run, waiting, 30)
    counts = {
        "sales_lines": write_sales(
            sales, files.sales[0], earlier=earlier, matches=chosen.matches, only=chosen.isrcs
        ),
        "paid_lines": write_paid(paid, files.paid[0], only=chosen.isrcs),
    }
    if not any(counts.values()):
        raise Invalid(
            "case", NOTHING, _("No statement lines for this release and period. Import the store report or change the period.")
        )  # fmt: skip
    return counts


def _say(run: Run, waiting: Waiting, percent: int) -> None:
    with run.transaction() as tx:
        if not say_percent(tx, waiting.id, percent):
            raise Cancelled


def _sides(tx: Tx, case_id: UUID, actor: Actor) -> dict[str, Side]:
    """Payee code → the side that may read its lines. Where two payees share a side neither may read the other's money,
    so nobody on it reads any (DECISIONS 20).
    """
    known = ledger_payees(tx)
    people = payees_by_id(tx, frozenset(known.values()))
    sides = {row.person_id: row.side for row in parties_of(tx, actor, case_id) if row.person_id}
    found = {
        code: (sides[person], person)
        for code, payee_id in known.items()
        if payee_id in people and (person := people[payee_id].person_id) in sides
    }
    on_side = Counter(side for side, _person in set(found.values()))
    return {code: side for code, (side, _person) in found.items() if on_side[side] == 1}


def _fail(run: Run, waiting: Waiting, why: str, event: CaseEvent) -> None:
    """End the run with *why*; where there was nothing to compute the review goes on by hand."""
    with run.transaction() as tx:
        fail_run(tx, waiting.id, why, run.actor, run.clock)
        hand_back(tx, waiting.case_id, run.actor, run.clock, why, event)


def _what_was_found(found: KeepFound) -> str:
    return _(
        "Computed again from %(sales)d store lines and %(paid)d paid lines: %(differ)d lines differ.",
        sales=found.inputs["sales_lines"], paid=found.inputs["paid_lines"], differ=found.control["discrepancies"],
    )  # fmt: skip
