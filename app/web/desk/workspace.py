"""S2: one case in three panes. At most twelve statements: what a move needs is asked on the move's own page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

from app.accounts.rules import PANES, Permission, may
from app.cases.queries import clocks_of, links_of, parties_of
from app.cases.rules.actions import moves_of_role
from app.cases.rules.kinds import CaseEvent, Kind, State
from app.cases.rules.views import CaseView
from app.cases.rules.views import ClockRow as Clock
from app.cases.rules.views import PartyRow as Party
from app.conversations import service as conversations
from app.conversations.queries import frame_of, newer_than
from app.conversations.queries.frame import Frame
from app.evidence.queries import ItemRow, items_of
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, Stale
from app.kernel.money import Money
from app.kernel.period import Period
from app.ledger.queries.holds import holds_of
from app.letters.queries import letters_of
from app.letters.rules.occasions import STARTED_BY_HAND
from app.notifications.service.notices import mark_case_read
from app.web.desk.composer import (
    MessageForm,
    Typed,
    after_sending,
    composer_parts,
    newer_lines,
    send_typed,
)
from app.web.desk.conversations import requests_shown, timeline_shown, views_shown
from app.web.desk.evidence import exhibit_row, verdict_form
from app.web.desk.face import bp
from app.web.desk.head import (
    LoadedCase,
    head_links,
    left_to_others,
    load_case,
    seen_version,
    step_links,
)
from app.web.desk.ledger import hold_lines
from app.web.desk.letter_words import letter_lines
from app.web.desk.link_words import link_line
from app.web.desk.references import reference_facts
from app.web.desk.rows import ActionLink, ClockRow, PartyRow
from app.web.desk.words import attention_words, clock_words, side_words, silence_words
from app.web.shared.context import current_actor, services
from app.web.shared.filters import date_words, money_words, short_span
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.unread import has_news

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_PARTS = ("facts", "timeline", "evidence")


@bp.get("/desk/cases/<ref>")
@policy(Permission.CASE_READ, on="case")
def cases_show(ref: str) -> ResponseReturnValue:
    """The workspace; `pane` chooses what a phone shows, `exhibit` which exhibit is open."""
    return workspace_page(ref)


def workspace_page(ref: str, typed: Typed | None = None) -> str:
    """The page; *typed*: a message that is still being written, with what stands in its way.

    Opening a case is reading it: the mark moves when something of others was unread.
    """
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        frame = frame_of(tx, actor, case.id)
        parties = parties_of(tx, actor, case.id)
        parts = _facts_pane(tx, case, actor) | _evidence_pane(tx, case, actor)
        parts |= timeline_shown(tx, case, actor, request.args)
        newer = _newer(tx, case, actor, typed)
    _was_read(case, actor, messages=bool(frame.unread))
    events, refusals = left_to_others(moves_of_role(case.view, actor), own=frame.is_own_proposal)
    parts |= composer_parts(case, actor, frame, parties, typed)
    parts |= {
        "case": replace(case.head, owner=frame.owner),
        "facts": _facts(case.view, actor.locale) + reference_facts(frame.references),
        "parties": tuple(_party(row, _past(row, frame, actor)) for row in parties),
        "pane": _pane(),
        "panes": _panes(case.ref),
        "widths": frame.panes,
        "widths_href": _widths(frame.panes),
        "poll_href": url_for("desk.presence_poll", ref=ref, seen=frame.version),
        "newer": newer,
        "views": views_shown(case.ref, request.args, frame),
        "head_actions": head_links(case.ref, events),
        "more_actions": (*care_links(case, actor), *copy_links(case, actor)),
        "all_actions": step_links(case.ref, events),
        "refusals": refusals,
        "has_primary": any(link.is_primary for link in head_links(case.ref, events)),
    }
    return render_template("desk/cases/show.html", **parts)


def copy_links(case: LoadedCase, actor: Actor) -> tuple[ActionLink, ...]:
    """Everything in one file, for those who open files."""
    if not may(actor, Permission.EVIDENCE_OPEN):
        return ()
    href = url_for("files.case_file", ref=case.ref)
    return (ActionLink("copy", _("Download everything"), href, "file-archive"),)


def _newer(tx: Tx, case: LoadedCase, actor: Actor, typed: Typed | None) -> list[dict[str, Any]]:
    """What came while somebody typed; asked for only when a message was not sent because of it."""
    if typed is None or typed.since is None:
        return []
    return newer_lines(case, newer_than(tx, actor, case.id, typed.since)[1])


def _widths(panes: tuple[int, int]) -> str:
    """Address of the style sheet with this person's widths; none while they are as at first."""
    first = (PANES["facts"][2], PANES["evidence"][2])
    if panes == first:
        return ""
    return url_for("desk.panes_style", facts=panes[0], evidence=panes[1])


