"""The payout audit of a case by program: asked for, waited for, read line by line."""

from __future__ import annotations

from uuid import UUID

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.paging import cursor_in, cursor_to
from app.api.frame.spec import WRITES, answers
from app.api.shapes import audits as shapes
from app.cases.queries import case_by_ref
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.recompute.commands import AskAudit
from app.recompute.queries import AuditRow, Wanted, audit_by_id, lines_page, totals_of_run
from app.recompute.service.runs import ask_audit

TAG, PAGE = "payout audits", 200


@bp.post("/payout-audits")
@needs(Scope.MONEY_WRITE, Permission.CORRECTION_PREPARE)
@once_per_key
@answers(shapes.Audit, status=201, tag=TAG, also=WRITES)
def audit_ask(json: shapes.AskAudit) -> tuple[shapes.Audit, int]:
    """Compute the payout of a case again, from what is imported now and the terms in force.

    It runs as a job: read it until it is done. One that is open already is answered as it is.
    """
    actor = bearer()
    with transaction(actor) as tx:
        case_id = case_by_ref(tx, actor, json.case).id
        made = ask_audit(tx, AskAudit(case_id), actor, services().clock)
        return _shown(tx, actor, made), 201


@bp.get("/payout-audits/<uuid:audit_id>")
@needs(Scope.MONEY_READ, Permission.PAYOUT_READ)
@answers(shapes.Audit, tag=TAG)
def audit_show(audit_id: UUID) -> shapes.Audit:
    """Read a run: how far it is, what it read, what it found."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return _shown(tx, actor, audit_id)


@bp.get("/payout-audits/<uuid:audit_id>/lines")
@needs(Scope.MONEY_READ, Permission.PAYOUT_READ)
@answers(shapes.AuditLines, tag=TAG)
def audit_lines(audit_id: UUID, query: shapes.LinesQuery) -> shapes.AuditLines:
    """List the lines of a payee in a currency, those that match as well."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        audit = audit_by_id(tx, actor, audit_id)
        payee, currency = _whose(query, audit)
        wanted = Wanted(audit.id, payee, currency, after=int(place or 0))
        rows = lines_page(tx, actor, wanted, PAGE + 1)
    items = [shapes.AuditLine.of(group, line) for group, line in rows[:PAGE]]
    more = str(items[-1].number) if len(rows) > PAGE else None
    return shapes.AuditLines(items=items, next_cursor=cursor_to(query, more))


def _whose(query: shapes.LinesQuery, audit: AuditRow) -> tuple[str, str]:
    """Payee and currency that are named, or the first of the run. Raises `NotFound`."""
    for payee, currency in sorted(audit.figures):
        if query.payee in {"", payee} and query.currency in {"", currency}:
            return payee, currency
    raise NotFound("audit")


def _shown(tx: Tx, actor: Actor, audit_id: UUID) -> shapes.Audit:
    row = audit_by_id(tx, actor, audit_id)
    return shapes.Audit.of(row, totals_of_run(tx, actor, row.id))
