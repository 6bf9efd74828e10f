"""Loads a case for the desk's pages: the view, its head in words, which moves the role could make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for

from app.cases.queries import case_by_ref
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import CaseView
from app.cases.rules.words import Mover
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.web.desk.rows import ActionLink, CaseHead, RefusalLine
from app.web.desk.words import action_words, kind_words, sub_kind_words

# Moves with a page of their own, better than the general form.
_OWN_PAGES = {
    CaseEvent.PROPOSE_DECISION: "desk.decisions_decide",
    CaseEvent.DECIDE: "desk.decisions_decide",
    CaseEvent.CONFIRM: "desk.decisions_confirm",
    CaseEvent.RETURN: "desk.decisions_confirm",
}
FOR_ANOTHER = frozenset({CaseEvent.CONFIRM, CaseEvent.RETURN})
_DECIDING = frozenset({CaseEvent.PROPOSE_DECISION, CaseEvent.DECIDE})
_ASKING = frozenset({CaseEvent.ASK_COMPLAINANT, CaseEvent.ASK_RESPONDENT})
_FINANCE = frozenset({CaseEvent.APPROVE, CaseEvent.REFUSE})


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """A case with its head."""

    view: CaseView
    head: CaseHead

    @property
    def id(self) -> UUID:
        """The case's id."""
        return self.view.id

    @property
    def ref(self) -> str:
        """The reference; a filed case always has one."""
        return self.view.ref or ""


def load_case(tx: Tx, actor: Actor, ref: str) -> LoadedCase:
    """The case that *ref* names. Raises NotFound for foreign, unknown and mistyped alike (B108)."""
    try:
        view = case_by_ref(tx, actor, ref)
    except Invalid as error:
        raise NotFound("case") from error
    return LoadedCase(view, _head(view))


def _head(view: CaseView) -> CaseHead:
    return CaseHead(
        href=url_for("desk.cases_show", ref=view.ref),
        ref=view.ref or "",
        title=view.subject_title,
        kind=kind_words(view.kind),
        sub_kind=sub_kind_words(view.sub_kind),
        country=view.country or "",
        sub_kind_code=view.sub_kind,
        state=view.state,
        outcome=view.outcome,
        owner=view.owner_name,
        summary=view.summary,
        who_moves=mover_words(view.needs),
    )


def mover_words(mover: Mover) -> str:
    """Who must move next."""
    return {
        Mover.COMPLAINANT: _("The complainant"),
        Mover.RESPONDENT: _("The respondent"),
        Mover.BOTH: _("Both sides"),
        Mover.DESK: _("The desk"),
        Mover.FINANCE: _("Finance"),
        Mover.STORE: _("The store"),
        Mover.COURT: _("The court"),
        Mover.SYSTEM: _("The system"),
        Mover.NOBODY: _("Nobody"),
    }[mover]


def action_link(ref: str, event: CaseEvent) -> ActionLink:
    """The button to the page of a move. Proposing and deciding are one page, where the reviewer sees which it will be."""
    words = action_words(CaseEvent.DECIDE if event in _DECIDING else event)
    if event in _OWN_PAGES:
        href = url_for(_OWN_PAGES[event], ref=ref)
    elif event in _ASKING:
        side = event.value.removeprefix("ask_")
        href = url_for("desk.requests_new", ref=ref, side=side)
    elif event in _FINANCE:
        href = "/finance/corrections"
    else:
        href = url_for("desk.cases_action", ref=ref, event=event.value)
    return ActionLink(event.value, words.label, href, words.icon)


def step_links(ref: str, events: tuple[CaseEvent, ...]) -> tuple[ActionLink, ...]:
    """The buttons to all of *events*, each name and page once."""
    links: dict[tuple[str, str], ActionLink] = {}
    for event in events:
        link = action_link(ref, event)
        links.setdefault((link.label, link.href), link)
    return tuple(links.values())


def head_links(ref: str, events: tuple[CaseEvent, ...]) -> tuple[ActionLink, ...]:
    """The one or two buttons beside the title: ask, and the next step towards a decision."""
    links = []
    if _ASKING & set(events):
        asking = url_for("desk.requests_new", ref=ref)
        links.append(
            ActionLink("ask", _("Request info"), asking, "file-pen-line", key="case.request")
        )
    for event, key in (
        (CaseEvent.TAKE, "case.decide"),
        (CaseEvent.CONFIRM, "case.decide"),
        (CaseEvent.PROPOSE_DECISION, "case.decide"),
        (CaseEvent.START_REVIEW, "case.decide"),
        (CaseEvent.ACCEPT_NOTICE, "case.decide"),
        (CaseEvent.RESOLVE, "case.decide"),
    ):
        if event in events:
            link = action_link(ref, event)
            links.append(replace(link, is_primary=True, key=key))
            break
    return tuple(links)


def left_to_others(
    events: tuple[CaseEvent, ...], *, own: bool
) -> tuple[tuple[CaseEvent, ...], tuple[RefusalLine, ...]]:
    """Moves without those that only somebody else than the proposer makes, and these with the reason."""
    barred = tuple(event for event in events if own and event in FOR_ANOTHER)
    lines = tuple(RefusalLine(action_words(event).label, own_words()) for event in barred)
    return tuple(event for event in events if event not in barred), lines


def own_words() -> str:
    """Four eyes, to the proposer."""
    return _("You proposed this decision. Somebody else confirms it.")


def end_of_day(now: datetime, zone: str) -> datetime:
    """The last instant of the reader's day, as aware UTC."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(hour=23, minute=59, second=59, microsecond=0)


def seen_version(typed: str | None, otherwise: int) -> int:
    """The version that a form carries; *otherwise* when it carries none."""
    return int(typed) if typed and typed.isdigit() else otherwise
