"""A8: rate how we handled the case and the result, apart; a number in an e-mail only fills the form in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField

from app.accounts.rules import Permission
from app.cases.queries import case_by_ref
from app.cases.rules.views import CaseView
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.ratings.commands import RateCase
from app.ratings.queries import RatingRow, own_rating
from app.ratings.rules import CHOICES, WORDS_MOST, can_rate
from app.ratings.service import rate_case
from app.web.portal.face import bp
from app.web.shared.answers import Words, chosen, options
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

NUMBERS = frozenset(str(number) for number, _words in CHOICES)


@dataclass(frozen=True, slots=True)
class Rated:
    """What the page says about a rating. *row*: what was given, None before; *can_change*: the days are not over."""

    row: RatingRow | None
    can_change: bool

    def words_of(self, number: int) -> str:
        """`4, Good`."""
        return _("%(n)s, %(words)s", n=number, words=translated(dict(CHOICES)[number]))


class RateForm(FlaskForm):
    """Five labelled choices each for the handling and for the result."""

    handling = RadioField(
        __("How did we handle your case?"), [chosen(required=True)], validate_choice=False,
        description=__("Rate our work, not the result itself: answers, speed, clear words, fairness."),
    )  # fmt: skip
    result = RadioField(
        __("And the result itself?"), [chosen(required=True)], validate_choice=False
    )
    solved_first = RadioField(
        __("Was it solved the first time?"), [chosen(required=False)], validate_choice=False
    )
    words = TextAreaField(
        __("What could we do better?"), [Words(WORDS_MOST, required=False, multiline=True)]
    )


@dataclass(frozen=True, slots=True)
class Invitation:
    """The form on the case's page before anything was said: it differs by the numbers of the address alone."""

    numbers: tuple[tuple[str, str], ...]

    @property
    def form(self) -> Any:
        """Made only when the page has no drawing of it yet."""
        return rate_form()


def invitation(rated: Rated | None) -> Invitation | None:
    """What the case's page offers when its round can be rated and was not."""
    return Invitation(tuple(_numbers_given().items())) if rated and rated.row is None else None


def _numbers_given() -> dict[str, str]:
    given = {name: request.args.get(name, "") for name in ("handling", "result")}
    return {name: number for name, number in given.items() if number in NUMBERS}


def rate_form(row: RatingRow | None = None, *, fill: bool = True) -> Any:
    """The form: what was given, else the numbers of the address, never sent by themselves."""
    data: dict[str, Any] = {}
    if row is not None:
        first = "" if row.solved_first is None else "yes" if row.solved_first else "no"
        data = {"handling": str(row.process), "result": str(row.outcome), "words": row.words,
                "solved_first": first}  # fmt: skip
    data |= _numbers_given()
    form = RateForm(formdata=None, data=data) if fill else RateForm()
    for field in (form.handling, form.result):
        field.choices = options((str(number), translated(words)) for number, words in CHOICES)
    form.solved_first.choices = options((("yes", _("Yes")), ("no", _("No"))))
    return form


def rated_of(tx: Tx, actor: Actor, case: CaseView) -> Rated | None:
    """The rating of the round as its side sees it; None where nothing can be rated."""
    if case.side is None or not can_rate(case.state, case.outcome):
        return None
    row = own_rating(tx, actor, case.id, case.side, case.round)
    now = services().clock.now()
    return Rated(row, row is None or now <= row.changeable_until)


def _load(ref: str) -> tuple[CaseView, Rated]:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        rated = rated_of(tx, actor, case)
    if rated is None:
        raise NotFound("rating")
    return case, rated


@bp.get("/cases/<ref>/rate")
@policy(Permission.PARTY_CASE_ACT, on="case")
def rate(ref: str) -> str:
    """The form, with what was said before or what the mail's number said."""
    case, rated = _load(ref)
    return render_template(
        "portal/cases/rate.html", case=case, rated=rated, form=rate_form(rated.row), failed=False
    )


@bp.post("/cases/<ref>/rate")
@policy(Permission.PARTY_CASE_ACT, on="case")
@once_per_key
def rate_now(ref: str) -> Response | tuple[str, int]:
    """Send counts; a second time within fourteen days changes it."""
    case, rated = _load(ref)
    form, actor = rate_form(fill=False), current_actor()
    if not form.validate():
        page = render_template(
            "portal/cases/rate.html", case=case, rated=rated, form=form, failed=True
        )
        return page, 422
    solved = {"yes": True, "no": False}.get(form.solved_first.data or "")
    command = RateCase(
        case.id, int(form.handling.data), int(form.result.data), solved, form.words.data or ""
    )
    with transaction(actor) as tx:
        rate_case(tx, command, actor, services().clock)
    flash(_("Thank you. You can change it for 14 days."))
    return redirect(f"/cases/{case.ref}", 303)
