"""The progress of a case in four steps with dates: what is done, what runs now, what comes and by when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.cases.rules.actions import NEW_ROUND
from app.cases.rules.kinds import State
from app.cases.rules.views import CaseView, ClockRow, MoveRow
from app.infra.i18n import gettext as _
from app.web.shared.filters import date_words, due_words
from app.web.shared.promises import Promise

S = State
RECEIVED = {S.SUBMITTED, S.TRIAGE, S.NOTICE_REVIEW}
ENDED = {S.DECIDED, S.CLOSED}
RESTS = {S.WAITING_COMPLAINANT, S.WAITING_RESPONDENT, S.WAITING_STORE}
DECIDING = {S.CONFIRMATION, S.FINANCE_APPROVAL, S.IMPLEMENTING}
DAY = "yMMMd"
Day = Callable[[datetime | None], str]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. *state*: done, now or next."""

    name: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Dates:
    """When this round began, when its review began and ended, until when it may be asked to look again."""

    began: datetime | None
    review: datetime | None = None
    reviewed: datetime | None = None
    appeal_until: datetime | None = None


def dates_of(
    case: CaseView, moves: tuple[MoveRow, ...], clocks: tuple[ClockRow, ...] = ()
) -> Dates:
    """The dates of the present round, out of its moves."""
    own = [move for move in moves if move.round == case.round]
    began = next((move.at for move in own if move.event in NEW_ROUND), case.submitted_at)
    before = {*RECEIVED, S.DRAFT, *RESTS}
    review = next((move.at for move in own if move.to_state not in before), None)
    review = review if case.round == 1 else began
    late = DECIDING | ENDED
    deciding = [m.at for m in own if m.to_state in late and m.from_state not in late]
    until = next((c.due_at for c in clocks if c.kind in {"appeal", "satisfaction"}), None)
    return Dates(began, review, deciding[-1] if deciding else None, until)


def _stage(case: CaseView) -> int:
    """Which of the four steps runs now; a case that waits stands where it goes on, so that no step runs back."""
    state = case.return_path[-1] if case.state in RESTS and case.return_path else case.state
    if state in ENDED:
        return 3
    if state in DECIDING:
        return 2
    return 0 if state in RECEIVED else 1


def steps_of(
    case: CaseView, promise: Promise | None, locale: str, zone: str, dates: Dates | None = None
) -> list[Step]:
    """Received, reviewing, decision, closed; in a second review the same again."""
    stage, dates = _stage(case), dates or Dates(case.submitted_at)

    def day(at: datetime | None) -> str:
        return date_words(at, locale, zone, DAY) if at else ""

    states = ["done" if i < stage else "now" if i == stage else "next" for i in range(4)]
    if case.state is S.CLOSED:
        states[3] = "done"
    return [
        _received(case, promise, dates, states[0], day(dates.began), (locale, zone)),
        _reviewing(dates, states[1], day),
        _decision(case, promise, states[2], (locale, zone)),
        _end(case, dates, states[3], day),
    ]


def _received(
    case: CaseView, promise: Promise | None, dates: Dates, state: str, day: str, reader: tuple[str, str]
) -> Step:  # fmt: skip
    name = _("Received") if case.round == 1 else _("Second review asked for")
    waits = state == "now" and promise is not None and case.first_replied_at is None
    if not waits or promise is None or dates.began is None:
        return Step(name, day, state)
    when = due_words(promise.reply_by, *reader)
    return Step(name, _("%(day)s. We reply by %(when)s.", day=day, when=when), state)


def _reviewing(dates: Dates, state: str, day: Day) -> Step:
    if state == "done":
        first, last = day(dates.review), day(dates.reviewed)
        note = _("%(first)s to %(last)s", first=first, last=last) if first and last else last
        return Step(_("Evidence reviewed"), note if first != last else last, state)
    note = _("Started %(day)s", day=day(dates.review)) if state == "now" and dates.review else ""
    return Step(_("Reviewing evidence"), note, state)


def _decision(case: CaseView, promise: Promise | None, state: str, reader: tuple[str, str]) -> Step:
    if state == "done" and case.decided_at:
        return Step(_("Decision sent"), date_words(case.decided_at, *reader), state)
    if case.state is S.IMPLEMENTING:
        return Step(_("Decision"), _("Made. We are carrying it out."), state)
    if promise is None or promise.decide_by is None or case.state in ENDED or case.round > 1:
        return Step(_("Decision"), "", state)
    by = date_words(promise.decide_by, *reader)
    if case.state in RESTS:
        note = _("Planned for %(day)s. The clock rests while we wait.", day=by)
        return Step(_("Decision"), note, state)
    return Step(_("Decision"), _("By %(day)s", day=by), state)


def _end(case: CaseView, dates: Dates, state: str, day: Day) -> Step:
    if case.state is S.CLOSED:
        return Step(_("Closed"), day(case.closed_at), state)
    if dates.appeal_until and case.state is S.DECIDED:
        return Step(
            _("Closed"), _("Second review open until %(day)s", day=day(dates.appeal_until)), "next"
        )
    return Step(_("Closed"), _("You can ask for a second review"), state)
