"""Beside the list: a look at a case without leaving it, what changed since the page was made, the list as a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Response, render_template, request, stream_with_context

from app.accounts.rules import Permission, may
from app.cases.queries import clocks_of, parties_of
from app.edge.limits import EXPORTS
from app.exports.rules.cells import csv_line, text_cell
from app.history.service import record
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.queues.queries.conditions import Asked, moments_of
from app.queues.queries.kept import views_of
from app.queues.queries.listing import changed_since, every_row, list_page, tags_on
from app.queues.rules.views import CaseRow
from app.web.desk.face import bp
from app.web.desk.head import load_case
from app.web.desk.list_address import Address, read_address
from app.web.desk.words import clock_words, kind_words, side_words, state_name, sub_kind_words
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy
from app.web.shared.ratelimit import limited

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

MOST_LINES = 50_000
"""Lines of one file; more is a matter for reports."""


@bp.get("/desk/cases/<ref>/peek")
@policy(Permission.CASE_READ, on="case")
def cases_peek(ref: str) -> ResponseReturnValue:
    """The head of a case, its deadlines and parties; to read only."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        clocks, parties = clocks_of(tx, actor, case.id), parties_of(tx, actor, case.id)
        tags = tags_on(tx, actor, [case.id]).get(case.id, ())
    return render_template(
        "desk/cases/peek.html", case=case.head, view=case.view, tags=tags, can_tag=may(actor, Permission.CASE_TRIAGE),
        clocks=[(clock_words(one.kind), one) for one in clocks],
        parties=[(side_words(one.side), one.display_name) for one in parties],
    )  # fmt: skip


@bp.get("/desk/changes")
@policy(Permission.CASE_LIST)
def cases_changes() -> ResponseReturnValue:
    """Which of the named cases changed since then, and by whom. Asked every half minute, so 304 is the rule."""
    actor = current_actor()
    refs = tuple(one for one in request.args.get("rows", "")[:2000].split(",") if one)[:60]
    with transaction(actor, read_only=True) as tx:
        found = changed_since(tx, actor, refs, _since(request.args.get("since", "")))
    body = render_template("desk/cases/_changes.html", rows=found)
    response = Response(body, mimetype="text/html")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    return response.make_conditional(request)


def _since(text: str) -> datetime:
    """The moment of the page. Raises `Invalid`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("since", "moment", _("Load the page again.")) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@bp.get("/desk/cases.csv")
@policy(Permission.CASE_LIST)
@limited(EXPORTS)
def cases_csv() -> ResponseReturnValue:
    """What the list shows, every page of it, as a file. Who took it and what they asked for is recorded."""
    actor, now = current_actor(), services().clock.now()
    with transaction(actor, read_only=True) as tx:
        address = read_address(request.args, views_of(tx, actor))
        if address.problem is not None:
            return _problem(address)
        list_page(tx, actor, _asked(address, actor), limit=1)
    with transaction(actor) as tx:
        record(
            tx, actor, services().clock, verb="list.exported",
            subject=("person", str(actor.person_id)), data={"query": address.query},
        )  # fmt: skip
    response = Response(stream_with_context(_lines(address, actor)), mimetype="text/csv")
    name = f"cases-{now:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _problem(address: Address) -> ResponseReturnValue:
    assert address.problem is not None
    words = f"{address.problem.field}: {translated(address.problem.message)}\n"
    return Response(words, 422, mimetype="text/plain")


def _asked(address: Address, actor: Actor) -> Asked:
    return Asked(address.wanted, moments_of(services().clock.now(), actor.zone), address.sort)


def _lines(address: Address, actor: Actor) -> Iterator[str]:
    """Head and lines; amounts only for who may see them. Every text is made harmless for spreadsheets (B183)."""
    amounts = may(actor, Permission.PAYOUT_READ)
    head = [
        "reference", "kind", "sub_kind", "stage", "title", "artist", "country", "language", "store", "channel",
        "owner", "opened", "updated", "next_deadline", "next_deadline_kind",
    ]  # fmt: skip
    yield csv_line([*head, *(("amount", "currency") if amounts else ())])
    with transaction(actor, read_only=True) as tx:
        for row in every_row(tx, actor, _asked(address, actor), most=MOST_LINES):
            yield csv_line(_cells(row, amounts=amounts))


def _cells(row: CaseRow, *, amounts: bool) -> list[str]:
    texts = (
        row.ref, kind_words(row.kind), sub_kind_words(row.sub_kind), state_name(row.state, row.sub_kind), row.title, row.artist,
        row.country or "", row.language, row.store or "", row.channel, row.owner,
    )  # fmt: skip
    moments = (row.opened_at, row.updated_at, row.due_at)
    cells = [text_cell(text) for text in texts]
    cells += [
        moment.astimezone(UTC).isoformat(timespec="seconds") if moment else "" for moment in moments
    ]
    cells.append(text_cell(clock_words(row.due_kind or "")) if row.due_kind else "")
    if amounts:
        cells += ["" if row.amount is None else f"{row.amount.normalize():f}", row.currency or ""]
    return cells
