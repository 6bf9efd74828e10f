"""Sessions: opened after a proof, rotated by replacement, touched by people, ended at once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from app.accounts.adapters.vault import token_hash
from app.accounts.commands import OpenSession
from app.accounts.models import LoginSession, Person, RoleGrant
from app.accounts.rules import PARTY_LIMITS, Stage, session_limits
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, NotFound

_ANONYMOUS_LIVES = timedelta(hours=2)
_KEPT = timedelta(days=7)


def open_anonymous(tx: Tx, data: dict[str, Any], clock: Clock) -> str:
    """A session for nobody, for form tokens and a sign-in under way. Returns the cookie value."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    tx.add(
        LoginSession(
            id=uuid4(), token_hash=token_hash(token), stage=Stage.ANONYMOUS.value, session_version=0,
            data=data, created_at=now, last_seen_at=now, expires_at=now + _ANONYMOUS_LIVES,
            idle_seconds=int(PARTY_LIMITS.idle.total_seconds()), device="",
        )
    )  # fmt: skip
    tx.flush()
    return token


def open_session(tx: Tx, command: OpenSession, clock: Clock) -> str:
    """A session of a person who just proved who they are. Returns the 256-bit cookie value.

    The limits follow the roles held now. Raises `Forbidden` for a disabled account.
    """
    person = tx.get(Person, command.person_id)
    if person is None or person.status != "active":
        raise Forbidden(code="disabled")
    query = select(RoleGrant.role).where(
        RoleGrant.person_id == person.id, RoleGrant.revoked_at.is_(None)
    )
    roles = frozenset(Role(role) for role in tx.execute(query).scalars())
    limits = session_limits(roles)
    token, now = secrets.token_urlsafe(32), clock.now()
    stage = Stage.ENROLLING if command.enrolling else Stage.FULL
    session_id = uuid4()
    tx.add(
        LoginSession(
            id=session_id, token_hash=token_hash(token), person_id=person.id, stage=stage.value,
            session_version=person.session_version, data={}, created_at=now, last_seen_at=now,
            proven_at=None if command.enrolling else now, expires_at=now + limits.absolute,
            idle_seconds=int(limits.idle.total_seconds()), device=command.device[:120], ip=command.ip,
        )
    )  # fmt: skip
    tx.flush()
    if stage is Stage.FULL:
        record(tx, Actor.system("signin"), clock, verb="session.opened",
               subject=("session", session_id), data={"person_id": str(person.id)})  # fmt: skip
    return token


def rotate(tx: Tx, session_id: UUID) -> str:
    """A new cookie value for the same session, after its rights grew. The old value is dead."""
    token = secrets.token_urlsafe(32)
    query = update(LoginSession).where(LoginSession.id == session_id)
    tx.execute(query.values(token_hash=token_hash(token)))
    return token


def touch(tx: Tx, session_id: UUID, clock: Clock) -> None:
    """A person was here: the idle limit counts from now."""
    query = update(LoginSession).where(LoginSession.id == session_id)
    tx.execute(query.values(last_seen_at=clock.now()))


def store_data(tx: Tx, session_id: UUID, data: dict[str, Any]) -> None:
    """Replace the small values of the face."""
    tx.execute(update(LoginSession).where(LoginSession.id == session_id).values(data=data))


def end_session(tx: Tx, session_id: UUID, clock: Clock) -> None:
    """End the session of this browser: signed out or replaced. Safe to repeat."""
    query = update(LoginSession).where(
        LoginSession.id == session_id, LoginSession.revoked_at.is_(None)
    )
    tx.execute(query.values(revoked_at=clock.now(), data={}))


def revoke_session(tx: Tx, session_id: UUID, actor: Actor, clock: Clock) -> None:
    """End one of the own sessions. Raises `NotFound` for a foreign or unknown one."""
    ended = tx.execute(
        update(LoginSession)
        .where(
            LoginSession.id == session_id,
            LoginSession.person_id == actor.person_id,
            LoginSession.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now(), data={})
        .returning(LoginSession.id)
    )
    if ended.first() is None:
        raise NotFound
    record(tx, actor, clock, verb="session.revoked", subject=("session", session_id))


def revoke_all(tx: Tx, actor: Actor, clock: Clock, *, but: UUID | None = None) -> int:
    """End all own sessions, but the one of this browser when given. Returns how many."""
    query = update(LoginSession).where(
        LoginSession.person_id == actor.person_id, LoginSession.revoked_at.is_(None)
    )
    if but is not None:
        query = query.where(LoginSession.id != but)
    ended = tx.execute(query.values(revoked_at=clock.now(), data={}).returning(LoginSession.id))
    count = len(ended.all())
    record(tx, actor, clock, verb="session.all_revoked",
           subject=("person", str(actor.person_id)), data={"count": count})  # fmt: skip
    return count


def sweep_sessions(tx: Tx, clock: Clock) -> None:
    """Delete what ended a week ago, and anonymous sessions as soon as they end. Safe to repeat."""
    now = clock.now()
    tx.execute(delete(LoginSession).where(LoginSession.expires_at < now - _KEPT))
    tx.execute(
        delete(LoginSession).where(
            LoginSession.stage == Stage.ANONYMOUS.value, LoginSession.expires_at < now
        )
    )
