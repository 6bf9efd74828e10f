"""A7 and A9: the result and its letter, and the second review with grounds and new evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, TextAreaField

from app.accounts.rules import Permission
from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_ref, clocks_of
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import CaseView
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import NotFound
from app.web.portal.decision_view import decision_page, read_decision
from app.web.portal.face import bp
from app.web.portal.files import posted_files, receive_posted
from app.web.portal.versions import version_field, version_of
from app.web.shared.answers import Words
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.promises import kept_policy, promise_of
from app.web.shared.shell import pick_locale
from app.web.shared.uploads import receives_files
from app.workflows.act import act

GROUNDS_MOST = 10_000


class GroundsForm(FlaskForm):
    """One box for each ground: a field comes once (B012)."""

    facts = BooleanField(__("The facts are not right"))
    evidence = BooleanField(__("Evidence was not read, or read wrongly"))
    new = BooleanField(__("There is new evidence"))
    amount = BooleanField(__("The amount is wrong"))
    rule = BooleanField(__("The wrong rule was applied"))
    heard = BooleanField(__("I was not heard, or had too little time"))


BOXES = ("facts", "evidence", "new", "amount", "rule", "heard")


class ReviewForm(GroundsForm):
    """What is wrong with the decision."""

    version = version_field()
    grounds = TextAreaField(__("Tell us why"), [Words(GROUNDS_MOST, required=True, multiline=True)])

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one ground beside the words."""
        fine = bool(super().validate(extra_validators))
        if not any(self[name].data for name in BOXES):
            self.facts.errors = [*self.facts.errors, _("Choose at least one.")]
            return False
        return fine

    def words(self) -> str:
        """The grounds as the reviewer reads them: what was ticked, then the words."""
        ticked = [str(self[name].label.text) for name in BOXES if self[name].data]
        return f"{'; '.join(ticked)}.\n{self.grounds.data}"


@bp.get("/cases/<ref>/decision")
@policy(Permission.PARTY_LETTER_READ, on="case")
def decision(ref: str) -> str:
    """A7: the result in one sentence, what changes and when, why, money, the letter, what can be done."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        found = read_decision(tx, actor, ref)
    return render_template(
        "portal/decisions/show.html", page=decision_page(found, pick_locale(), actor.zone)
    )


def _review_page(
    read: tuple[CaseView, datetime | None, datetime | None], form: Any, *, failed: bool = False,
    problems: list[str] | None = None,
) -> str:  # fmt: skip
    case, until, answer_by = read
    return render_template(
        "portal/decisions/second_review.html", case=case, form=form, until=until, answer_by=answer_by,
        failed=failed, problems=problems or [],
    )  # fmt: skip


def _read(ref: str) -> tuple[CaseView, datetime | None, datetime | None]:
    """The case, until when it can be asked, and by when the answer is there if it is asked now."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        clocks = clocks_of(tx, actor, case.id)
        promise = promise_of(tx, kept_policy(tx, case.policy_id), services().clock.now())
    if case.decided_at is None:
        raise NotFound("second review")
    until = next((clock.due_at for clock in clocks if clock.kind == "appeal"), None)
    return case, until, promise.decide_by if promise else None


@bp.get("/cases/<ref>/second-review")
@policy(Permission.PARTY_CASE_ACT, on="case")
def second_review(ref: str) -> str:
    """A9: who reviews, by when, what can change."""
    read = _read(ref)
    return _review_page(read, ReviewForm(version=str(read[0].version)))


@bp.post("/cases/<ref>/second-review")
@policy(Permission.PARTY_CASE_ACT, on="case")
@receives_files
@once_per_key
def ask_second_review(ref: str) -> Response | tuple[str, int]:
    """Ask for it with grounds; new evidence first, so that the reviewer finds it."""
    read = _read(ref)
    case, form, actor = read[0], ReviewForm(), current_actor()
    if not form.validate():
        return _review_page(read, form, failed=True), 422
    problems = receive_posted(case.id, case.side) if posted_files() else []
    if problems:
        return _review_page(read, form, failed=True, problems=problems), 422
    command = ApplyEvent(case.id, CaseEvent.APPEAL, version_of(form, case), reason=form.words())
    with transaction(actor) as tx:
        act(tx, command, actor, services().clock)
    flash(_("We have your request. A person who took no part before reviews the decision."))
    return redirect(f"/cases/{case.ref}", 303)
