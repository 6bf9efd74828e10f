"""Bearer tokens for the API: made, shown once, listed, taken back; and who stands behind one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from app.accounts.adapters.vault import token_hash
from app.accounts.commands import CreateToken
from app.accounts.models import ApiToken, Person
from app.accounts.rules import (
    FRESH_FOR,
    PROVEN_SCOPES,
    TOKEN_DAYS_MOST,
    TOKEN_MARK,
    TOKEN_SEEN_STEP,
    TOKEN_SHOWN,
    TOKENS_MOST,
    Permission,
    PersonStatus,
    Scope,
    may,
)
from app.accounts.service.limits import COUNTING, Rate, given, wait_of
from app.history.service import record
from app.infra.db.kept import ask
from app.infra.db.transaction import Brief, Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.text import clean_text


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as its owner sees it: never its text."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks with a token, what the token is for, and how many seconds it must wait (0: none).

    *proven_at*: the proof with which a token was made that has a scope of `PROVEN_SCOPES`; else None.
    """

    actor: Actor
    scopes: frozenset[Scope]
    wait: int
    proven_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewToken:
    """*secret* is the whole token: it is shown now and never again."""

    id: UUID
    secret: str


def create_token(tx: Tx, command: CreateToken, actor: Actor, clock: Clock) -> NewToken:
    """A token of oneself; the system makes them for anybody, without `PROVEN_SCOPES`.

    One with such a scope ends five minutes after its owner's proof, whatever days were asked for, so that nothing
    that needs a fresh proof is done with an older one (ADR 0044). Raises `Forbidden` (of somebody else), `NotFound`
    (no such active person), `Invalid`, `Refused` (too many).
    """
    if not (actor.is_system or actor.person_id == command.person_id):
        raise Forbidden(code="not_yours")
    name = clean_text(command.name, field="name", max_length=80, required=True, multiline=False)
    if not command.scopes:
        raise Invalid("scopes", "required", _("Choose at least one."))
    if not 1 <= command.days <= TOKEN_DAYS_MOST:
        raise Invalid(
            "days", "range", _("Choose between 1 and %(most)s days.", most=TOKEN_DAYS_MOST)
        )
    _require_room(tx, command.person_id, clock)
    secret, now = TOKEN_MARK + secrets.token_urlsafe(32), clock.now()
    ends = now + timedelta(days=command.days)
    if command.scopes & PROVEN_SCOPES:
        ends = min(ends, _proof_ends(actor, now))
    row = ApiToken(
        id=uuid4(), person_id=command.person_id, name=name, prefix=secret[:TOKEN_SHOWN],
        token_hash=token_hash(secret), scopes=sorted(command.scopes), created_at=now,
        expires_at=ends,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    record(tx, actor, clock, verb="token.created", subject=("api_token", row.id),
           data={"person": str(row.person_id), "scopes": list(row.scopes),
                 "expires_at": row.expires_at.isoformat()})  # fmt: skip
    return NewToken(row.id, secret)


def _proof_ends(actor: Actor, now: datetime) -> datetime:
    """Until when the actor's proof is fresh. Raises `Invalid` without one: the system has none."""
    if actor.proven_at is None or not actor.proven_at <= now < actor.proven_at + FRESH_FOR:
        words = _("Approving money needs a token that its owner makes on their page, after a code.")
        raise Invalid("scopes", "not_fresh", words)
    return actor.proven_at + FRESH_FOR


def _require_room(tx: Tx, person_id: UUID, clock: Clock) -> None:
    """The person is active and has not too many. Locks the person, so that two at once count each other."""
    status = tx.execute(
        select(Person.status).where(Person.id == person_id).with_for_update()
    ).scalar_one_or_none()
    if status != PersonStatus.ACTIVE:
        raise NotFound
    live = select(func.count()).where(
        ApiToken.person_id == person_id,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > clock.now(),
    )
    if tx.execute(live).scalar_one() >= TOKENS_MOST:
        raise Refused(
            "too_many", _("You have %(most)s tokens. Take one back first.", most=TOKENS_MOST)
        )


def tokens_of(tx: Tx, person_id: UUID, clock: Clock) -> tuple[TokenRow, ...]:
    """The live tokens of a person, newest first. Row-level security shows a person none but their own."""
    rows = tx.execute(
        select(ApiToken)
        .where(
            ApiToken.person_id == person_id,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > clock.now(),
        )
        .order_by(ApiToken.created_at.desc(), ApiToken.id)
    ).scalars()
    return tuple(
        TokenRow(
            row.id, row.name, row.prefix, tuple(Scope(one) for one in row.scopes), row.created_at,
            row.expires_at, row.last_used_at,
        )
        for row in rows
    )  # fmt: skip


def revoke_token(tx: Tx, token_id: UUID, actor: Actor, clock: Clock) -> None:
    """Take one back: its next request is refused. By its owner, an administrator or the system. Safe to repeat.

    Raises `NotFound` for a foreign or unknown one.
    """
    row = tx.execute(
        select(ApiToken).where(ApiToken.id == token_id).with_for_update()
    ).scalar_one_or_none()
    is_own = row is not None and row.person_id == actor.person_id
    if row is None or not (is_own or may(actor, Permission.PEOPLE_MANAGE)):
        raise NotFound
    if row.revoked_at is not None:
        return
    row.revoked_at = clock.now()
    tx.flush()
    record(tx, actor, clock, verb="token.revoked", subject=("api_token", row.id),
           data={"person": str(row.person_id)})  # fmt: skip


_KNOWN = """
select t.id, t.scopes, t.expires_at, t.last_used_at, p.id as person_id, p.name, p.locale, p.zone,
  array(select role from role_grant as g
        where g.person_id = p.id and g.revoked_at is null) as roles
from api_token as t join person as p on p.id = t.person_id
where t.token_hash = :hash and t.revoked_at is null and t.expires_at > :now and p.status = 'active'"""
_COUNTED = COUNTING.replace("{rows}", "select :key, :now + :step from known")
_BEHIND = text(
    f"with known as ({_KNOWN}), spent as ({_COUNTED}) "  # noqa: S608 - constants of ours
    "select known.*, (select free_at from spent) as free_at from known"
)
_SEEN = text("update api_token set last_used_at = :now where id = :id")


def bearer_of(tx: Tx | Brief, secret: str, rate: Rate, clock: Clock) -> Bearer | None:
    """Who stands behind a token now, with the roles they hold now; nothing when it ended or they were disabled.

    Counts one use of *rate*, in the same statement. The last use is written at most once a minute. The actor has
    no fresh proof; what a token of `PROVEN_SCOPES` was made with stands beside it, and its end says when that was.
    """
    hashed = token_hash(secret)
    asked = given(rate, hashed.hex(), clock)
    found = ask(tx, _BEHIND, asked | {"hash": hashed})
    if not found:
        return None
    row = found[0]
    wait = 0 if row.free_at is not None else wait_of(tx, asked)
    if row.last_used_at is None or asked["now"] - row.last_used_at >= TOKEN_SEEN_STEP:
        ask(tx, _SEEN, {"now": asked["now"], "id": row.id})
    roles = frozenset(Role(role) for role in row.roles)
    actor = Actor(
        ActorKind.PERSON, row.person_id, row.name, roles, locale=row.locale, zone=row.zone,
        token_id=row.id,
    )  # fmt: skip
    scopes = frozenset(Scope(one) for one in row.scopes)
    proven_at = row.expires_at - FRESH_FOR if scopes & PROVEN_SCOPES else None
    return Bearer(actor, scopes, wait, proven_at)
