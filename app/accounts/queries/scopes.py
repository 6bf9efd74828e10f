"""Which cases and which rows an actor reaches: the only way to load anything about a case.

These conditions are the first wall, row-level security is the second; both read case_member,
delegation and case_wall and must agree. There is no unscoped twin.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    column,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    table,
    true,
)

from app.accounts.models import Person
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx, once
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden, NotFound
from app.kernel.sides import Disclosure, Side

_case = table("case", column("id"))
_MEMBER = ("case_id", "person_id", "side", "capability", "revoked_at")
_member = table("case_member", *(column(name) for name in _MEMBER))
_delegation = table(
    "delegation",
    column("principal_id"),
    column("delegate_id"),
    column("starts_at"),
    column("ends_at"),
    column("revoked_at"),
    column("capability"),
    column("relation", Text()),
)
KEPT = 1024
"""Scopes kept as built: a condition never changes and asks the database anew each time; a page needs twenty."""
_wall = table("case_wall", column("case_id"), column("person_id"), column("lifted_at"))


def principals_of(person_id: UUID, *, acting: bool = False) -> Select[Any]:
    """Ids of the people for whom *person_id* may read, or *acting* act, at this moment by the database's clock."""
    return select(_delegation.c.principal_id).where(
        _delegation.c.capability == "act" if acting else true(),
        _delegation.c.delegate_id == literal(person_id),
        _delegation.c.revoked_at.is_(None),
        _delegation.c.starts_at <= func.now(),
        or_(_delegation.c.ends_at.is_(None), _delegation.c.ends_at > func.now()),
    )


def acts_as(holder: Any, person_id: UUID, *, acting: bool = False) -> ColumnElement[bool]:
    """Condition on a column of people: *person_id* or one of their principals.

    One array, found once in a statement: an index on the column answers it. "Own or of a principal"
    in two halves would read the whole table.
    """
    everybody = select(literal(person_id)).union_all(principals_of(person_id, acting=acting))
    return holder == any_(_array_of(everybody))


def _array_of(ids: Any) -> ColumnElement[Any]:
    return func.array(ids.scalar_subquery(), type_=ARRAY(Uuid()))


def acting_column(principal_id: Any) -> ColumnElement[Any]:
    """`relation|name` of everybody who may act or read for a person now, as an array column beside them."""
    d = _delegation
    live = (d.c.revoked_at.is_(None), d.c.starts_at <= func.now(), or_(d.c.ends_at.is_(None), d.c.ends_at > func.now()))  # fmt: skip
    words = d.c.relation + "|" + Person.name
    return func.array(
        select(words).join_from(d, Person, Person.id == d.c.delegate_id).where(d.c.principal_id == principal_id, *live).scalar_subquery()
    )  # fmt: skip


def _acts_for(person_id: UUID, *, acting: bool = False) -> ColumnElement[bool]:
    """The membership rows that speak for *person_id*: the own ones and those of principals."""
    return and_(
        _member.c.revoked_at.is_(None), acts_as(_member.c.person_id, person_id, acting=acting)
    )


def _is_walled(person_id: UUID, case_id: Any) -> ColumnElement[bool]:
    """Staff who were recused, or who are themselves a party: the case does not exist for them."""
    recused = select(_wall.c.case_id).where(
        _wall.c.person_id == literal(person_id), _wall.c.lifted_at.is_(None)
    )
    own = select(_member.c.case_id).where(_acts_for(person_id))
    return (case_id == any_(_array_of(recused.union_all(own)))).is_(true())


def _sees_all(actor: Actor) -> bool:
    return actor.is_system or (actor.is_person and not actor.is_staff and actor.has(Role.AUDITOR))


def _sees_nothing(actor: Actor) -> bool:
    if not actor.is_person or actor.person_id is None:
        return True
    return not actor.is_staff and actor.has(Role.ADMIN)


@lru_cache(KEPT)
def case_scope(actor: Actor, case_id: Any = None) -> ColumnElement[bool]:
    """Condition on a case id column (`case.id` without one): the cases that exist for *actor*."""
    target = _case.c.id if case_id is None else case_id
    if _sees_all(actor):
        return true()
    if _sees_nothing(actor):
        return false()
    assert actor.person_id is not None
    if actor.is_staff:
        return ~_is_walled(actor.person_id, target)
    return target.in_(select(_member.c.case_id).where(_acts_for(actor.person_id)))


