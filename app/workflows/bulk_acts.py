"""What the further bulk acts do to one case, and how it is taken back: links, duplicates, deadlines, macros.

Each is judged by doing it in a savepoint and keeping nothing: the same guards to the letter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.cases.commands import ApplyEvent, LinkCase
from app.cases.queries import case_by_id, links_of
from app.cases.rules.kinds import CaseEvent
from app.cases.service.care import link_case, unlink_case
from app.conversations.commands import AddNote, SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import add_note, send_message
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid
from app.queues.rules.bulk import MOST_DAYS, BulkAct
from app.workflows.act import act

Step = Callable[[Tx, dict[str, Any], UUID, Actor, Clock], None]
"""(transaction, what is given, the case, who, when). *given* of a macro is that of the row: its words."""


def checked(wanted: BulkAct, given: dict[str, Any]) -> dict[str, Any]:
    """What is kept of *given*. Raises `Invalid` naming the field."""
    reason = str(given.get("reason", ""))[:4000].strip()
    if wanted is BulkAct.MACRO:
        return {"macro": str(given.get("macro", "")), "name": str(given.get("name", ""))}
    if wanted is BulkAct.DEADLINE:
        if not reason:
            raise Invalid("reason", "required", _("This step needs a reason."))
        return {"days": _days(given.get("days")), "reason": reason}
    other = {
        "other_id": str(UUID(str(given["other_id"]))),
        "other_ref": str(given.get("other_ref", "")),
    }
    if wanted is BulkAct.LINK:
        return {**other, "relation": str(given.get("relation", "related"))}
    return {**other, "reason": reason}


def _days(value: Any) -> int:
    try:
        days = int(str(value).strip())
    except ValueError:
        days = 0
    if not 1 <= days <= MOST_DAYS:
        words = _("Enter a number of days from 1 to %(most)d.", most=MOST_DAYS)
        raise Invalid("target", "days", words)
    return days


def is_so_already(
    tx: Tx, wanted: BulkAct, given: dict[str, Any], case_id: UUID, actor: Actor
) -> bool:
    """Whether the case is linked in this way already: then it is left alone, also by the way back."""
    if wanted is not BulkAct.LINK:
        return False
    other, relation = UUID(given["other_id"]), given["relation"]
    return any(
        row.case_id == other and row.relation == relation for row in links_of(tx, actor, case_id)
    )


def _link(tx: Tx, given: dict[str, Any], case_id: UUID, actor: Actor, clock: Clock) -> None:
    link_case(tx, LinkCase(case_id, UUID(given["other_id"]), given["relation"]), actor, clock)


def _unlink(tx: Tx, given: dict[str, Any], case_id: UUID, actor: Actor, clock: Clock) -> None:
    unlink_case(tx, LinkCase(case_id, UUID(given["other_id"]), given["relation"]), actor, clock)


def _move(event: CaseEvent, *names: str) -> Step:
    """A move of the lifecycle table that takes *names* from what is given."""

    def step(tx: Tx, given: dict[str, Any], case_id: UUID, actor: Actor, clock: Clock) -> None:
        version = case_by_id(tx, actor, case_id).version
        data = {name if name != "other_id" else "other_case_id": given[name] for name in names}
        act(tx, ApplyEvent(case_id, event, version, given.get("reason", ""), data), actor, clock)

    return step


def _send(tx: Tx, given: dict[str, Any], case_id: UUID, actor: Actor, clock: Clock) -> None:
    """The words that were made for this case and shown before."""
    if given["audience"] == "note":
        add_note(tx, AddNote(case_id, given["text"]), actor, clock)
        return
    message = SendMessage(case_id, Audience(given["audience"]), given["text"], actor.locale)
    send_message(tx, message, actor, clock)


STEPS: dict[BulkAct, Step] = {
    BulkAct.LINK: _link,
    BulkAct.DUPLICATE: _move(CaseEvent.MARK_DUPLICATE, "other_id"),
    BulkAct.DEADLINE: _move(CaseEvent.EXTEND, "days"),
    BulkAct.MACRO: _send,
}
BACK: dict[BulkAct, Step] = {
    BulkAct.LINK: _unlink,
    BulkAct.DUPLICATE: _move(CaseEvent.UNMARK_DUPLICATE),
}
"""What sent words or told the parties a new day has no way back."""
