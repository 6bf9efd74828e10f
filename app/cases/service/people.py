"""People around a case: owner, members of a side, displayed parties, staff walled off, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import literal, select

from app.accounts.queries import actor_of, same_human_ids, same_humans
from app.accounts.rules import Permission, require
from app.cases.commands import (
    AddMember,
    AddParty,
    AssignCase,
    RevokeMember,
    SignStatement,
    WallOff,
)
from app.cases.events import CaseAssigned, MemberAdded, MemberRevoked
from app.cases.models import Case, CaseMember, CaseWall
from app.cases.queries import moves_of, relation_to, view_of
from app.cases.rules.kinds import State
from app.cases.rules.views import CaseView
from app.cases.rules.who import DESK_ROLES, movers_before
from app.cases.service.moves import lock_case, require_version
from app.cases.service.submit import Filing, add_party_rows, store_statements
from app.history.service import record
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx, house
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock as Time
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.sides import Side
from app.kernel.text import clean_text
from app.policies.queries import policy_by_id

_READER = Actor.system("case.people")


def assign(tx: Tx, command: AssignCase, actor: Actor, clock: Time) -> CaseView:
    """Give a case to somebody of the desk who has no interest in it, or to nobody.

    Raises `Stale`, `Forbidden`, `Invalid` (not of the desk), `Refused` (walled, a party, took part).
    """
    if not actor.is_system:
        require(actor, Permission.CASE_TRIAGE)
        if command.owner_id not in (None, actor.person_id):
            require(actor, Permission.CASE_ASSIGN)
    row = lock_case(tx, actor, command.case_id)
    require_version(row, command.version, "", actor)
    with house(tx):
        if command.owner_id is not None:
            _require_free(tx, row, command.owner_id)
        before = row.owner_id
        row.owner_id = command.owner_id
        row.version += 1
        row.updated_at = clock.now()
        record(
            tx, actor, clock,
            verb="case.assigned", subject=("case", row.id), case_id=row.id,
            data={
                "from": str(before) if before else None,
                "to": str(command.owner_id) if command.owner_id else None,
                "version": row.version,
            },
        )  # fmt: skip
        emit(tx, CaseAssigned(row.id, command.owner_id))
    return view_of(row, None)


def _require_free(tx: Tx, row: Case, person_id: UUID) -> None:
    """Only desk staff without a conflict of interest own a case; an appeal goes to fresh eyes."""
    if not actor_of(tx, person_id).has(*DESK_ROLES):
        raise Invalid("owner_id", "not_desk", "this person does not work on the desk")
    humans = same_human_ids(tx, person_id)
    if has_conflict(tx, row.id, humans):
        raise Refused("conflict", "this person has an interest in the case")
    if row.state == State.APPEAL_REVIEW and humans & took_part(tx, row.id, before_round=row.round):
        raise Refused("took_part", "a second review goes to somebody who took no part")


@dataclass(frozen=True, slots=True)
class Involved:
    """Who stands where in a case, by id: for guards. *sides* that have an account; *walled* staff."""

    members: frozenset[UUID]
    walled: frozenset[UUID]
    sides: frozenset[Side]


_live = select(CaseMember.person_id, CaseMember.side).where(
    CaseMember.case_id == CASE, CaseMember.revoked_at.is_(None)
)
_walled = select(CaseWall.person_id, literal("")).where(
    CaseWall.case_id == CASE, CaseWall.lifted_at.is_(None)
)
_INVOLVED = select(_live.union_all(_walled).subquery())


def involved_in(tx: Tx, case_id: UUID) -> Involved:
    """Live members and walls of a case, in one statement."""
    rows = ask(tx, _INVOLVED, of_case(case_id))
    return Involved(
        frozenset(person for person, side in rows if side),
        frozenset(person for person, side in rows if not side),
        frozenset(Side(side) for _, side in rows if side),
    )


def has_conflict(tx: Tx, case_id: UUID, humans: frozenset[UUID]) -> bool:
    """True when one of the accounts is walled off the case or stands on one of its sides."""
    involved = involved_in(tx, case_id)
    return bool(humans & (involved.members | involved.walled))


def took_part(tx: Tx, case_id: UUID, *, before_round: int) -> frozenset[UUID]:
    """Staff who made moves in earlier rounds, every account of the same human included."""
    people = movers_before(moves_of(tx, _READER, case_id), before_round)
    return frozenset[UUID]().union(*same_humans(tx, people).values())


def add_member(tx: Tx, command: AddMember, actor: Actor, clock: Time) -> None:
    """Let a person act or read on a side; again after a revocation, never on the other side.

    The desk may add to any side, a party who may act to its own. Raises `Refused`, `Forbidden`.
    """
    row = lock_case(tx, actor, command.case_id)
    relation = relation_to(tx, actor, row.id, clock)
    if relation.side is not None and (relation.side is not command.side or not relation.can_act):
        raise Forbidden(code="other_side")
    with house(tx):
        humans = same_human_ids(tx, command.person_id)
        rows = (
            tx.execute(
                select(CaseMember).where(
                    CaseMember.case_id == row.id, CaseMember.person_id.in_(humans)
                )
            )
            .scalars()
            .all()
        )
        if any(other.side != command.side.value for other in rows):
            raise Refused("both_sides", "this person stands on the other side")
        member = next((m for m in rows if m.person_id == command.person_id), None)
        if member is None:
            member = CaseMember(
                id=uuid4(), case_id=row.id, side=command.side.value, disclosure="private",
                person_id=command.person_id, added_at=clock.now(), added_by=actor.person_id,
            )  # fmt: skip
            tx.add(member)
        member.capability, member.revoked_at = command.capability, None
        record(
            tx, actor, clock,
            verb="case_member.added", subject=("case_member", member.id), case_id=row.id,
            data={"person_id": str(command.person_id), "side": command.side.value},
        )  # fmt: skip
        emit(tx, MemberAdded(row.id, command.person_id, command.side.value))


def revoke_member(tx: Tx, command: RevokeMember, actor: Actor, clock: Time) -> None:
    """End a person's sight at once; safe to repeat. A party may revoke on its own side only."""
    row = lock_case(tx, actor, command.case_id)
    relation = relation_to(tx, actor, row.id, clock)
    with house(tx):
        member = tx.execute(
            select(CaseMember).where(
                CaseMember.case_id == row.id,
                CaseMember.person_id == command.person_id,
                CaseMember.revoked_at.is_(None),
            )
        ).scalar_one_or_none()
        if member is None:
            return
        if relation.side is not None and (member.side != relation.side or not relation.can_act):
            raise Forbidden(code="other_side")
        member.revoked_at = clock.now()
        record(
            tx, actor, clock,
            verb="case_member.revoked", subject=("case_member", member.id), case_id=row.id,
            data={"person_id": str(command.person_id)},
        )  # fmt: skip
        emit(tx, MemberRevoked(row.id, command.person_id))


