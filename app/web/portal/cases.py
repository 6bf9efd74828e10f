"""A3 and A4: my cases by need, and one case with everything about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from app.accounts.rules import Permission
from app.cases.queries import case_by_ref, my_cases
from app.cases.rules.kinds import State
from app.cases.rules.views import MyCaseRow
from app.cases.rules.words import KIND_WORDS
from app.conversations.commands import SendMessage
from app.conversations.queries.timeline import unread_in
from app.conversations.rules.audience import BODY_LIMIT, Audience
from app.conversations.service.messages import send_message
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.web.portal.answers import Words
from app.web.portal.case_view import ICONS, page_of, read_case, title_of
from app.web.portal.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.filters import due_words
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale


@dataclass(frozen=True, slots=True)
class DraftCard:
    """Not sent yet."""

    id: str
    title: str
    kind: str
    step: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One case of the list."""

    ref: str
    title: str
    kind: str
    icon: str
    state: str
    outcome: str | None
    mine: bool
    unread: int
    next: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cases with the same need."""

    title: str
    rows: list[CaseCard]


class MessageForm(FlaskForm):
    """Words to the desk."""

    body = TextAreaField(__("Write to us"), [Words(BODY_LIMIT, required=True, multiline=True)])


@bp.get("/cases")
@policy(Permission.PARTY_CASE_READ)
def index() -> str:
    """Cards by need: what needs me, open, closed; drafts first."""
    actor = current_actor()
    cursor = request.args.get("after")
    with transaction(actor, read_only=True) as tx:
        page = my_cases(tx, actor, cursor)
        unread = unread_in(tx, actor, [row.id for row in page.rows if row.ref])
    drafts = [_draft(row) for row in page.rows if row.state is State.DRAFT]
    cards = [
        (row, _card(row, unread.get(row.id, 0)))
        for row in page.rows
        if row.state is not State.DRAFT
    ]
    return render_template(
        "portal/cases/index.html", drafts=drafts, groups=_groups(cards), paged=bool(cursor),
        more=f"/cases?after={page.next_cursor}" if page.next_cursor else None,
    )  # fmt: skip


def _draft(row: MyCaseRow) -> DraftCard:
    return DraftCard(
        str(row.id), row.subject_title, _(KIND_WORDS[row.kind]), "check", row.updated_at
    )


def _card(row: MyCaseRow, unread: int) -> CaseCard:
    words = ""
    if row.due_at is not None and row.state is not State.CLOSED:
        when = due_words(row.due_at, pick_locale(), current_actor().zone)
        words = (
            _("Answer by %(when)s", when=when)
            if row.needs_me
            else _("Next date: %(when)s", when=when)
        )
    return CaseCard(
        str(row.ref), title_of(row.kind, row.subject_title), _(KIND_WORDS[row.kind]), ICONS[row.kind], row.state.value,
        row.outcome.value if row.outcome else None, row.needs_me, unread, words,
    )  # fmt: skip


def _groups(cards: list[tuple[MyCaseRow, CaseCard]]) -> list[Group]:
    ended = {State.CLOSED, State.DECIDED}
    titles = (_("Needs you"), _("Open"), _("Decided and closed"))
    sorted_in: list[list[CaseCard]] = [[], [], []]
    for row, card in cards:
        sorted_in[0 if row.needs_me else 2 if row.state in ended else 1].append(card)
    return [Group(title, rows) for title, rows in zip(titles, sorted_in, strict=True) if rows]


@bp.get("/cases/<ref>")
@policy(Permission.PARTY_CASE_READ, on="case")
def show(ref: str) -> str:
    """One case."""
    return case_page(ref)


def case_page(ref: str, form: Any = None, problems: list[str] | None = None) -> str:
    """The page, also after a form on it failed: what was typed stays."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        found = read_case(tx, actor, ref, request.args.get("before"))
    page = page_of(found, actor, pick_locale())
    shown = form if form is not None else MessageForm(formdata=None)
    extra = [("file", words) for words in problems or []]
    failed = bool(extra) or bool(form is not None and form.errors)
    return render_template(
        "portal/cases/show.html",
        page=page,
        form=shown,
        problems=problems or [],
        extra=extra,
        failed=failed,
    )


@bp.post("/cases/<ref>/messages")
@policy(Permission.PARTY_MESSAGE_SEND, on="case")
@once_per_key
def write(ref: str) -> Response | tuple[str, int]:
    """Send words to the desk."""
    form, actor = MessageForm(), current_actor()
    if not form.validate():
        return case_page(ref, form), 422
    with transaction(actor) as tx:
        case = case_by_ref(tx, actor, ref)
        command = SendMessage(
            case.id,
            Audience.DESK,
            str(form.body.data),
            pick_locale(),
            client_key=request.form.get("idempotency_key", "")[:80],
        )
        send_message(tx, command, actor, services().clock)
    flash(_("Sent. We usually reply within one working day."))
    return redirect(f"/cases/{case.ref}#talk-title", 303)
