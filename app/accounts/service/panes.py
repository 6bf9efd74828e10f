"""How wide a person likes the panes of a case: their own row, which changes no case and no right."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from app.accounts.commands import KeepPanes
from app.accounts.models import PaneLayout
from app.accounts.rules import Permission, pane_width, require
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor


def keep_panes(tx: Tx, command: KeepPanes, actor: Actor) -> None:
    """Keep both widths, held within what the layout allows. Raises Forbidden."""
    require(actor, Permission.CASE_READ)
    widths = {
        "facts": pane_width("facts", command.facts),
        "evidence": pane_width("evidence", command.evidence),
    }
    row = insert(PaneLayout).values(person_id=actor.person_id, **widths)
    tx.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=widths))
