"""The cast of the demo: who they are, and how a visitor signs in as one of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from flask import Flask

from app.accounts.adapters import authenticator
from app.accounts.adapters.vault import Keys, keys_from
from app.accounts.commands import ChangeRoles, CreatePerson
from app.accounts.queries import actor_of
from app.accounts.service.demo import DEMO_HOST, DEMO_PASSWORD
from app.accounts.service.people import change_roles, create_person
from app.accounts.service.secrets import confirm_authenticator, set_password, start_authenticator
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock

DOMAIN = DEMO_HOST
PASSWORD = DEMO_PASSWORD
SYSTEM = Actor.system("demo")
ARTISTS_FILE = Path(__file__).with_name("artists.csv")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast. *key* is the part of the address before the @, *also* what the administrator adds to *role*."""

    key: str
    name: str
    role: Role
    locale: str = "en"
    zone: str = "Europe/London"
    country: str = "GB"
    also: frozenset[Role] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        """Everything they may do in the end."""
        return self.also | {self.role}

    @property
    def email(self) -> str:
        """Sign-in address."""
        return f"{self.key}@{DEMO_HOST}"


CAST = (
    Member("sabina", "Sabina Aliyeva", Role.ARTIST, zone="Asia/Baku", country="AZ"),
    Member("rauf", "Rauf Hasanov", Role.ARTIST, zone="Asia/Baku", country="AZ"),
    Member("made", "Made Wirawan", Role.ARTIST, zone="Asia/Jakarta", country="ID"),
    Member("ani", "Անի Հակոբյան", Role.ARTIST, zone="Asia/Yerevan", country="AM"),
    Member("haru", "青木 春", Role.ARTIST, zone="Asia/Tokyo", country="JP"),
    Member("caspian", "Caspian Reel Ltd", Role.ARTIST),
    Member("dee", "Dee Dorn", Role.AGENT),
    Member("leyla", "Leyla Mammadova", Role.REVIEWER, zone="Asia/Baku"),
    Member("nino", "Nino Kapanadze", Role.REVIEWER, zone="Asia/Tbilisi"),
    Member("eli", "Eli Ek", Role.LEAD, also=frozenset({Role.REVIEWER})),
    Member("fay", "Fay Fox", Role.FINANCE_PREPARER),
    Member("gus", "Gus Grau", Role.FINANCE_APPROVER),
    Member("gil", "Gil Gomez", Role.FINANCE_APPROVER),
    Member("adi", "Adi Adler", Role.ADMIN),
    Member("aud", "Aud Aas", Role.AUDITOR),
)
"""Who is there in the small demo too, and whom the start names."""


@cache
def artists() -> tuple[dict[str, str], ...]:
    """The other artists of the whole demo, one row each with their release."""
    with ARTISTS_FILE.open(encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


@cache
def everybody() -> dict[str, Member]:
    """The cast of the whole demo by key."""
    others = (
        Member(row["key"], row["name"], Role.ARTIST, zone=row["zone"], country=row["isrc"][:2])
        for row in artists()
    )
    return {member.key: member for member in (*CAST, *others)}


def create_cast(app: Flask, tx: Tx, clock: Clock, cast: Iterable[Member]) -> dict[str, UUID]:
    """Everybody, staff with password and authenticator. Returns ids by key."""
    keys = keys_from(app.extensions["redress"].settings)
    people: dict[str, UUID] = {}
    for member in cast:
        command = CreatePerson(
            member.email, member.name, frozenset({member.role}), member.locale, member.zone
        )
        people[member.key] = create_person(tx, command, SYSTEM, clock)
        if member.role is not Role.ARTIST:
            _enrol(tx, people[member.key], clock, keys)
    admin = actor_of(tx, people["adi"])
    for member in cast:
        if member.also:
            change_roles(tx, ChangeRoles(people[member.key], member.roles), admin, clock)
    return people


def _enrol(tx: Tx, person_id: UUID, clock: Clock, keys: Keys) -> None:
    """Password and authenticator; the first code is of a minute ago, so that the next one works at once."""
    set_password(tx, person_id, DEMO_PASSWORD, clock, product="Redress")
    secret = start_authenticator(tx, person_id, clock, keys)
    code = authenticator.code_at(secret, clock.now())
    confirm_authenticator(tx, person_id, code, clock, keys)
