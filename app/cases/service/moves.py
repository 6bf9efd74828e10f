"""The one function that moves a case: row lock, version, guard, row of the move, clocks, event, history.

Nothing else writes `case.state`. Everything happens in the caller's transaction, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.queries import case_scope
from app.cases.commands import ApplyEvent
from app.cases.events import CaseMoved, DraftDeleted, MemberRevoked
from app.cases.models import Case, CaseFiling, CaseLink, CaseMember, CaseTransition, CaseWall
from app.cases.queries import relation_to, view_of
from app.cases.rules.actions import NEW_ROUND, Move, find_move, outcome_after
from app.cases.rules.clockwork import Turn, is_reply, plan
from app.cases.rules.facts import CaseFacts, Given, Relation
from app.cases.rules.kinds import CaseEvent, Kind, State, SubKind, kind_of
from app.cases.rules.views import CaseView
from app.cases.rules.words import EVENT_WORDS, MOVERS, staff_words
from app.cases.service.clocks import Hand, carry_out, extend_clock, live_of, open_clocks
from app.catalogue.service import drop_subjects
from app.history.service import record
from app.infra.clock import decisive_now
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock as Time
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.sides import Side
from app.policies.queries import PolicyView, policy_by_id
from app.policies.rules.clocks import ClockKind, party_end
from app.policies.service import current_policy


@dataclass(frozen=True, slots=True)
class Act:
    """One move while it is made."""

    move: Move
    given: Given
    relation: Relation
    facts: CaseFacts
    at: datetime
    time: Time

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.relation.actor


def lock_case(tx: Tx, actor: Actor, case_id: UUID) -> Case:
    """The case, locked until the commit and read afresh. Raises `NotFound` for strangers."""
    row = tx.execute(
        select(Case)
        .where(Case.id == case_id, case_scope(actor, Case.id), Case.state != State.DELETED)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("case")
    return row


def require_version(row: Case, version: int | None, yours: str, actor: Actor) -> None:
    """Raises `Stale` with both texts when the case changed since it was read; only the system may skip."""
    if version is None and actor.is_system:
        return
    if version != row.version:
        raise Stale(
            "the case changed meanwhile",
            theirs=str(staff_words(State(row.state), SubKind(row.sub_kind))),
            yours=yours,
            version=row.version,
        )


_ENDS_DATA = frozenset({CaseEvent.WITHDRAW, CaseEvent.MARK_DUPLICATE})


def require_no_legal_hold(row: Case, event: CaseEvent) -> None:
    """Raises `Refused` when the case is under legal hold and *event* would end or merge it (I14)."""
    if row.legal_hold_at is not None and event in _ENDS_DATA:
        raise Refused("legal_hold", _("This case must be kept as it is at the moment."))


def apply_event(
    tx: Tx, command: ApplyEvent, actor: Actor, clock: Time, facts: CaseFacts
) -> CaseView:
    """Make one move of the table. *facts*: gathered by `workflows.facts` in this transaction.

    Raises `NotFound`, `Stale` (both texts), `Forbidden` (not this actor's move), `Refused` (no such
    row, a guard, or something not given; `allowed` lists what is possible).
    """
    _lock_pair(tx, command)
    row = lock_case(tx, actor, command.case_id)
    yours = f"{EVENT_WORDS[command.event]}\n{command.reason}".strip()
    require_version(row, command.version, yours, actor)
    require_no_legal_hold(row, command.event)
    relation = relation_to(tx, actor, row.id, clock)
    given = Given(command.reason, command.data)
    view = view_of(row, None)
    move = find_move(view, command.event, relation, facts, given)
    at = decisive_now(tx, clock)
    with house(tx):
        make_move(tx, row, Act(move, given, relation, facts, at, clock))
    return view_of(row, relation.side)


def _lock_pair(tx: Tx, command: ApplyEvent) -> None:
    """Two cases that name each other are locked in one order, so that A to B and B to A never cross."""
    try:
        other = UUID(str(command.data.get("other_case_id")))
    except ValueError:
        return
    pair = select(Case.id).where(Case.id.in_([command.case_id, other])).order_by(Case.id)
    tx.execute(pair.with_for_update(key_share=True)).all()


def make_move(tx: Tx, row: Case, act: Act) -> UUID:
    """Write everything a possible move changes; the caller locked the row. Returns the move's id."""
    move, source, old_kind = act.move, State(row.state), row.kind
    before = view_of(row, None)
    row.version += 1
    row.updated_at = act.at
    row.outcome = outcome_after(before, move, act.facts, act.given)
    row.state = move.to.value
    row.return_path = [state.value for state in move.path]
    _stamps(row, act, source)
    _special(tx, row, act)
    row.needs_side = _needs(move.to, _offer_holder(act))
    transition = _write_transition(tx, row, act, source, old_kind)
    _move_clocks(tx, row, act, source)
    _tell(tx, row, act, source, transition)
    return transition


