"""A1, after the branch's answers: articles that fit and one live fact. Going on is as easy as stopping; it never blocks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField

from app.accounts.rules import Permission
from app.helpcentre.queries.told import offer_of
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid
from app.web.portal.drafts import NUMBERS, Draft, load_draft, part_words
from app.web.portal.face import bp
from app.web.portal.filing import sent
from app.web.shared.answer_texts import put_errors
from app.web.shared.answers import chosen, options
from app.web.shared.context import current_actor, services
from app.web.shared.filters import date_words, money_words
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale
from app.workflows.before_filing import (
    FactKind,
    LiveFact,
    Offer,
    close_answered,
    note_shown,
    offer_for,
)


class AnsweredForm(FlaskForm):
    """Which of them answered it."""

    answer = RadioField(
        __("What answered your question?"), [chosen(required=True)], validate_choice=False
    )


def after_what(draft_id: UUID) -> str:
    """The step after the questions: help once, when it was not shown yet; else the evidence."""
    actor, clock = current_actor(), services().clock
    with transaction(actor) as tx:
        draft = load_draft(tx, actor, draft_id)
        if draft.was_sent or offer_of(tx, draft_id) is not None:
            return "evidence"
        offer = offer_for(tx, actor, draft.case, pick_locale(), clock)
        note_shown(tx, draft.case, offer, actor, clock)
    return "help"


def _read(draft_id: UUID) -> tuple[Draft, Offer]:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
        return draft, offer_for(tx, actor, draft.case, pick_locale(), services().clock)


@bp.get("/cases/new/<uuid:draft_id>/help")
@policy(Permission.PARTY_CASE_FILE, on="case")
def filing_help(draft_id: UUID) -> str | Response:
    """What may answer it already."""
    draft, offer = _read(draft_id)
    if draft.was_sent:
        return sent(draft)
    return render_template(
        "portal/filing/help.html", draft=draft, offer=offer, fact=fact_words(offer.fact), form=None, failed=False,
        step=NUMBERS["what"], heading=part_words("help"), back=f"/cases/new/{draft_id}/what",
        saved_at=draft.case.updated_at, base=f"/{pick_locale()}/help", lang=pick_locale(),
    )  # fmt: skip


@bp.get("/cases/new/<uuid:draft_id>/answered")
@policy(Permission.PARTY_CASE_FILE, on="case")
def filing_answered(draft_id: UUID) -> str | Response:
    """Ask once more before the draft goes."""
    draft, offer = _read(draft_id)
    return sent(draft) if draft.was_sent else _ask(draft, _form(offer))


def _form(offer: Offer) -> AnsweredForm:
    form = AnsweredForm()
    pairs: list[tuple[str, Any]] = [(one.slug, one.title) for one in offer.articles]
    if offer.fact:
        pairs.append((offer.fact.kind.value, fact_words(offer.fact)[0]))
    form.answer.choices = options(pairs)
    return form


def _ask(draft: Draft, form: AnsweredForm, *, failed: bool = False) -> str:
    return render_template(
        "portal/filing/answered.html", draft=draft, form=form, failed=failed, step=NUMBERS["what"],
        heading=_("This answers it?"), back=f"/cases/new/{draft.id}/help", saved_at=None,
    )  # fmt: skip


@bp.post("/cases/new/<uuid:draft_id>/answered")
@policy(Permission.PARTY_CASE_FILE, on="case")
def close_draft(draft_id: UUID) -> Response | tuple[str, int]:
    """Close the draft; nothing was sent, and another one can be started at any time."""
    draft, offer = _read(draft_id)
    if draft.was_sent:
        return sent(draft)
    form, actor, clock = _form(offer), current_actor(), services().clock
    if not form.validate():
        return _ask(draft, form, failed=True), 422
    try:
        with transaction(actor) as tx:
            note_shown(tx, draft.case, offer, actor, clock)
            close_answered(tx, draft.case, form.answer.data, actor, clock)
    except Invalid as error:
        put_errors(form, error)
        return _ask(draft, form, failed=True), 422
    flash(_("Good. We closed the draft; nothing was sent. You can start a case at any time."))
    return redirect("/cases", 303)


def fact_words(fact: LiveFact | None) -> tuple[str, str]:
    """(what we know, where to read on as an address); both empty when nothing is known."""
    if fact is None:
        return "", ""
    locale, zone = pick_locale(), current_actor().zone
    amount = money_words(fact.amount, locale) if fact.amount else _("Money")
    day = date_words(fact.day, locale, zone) if fact.day else ""
    words = {
        FactKind.OPEN_NOTICE: _("There is an open case about this takedown, and you can answer in it. You need no new one."),
        FactKind.MONEY_ON_ITS_WAY: _("%(amount)s for this release was approved on %(day)s and is on its way to you.", amount=amount, day=day),
        FactKind.MONEY_HELD: _("%(amount)s for this release is held since %(day)s because of an open case. It is not lost.", amount=amount, day=day),
        FactKind.PERIOD_RUNS: _("The period you name ends on %(day)s. It is not over yet, so stores have not reported it.", day=day),
    }  # fmt: skip
    return words[fact.kind], f"/cases/{fact.ref}" if fact.ref else ""
