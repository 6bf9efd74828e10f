"""S1: the desk list. Filters live in the address and show as chips in words; fifty rows a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from app.accounts.rules import Permission, may, own_path
from app.cases.commands import AssignCase
from app.cases.queries import queue_counts, queue_page
from app.cases.rules.kinds import Kind, State
from app.cases.rules.views import FAR, QueueCounts, QueueFilter, QueueRow
from app.cases.rules.words import Mover
from app.cases.service import people
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.head import end_of_day, load_case, seen_version
from app.web.desk.rows import ClockRow, Group, ListPage, ListRow, QueueLink
from app.web.desk.words import clock_words, kind_words, state_name
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_OWNERS = {"me": __("me"), "nobody": __("nobody")}
_DUE = {"late": __("late"), "attention": __("needs attention")}
_WAITING = (Mover.COMPLAINANT, Mover.RESPONDENT, Mover.BOTH)
# Queues of the navigation: key, words, icon, name of its count, query of its address.
_QUEUES: tuple[tuple[Any, str, str, dict[str, str]], ...] = (
    (__("Mine"), "user", "mine", {"owner": "me"}),
    (__("Overdue"), "circle-alert", "late", {"due": "late"}),
    (__("Needs first reply"), "message-square", "new", {"state": "submitted,notice_review"}),
    (__("Statutory clocks"), "scale", "statutory", {"state": "restoration_window"}),
    (__("Waiting on a party"), "hourglass", "waiting", {"needs": "parties"}),
    (__("Ready to decide"), "gavel", "review", {"state": "review,appeal_review"}),
    (__("To confirm"), "users", "confirmation", {"state": "confirmation"}),
    (__("Needs attention"), "triangle-alert", "attention", {"due": "attention"}),
)


class FilterForm(FlaskForm):
    """The filters as a form that puts itself into the address."""

    class Meta:
        """Reading needs no token."""

        csrf = False

    q = StringField(__("Text, reference, ISRC or UPC"))
    state = SelectField(__("Stage"), validate_choice=False)
    kind = SelectField(__("Kind"), validate_choice=False)
    owner = SelectField(__("Owner"), validate_choice=False)
    due = SelectField(__("Deadline"), validate_choice=False)

    def __init__(self, **values: Any) -> None:
        super().__init__(formdata=request.args, **values)
        stages = [
            (s.value, state_name(s))
            for s in State
            if s not in {State.NONE, State.DRAFT, State.DELETED}
        ]
        self.state.choices = choices([("", _("Open")), *stages])
        kinds = [(kind.value, kind_words(kind)) for kind in Kind]
        self.kind.choices = choices([("", _("All")), *kinds])
        self.owner.choices = choices([("", _("Anybody")), *_OWNERS.items()])
        self.due.choices = choices([("", _("Any")), *_DUE.items()])


def wanted_filter(args: dict[str, str]) -> QueueFilter:
    """The filter that an address means; unknown values fall away."""
    states = tuple(State(name) for name in args.get("state", "").split(",") if name in set(State))
    owner = args.get("owner", "")
    return QueueFilter(
        kinds=(Kind(args["kind"]),) if args.get("kind") in set(Kind) else (),
        states=states,
        needs=_WAITING if args.get("needs") == "parties" else (),
        owner=owner if owner in _OWNERS or _is_id(owner) else "",
        late=args.get("due") == "late",
        attention=args.get("due") == "attention",
        open_only=args.get("status") != "all",
        text=args.get("q", "")[:200],
    )


@bp.get("/desk")
@policy(Permission.CASE_LIST)
def cases_list() -> ResponseReturnValue:
    """Choose the next case."""
    actor, clock = current_actor(), services().clock
    args = {key: value for key, value in request.args.items() if value}
    wanted, now = wanted_filter(args), clock.now()
    with transaction(actor, read_only=True) as tx:
        page = queue_page(tx, actor, wanted, args.get("after"), clock)
        counts = queue_counts(tx, actor, clock, end_of_day(now, actor.zone))
    rows = [_row(row, actor) for row in page.rows]
    listed = _list_page(args, wanted, counts, actor)
    listed = replace(
        listed,
        groups=_groups(rows, now, actor.zone),
        next=_address(args | {"after": page.next_cursor}) if page.next_cursor else None,
        first=_address(_without(args, "after")) if "after" in args else None,
    )
    return render_template("desk/cases/list.html", page=listed, form=FilterForm())


@bp.post("/desk/cases/<ref>/assign")
@policy(Permission.CASE_TRIAGE, on="case")
def cases_assign(ref: str) -> ResponseReturnValue:
    """Take a case that nobody owns."""
    actor = current_actor()
    with transaction(actor) as tx:
        case = load_case(tx, actor, ref)
        seen = seen_version(request.form.get("version"), case.view.version)
        people.assign(tx, AssignCase(case.id, actor.person_id, seen), actor, services().clock)
    flash(_("%(ref)s is yours now.", ref=case.ref), "ok")
    return redirect(own_path(request.form.get("next", "")) or url_for("desk.cases_list"), 303)


def _row(row: QueueRow, actor: Actor) -> ListRow:
    stake = None
    if row.disputed_amount is not None and row.disputed_currency:
        stake = Money(row.disputed_amount, row.disputed_currency)
    take = row.owner_id is None and may(actor, Permission.CASE_TRIAGE)
    return ListRow(
        href=url_for("desk.cases_show", ref=row.ref), ref=row.ref, title=row.subject_title or row.ref,
        artist=row.subject_artist, kind=kind_words(row.kind), country=row.country or "",
        language=row.language, state=row.state, outcome=row.outcome, owner=row.owner_name,
        is_mine=row.owner_id == actor.person_id, version=row.version,
        assign_href=url_for("desk.cases_assign", ref=row.ref) if take else "",
        stake=stake, is_held=False, updated_at=row.updated_at, clock=_clock(row),
        attention=_("look again") if row.needs_attention else "",
    )  # fmt: skip


def _clock(row: QueueRow) -> ClockRow | None:
    if row.next_due_at is None or row.next_due_at >= FAR:
        return None
    return ClockRow(
        clock_words(row.next_due_kind or ""), row.next_due_at, row.submitted_at, "running"
    )


def _groups(rows: list[ListRow], now: datetime, zone: str) -> tuple[Group, ...]:
    """Rows by stretch of time, empty stretches left out."""
    today = end_of_day(now, zone)
    week = today + timedelta(days=6)
    found: dict[str, list[ListRow]] = {}
    for row in rows:
        found.setdefault(
            _stretch(row.clock.due_at if row.clock else None, now, today, week), []
        ).append(row)
    return tuple(Group(title, len(group), tuple(group)) for title, group in found.items())


def _stretch(due: datetime | None, now: datetime, today: datetime, week: datetime) -> str:
    if due is None:
        return _("Without a deadline")
    if due < now:
        return _("Overdue")
    if due <= today:
        return _("Due today")
    return _("This week") if due <= week else _("Later")


def _list_page(
    args: dict[str, str], wanted: QueueFilter, counts: QueueCounts, actor: Actor
) -> ListPage:
    due = ngettext("%(num)s due today", "%(num)s due today", counts.soon)
    return ListPage(
        title=_("Desk"),
        summary=_("%(open)s open cases, %(due)s", open=counts.open, due=due),
        here=_address(args),
        action=url_for("desk.cases_list"),
        chips=tuple(_chips(args, wanted)),
        clear=url_for("desk.cases_list"),
        sort=_("next deadline"),
        queues=tuple(_queues(args, counts)),
        groups=(),
        empty=_empty(args, counts),
        next=None,
        first=None,
        jobs_href=url_for("desk.jobs_list") if may(actor, Permission.JOB_READ) else "",
    )


def _empty(args: dict[str, str], counts: QueueCounts) -> str:
    if _without(args, "after"):
        return _("No case fits these filters.")
    return _("Nothing is due. %(count)s cases wait for others.", count=counts.waiting)


def _chips(args: dict[str, str], wanted: QueueFilter) -> list[dict[str, str]]:
    shown: list[tuple[str, str, str]] = []
    if wanted.states:
        shown.append(("state", _("Stage is"), ", ".join(map(state_name, wanted.states))))
    elif wanted.open_only:
        shown.append(("status", _("Status is"), _("open")))
    if wanted.kinds:
        shown.append(("kind", _("Kind is"), ", ".join(map(kind_words, wanted.kinds))))
    if wanted.needs:
        shown.append(("needs", _("Waits for"), _("a party")))
    if wanted.owner:
        shown.append(("owner", _("Owner is"), str(_OWNERS.get(wanted.owner, _("somebody")))))
    if wanted.late or wanted.attention:
        shown.append(("due", _("Deadline is"), str(_DUE["late" if wanted.late else "attention"])))
    if wanted.text:
        shown.append(("q", _("Text has"), wanted.text))
    return [
        {"field": field, "value": value, "remove": _address(_changed(args, key))}
        for key, field, value in shown
    ]


def _queues(args: dict[str, str], counts: QueueCounts) -> list[QueueLink]:
    here = _without(args, "after")
    return [
        QueueLink(
            str(words), _address(query), icon, getattr(counts, name), here == query, name == "late"
        )
        for words, icon, name, query in _QUEUES
    ]


def _address(args: dict[str, str]) -> str:
    query = urlencode(args, safe=",")
    return f"{url_for('desk.cases_list')}?{query}" if query else url_for("desk.cases_list")


def _changed(args: dict[str, str], key: str) -> dict[str, str]:
    """Without the filter *key*; taking away the standing "open" asks for all."""
    left = _without(args, key, "after")
    return left | {"status": "all"} if key == "status" else left


def _without(args: dict[str, str], *names: str) -> dict[str, str]:
    return {key: value for key, value in args.items() if key not in names}


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
