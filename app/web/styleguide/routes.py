"""`/styleguide`: every component with sample values; what visual and accessibility checks load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, Flask, render_template
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.catalogue.rules.covers import cover_of
from app.infra.i18n import lazy_gettext as __
from app.kernel.money import Money
from app.web.shared.context import services
from app.web.shared.policy import public

bp = Blueprint("styleguide", __name__)


class SampleForm(FlaskForm):
    """One field of each kind; two of them with an error."""

    title = StringField(__("Title of the release"), [InputRequired()])
    amount = StringField(__("Amount you expected"))
    kind = RadioField(
        __("What is it about?"),
        choices=[
            SelectChoice("takedown", __("My release was taken down")),
            SelectChoice("payout", __("My payout is wrong")),
        ],
    )
    rating = RadioField(
        __("How did we handle it?"),
        choices=[
            SelectChoice("1", __("Bad")),
            SelectChoice("3", __("Fair")),
            SelectChoice("5", __("Good")),
        ],
    )
    store = SelectField(
        __("Store"), choices=[SelectChoice("spotify", "Spotify"), SelectChoice("deezer", "Deezer")]
    )
    body = TextAreaField(__("In your words"))
    agree = BooleanField(__("I stand by this"))


@dataclass(frozen=True)
class Bag:
    """Sample values by name."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


def sample() -> Bag:
    """Values around now, so that clocks show late, soon and far."""
    now = services().clock.now()
    states = (
        "submitted",
        "triage",
        "review",
        "waiting_complainant",
        "restoration_window",
        "finance_approval",
    )
    return Bag(
        {
            "ref": "RD-7K4M-29QX", "now": now, "earlier": now - timedelta(days=8),
            "due": now + timedelta(days=4, hours=3), "late": now - timedelta(hours=3),
            "soon": now + timedelta(hours=3, minutes=25), "states": states,
            "money": Money(Decimal("1118.20"), "EUR"), "owed": Money(Decimal("412.83"), "EUR"),
            "minus": Money(Decimal("-98.61"), "EUR"),
            "steps": [
                {"name": "Received", "note": "12 Nov 2026", "state": "done"},
                {"name": "Reviewing evidence", "note": "Started 13 Nov", "state": "now"},
                {"name": "Decision", "note": "By Thu 3 Dec 2026", "state": "next"},
                {"name": "Closed", "note": "You can ask for a second review", "state": "next"},
            ],
            "requests": [
                {"name": "Producer agreement", "hint": "Signed, all pages", "href": "#", "icon": "file-pen-line",
                 "tone": "warn", "chip_icon": "clock", "state": "Needed"},
                {"name": "Session files or stems", "hint": "night-ferry-stems.zip, 412 MB", "icon": "audio-lines",
                 "tone": "info", "chip_icon": "eye", "state": "In review"},
                {"name": "Photo ID", "hint": "Received 13 Nov", "icon": "image", "tone": "ok",
                 "chip_icon": "check", "state": "Accepted"},
            ],
            "release": {
                "name": "release-sample", "title": "Night Ferry", "line": "Sabina Aliyeva, 2026", "stores": "Spotify, Deezer",
                "cover": cover_of("4006381333931"), "ticked": True,
                "parts": [{"name": "part-sample", "title": "Night Ferry (Live)", "line": "AZTW12600418", "ticked": False}],
            },
            "parts": [
                {"label": "Wrong split", "share": 76, "amount": "€314.22"},
                {"label": "Territory left out", "share": 17, "amount": "€71.40"},
                {"label": "Wrong exchange rate day", "share": 7, "amount": "€23.09"},
            ],
        }
    )  # fmt: skip


@bp.get("/styleguide")
@public()
def show() -> str:
    """Every component once, with an error state."""
    form = SampleForm(kind="payout")
    form.title.errors = [__("Enter the title of the release.")]
    return render_template("styleguide.html", form=form, sample=sample())


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(bp)
