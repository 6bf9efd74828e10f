"""Which cases and which rows an actor reaches: the only way to load anything about a case.

These conditions are the first wall, row-level security is the second; both read case_member,
delegation and case_wall and must agree. There is no unscoped twin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    column,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    table,
    text,
    true,
)

from app.accounts.models import LoginSession, Person, RoleGrant
from app.accounts.rules import Permission, Stage, normal_email, require
from app.infra.db.transaction import Tx, once
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.clock import Clock
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
        _member.c.revoked_at.is_(None),
        or_(
            _member.c.person_id == literal(person_id),
            _member.c.person_id.in_(principals_of(person_id, acting=acting)),
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


def know_sides(tx: Tx, actor: Actor, case_id: UUID, sides: Iterable[str] | None) -> None:
    """In a transaction that only reads, `sides_of` need not ask again for a case that was just found."""
    if actor.person_id is not None:
        known = [Side.DESK] if actor.is_staff else [Side(side) for side in sides or ()]
        once(tx, ("sides", actor.person_id, case_id), lambda: frozenset(known))


def _sides(tx: Tx, actor: Actor, case_id: UUID) -> frozenset[Side]:
    assert actor.person_id is not None
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


def writer_side(tx: Tx, actor: Actor, case_id: UUID, wanted: Side | None = None) -> Side:
    """The side on which *actor* may add something to the case. Staff choose any, a party only its own.

    Raises NotFound (foreign or unknown case, other side) and Forbidden (may read, not act).
    """
    if actor.is_system and wanted is not None:
        return wanted
    readable = sides_of(tx, actor, case_id)
    if Side.DESK in readable:
        return wanted or Side.DESK
    if not readable or (wanted is not None and wanted not in readable):
        raise NotFound(str(case_id))
    assert actor.person_id is not None
    rows = tx.execute(
        select(_member.c.side).where(
            _member.c.case_id == case_id,
            _member.c.capability == "act",
            _acts_for(actor.person_id, acting=True),
        )
    )
    able = {Side(side) for (side,) in rows} & ({wanted} if wanted else set(readable))
    if len(able) != 1:
        raise Forbidden(code="capability")
    return able.pop()


_HUMANS = text("""
with recursive human(root, id) as (
  select wanted, wanted from unnest(cast(:people as uuid[])) as wanted
  union select human.root, case when l.person_id = human.id then l.other_id else l.person_id end
  from human join person_link as l on human.id in (l.person_id, l.other_id))
select root, id from human""")


def same_human_ids(tx: Tx, person_id: UUID) -> frozenset[UUID]:
    """*person_id* and every account known to belong to the same human, for four-eyes rules (I3)."""
    return same_humans(tx, frozenset({person_id}))[person_id]


def same_humans(tx: Tx, people: frozenset[UUID]) -> dict[UUID, frozenset[UUID]]:
    """For each of *people* all accounts of the same human, itself included, in one statement."""
    seen: dict[UUID, frozenset[UUID]] = once(tx, "humans", dict)
    wanted = people - seen.keys()
    if wanted:
        rows = tx.execute(_HUMANS, {"people": list(wanted)}).all()
        seen |= {one: frozenset(person for root, person in rows if root == one) for one in wanted}
    return {person: seen[person] for person in people}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A stored session with its person and their live roles, read in one statement."""

    id: UUID
    stage: Stage
    data: dict[str, Any]
    created_at: datetime
    last_seen_at: datetime
    proven_at: datetime | None
    expires_at: datetime
    idle: timedelta
    theme: str
    person_id: UUID | None
    actor: Actor
    beside: tuple[Any, ...] = ()
    kept: dict[str, Any] | None = None


_SESSION = """
select s.id, s.stage, s.data, s.created_at, s.last_seen_at, s.proven_at, s.expires_at,
  s.idle_seconds, p.id as person_id, p.name, p.locale, p.zone, p.theme,
  array(select role from role_grant as g
        where g.person_id = p.id and g.revoked_at is null) as roles,
  {beside} as beside, {kept} as kept
from session as s left join person as p on p.id = s.person_id
where s.token_hash = :hash and s.revoked_at is null
  and (s.person_id is null or (p.status = 'active' and p.session_version = s.session_version))"""