def _stamps(row: Case, act: Act, source: State) -> None:
    """Instants that belong to states."""
    to = act.move.to
    row.closed_at = act.at if to is State.CLOSED else None
    if to is State.DECIDED and source is not State.DECIDED:
        row.decided_at = act.at
        row.informed_at = act.at
    if act.move.row.event in NEW_ROUND:
        row.round += 1
        row.decided_at, row.informed_at, row.silence = None, None, None
    if _is_reply(row, act):
        row.first_replied_at = act.at
    if not act.actor.is_system:
        row.needs_attention = None


def _is_reply(row: Case, act: Act) -> bool:
    by_desk = act.relation.side is None and act.actor.is_person
    filed = row.submitted_at is not None and act.move.row.event is not CaseEvent.SUBMIT
    return row.first_replied_at is None and filed and by_desk and is_reply(act.move.row.event)


def _needs(state: State, holder: Side | None) -> str:
    if state is State.NEGOTIATION and holder is not None:
        return holder.value
    return MOVERS[state].value


def _offer_holder(act: Act) -> Side | None:
    """Who must answer the offer after this move: the other side of who made it, the respondent for the desk's."""
    if act.move.row.event in (CaseEvent.OFFER, CaseEvent.COUNTER_OFFER):
        return act.relation.side.other if act.relation.side else Side.RESPONDENT
    return act.facts.offer_side


def _special(tx: Tx, row: Case, act: Act) -> None:
    """What single events change beside the state."""
    change = _CHANGES.get(act.move.row.event)
    if change is not None:
        change(tx, row, act)


def _own(_tx: Tx, row: Case, act: Act) -> None:
    if act.actor.is_person:
        row.owner_id = act.actor.person_id


def _let_go(_tx: Tx, row: Case, _act: Act) -> None:
    """An appeal goes to somebody who took no part."""
    row.owner_id = None


def _silence(tx: Tx, row: Case, act: Act) -> None:
    if act.move.to is not State.CLOSED:
        row.silence = policy_by_id(tx, row.policy_id).silence


def _step_back(tx: Tx, row: Case, act: Act) -> None:
    """The owner leaves and is walled off; the second wall reads the same row."""
    row.owner_id = None
    person = act.actor.person_id
    assert person is not None
    wall_off(tx, row.id, person, act.given.reason, act)


def wall_off(tx: Tx, case_id: UUID, person_id: UUID, reason: str, act: Act) -> None:
    """Keep a person away from a case from now on. Safe to repeat."""
    wall = tx.execute(
        select(CaseWall).where(CaseWall.case_id == case_id, CaseWall.person_id == person_id)
    ).scalar_one_or_none()
    if wall is None:
        wall = CaseWall(id=uuid4(), case_id=case_id, person_id=person_id, created_at=act.at)
        tx.add(wall)
    wall.reason, wall.by_id, wall.lifted_at = reason, act.actor.person_id, None
    record(
        tx, act.actor, act.time,
        verb="case_wall.raised", subject=("case_wall", wall.id), case_id=case_id,
        data={"person_id": str(person_id)}, private={"reason": reason},
    )  # fmt: skip


