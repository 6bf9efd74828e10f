"""Files of a plain form post: staged outside the transaction, then admitted in one of their own each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from flask import request

from app.evidence.queries import ItemRow, items_of
from app.evidence.rules.items import ItemState
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid, NotFound, Refused
from app.web.portal.face import one_value_a_field
from app.web.shared.answers import translated
from app.web.shared.context import current_actor
from app.web.shared.uploads import receive_one

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

    from app.kernel.sides import Side

ICONS = {
    "image": "image", "audio": "audio-lines", "video": "video", "archive": "file-archive", "table": "receipt",
    "mail": "mail", "document": "file-text",
}  # fmt: skip
ALL_FILES = 20


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One row of a list of files, in words."""

    id: UUID
    label: str
    name: str
    state: str
    tone: str
    icon: str
    size: int
    href: str | None
    shared: str
    can_withdraw: bool


def shown_file(item: ItemRow, address: str = "", *, is_judged: bool = False) -> ShownFile:
    """An item as artists read it. *address*: where the file opens, empty for nowhere.

    *is_judged*: a decision rests on it already, so taking it back is not offered.
    """
    state, tone = _state_words(item)
    shared = ""
    if item.is_shared:
        shared = _("The other side sees it") if item.is_own else _("From the other side")
    return ShownFile(
        item.id, item.label, item.filename, state, tone, ICONS.get(item.kind, "file"), item.size,
        f"{address}/{item.id}" if address and item.can_open else None, shared,
        item.is_own and item.state is ItemState.ACCEPTED and not is_judged,
    )  # fmt: skip


def _state_words(item: ItemRow) -> tuple[str, str]:
    if item.duplicate_of:
        return _("The same file as %(label)s", label=item.duplicate_of), ""
    words = {
        ItemState.ACCEPTED: (_("Received and checked"), "ok"),
        ItemState.WITHDRAWN: (_("You took it back"), ""),
        ItemState.BLOCKED: (_("Blocked: it may harm computers. Nobody can open it."), "danger"),
        ItemState.REFUSED: (_("Not taken"), "danger"),
    }
    return words.get(item.state, (_("Checking"), ""))


def posted_files() -> list[FileStorage]:
    """The chosen files of the form, without the empty rows browsers send."""
    one_value_a_field()
    return [upload for upload in request.files.getlist("file") if upload.filename]


def uploaded_items(case_id: UUID) -> tuple[UUID, ...]:
    """Files that came in parts before the form: ids of the reader's own side in this case. Raises NotFound (B143)."""
    given = [one for one in request.form.get("uploaded", "").split(",") if one]
    if not given:
        return ()
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        own = {str(item.id): item.id for item in items_of(tx, actor, case_id) if item.is_own}
    if len(given) > ALL_FILES or not set(given) <= set(own):
        raise NotFound(str(case_id))
    return tuple(own[one] for one in dict.fromkeys(given))


def receive_posted(case_id: UUID, side: Side | None) -> list[str]:
    """Take every file of the form; what went wrong with which, in words. Empty when all are safe with us."""
    uploads = posted_files()
    if not uploads:
        return [_("Choose a file first.")]
    if len(uploads) > ALL_FILES:
        return [_("Send at most %(n)s files at once.", n=ALL_FILES)]
    problems, received = [], []
    for number, upload in enumerate(uploads):
        try:
            received.append(receive_one(case_id, side, upload, number))
        except (Invalid, Refused) as error:
            problems.append(translated(error) if isinstance(error, Invalid) else str(error.message))
    return problems
