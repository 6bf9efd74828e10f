"""The case page as one frozen value: whose move, what the other side says, progress, money, words, files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.cases.queries import case_by_ref, clocks_of, filing_of, parties_of
from app.cases.rules.kinds import CaseEvent, Kind, State
from app.cases.rules.lifecycle import rows_from
from app.cases.rules.views import CaseView, ClockRow, PartyRow
from app.cases.rules.words import EVENT_WORDS, KIND_WORDS, SUB_KIND_WORDS, Mover, needs
from app.conversations.queries.requests import RequestRow, requests_of
from app.conversations.queries.timeline import TimelinePage, timeline
from app.conversations.rules.requests import ItemKind
from app.evidence.queries import ItemRow, items_of
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.kernel.sides import Side
from app.ledger.queries import HoldRow, holds_of
from app.ledger.rules.holds import LIVE_HOLDS
from app.letters.queries import LetterRow, letters_of
from app.policies.queries import policy_by_id
from app.web.portal.acts import open_acts
from app.web.portal.decisions import shown_letters
from app.web.portal.files import ShownFile, shown_file
from app.web.portal.lines import Line, lines_of
from app.web.portal.progress import Step, steps_of
from app.web.portal.promises import Promise, promise_of
from app.web.portal.request_view import RequestLine, request_lines
from app.web.portal.whose_move import Act, Ask, Wanted, ask_of
from app.web.shared.context import current_actor
from app.web.shared.filters import date_words

ICONS = {
    Kind.TAKEDOWN: "eye-off", Kind.PAYOUT: "banknote", Kind.RIGHTS_CLAIM: "shield-alert", Kind.SUPPORT: "message-square",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that one reading transaction gives."""

    case: CaseView
    clocks: tuple[ClockRow, ...]
    parties: tuple[PartyRow, ...]
    requests: tuple[RequestRow, ...]
    talk: TimelinePage
    items: tuple[ItemRow, ...]
    holds: tuple[HoldRow, ...]
    letters: tuple[LetterRow, ...]
    answers: dict[str, str]
    promise: Promise | None


