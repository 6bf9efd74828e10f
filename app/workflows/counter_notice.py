"""Sending a counter-notice: the signed statements word for word, the frozen notice, the move of the case; and its window.

What happens next is shown before anybody signs: the first and the last day on which the material goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.cases.commands import ApplyEvent, Signature, SignStatement
from app.cases.queries import case_by_id, parties_of
from app.cases.rules.filing import unsigned
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import CaseView
from app.cases.service.moves import apply_event
from app.cases.service.people import sign_statements
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.sides import Side
from app.policies.queries import PolicyView, policy_by_id
from app.policies.rules.clocks import ClockKind, Rule, due_from
from app.policies.service import current_calendar
from app.takedowns.commands import SignCounter
from app.takedowns.queries import counter_notices_of
from app.takedowns.service import sign_counter
from app.workflows.claim import claim_against
from app.workflows.facts import facts_of

STEP = CaseEvent.COUNTER.value


@dataclass(frozen=True, slots=True)
class Window:
    """When the material would go back for a counter-notice received now. *calendar*: whose working days count."""

    earliest_at: datetime
    latest_at: datetime
    zone: str
    calendar: str


def window_if_received(tx: Tx, policy: PolicyView, at: datetime, clock: Clock) -> Window | None:
    """17 U.S.C. 512(g)(2)(C): not less than 10 nor more than 14 business days following receipt."""
    length = policy.clocks.get(ClockKind.STATUTORY)
    if length is None:
        return None
    calendar = current_calendar(tx, policy.calendar_code, clock).calendar
    due = due_from(at, Rule(length, calendar, calendar.zone))
    return Window(due.earliest_at or due.due_at, due.due_at, calendar.zone, policy.calendar_code)


def known_answers(tx: Tx, actor: Actor, case: CaseView) -> dict[str, str]:
    """What need not be typed again: the last notice that was sent, else what case and profile have."""
    sent = [one for one in counter_notices_of(tx, actor, case.id) if one.sent_at]
    if sent:
        again = {"understood", "agrees_mistake", "agrees_jurisdiction"}
        return {name: text for name, text in sent[0].answers.items() if name not in again}
    claim = claim_against(tx, actor, case, policy_by_id(tx, case.policy_id))
    own = next((p for p in parties_of(tx, actor, case.id) if p.side is Side.RESPONDENT), None)
    ids = [("ISRC", case.isrc), ("UPC", case.upc)]
    lines = [
        ", ".join(part for part in (case.subject_title, case.subject_artist) if part),
        *(f"{name} {value}" for name, value in ids if value),
    ]
    found = {
        "material": "\n".join(line for line in lines if line),
        "locations": claim.get("links") or case.store or "",
        "full_name": own.display_name if own else "",
        "address": (own.address if own else "") or "", "phone": (own.phone if own else "") or "",
    }  # fmt: skip
    return {name: text for name, text in found.items() if text}


def send_counter(tx: Tx, command: SignCounter, actor: Actor, clock: Clock) -> CaseView:
    """Everything at once, or nothing. Raises what `sign_counter`, `sign_statements` and `apply_event` raise."""
    case = case_by_id(tx, actor, command.case_id)
    notice = sign_counter(tx, command, actor, clock)
    asked = policy_by_id(tx, case.policy_id).statements_for(STEP)
    signed = tuple(Signature(one.code, notice.signature) for one in asked)
    sign_statements(tx, SignStatement(case.id, Side.RESPONDENT, STEP, signed), actor, clock)
    facts = replace(
        facts_of(tx, actor, case, clock), unsigned=unsigned(asked, {one.code for one in signed})
    )
    move = ApplyEvent(
        case.id, CaseEvent.COUNTER, command.case_version, notice.answers["explanation"],
        {"counter_notice": str(notice.id)},
    )  # fmt: skip
    return apply_event(tx, move, actor, clock, facts)