def _convert(tx: Tx, row: Case, act: Act) -> None:
    """Another kind from here on: its policy and, by the plan, its clocks."""
    try:
        sub_kind = SubKind(str(act.given.data["sub_kind"]))
    except ValueError as error:
        raise Invalid("sub_kind", "choice", "no such sub-kind") from error
    if kind_of(sub_kind) is Kind.SUPPORT:
        raise Refused("same_kind", "choose a takedown, payout or rights claim")
    row.kind, row.sub_kind = kind_of(sub_kind).value, sub_kind.value
    row.policy_id = current_policy(tx, sub_kind.value, act.time).id


def _wipe_draft(tx: Tx, row: Case, act: Act) -> None:
    """A draft leaves an empty row behind, so that the chain and the table stay whole (ADR 0014)."""
    row.summary = row.subject_title = row.subject_artist = ""
    drop_subjects(tx, row.id, act.time)
    row.isrc = row.upc = row.store = row.disputed_currency = None
    row.period_start = row.period_end = row.disputed_amount = None
    for filing in tx.execute(select(CaseFiling).where(CaseFiling.case_id == row.id)).scalars():
        filing.answers, filing.updated_at = {}, act.at
    live = select(CaseMember).where(CaseMember.case_id == row.id, CaseMember.revoked_at.is_(None))
    for member in tx.execute(live).scalars().all():
        member.revoked_at = act.at
        record(
            tx, act.actor, act.time,
            verb="case_member.revoked", subject=("case_member", member.id), case_id=row.id,
        )  # fmt: skip
        emit(tx, MemberRevoked(row.id, member.person_id))
    expired = act.move.row.event is CaseEvent.EXPIRE
    emit(tx, DraftDeleted(row.id, row.started_by, expired))


def _unmark(tx: Tx, row: Case, act: Act) -> None:
    ended = select(CaseLink).where(
        CaseLink.case_id == row.id,
        CaseLink.relation == "duplicate_of",
        CaseLink.ended_at.is_(None),
    )
    for link in tx.execute(ended).scalars():
        link.ended_at = act.at


def _duplicate(tx: Tx, row: Case, act: Act) -> None:
    """Link with the case that goes on. It must exist for the actor."""
    other = _other_case(tx, row, act)
    link_cases(tx, row.id, [other.id], "duplicate_of", act.actor, act.at)


def _other_case(tx: Tx, row: Case, act: Act) -> Case:
    try:
        other_id = UUID(str(act.given.data["other_case_id"]))
    except ValueError as error:
        raise Invalid("other_case_id", "id", "no such case") from error
    other = tx.execute(
        select(Case)
        .where(Case.id == other_id, case_scope(act.actor, Case.id), Case.ref.is_not(None))
        .with_for_update(read=True)
    ).scalar_one_or_none()
    if other is None or other.id == row.id:
        raise Invalid("other_case_id", "not_found", "no such case")
    if other.state == State.CLOSED:
        raise Refused("other_closed", "the other case is closed itself")
    return other


def link_cases(
    tx: Tx, case_id: UUID, others: Sequence[UUID], relation: str, actor: Actor, at: datetime
) -> None:
    """Link a case with each of *others*, once."""
    if not others:
        return
    of_these = (CaseLink.case_id == case_id, CaseLink.other_case_id.in_(others), CaseLink.relation == relation)  # fmt: skip
    known = {link.other_case_id: link for link in tx.scalars(select(CaseLink).where(*of_these))}
    for link in known.values():
        link.ended_at = None
    tx.add_all(
        CaseLink(
            id=uuid4(), case_id=case_id, other_case_id=other_id, relation=relation,
            by_id=actor.person_id, created_at=at,
        )
        for other_id in others if other_id not in known
    )  # fmt: skip


