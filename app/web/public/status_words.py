"""The status of a case in words for somebody who proved an address and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.cases.rules.kinds import State
from app.cases.rules.views import CaseView
from app.cases.rules.words import Mover, needs
from app.infra.i18n import gettext as _
from app.web.shared.filters import due_words
from app.web.shared.promises import Promise
from app.web.shared.shell import pick_locale
from app.workflows.check_status import CaseStatus


@dataclass(frozen=True, slots=True)
class Told:
    """The whole page: no name, no title, no money. *next_date*: in words, empty when there is none.

    *tone*: of the card; empty when the reader must move.
    """

    ref: str
    state: str
    outcome: str | None
    received_on: datetime | None
    lead: str
    title: str
    why: str
    next_date: str
    tone: str


def told(status: CaseStatus, promise: Promise | None) -> Told:
    """Whose move it is and until when. *promise*: what the policy promised at filing."""
    case, due = status.case, status.due_at
    tone = "calm"
    if case.state in {State.DECIDED, State.CLOSED}:
        lead, tone = _("Nobody has to act"), "ok"
        title = _("The case is decided") if case.state is State.DECIDED else _("The case is closed")
        why = _("Sign in to read the reasons and to download the letter.")
    elif needs(case.needs, status.side):
        lead, title, tone = _("Your move"), _("We wait for your answer"), ""
        why = _("Sign in to see what is asked for and to answer.")
    else:
        lead, (title, why) = _("You need to do nothing now"), _others(case)
        due = due or _promised(status, promise)
    words = due_words(due, pick_locale(), status.zone) if due else ""
    ended = str(case.outcome) if case.outcome else None
    return Told(
        case.ref or "", case.state.value, ended, case.submitted_at, lead, title, why, words, tone
    )


def _others(case: CaseView) -> tuple[str, str]:
    if case.state is State.IMPLEMENTING:
        return _("We are carrying out the decision"), _(
            "The letter says what changes and from when."
        )
    words = {
        Mover.DESK: (_("We are working on it"), _("Nothing is needed from you at the moment.")),
        Mover.FINANCE: (_("A payment is being approved"), _("A second person checks every amount before it leaves.")),
        Mover.STORE: (_("We are waiting for the store"), _("We remind it every week.")),
        Mover.COURT: (_("A court has this now"), _("We look again every 90 days, or when an order arrives.")),
        Mover.SYSTEM: (_("We are checking the numbers"), _("Every line of the statement is computed again.")),
    }  # fmt: skip
    other = (_("We are waiting for the other side"), _("If they do not answer in time, we go on with what we have."))  # fmt: skip
    return words.get(case.needs, other)


def _promised(status: CaseStatus, promise: Promise | None) -> datetime | None:
    """The first reply until there was one, then the decision; a later round has no promise."""
    case = status.case
    if promise is None or case.round > 1 or case.needs not in {Mover.DESK, Mover.SYSTEM, Mover.FINANCE}:  # fmt: skip
        return None
    return promise.reply_by if case.first_replied_at is None else promise.decide_by
