"""What a run found comes to count: totals, groups, lines and split histories, all of it in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from app.accounts.rules import Permission, require
from app.cases.queries import case_by_id
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refused
from app.kernel.sides import Disclosure, Side
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.recompute.adapters.lines import lines_of, suspense_of, terms_of, totals_of
from app.recompute.commands import AuditFiles, ExplainLine, KeepFound
from app.recompute.models import (
    PayoutAuditGroup,
    PayoutAuditLine,
    PayoutAuditNote,
    PayoutAuditSplit,
    PayoutAuditSuspense,
    PayoutAuditTotal,
)
from app.recompute.queries import audit_group
from app.recompute.rules.grouping import AuditedGroup, Figures, settle
from app.recompute.rules.runs import AuditedLine, RunState
from app.recompute.rules.working import Terms
from app.recompute.service.runs import end_run, locked_run

_BATCH = 2000
LONGEST_NOTE = 1000


class _Keeper:
    """Writes rows of one run in batches, each with the side that may read it."""

    def __init__(self, tx: Tx, audit_id: UUID, case_id: UUID, sides: Mapping[str, Side]) -> None:
        self._tx, self._ids, self._sides = tx, {"audit_id": audit_id, "case_id": case_id}, sides
        self._waiting: dict[type[Any], list[dict[str, Any]]] = {}

    def add(self, table: type[Any], owner: str, **values: Any) -> None:
        side = self._sides.get(owner, Side.DESK)
        shown = Disclosure.INTERNAL if side is Side.DESK else Disclosure.PRIVATE
        rows = self._waiting.setdefault(table, [])
        rows.append(self._ids | {"side": side.value, "disclosure": shown.value} | values)
        if len(rows) >= _BATCH:
            self._write(table)

    def finish(self) -> None:
        for table in self._waiting:
            self._write(table)

    def _write(self, table: type[Any]) -> None:
        rows = self._waiting[table]
        if rows:
            self._tx.execute(insert(table), rows)
        self._waiting[table] = []


def keep_found(tx: Tx, command: KeepFound, actor: Actor, clock: Clock) -> None:
    """End the run with what it found. Raises `Refused` when somebody cancelled it first."""
    row = locked_run(tx, command.audit_id)
    if row.state != RunState.RUNNING:
        raise Refused("cancelled", _("Somebody cancelled this meanwhile."))
    assert row.case_id is not None
    keeper = _Keeper(tx, row.id, row.case_id, command.sides)
    totals = totals_of(command.files)
    for one in totals:
        keeper.add(
            PayoutAuditTotal, one.payee, payee=one.payee, currency=one.currency,
            statement_month=one.statement_month, expected=one.expected, paid=one.paid, at=clock.now(),
        )  # fmt: skip
    by_month = {(one.payee, one.currency, one.statement_month): one for one in totals}
    figures: dict[str, dict[str, Figures]] = {}
    pairs: dict[tuple[str, str], None] = {}
    numbers, places = iter(range(1, 2**31)), iter(range(1, 2**31))
    for month, lines in groupby(lines_of(command.files), key=lambda line: line.group[:3]):
        groups: list[tuple[int, AuditedGroup]] = []
        own = figures.setdefault(month[0], {}).setdefault(month[1], Figures())
        for key, members in groupby(lines, key=lambda line: line.group):
            groups.append((next(places), AuditedGroup(key)))
            for line in members:
                groups[-1][1].add(line)
                own.add(line)
                pairs[line.payee, line.isrc] = None
                _keep_line(keeper, line, next(numbers), groups[-1][0])
        settle([group for _number, group in groups], by_month.get(month))
        for number, group in groups:
            own.add_group(group)
            _keep_group(keeper, group, number)
    terms = terms_of(command.files)
    for payee, isrc in pairs:
        history = [list(asdict(one).values()) for one in terms.history(payee, isrc)]
        keeper.add(PayoutAuditSplit, payee, payee=payee, isrc=isrc, rows=history)
    _keep_suspense(keeper, command.files, {payee for payee, _isrc in pairs}, terms)
    keeper.finish()
    shown = {
        payee: {currency: one.stored() for currency, one in by.items()}
        for payee, by in figures.items()
    }
    end_run(tx, row, command.inputs, command.control, shown, actor, clock)


def _keep_line(keeper: _Keeper, line: AuditedLine, number: int, group: int) -> None:
    keeper.add(
        PayoutAuditLine, line.payee, number=number, group_number=group, sale_month=line.sale_month, isrc=line.isrc,
        expected=line.expected, paid=line.paid, delta=line.delta, reason=line.reason, detail=line.detail,
        units=line.units, working=asdict(line.working),
    )  # fmt: skip


def _keep_group(keeper: _Keeper, group: AuditedGroup, number: int) -> None:
    payee, currency, month, store, territory = group.key
    keeper.add(
        PayoutAuditGroup, payee, number=number, payee=payee, currency=currency, statement_month=month, store=store,
        territory=territory, gross={name: f"{one:f}" for name, one in group.gross.items()}, units=group.units, expected=group.expected, paid=group.paid, line_count=group.lines,
        differ_count=group.differ, reason=group.reason, detail=group.detail, reasons=sorted(group.reasons),
    )  # fmt: skip


def _keep_suspense(keeper: _Keeper, files: AuditFiles, payees: set[str], terms: Terms) -> None:
    """A row for each payee of the run whom it concerns: named by it, or with a share of its recording; nobody's once.

    Where the run is about payees, money of which nobody of them has a share is none of it.
    """
    numbers = iter(range(1, 2**31))
    for row in suspense_of(files):
        holders = {row.payee} if row.payee else terms.holders(row.isrc)
        concerned = sorted(holders & payees)
        if not (concerned or holders or files.payees_only):
            concerned = [""]
        for payee in concerned:
            keeper.add(
                PayoutAuditSuspense, payee, number=next(numbers), **(asdict(row) | {"payee": payee})
            )


def explain_line(tx: Tx, command: ExplainLine, actor: Actor, clock: Clock) -> None:
    """Keep what explains a group of lines. Raises `Forbidden`, `NotFound`, `Invalid`."""
    require(actor, Permission.CORRECTION_PREPARE)
    case = case_by_id(tx, actor, command.case_id)
    group = audit_group(tx, actor, command.audit_id, command.number)
    if group.case_id != case.id or actor.person_id is None:
        raise NotFound("line")
    note = clean_text(command.note, field="note", max_length=LONGEST_NOTE, required=True)
    made = PayoutAuditNote(
        id=uuid4(), case_id=case.id, payee=group.payee, currency=group.currency, statement_month=group.statement_month,
        store=group.store, territory=group.territory, note=note, by_id=actor.person_id, at=clock.now(),
    )  # fmt: skip
    tx.add(made)
    record(
        tx, actor, clock, verb="payout_audit.explained", subject=("payout_audit_note", made.id), case_id=case.id,
        data={"statement_month": group.statement_month, "store": group.store, "territory": group.territory},
        private={"note": note},
    )  # fmt: skip
