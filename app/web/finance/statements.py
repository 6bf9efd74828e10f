"""Statements: what was taken in, files handed in and what came of each, with every problem to look at and to download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField

from app.accounts.rules import Permission, may
from app.exports.rules.cells import csv_line, text_cell
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.filenames import content_disposition, safe_name
from app.kernel.money import parse_currency
from app.kernel.period import Period
from app.kernel.reading.encodings import POSSIBLE
from app.kernel.reading.styles import Days, Numbers
from app.kernel.text import clean_text
from app.kernel.words import Words
from app.statements.commands import HandInStatement
from app.statements.queries import (
    UploadRow,
    import_view,
    imports_page,
    recent_uploads,
    unmatched_counts,
    upload_view,
)
from app.statements.service.uploads import cancel_upload, hand_in
from app.web.finance.face import bp
from app.web.finance.words import note_words, upload_chip
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.uploads import receives_files, staged_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

AGAIN_AFTER = "3"
"""Seconds until a page of a file that is being read is fetched again."""
LONGEST_REASON = 300
PROBLEM_COLUMNS = ("file", "line", "column", "value", "reason")


class HandInForm(FlaskForm):
    """A file and what it does not say itself."""

    month = StringField(
        __("Statement month, where the file does not say it"), render_kw={"placeholder": "2026-03"}
    )
    currency = StringField(
        __("Currency, where the file does not say it"), render_kw={"maxlength": "3"}
    )
    encoding = SelectField(__("Encoding"), validate_choice=False, render_kw={"translate": "no"})
    numbers = RadioField(__("Decimals are written with"), validate_choice=False)
    days = RadioField(__("05/04/2026 means"), validate_choice=False)
    again = StringField(
        __("Why lines that were taken in before are taken again"),
        render_kw={"maxlength": str(LONGEST_REASON)},
    )
    totals_reason = StringField(
        __("Why the lines need not add up to the file’s totals"),
        render_kw={"maxlength": str(LONGEST_REASON)},
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.encoding.choices = [("", _("As the file says")), *((one, one) for one in POSSIBLE)]
        self.numbers.choices = [
            ("", _("As the format says")), (Numbers.GROUPED.value, "1,234.50"), (Numbers.COMMA.value, "1.234,50"),
        ]  # fmt: skip
        self.days.choices = [
            ("", _("As the format says")), (Days.MONTH_FIRST.value, _("4 May")), (Days.DAY_FIRST.value, _("5 April")),
        ]  # fmt: skip

    def asked(self) -> dict[str, str]:
        """What was filled in. Raises `Invalid`."""
        said = {
            name: (field.data if isinstance(field.data, str) else "").strip()
            for name, field in self._fields.items()
            if name != "csrf_token"
        }
        if said["month"]:
            Period.of_month(said["month"])
        if said["currency"]:
            said["currency"] = parse_currency(said["currency"])
        for name in ("again", "totals_reason"):
            said[name] = clean_text(said[name], field=name, max_length=LONGEST_REASON)
        for name in ("encoding", "numbers", "days"):
            if said[name] not in {value for value, _words in self._fields[name].choices}:
                raise Invalid(name, "choice", _("Choose one of the answers that are offered."))
        return {name: value for name, value in said.items() if value}


@bp.get("/finance/statements")
@policy(Permission.STATEMENT_READ)
def statements_list() -> ResponseReturnValue:
    """What was taken in, the newest first, below the files that were handed in last."""
    actor, text = current_actor(), request.args.get("after", "")
    try:
        after = UUID(text) if text else None
    except ValueError as error:
        raise NotFound("page") from error
    with transaction(actor, read_only=True) as tx:
        page = imports_page(tx, actor, after)
        uploads = recent_uploads(tx, actor)
    return render_template(
        "finance/statements/list.html",
        rows=page.rows,
        uploads=[(row, upload_chip(row.state)) for row in uploads],
        can_import=may(actor, Permission.STATEMENT_IMPORT),
        next_href=url_for("finance.statements_list", after=page.next) if page.next else None,
        first_href=url_for("finance.statements_list") if after else None,
    )


@bp.get("/finance/statements/new")
@policy(Permission.STATEMENT_IMPORT)
def statements_new() -> ResponseReturnValue:
    """A file, and answers to what it does not say."""
    return _form(HandInForm())


@bp.post("/finance/statements")
@policy(Permission.STATEMENT_IMPORT)
@receives_files
@once_per_key
def statements_hand_in() -> ResponseReturnValue:
    """Keep the file and read it in the background."""
    form, ports, actor = HandInForm(), services(), current_actor()
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _form(form, _("Choose a file.")), 422
    try:
        asked = form.asked()
    except Invalid as error:
        mark(form, error, "month", {"period": "month"})
        return _form(form), 422
    staged = staged_of(upload, ports.storage)
    name = safe_name(upload.filename)
    command = HandInStatement(name, staged.size, staged.key, asked)
    with transaction(actor) as tx:
        made = hand_in(tx, command, ports.storage, actor, ports.clock)
    return redirect(url_for("finance.statements_upload", incoming_id=made), 303)


@bp.get("/finance/statements/<uuid:import_id>")
@policy(Permission.STATEMENT_READ)
def statements_show(import_id: UUID) -> ResponseReturnValue:
    """One file that was taken in: its months, sums and notes."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        view = import_view(tx, actor, import_id)
        counts = unmatched_counts(tx, actor, import_id)
    return render_template(
        "finance/statements/show.html",
        view=view,
        notes=[(one, note_words(one)) for one in view.notes],
        counts=counts,
    )