def add_party(tx: Tx, command: AddParty, actor: Actor, clock: Time) -> UUID:
    """A party as displayed. The desk adds any, a party on its own side. Returns the party's id."""
    row = lock_case(tx, actor, command.case_id)
    relation = relation_to(tx, actor, row.id, clock)
    if relation.side is not None and (relation.side is not command.side or not relation.can_act):
        raise Forbidden(code="other_side")
    name = clean_text(
        command.display_name, field="display_name", max_length=200, required=True, multiline=False
    )
    with house(tx):
        return add_party_rows(
            tx, row, command.side, name, clock,
            kind=command.party_kind, person_id=command.person_id, email=command.email,
            phone=command.phone, address=command.address, country=command.country,
            zone=command.zone, language=command.language, disclosure=command.disclosure,
        )  # fmt: skip


def wall_off_person(tx: Tx, command: WallOff, actor: Actor, clock: Time) -> None:
    """Keep a member of staff away from a case; an owner loses it. Leads for others, everybody for themselves."""
    if not actor.is_system:
        own = command.person_id == actor.person_id
        require(actor, Permission.CASE_READ if own else Permission.CASE_ASSIGN)
    row = lock_case(tx, actor, command.case_id)
    with house(tx):
        wall = tx.execute(
            select(CaseWall).where(
                CaseWall.case_id == row.id, CaseWall.person_id == command.person_id
            )
        ).scalar_one_or_none()
        if wall is None:
            wall = CaseWall(
                id=uuid4(), case_id=row.id, person_id=command.person_id, created_at=clock.now()
            )
            tx.add(wall)
        wall.reason, wall.by_id, wall.lifted_at = command.reason, actor.person_id, None
        record(
            tx, actor, clock,
            verb="case_wall.raised", subject=("case_wall", wall.id), case_id=row.id,
            data={"person_id": str(command.person_id)}, private={"reason": command.reason},
        )  # fmt: skip
        if row.owner_id == command.person_id:
            row.owner_id = None
            row.version += 1
            record(
                tx, actor, clock, verb="case.assigned", subject=("case", row.id), case_id=row.id,
                data={"from": str(command.person_id), "to": None, "version": row.version},
            )  # fmt: skip
            emit(tx, CaseAssigned(row.id, None))


def sign_statements(tx: Tx, command: SignStatement, actor: Actor, clock: Time) -> None:
    """Keep the statements of a later step (a counter-notice) as shown and signed. Raises `Invalid`."""
    row = lock_case(tx, actor, command.case_id)
    relation = relation_to(tx, actor, row.id, clock)
    if relation.side is not command.side or not relation.can_act:
        raise Forbidden(code="other_side")
    policy = policy_by_id(tx, row.policy_id)
    filing = Filing(row, {}, policy, command.signatures, relation)
    with house(tx):
        store_statements(tx, filing, command.step, clock)
