"""Sessions: who is behind a cookie, and where somebody is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select, text

from app.accounts.models import LoginSession
from app.accounts.rules import Stage
from app.infra.db.kept import ask
from app.infra.db.transaction import Brief, Tx
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.clock import Clock


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


@cache
def _session(beside: str, kept: str) -> TextClause:
    return text(_SESSION.replace("{beside}", beside).replace("{kept}", kept))


def session_by_hash(
    tx: Tx | Brief, hashed: bytes, beside: str = "null", kept: str = "null"
) -> SessionRow | None:
    """The session behind a cookie, unless it ended or its person was disabled or changed since.

    *beside*: an SQL array about the person `p` that is read in the same statement, *kept*: an SQL object
    of what they like; never a user's text.
    """
    found = ask(tx, _session(beside, kept), {"hash": hashed})
    if not found:
        return None
    row = found[0]
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