@dataclass(frozen=True, slots=True)
class HoldLine:
    """What is held, why, since when."""

    amount: Money | None
    why: str
    since: datetime
    until: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """A party as shown."""

    name: str
    role: str
    tone: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page."""

    ref: str
    title: str
    meta: str
    kind: str
    icon: str
    state: str
    outcome: str | None
    mine: bool
    version: int
    talk_version: int
    ask: Ask
    claim_title: str
    claim: list[tuple[str, Any]]
    steps: list[Step]
    privacy: str
    requests: list[RequestLine]
    received: int
    holds: list[HoldLine]
    disputed: Money | None
    parties: list[Person]
    letters: list[dict[str, Any]]
    timeline: list[Line]
    older: str | None
    files: list[ShownFile]
    can_write: bool
    can_add: bool
    can_invite: bool
    closed_words: str
    acts: list[Act]


def read_case(tx: Tx, actor: Actor, ref: str, cursor: str | None = None) -> Found:
    """One transaction, a fixed number of statements."""
    case = case_by_ref(tx, actor, ref)
    return Found(
        case, clocks_of(tx, actor, case.id), parties_of(tx, actor, case.id), requests_of(tx, actor, case.id),
        timeline(tx, actor, case.id, cursor), items_of(tx, actor, case.id), holds_of(tx, actor, case.id),
        letters_of(tx, actor, case.id), filing_of(tx, actor, case.id, Side.COMPLAINANT),
        promise_of(tx, policy_by_id(tx, case.policy_id), case.submitted_at or case.created_at),
    )  # fmt: skip


def page_of(found: Found, actor: Actor, locale: str) -> CasePage:
    """The value the template shows."""
    case, ref = found.case, str(found.case.ref)
    lines = request_lines(found.requests, ref)
    open_case = case.state not in {State.CLOSED, State.DELETED}
    return CasePage(
        ref=ref, title=title_of(case.kind, case.subject_title), meta=_meta(case),
        kind=_(KIND_WORDS[case.kind]), icon=ICONS[case.kind], state=case.state.value,
        outcome=case.outcome.value if case.outcome else None, mine=_is_mine(case), version=case.version,
        talk_version=found.talk.version, ask=ask_of(case, found.clocks, _wanted(found.requests), found.promise),
        claim_title=_claim_title(found.case),
        claim=_claim(found, locale), steps=steps_of(case, found.promise, locale, actor.zone), privacy=_privacy(case),
        requests=lines, received=sum(line.done for line in lines), holds=_holds(found.holds),
        disputed=_disputed(case), parties=_parties(found.parties, case), letters=shown_letters(found.letters, ref),
        timeline=lines_of(found.talk.entries, found.parties, case), older=_older(ref, found.talk),
        files=[shown_file(item, f"/cases/{ref}/evidence") for item in found.items],
        can_write=open_case, can_add=open_case, can_invite=open_case,
        closed_words=_("This case is closed. You can ask for a second review, or start a new case."),
        acts=_acts(case, current_actor()),
    )  # fmt: skip


def title_of(kind: Kind, title: str) -> str:
    """The case in one line, neutral until decided. The title stands isolated, whatever its direction (B111)."""
    alone = f"\N{FIRST STRONG ISOLATE}{title}\N{POP DIRECTIONAL ISOLATE}"
    if kind is Kind.TAKEDOWN:
        return _("Takedown of “%(title)s”", title=alone)
    if kind is Kind.PAYOUT:
        return _("Payout of “%(title)s”", title=alone)
    return _("Claim about “%(title)s”", title=alone) if kind is Kind.RIGHTS_CLAIM else title


def _meta(case: CaseView) -> str:
    parts = [case.subject_artist, _(SUB_KIND_WORDS[case.sub_kind]), case.store or ""]
    return " · ".join(part for part in parts if part)


def _is_mine(case: CaseView) -> bool:
    return case.side is not None and case.needs is not Mover.NOBODY and needs(case.needs, case.side)


def _wanted(requests: tuple[RequestRow, ...]) -> Wanted | None:
    """The open request that is due first."""
    waiting = sorted((r for r in requests if r.is_open), key=lambda r: r.due_at)
    if not waiting:
        return None
    first = waiting[0]
    items = [item for item in first.items if item.is_waiting]
    return Wanted(
        first.number, items[0].title, items[0].hint or first.reason, first.due_at,
        sum(request.waiting for request in waiting), items[0].kind is ItemKind.DOCUMENT, first.can_extend,
    )  # fmt: skip


def _claim_title(case: CaseView) -> str:
    return (
        _("What the other side says")
        if case.side is Side.RESPONDENT
        else _("What you told us about the other side")
    )


def _claim(found: Found, locale: str) -> list[tuple[str, Any]]:
    """Who claims what, on what basis, since when: for the respondent the filing, for the complainant what was reported."""
    case, answers = found.case, found.answers
    other = next(
        (p.display_name for p in found.parties if case.side and p.side is case.side.other), ""
    )
    if case.side is Side.RESPONDENT:
        rows = [(_("Who"), other), (_("What"), answers.get("claimed") or case.summary), (_("Where"), answers.get("links", "")),
                (_("Filed"), _day(case.submitted_at, locale)), (_("How to answer"), _("Write to us or add evidence below. We do not decide before you had the time to answer."))]  # fmt: skip
    else:
        rows = [(_("Who"), other or answers.get("other_name", "")), (_("What they claim, as you told us"), answers.get("claimed", "")),
                (_("Who told you"), answers.get("told_by", "")), (_("Noticed"), _noticed(answers, locale))]  # fmt: skip
        if not any(value for _name, value in rows[:3]):
            return []
    return [(name, value) for name, value in rows if value]


def _day(at: date | None, locale: str) -> str:
    return date_words(at, locale, "UTC", "yMMMd") if at else ""


def _noticed(answers: dict[str, str], locale: str) -> str:
    text = answers.get("noticed_on", "")
    return _day(date.fromisoformat(text), locale) if text else ""


def _privacy(case: CaseView) -> str:
    if case.kind is Kind.SUPPORT:
        return _("Only you and we read this.")
    if case.side is Side.RESPONDENT:
        return _("The other side does not see your files or contact unless this page says so.")
    return _("The other side may see your statement, not your ID, contact or files.")


def _holds(holds: tuple[HoldRow, ...]) -> list[HoldLine]:
    return [
        HoldLine(hold.amount, hold.explanation or hold.asset_ref, hold.since, hold.review_on)
        for hold in holds
        if hold.state in LIVE_HOLDS
    ]


def _disputed(case: CaseView) -> Money | None:
    if case.disputed_amount is None or case.disputed_currency is None:
        return None
    return Money(case.disputed_amount, case.disputed_currency)


def _parties(parties: tuple[PartyRow, ...], case: CaseView) -> list[Person]:
    shown = [
        Person(p.display_name, _side_words(p.side, case), "you" if p.side is case.side else "")
        for p in parties
    ]
    return [*shown, Person(_("Our team"), _("Works on the case for both sides"), "desk")]


def _side_words(side: Side, case: CaseView) -> str:
    if side is case.side:
        return _("Your side")
    return _("Opened the case") if side is Side.COMPLAINANT else _("The other side")


def _older(ref: str, talk: TimelinePage) -> str | None:
    return f"/cases/{ref}?before={talk.next_cursor}#talk-title" if talk.next_cursor else None


def _acts(case: CaseView, actor: Actor) -> list[Act]:
    """Rare acts at the end of the page."""
    acts = [
        Act(
            translated(EVENT_WORDS[event]),
            f"/cases/{case.ref}/actions/{event.value}",
            "secondary",
            "chevron-right",
        )
        for event in open_acts(case, actor)
    ]
    events = {row.event for row in rows_from(case.kind, case.state)}
    if CaseEvent.WITHDRAW in events and case.side is Side.COMPLAINANT:
        acts.append(Act(_("Withdraw the case"), f"/cases/{case.ref}/withdraw", "text", "x"))
    return acts


__all__ = ["CasePage", "Found", "page_of", "read_case", "title_of"]
