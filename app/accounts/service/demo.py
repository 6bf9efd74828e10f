"""The demo's people: staff ready to sign in, and what a visitor has to type. Never outside the demo."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.accounts.adapters import authenticator
from app.accounts.adapters.vault import Keys
from app.accounts.commands import CreatePerson
from app.accounts.models import Person, TotpSecret
from app.accounts.rules import needs_second_factor
from app.accounts.service.people import create_person
from app.accounts.service.secrets import start_authenticator, store_password
from app.accounts.service.signin import roles_of
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock

DEMO_PASSWORD = "seven quiet harbour lamps"  # noqa: S105 - shown to every visitor of the demo
DEMO_HOST = "demo.invalid"


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A line of the list; *code* is what the authenticator shows now, empty for parties."""

    name: str
    email: str
    roles: tuple[str, ...]
    password: str
    code: str


def create_demo_person(
    tx: Tx, command: CreatePerson, actor: Actor, clock: Clock, keys: Keys
) -> UUID:
    """An account that can sign in at once: staff with the demo password and a confirmed authenticator."""
    person_id = create_person(tx, command, actor, clock)
    if needs_second_factor(command.roles):
        store_password(tx, tx.get_one(Person, person_id), DEMO_PASSWORD, clock, "Redress")
        start_authenticator(tx, person_id, clock, keys)
        tx.get_one(TotpSecret, person_id).confirmed_at = clock.now()
        tx.flush()
    return person_id


def demo_sign_ins(tx: Tx, clock: Clock, keys: Keys) -> list[DemoSignIn]:
    """Everybody whose address ends in `@demo.invalid`, parties first."""
    query = (
        select(Person, TotpSecret)
        .outerjoin(TotpSecret, TotpSecret.person_id == Person.id)
        .where(Person.email.endswith(f"@{DEMO_HOST}"), Person.status == "active")
        .order_by(TotpSecret.person_id.is_not(None), Person.name)
        .limit(40)
    )
    rows = []
    for person, totp in tx.execute(query).tuples():
        secret = keys.fields.unseal("totp", totp.secret.decode()) if totp is not None else None
        code = authenticator.code_at(secret, clock.now()) if secret else ""
        roles = tuple(sorted(roles_of(tx, person.id)))
        password = DEMO_PASSWORD if secret else ""
        rows.append(DemoSignIn(person.name, person.email, roles, password, code))
    return rows
