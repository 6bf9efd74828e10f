"""What we asked for, as a task list: each line with its state in words and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.cases.rules.views import CaseView
from app.conversations.queries.requests import RequestItemRow, RequestRow
from app.conversations.rules.requests import ItemKind, ItemState
from app.evidence.queries import ItemRow
from app.infra.i18n import gettext as _
from app.web.portal.files import ICONS as FILE_ICONS
from app.web.portal.progress import ENDED
from app.web.shared.context import current_actor
from app.web.shared.filters import date_words, size_words
from app.web.shared.shell import pick_locale

ICONS = {
    ItemKind.DOCUMENT: "file-pen-line", ItemKind.QUESTION: "message-square", ItemKind.CHOICE: "list",
    ItemKind.CONFIRMATION: "clipboard-check", ItemKind.SIGNATURE: "pencil",
}  # fmt: skip
RECEIVED = frozenset({ItemState.ANSWERED, ItemState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One item. *done*: received or settled."""

    name: str
    hint: str
    href: str
    icon: str
    tone: str
    chip_icon: str
    state: str
    done: bool


def item_state(item: RequestItemRow, *, is_over: bool = False) -> tuple[str, str, str]:
    """(words, tone, icon) for the party. *is_over*: the case is decided, nobody looks at it any more."""
    if is_over and item.state is ItemState.ANSWERED:
        return _("Received"), "neutral", "check"
    if is_over and (item.is_waiting or item.state is ItemState.LAPSED):
        return _("No answer came"), "neutral", "minus"
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


def request_lines(
    requests: tuple[RequestRow, ...], case: CaseView, files: tuple[ItemRow, ...] = ()
) -> list[RequestLine]:
    """Every item of every request, the open ones first."""
    known = {file.id: file for file in files}
    lines = [_line(item, request, case, known) for request in requests for item in request.items]
    return sorted(lines, key=lambda line: line.done)


def _line(
    item: RequestItemRow, request: RequestRow, case: CaseView, known: dict[UUID, ItemRow]
) -> RequestLine:
    words, tone, icon = item_state(item, is_over=case.state in ENDED)
    sent = (
        known.get(item.answer.evidence_ids[0]) if item.answer and item.answer.evidence_ids else None
    )
    return RequestLine(
        item.title, _hint(item, sent), f"/cases/{case.ref}/requests/{request.number}?item={item.position}",
        FILE_ICONS.get(sent.kind, ICONS[item.kind]) if sent else ICONS[item.kind],
        tone, icon, words, not item.is_waiting,
    )  # fmt: skip


def _hint(item: RequestItemRow, sent: ItemRow | None) -> str:
    """The desk's last word, else what was sent, else what is asked."""
    if item.is_waiting or item.state not in RECEIVED or item.answer is None:
        return item.note or item.hint
    if sent is not None:
        size = size_words(sent.size, pick_locale())
        return _("%(name)s, %(size)s", name=sent.filename, size=size)
    day = date_words(item.answer.at, pick_locale(), current_actor().zone, "MMMd")
    return _("Received %(day)s", day=day)
