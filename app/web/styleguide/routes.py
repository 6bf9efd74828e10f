"""`/styleguide`: every component with sample values; what visual and accessibility checks load."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, render_template, request
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.infra.i18n import lazy_gettext as __
from app.web.shared.context import services
from app.web.shared.policy import public
from app.web.styleguide.samples import NAMES, extremes, sample, texts

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
        __("Store"),
        choices=[
            SelectChoice(name.lower(), name, {"translate": "no"}) for name in ("Spotify", "Deezer")
        ],
    )
    code = StringField(__("Code"))
    body = TextAreaField(__("In your words"))
    agree = BooleanField(__("I stand by this"))


@bp.get("/styleguide")
@public()
def show() -> str:
    """Every component once; `?part=states` each in every state. `theme`, `lang` and `density` change the frame."""
    lang = "ar" if request.args.get("lang") == "ar" else "en"
    theme = request.args.get("theme", "")
    frame: dict[str, Any] = {"text_direction": "rtl", "locale": "ar"} if lang == "ar" else {}
    if theme in {"light", "dark"}:
        frame["page_theme"] = lambda: theme
    states = request.args.get("part") == "states"
    values = sample(services().clock.now())
    return render_template(
        "styleguide/states.html" if states else "styleguide/components.html",
        form=_form(states=states), sample=values, words=texts(lang), names=NAMES, amounts=extremes(),
        dense=request.args.get("density") == "compact", **frame,
    )  # fmt: skip


def _form(*, states: bool) -> SampleForm:
    """Filled in, one field wrong; on the page of states every field."""
    form = SampleForm(formdata=None, data={"kind": "payout"})
    form.title.errors = [__("Enter the title of the release.")]
    for field in (form.amount, form.kind, form.store, form.body, form.agree) if states else ():
        field.errors = [__("Enter the amount you expected, for example 250.00.")]
    return form


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(bp)
