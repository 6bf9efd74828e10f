"""The dates a policy promises to the artist: first reply and decision, counted in the desk's working hours.

Service clocks are the desk's own rows; what is promised follows from the policy, the calendar and the
moment of filing. Calendars change rarely and by new versions, so one is kept per process and day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.cases.rules.clockwork import resolution_facts
from app.cases.rules.views import CaseView, MoveRow
from app.infra.db.transaction import Tx
from app.policies.queries import PolicyView, policy_by_id
from app.policies.rules.calendars import WorkCalendar
from app.policies.rules.clocks import ClockAct, ClockFact, ClockKind, Rule, due_from, replay
from app.policies.service import current_calendar
from app.web.shared.context import services

_kept: dict[str, tuple[date, WorkCalendar]] = {}
_policies: dict[UUID, PolicyView] = {}


@dataclass(frozen=True, slots=True)
class Promise:
    """Aware UTC instants. *decide_by*: none while nothing counts towards a decision, as in a statutory window."""

    reply_by: datetime
    decide_by: datetime | None


def promise_for(tx: Tx, case: CaseView, moves: Iterable[MoveRow]) -> Promise | None:
    """What is promised to the parties of *case* now: the decision moves on by the time that we waited."""
    policy = kept_policy(tx, case.policy_id)
    return _promise(
        tx, policy, case.submitted_at or case.created_at, resolution_facts(moves, case.kind)
    )


def promise_of(tx: Tx, policy: PolicyView, start: datetime) -> Promise | None:
    """What is promised for a case filed at *start*; nothing when the policy has no such clocks."""
    return _promise(tx, policy, start, (ClockFact(ClockAct.START, start),))


def _promise(
    tx: Tx, policy: PolicyView, start: datetime, facts: Sequence[ClockFact]
) -> Promise | None:
    first = policy.clocks.get(ClockKind.FIRST_RESPONSE)
    whole = policy.clocks.get(ClockKind.RESOLUTION)
    if first is None or whole is None:
        return None
    calendar = _calendar(tx, policy.calendar_code)
    reply = due_from(start, Rule(first, calendar, calendar.zone)).due_at
    decide = replay(facts, Rule(whole, calendar, calendar.zone)).due.due_at if facts else None
    return Promise(reply, decide)


def kept_policy(tx: Tx, policy_id: UUID) -> PolicyView:
    """The policy version of a case. Versions never change, so each is read once per process."""
    if policy_id not in _policies:
        _policies[policy_id] = policy_by_id(tx, policy_id)
    return _policies[policy_id]


def _calendar(tx: Tx, code: str) -> WorkCalendar:
    today = services().clock.now().date()
    kept = _kept.get(code)
    if kept is None or kept[0] != today:
        kept = (today, current_calendar(tx, code, services().clock).calendar)
        _kept[code] = kept
    return kept[1]
