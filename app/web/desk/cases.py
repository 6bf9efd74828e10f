"""S1: the desk list. Filters live in the address and show as chips in words; fifty rows a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, request

from app.accounts.queries import names_of
from app.accounts.rules import Permission, may, own_path
from app.cases.commands import AssignCase
from app.cases.service import people
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext, translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.ledger.queries.holds import held_cases
from app.queues.queries.conditions import Asked, Moments, moments_of
from app.queues.queries.kept import preference_of, views_of
from app.queues.queries.listing import list_page, tags_on, totals
from app.queues.rules.bulk import MOST
from app.queues.rules.columns import Column
from app.queues.rules.order import Place, Sort
from app.queues.rules.views import CaseRow, Preference, Reach, Totals, ViewRow
from app.web.desk.face import bp
from app.web.desk.head import load_case, seen_version
from app.web.desk.list_address import Address, link, read_address, read_signed, sign_place
from app.web.desk.list_counts import forget_numbers, numbers_of
from app.web.desk.list_line import list_line
from app.web.desk.list_rows import (
    Head,
    ListPage,
    QueueLink,
    Reader,
    groups_of,
    reader_of,
    rows_of,
    shown_columns,
    total_words,
)
from app.web.desk.list_words import COLUMNS, FIELDS, LATE, QUEUES, SORTS, TODAY, chips_of
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the page read, before it becomes words."""

    address: Address
    at: Moments
    views: tuple[ViewRow, ...]
    preference: Preference
    rows: tuple[CaseRow, ...]
    place: Place | None
    totals: Totals | None
    tags: dict[UUID, tuple[str, ...]]
    numbers: dict[str, int]
    owner_name: str
    held: frozenset[UUID] = frozenset()


@bp.get("/desk")
@policy(Permission.CASE_LIST)
def cases_list() -> ResponseReturnValue:
    """Choose the next case."""
    return _list(())


@bp.post("/desk/select")
@policy(Permission.CASE_LIST)
def cases_select() -> ResponseReturnValue:
    """The same list with a selection kept from other pages; nothing is changed."""
    return _list(tuple(dict.fromkeys(request.form.getlist("case")))[:MOST])


@bp.post("/desk/cases/<ref>/assign")
@policy(Permission.CASE_TRIAGE, on="case")
def cases_assign(ref: str) -> ResponseReturnValue:
    """Take a case that nobody owns."""
    actor = current_actor()
    with transaction(actor) as tx:
        case = load_case(tx, actor, ref)
        seen = seen_version(request.form.get("version"), case.view.version)
        people.assign(tx, AssignCase(case.id, actor.person_id, seen), actor, services().clock)
    forget_numbers(actor)
    flash(_("%(ref)s is yours now.", ref=case.ref), "ok")
    back = own_path(request.form.get("next", "")) or "/desk"
    return redirect(f"{back}#{case.ref}", 303)


def _list(kept: tuple[str, ...]) -> ResponseReturnValue:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        loaded = _load(tx, actor)
    reader = reader_of(actor, loaded.at)
    page = list_page_of(loaded, reader, kept)
    shown = render_template("desk/cases/list.html", page=page, line=list_line, locale=reader.locale)
    return shown, 422 if page.problem else 200


def _load(tx: Tx, actor: Actor) -> Loaded:
    at = moments_of(services().clock.now(), actor.zone)
    views = views_of(tx, actor)
    address = read_address(request.args, views)
    rows: tuple[CaseRow, ...] = ()
    place, counted = None, None
    if address.problem is None:
        try:
            asked = Asked(address.wanted, at, address.sort)
            rows, place = list_page(tx, actor, asked, read_signed(address, actor))
            counted = totals(tx, actor, asked)
        except Invalid as problem:  # a column that the reader may not see
            address = Address(address.args, Sort.DUE, address.wanted, address.view, "", problem)
    preference = preference_of(tx, actor)
    tags = tags_on(tx, actor, [row.id for row in rows]) if Column.TAGS in preference.columns else {}
    numbers = numbers_of(tx, actor, counted_queries(views), at)
    name = owner_name_of(tx, address)
    return Loaded(
        address, at, views, preference, rows, place, counted, tags, numbers, name, held_among(tx, actor, rows)
    )  # fmt: skip


def held_among(tx: Tx, actor: Actor, rows: tuple[CaseRow, ...]) -> frozenset[UUID]:
    """Cases of the page with money on hold; nothing for whoever may not see holds."""
    if not may(actor, Permission.HOLD_READ):
        return frozenset()
    return held_cases(tx, actor, [row.id for row in rows])


def counted_queries(views: tuple[ViewRow, ...]) -> tuple[str, ...]:
    """Filters whose numbers stand in the navigation and the head."""
    return (*(query for _w, _i, query in QUEUES), *(view.query for view in views), "", TODAY)


def owner_name_of(tx: Tx, address: Address) -> str:
    """Whom the filter names; nothing for me and nobody."""
    owner = address.wanted.owner
    return names_of(tx, [UUID(owner)]).get(UUID(owner), "") if len(owner) > len("nobody") else ""


