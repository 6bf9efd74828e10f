"""The form of choices about mail, for people with an account and for those who open it from a mail."""

from __future__ import annotations

import re
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid
from app.kernel.zones import zone_names
from app.notifications.commands import SaveChoices
from app.notifications.queries import StoredChoices
from app.notifications.rules import DAY_MINUTES, chosen_kinds
from app.web.shared.form_errors import mark
from app.web.shared.notice_words import KIND_NAMES

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_CLOCK = {"type": "time", "inputmode": "numeric", "maxlength": "5"}


class ChoicesForm(FlaskForm):
    """Kinds by mail, once a day or one by one, quiet hours with their zone."""

    mail = SelectMultipleField(__("By mail"), validate_choice=False)
    digest = BooleanField(__("One mail a day instead of single ones"))
    quiet_from = StringField(__("Mails wait from"), [Length(max=8)], render_kw=_CLOCK)
    quiet_to = StringField(__("until"), [Length(max=8)], render_kw=_CLOCK)
    zone = SelectField(
        __("Time zone of these hours"), validate_choice=False, render_kw={"translate": "no"}
    )
    version = IntegerField(widget=HiddenInput())
    has_list = True

    def __init__(self, *args: Any, staff: bool, with_list: bool, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kinds = chosen_kinds(staff=staff)
        self.has_list = with_list
        self.mail.choices = [SelectChoice(kind.value, str(KIND_NAMES[kind])) for kind in self.kinds]
        own = SelectChoice("", _("As in my profile") if with_list else _("As in the case"))
        self.zone.choices = [
            own,
            *(SelectChoice(zone, zone) for zone in zone_names()),
        ]

    @classmethod
    def of(cls, stored: StoredChoices, *, staff: bool, with_list: bool) -> Self:
        """Filled with what stands."""
        chosen = stored.choices
        data = {
            "mail": [kind.value for kind in chosen_kinds(staff=staff) if chosen.mails(kind)],
            "digest": chosen.digest, "quiet_from": _clock(chosen.quiet.starts),
            "quiet_to": _clock(chosen.quiet.ends), "zone": stored.zone, "version": stored.version,
        }  # fmt: skip
        return cls(formdata=None, data=data, staff=staff, with_list=with_list)

    @classmethod
    def posted(cls, *, staff: bool, with_list: bool) -> Self:
        """As sent; boxes that were not ticked are off."""
        return cls(formdata=request.form, staff=staff, with_list=with_list)

    def to_command(self) -> SaveChoices:
        """What was chosen. Raises Invalid for hours that are none."""
        ticked = set(self.mail.data or ())
        return SaveChoices(
            {kind.value: kind.value in ticked for kind in self.kinds},
            bool(self.digest.data) and self.has_list,
            _minute(self.quiet_from.data, "quiet_from"),
            _minute(self.quiet_to.data, "quiet_to"),
            self.zone.data or "",
            self.version.data or 0,
        )

    def blame(self, problem: Invalid) -> None:
        """Say what is wrong at its field."""
        mark(self, problem, "mail")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _minute(text: str | None, field: str) -> int | None:
    if not (text or "").strip():
        return None
    found = _TIME.fullmatch(str(text).strip()[:5])
    if found is None:
        raise Invalid(field, "time", _("Enter a time such as 22:00."))
    return (int(found[1]) * 60 + int(found[2])) % DAY_MINUTES
