"""What we asked for, as a task list: each line with its state in words."""

from __future__ import annotations

from dataclasses import dataclass

from app.conversations.queries.requests import RequestItemRow, RequestRow
from app.conversations.rules.requests import ItemKind, ItemState
from app.infra.i18n import gettext as _

ICONS = {
    ItemKind.DOCUMENT: "file-pen-line", ItemKind.QUESTION: "message-square", ItemKind.CHOICE: "list",
    ItemKind.CONFIRMATION: "clipboard-check",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One item. *done*: received or settled."""

    name: str
    hint: str
    href: str | None
    icon: str
    tone: str
    chip_icon: str
    state: str
    done: bool


def item_state(item: RequestItemRow) -> tuple[str, str, str]:
    """(words, tone, icon) for the party."""
    words = {
        ItemState.ASKED: (_("Needed"), "warn", "clock"),
        ItemState.ASKED_AGAIN: (_("Needed again"), "warn", "clock"),
        ItemState.ANSWERED: (_("In review"), "info", "eye"),
        ItemState.CANNOT_PROVIDE: (_("You cannot provide it"), "neutral", "minus"),
        ItemState.LAPSED: (_("Time passed, you can still answer"), "neutral", "clock"),
        ItemState.ACCEPTED: (_("Accepted"), "ok", "check"),
        ItemState.WAIVED: (_("No longer needed"), "neutral", "check"),
    }
    return words[item.state]


def request_lines(requests: tuple[RequestRow, ...], ref: str) -> list[RequestLine]:
    """Every item of every request, the open ones first."""
    lines = [_line(item, request, ref) for request in requests for item in request.items]
    return sorted(lines, key=lambda line: line.done)


def _line(item: RequestItemRow, request: RequestRow, ref: str) -> RequestLine:
    words, tone, icon = item_state(item)
    open_still = item.is_waiting or item.state is ItemState.LAPSED
    href = f"/cases/{ref}/requests/{request.number}" if open_still else None
    return RequestLine(
        item.title,
        item.note or item.hint,
        href,
        ICONS[item.kind],
        tone,
        icon,
        words,
        not item.is_waiting,
    )
