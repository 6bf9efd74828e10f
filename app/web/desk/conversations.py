"""The middle pane: the timeline with what it may be narrowed to; and what was asked for, in the right one."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.conversations.queries import requests_of, timeline
from app.conversations.queries.frame import Frame
from app.conversations.queries.requests import RequestItemRow, RequestRow
from app.conversations.queries.timeline import TimelineEntry
from app.conversations.rules.requests import ItemState
from app.conversations.rules.timeline import EntryKind, Strand, strands_of
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.text import show_overrides
from app.web.desk.head import LoadedCase
from app.web.desk.readers import audience_words, reader_words
from app.web.desk.rows import EntryRow
from app.web.desk.timeline_line import timeline_line
from app.web.desk.timeline_words import event_words
from app.web.desk.words import side_words
from app.web.shared.context import services
from app.web.shared.shell import language_tag

_STRANDS: dict[Strand, Any] = {
    Strand.MESSAGES: __("Messages"),
    Strand.NOTES: __("Notes"),
    Strand.REQUESTS: __("Requests"),
    Strand.EVIDENCE: __("Evidence"),
    Strand.STATE: __("Stages"),
    Strand.MONEY: __("Money"),
    Strand.LETTERS: __("Letters"),
}
_ITEM_STATES: dict[str, tuple[Any, str, str]] = {
    ItemState.ASKED: (__("Asked"), "wait", "hourglass"),
    ItemState.ASKED_AGAIN: (__("Asked again"), "wait", "hourglass"),
    ItemState.ANSWERED: (__("Answered"), "info", "reply"),
    ItemState.CANNOT_PROVIDE: (__("Cannot provide"), "warn", "x"),
    ItemState.LAPSED: (__("No answer"), "warn", "clock"),
    ItemState.ACCEPTED: (__("Accepted"), "ok", "check"),
    ItemState.WAIVED: (__("Waived"), "neutral", "minus"),
}


def timeline_shown(
    tx: Tx, case: LoadedCase, actor: Actor, args: MultiDict[str, str]
) -> dict[str, Any]:
    """The timeline oldest first, what it may be narrowed to, and where earlier entries are."""
    wanted = strands_of(args.getlist("show"))
    page = timeline(tx, actor, case.id, args.get("before"), strands=wanted)
    year = services().clock.now().astimezone(ZoneInfo(actor.zone)).year
    shown = [
        timeline_line(_entry(case, entry), language_tag(), actor.zone, year)
        for entry in reversed(page.entries)
    ]
    named = sorted(wanted) if len(wanted) < len(Strand) else []
    earlier = url_for("desk.cases_show", ref=case.ref, before=page.next_cursor, show=named)
    return {
        "entries": tuple(shown),
        "strands": _toggles(case.ref, wanted),
        "older_href": earlier if page.next_cursor else "",
        "newest_href": url_for("desk.cases_show", ref=case.ref, show=named)
        if args.get("before")
        else "",
        "is_narrowed": bool(named),
    }


def views_shown(ref: str, args: MultiDict[str, str], frame: Frame) -> list[dict[str, Any]]:
    """The three views most asked for, with how many each holds."""
    wanted = strands_of(args.getlist("show"))
    tabs = (
        (frozenset(Strand), _("Timeline"), None),
        (frozenset({Strand.MESSAGES}), _("Messages"), frame.version - frame.notes),
        (frozenset({Strand.NOTES}), _("Notes"), frame.notes),
    )
    return [
        {"text": text, "count": count, "current": strands == wanted,
         "href": url_for("desk.cases_show", ref=ref, show=sorted(strands) if len(strands) == 1 else None)}
        for strands, text, count in tabs
    ]  # fmt: skip


def _toggles(ref: str, wanted: frozenset[Strand]) -> list[dict[str, Any]]:
    """One link a kind of line: from all, it shows only that; else it adds it or takes it away."""
    found = []
    for strand, words in _STRANDS.items():
        is_all = len(wanted) == len(Strand)
        after = {strand} if is_all else set(wanted) ^ {strand}
        show = sorted(after) if 0 < len(after) < len(Strand) else None
        href = url_for("desk.cases_show", ref=ref, show=show)
        found.append({"text": str(words), "href": href, "on": not is_all and strand in wanted})
    return found


def _entry(case: LoadedCase, entry: TimelineEntry) -> EntryRow:
    if entry.kind is EntryKind.EVENT:
        text, icon = event_words(
            entry.verb, entry.by, entry.data, entry.filename, case.view.sub_kind
        )
        said = f"{text}. “{show_overrides(entry.body)}”" if entry.body else text
        return EntryRow("event", entry.at, said, icon=icon)
    desk = entry.by_side is not None and entry.by_side.value == "desk"
    more = audience_words(case.view, entry.audience) if desk else ""
    if not desk and entry.by_side:
        more = reader_words(case.view, entry.by_side)
    foot = (_("Request %(number)s", number=entry.request_number),) if entry.request_number else ()
    return EntryRow(
        kind="note" if entry.kind is EntryKind.NOTE else "message",
        at=entry.at,
        text=show_overrides(entry.body),
        who=entry.by or _("Somebody"),
        more="" if entry.kind is EntryKind.NOTE else more,
        lang=entry.language,
        tone="desk" if desk else "you",
        anchor=f"m-{entry.id}",
        foot=foot,
    )


def requests_shown(tx: Tx, case: LoadedCase, actor: Actor, *, can_ask: bool) -> dict[str, Any]:
    """What was asked for, newest request first, each item with its state."""
    rows = requests_of(tx, actor, case.id)
    items = [(row, item) for row in rows for item in row.items]
    waiting = sum(item.is_waiting for _row, item in items)
    received = _("%(done)s of %(all)s received", done=len(items) - waiting, all=len(items))
    return {
        "requests": [_request_item(case.ref, row, item) for row, item in items],
        "requests_summary": received if items else "",
        "request_href": url_for("desk.requests_new", ref=case.ref) if can_ask else "",
    }


def item_words(item: RequestItemRow) -> tuple[str, str, str]:
    """(words, tone, icon) of where an item stands."""
    words, tone, icon = _ITEM_STATES[item.state]
    return str(words), tone, icon


def _request_item(ref: str, row: RequestRow, item: RequestItemRow) -> dict[str, Any]:
    words, tone, icon = item_words(item)
    hint = _("%(who)s, request %(number)s", who=side_words(row.side), number=row.number)
    if item.answer and item.answer.text:
        hint = f"{hint}. {item.answer.text}"
    return {
        "name": item.title, "hint": hint, "state": words, "tone": tone, "chip_icon": icon, "icon": "file-pen-line",
        "href": url_for("desk.requests_item", ref=ref, request_id=row.id, item_id=item.id),
    }  # fmt: skip