def near_case(tx: Tx, case_id: UUID, person_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of *person_ids* who are on a side of the case, or were ever lent the account of who is and still have it.

    More than may see it: nobody else acts for a side. For the system, before the walls are asked in each one's name.
    """
    asked = set(person_ids)
    live = (_member.c.case_id == case_id, _member.c.revoked_at.is_(None))
    own = select(_member.c.person_id).where(*live, _member.c.person_id.in_(asked))
    lent = (
        select(_delegation.c.delegate_id)
        .join(_member, _member.c.person_id == _delegation.c.principal_id)
        .where(*live, _delegation.c.revoked_at.is_(None), _delegation.c.delegate_id.in_(asked))
    )
    return frozenset(tx.scalars(own.union(lent)))


def visible_case_ids(actor: Actor) -> Select[Any]:
    """Ids of the cases that exist for *actor*, as a select to join or to put into `in_`."""
    return select(_case.c.id).where(case_scope(actor))


@lru_cache(KEPT)
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
    """The side(s) of the case on which *actor* speaks: own membership or a live delegation; empty for others.

    Asked once per case in a transaction that only reads: every room of a page asks the same.
    """
    if actor.person_id is None:
        return frozenset()
    return once(tx, ("sides", actor.person_id, case_id), lambda: _sides(tx, actor, case_id))


def sides_column(actor: Actor, case_id: Any) -> ColumnElement[Any]:
    """The sides of *actor* as an array column beside a case that is in scope, to be handed to `know_sides`."""
    if actor.person_id is None or actor.is_staff:
        return null()
    sides = select(_member.c.side).where(_member.c.case_id == case_id, _acts_for(actor.person_id))
    return func.array(sides.distinct().scalar_subquery())


def know_sides(tx: Tx, actor: Actor, case_id: UUID, sides: Iterable[str] | None) -> frozenset[Side]:
    """The sides that stood beside a case that was just found. In a transaction that only reads, `sides_of` need not ask again."""
    if actor.person_id is None:
        return frozenset()
    known = frozenset([Side.DESK] if actor.is_staff else [Side(side) for side in sides or ()])
    return once(tx, ("sides", actor.person_id, case_id), lambda: known)


def _sides(tx: Tx, actor: Actor, case_id: UUID) -> frozenset[Side]:
    if actor.is_staff:
        visible = ask(tx, _visible(actor), of_case(case_id))
        return frozenset({Side.DESK}) if visible else frozenset()
    return frozenset(party_standing(tx, actor, case_id))


@shared(64)
def _visible(actor: Actor) -> Select[Any]:
    return select(_case.c.id).where(_case.c.id == CASE, case_scope(actor))


def party_standing(tx: Tx, actor: Actor, case_id: UUID) -> dict[Side, bool]:
    """The party sides on which a person speaks now, and whether they may act there; empty for strangers."""
    return {Side(side): able for side, able in ask(tx, _standing(actor), of_case(case_id))}


@shared(64)
def _standing(actor: Actor) -> Select[Any]:
    if actor.person_id is None:
        return select(_member.c.side, false()).where(false())
    able = and_(
        _member.c.capability == "act", acts_as(_member.c.person_id, actor.person_id, acting=True)
    )
    return (
        select(_member.c.side, func.bool_or(able))
        .where(_member.c.case_id == CASE, _acts_for(actor.person_id))
        .group_by(_member.c.side)
    )


def writer_side(tx: Tx, actor: Actor, case_id: UUID, wanted: Side | None = None) -> Side:
    """The side on which *actor* may add something to the case. Staff choose any, a party only its own.

    Raises NotFound (foreign or unknown case, other side) and Forbidden (may read, not act).
    """
    if actor.is_system and wanted is not None:
        return wanted
    if actor.is_staff and sides_of(tx, actor, case_id):
        return wanted or Side.DESK
    standing = {} if actor.is_staff else party_standing(tx, actor, case_id)
    if not standing or (wanted is not None and wanted not in standing):
        raise NotFound(str(case_id))
    able = [side for side, may_act in standing.items() if may_act and wanted in (None, side)]
    if len(able) != 1:
        raise Forbidden(code="capability")
    return able[0]
