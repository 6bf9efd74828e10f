"""Which cases and which rows an actor reaches: the only way to load anything about a case.

These conditions are the first wall, row-level security is the second; both read case_member,
delegation and case_wall and must agree. There is no unscoped twin.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    column,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    table,
    text,
    true,
)

from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.sides import Disclosure, Side

_case = table("case", column("id"))
_member = table(
    "case_member",
    column("case_id"),
    column("person_id"),
    column("side"),
    column("capability"),
    column("revoked_at"),
)
_delegation = table(
    "delegation",
    column("principal_id"),
    column("delegate_id"),
    column("starts_at"),
    column("ends_at"),
    column("revoked_at"),
)
_wall = table("case_wall", column("case_id"), column("person_id"), column("lifted_at"))


def principals_of(person_id: UUID) -> Select[Any]:
    """Ids of the people for whom *person_id* may act at this moment, by the database's clock."""
    return select(_delegation.c.principal_id).where(
        _delegation.c.delegate_id == literal(person_id),
        _delegation.c.revoked_at.is_(None),
        _delegation.c.starts_at <= func.now(),
        or_(_delegation.c.ends_at.is_(None), _delegation.c.ends_at > func.now()),
    )


def _acts_for(person_id: UUID) -> ColumnElement[bool]:
    """The membership rows that speak for *person_id*: the own ones and those of principals."""
    return and_(
        _member.c.revoked_at.is_(None),
        or_(
            _member.c.person_id == literal(person_id),
            _member.c.person_id.in_(principals_of(person_id)),
        ),
    )


def _is_walled(person_id: UUID, case_id: Any) -> ColumnElement[bool]:
    """Staff who were recused, or who are themselves a party: the case does not exist for them."""
    recused = exists().where(
        _wall.c.case_id == case_id,
        _wall.c.person_id == literal(person_id),
        _wall.c.lifted_at.is_(None),
    )
    party = exists().where(_member.c.case_id == case_id, _acts_for(person_id))
    return or_(recused, party)


def _sees_all(actor: Actor) -> bool:
    return actor.is_system or (actor.is_person and not actor.is_staff and actor.has(Role.AUDITOR))


def _sees_nothing(actor: Actor) -> bool:
    return actor.person_id is None or (not actor.is_staff and actor.has(Role.ADMIN))


def case_scope(actor: Actor, case_id: Any = None) -> ColumnElement[bool]:
    """Condition on a case id column (`case.id` without one): the cases that exist for *actor*."""
    target = _case.c.id if case_id is None else case_id
    if _sees_all(actor):
        return true()
    if _sees_nothing(actor) or actor.person_id is None:
        return false()
    if actor.is_staff:
        return ~_is_walled(actor.person_id, target)
    return target.in_(select(_member.c.case_id).where(_acts_for(actor.person_id)))


def visible_case_ids(actor: Actor) -> Select[Any]:
    """Ids of the cases that exist for *actor*, as a select to join or to put into `in_`."""
    return select(_case.c.id).where(case_scope(actor))


def side_scope(actor: Actor, model: Any) -> ColumnElement[bool]:
    """Condition on a side-scoped model or table (case_id, side, disclosure): the rows *actor* may read.

    private: that side and the desk. shared: both sides and the desk. internal: the desk alone.
    """
    row = getattr(model, "c", model)
    if actor.is_system or _sees_nothing(actor) or actor.is_staff or _sees_all(actor):
        return case_scope(actor, row.case_id)
    assert actor.person_id is not None
    return exists().where(
        _member.c.case_id == row.case_id,
        _acts_for(actor.person_id),
        or_(
            row.disclosure == Disclosure.SHARED.value,
            and_(row.disclosure == Disclosure.PRIVATE.value, row.side == _member.c.side),
        ),
    )


def sides_of(tx: Tx, actor: Actor, case_id: UUID) -> frozenset[Side]:
    """The side(s) of the case on which *actor* speaks: own membership or a live delegation; empty for others."""
    if actor.person_id is None:
        return frozenset()
    if actor.is_staff:
        visible = tx.execute(
            select(_case.c.id).where(_case.c.id == case_id, case_scope(actor))
        ).first()
        return frozenset({Side.DESK}) if visible else frozenset()
    rows = tx.execute(
        select(_member.c.side)
        .where(_member.c.case_id == case_id, _acts_for(actor.person_id))
        .distinct()
    )
    return frozenset(Side(side) for (side,) in rows)


def same_human_ids(tx: Tx, person_id: UUID) -> frozenset[UUID]:
    """*person_id* and every account known to belong to the same human, for four-eyes rules (I3)."""
    rows = tx.execute(
        text(
            "with recursive human(id) as (select cast(:person as uuid) union "
            "select case when l.person_id = human.id then l.other_id else l.person_id end "
            "from human join person_link l on human.id in (l.person_id, l.other_id)) select id from human"
        ),
        {"person": person_id},
    )
    return frozenset(rows.scalars())
