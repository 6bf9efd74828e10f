"""A party answers what was asked; the last answer gives the case back to the desk."""

from __future__ import annotations

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, State
from app.cases.service.moves import apply_event
from app.conversations.commands import AnswerItem
from app.conversations.queries.requests import RequestRow
from app.conversations.service.requests import answer_item
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.sides import Side
from app.workflows.facts import facts_of

_WAITS_FOR = {
    State.WAITING_COMPLAINANT: Side.COMPLAINANT,
    State.WAITING_RESPONDENT: Side.RESPONDENT,
}


def answer(tx: Tx, command: AnswerItem, actor: Actor, clock: Clock) -> RequestRow:
    """Answer one item. When it was the last one the case waited for, the case moves on by itself.

    Raises what `answer_item` raises.
    """
    request = answer_item(tx, command, actor, clock)
    case = case_by_id(tx, actor, command.case_id)
    if (
        request.waiting == 0
        and _WAITS_FOR.get(case.state) is request.side
        and case.side is request.side
    ):
        move = ApplyEvent(case.id, CaseEvent.ANSWER, case.version)
        apply_event(tx, move, actor, clock, facts_of(tx, actor, case, clock))
    return request
