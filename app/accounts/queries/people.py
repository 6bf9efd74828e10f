"""People of the house and of the parties: who somebody is, what they may, who is the same human."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    func,
    select,
    text,
)

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Permission, normal_email, require
from app.infra.db.binds import PERSON
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx, once
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.errors import NotFound

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
        rows = ask(tx, _HUMANS, {"people": list(wanted)})
        seen |= {one: frozenset(person for root, person in rows if root == one) for one in wanted}
    return {person: seen[person] for person in people}


@dataclass(frozen=True, slots=True)
class PersonContact:
    """How to reach somebody: for mails and for names on pages."""

    id: UUID
    email: str
    name: str
    locale: str
    zone: str
    status: str


_PERSON = select(
    Person.id, Person.email, Person.name, Person.locale, Person.zone, Person.status
).where(Person.id == PERSON)


def person_contact(tx: Tx, person_id: UUID) -> PersonContact:
    """Address, language and zone of a person; the caller decides who may see it. Raises `NotFound`."""
    found = ask(tx, _PERSON, {PERSON.key: person_id})
    if not found:
        raise NotFound
    return _contact(found[0])


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


def name_and_same_human(tx: Tx, person_id: UUID | None, reader_id: UUID | None) -> tuple[str, bool]:
    """Somebody's name, and whether the reader is the same human, in one statement; "" and False for nobody."""
    query = select(Person.name, func.same_human(Person.id, reader_id))
    found = tx.execute(query.where(Person.id == person_id)).one_or_none()
    return (found[0], bool(found[1])) if found else ("", False)


def people_with_role(tx: Tx, *roles: Role) -> list[PersonContact]:
    """Active holders of a role, or of all of several, by name: for assignment and notices."""
    query = select(Person).where(Person.status == "active").order_by(Person.name, Person.id)
    for role in roles:
        holders = select(RoleGrant.person_id).where(
            RoleGrant.role == role.value, RoleGrant.revoked_at.is_(None)
        )
        query = query.where(Person.id.in_(holders))
    return [_contact(person) for person in tx.execute(query).scalars()]


def _contact(person: Any) -> PersonContact:
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


def actors_of(tx: Tx, person_ids: Iterable[UUID]) -> tuple[Actor, ...]:
    """`actor_of` of many at once; who is not active is left out. One statement."""
    roles = (
        select(func.array_agg(RoleGrant.role))
        .where(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None))
        .scalar_subquery()
    )
    query = select(Person, roles).where(Person.id.in_(set(person_ids)), Person.status == "active")
    return tuple(
        Actor(
            ActorKind.PERSON, person.id, person.name, frozenset(map(Role, held or ())), locale=person.locale, zone=person.zone
        )
        for person, held in tx.execute(query)
    )  # fmt: skip


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