def session_by_hash(
    tx: Tx, hashed: bytes, beside: str = "null", kept: str = "null"
) -> SessionRow | None:
    """The session behind a cookie, unless it ended or its person was disabled or changed since.

    *beside*: an SQL array about the person `p` that is read in the same statement, *kept*: an SQL object
    of what they like; never a user's text.
    """
    query = text(_SESSION.replace("{beside}", beside).replace("{kept}", kept))
    row = tx.execute(query, {"hash": hashed}).one_or_none()
    if row is None:
        return None
    stage = Stage(row.stage)
    actor = Actor.anonymous()
    if stage is Stage.FULL:
        roles = frozenset(Role(role) for role in row.roles)
        actor = Actor(
            ActorKind.PERSON, row.person_id, row.name, roles, row.id, row.proven_at, row.locale, row.zone
        )  # fmt: skip
    idle = timedelta(seconds=row.idle_seconds)
    return SessionRow(
        row.id, stage, row.data, row.created_at, row.last_seen_at, row.proven_at, row.expires_at, idle,
        row.theme or "system", row.person_id, actor, tuple(row.beside or ()), row.kept,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A line of the list of sign-ins."""

    id: UUID
    device: str
    ip: str
    created_at: datetime
    last_seen_at: datetime


def own_sessions(tx: Tx, actor: Actor, clock: Clock) -> list[OwnSession]:
    """The live sign-ins of *actor*, newest first; at most 50."""
    query = (
        select(LoginSession)
        .where(
            LoginSession.person_id == actor.person_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > clock.now(),
        )
        .order_by(LoginSession.created_at.desc())
        .limit(50)
    )
    return [
        OwnSession(row.id, row.device, str(row.ip or ""), row.created_at, row.last_seen_at)
        for row in tx.execute(query).scalars()
    ]


@dataclass(frozen=True, slots=True)
class PersonContact:
    """How to reach somebody: for mails and for names on pages."""

    id: UUID
    email: str
    name: str
    locale: str
    zone: str
    status: str


def person_contact(tx: Tx, person_id: UUID) -> PersonContact:
    """Address, language and zone of a person; the caller decides who may see it. Raises `NotFound`."""
    person = tx.get(Person, person_id)
    if person is None:
        raise NotFound
    return _contact(person)


def person_by_email(tx: Tx, email: str) -> PersonContact | None:
    """The account of an address, whatever its status, or nothing."""
    person = tx.execute(
        select(Person).where(Person.email == normal_email(email))
    ).scalar_one_or_none()
    return _contact(person) if person else None


def names_of(tx: Tx, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by id in one statement; unknown ids are absent."""
    wanted = {key for key in ids if key is not None}
    if not wanted:
        return {}
    rows = tx.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def people_with_role(tx: Tx, role: Role) -> list[PersonContact]:
    """Active holders of a role by name: for assignment and notices."""
    query = (
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == role.value, RoleGrant.revoked_at.is_(None), Person.status == "active"
        )
        .order_by(Person.name, Person.id)
    )
    return [_contact(person) for person in tx.execute(query).scalars()]


def _contact(person: Person) -> PersonContact:
    return PersonContact(
        person.id, person.email, person.name, person.locale, person.zone, person.status
    )


def actor_of(tx: Tx, person_id: UUID) -> Actor:
    """The actor a person would be now, without session: for jobs in somebody's name. Raises `NotFound`."""
    person = tx.get(Person, person_id)
    if person is None or person.status != "active":
        raise NotFound
    query = select(RoleGrant.role).where(
        RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
    )
    roles = frozenset(Role(role) for role in tx.execute(query).scalars())
    return Actor(
        ActorKind.PERSON, person.id, person.name, roles, locale=person.locale, zone=person.zone
    )


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """What people say about themselves. *version*: for the next change."""

    email: str
    name: str
    locale: str
    zone: str
    theme: str
    version: int


def own_profile(tx: Tx, actor: Actor) -> OwnProfile:
    """The profile of *actor*. Raises `NotFound` for nobody."""
    person = tx.get(Person, actor.person_id) if actor.person_id else None
    if person is None:
        raise NotFound
    return OwnProfile(
        person.email, person.name, person.locale, person.zone, person.theme, person.version
    )


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list of people."""

    id: UUID
    name: str
    email: str
    status: str
    roles: tuple[str, ...]
    has_second_factor: bool
    last_seen_at: datetime | None
    locale: str
    zone: str


_PEOPLE = """
select p.id, p.name, p.email::text as email, p.status, p.locale, p.zone,
  array(select g.role from role_grant as g
        where g.person_id = p.id and g.revoked_at is null order by g.role) as roles,
  exists (select 1 from totp_secret as t
          where t.person_id = p.id and t.confirmed_at is not null) as has_second_factor,
  (select max(s.last_seen_at) from session as s where s.person_id = p.id) as last_seen_at
from person as p where true"""


def people_page(
    tx: Tx, actor: Actor, *, words: str = "", role: str = "", after: str = "", limit: int = 50
) -> list[PersonRow]:
    """People by name; one more than *limit* when there is a next page. *after*: `name|id` of the last row.

    Raises `Forbidden`. One statement.
    """
    require(actor, Permission.PEOPLE_READ)
    query = _PEOPLE
    given: dict[str, Any] = {"limit": limit + 1}
    if words:
        query += " and (p.name ilike :words or p.email::text ilike :words)"
        given["words"] = "%" + re.sub(r"([%_\\])", r"\\\1", words) + "%"
    if role:
        query += (
            " and exists (select 1 from role_grant as h where h.person_id = p.id"
            " and h.role = :role and h.revoked_at is null)"
        )
        given["role"] = role
    name, bar, last = after.rpartition("|")
    if bar:
        query += " and (p.name, p.id::text) > (:name, :last)"
        given |= {"name": name, "last": last}
    rows = tx.execute(text(query + " order by p.name, p.id::text limit :limit"), given)
    return [_person_row(row) for row in rows]


def person_row(tx: Tx, actor: Actor, person_id: UUID) -> PersonRow:
    """One of the list. Raises `NotFound`, `Forbidden`."""
    require(actor, Permission.PEOPLE_READ)
    row = tx.execute(text(_PEOPLE + " and p.id = :id"), {"id": person_id}).one_or_none()
    if row is None:
        raise NotFound
    return _person_row(row)


def _person_row(row: Any) -> PersonRow:
    return PersonRow(
        row.id, row.name, row.email, row.status, tuple(row.roles), row.has_second_factor,
        row.last_seen_at, row.locale, row.zone,
    )  # fmt: skip
