"""The cast: people by role, made through the services, and signed-in test clients."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from app.accounts.commands import CreatePerson, CreateToken, Delegate, OpenSession
from app.accounts.queries import actor_of
from app.accounts.rules import PROVEN_SCOPES, Scope
from app.accounts.service.delegations import grant_delegation
from app.accounts.service.people import create_person
from app.accounts.service.sessions import open_session, store_data
from app.accounts.service.tokens import NewToken, create_token
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.clock import Clock, FixedClock

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

CAST: dict[str, tuple[str, frozenset[Role]]] = {
    "ada": ("Ada Amberg", frozenset({Role.ARTIST})),
    "bo": ("Bo Berg", frozenset({Role.ARTIST})),
    "cy": ("Cy Castell", frozenset({Role.ARTIST})),
    "dee": ("Dee Dorn", frozenset({Role.AGENT})),
    "rio": ("Rio Reyes", frozenset({Role.REVIEWER})),
    "rae": ("Rae Rowan", frozenset({Role.REVIEWER})),
    "eli": ("Eli Ek", frozenset({Role.LEAD})),
    "fay": ("Fay Fox", frozenset({Role.FINANCE_PREPARER})),
    "gus": ("Gus Grau", frozenset({Role.FINANCE_APPROVER})),
    "gil": ("Gil Gomez", frozenset({Role.FINANCE_APPROVER})),
    "adi": ("Adi Adler", frozenset({Role.ADMIN})),
    "aud": ("Aud Aas", frozenset({Role.AUDITOR})),
}


@dataclass(frozen=True)
class TestPerson:
    """A stored person; `actor` is who they are in a service call."""

    __test__ = False

    key: str
    id: UUID
    email: str
    name: str
    roles: frozenset[Role]

    @property
    def actor(self) -> Actor:
        """Signed in a moment ago, so every step-up is fresh."""
        return Actor(
            ActorKind.PERSON, self.id, self.name, self.roles, proven_at=NOON, zone="Europe/Lisbon"
        )


def make_person(
    key: str = "ada", *, tx: Session | None = None, clock: Clock | None = None, **changes: Any
) -> TestPerson:
    """Store one of the cast (or anybody, with `name=` and `roles=`); in *tx*, or committed at once."""
    name, roles = CAST.get(key, (key.title(), frozenset({Role.ARTIST})))
    command = CreatePerson(
        email=changes.get("email", f"{key}@example.com"),
        name=changes.get("name", name),
        roles=frozenset(changes.get("roles", roles)),
        locale=changes.get("locale", "en"),
        zone=changes.get("zone", "Europe/Lisbon"),
    )
    system = Actor.system("test:cast")
    with nullcontext(tx) if tx is not None else transaction(system) as own:
        assert own is not None
        person_id = create_person(own, command, system, clock or FixedClock(NOON))
    return TestPerson(key, person_id, command.email, command.name, command.roles)


def make_cast(*keys: str, tx: Session | None = None) -> dict[str, TestPerson]:
    """The named people, or all twelve."""
    return {key: make_person(key, tx=tx) for key in keys or CAST}


def make_delegation(
    principal: TestPerson, delegate: TestPerson, *, tx: Session | None = None, **changes: Any
) -> UUID:
    """*delegate* may act for *principal*, since long ago."""
    starts_at = changes.get("starts_at", datetime(2020, 1, 1, tzinfo=UTC))
    command = Delegate(principal.id, delegate.id, starts_at, changes.get("ends_at"))
    system = Actor.system("test:cast")
    with nullcontext(tx) if tx is not None else transaction(system) as own:
        assert own is not None
        return grant_delegation(own, command, system, FixedClock(NOON))


def person_actor(person_id: UUID) -> Actor:
    """The actor as the database knows them now."""
    with transaction(Actor.system("test:cast"), read_only=True) as tx:
        return actor_of(tx, person_id)


def sign_in(client: Any, person: Any, *, enrolling: bool = False) -> str:
    """Give *client* a real session of *person*, its form token and a same-origin header. Returns the token.

    Every request of the client then carries the token in a header, so tests post without parsing pages.
    """
    app = client.application
    with app.app_context():
        services = app.extensions["redress"]
        with transaction(Actor.system("test:session")) as tx:
            cookie = open_session(tx, OpenSession(person.id, enrolling, "Test"), services.clock)
            raw = hashlib.sha1(cookie.encode(), usedforsecurity=False).hexdigest()
            _keep_token(tx, cookie, raw)
    client.set_cookie(app.session_interface.name, cookie, path="/")
    token = form_token(app, raw)
    trust(client)
    client.environ_base["HTTP_X_CSRFTOKEN"] = token
    return token


def trust(client: Any) -> Any:
    """The client's requests come from our own pages, as a browser would say."""
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def form_token(app: Any, raw: str) -> str:
    """The signed form token of a session that holds *raw*."""
    return URLSafeTimedSerializer(app.config["WTF_CSRF_SECRET_KEY"], salt="wtf-csrf-token").dumps(
        raw
    )


def _keep_token(tx: Session, cookie: str, raw: str) -> None:
    from app.accounts.adapters.vault import token_hash
    from app.accounts.queries import session_by_hash

    row = session_by_hash(tx, token_hash(cookie))
    assert row is not None
    store_data(tx, row.id, {"csrf_token": raw})


def make_token(
    person: TestPerson,
    *scopes: Scope,
    days: int = 30,
    name: str = "test",
    clock: Clock | None = None,
) -> NewToken:
    """A bearer token of a person: what the system makes, with every scope that it can give, unless some are named.

    With a scope that needs a fresh proof it is made by the person, proven just now.
    """
    wanted, at = frozenset(scopes or set(Scope) - PROVEN_SCOPES), clock or FixedClock(NOON)
    actor = Actor.system("test:token")
    if wanted & PROVEN_SCOPES:
        actor = replace(person.actor, proven_at=at.now())
    with transaction(Actor.system("test:token")) as tx:
        return create_token(tx, CreateToken(person.id, name, wanted, days), actor, at)


def bearer_client(app: Any, token: str) -> Any:
    """A client that asks with a token and keeps no cookie, as a program does."""
    client = app.test_client(use_cookies=False)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client
