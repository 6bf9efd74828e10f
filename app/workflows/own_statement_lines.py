"""The lines of our own statements that name a party's payee, as the statement said them: of the months that their case is about.

Which payee is theirs, and which months, both walls say: they are those of the audit's totals that this party may read.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.recompute.queries import newest_totals
from app.statements.formats.paid import NAME as PAID
from app.statements.queries import PartRow, parts_of_month


@dataclass(frozen=True, slots=True)
class OwnStatements:
    """*payees*: codes whose lines are theirs; *parts*: our own statements, the newest month first."""

    payees: tuple[str, ...] = ()
    parts: tuple[PartRow, ...] = ()


def own_statements(tx: Tx, actor: Actor, case_id: UUID) -> OwnStatements:
    """What the actor may read of our statements for a case of theirs; nothing without totals of their own."""
    totals = newest_totals(tx, actor, case_id)
    if not totals or actor.is_staff:
        return OwnStatements()
    payees = tuple(sorted({one.payee for one in totals}))
    months = sorted({one.statement_month for one in totals}, reverse=True)
    with house(tx):
        parts = tuple(row for month in months for row in parts_of_month(tx, month, PAID))
    return OwnStatements(payees, parts)
