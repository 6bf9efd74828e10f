"""The first screen of a case: what happens next, who does it, by when. At most one thing is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.cases.rules.kinds import State, SubKind
from app.cases.rules.views import CaseView, ClockRow
from app.cases.rules.words import Mover, needs
from app.decisions.queries import NoticeRow
from app.infra.i18n import gettext as _
from app.web.portal.results import result_words
from app.web.shared.promises import Promise

S = State


@dataclass(frozen=True, slots=True)
class Act:
    """A way on."""

    text: str
    href: str
    variant: str = "primary"
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """The ask card. *tone*: empty (the reader must move), calm, ok."""

    lead: str
    title: str
    why: str
    due: datetime | None
    tone: str
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The request that is due first: one item as a title, more as a number."""

    number: int
    title: str
    why: str
    due: datetime
    count: int
    is_document: bool
    can_extend: bool


def ask_of(
    case: CaseView,
    clocks: tuple[ClockRow, ...],
    wanted: Wanted | None,
    promise: Promise | None,
    notice: NoticeRow | None = None,
    goes_on_in: str = "",
) -> Ask:
    """Whose move it is, in words for this reader. *notice*: the decision as their side reads it."""
    if wanted is not None and case.state not in {S.DECIDED, S.CLOSED}:
        return _request(case, wanted)
    if case.state in {S.DECIDED, S.CLOSED}:
        return _ended(case, notice, goes_on_in)
    if case.side is not None and case.needs is not Mover.NOBODY and needs(case.needs, case.side):
        return _yours(case, clocks)
    return _waiting(case, clocks, promise)


def _request(case: CaseView, wanted: Wanted) -> Ask:
    lead = (
        _("We need one thing from you")
        if wanted.count == 1
        else _("We need %(n)s things from you", n=wanted.count)
    )
    base = f"/cases/{case.ref}/requests/{wanted.number}"
    words = _("Add document") if wanted.is_document else _("Answer")
    acts = [Act(words, base, "primary", "upload" if wanted.is_document else "pencil")]
    if wanted.can_extend:
        acts.append(Act(_("I need more time"), f"{base}/more-time", "text"))
    return Ask(lead, wanted.title, wanted.why, wanted.due, "", tuple(acts))


def _clock(clocks: tuple[ClockRow, ...], *kinds: str) -> datetime | None:
    return next((c.due_at for c in clocks if c.kind in kinds and c.state == "running"), None)


def _promised(case: CaseView, promise: Promise | None) -> datetime | None:
    """What we promised: the first reply until there was one, then the decision."""
    if promise is None or case.round > 1:
        return None
    return promise.reply_by if case.first_replied_at is None else promise.decide_by


def _desk_words(case: CaseView, by: datetime | None) -> str:
    """What runs; where there is a day to tell, ending in words that the date below completes."""
    if case.round > 1:
        return _("A person who took no part before looks at everything again.")
    if by is None:
        return _("You can add evidence or write at any time.")
    if case.first_replied_at is None:
        return _("You can add evidence or write at any time. You have our first reply by:")
    return _(
        "We look at what both sides sent. You can add evidence or write at any time. We decide by:"
    )


def _yours(case: CaseView, clocks: tuple[ClockRow, ...]) -> Ask:
    """The party must move, without an open request."""
    due = _clock(clocks, "party", "offer", "restriction", "statutory")
    if case.state is S.EVIDENCE_EXCHANGE:
        return Ask(_("Your move"), _("Send your evidence"), _("Both sides send what shows their right. Then we decide on what is there."),
                   due, "", (Act(_("Add evidence"), "#evidence-title", "primary", "upload"),))  # fmt: skip
    if case.state is S.RESTRICTED and case.sub_kind is SubKind.DMCA_NOTICE:
        return Ask(_("Your move"), _("You can answer this takedown"), _("If the removal was a mistake, a counter-notice can bring your music back. We guide you through it and show the dates before you sign."),
                   due, "", (Act(_("Start the counter-notice"), f"/cases/{case.ref}/counter-notice", "primary", "file-pen-line"), Act(_("Write to us"), "#composer", "text", "reply")))  # fmt: skip
    if case.state is S.RESTRICTED:
        return Ask(_("Your move"), _("You can answer this takedown"), _("Write to us what is wrong with it. The restriction stays while a person looks again."),
                   due, "", (Act(_("Write to us"), "#composer", "primary", "reply"),))  # fmt: skip
    if case.state is S.NEGOTIATION:
        return Ask(_("Your move"), _("There is an offer"), _("Write to us whether you accept it, or what you offer instead."), due, "",
                   (Act(_("Write to us"), "#composer", "primary", "reply"),))  # fmt: skip
    return Ask(_("Your move"), _("Write to us"), _("Tell us how you want to go on."), due, "",
               (Act(_("Write to us"), "#composer", "primary", "reply"),))  # fmt: skip


def _told_by(what: str, by: datetime | None) -> str:
    """*what* runs, and for which day the date below stands."""
    return _("%(what)s You have the decision by:", what=what) if by else what


def _waiting(case: CaseView, clocks: tuple[ClockRow, ...], promise: Promise | None) -> Ask:
    """Somebody else moves. Nothing is asked."""
    lead = _("You need to do nothing now")
    by = _promised(case, promise)
    words = {
        Mover.DESK: (_("We are working on it"), _desk_words(case, by), by),
        Mover.FINANCE: (_("Your payment is being approved"), _told_by(_("A second person checks every amount before it leaves."), by), by),
        Mover.STORE: (_("We are waiting for the store"), _("We remind it every week."), _clock(clocks, "store")),
        Mover.COURT: (_("A court has this now"), _("We look again every 90 days, or when an order arrives."), _clock(clocks, "court")),
        Mover.SYSTEM: (_("We are checking the numbers"), _told_by(_("Every line of the statement is computed again."), by), by),
    }  # fmt: skip
    default = (
        _("We are waiting for the other side"),
        _("If they do not answer in time, we go on with what we have."),
        _clock(clocks, "party", "offer"),
    )
    title, why, due = words.get(case.needs, default)
    if case.state is S.IMPLEMENTING:
        title, why = (
            _("We are carrying out the decision"),
            _("Your letter says what changes and from when."),
        )
        due = due if case.needs is Mover.STORE else None  # the promise was the decision
    return Ask(lead, title, why, due, "calm")


def read_decision_act(case: CaseView) -> Act:
    """The way to the decision as their side reads it."""
    return Act(_("Read the decision"), f"/cases/{case.ref}/decision", "secondary", "file-text")


def _ended(case: CaseView, notice: NoticeRow | None, goes_on_in: str) -> Ask:
    """The result in one sentence, and what changes."""
    nobody = _("Nobody has to act")
    if str(case.outcome) == "withdrawn":
        why = _("Nothing is held because of it. You can start a new case at any time.")
        return Ask(nobody, _("You took this case back"), why, None, "calm")
    read = read_decision_act(case)
    changes = " ".join(str(remedy["text"]) for remedy in notice.remedies) if notice else ""
    why = changes or _("The letter has the reasons and what changes.")
    acts = (read,) if case.decided_at else ()
    if goes_on_in:
        acts = (*acts, Act(_("Open the other case"), f"/cases/{goes_on_in}", "secondary", "link"))
    return Ask(nobody, result_words(case), why, None, "ok", acts)
