"""Asking somebody by mail to act for oneself; the link is theirs alone, once, for 72 hours (B154)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import case, or_, select, update

from app.accounts.adapters.vault import Vault, token_hash
from app.accounts.commands import Delegate, InviteDelegate
from app.accounts.events import AccountNoticeRaised, DelegateInvited
from app.accounts.models import Delegation, DelegationInvitation, Person
from app.accounts.rules import INVITATION_LIVES, Permission, normal_email, require
from app.accounts.service.delegations import grant_by_invitation
from app.accounts.service.people import valid_email
from app.accounts.service.sealed import seal_invitation
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """Who may act for whom. *name*: the other person, or the address of an open invitation."""

    id: UUID
    name: str
    relation: str
    capability: str
    starts_at: datetime
    ends_at: datetime | None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class OwnDelegations:
    """*given*: who may act for the reader, open invitations last; *received*: for whom the reader may act."""

    given: tuple[DelegationRow, ...]
    received: tuple[DelegationRow, ...]


def own_delegations(tx: Tx, actor: Actor, clock: Clock) -> OwnDelegations:
    """The live delegations and open invitations of *actor*, at most 200. Two statements."""
    now = clock.now()
    other = case(
        (Delegation.principal_id == actor.person_id, Delegation.delegate_id),
        else_=Delegation.principal_id,
    )
    rows = tx.execute(
        select(Delegation, Person.name)
        .join(Person, Person.id == other)
        .where(
            or_(Delegation.principal_id == actor.person_id, Delegation.delegate_id == actor.person_id),
            Delegation.revoked_at.is_(None), or_(Delegation.ends_at.is_(None), Delegation.ends_at > now),
        )
        .order_by(Delegation.created_at.desc(), Delegation.id)
        .limit(200)
    ).all()  # fmt: skip
    open_ones = tx.scalars(
        select(DelegationInvitation)
        .where(
            DelegationInvitation.principal_id == actor.person_id, DelegationInvitation.used_at.is_(None),
            DelegationInvitation.void_at.is_(None), DelegationInvitation.expires_at > now,
        )
        .order_by(DelegationInvitation.created_at.desc())
        .limit(200)
    )  # fmt: skip
    waiting = tuple(_row(row, row.email, waits=True) for row in open_ones)
    given = tuple(_row(row, name) for row, name in rows if row.principal_id == actor.person_id)
    received = tuple(_row(row, name) for row, name in rows if row.delegate_id == actor.person_id)
    return OwnDelegations((*given, *waiting), received)


def _row(
    row: Delegation | DelegationInvitation, name: str, *, waits: bool = False
) -> DelegationRow:
    return DelegationRow(
        row.id, name, row.relation, row.capability, row.starts_at, row.ends_at, waits
    )


def invite_delegate(
    tx: Tx, command: InviteDelegate, actor: Actor, clock: Clock, links: Vault
) -> UUID:
    """Mail a link to the address. An open invitation of the same address is replaced.

    Whether the address has an account is not told. Raises `Invalid` naming the field, `Forbidden`.
    """
    require(actor, Permission.PARTY_INVITE)
    if actor.person_id is None:
        raise Forbidden(code="not_yours")
    email, now = valid_email(command.email), clock.now()
    own = tx.get_one(Person, actor.person_id)
    if normal_email(own.email) == email:
        raise Invalid("email", "same_person", _("This is your own address. Choose another person."))
    if command.ends_at <= max(command.starts_at, now):
        raise Invalid("ends_at", "ends_before_start", _("The end has to be after the start."))
    _void_open(tx, actor, clock, email=email)
    token = secrets.token_urlsafe(32)
    row = DelegationInvitation(
        id=uuid4(), principal_id=actor.person_id, email=email, capability=command.capability,
        relation=command.relation, starts_at=command.starts_at, ends_at=command.ends_at,
        token_hash=token_hash(token), created_at=now, expires_at=now + INVITATION_LIVES,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    record(tx, actor, clock, verb="delegation.invited", subject=("delegation_invitation", row.id),
           data={"capability": row.capability}, private={"email": email})  # fmt: skip
    sealed = seal_invitation(links, token)
    emit(tx, DelegateInvited(None, row.id, email, own.name, actor.locale, sealed))
    return row.id


def invitation_behind(tx: Tx, token: str, clock: Clock) -> DelegationInvitation | None:
    """The invitation of a link while it may be used, or nothing."""
    row = tx.scalars(
        select(DelegationInvitation)
        .where(DelegationInvitation.token_hash == token_hash(token))
        .with_for_update()
    ).first()
    if row is None or row.used_at or row.void_at or clock.now() >= row.expires_at:
        return None
    return row


def accept_delegation(tx: Tx, token: str, actor: Actor, clock: Clock) -> UUID | None:
    """*actor* acts for the one who asked from now on; None when the link is not theirs, old or used.

    For another address nothing happens but that the one who asked is told. Raises `Refused` (B148).
    """
    row = invitation_behind(tx, token, clock)
    if row is None or actor.person_id is None:
        return None
    own, principal = tx.get_one(Person, actor.person_id), tx.get_one(Person, row.principal_id)
    if normal_email(own.email) != normal_email(row.email) or principal.status != "active":
        emit(tx, AccountNoticeRaised(None, principal.id, principal.email, "invitation_misused"))
        return None
    command = Delegate(
        row.principal_id, own.id, max(row.starts_at, clock.now()), row.ends_at, row.capability, row.relation
    )  # fmt: skip
    row.delegation_id = grant_by_invitation(tx, command, actor, clock)
    row.used_at = clock.now()
    tx.flush()
    record(tx, actor, clock, verb="delegation.accepted", subject=("delegation_invitation", row.id))
    emit(tx, AccountNoticeRaised(None, principal.id, principal.email, "delegation_accepted"))
    return row.delegation_id


def take_back_invitation(tx: Tx, invitation_id: UUID, actor: Actor, clock: Clock) -> None:
    """The link stops working. Safe to repeat. Raises `NotFound`."""
    if not _void_open(tx, actor, clock, only=invitation_id):
        raise NotFound("invitation")


def _void_open(
    tx: Tx, actor: Actor, clock: Clock, *, email: str = "", only: UUID | None = None
) -> int:
    mine = update(DelegationInvitation).where(
        DelegationInvitation.principal_id == actor.person_id,
        DelegationInvitation.used_at.is_(None), DelegationInvitation.void_at.is_(None),
        DelegationInvitation.id == only if only else DelegationInvitation.email == email,
    )  # fmt: skip
    ended = (
        tx.execute(mine.values(void_at=clock.now()).returning(DelegationInvitation.id))
        .scalars()
        .all()
    )
    for key in ended:
        record(
            tx, actor, clock, verb="delegation.taken_back", subject=("delegation_invitation", key)
        )
    return len(ended)