def _extend(tx: Tx, row: Case, act: Act) -> None:
    """A later end of the party clocks of that side (all of them when the desk says nothing)."""
    side = act.relation.side or _named_side(act.given.data)
    hand = _hand(tx, row, act)
    found = [
        clock
        for clock in open_clocks(tx, row)
        if clock.kind == ClockKind.PARTY and side in (None, Side(clock.side))
    ]
    if not found:
        raise Refused("no_deadline", "there is no deadline to extend")
    for clock in found:
        days = hand.days or hand.policy.clocks[ClockKind.PARTY].n
        until = party_end(max(act.at, clock.due_at), days, clock.zone)
        extend_clock(tx, clock, until, hand, act.given.reason)


def _named_side(data: dict[str, object]) -> Side | None:
    return Side(str(data["side"])) if data.get("side") in {"complainant", "respondent"} else None


def _hand(tx: Tx, row: Case, act: Act) -> Hand:
    policy: PolicyView = policy_by_id(tx, row.policy_id)
    days = act.given.data.get("days")
    return Hand(act.actor, act.at, policy, act.time, int(str(days)) if days else None)


def _move_clocks(tx: Tx, row: Case, act: Act, source: State) -> None:
    clocks = [] if source is State.NONE else open_clocks(tx, row)
    turn = Turn(
        event=act.move.row.event,
        source=source,
        to=act.move.to,
        kind=Kind(row.kind),
        by_desk=act.relation.side is None and act.actor.is_person,
        replied=row.first_replied_at is not None,
        offer_side=_offer_holder(act),
    )
    carry_out(tx, row, plan(turn, live_of(clocks)), clocks, _hand(tx, row, act))


def _write_transition(tx: Tx, row: Case, act: Act, source: State, kind: str) -> UUID:
    transition = CaseTransition(
        id=uuid4(), case_id=row.id, version=row.version, round=row.round, kind=kind,
        from_state=source.value, event=act.move.row.event.value, to_state=row.state,
        actor_id=act.actor.person_id, actor_name=act.actor.name, acted_as=act.move.acts_as,
        reason=act.given.reason, data=_plain(act.given.data) | _by_side(act), at=act.at,
    )  # fmt: skip
    tx.add(transition)
    tx.flush()
    return transition.id


def _by_side(act: Act) -> dict[str, Any]:
    """The party side that made the move: who appealed, whose offer it is, who had more time."""
    return {"by_side": act.relation.side.value} if act.relation.side else {}


def _plain(data: dict[str, object]) -> dict[str, Any]:
    """Named values as JSON: texts, numbers and lists of texts."""
    return {
        name: value if isinstance(value, bool | int | str | list) or value is None else str(value)
        for name, value in data.items()
    }


def _tell(tx: Tx, row: Case, act: Act, source: State, transition: UUID) -> None:
    """History and outbox, last: they describe what is written."""
    event = act.move.row.event
    record(
        tx, act.actor, act.time,
        verb=f"case.{event.value}", subject=("case", row.id), case_id=row.id,
        data={
            "from": source.value, "to": row.state, "version": row.version, "round": row.round,
            "acted_as": act.move.acts_as, "outcome": row.outcome,
        },
        private={"reason": act.given.reason} if act.given.reason else None,
    )  # fmt: skip
    emit(
        tx,
        CaseMoved(
            row.id, transition, event.value, source.value, row.state, row.round, row.outcome,
            act.actor.kind.value,
        ),
    )  # fmt: skip


_CHANGES: dict[CaseEvent, Callable[[Tx, Case, Act], None]] = {
    CaseEvent.TAKE: _own,
    CaseEvent.LAPSE: _silence,
    CaseEvent.APPEAL: _let_go,
    CaseEvent.RECUSE: _step_back,
    CaseEvent.CONVERT: _convert,
    CaseEvent.DISCARD: _wipe_draft,
    CaseEvent.EXPIRE: _wipe_draft,
    CaseEvent.MARK_DUPLICATE: _duplicate,
    CaseEvent.UNMARK_DUPLICATE: _unmark,
    CaseEvent.EXTEND: _extend,
}
