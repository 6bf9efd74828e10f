"""The case page as one frozen value: whose move, what the other side says, progress, money, words, files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.cases.queries import case_by_ref, clocks_of, goes_on_in, moves_of, parties_of
from app.cases.rules.kinds import CaseEvent, Kind, Outcome, State
from app.cases.rules.lifecycle import rows_from
from app.cases.rules.views import CaseView, ClockRow, MoveRow, PartyRow
from app.cases.rules.words import EVENT_WORDS, KIND_WORDS, Mover, needs
from app.conversations.queries.requests import RequestRow, requests_of
from app.conversations.queries.timeline import TimelinePage, timeline
from app.conversations.rules.requests import ItemKind
from app.corrections.queries.own import OwnMoney, own_money
from app.decisions.queries import NoticeRow, notices_of
from app.evidence.queries import ItemRow, items_of
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext, translated
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.ledger.queries.holds import HoldRow, holds_of
from app.letters.queries import LetterRow, letters_of
from app.web.portal.acts import open_acts
from app.web.portal.case_words import ICONS, meta_of, title_of
from app.web.portal.claim_view import claim_rows, claim_title
from app.web.portal.counter_acts import counter_acts
from app.web.portal.files import ShownFile, shown_file
from app.web.portal.letter_rows import shown_letters
from app.web.portal.lines import Line, lines_of
from app.web.portal.money_view import MoneyView, money_of
from app.web.portal.progress import DECIDING, ENDED, Step, dates_of, steps_of
from app.web.portal.rate import Rated, rated_of
from app.web.portal.request_view import RequestLine, request_lines
from app.web.portal.whose_move import Act, Ask, Wanted, ask_of, read_decision_act
from app.web.shared.delegation_words import RELATIONS
from app.web.shared.filters import due_words
from app.web.shared.promises import Promise, kept_policy, promise_for
from app.workflows.claim import claim_against


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that one reading transaction gives."""

    case: CaseView
    clocks: tuple[ClockRow, ...]
    moves: tuple[MoveRow, ...]
    parties: tuple[PartyRow, ...]
    requests: tuple[RequestRow, ...]
    talk: TimelinePage
    items: tuple[ItemRow, ...]
    holds: tuple[HoldRow, ...]
    money: OwnMoney
    letters: tuple[LetterRow, ...]
    notice: NoticeRow | None
    rated: Rated | None
    claim: dict[str, str]
    promise: Promise | None
    goes_on_in: str


