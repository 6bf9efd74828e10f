"""The conversation in lines: messages as bubbles, what happened as one sentence each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.cases.rules.views import CaseView, PartyRow
from app.conversations.queries.timeline import TimelineEntry
from app.conversations.rules.timeline import EntryKind
from app.infra.i18n import gettext as _
from app.kernel.sides import Side

TOLD_BY_MESSAGE = frozenset({"request.asked"})
"""The message that introduces a request says it already."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, oldest first on the page."""

    is_message: bool
    who: str
    at: datetime
    text: str
    own: bool
    lang: str
    tone: str
    more: str
    icon: str
    face: str


def _sentences() -> dict[str, tuple[str, str]]:
    return {
        "case.submit": (_("Case received."), "flag"),
        "case.take": (_("We started to work on it."), "eye"),
        "case.start_review": (_("We started the review of the evidence."), "eye"),
        "case.ask_complainant": (_("We asked a question. The clock rests until the answer."), "hourglass"),
        "case.ask_respondent": (_("We asked the other side. The clock rests until the answer."), "hourglass"),
        "case.answer": (_("The answer arrived. We go on."), "reply"),
        "case.extend": (_("More time was given."), "clock"),
        "case.lapse": (_("The deadline passed without an answer."), "clock"),
        "case.confirm": (_("We decided. The letter follows."), "gavel"),
        "case.decide": (_("We decided. The letter follows."), "gavel"),
        "case.complete": (_("Everything the decision asks for is done."), "circle-check"),
        "case.resolve": (_("We answered."), "circle-check"),
        "case.close": (_("The case was closed."), "circle-check"),
        "case.reopen": (_("The case was opened again."), "refresh-cw"),
        "case.withdraw": (_("The case was taken back."), "x"),
        "case.appeal": (_("A second review was asked for."), "scale"),
        "case.accept_notice": (_("The notice was accepted and acted on."), "gavel"),
        "case.restrict": (_("The release was restricted."), "eye-off"),
        "case.restore": (_("The release goes back live."), "circle-check"),
        "case.counter": (_("A counter-notice was sent."), "scale"),
        "case.accept_counter": (_("The counter-notice was accepted. The legal waiting period runs."), "scale"),
        "case.start_exchange": (_("Both sides send their evidence now."), "layers"),
        "case.close_exchange": (_("The exchange of evidence ended."), "layers"),
        "case.offer": (_("An offer was made."), "messages-square"),
        "case.accept_offer": (_("The offer was accepted."), "messages-square"),
        "case.decline": (_("The offer was declined."), "messages-square"),
        "evidence.received": (_("Evidence was added."), "paperclip"),
        "evidence.shared": (_("Evidence was shared with you."), "users"),
        "evidence.unshared": (_("Evidence is no longer shared."), "eye-off"),
        "evidence.withdrawn": (_("Evidence was taken back."), "undo-2"),
        "request.asked": (_("We asked for something."), "paperclip"),
        "request.extended": (_("You got more time."), "clock"),
        "request.lapsed": (_("The time for our question passed."), "clock"),
        "request_item.answered": (_("A question was answered."), "reply"),
        "request_item.declined": (_("You told us that you cannot provide it."), "reply"),
        "request_item.accepted": (_("We accepted the answer."), "check"),
        "request_item.asked_again": (_("We asked again."), "refresh-cw"),
        "request_item.waived": (_("We no longer need it."), "check"),
        "letter.sent": (_("A letter was sent to you."), "mail"),
    }  # fmt: skip


def lines_of(
    entries: Iterable[TimelineEntry], parties: tuple[PartyRow, ...], case: CaseView
) -> list[Line]:
    """Oldest first, as people read."""
    words, names = _sentences(), {party.side: party.display_name for party in parties}
    shown = [entry for entry in entries if entry.verb not in TOLD_BY_MESSAGE]
    return [_line(entry, words, names, case) for entry in reversed(shown)]


def _line(
    entry: TimelineEntry, words: dict[str, tuple[str, str]], names: dict[Side, str], case: CaseView
) -> Line:
    if entry.kind is EntryKind.MESSAGE:
        return _message(entry, names, case)
    text, icon = words.get(entry.verb, (_("The case moved on."), "flag"))
    if entry.filename:
        text = _("%(what)s %(name)s", what=text, name=entry.filename)
    return Line(
        is_message=False,
        who="",
        at=entry.at,
        text=text,
        own=False,
        lang="",
        tone="",
        more="",
        icon=icon,
        face="",
    )


def _message(entry: TimelineEntry, names: dict[Side, str], case: CaseView) -> Line:
    desk = entry.by_side is Side.DESK
    if entry.is_mine:
        who = _("You")
    elif desk:
        who = _("%(name)s, our team", name=entry.by) if entry.by else _("Our team")
    else:
        who = entry.by or names.get(entry.by_side or Side.DESK, "")
    own = entry.is_mine or (entry.by_side is not None and entry.by_side is case.side)
    lang = entry.language if entry.language and entry.language != case.language else ""
    return Line(
        is_message=True,
        who=who,
        at=entry.at,
        text=entry.body,
        own=own,
        lang=lang,
        tone="desk" if desk else "",
        more="",
        icon="",
        face=entry.by,
    )
