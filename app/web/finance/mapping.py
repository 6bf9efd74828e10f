"""A statement file that no format knows: what its columns mean, its first lines as they would be read, and then its reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, StringField

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.errors import Invalid, Refused
from app.kernel.reading.styles import Days, Numbers
from app.statements.commands import SaveMapping
from app.statements.queries import upload_view
from app.statements.rules.mapping import FIELDS, PERSONAL
from app.statements.rules.previewing import MOST_COLUMNS
from app.statements.service.looking import ColumnsSaid, Looked, look
from app.statements.service.profiles import save_mapping
from app.web.finance.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

RULES = ("numbers", "days", "currency", "month", "table")


class MappingForm(FlaskForm):
    """What holds for the whole file."""

    currency = StringField(
        __("Currency, where no column says it"), render_kw={"maxlength": "3", "placeholder": "EUR"}
    )
    month = StringField(
        __("Statement month of this file, where no column says it"),
        render_kw={"placeholder": "2026-03"},
    )
    numbers = RadioField(
        __("Decimals are written with"), validate_choice=False, default=Numbers.EITHER.value
    )
    days = RadioField(__("05/04/2026 means"), validate_choice=False, default="")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, meta={"csrf": False}, **values)
        self.numbers.choices = [
            (Numbers.EITHER.value, _("As the file shows")), (Numbers.GROUPED.value, "1,234.50"), (Numbers.COMMA.value, "1.234,50"),
        ]  # fmt: skip
        self.days.choices = [
            ("", _("It does not stand there")), (Days.MONTH_FIRST.value, _("4 May")), (Days.DAY_FIRST.value, _("5 April")),
        ]  # fmt: skip


@bp.get("/finance/statements/uploads/<uuid:incoming_id>/mapping")
@policy(Permission.STATEMENT_IMPORT)
def mapping_form(incoming_id: UUID) -> ResponseReturnValue:
    """The columns with what stands in them; with answers, the first lines as they would be read."""
    said = request.args
    looked = _looked(incoming_id, said)
    if looked is None:
        return _gone(incoming_id)
    before = {name: looked.view.asked.get(name, "") for name in ("month", "currency")}
    form = MappingForm(said) if "numbers" in said else MappingForm(None, data=before)
    return _page(looked, form, said)


@bp.post("/finance/statements/uploads/<uuid:incoming_id>/mapping")
@policy(Permission.STATEMENT_IMPORT)
@once_per_key
def mapping_save(incoming_id: UUID) -> ResponseReturnValue:
    """Keep the mapping under a name and read the file by it."""
    said, actor = request.form, current_actor()
    looked = _looked(incoming_id, said)
    if looked is None:
        return _gone(incoming_id)
    if looked.one is None or not looked.can_save:
        return _page(looked, MappingForm(said), said), 422
    command = SaveMapping(incoming_id, looked.one, said.get("name", ""), _said(said).asked)
    try:
        with transaction(actor) as tx:
            save_mapping(tx, command, actor, services().clock)
    except Invalid as error:
        return _page(looked, MappingForm(said), said, translated(error.message)), 422
    except Refused as error:
        flash(translated(error.message), "warn")
    return redirect(url_for("finance.statements_upload", incoming_id=incoming_id), 303)


def _looked(incoming_id: UUID, said: MultiDict[str, str]) -> Looked | None:
    """The beginning of the file, read by what was said; None when it waits no more."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        view = upload_view(tx, actor, incoming_id)
    if not view.is_unmapped:
        return None
    place = said.get("table", "0")
    table = int(place) if place.isdecimal() else 0
    return look(services().storage, view, table, _said(said) if "numbers" in said else None)


def _said(said: MultiDict[str, str]) -> ColumnsSaid:
    fields = {column: said.get(f"c{column}", "") for column in range(MOST_COLUMNS)}
    numbers, days, currency, month = (said.get(one, "") for one in RULES[:-1])
    return ColumnsSaid(fields, numbers, days, currency, month)


def _page(looked: Looked, form: MappingForm, said: MultiDict[str, str], problem: str = "") -> str:
    names = [f"c{column}" for column in range(len(looked.head.header))]
    choices = [
        ("", _("Not used")),
        *((field, translated(words)) for field, words in FIELDS.items()),
    ]
    return render_template(
        "finance/statements/mapping.html",
        looked=looked,
        columns=list(
            zip(looked.head.header, looked.head.samples, looked.chosen, names, strict=True)
        ),
        choices=[*choices, (PERSONAL, _("Data of people: masked"))],
        form=form,
        said=[(name, said.get(name, "")) for name in (*RULES, *names)],
        wrong=[translated(one.message) for one in looked.wrong],
        problems=[(one, translated(one.reason)) for one in looked.seen.problems]
        if looked.seen
        else [],
        name=said.get("name", ""),
        name_problem=problem,
    )


def _gone(incoming_id: UUID) -> ResponseReturnValue:
    flash(_("This file does not wait for its columns any more."), "warn")
    return redirect(url_for("finance.statements_upload", incoming_id=incoming_id), 303)
