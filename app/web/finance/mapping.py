"""A statement file that no format knows: what its columns mean, its first lines as they would be read, and then its reading."""

from __future__ import annotations

from dataclasses import dataclass
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
from app.infra.storage.port import ObjectMissing
from app.kernel.errors import Invalid, InvalidMany, NotFound, Refused
from app.kernel.money import parse_currency
from app.kernel.period import Period
from app.kernel.reading.faults import Unreadable
from app.kernel.reading.sources import Source
from app.kernel.reading.styles import Days, Numbers
from app.statements.commands import SaveMapping
from app.statements.formats import PROFILES
from app.statements.queries import UploadRow, upload_view
from app.statements.rules.mapping import FIELDS, PERSONAL, Mapped, guessed, mapped, profile_of
from app.statements.rules.previewing import Head, Preview, head_of, preview
from app.statements.rules.reading import Asked
from app.statements.service.opening import opened
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


@dataclass(frozen=True, slots=True)
class Looked:
    """What the page shows of a file. *problems*: what is to be chosen otherwise; *seen*: None before it was asked for."""

    view: UploadRow
    head: Head
    chosen: list[str]
    problems: tuple[str, ...]
    one: Mapped | None
    seen: Preview | None

    @property
    def can_save(self) -> bool:
        """True when there are lines and no problem."""
        return self.seen is not None and bool(self.seen.lines) and not self.seen.problems


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
    command = SaveMapping(incoming_id, looked.one, said.get("name", ""), _asked(said))
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
    try:
        with opened(services().storage, view.storage_key, view.name) as source:
            return _read(view, source, said)
    except (ObjectMissing, Unreadable) as error:
        raise NotFound("statement_upload") from error


def _read(view: UploadRow, source: Source, said: MultiDict[str, str]) -> Looked:
    place = said.get("table", "0")
    encoding = view.asked.get("encoding", "")
    head = head_of(source, encoding, int(place) if place.isdecimal() else 0)
    if "numbers" not in said:
        return Looked(view, head, guessed(head.header, PROFILES), (), None, None)
    chosen = [said.get(f"c{column}", "") for column in range(len(head.header))]
    try:
        one = _mapped(head, chosen, said)
    except (Invalid, InvalidMany) as error:
        every = error.errors if isinstance(error, InvalidMany) else [error]
        return Looked(
            view, head, chosen, tuple(translated(one.message) for one in every), None, None
        )
    asked = Asked(encoding=encoding, month=said.get("month", "").strip())
    return Looked(
        view, head, chosen, (), one, preview(source, profile_of(one, "preview", 1), asked)
    )


def _mapped(head: Head, chosen: list[str], said: MultiDict[str, str]) -> Mapped:
    month, currency = said.get("month", "").strip(), said.get("currency", "").strip()
    if month:
        Period.of_month(month)
    currency = parse_currency(currency) if currency else ""
    try:
        rules = Numbers(said["numbers"]), Days(said.get("days", ""))
    except ValueError as error:
        raise Invalid(
            "numbers", "choice", _("Choose one of the answers that are offered.")
        ) from error
    return mapped(head.header, chosen, rules, currency, says_month=bool(month))


def _asked(said: MultiDict[str, str]) -> dict[str, str]:
    month = said.get("month", "").strip()
    return {"month": month} if month else {}


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
        problems=[(one, translated(one.reason)) for one in looked.seen.problems]
        if looked.seen
        else [],
        name=said.get("name", ""),
        name_problem=problem,
    )


def _gone(incoming_id: UUID) -> ResponseReturnValue:
    flash(_("This file does not wait for its columns any more."), "warn")
    return redirect(url_for("finance.statements_upload", incoming_id=incoming_id), 303)
