"""The child cases of a parent event, as whoever prepares their corrections needs them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from app.accounts.models import Person
from app.accounts.queries import case_scope
from app.cases.models import Case
from app.cases.rules.kinds import State
from app.incidents.models import ParentEvent, ParentEventPayee
from app.incidents.queries.found import sight
from app.incidents.rules.states import EventState
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.ledger.models import Payee as LedgerPayee
from app.terms.models import TermsPayee


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A payee of an event with the case that stands for them; without one *case_id* is None and *ref* empty."""

    payee: str
    artist: str
    case_id: UUID | None
    ref: str
    state: State | None
    version: int
    round: int


def case_rows(tx: Tx, actor: Actor, event_id: UUID, payee: str | None = None) -> tuple[CaseRow, ...]:  # fmt: skip
    """The payees of an event by name, or one of them. A case out of sight is none."""
    in_terms = and_(TermsPayee.payee == ParentEventPayee.payee, TermsPayee.ended_in.is_(None))
    query = (
        select(
            ParentEventPayee.payee, Person.name, Case.id, Case.ref, Case.state, Case.version, Case.round
        )
        .select_from(ParentEventPayee)
        .outerjoin(Case, and_(Case.id == ParentEventPayee.case_id, case_scope(actor, Case.id)))
        .outerjoin(TermsPayee, in_terms)
        .outerjoin(LedgerPayee, LedgerPayee.id == TermsPayee.payee_id)
        .outerjoin(Person, Person.id == LedgerPayee.person_id)
        .where(ParentEventPayee.event_id == event_id, sight(actor))
        .order_by(ParentEventPayee.payee)
    )  # fmt: skip
    if payee is not None:
        query = query.where(ParentEventPayee.payee == payee)
    return tuple(
        CaseRow(
            name, artist or "", case_id, ref or "", State(state) if state else None, version or 0, round_ or 0
        )
        for name, artist, case_id, ref, state, version, round_ in tx.execute(query)
    )  # fmt: skip


def faults_of_cases(
    tx: Tx, actor: Actor, case_ids: Collection[UUID]
) -> dict[UUID, frozenset[tuple[str, str]]]:
    """Case → (statement month, cause) of every event that it stands for: an artist hit by two faults has one case."""
    query = (
        select(ParentEventPayee.case_id, ParentEvent.statement_month, ParentEvent.cause)
        .join(ParentEvent, ParentEvent.id == ParentEventPayee.event_id)
        .where(
            ParentEventPayee.case_id.in_(case_ids), ParentEvent.state != EventState.SUPERSEDED, sight(actor)
        )
    )  # fmt: skip
    found: dict[UUID, frozenset[tuple[str, str]]] = {}
    for case_id, month, cause in tx.execute(query):
        if case_id is None:
            continue
        found[case_id] = found.get(case_id, frozenset()) | {(month, cause)}
    return found
