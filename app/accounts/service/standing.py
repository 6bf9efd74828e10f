"""Whether somebody may still do what they could when they were let in, held until the transaction ends."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Permission, PersonStatus, require
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden


def require_still(tx: Tx, actor: Actor, permission: Permission) -> None:
    """As `require`, by the roles that the database knows now: one that is being taken away waits for this act, or
    the act for it. For acts that move money. Raises Forbidden.
    """
    require(actor, permission)
    if actor.person_id is None:
        return
    held = select(Person.status).where(Person.id == actor.person_id)
    status = tx.execute(held.with_for_update(read=True, key_share=True)).scalar_one_or_none()
    if status != PersonStatus.ACTIVE:
        raise Forbidden(permission.value, code="permission")
    granted = select(RoleGrant.role).where(
        RoleGrant.person_id == actor.person_id, RoleGrant.revoked_at.is_(None)
    )
    roles = frozenset(Role(role) for role in tx.execute(granted).scalars())
    require(replace(actor, roles=roles), permission)
