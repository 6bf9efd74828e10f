"""The progress of a case in four steps with dates: what is done, what runs now, what comes and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.cases.rules.kinds import State
from app.cases.rules.views import CaseView
from app.infra.i18n import gettext as _
from app.web.portal.promises import Promise
from app.web.shared.filters import date_words, due_words

S = State
RECEIVED = {S.SUBMITTED, S.TRIAGE, S.NOTICE_REVIEW}
ENDED = {S.DECIDED, S.CLOSED}
RESTS = {S.WAITING_COMPLAINANT, S.WAITING_RESPONDENT, S.WAITING_STORE}
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


def steps_of(case: CaseView, promise: Promise | None, locale: str, zone: str) -> list[Step]:
    """Received, reviewing, decision, closed."""
    stage = _stage(case.state)

    def day(at: datetime | None) -> str:
        return date_words(at, locale, zone, "yMMMd") if at else ""

    states = ["done" if i < stage else "now" if i == stage else "next" for i in range(4)]
    if case.state is S.CLOSED:
        states[3] = "done"
    received = day(case.submitted_at)
    if stage == 0 and promise is not None and case.first_replied_at is None:
        received = _(
            "%(day)s. We reply by %(when)s.",
            day=received,
            when=due_words(promise.reply_by, locale, zone),
        )
    return [
        Step(_("Received"), received, states[0]),
        Step(_("Reviewing evidence"), _("Running now") if states[1] == "now" else "", states[1]),
        Step(
            _("Decision"), day(case.decided_at) or _deciding(case, promise, locale, zone), states[2]
        ),
        Step(_("Closed"), day(case.closed_at) or _("You can ask for a second review"), states[3]),
    ]


def _deciding(case: CaseView, promise: Promise | None, locale: str, zone: str) -> str:
    if promise is None or case.state in ENDED or case.round > 1:
        return ""
    by = date_words(promise.decide_by, locale, zone)
    if case.state in RESTS:
        return _("Planned for %(day)s. The clock rests while we wait.", day=by)
    return _("By %(day)s", day=by)
