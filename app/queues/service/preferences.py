"""How a person likes their lists: columns and density, kept for every device."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.queues.commands import KeepPreference
from app.queues.models import ListPreference


def keep_preference(tx: Tx, command: KeepPreference, actor: Actor, clock: Clock) -> None:
    """Store them; a looks-only setting of one's own, so without a history row."""
    require(actor, Permission.CASE_LIST)
    values = {
        "columns": [column.value for column in command.columns],
        "density": command.density.value,
        "updated_at": clock.now(),
    }
    tx.execute(
        insert(ListPreference)
        .values(person_id=actor.person_id, **values)
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )
