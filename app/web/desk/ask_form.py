"""The form of S3: whom, for what, why, until when; items from the table of what is asked for most, each with its words."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange

from app.cases.commands import ApplyEvent
from app.cases.rules.kinds import CaseEvent
from app.conversations.rules.asking import ItemTemplate, template, templates_for
from app.conversations.rules.requests import ITEMS_LIMIT, ItemKind
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.errors import Invalid
from app.web.desk.choices import choices
from app.web.desk.head import LoadedCase, seen_version

EVENTS = {"complainant": CaseEvent.ASK_COMPLAINANT, "respondent": CaseEvent.ASK_RESPONDENT}
KINDS: dict[str, Any] = {
    ItemKind.DOCUMENT: __("A document"),
    ItemKind.QUESTION: __("An answer in words"),
    ItemKind.CONFIRMATION: __("A confirmation"),
    ItemKind.SIGNATURE: __("A signature under the text above"),
}
DAYS_MOST = 180


class ItemForm(Form):
    """One thing asked for, in the words they will read. A row without its name falls away."""

    kind = SelectField(
        __("What do you need"), choices=choices(KINDS.items()), validate_choice=False
    )
    title = StringField(__("What they read"), render_kw={"maxlength": "300"})
    hint = TextAreaField(
        __("Why, and a good example"), render_kw={"rows": "2", "maxlength": "2000"}
    )


class AskForm(FlaskForm):
    """Whom, for what, why, until when."""

    idempotency_key = HiddenField()
    version = HiddenField()
    side = RadioField(__("Whom do you ask"), validate_choice=False)
    templates = SelectMultipleField(__("What is asked for most"), validate_choice=False)
    rows = FieldList(FormField(ItemForm), max_entries=ITEMS_LIMIT)
    items = TextAreaField(
        __("Anything else, each on its own line"), render_kw={"rows": "3", "maxlength": "4000"}
    )
    item_kind = RadioField(
        __("What these lines are"), choices=choices(KINDS.items()), default=ItemKind.DOCUMENT.value
    )
    reason = TextAreaField(
        __("Why, in words they will read"), [Length(max=4000)], render_kw={"rows": "4"}
    )
    silence = StringField(__("What happens if they do not answer"), [Length(max=500)])
    days = IntegerField(__("Days to answer"), [NumberRange(1, DAYS_MOST)], default=7)

    def offer(self, sub_kind: str) -> None:
        """The table's items of this sub-kind that are no row yet."""
        taken = {row.form.title.data for row in self.rows}
        known = [row for row in templates_for(sub_kind) if translated(row.label) not in taken]
        self.templates.choices = choices((row.key, translated(row.label)) for row in known)
        self.templates.data = [
            key for key in self.templates.data or () if key in {row.key for row in known}
        ]

    def add_chosen(self) -> None:
        """Turn the ticked items into rows whose words can be changed."""
        for row in self._ticked():
            if len(self.rows) < ITEMS_LIMIT:
                self.rows.append_entry(_words_of(row))
        self.templates.data = []

    def _ticked(self) -> list[ItemTemplate]:
        return [row for row in map(template, self.templates.data or ()) if row]

    def asked(self) -> list[dict[str, Any]]:
        """Everything asked for, as plain data: rows, ticked items, then the lines."""
        found = [
            {"kind": row.form.kind.data or ItemKind.DOCUMENT.value, "title": (row.form.title.data or "").strip(),
             "hint": (row.form.hint.data or "").strip()}
            for row in self.rows if (row.form.title.data or "").strip()
        ]  # fmt: skip
        found += [_words_of(row) for row in self._ticked()]
        kind = self.item_kind.data if self.item_kind.data in KINDS else ItemKind.DOCUMENT.value
        lines = [line.strip() for line in (self.items.data or "").splitlines()]
        return found + [{"kind": kind, "title": line, "hint": ""} for line in lines if line]

    def to_command(self, case: LoadedCase) -> ApplyEvent:
        """The request as the move that it is. Raises Invalid naming the field."""
        event = EVENTS.get(self.side.data or "")
        if event is None:
            raise Invalid("side", "required", _("Choose whom you ask."))
        asked = self.asked()
        if not asked:
            raise Invalid("items", "required", _("Name at least one thing."))
        if len(asked) > ITEMS_LIMIT:
            raise Invalid(
                "items", "too_many", _("Ask for at most %(most)s things at once.", most=ITEMS_LIMIT)
            )
        if not (self.reason.data or "").strip():
            raise Invalid("reason", "required", _("Say why you need it. They read this."))
        if not 1 <= (self.days.data or 0) <= DAYS_MOST:
            raise Invalid(
                "days", "days_range", _("Give them between 1 and %(most)s days.", most=DAYS_MOST)
            )
        data: dict[str, object] = {
            "items": [one["title"] for one in asked], "asked": asked,
            "silence": (self.silence.data or "").strip(), "days": self.days.data,
        }  # fmt: skip
        seen = seen_version(self.version.data, case.view.version)
        return ApplyEvent(case.id, event, seen, (self.reason.data or "").strip(), data)


def _words_of(row: ItemTemplate) -> dict[str, Any]:
    hint = " ".join(translated(words) for words in (row.why, row.example) if words)
    return {"kind": row.kind.value, "title": translated(row.label), "hint": hint}


def start_rows(keys: list[str], sub_kind: str) -> list[dict[str, Any]]:
    """Rows of an address: `item=split_sheet&item=identity`, as macros and links name them."""
    known = {row.key: row for row in templates_for(sub_kind)}
    found = [known.get(key) or template(key) for key in dict.fromkeys(keys)]
    return [_words_of(row) for row in found if row][:ITEMS_LIMIT]
