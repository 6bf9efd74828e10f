"""Changing terms: a file looked at before it counts, one row more, one row ended."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import StringField

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext, translated
from app.kernel.errors import Invalid, InvalidMany, RedressError, Refused, Stale
from app.kernel.filenames import safe_name
from app.kernel.reading.sources import Source
from app.terms.commands import AddRow, EndRow
from app.terms.queries import newest_version, terms_row
from app.terms.rules.cells import row_from
from app.terms.rules.reading import Fault
from app.terms.rules.rows import COLUMNS, MORE, Table
from app.terms.service import SHOWN, add_row, end_row, import_terms, preview, read_file
from app.web.finance.face import bp
from app.web.finance.terms import asked_table
from app.web.finance.terms_words import (
    COLUMN_WORDS,
    EXAMPLES,
    OPTIONAL,
    TABLE_WORDS,
    cells_shown,
    columns_shown,
    heads_of,
)
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.uploads import receives_files, staged_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

MOST_BYTES = 1_000_000
"""Of a file on a page: it travels once more with the form that confirms it. Larger ones take the command line or the API."""
LONGEST_REASON = 500


class ReasonForm(FlaskForm):
    """Why a row ends."""

    reason = StringField(__("Why"), render_kw={"maxlength": str(LONGEST_REASON)})


def _row_form(table: Table) -> Any:
    """A form with the columns of the table."""
    fields = {
        name: StringField(
            COLUMN_WORDS[name],
            render_kw={
                "placeholder": EXAMPLES.get(name, ""),
                "translate": "no",
                "maxlength": "200",
            },
        )
        for name in columns_shown(table)
    }
    return type("RowForm", (ReasonForm,), fields)()


@bp.get("/finance/terms/new")
@policy(Permission.TERMS_CHANGE)
def terms_new() -> ResponseReturnValue:
    """One row to add by hand."""
    table = asked_table()
    return _new(table, _row_form(table))


@bp.post("/finance/terms/rows")
@policy(Permission.TERMS_CHANGE)
@once_per_key
def terms_add() -> ResponseReturnValue:
    """Add it, or say at each field what is wrong."""
    table, actor = asked_table(request.form.get("table", "")), current_actor()
    form = _row_form(table)
    try:
        row = row_from(table, {name: form[name].data or "" for name in columns_shown(table)})
        with transaction(actor) as tx:
            add_row(tx, AddRow(row, form.reason.data or ""), actor, services().clock)
    except (Invalid, Refused) as error:
        mark(form, error, columns_shown(table)[0])
        return _new(table, form), 422
    flash(_("The row counts from now on."), "ok")
    return redirect(url_for("finance.terms_list", table=table.value, find=row.key[0]), 303)


@bp.get("/finance/terms/rows/<uuid:row_id>/end")
@policy(Permission.TERMS_CHANGE)
def terms_ending(row_id: UUID) -> ResponseReturnValue:
    """A row to end, with the reason."""
    return _ending(asked_table(), row_id, ReasonForm())


@bp.post("/finance/terms/rows/<uuid:row_id>/end")
@policy(Permission.TERMS_CHANGE)
@once_per_key
def terms_end(row_id: UUID) -> ResponseReturnValue:
    """It holds no more."""
    table, actor, form = asked_table(request.form.get("table", "")), current_actor(), ReasonForm()
    try:
        with transaction(actor) as tx:
            end_row(
                tx, EndRow(table, row_id, form.reason.data or ""), actor, services().clock
            )  # fmt: skip
    except Invalid as error:
        mark(form, error, "reason")
        return _ending(table, row_id, form), 422
    flash(_("The row holds no more. It stays in the history."), "ok")
    return redirect(url_for("finance.terms_list", table=table.value), 303)


@bp.get("/finance/terms/file")
@policy(Permission.TERMS_CHANGE)
def terms_file() -> ResponseReturnValue:
    """A file to choose."""
    return _file(asked_table())


@bp.post("/finance/terms/file")
@policy(Permission.TERMS_CHANGE)
@receives_files
def terms_preview() -> ResponseReturnValue:
    """What the file would change; nothing is stored yet."""
    table, ports = asked_table(request.form.get("table", "")), services()
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _file(table, Invalid("file", "missing", _("Choose a file."))), 422
    staged = staged_of(upload, ports.storage)
    if staged.size > MOST_BYTES:
        words = _("This page takes files up to 1 MB. Larger ones come in by command line or API.")
        return _file(table, Invalid("file", "too_large", words)), 422
    content = b"".join(ports.storage.open(staged.key))
    return _looked_at(table, safe_name(upload.filename), content)


@bp.post("/finance/terms/import")
@policy(Permission.TERMS_CHANGE)
@once_per_key
def terms_import() -> ResponseReturnValue:
    """The file that was looked at counts, as long as nobody changed the terms meanwhile."""
    table, actor = asked_table(request.form.get("table", "")), current_actor()
    name, seen = safe_name(request.form.get("name", "")), request.form.get("seen", "")
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
        with (
            read_file(table, Source.of_bytes(name, content)) as command,
            transaction(actor) as tx,
        ):
            looked = replace(command, seen=int(seen) if seen.isdigit() else -1)
            change = import_terms(tx, looked, actor, services().clock)
    except (Invalid, binascii.Error) as error:
        return _file(table, error, name), 422
    except Stale as error:
        flash(translated(error.message), "warn")
        return _looked_at(table, name, content)
    if change.version is None:
        flash(_("The file says what was there already. Nothing was changed."), "ok")
        return redirect(url_for("finance.terms_list", table=table.value), 303)
    flash(_("Taken in. The terms stand at version %(number)s.", number=change.version), "ok")
    return redirect(url_for("finance.terms_change", number=change.version), 303)


def _looked_at(table: Table, name: str, content: bytes) -> ResponseReturnValue:
    actor = current_actor()
    try:
        with (
            read_file(table, Source.of_bytes(name, content)) as command,
            transaction(actor, read_only=True) as tx,
        ):
            seen, change = newest_version(tx), preview(tx, command, actor)
    except Invalid as error:
        return _file(table, error, name), 422
    return render_template(
        "finance/terms/preview.html",
        table=table.value,
        table_words=TABLE_WORDS[table],
        name=name,
        content=base64.b64encode(content).decode(),
        seen=seen,
        columns=heads_of(table),
        counts=_counts(change.begins, change.ends, change.same),
        changes=bool(change),
        begins=[cells_shown(row) for row in change.first_begins],
        ends=[cells_shown(row) for row in change.first_ends],
        hidden=max(change.begins, change.ends) > SHOWN,
        unknown=change.unknown,
    )


def _counts(begins: int, ends: int, same: int) -> tuple[str, ...]:
    return (
        ngettext("%(num)s row begins", "%(num)s rows begin", begins),
        ngettext("%(num)s row ends", "%(num)s rows end", ends),
        ngettext("%(num)s row stays as it is", "%(num)s rows stay as they are", same),
    )


def _new(table: Table, form: FlaskForm) -> str:
    return render_template(
        "finance/terms/new.html",
        table=table.value,
        table_words=TABLE_WORDS[table],
        form=form,
        columns=columns_shown(table),
        optional=OPTIONAL,
    )


def _ending(table: Table, row_id: UUID, form: ReasonForm) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        one = terms_row(tx, actor, table, row_id)
    rows = zip(columns_shown(table), cells_shown(one.row), strict=True)
    return render_template(
        "finance/terms/end.html",
        table=table.value,
        row_id=row_id,
        facts=[(COLUMN_WORDS[name], text) for name, text in rows if text],
        form=form,
    )


def _file(table: Table, problem: Exception | None = None, name: str = "") -> str:
    return render_template(
        "finance/terms/file.html",
        table=table.value,
        table_words=TABLE_WORDS[table],
        columns=[name for name, _kind in COLUMNS[table]],
        more=MORE[table],
        problems=_problems(problem, name),
    )


def _problems(problem: Exception | None, name: str) -> list[tuple[str, str, str, str, str]]:
    """(file, line, column, value, what to mend) of each."""
    if problem is None:
        return []
    every = problem.errors if isinstance(problem, InvalidMany) else [problem]
    return [_said(one, name) for one in every]


def _said(problem: Exception, name: str) -> tuple[str, str, str, str, str]:
    if isinstance(problem, Fault):
        where = (problem.file or name, str(problem.line), problem.column, problem.value)
        return (*where, translated(problem.reason))
    words = translated(problem.message) if isinstance(problem, RedressError) else ""
    return name, "", "", "", words or _("This form was not whole. Choose the file again.")
