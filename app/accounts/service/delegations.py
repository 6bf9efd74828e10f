"""Acting for somebody else: dated, and taken back at once."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import column, exists, or_, select, table

from app.accounts.commands import Delegate
from app.accounts.models import Delegation, Person
from app.accounts.rules import Permission, may
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused

_member = table(
    "case_member", column("case_id"), column("person_id"), column("side"), column("revoked_at")
)


def grant_delegation(tx: Tx, command: Delegate, actor: Actor, clock: Clock) -> UUID:
    """Let *delegate* act for *principal*. By the principal, an administrator or the system.

    Raises `Invalid` for dates or people that do not fit, `Refused` when both would then stand on
    opposite sides of one case (B148), `Forbidden`.
    """
    _check_owner(actor, command.principal_id)
    return _grant(tx, command, actor, clock)


def grant_by_invitation(tx: Tx, command: Delegate, actor: Actor, clock: Clock) -> UUID:
    """What the principal asked for by mail, accepted by the delegate. Raises as `grant_delegation`."""
    if actor.person_id != command.delegate_id:
        raise Forbidden(code="not_yours")
    return _grant(tx, command, actor, clock)


def _grant(tx: Tx, command: Delegate, actor: Actor, clock: Clock) -> UUID:
    if command.principal_id == command.delegate_id:
        raise Invalid("delegate", "same_person", _("Choose another person."))
    if command.ends_at is not None and command.ends_at <= command.starts_at:
        raise Invalid("ends_at", "ends_before_start", _("The end has to be after the start."))
    found = tx.execute(
        select(Person.id).where(Person.id.in_([command.principal_id, command.delegate_id]))
    )
    if len(found.all()) != 2:
        raise NotFound
    with house(tx):
        opposite = _opposite(tx, command.principal_id, command.delegate_id)
    if opposite:
        raise Refused("both_sides", _("These two people are on opposite sides of a case."))
    row = Delegation(
        id=uuid4(), principal_id=command.principal_id, delegate_id=command.delegate_id,
        starts_at=command.starts_at, ends_at=command.ends_at, created_by=actor.person_id,
        created_at=clock.now(), capability=command.capability, relation=command.relation,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    record(tx, actor, clock, verb="delegation.granted", subject=("delegation", row.id),
           data={"principal": str(row.principal_id), "delegate": str(row.delegate_id),
                 "capability": row.capability})  # fmt: skip
    return row.id


def revoke_delegation(tx: Tx, delegation_id: UUID, actor: Actor, clock: Clock) -> None:
    """Take it back, or step down: the delegate's next request sees nothing. Safe to repeat."""
    row = tx.execute(
        select(Delegation).where(Delegation.id == delegation_id).with_for_update()
    ).scalar_one_or_none()
    is_delegate = row is not None and row.delegate_id == actor.person_id
    if row is None or not (is_delegate or _is_owner(actor, row.principal_id)):
        raise NotFound
    if row.revoked_at is not None:
        return
    row.revoked_at = clock.now()
    tx.flush()
    record(tx, actor, clock, verb="delegation.revoked", subject=("delegation", row.id))


def _is_owner(actor: Actor, principal_id: UUID) -> bool:
    return actor.person_id == principal_id or may(actor, Permission.PEOPLE_MANAGE)


def _check_owner(actor: Actor, principal_id: UUID) -> None:
    if not _is_owner(actor, principal_id):
        raise Forbidden(code="not_yours")


def _opposite(tx: Tx, one: UUID, other: UUID) -> bool:
    mine, theirs = _member.alias("mine"), _member.alias("theirs")
    both = exists().where(
        mine.c.case_id == theirs.c.case_id,
        mine.c.person_id == one,
        theirs.c.person_id == other,
        mine.c.side != theirs.c.side,
        or_(mine.c.revoked_at.is_(None), theirs.c.revoked_at.is_(None)),
    )
    return bool(tx.execute(select(both)).scalar())
