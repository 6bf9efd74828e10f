"""Corrections and batches for tests, made through the services."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.rules.views import CaseView
from app.corrections.commands import (
    AcknowledgeBatch,
    ApproveCorrection,
    ExportBatch,
    LockBatch,
    ProposeCorrection,
)
from app.corrections.queries.corrections import correction_view, corrections_of
from app.corrections.rules.proposal import CorrectionReason, ProposalLine
from app.corrections.service.answers import acknowledge_batch
from app.corrections.service.approvals import ApprovalResult, approve_correction
from app.corrections.service.batches import export_batch, lock_batch
from app.corrections.service.proposals import propose_correction
from app.decisions.commands import SaveDecision
from app.decisions.queries import decision_by_id
from app.decisions.service import save_decision
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.workflows import decide
from app.workflows.decide import MoneyProposed
from tests.factories.accounts import TestPerson, make_cast, make_person
from tests.factories.books import make_codes
from tests.factories.cases import act, make_case
from tests.factories.decisions import make_content
from tests.factories.ledger import NOON, MoneyCase, euro, make_money_case, make_payee

CLOCK = FixedClock(NOON)


@dataclass(frozen=True)
class Desk:
    """Fay prepares, Gus and Gil approve; a payee and a case that waits for finance."""

    fay: TestPerson
    gus: TestPerson
    gil: TestPerson
    payee: UUID
    case: MoneyCase

    @property
    def actors(self) -> tuple[Actor, Actor, Actor]:
        """Fay, Gus, Gil as they act in a service."""
        return self.fay.actor, self.gus.actor, self.gil.actor


def make_desk(pg: dict[str, Any]) -> Desk:
    """The people and things that most tests of money need."""
    cast = make_cast("fay", "gus", "gil")
    make_codes()
    return Desk(cast["fay"], cast["gus"], cast["gil"], make_payee(), make_money_case(pg))


def make_line(payee: UUID, amount: str = "412.83", **changes: Any) -> ProposalLine:
    """A line in euro."""
    line = ProposalLine(payee, euro(amount), CorrectionReason.SPLIT_VERSION, period="2026-03")
    return replace(line, **changes)


def make_correction(desk: Desk, *amounts: str, actor: Actor | None = None, **changes: Any) -> UUID:
    """A proposed correction; by default one line of 412.83 EUR prepared by Fay."""
    lines = changes.get("lines") or tuple(
        make_line(desk.payee, amount) for amount in amounts or ("412.83",)
    )
    case = changes.get("case", desk.case)
    command = ProposeCorrection(
        case.id,
        changes.get("decision_id", case.decision_id),
        changes.get("currency", "EUR"),
        changes.get("reason", "Older split was used"),
        lines,
    )
    actor = actor or desk.fay.actor
    with transaction(actor) as tx:
        return propose_correction(tx, command, actor, CLOCK)


def seen_by(actor: Actor, correction_id: UUID) -> str:
    """The hash of the page that *actor* opens now."""
    with transaction(actor, read_only=True) as tx:
        return correction_view(tx, actor, CLOCK, correction_id).seen_hash


def approve(actor: Actor, correction_id: UUID, seen: str | None = None) -> ApprovalResult:
    """Open the page and approve what is there."""
    command = ApproveCorrection(correction_id, seen or seen_by(actor, correction_id))
    with transaction(actor) as tx:
        return approve_correction(tx, command, actor, CLOCK)


def make_batch(desk: Desk, *amounts: str) -> UUID:
    """An open batch of one approved correction an amount."""
    results = [
        approve(desk.gus.actor, make_correction(desk, amount)) for amount in amounts or ("412.83",)
    ]
    batch_id = results[-1].batch_id
    assert batch_id is not None
    return batch_id


def lock(desk: Desk, batch_id: UUID) -> None:
    """Fay locks it."""
    with transaction(desk.fay.actor) as tx:
        lock_batch(tx, LockBatch(batch_id), desk.fay.actor, CLOCK)


def export(actor: Actor, batch_id: UUID, storage: Any) -> str:
    """Write the file (or name it again); its hash."""
    with transaction(actor) as tx:
        return export_batch(tx, ExportBatch(batch_id), storage, actor, CLOCK).sha256


def make_exported(desk: Desk, storage: Any, *amounts: str) -> tuple[UUID, str]:
    """A batch that Fay locked and Gus let go, and the hash of its file."""
    batch_id = make_batch(desk, *amounts)
    lock(desk, batch_id)
    return batch_id, export(desk.gus.actor, batch_id, storage)


def acknowledge(
    actor: Actor, batch_id: UUID, sha256: str, reference: str = "GL-7", **changes: Any
) -> None:
    """Enter the ledger's answer."""
    command = AcknowledgeBatch(batch_id, reference, sha256, changes.get("faults", ()))
    with transaction(actor) as tx:
        acknowledge_batch(tx, command, actor, CLOCK)


@dataclass(frozen=True)
class Proposed:
    """A case in confirmation: Rio proposed a decision that moves money, Rae is to confirm, Ada filed it."""

    ada: TestPerson
    rae: TestPerson
    case: CaseView
    decision_id: UUID
    seen_hash: str


def make_proposed_case(payee: UUID, clock: FixedClock, *amounts: str) -> Proposed:
    """Filed, reviewed, and the decision proposed with its correction."""
    people = {key: make_person(key, clock=clock) for key in ("ada", "cy", "rio", "rae")}
    rio = people["rio"].actor
    case = make_case(people["ada"], SubKind.OWNERSHIP, respondent=people["cy"], clock=clock)
    act(case.id, CaseEvent.TAKE, rio, clock=clock)
    case = act(case.id, CaseEvent.START_REVIEW, rio, clock=clock)
    lines = tuple(make_line(payee, amount) for amount in amounts or ("412.83",))
    with transaction(rio) as tx:
        draft = save_decision(
            tx, SaveDecision(case.id, case.round, make_content(money_moves=True)), rio, clock
        )
        money = MoneyProposed("EUR", "Older split was used", lines)
        case = decide.propose(
            tx, decide.Propose(case.id, case.version, draft.id, draft.version, money), rio, clock
        )
        seen = decision_by_id(tx, rio, draft.id).content_hash
    return Proposed(people["ada"], people["rae"], case, draft.id, seen)


def make_waiting_case(payee: UUID, clock: FixedClock, *amounts: str) -> tuple[CaseView, UUID]:
    """A case that came the whole road to finance: filed, reviewed, decided, confirmed. With its correction."""
    made = make_proposed_case(payee, clock, *amounts)
    rae = made.rae.actor
    with transaction(rae) as tx:
        command = decide.Confirm(made.case.id, made.case.version, made.decision_id, made.seen_hash)
        decide.confirm(tx, command, rae, clock)
        (row,) = corrections_of(tx, rae, clock, made.case.id)
        return case_by_id(tx, rae, made.case.id), row.id
