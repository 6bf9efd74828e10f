"""What an audit of a case is computed from: the statement months and recordings that the case names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.cases.queries import parties_of
from app.cases.rules.views import CaseView
from app.catalogue.queries.releases import releases_by_id
from app.catalogue.queries.subjects import subjects_of
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.words import words as _
from app.ledger.queries.balances import payees_by_id
from app.statements.formats import CORRECTED
from app.statements.formats.paid import NAME as PAID
from app.statements.queries import PartRow, matched_isrcs, parts_before, parts_between
from app.terms.queries import ledger_payees, newest_version
from app.workflows.audit_by_hand import REASON


@dataclass(frozen=True, slots=True)
class Chosen:
    """*isrcs*: recordings, canonical; empty means all. *payees*: only these; empty means all. *why_not*: in words."""

    why_not: str = ""
    sales: tuple[PartRow, ...] = ()
    paid: tuple[PartRow, ...] = ()
    earlier: tuple[PartRow, ...] = ()
    matches: Mapping[str, str] = field(default_factory=dict)
    isrcs: frozenset[str] = frozenset()
    payees: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """What a run keeps of it."""
        return {
            "sales": [_stored(row) for row in (*self.earlier, *self.sales)],
            "paid": [_stored(row) for row in self.paid],
            "recordings": sorted(self.isrcs),
            "payees": list(self.payees),
        }


def chosen_for(tx: Tx, actor: Actor, case: CaseView) -> Chosen:
    """The inputs of the audit, or why it has none."""
    parts = parts_between(tx, _month(case.period_start), _last_month(case.period_end))
    paid = tuple(row for row in parts if row.source == PAID)
    sales = tuple(row for row in parts if row.source != PAID)
    if not (paid and sales):
        return Chosen(REASON)
    if not newest_version(tx):
        return Chosen(_("No terms are entered: the numbers are checked by hand."))
    isrcs = _recordings(tx, actor, case)
    payees = () if isrcs else _payees(tx, actor, case)
    if not (isrcs or payees):
        return Chosen(
            _("This case names no recording and no payee that the terms know: the numbers are checked by hand.")
        )  # fmt: skip
    return Chosen(
        "", sales, paid, parts_before(tx, sales, CORRECTED), matched_isrcs(tx), isrcs, payees
    )


def chosen_of_month(tx: Tx, month: str) -> Chosen:
    """The inputs of the audit of a statement month over all payees, or why it has none."""
    parts = parts_between(tx, month, month)
    paid = tuple(row for row in parts if row.source == PAID)
    sales = tuple(row for row in parts if row.source != PAID)
    if not (paid and sales):
        return Chosen(_("This month lacks what stores reported, or what was paid."))
    if not newest_version(tx):
        return Chosen(_("No terms are entered."))
    return Chosen("", sales, paid, parts_before(tx, sales, CORRECTED), matched_isrcs(tx))


def _recordings(tx: Tx, actor: Actor, case: CaseView) -> frozenset[str]:
    """Recordings that the case names; of a release without a chosen recording all of its own."""
    found = {case.isrc} if case.isrc else set()
    releases = set()
    for subject in subjects_of(tx, actor, case.id):
        if subject.isrc:
            found.add(subject.isrc)
        elif subject.pick is not None:
            releases.add(subject.pick.release_id)
    if not found:
        for release in releases_by_id(tx, actor, releases).values():
            found |= {one.isrc for one in release.recordings if one.isrc}
    return frozenset(found)


def _payees(tx: Tx, actor: Actor, case: CaseView) -> tuple[str, ...]:
    known = ledger_payees(tx)
    people = {row.person_id for row in parties_of(tx, actor, case.id) if row.person_id}
    rows = payees_by_id(tx, frozenset(known.values()))
    return tuple(
        sorted(code for code, one in known.items() if one in rows and rows[one].person_id in people)
    )


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else ""


def _last_month(day: date | None) -> str:
    """Month of the last day; *day* is the one after it."""
    return _month(day - timedelta(days=1)) if day else ""


def _stored(row: PartRow) -> dict[str, Any]:
    return {
        "source": row.source, "month": row.statement_month, "sha256": row.sha256, "lines": row.line_count,
    }  # fmt: skip
