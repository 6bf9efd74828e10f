"""The progress of a case in four steps with dates: what is done, what runs now, what comes and by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.cases.rules.kinds import State
from app.cases.rules.views import CaseView, ClockRow
from app.infra.i18n import gettext as _
from app.web.shared.filters import date_words, due_words

S = State
RECEIVED = {S.SUBMITTED, S.TRIAGE, S.NOTICE_REVIEW}
ENDED = {S.DECIDED, S.CLOSED}
DECIDING = {S.CONFIRMATION, S.FINANCE_APPROVAL, S.IMPLEMENTING}


@dataclass(frozen=True, slots=True)
class Step:
    """One step. *state*: done, now or next."""

    name: str
    note: str
    state: str


def _stage(state: State) -> int:
    """Which of the four steps runs now."""
    if state in ENDED:
        return 3
    if state in DECIDING:
        return 2
    return 0 if state in RECEIVED else 1


def _due(clocks: Iterable[ClockRow], kind: str) -> ClockRow | None:
    return next((clock for clock in clocks if clock.kind == kind), None)


def steps_of(case: CaseView, clocks: tuple[ClockRow, ...], locale: str, zone: str) -> list[Step]:
    """Received, reviewing, decision, closed."""
    stage = _stage(case.state)

    def day(at: datetime | None) -> str:
        return date_words(at, locale, zone, "yMMMd") if at else ""

    states = ["done" if i < stage else "now" if i == stage else "next" for i in range(4)]
    if case.state is S.CLOSED:
        states[3] = "done"
    closing = day(case.closed_at) if case.closed_at else _("You can ask for a second review")
    return [
        Step(_("Received"), _received(case, clocks, locale, zone, now=stage == 0), states[0]),
        Step(_("Reviewing evidence"), _("Running now") if states[1] == "now" else "", states[1]),
        Step(
            _("Decision"), day(case.decided_at) or _deciding(case, clocks, locale, zone), states[2]
        ),
        Step(_("Closed"), closing, states[3]),
    ]


def _received(
    case: CaseView, clocks: tuple[ClockRow, ...], locale: str, zone: str, *, now: bool
) -> str:
    words = date_words(case.submitted_at, locale, zone, "yMMMd") if case.submitted_at else ""
    reply = _due(clocks, "first_response")
    if now and reply is not None and reply.state == "running":
        return _(
            "%(day)s. We reply by %(when)s.", day=words, when=due_words(reply.due_at, locale, zone)
        )
    return words


def _deciding(case: CaseView, clocks: tuple[ClockRow, ...], locale: str, zone: str) -> str:
    clock = _due(clocks, "resolution")
    if clock is None or case.state in ENDED:
        return ""
    by = date_words(clock.due_at, locale, zone)
    if clock.state == "paused":
        return _("Was planned for %(day)s. The clock rests while we wait.", day=by)
    return _("By %(day)s", day=by)


def sent_steps(case: CaseView, clocks: tuple[ClockRow, ...], locale: str, zone: str) -> list[Step]:
    """The same for the confirmation, each with its promised date."""
    return steps_of(case, clocks, locale, zone)