def list_page_of(loaded: Loaded, reader: Reader, kept: tuple[str, ...]) -> ListPage:
    """What was read, in words."""
    address, actor = loaded.address, reader.actor
    columns = shown_columns(loaded.preference.columns, reader)
    rows = rows_of(
        loaded.rows,
        loaded.tags,
        frozenset(one.partition(":")[0] for one in kept),
        reader,
        loaded.held,
    )
    return ListPage(
        summary=_summary(loaded.numbers), here=address.here, query=address.query,
        chips=tuple(
            {"field": chip.field, "value": chip.value, "remove": _without(address, chip.name)}
            for chip in chips_of(address.wanted, loaded.owner_name)
        ),
        sort=str(SORTS[address.sort]), queues=_queues(loaded), views=_views(loaded, Reach.OWN, Reach.TEAM),
        heads=_heads(columns, address), columns=frozenset(columns), density=loaded.preference.density,
        groups=groups_of(rows, address.sort, loaded.totals, loaded.at),
        total=total_words(loaded.totals) if loaded.totals else "", can_select=bool(_acts(actor)),
        kept=tuple(one for one in kept if one.partition(":")[0] not in {row.id for row in rows}),
        problem=_problem(address), empty=_empty(loaded),
        next=address.page(sign_place(loaded.place, address, actor)) if loaded.place else "",
        first=address.here if address.after else "",
        jobs_href="/desk/jobs" if may(actor, Permission.JOB_READ) else "",
        may_file=may(actor, Permission.CASE_FILE_ON_BEHALF),
        filters_href=link(address.query).replace("/desk", "/desk/filters", 1),
        csv_href=link(address.query).replace("/desk", "/desk/cases.csv", 1),
        board_href=address.here.replace("/desk", "/desk/board", 1),
        view=address.view, since=loaded.at.now.isoformat(), acts=_acts(actor),
    )  # fmt: skip


def _summary(numbers: dict[str, int]) -> str:
    if "" not in numbers or TODAY not in numbers:
        return ""
    due = ngettext("%(num)s due today", "%(num)s due today", numbers[TODAY])
    return _("%(open)s open cases, %(due)s", open=numbers[""], due=due)


def _without(address: Address, name: str) -> str:
    """The address without a filter; taking away the standing "open" asks for all."""
    return address.href(**{name: "all" if name == "status" else ""})


def _queues(loaded: Loaded) -> tuple[QueueLink, ...]:
    here = loaded.address.query
    standing = [
        QueueLink(
            str(words), link(query), icon, loaded.numbers.get(query), here == query and not loaded.address.view,
            query == LATE,
        )
        for words, icon, query in QUEUES
    ]  # fmt: skip
    return (*standing, *_views(loaded, Reach.QUEUE))


def _views(loaded: Loaded, *reach: Reach) -> tuple[QueueLink, ...]:
    here = loaded.address.view.id if loaded.address.view else None
    return tuple(
        QueueLink(
            view.name, link("", {"view": view.slug}), view.icon, loaded.numbers.get(view.query), view.id == here
        )
        for view in loaded.views
        if view.reach in reach
    )  # fmt: skip


def _heads(columns: tuple[Column, ...], address: Address) -> tuple[Head, ...]:
    """Heads of the columns; pressing one that is sorted already turns it round, where there is a way back."""
    ways = {
        "due": (Sort.DUE,), "updated": (Sort.UPDATED, Sort.UPDATED_OLDEST),
        "opened": (Sort.OPENED, Sort.OPENED_OLDEST), "stake": (Sort.STAKE,),
    }  # fmt: skip
    heads = [("due", _("Next deadline"), False), ("", _("Case"), False)]
    heads += [(one.value, str(COLUMNS[one]), one in _NUMBERS) for one in columns]
    found = []
    for name, text, num in heads:
        possible = ways.get(name, ())
        other = next((one for one in possible if one is not address.sort), address.sort)
        sorted_ = (
            ("descending" if address.sort.descends else "ascending")
            if address.sort in possible
            else ""
        )
        found.append(
            Head(name, text, num, address.href(sort=other.value) if possible else "", sorted_)
        )
    return tuple(found)


_NUMBERS = frozenset({Column.STAKE, Column.OPENED, Column.UPDATED})


def _problem(address: Address) -> str:
    """What is wrong with the address: the field and the fix (B013)."""
    if address.problem is None:
        return ""
    field = str(FIELDS.get(address.problem.field, address.problem.field))
    return _("%(field)s: %(problem)s", field=field, problem=translated(address.problem.message))


def _empty(loaded: Loaded) -> str:
    if loaded.address.args:
        return _("No case fits these filters.")
    waiting = loaded.numbers.get("needs=parties")
    if waiting is None:
        return _("Nothing is due.")
    return _("Nothing is due. %(count)s cases wait for others.", count=waiting)


def _acts(actor: Actor) -> tuple[tuple[str, str, str, str], ...]:
    """Bulk acts of the role: name, words, icon, key."""
    found: list[tuple[Permission, tuple[str, str, str, str]]] = [
        (Permission.CASE_TRIAGE, ("assign", _("Assign"), "user-plus", "list.assign")),
        (Permission.CASE_TRIAGE, ("tag", _("Tag"), "tag", "list.tag")),
        (Permission.CASE_TRIAGE, ("untag", _("Remove tag"), "x", "")),
        (Permission.CASE_ACT, ("stage", _("Stage"), "arrow-right", "list.stage")),
        (Permission.MESSAGE_SEND, ("macro", _("Macro"), "zap", "list.macro")),
        (Permission.CASE_ACT, ("deadline", _("Deadline"), "clock", "list.deadline")),
        (Permission.CASE_TRIAGE, ("link", _("Link"), "link", "")),
        (Permission.CASE_ACT, ("duplicate", _("Merge"), "copy", "")),
    ]
    if not may(actor, Permission.CASE_TRIAGE):
        found = [one for one in found if one[1][0] == "stage"]
    return tuple(row for permission, row in found if may(actor, permission))