@bp.post("/desk/cases/<ref>/messages")
@policy(Permission.NOTE_ADD, on="case")
@once_per_key
def messages_send(ref: str) -> ResponseReturnValue:
    """Send to one side, keep a note, or look at it first. Who may send what is decided below, by audience."""
    actor, form = current_actor(), MessageForm()
    try:
        with transaction(actor) as tx:
            case = load_case(tx, actor, ref)
            waits = send_typed(tx, case, form, actor, request.form.get("do", "send"))
    except Stale as error:
        mark(form, error, "body")
        return workspace_page(ref, Typed(form, since=seen_version(form.version.data, 0))), 409
    except Invalid as error:
        mark(form, error, "body")
        return workspace_page(ref, Typed(form)), 422
    if waits is not None:
        return workspace_page(ref, waits), 422 if waits.slips and not waits.is_preview else 200
    return after_sending(ref, form)


def _pane() -> str:
    asked = request.args.get("pane", "")
    if asked in _PARTS:
        return asked
    return "evidence" if request.args.get("exhibit") else "timeline"


def _panes(ref: str) -> list[dict[str, Any]]:
    words = (
        ("facts", _("Facts"), "list"),
        ("timeline", _("Timeline"), "messages-square"),
        ("evidence", _("Evidence"), "paperclip"),
    )
    return [
        {"text": text, "icon": icon, "href": url_for("desk.cases_show", ref=ref, pane=pane), "current": pane == _pane()}
        for pane, text, icon in words
    ]  # fmt: skip


def _was_read(case: LoadedCase, actor: Actor, *, messages: bool) -> None:
    """What was unread is on the screen now. Nothing new costs nothing."""
    news, clock = has_news(case.id), services().clock
    if not actor.is_staff or not (messages or news):
        return
    with transaction(actor) as tx:
        if messages:
            conversations.mark_read(tx, case.id, actor, clock)
        if news:
            mark_case_read(tx, actor, case.id, clock)


def _facts_pane(tx: Tx, case: LoadedCase, actor: Actor) -> dict[str, Any]:
    now, money = services().clock.now(), may(actor, Permission.HOLD_READ)
    letters = letters_of(tx, actor, case.id) if may(actor, Permission.LETTER_READ) else ()
    place = money and may(actor, Permission.HOLD_PLACE)
    return {
        "clocks": tuple(clock_row(row, now, actor.zone) for row in clocks_of(tx, actor, case.id)),
        "references_href": url_for("desk.references_list", ref=case.ref)
        if may(actor, Permission.CASE_TRIAGE)
        else "",
        "facts_href": url_for("desk.facts_edit", ref=case.ref)
        if may(actor, Permission.CASE_TRIAGE)
        else "",
        "links_href": url_for("desk.links_show", ref=case.ref)
        if may(actor, Permission.CASE_TRIAGE)
        else "",
        "legal_hold_at": case.view.legal_hold_at,
        "show_money": money,
        "holds": hold_lines(case.ref, holds_of(tx, actor, case.id), actor) if money else (),
        "invite_href": url_for("desk.parties_new", ref=case.ref)
        if may(actor, Permission.CASE_TRIAGE)
        else "",
        "hold_href": url_for("desk.holds_new", ref=case.ref) if place else "",
        "letters": letter_lines(case.ref, letters),
        "letter_href": url_for("desk.letters_new", ref=case.ref)
        if may(actor, Permission.LETTER_DRAFT) and STARTED_BY_HAND[case.view.kind]
        else "",
        "related": tuple(link_line(row) for row in links_of(tx, actor, case.id)),
    }


