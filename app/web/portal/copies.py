"""People to copy: whoever acts for the reader, or may only read, gets the same mails about the case."""

from __future__ import annotations

from app.accounts.service.delegates import DelegationRow, own_delegations
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.web.shared.delegation_words import RELATIONS


def copies_of(tx: Tx, actor: Actor, clock: Clock) -> list[tuple[str, str]]:
    """(name, who they are and what they get) of each, open invitations last."""
    return [(row.name, _words(row)) for row in own_delegations(tx, actor, clock).given]


def _words(row: DelegationRow) -> str:
    relation = str(RELATIONS.get(row.relation, RELATIONS["other"]))
    if row.waits:
        return _("%(relation)s. Was asked and has not accepted yet.", relation=relation)
    if row.capability == "read":
        return _("%(relation)s. Gets our mails and reads along.", relation=relation)
    return _("%(relation)s. Gets our mails and may act for you.", relation=relation)
