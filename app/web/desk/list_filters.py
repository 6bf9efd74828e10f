"""The forms beside the list: filters on every field, columns and density. Both are pages that work without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from app.accounts.rules import Permission, may, own_path
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.queues.commands import KeepPreference
from app.queues.queries.kept import desk_people, preference_of, tags_offered, views_of
from app.queues.rules.columns import STANDARD, Column, Density, chosen_columns, chosen_density
from app.queues.rules.order import Sort
from app.queues.service.preferences import keep_preference
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.list_address import read_address
from app.web.desk.list_words import COLUMNS, FIELDS, OWNERS, SORTS, field_choices
from app.web.shared.context import current_actor, services
from app.web.shared.filters import LANGUAGES
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def _several(values: str, words: dict[str, Any]) -> str:
    """Several values of one field in words; one no longer offered as it stands."""
    return ", ".join(str(words.get(value, value)) for value in values.split(","))


def _select(name: str) -> SelectField:
    own = {"translate": "no"} if name in {"owner", "tag", "language"} else None
    return SelectField(FIELDS[name], validate_choice=False, render_kw=own)


class FilterForm(FlaskForm):
    """The filters as a form that puts itself into the address. Several values of one field stay as they are."""

    class Meta:
        """Reading needs no token."""

        csrf = False

    q = StringField(__("Text, reference, ISRC or UPC"))
    status, state, kind = _select("status"), _select("state"), _select("kind")
    sub_kind, needs, owner = _select("sub_kind"), _select("needs"), _select("owner")
    due, channel, tag = _select("due"), _select("channel"), _select("tag")
    language, sort = _select("language"), _select("sort")
    country = StringField(
        __("Country"),
        render_kw={"maxlength": "60", "dir": "ltr"},
        description=__("Two letters, for example AZ"),
    )
    store = StringField(FIELDS["store"], render_kw={"maxlength": "100"})
    stake = StringField(FIELDS["stake"], render_kw={"inputmode": "decimal"})
    currency = StringField(
        FIELDS["currency"],
        render_kw={"maxlength": "3", "dir": "ltr"},
        description=__("Three letters, for example EUR"),
    )
    opened_from = StringField(FIELDS["opened_from"], render_kw={"type": "date"})
    opened_to = StringField(FIELDS["opened_to"], render_kw={"type": "date"})

    def offer(self, **found: list[tuple[str, Any]]) -> None:
        """Fill every select; a value of several, or one no longer offered, is offered as it stands."""
        fixed = {
            name: field_choices(name)
            for name in ("state", "kind", "sub_kind", "needs", "due", "channel")
        }
        fixed |= {"status": [("all", _("Open and closed"))], "language": list(LANGUAGES), **found}
        blank = {"status": _("Open"), "sort": None}
        for name, pairs in fixed.items():
            field, first = self[name], blank.get(name, _("All"))
            own = (
                [(field.data, _several(field.data, dict(pairs)))]
                if field.data and field.data not in dict(pairs)
                else []
            )
            field.choices = choices([*([("", first)] if first else []), *pairs, *own])

    def names(self, actor: Actor) -> tuple[str, ...]:
        """Fields in the order of the page; amounts only for who may see them."""
        amounts = ("stake", "currency") if may(actor, Permission.PAYOUT_READ) else ()
        return (
            "q", "status", "state", "kind", "sub_kind", "owner", "needs", "due", "tag", "channel", "country",
            "language", "store", *amounts, "opened_from", "opened_to", "sort",
        )  # fmt: skip


@bp.get("/desk/filters")
@policy(Permission.CASE_LIST)
def filters_show() -> ResponseReturnValue:
    """Every filter of the list, as it stands in the address."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        address = read_address(request.args, views_of(tx, actor))
        people, tags = desk_people(tx), tags_offered(tx)
    form = FilterForm(formdata=None, data={**address.args, "sort": address.sort.value})
    owners = [*OWNERS.items(), *((str(key), name) for key, name in people)]
    orders = [
        (one.value, words)
        for one, words in SORTS.items()
        if one is not Sort.STAKE or may(actor, Permission.PAYOUT_READ)
    ]
    form.offer(owner=owners, tag=[(tag.name, tag.name) for tag in tags], sort=orders)
    fields = [form[name] for name in form.names(actor)]
    return render_template("desk/cases/filters.html", fields=fields, here=address.here)


@bp.get("/desk/columns")
@policy(Permission.CASE_LIST)
def columns_show() -> ResponseReturnValue:
    """Which columns, how high the rows: kept for this person."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        preference = preference_of(tx, actor)
    offered = [
        one for one in Column if one is not Column.STAKE or may(actor, Permission.PAYOUT_READ)
    ]
    densities = {Density.COMFORTABLE: _("Comfortable"), Density.COMPACT: _("Compact")}
    return render_template(
        "desk/cases/columns.html",
        columns=[(one.value, COLUMNS[one], one in preference.columns) for one in offered],
        densities=[(one.value, words, one is preference.density) for one, words in densities.items()],
        next=back_to_list(request.args.get("next", "")),
    )  # fmt: skip


@bp.post("/desk/columns")
@policy(Permission.CASE_LIST)
def columns_keep() -> ResponseReturnValue:
    """Keep the choice and go back to the list."""
    actor, form = current_actor(), request.form
    if "standard" in form:
        command = KeepPreference(STANDARD, Density.COMFORTABLE)
    else:
        columns = chosen_columns(form.getlist("columns"))
        command = KeepPreference(columns, chosen_density(form.get("density", Density.COMFORTABLE)))
    with transaction(actor) as tx:
        keep_preference(tx, command, actor, services().clock)
    flash(_("Your columns are kept."), "ok")
    return redirect(back_to_list(form.get("next", "")), 303)


def back_to_list(target: str) -> str:
    """An address of the desk, else the plain list."""
    path = own_path(target)
    return path if path.startswith("/desk") else "/desk"
