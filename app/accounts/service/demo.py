"""What a visitor of the demo has to type. Never asked outside the demo."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.accounts.adapters import authenticator
from app.accounts.adapters.vault import Keys
from app.accounts.models import Person, TotpSecret
from app.accounts.service.signin import roles_of
from app.infra.db.transaction import Tx
from app.kernel.clock import Clock

DEMO_PASSWORD = "lantern-harbour-velvet-orbit"  # noqa: S105 - shown to every visitor of the demo
DEMO_HOST = "tidewater.example"


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A line of the list; *code* is what the authenticator shows now, empty for parties."""

    name: str
    email: str
    roles: tuple[str, ...]
    password: str
    code: str


def demo_sign_ins(tx: Tx, clock: Clock, keys: Keys) -> list[DemoSignIn]:
    """Everybody whose address ends in `@tidewater.example`, parties first."""
    query = (
        select(Person, func.convert_from(TotpSecret.secret, "utf8"))
        .outerjoin(TotpSecret, TotpSecret.person_id == Person.id)
        .where(Person.email.endswith(f"@{DEMO_HOST}"), Person.status == "active")
        .order_by(TotpSecret.person_id.is_not(None), Person.name)
        .limit(40)
    )
    rows = []
    for person, totp in tx.execute(query):
        secret = keys.fields.unseal("totp", totp) if totp else None
        code = authenticator.code_at(secret, clock.now()) if secret else ""
        roles = tuple(sorted(roles_of(tx, person.id)))
        password = DEMO_PASSWORD if secret else ""
        rows.append(DemoSignIn(person.name, person.email, roles, password, code))
    return rows
