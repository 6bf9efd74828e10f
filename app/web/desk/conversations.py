"""The middle pane: timeline, composer with its audience, requests; and S3, asking for items (thin)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from app.accounts.rules import Permission, may
from app.conversations.queries import requests_of, timeline
from app.conversations.queries.requests import RequestItemRow, RequestRow
from app.conversations.queries.timeline import TimelineEntry
from app.conversations.rules.audience import Audience
from app.conversations.rules.requests import ItemState
from app.conversations.rules.timeline import EntryKind
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.text import show_overrides
from app.web.desk.head import LoadedCase
from app.web.desk.rows import EntryRow
from app.web.desk.timeline_words import QUIET, event_words
from app.web.desk.words import side_words

_TO = {
    Audience.COMPLAINANT: __("to complainant"),
    Audience.RESPONDENT: __("to respondent"),
    Audience.BOTH: __("to both sides"),
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


class MessageForm(FlaskForm):
    """What is written, and who reads it."""

    idempotency_key = HiddenField()
    version = HiddenField()
    body = TextAreaField(__("Message"))
    send_words = ""


def timeline_shown(
    tx: Tx, case: LoadedCase, actor: Actor, args: Mapping[str, str]
) -> dict[str, Any]:
    """The timeline oldest first, its views, and where earlier entries are."""
    page = timeline(tx, actor, case.id, args.get("before"))
    view = args.get("view", "")
    shown = [_entry(entry) for entry in reversed(page.entries) if _belongs(entry, view)]
    earlier = url_for("desk.cases_show", ref=case.ref, before=page.next_cursor, view=view or None)
    return {
        "entries": tuple(shown),
        "views": _views(case.ref, page.entries, view),
        "older_href": earlier if page.next_cursor else "",
        "message_version": page.version,
    }


def _belongs(entry: TimelineEntry, view: str) -> bool:
    if view in {"messages", "notes"}:
        return entry.kind == view.removesuffix("s")
    return entry.verb not in QUIET


def _views(ref: str, entries: tuple[TimelineEntry, ...], view: str) -> list[dict[str, Any]]:
    kinds = [entry.kind for entry in entries if entry.verb not in QUIET]
    tabs = (
        ("", _("Timeline"), len(kinds)),
        ("messages", _("Messages"), kinds.count(EntryKind.MESSAGE)),
        ("notes", _("Notes"), kinds.count(EntryKind.NOTE)),
    )
    return [
        {"text": text, "href": url_for("desk.cases_show", ref=ref, view=key or None), "count": count, "current": key == view}
        for key, text, count in tabs
    ]  # fmt: skip


def _entry(entry: TimelineEntry) -> EntryRow:
    if entry.kind is EntryKind.EVENT:
        text, icon = event_words(entry.verb, entry.by, entry.data, entry.filename)
        return EntryRow("event", entry.at, text, icon=icon)
    desk = entry.by_side is not None and entry.by_side.value == "desk"
    more = str(_TO.get(entry.audience, "")) if desk and entry.audience else ""
    if not desk and entry.by_side:
        more = side_words(entry.by_side).lower()
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


def composer_parts(
    case: LoadedCase, actor: Actor, version: int, form: MessageForm | None = None
) -> dict[str, Any]:
    """The box to write in, with the audiences the role may address."""
    audiences = _audiences(actor, request.form.get("audience") or request.args.get("audience", ""))
    if not audiences:
        return {"form": None, "audiences": (), "message_href": ""}
    box = form or MessageForm(formdata=None)
    box.idempotency_key.data = str(uuid4())
    box.version.data = str(version)
    box.send_words = next(one["send"] for one in audiences if one["checked"])
    href = url_for("desk.messages_send", ref=case.ref)
    return {"form": box, "audiences": audiences, "message_href": href}


def _audiences(actor: Actor, chosen: str) -> list[dict[str, Any]]:
    choices: list[dict[str, Any]] = []
    if may(actor, Permission.MESSAGE_SEND):
        choices += [
            {
                "value": "complainant",
                "text": _("To complainant"),
                "icon": "reply",
                "send": _("Send to complainant"),
            },
            {
                "value": "respondent",
                "text": _("To respondent"),
                "icon": "reply",
                "send": _("Send to respondent"),
            },
        ]
    if may(actor, Permission.NOTE_ADD):
        choices.append(
            {"value": "note", "text": _("Internal note"), "icon": "lock", "send": _("Save note")}
        )
    known = (
        chosen
        if chosen in {one["value"] for one in choices}
        else (choices[0]["value"] if choices else "")
    )
    return [one | {"checked": one["value"] == known} for one in choices]


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