@bp.get("/finance/statements/uploads/<uuid:incoming_id>")
@policy(Permission.STATEMENT_READ)
def statements_upload(incoming_id: UUID) -> ResponseReturnValue:
    """How far it is, or what came of it; fetched again by itself while it is read."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        view = upload_view(tx, actor, incoming_id)
    page = render_template(
        "finance/statements/upload.html",
        view=view,
        problems=_problems(view),
        chip_of=upload_chip(view.state),
        why=_why(view.outcome),
        can_import=may(actor, Permission.STATEMENT_IMPORT),
    )
    return page, 200, {"Refresh": AGAIN_AFTER} if view.is_open else {}


@bp.get("/finance/statements/uploads/<uuid:incoming_id>/problems.csv")
@policy(Permission.STATEMENT_READ)
def statements_problems(incoming_id: UUID) -> ResponseReturnValue:
    """Every problem as a table for the sender of the file; nothing in it runs in a spreadsheet (B183)."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        view = upload_view(tx, actor, incoming_id)
    rows = [[text_cell(str(row[name])) for name in PROBLEM_COLUMNS] for row in _problems(view)]
    content = "".join(csv_line(cells) for cells in [list(PROBLEM_COLUMNS), *rows])
    name = content_disposition(f"{view.name}-problems.csv")
    return Response(
        content.encode("utf-8-sig"), mimetype="text/csv", headers={"Content-Disposition": name}
    )


@bp.post("/finance/statements/uploads/<uuid:incoming_id>/cancel")
@policy(Permission.STATEMENT_IMPORT)
@once_per_key
def statements_cancel(incoming_id: UUID) -> ResponseReturnValue:
    """Stop the reading; nothing of the file is used."""
    actor = current_actor()
    try:
        with transaction(actor) as tx:
            cancel_upload(tx, incoming_id, actor, services().clock)
    except Refused as error:
        flash(translated(error.message), "warn")
    return redirect(url_for("finance.statements_upload", incoming_id=incoming_id), 303)


def _form(form: HandInForm, problem: str = "") -> str:
    limit = services().settings.upload_limit
    return render_template("finance/statements/new.html", form=form, problem=problem, limit=limit)


def _problems(view: UploadRow) -> list[dict[str, Any]]:
    """Each problem with its sentence in the reader's language."""
    return [
        row | {"reason": translated(Words(row["reason"], row["values"]))} for row in view.problems
    ]


def _why(outcome: str) -> str:
    """Why a file was refused as a whole."""
    words = {
        "already_imported": _("This file was taken in already. Nothing was changed."),
        "same_lines": _(
            "Its lines are those of a file that was taken in already. Hand it in again with the reason, or leave it."
        ),
        "problems": _(
            "Nothing of it was used. Mend what is listed, or answer what the file does not say."
        ),
    }
    return words.get(outcome, _("Nothing of it was used. Hand it in again.") if outcome else "")
