"""The lines of a statement as its source wrote them: a page behind a position, filters, marks with a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import StringField

from app.accounts.rules import Permission, may
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext
from app.infra.storage.port import ObjectMissing
from app.kernel.errors import Invalid, NotFound
from app.kernel.identifiers import Isrc
from app.statements.commands import MarkLines, Unmark
from app.statements.formats.browsing import Sought
from app.statements.queries import ImportView, PartRow, import_view
from app.statements.queries.marks import marked_positions, marks_at
from app.statements.service.browsing import LinesPage, lines_of_part
from app.statements.service.marking import LONGEST_NOTE, mark_lines, unmark
from app.web.finance.face import bp
from app.web.shared.answer_texts import put_errors
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

FILTERS = ("isrc", "store", "month", "marked")


class MarkForm(FlaskForm):
    """Why the chosen lines are marked."""

    note = StringField(
        __("Why you mark the chosen lines"), render_kw={"maxlength": str(LONGEST_NOTE)}
    )


@bp.get("/finance/statements/<uuid:import_id>/lines")
@policy(Permission.STATEMENT_READ)
def lines_list(import_id: UUID) -> ResponseReturnValue:
    """A page of the lines of one month and source."""
    return _page(import_id)


@bp.post("/finance/statements/<uuid:import_id>/lines")
@policy(Permission.STATEMENT_MARK)
@once_per_key
def lines_mark(import_id: UUID) -> ResponseReturnValue:
    """Mark the chosen lines; what they say is read from the store again, never from the page."""
    actor, form = current_actor(), MarkForm()
    with transaction(actor, read_only=True) as tx:
        view = import_view(tx, actor, import_id)
    part = _part(view)
    chosen = tuple(sorted({_whole(one) for one in request.form.getlist("position")} - {0}))[:101]
    found = _read(part, Sought(positions=chosen)).lines if chosen else ()
    lines = tuple(
        (one.position, one.isrc, one.store, one.territory, one.sale_month) for one in found
    )
    try:
        with transaction(actor) as tx:
            command = MarkLines(import_id, part.id, lines, form.note.data or "")
            count = mark_lines(tx, command, actor, services().clock)
    except Invalid as error:
        put_errors(form, error)
        return _page(import_id, form, 422)
    flash(ngettext("%(num)s line is marked.", "%(num)s lines are marked.", count), "ok")
    return redirect(_here(import_id, part, after=_whole(request.args.get("after", ""))), 303)


@bp.post("/finance/statements/<uuid:import_id>/lines/<uuid:mark_id>/unmark")
@policy(Permission.STATEMENT_MARK)
@once_per_key
def lines_unmark(import_id: UUID, mark_id: UUID) -> ResponseReturnValue:
    """Take a mark back."""
    actor = current_actor()
    with transaction(actor) as tx:
        view = import_view(tx, actor, import_id)
        unmark(tx, Unmark(mark_id), actor, services().clock)
    flash(_("The mark was taken back."), "ok")
    return redirect(_here(import_id, _part(view)), 303)


def _page(import_id: UUID, form: MarkForm | None = None, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        view = import_view(tx, actor, import_id)
        part, only = _part(view), request.args.get("marked") == "1"
        positions = marked_positions(tx, actor, part.id) if only else None
    page = _read(part, _sought(positions))
    with transaction(actor, read_only=True) as tx:
        marks = marks_at(tx, actor, part.id, [one.position for one in page.lines])
    html = render_template(
        "finance/statements/lines.html",
        view=view, part=part, lines=page.lines, marks=marks, stores=page.stores, months=page.months, form=form or MarkForm(formdata=None),
        asked={name: request.args.get(name, "") for name in FILTERS}, can_mark=may(actor, Permission.STATEMENT_MARK),
        parts=[
            {"text": f"{one.statement_month}, {one.source}", "href": url_for("finance.lines_list", import_id=view.id, part=one.id), "current": one.id == part.id}
            for one in view.parts
        ],
        here=_here(import_id, part, after=_whole(request.args.get("after", ""))),
        next_href=_here(import_id, part, after=page.next) if page.next else None,
        first_href=_here(import_id, part) if request.args.get("after") else None,
    )  # fmt: skip
    return html, status


def _read(part: PartRow, sought: Sought) -> LinesPage:
    try:
        return lines_of_part(services().storage, part, sought)
    except ObjectMissing as error:
        raise NotFound("statement") from error


def _part(view: ImportView) -> PartRow:
    """The part that the address names, else the first. Raises `NotFound`."""
    asked = request.args.get("part", "")
    found = [one for one in view.parts if not asked or str(one.id) == asked]
    if not found:
        raise NotFound("statement")
    return found[0]


def _sought(positions: tuple[int, ...] | None) -> Sought:
    given = request.args
    isrc = given.get("isrc", "")[:20]
    return Sought(
        isrc=str(Isrc.parse(isrc)) if Isrc.is_valid(isrc) else isrc.strip().upper(), store=given.get("store", "")[:200],
        sale_month=given.get("month", "")[:7], positions=positions, after=_whole(given.get("after", "")),
    )  # fmt: skip


def _here(import_id: UUID, part: PartRow, **more: Any) -> str:
    """The same page with its filters."""
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    after = {"after": more["after"]} if more.get("after") else {}
    return url_for("finance.lines_list", import_id=import_id, part=part.id, **kept, **after)  # type: ignore[arg-type]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
