"""A3: my cases by need, with search, a filter by need, and keyset paging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from app.accounts.rules import Permission
from app.cases.queries import my_cases
from app.cases.rules.kinds import State
from app.cases.rules.views import MyCaseRow, MyFilter, Need
from app.cases.rules.words import KIND_WORDS
from app.conversations.queries.timeline import unread_in
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.web.portal.case_words import ICONS, title_of
from app.web.portal.face import bp
from app.web.shared.context import current_actor
from app.web.shared.filters import due_words, when_words
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale

WORDS_MOST = 200


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One case or draft of the list. *subject*: the release, for cover or initials; *unread*: words or empty."""

    href: str
    subject: str
    title: str
    kind: str
    icon: str
    ref: str
    state: str
    outcome: str | None
    mine: bool
    unread: str
    next: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cases with the same need."""

    title: str
    rows: list[CaseCard]


def need_words(need: Need) -> str:
    """The heading of a group, and what the filter offers."""
    words = {
        Need.NEEDS_ME: _("Needs you"),
        Need.DRAFT: _("Not sent yet"),
        Need.OPEN: _("Open"),
        Need.ENDED: _("Decided and closed"),
    }
    return words[need]


def _wanted() -> MyFilter:
    """The filter in the address; an unknown need is none."""
    need = request.args.get("need", "")
    words = request.args.get("q", "")[:WORDS_MOST]
    return MyFilter(words, Need(need) if need in set(Need) else None)


@bp.get("/cases")
@policy(Permission.PARTY_CASE_READ)
def index() -> str:
    """Cards by need: what needs me, drafts, open, decided and closed."""
    actor, wanted, cursor = current_actor(), _wanted(), request.args.get("after")
    with transaction(actor, read_only=True) as tx:
        page = my_cases(tx, actor, cursor, wanted)
        unread = unread_in(tx, actor, [row.id for row in page.rows if row.ref])
    groups = [
        Group(need_words(need), [_card(row, unread.get(row.id, 0)) for row in rows])
        for need, rows in groupby(page.rows, key=lambda row: row.need)
    ]
    kept = {"q": wanted.text, "need": wanted.need.value if wanted.need else ""}
    return render_template(
        "portal/cases/index.html", groups=groups, wanted=wanted, filtered=bool(any(kept.values())),
        needs=[(need.value, need_words(need)) for need in Need],
        first=_address(kept) if cursor else None,
        more=_address(kept | {"after": page.next_cursor}) if page.next_cursor else None,
    )  # fmt: skip


def _address(values: dict[str, Any]) -> str:
    given = {name: value for name, value in values.items() if value}
    return f"/cases?{urlencode(given)}" if given else "/cases"


def _card(row: MyCaseRow, unread: int) -> CaseCard:
    draft = row.need is Need.DRAFT
    title = row.subject_title or _("Without a title yet")
    return CaseCard(
        href=f"/cases/new/{row.id}/check" if draft else f"/cases/{row.ref}",
        subject=row.subject_title, title=title if draft else title_of(row.kind, row.subject_title),
        kind=_(KIND_WORDS[row.kind]), icon=ICONS[row.kind], ref=row.ref or "", state=row.state.value,
        outcome=row.outcome.value if row.outcome else None, mine=row.needs_me,
        unread=ngettext("%(num)s new message", "%(num)s new messages", unread) if unread else "",
        next=_next(row),
    )  # fmt: skip


def _next(row: MyCaseRow) -> str:
    """The next date in words: until when to answer, or when something happens; for drafts when they were saved."""
    locale, zone = pick_locale(), current_actor().zone

    def until(at: datetime) -> str:
        return due_words(at, locale, zone)

    if row.need is Need.DRAFT:
        return _("Saved %(when)s", when=when_words(row.updated_at, locale, zone))
    if row.due_at is None or row.state is State.CLOSED:
        return ""
    if row.needs_me:
        return _("Answer by %(when)s", when=until(row.due_at))
    if row.state is State.DECIDED:
        return _("You can write until %(when)s", when=until(row.due_at))
    return _("Next date: %(when)s", when=until(row.due_at))