def clock_row(row: Clock, now: datetime, zone: str) -> ClockRow:
    """A deadline in words: what, how long, which side, whether it rests."""
    del zone
    whole = (row.due_at - row.started_at).total_seconds()
    used = (now - row.started_at).total_seconds()
    percent = max(0, min(100, round(100 * used / whole))) if whole > 0 else 100
    tone = {"paused": "wait", "met": "ok"}.get(
        row.state, "danger" if row.due_at < now else "warn" if percent >= 75 else ""
    )
    return ClockRow(
        what=_clock_name(row),
        due_at=row.due_at,
        started_at=row.started_at,
        state=row.state if row.state in {"paused", "met"} else "running",
        paused_for=row.pause_reason or "",
        left=_left(row, now),
        note=_("Paused: %(why)s", why=row.pause_reason) if row.pause_reason else "",
        used=percent,
        tone=tone,
    )  # fmt: skip


def _clock_name(row: Clock) -> str:
    words = clock_words(row.kind)
    return (
        words
        if row.side == "desk"
        else _("%(what)s, %(who)s", what=words, who=side_words(row.side).lower())
    )


def _left(row: Clock, now: datetime) -> str:
    if row.state == "paused":
        return _("paused")
    span = short_span(row.due_at - now)
    return _("%(span)s late", span=span) if row.due_at < now else span


def _past(row: Party, frame: Frame, actor: Actor) -> tuple[int, int, int] | None:
    """Their other cases, for those who may read decisions."""
    if row.person_id is None or not may(actor, Permission.DECISION_READ):
        return None
    return frame.histories.get(row.person_id)


def _party(row: Party, history: tuple[int, int, int] | None) -> PartyRow:
    now = services().clock.now()
    local = f"{now.astimezone(ZoneInfo(row.zone)):%H:%M}"
    place = row.zone.rpartition("/")[2].replace("_", " ")
    more = _(
        "%(side)s, writes %(language)s, %(place)s %(time)s",
        side=side_words(row.side), language=row.language, place=place, time=local,
    )  # fmt: skip
    tone = "you" if row.side == "complainant" else ""
    return PartyRow(row.display_name, more, tone, _history_words(history))


def _history_words(history: tuple[int, int, int] | None) -> str:
    """Other cases of this person, as numbers: how many, upheld, not upheld."""
    if not history or not history[0]:
        return ""
    cases = ngettext("%(num)s other case", "%(num)s other cases", history[0])
    return _(
        "%(cases)s; claims upheld %(good)s, not upheld %(bad)s",
        cases=cases,
        good=history[1],
        bad=history[2],
    )


COUNTERED = frozenset({State.COUNTER_REVIEW, State.RESTORATION_WINDOW, State.COURT_STAY})
"""States in which a counter-notice was sent."""
_CARE_KEYS = {"desk.owner_edit": "case.assign", "desk.tags_show": "case.tag"}


