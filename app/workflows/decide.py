"""Proposing, confirming and giving back a decision: decision, correction, holds and case move together."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id, members_of, parties_of
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import CaseView
from app.cases.service.moves import apply_event
from app.corrections.commands import ProposeCorrection
from app.corrections.rules.proposal import ProposalLine
from app.corrections.service.proposals import cancel_open_corrections, propose_correction
from app.decisions.commands import (
    ConfirmDecision,
    DecideAlone,
    Exhibit,
    ProposeDecision,
    ReturnDecision,
    SaveDecision,
)
from app.decisions.queries import DecisionView
from app.decisions.service import (
    confirm_decision,
    decide_alone,
    propose_decision,
    return_decision,
    save_decision,
)
from app.evidence.queries import items_of
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound
from app.kernel.sides import Side
from app.ledger.commands import OpenPayee
from app.ledger.queries.balances import payee_of_person
from app.ledger.service.holds import release_holds_of_case
from app.ledger.service.payees import open_payee
from app.recompute.queries import audit_by_id
from app.recompute.rules.runs import RunState
from app.workflows.facts import READER, facts_of


@dataclass(frozen=True, slots=True)
class MoneyProposed:
    """The correction that goes with a decision. *lines*: one or more, all in *currency*."""

    currency: str
    reason: str
    lines: tuple[ProposalLine, ...]


@dataclass(frozen=True, slots=True)
class Propose:
    """Freeze the draft and send it to a second person. *case_version*, *version*: what was read."""

    case_id: UUID
    case_version: int
    decision_id: UUID
    version: int
    money: MoneyProposed | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """Let it out. *seen_hash*: of the content that was on the page."""

    case_id: UUID
    case_version: int
    decision_id: UUID
    seen_hash: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Return it to the proposer."""

    case_id: UUID
    case_version: int
    decision_id: UUID
    reason: str


def save(tx: Tx, command: SaveDecision, actor: Actor, clock: Clock) -> DecisionView:
    """Keep the draft. Raises as `save_decision`, and Invalid for a run of the audit that is not of this case."""
    saved = save_decision(tx, command, actor, clock)
    _require_run(tx, saved)
    return saved


def propose(tx: Tx, command: Propose, actor: Actor, clock: Clock) -> CaseView:
    """Freeze decision and correction and move to confirmation. Raises InvalidMany, Stale, Refused with the guard."""
    case = case_by_id(tx, actor, command.case_id)
    decision = propose_decision(
        tx,
        ProposeDecision(
            case.id,
            command.decision_id,
            command.version,
            has_respondent=_has_respondent(tx, case.id),
        ),
        actor,
        clock,
    )
    _require_run(tx, decision)
    if decision.content.money_moves and command.money is None:
        raise Invalid("lines", "required", _("Money moves: add the lines of the correction."))
    if command.money is not None:
        _propose_money(tx, command, command.money, actor, clock)
    move = ApplyEvent(case.id, CaseEvent.PROPOSE_DECISION, command.case_version)
    return apply_event(tx, move, actor, clock, facts_of(tx, actor, case, clock))


def decide(tx: Tx, command: Propose, actor: Actor, clock: Clock) -> CaseView:
    """Decide without a second person, where the policy asks for none and no money moves."""
    case = case_by_id(tx, actor, command.case_id)
    alone = DecideAlone(
        case.id, command.decision_id, command.version,
        has_respondent=_has_respondent(tx, case.id), exhibits=exhibits_of(tx, case.id),
    )  # fmt: skip
    _require_run(tx, decide_alone(tx, alone, actor, clock))
    release_holds_of_case(tx, case.id, "decided", actor, clock)
    move = ApplyEvent(case.id, CaseEvent.DECIDE, command.case_version)
    return apply_event(tx, move, actor, clock, facts_of(tx, actor, case, clock))


def confirm(tx: Tx, command: Confirm, actor: Actor, clock: Clock) -> CaseView:
    """A second person lets the decision out; without money, what was held for the case is released.

    With money the case waits for finance, and holds and letters wait with it: a letter that promises
    money leaves only when the money is approved (ADR 0012).
    """
    case = case_by_id(tx, actor, command.case_id)
    decision = confirm_decision(
        tx,
        ConfirmDecision(case.id, command.decision_id, command.seen_hash, exhibits_of(tx, case.id)),
        actor,
        clock,
    )
    if not decision.content.money_moves:
        release_holds_of_case(tx, case.id, "decided", actor, clock)
    move = ApplyEvent(case.id, CaseEvent.CONFIRM, command.case_version)
    return apply_event(tx, move, actor, clock, facts_of(tx, actor, case, clock))


def give_back(tx: Tx, command: GiveBack, actor: Actor, clock: Clock) -> CaseView:
    """Return the decision with a reason; its correction is cancelled, the proposer starts from its content."""
    case = case_by_id(tx, actor, command.case_id)
    facts = facts_of(tx, actor, case, clock)
    return_decision(tx, ReturnDecision(case.id, command.decision_id, command.reason), actor, clock)
    with house(tx):
        cancel_open_corrections(tx, case.id, command.reason, actor, clock)
    move = ApplyEvent(case.id, CaseEvent.RETURN, command.case_version, command.reason)
    return apply_event(tx, move, actor, clock, facts)


def payee_of_side(tx: Tx, case_id: UUID, side: Side, actor: Actor, clock: Clock) -> UUID:
    """Who is paid on a side: the payee of its first party with an account, entered when they have none.

    Raises Invalid when nobody of that side has an account.
    """
    people = [party for party in parties_of(tx, actor, case_id) if party.side is side]
    party = next((one for one in people if one.person_id), None)
    if party is None or party.person_id is None:
        raise Invalid("side", "nobody", _("Nobody on that side has an account. Name the payee."))
    known = payee_of_person(tx, actor, party.person_id)
    return known or open_payee(tx, OpenPayee(party.display_name, party.person_id), actor, clock)


def exhibits_of(tx: Tx, case_id: UUID) -> tuple[Exhibit, ...]:
    """Every exhibit with its label and who may see it, as they are now."""
    with house(tx):
        rows = items_of(tx, READER, case_id)
    both = frozenset({Side.COMPLAINANT.value, Side.RESPONDENT.value})
    return tuple(
        Exhibit(row.id, row.label, both if row.is_shared else frozenset({row.side.value}))
        for row in rows
    )


def _require_run(tx: Tx, decision: DecisionView) -> None:
    """Pass when the decision rests on no run, or on one of its own case that is done. Raises Invalid."""
    if not decision.content.audit_id:
        return
    try:
        with house(tx):
            run = audit_by_id(tx, READER, UUID(decision.content.audit_id))
    except (ValueError, NotFound):
        run = None
    if run is None or run.case_id != decision.case_id or run.state is not RunState.DONE:
        raise Invalid(
            "audit_id",
            "not_found",
            _("This case has no such run of the payout audit that is done. Choose another."),
        )


def _has_respondent(tx: Tx, case_id: UUID) -> bool:
    """Whether a text for the other side is needed."""
    with house(tx):
        return any(member.side is Side.RESPONDENT for member in members_of(tx, READER, case_id))


def _propose_money(
    tx: Tx, command: Propose, money: MoneyProposed, actor: Actor, clock: Clock
) -> None:
    """The correction hangs on the decision; its preparer is who proposes, and never approves it."""
    proposal = ProposeCorrection(
        command.case_id, command.decision_id, money.currency, money.reason, money.lines
    )
    propose_correction(tx, proposal, actor, clock)
