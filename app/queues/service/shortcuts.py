"""Keys as a person likes them, kept for every device."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden
from app.queues.commands import KeepShortcuts
from app.queues.models import ShortcutPreference
from app.queues.rules.shortcuts import changed


def keep_shortcuts(tx: Tx, command: KeepShortcuts, actor: Actor, clock: Clock) -> None:
    """Store what differs from the standard; a setting of one's own that changes no case and no right.

    Raises `InvalidMany` naming each act whose key is unknown or taken, `Forbidden` for whoever has no staff pages.
    """
    if not (actor.is_staff or actor.has(Role.ADMIN, Role.AUDITOR)):
        raise Forbidden("shortcuts", code="permission")
    values = {
        "is_single_on": command.single,
        "chords": changed(command.chords),
        "updated_at": clock.now(),
    }
    tx.execute(
        insert(ShortcutPreference)
        .values(person_id=actor.person_id, **values)
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )
