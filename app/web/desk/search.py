"""S10: find anything of a case. A reference goes straight to it; filters live in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from app.accounts.rules import Permission
from app.cases.rules.kinds import State
from app.catalogue.queries import About, AboutCase
from app.infra.db.transaction import brief, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext
from app.kernel.actor import Actor
from app.search.commands import Subject
from app.search.queries import Found, recent_words
from app.search.rules import EXCERPT, Piece, Question, ask, highlight
from app.search.service import forget_words, remember_words
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.words import state_name
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy
from app.web.shared.ratelimit import SEARCHES, limited
from app.workflows.find import Answer, Look, find, findable

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

LONGEST = 200
_KINDS: dict[Subject, tuple[Any, str]] = {
    Subject.CASE: (__("Case"), "inbox"),
    Subject.FILING: (__("What happened"), "file-text"),
    Subject.PARTY: (__("Person"), "user"),
    Subject.CONTACT: (__("Address"), "mail"),
    Subject.MESSAGE: (__("Message"), "message-square"),
    Subject.NOTE: (__("Internal note"), "lock"),
    Subject.EVIDENCE: (__("Exhibit"), "file-text"),
    Subject.LETTER: (__("Letter"), "mail"),
    Subject.RELEASE: (__("Release"), "package"),
    Subject.RECORDING: (__("Recording"), "audio-lines"),
}
_GROUPS: dict[str, tuple[Any, frozenset[Subject]]] = {
    "cases": (__("Cases"), frozenset({Subject.CASE, Subject.FILING})),
    "people": (__("People"), frozenset({Subject.PARTY, Subject.CONTACT})),
    "messages": (__("Messages and notes"), frozenset({Subject.MESSAGE, Subject.NOTE})),
    "exhibits": (__("Exhibits"), frozenset({Subject.EVIDENCE})),
    "letters": (__("Letters"), frozenset({Subject.LETTER})),
    "releases": (__("Releases and recordings"), frozenset({Subject.RELEASE, Subject.RECORDING})),
}


class SearchForm(FlaskForm):
    """The words and filters as a form that puts itself into the address."""

    class Meta:
        """Reading needs no token."""

        csrf = False

    q = StringField(__("Search for"))
    kind = SelectField(__("Kind of thing"), validate_choice=False)
    state = SelectField(__("Stage of the case"), validate_choice=False)
    since = StringField(__("From"), description=__("For example 2026-11-24."))
    until = StringField(__("To"))

    def __init__(self, actor: Actor) -> None:
        super().__init__(formdata=request.args)
        self._mine = findable(actor)

    @property
    def offered(self) -> SearchForm:
        """With what there is to choose from: the empty filters are drawn once, so most pages do not ask."""
        groups = [(key, words) for key, (words, kinds) in _GROUPS.items() if kinds & self._mine]
        self.kind.choices = choices([("", _("Everything")), *groups])
        stages = [(s.value, state_name(s)) for s in State if s not in _UNFILED]
        self.state.choices = choices([("", _("All")), *stages])
        return self

    @property
    def is_unfiltered(self) -> bool:
        """No filter is said, not even a wrong one."""
        return not any(one.data for one in (self.kind, self.state, self.since, self.until))

    @property
    def findable(self) -> frozenset[Subject]:
        """Readers who may find the same see the same empty filters."""
        return self._mine


_UNFILED = frozenset({State.NONE, State.DRAFT, State.DELETED})


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the answer; *title*, *text* in marked and plain pieces.

    Things of the catalogue have no *href*: they came out on a *day* and have cases *about* them, and *more*.
    """

    href: str | None
    kind: str
    icon: str
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    ref: str
    state: str
    outcome: str | None
    sub_kind: str
    at: datetime
    day: date | None = None
    about: tuple[AboutCase, ...] = ()
    more: int = 0


@bp.get("/search")
@policy(Permission.CASE_LIST)
def search_show() -> ResponseReturnValue:
    """Look for words, names, identifiers; nothing typed shows what was looked for lately."""
    actor = current_actor()
    form = SearchForm(actor)
    typed = (form.q.data or "").strip()[:LONGEST]
    if not typed:
        with transaction(actor, read_only=True) as tx:
            recent = recent_words(tx, actor.person_id) if actor.person_id else ()
        return render_template("desk/search/show.html", form=form, typed="", recent=recent)
    return _answer(form, typed, actor)


@limited(SEARCHES)
def _answer(form: SearchForm, typed: str, actor: Actor) -> ResponseReturnValue:
    look = _look(form, ask(typed), actor)
    if form.errors:
        page = render_template("desk/search/show.html", form=form, typed="", recent=())
        return page, 422
    with brief(actor, lasts=False) as tx:
        answer = find(tx, look, actor, request.args.get("after"))
        if actor.person_id and answer.page.total and "after" not in request.args:
            remember_words(tx, actor.person_id, typed, services().clock)
    straight = next((row for row in answer.page.rows if _is_named(row, look.asked)), None)
    if straight is not None:
        return redirect(url_for("desk.cases_show", ref=straight.ref), 303)
    return render_template(
        "desk/search/show.html", form=form, typed=typed, recent=(), similar=answer.similar,
        hits=[_hit(row, look.asked, answer.about.get(row.id)) for row in answer.page.rows], summary=_summary(answer),
        next=_address(after=answer.page.next) if answer.page.next else None,
        first=_address(after="") if "after" in request.args else None,
    )  # fmt: skip


@bp.post("/search/recent/clear")
@policy(Permission.CASE_LIST)
def search_clear_recent() -> ResponseReturnValue:
    """Forget what I looked for."""
    actor = current_actor()
    with transaction(actor) as tx:
        if actor.person_id:
            forget_words(tx, actor.person_id)
    return redirect(url_for("desk.search_show"), 303)


def _is_named(row: Found, asked: Question) -> bool:
    """The whole question is this case's reference."""
    return bool(asked.ref) and row.subject is Subject.CASE and row.ref == asked.ref


def _look(form: SearchForm, asked: Question, actor: Actor) -> Look:
    kind, state = form.kind.data or "", form.state.data or ""
    return Look(
        asked,
        _GROUPS[kind][1] if kind in _GROUPS else frozenset(),
        (state,) if state in set(State) - _UNFILED else (),
        _day(form.since, actor.zone, timedelta()),
        _day(form.until, actor.zone, timedelta(days=1)),
    )


def _day(field: StringField, zone: str, later: timedelta) -> datetime | None:
    """The beginning of a day in the reader's zone, *later* on; what is no day stands at its field."""
    if not field.data or not field.data.strip():
        return None
    try:
        day = date.fromisoformat(field.data.strip()) + later
        return datetime.combine(day, time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        field.errors = [_("Enter a day, for example 2026-11-24.")]
        return None


def _hit(row: Found, asked: Question, about: About | None) -> Hit:
    words, icon = _KINDS[row.subject]
    title = row.title or row.case_title or row.ref
    return Hit(
        _place(row), str(words), icon, highlight(title, asked, EXCERPT), highlight(row.body, asked, EXCERPT),
        row.ref, row.state, row.outcome, row.sub_kind, row.at, None if row.ref else row.at.astimezone(UTC).date(),
        about.cases if about else (), about.total - len(about.cases) if about else 0,
    )  # fmt: skip


def _place(row: Found) -> str | None:
    """Where the thing itself is shown; the catalogue has no pages on the desk."""
    if not row.ref:
        return None
    if row.subject is Subject.EVIDENCE:
        return url_for("desk.cases_show", ref=row.ref, exhibit=row.body, pane="evidence")
    if row.subject is Subject.LETTER:
        return url_for("desk.letters_show", ref=row.ref, letter_id=row.id)
    return url_for("desk.cases_show", ref=row.ref)


def _summary(answer: Answer) -> str:
    if answer.page.more:
        return _("1,000+ found, the newest first")
    if answer.similar:
        return _("Nothing fits exactly. These names are similar.")
    return ngettext("%(num)s found", "%(num)s found, the newest first", answer.page.total)


def _address(**changes: str | None) -> str:
    args = {**request.args.to_dict(), **changes}
    query = urlencode({key: value for key, value in args.items() if value})
    return f"{url_for('desk.search_show')}?{query}"