def care_links(case: LoadedCase, actor: Actor) -> tuple[ActionLink, ...]:
    """What keeps a case right, beside its moves: the menu of the head."""
    held = case.view.legal_hold_at is not None
    found: tuple[tuple[Permission, str, str, str], ...] = (
        (Permission.CASE_TRIAGE, "desk.facts_edit", _("Correct the facts"), "pencil"),
        (Permission.CASE_TRIAGE, "desk.tags_show", _("Tags"), "tag"),
        (Permission.CASE_TRIAGE, "desk.links_show", _("Linked cases"), "link"),
        (Permission.CASE_ASSIGN, "desk.owner_edit", _("Change the owner"), "user"),
        (Permission.CASE_ASSIGN, "desk.legal_hold_edit", _("Lift the legal hold") if held else _("Put under legal hold"), "landmark"),
        (Permission.CASE_READ, "desk.conflict_new", _("Declare a conflict of interest"), "eye-off"),
    )  # fmt: skip
    if case.view.kind is Kind.PAYOUT:
        found = ((Permission.PAYOUT_READ, "desk.payout_show", _("Payout audit"), "wallet"), *found)
    if case.view.state in COUNTERED:
        found = ((Permission.CASE_READ, "desk.counter_notice", _("Read the counter-notice"), "file-text"), *found)  # fmt: skip
    return tuple(
        ActionLink(
            endpoint, words, url_for(endpoint, ref=case.ref), icon, key=_CARE_KEYS.get(endpoint, "")
        )
        for permission, endpoint, words, icon in found
        if may(actor, permission)
    )


def _facts(view: CaseView, locale: str) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [(_("Artist"), view.subject_artist)]
    pairs = ((_("Recording"), view.isrc), (_("Release"), view.upc), (_("Store"), view.store))
    facts += [(name, value) for name, value in pairs if value]
    if view.period_start or view.period_end:
        facts.append((_("Period"), _period(Period(view.period_start, view.period_end), locale)))
    if view.disputed_amount is not None and view.disputed_currency:
        money = Money(view.disputed_amount, view.disputed_currency)
        facts.append((_("In dispute"), money_words(money, locale)))
    facts.append((_("Round"), str(view.round)))
    if view.silence:
        facts.append((_("On silence"), silence_words(view.silence)))
    if view.needs_attention:
        facts.append((_("Look again"), attention_words(view.needs_attention)))
    return facts


def _period(period: Period, locale: str) -> str:
    """First and last day, both included, as people say it."""
    days = (period.start, period.last_day)
    return " – ".join(date_words(day, locale, skeleton="yMMMd") if day else "…" for day in days)


def _evidence_pane(tx: Tx, case: LoadedCase, actor: Actor) -> dict[str, Any]:
    rows = items_of(tx, actor, case.id) if may(actor, Permission.EVIDENCE_LIST) else ()
    chosen = _chosen(rows)
    shown = exhibit_row(case.ref, chosen, actor) if chosen else None
    pane_rows = []
    for row in rows:
        exhibit = exhibit_row(case.ref, row, actor)
        pane_rows.append(
            (
                exhibit,
                url_for(
                    "desk.cases_show",
                    ref=case.ref,
                    exhibit=row.label,
                    pane="evidence",
                    _anchor="exhibit",
                ),
            )
        )
    return {
        "exhibits": pane_rows,
        "exhibits_summary": _summary(rows),
        "add_href": url_for("desk.evidence_add", ref=case.ref)
        if may(actor, Permission.EVIDENCE_ADD)
        else "",
        "chosen": shown,
        "verdict_form": verdict_form(chosen) if chosen and shown and shown.verdict_href else None,
    } | requests_shown(tx, case, actor, can_ask=_can_ask(case, actor))


def _can_ask(case: LoadedCase, actor: Actor) -> bool:
    asking = {CaseEvent.ASK_COMPLAINANT, CaseEvent.ASK_RESPONDENT}
    return may(actor, Permission.REQUEST_ASK) and bool(
        asking & set(moves_of_role(case.view, actor))
    )


def _chosen(rows: tuple[ItemRow, ...]) -> ItemRow | None:
    """The exhibit asked for, else the first without a verdict, else the first."""
    asked = request.args.get("exhibit", "")
    by_label = {row.label: row for row in rows}
    open_rows = [row for row in rows if row.verdict is None]
    return by_label.get(asked) or next(iter(open_rows or rows), None)


def _summary(rows: tuple[ItemRow, ...]) -> str:
    if not rows:
        return ""
    open_count = sum(1 for row in rows if row.verdict is None)
    items = ngettext("%(num)s item", "%(num)s items", len(rows))
    return _("%(items)s, %(open)s to review", items=items, open=open_count) if open_count else items