@dataclass(frozen=True, slots=True)
class Person:
    """A party as shown."""

    name: str
    role: str
    tone: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page. *subject*: the release, for cover or initials; *write_until*: end of an open window, in words."""

    id: UUID
    ref: str
    subject: str
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
    money: MoneyView
    parties: list[Person]
    letters: list[dict[str, Any]]
    timeline: list[Line]
    unread: str
    older: str | None
    files: list[ShownFile]
    is_open: bool
    write_to: str
    write_until: str
    review_until: datetime | None
    rated: Rated | None
    acts: list[Act]


def read_case(tx: Tx, actor: Actor, ref: str, cursor: str | None = None) -> Found:
    """One transaction, a fixed number of statements."""
    case = case_by_ref(tx, actor, ref)
    policy = kept_policy(tx, case.policy_id)
    ended = case.state in ENDED
    paid = knows_money(case)
    notices = [n for n in notices_of(tx, actor, case.id) if n.side is case.side] if ended else []
    moves = moves_of(tx, actor, case.id)
    return Found(
        case, clocks_of(tx, actor, case.id), moves, parties_of(tx, actor, case.id),
        requests_of(tx, actor, case.id), timeline(tx, actor, case.id, cursor), items_of(tx, actor, case.id),
        () if ended else holds_of(tx, actor, case.id), own_money(tx, actor, case.id) if paid else OwnMoney(), letters_of(tx, actor, case.id),
        notices[0] if notices else None, rated_of(tx, actor, case), {} if ended else claim_against(tx, actor, case, policy),
        promise_for(tx, case, moves),
        goes_on_in(tx, actor, case.id) if case.outcome is Outcome.DUPLICATE else "",
    )  # fmt: skip


def _audit(case: CaseView, money: OwnMoney) -> str:
    is_shown = money.is_computed and case.outcome is not Outcome.DUPLICATE
    return f"/cases/{case.ref}/payout" if is_shown else ""


def knows_money(case: CaseView) -> bool:
    """Whether it was decided about money once, so that its side reads of it."""
    decided = {State.FINANCE_APPROVAL, State.IMPLEMENTING}
    return case.state in ENDED or case.round > 1 or case.state in decided


def page_of(found: Found, actor: Actor, locale: str) -> CasePage:
    """The value the template shows."""
    case, ref, zone = found.case, str(found.case.ref), actor.zone
    lines = request_lines(found.requests, case, found.items)
    dates = dates_of(case, found.moves, found.clocks)
    until = due_words(dates.appeal_until, locale, zone) if dates.appeal_until else ""
    return CasePage(
        id=case.id, ref=ref, subject=case.subject_title, title=title_of(case.kind, case.subject_title), meta=meta_of(case),
        kind=_(KIND_WORDS[case.kind]), icon=ICONS[case.kind], state=case.state.value,
        outcome=case.outcome.value if case.outcome else None, mine=_is_mine(case), version=case.version,
        talk_version=found.talk.version,
        ask=_ask(found),
        claim_title=claim_title(case), claim=[] if case.state in ENDED else claim_rows(case, found.parties, found.claim, locale, zone),
        steps=steps_of(case, found.promise, locale, zone, dates), privacy=_privacy(case),
        requests=lines, received=sum(line.done for line in lines),
        money=replace(money_of(case, found.holds, found.money.lines, locale, zone), audit_href=_audit(case, found.money)),
        parties=_parties(found.parties, case), letters=shown_letters(found.letters, ref),
        timeline=lines_of(found.talk.entries, found.parties, case), older=_older(ref, found.talk),
        unread=ngettext("%(num)s new message", "%(num)s new messages", found.talk.unread) if found.talk.unread else "",
        files=[shown_file(item, f"/cases/{ref}/evidence", is_judged=case.state in DECIDING | ENDED) for item in found.items],
        is_open=case.state not in {State.CLOSED, State.DELETED},
        write_to=_("Write to us") if case.kind is Kind.SUPPORT else _("Write to the rights team"),
        write_until=until if case.state is State.DECIDED else "",
        review_until=dates.appeal_until if _may_appeal(case) else None, rated=found.rated, acts=_acts(found, actor),
    )  # fmt: skip


def _ask(found: Found) -> Ask:
    """The card; while the decision is carried out, a side that has its letter is led to it."""
    case, wanted = found.case, _wanted(found.requests)
    ask = ask_of(case, found.clocks, wanted, found.promise, found.notice, found.goes_on_in)
    told = any(row.is_readable and row.kind == "decision" for row in found.letters)
    return (
        replace(ask, acts=(read_decision_act(case),))
        if told and case.state is State.IMPLEMENTING and not ask.acts
        else ask
    )


def _is_mine(case: CaseView) -> bool:
    return case.side is not None and case.needs is not Mover.NOBODY and needs(case.needs, case.side)


def _may_appeal(case: CaseView) -> bool:
    return case.kind is not Kind.SUPPORT and case.state in {State.DECIDED, State.CLOSED}


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


def _privacy(case: CaseView) -> str:
    if case.kind is Kind.SUPPORT:
        return _("Only you and we read this.")
    if case.side is Side.RESPONDENT:
        return _("The other side does not see your files or contact unless this page says so.")
    return _("The other side may see your statement, not your ID, contact or files.")


def _parties(parties: tuple[PartyRow, ...], case: CaseView) -> list[Person]:
    shown = [
        Person(p.display_name, _side_words(p.side, case), "you" if p.side is case.side else "")
        for p in parties
    ]
    shown += [
        Person(name, _("%(role)s, acts for your side", role=RELATIONS[relation]), "you")
        for party in parties
        for relation, _bar, name in (one.partition("|") for one in party.acting)
    ]
    return [*shown, Person(_("Our team"), _("Works on the case for both sides"), "desk")]


def _side_words(side: Side, case: CaseView) -> str:
    if side is case.side:
        return _("Your side")
    return _("Opened the case") if side is Side.COMPLAINANT else _("The other side")


def _older(ref: str, talk: TimelinePage) -> str | None:
    return f"/cases/{ref}?before={talk.next_cursor}#talk-title" if talk.next_cursor else None


def _acts(found: Found, actor: Actor) -> list[Act]:
    """Rare acts at the end of the page."""
    case = found.case
    acts = counter_acts(case, found.moves) + [
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
    acts.append(Act(_("Download everything"), f"/files/cases/{case.ref}/copy", "text", "download"))
    return acts


__all__ = ["CasePage", "Found", "page_of", "read_case"]
