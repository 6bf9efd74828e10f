"""A7 and A9: the result in one sentence, reasons, what changes, the letter, and the second review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from app.accounts.rules import Permission
from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_ref, clocks_of
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import CaseView
from app.decisions.queries import NoticeRow, notices_of
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import NotFound
from app.letters.queries import LetterRow, letter_view, letters_of
from app.web.portal.answers import Words
from app.web.portal.face import bp
from app.web.portal.results import result_words
from app.web.portal.versions import version_field, version_of
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows.act import act

GROUNDS_MOST = 10_000


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """The result as one side reads it."""

    ref: str
    title: str
    result: str
    notice: NoticeRow | None
    letters: list[dict[str, Any]]
    letter_html: Markup | None
    review_until: datetime | None
    can_appeal: bool


class ReviewForm(FlaskForm):
    """What is wrong with the decision."""

    version = version_field()
    grounds = TextAreaField(
        __("What is wrong with the decision?"), [Words(GROUNDS_MOST, required=True, multiline=True)]
    )


def letter_words(letter: LetterRow) -> str:
    """Title of a letter in a list."""
    words = {
        "decision": _("Resolution letter"), "out_of_scope": _("Letter: not ours to decide"), "withdrawn": _("Letter: case taken back"),
        "no_response": _("Letter: no answer"), "statement_of_reasons": _("Statement of reasons"), "notice_rejected": _("Letter: notice not accepted"),
        "counter_received": _("Letter: counter-notice received"), "counter_rejected": _("Letter: counter-notice not accepted"),
        "hold_notice": _("Letter: money is held"), "left_to_parties": _("Letter: left to both sides"),
    }  # fmt: skip
    return words.get(str(letter.kind), _("Letter"))


def shown_letters(letters: tuple[LetterRow, ...], ref: str) -> list[dict[str, Any]]:
    """Letters that were stored, as rows of a list."""
    return [
        {
            "title": letter_words(letter), "state": _("PDF, number %(number)s", number=letter.number), "tone": "",
            "size": letter.size, "href": f"/cases/{ref}/letters/{letter.id}",
        }
        for letter in letters
        if letter.is_readable
    ]  # fmt: skip


@bp.get("/cases/<ref>/decision")
@policy(Permission.PARTY_LETTER_READ, on="case")
def decision(ref: str) -> str:
    """A7. Nothing before the side was told: by the letter of a decision, or when the case is decided."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        notices = [row for row in notices_of(tx, actor, case.id) if row.side is case.side]
        letters = letters_of(tx, actor, case.id)
        told = any(row.is_readable and row.kind == "decision" for row in letters)
        if not (told or case.decided_at) or not (notices or letters or case.outcome):
            raise NotFound
        newest = next((row for row in letters if row.is_readable), None)
        html = letter_view(tx, actor, newest.id).html if newest else ""
        clocks = clocks_of(tx, actor, case.id)
    until = next(
        (clock.due_at for clock in clocks if clock.kind in {"appeal", "satisfaction"}), None
    )
    page = ShownDecision(
        str(case.ref), case.subject_title, result_words(case), next(iter(notices), None), shown_letters(letters, str(case.ref)),
        Markup(html) if html else None, until, until is not None and str(case.outcome) != "answered",  # noqa: S704 - our own renderer's escaped fragment
    )  # fmt: skip
    return render_template("portal/decisions/show.html", page=page)


def _review_page(
    case: CaseView, form: ReviewForm, until: datetime | None, *, failed: bool = False
) -> str:
    return render_template(
        "portal/decisions/second_review.html", case=case, form=form, until=until, failed=failed
    )


def _read(ref: str) -> tuple[CaseView, datetime | None]:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        clocks = clocks_of(tx, actor, case.id)
    return case, next((clock.due_at for clock in clocks if clock.kind == "appeal"), None)


@bp.get("/cases/<ref>/second-review")
@policy(Permission.PARTY_CASE_ACT, on="case")
def second_review(ref: str) -> str:
    """A9: who reviews, by when, what can change."""
    case, until = _read(ref)
    if case.decided_at is None:
        raise NotFound
    return _review_page(case, ReviewForm(version=str(case.version)), until)


@bp.post("/cases/<ref>/second-review")
@policy(Permission.PARTY_CASE_ACT, on="case")
@once_per_key
def ask_second_review(ref: str) -> Response | tuple[str, int]:
    """Ask for it, with grounds."""
    form = ReviewForm()
    case, until = _read(ref)
    if not form.validate():
        return _review_page(case, form, until, failed=True), 422
    actor = current_actor()
    command = ApplyEvent(
        case.id, CaseEvent.APPEAL, version_of(form, case), reason=str(form.grounds.data).strip()
    )
    with transaction(actor) as tx:
        act(tx, command, actor, services().clock)
    flash(_("We have your request. A person who took no part before reviews the decision."))
    return redirect(f"/cases/{case.ref}", 303)
