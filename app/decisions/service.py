"""Use-cases of decisions: save a draft, propose, confirm by another person, give back."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.queries import same_human_ids, sides_of
from app.accounts.rules import Permission, require
from app.decisions.commands import (
    ConfirmDecision,
    DecideAlone,
    Exhibit,
    ProposeDecision,
    ReturnDecision,
    SaveDecision,
)
from app.decisions.events import DecisionConfirmed, DecisionProposed, DecisionReturned
from app.decisions.models import Decision, DecisionNotice
from app.decisions.queries import DecisionView, decision_by_id
from app.decisions.rules import (
    DecisionContent,
    DecisionState,
    content_from_json,
    content_hash,
    content_to_json,
    for_side,
    missing_in,
    needs_money,
    require_other_person,
    too_much_in,
)
from app.evidence.queries import items_of
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, InvalidMany, NotFound, Refused, Stale
from app.kernel.sides import Disclosure, Side

PARTIES = (Side.COMPLAINANT, Side.RESPONDENT)


def save_decision(tx: Tx, command: SaveDecision, actor: Actor, clock: Clock) -> DecisionView:
    """Keep the draft of a round; half-filled content is welcome. Raises Stale, InvalidMany, Refused."""
    require(actor, Permission.DECISION_DRAFT)
    _require_case(tx, actor, command.case_id)
    _require_within_caps(command.content)
    _require_own_exhibits(tx, command, actor)
    row = _live(tx, command.case_id, command.round)
    if row is None:
        row = _new_draft(command, actor, clock)
        tx.add(row)
    else:
        _require_draft(row)
        _require_version(row, command.version)
        row.version += 1
    row.content = content_to_json(command.content)
    row.outcome = command.content.outcome
    row.money_moves = needs_money(command.content)
    row.updated_at = clock.now()
    _note(tx, row, "decision.saved", actor, clock)
    return decision_by_id(tx, actor, row.id)


def _require_own_exhibits(tx: Tx, command: SaveDecision, actor: Actor) -> None:
    """An issue rests on exhibits of its own case; an identifier of another one is not found (B143)."""
    named = {key for issue in command.content.issues for key in issue.exhibits}
    if named and named - {str(item.id) for item in items_of(tx, actor, command.case_id)}:
        raise NotFound("exhibit")


def propose_decision(tx: Tx, command: ProposeDecision, actor: Actor, clock: Clock) -> DecisionView:
    """Freeze the draft for a second person. Raises InvalidMany naming what is missing, Stale, Refused."""
    require(actor, Permission.DECISION_DRAFT)
    row = _locked(tx, actor, command.case_id, command.decision_id)
    _close_draft(row, command.version, actor, clock, has_respondent=command.has_respondent)
    row.state = DecisionState.PROPOSED
    _note(tx, row, "decision.proposed", actor, clock)
    emit(tx, DecisionProposed(row.case_id, row.id, row.round))
    return decision_by_id(tx, actor, row.id)


def decide_alone(tx: Tx, command: DecideAlone, actor: Actor, clock: Clock) -> DecisionView:
    """Let the draft out at once. The caller has asked the policy; money always needs two people."""
    require(actor, Permission.DECISION_DRAFT)
    row = _locked(tx, actor, command.case_id, command.decision_id)
    if row.money_moves:
        raise Refused(
            "money_needs_confirmation", _("Money moves: somebody else must confirm this decision.")
        )
    _close_draft(row, command.version, actor, clock, has_respondent=command.has_respondent)
    row.four_eyes = False
    _let_out(tx, row, command.exhibits, actor, clock)
    return decision_by_id(tx, actor, row.id)


def confirm_decision(tx: Tx, command: ConfirmDecision, actor: Actor, clock: Clock) -> DecisionView:
    """A second person lets the decision out. Raises Refused("own_decision"), Stale when it is not what was seen."""
    require(actor, Permission.DECISION_CONFIRM)
    row = _locked(tx, actor, command.case_id, command.decision_id)
    _require_proposed(row)
    _require_second_person(tx, row, actor)
    if command.seen_hash != row.content_hash:
        raise Stale(
            _("The decision is not the one you read."),
            theirs=row.content_hash or "",
            yours=command.seen_hash,
        )
    row.confirmed_by = actor.person_id
    _let_out(tx, row, command.exhibits, actor, clock)
    return decision_by_id(tx, actor, row.id)


def return_decision(tx: Tx, command: ReturnDecision, actor: Actor, clock: Clock) -> DecisionView:
    """A second person gives the decision back; the proposer starts a new draft from it."""
    require(actor, Permission.DECISION_CONFIRM)
    row = _locked(tx, actor, command.case_id, command.decision_id)
    _require_proposed(row)
    _require_second_person(tx, row, actor)
    if not command.reason.strip():
        raise Invalid("reason", "required", _("Say what should change."))
    row.state = DecisionState.RETURNED
    row.returned_by, row.returned_at, row.return_reason = (
        actor.person_id,
        clock.now(),
        command.reason.strip(),
    )
    _note(tx, row, "decision.returned", actor, clock, reason=row.return_reason)
    emit(tx, DecisionReturned(row.case_id, row.id, row.round))
    return decision_by_id(tx, actor, row.id)


def set_aside_decision(
    tx: Tx, case_id: UUID, round_: int, reason: str, actor: Actor, clock: Clock
) -> None:
    """A confirmed decision cannot be carried out (finance refused, the ledger sent it back): it makes room
    for a new draft. For workflows only: the move of the case carries the permission. Safe to repeat.
    """
    row = _live(tx, case_id, round_)
    if row is None or row.state != DecisionState.CONFIRMED:
        return
    row.state = DecisionState.RETURNED
    row.returned_at, row.return_reason = clock.now(), reason.strip() or "set aside"
    _note(tx, row, "decision.set_aside", actor, clock, reason=row.return_reason)
    emit(tx, DecisionReturned(row.case_id, row.id, row.round))


def _require_case(tx: Tx, actor: Actor, case_id: UUID) -> None:
    if Side.DESK not in sides_of(tx, actor, case_id):
        raise NotFound("case")


def _live(tx: Tx, case_id: UUID, round_: int) -> Decision | None:
    return tx.scalars(
        select(Decision)
        .where(
            Decision.case_id == case_id,
            Decision.round == round_,
            Decision.state != DecisionState.RETURNED,
        )
        .with_for_update()
    ).first()


def _locked(tx: Tx, actor: Actor, case_id: UUID, decision_id: UUID) -> Decision:
    _require_case(tx, actor, case_id)
    row = tx.scalars(
        select(Decision)
        .where(Decision.id == decision_id, Decision.case_id == case_id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound("decision")
    return row


def _new_draft(command: SaveDecision, actor: Actor, clock: Clock) -> Decision:
    assert actor.person_id is not None
    return Decision(
        id=uuid4(),
        case_id=command.case_id,
        round=command.round,
        state=DecisionState.DRAFT,
        version=1,
        four_eyes=True,
        created_by=actor.person_id,
        created_at=clock.now(),
        return_reason="",
    )


def _close_draft(
    row: Decision, version: int, actor: Actor, clock: Clock, *, has_respondent: bool
) -> None:
    _require_draft(row)
    _require_version(row, version)
    content = content_from_json(row.content)
    missing = missing_in(content, has_respondent=has_respondent)
    if missing:
        raise InvalidMany(
            [Invalid(name, "required", _("This part is missing.")) for name in missing]
        )
    row.content_hash = content_hash(content)
    row.proposed_by, row.proposed_at = actor.person_id, clock.now()


def _let_out(
    tx: Tx, row: Decision, exhibits: tuple[Exhibit, ...], actor: Actor, clock: Clock
) -> None:
    row.state, row.confirmed_at = DecisionState.CONFIRMED, clock.now()
    content = content_from_json(row.content)
    for side in PARTIES:
        tx.add(
            DecisionNotice(
                id=uuid4(),
                decision_id=row.id,
                case_id=row.case_id,
                round=row.round,
                side=side,
                disclosure=Disclosure.PRIVATE,
                content=_notice(content, side, exhibits),
                created_at=clock.now(),
            )
        )
    _note(tx, row, "decision.confirmed", actor, clock)
    emit(tx, DecisionConfirmed(row.case_id, row.id, row.round, row.outcome))


def _notice(
    content: DecisionContent, side: Side, exhibits: tuple[Exhibit, ...]
) -> dict[str, object]:
    labels = {str(item.evidence_id): item.label for item in exhibits}
    visible = {str(item.evidence_id) for item in exhibits if side.value in item.sides}
    return for_side(content, side, visible, labels)


def _require_draft(row: Decision) -> None:
    if row.state != DecisionState.DRAFT:
        raise Refused("decision_frozen", _("This decision is no longer a draft."))


def _require_proposed(row: Decision) -> None:
    if row.state != DecisionState.PROPOSED:
        raise Refused(
            "decision_not_proposed", _("This decision does not wait for a second person.")
        )


def _require_version(row: Decision, version: int) -> None:
    if row.version != version:
        raise Stale(_("Somebody else changed this draft."), version=row.version)


def _require_second_person(tx: Tx, row: Decision, actor: Actor) -> None:
    """Never the proposer, not even by another account of the same human (I3)."""
    require_other_person(row.proposed_by, actor.person_id)
    assert row.proposed_by is not None
    if actor.person_id in same_human_ids(tx, row.proposed_by):
        raise Refused("own_decision", _("Somebody else confirms a decision."))


def _require_within_caps(content: DecisionContent) -> None:
    too_much = too_much_in(content)
    if too_much:
        raise InvalidMany(
            [Invalid(name, "too_long", _("This part is too long.")) for name in too_much]
        )


def _note(
    tx: Tx, row: Decision, verb: str, actor: Actor, clock: Clock, *, reason: str = ""
) -> None:
    tx.flush()
    record(
        tx,
        actor,
        clock,
        verb=verb,
        subject=("decision", row.id),
        case_id=row.case_id,
        data={
            "round": row.round,
            "state": row.state,
            "outcome": row.outcome,
            "version": row.version,
            "hash": row.content_hash or "",
        },
        private={"reason": reason} if reason else None,
    )
