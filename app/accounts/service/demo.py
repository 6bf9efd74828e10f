"""What a visitor of the demo has to type. Never asked outside the demo."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.accounts.adapters import authenticator
from app.accounts.adapters.vault import Keys
from app.accounts.models import Person, RoleGrant, TotpSecret
from app.accounts.rules import normal_email
from app.infra.db.transaction import Tx
from app.kernel.clock import Clock
from app.kernel.errors import NotFound

DEMO_PASSWORD = "lantern-harbour-velvet-orbit"  # noqa: S105 - shown to every visitor of the demo
DEMO_HOST = "tidewater.example"
DEMO_API_PERSON = f"sabina@{DEMO_HOST}"
"""In whose name `redress tokens create --demo` acts."""
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A line of the list; *code* is what the authenticator shows now, empty for artists."""

    name: str
    email: str
    roles: tuple[str, ...]
    password: str
    code: str


def demo_person(tx: Tx, email: str) -> UUID:
    """Whose address of the demo this is. Raises NotFound for every other address and for accounts that are off."""
    found = tx.scalar(
        select(Person.id).where(
            Person.email == normal_email(email),
            Person.email.endswith(f"@{DEMO_HOST}"),
            Person.status == "active",
        )
    )
    if found is None:
        raise NotFound
    return found


def demo_sign_ins(tx: Tx, clock: Clock, keys: Keys) -> list[DemoSignIn]:
    """Everybody whose address ends in `@tidewater.example`, who works here first: they need the code."""
    held = (
        select(func.array_agg(RoleGrant.role))
        .where(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(Person.name, Person.email, held, func.convert_from(TotpSecret.secret, "utf8"))
        .outerjoin(TotpSecret, TotpSecret.person_id == Person.id)
        .where(Person.email.endswith(f"@{DEMO_HOST}"), Person.status == "active")
        .order_by(TotpSecret.person_id.is_(None), Person.name)
        .limit(MOST_SHOWN)
    )
    rows = []
    for name, email, roles, totp in tx.execute(query):
        secret = keys.fields.unseal("totp", totp) if totp else None
        code = authenticator.code_at(secret, clock.now()) if secret else ""
        password = DEMO_PASSWORD if secret else ""
        rows.append(DemoSignIn(name, email, tuple(sorted(roles or ())), password, code))
    return rows
