"""A4: one case with everything about it, and words to the desk."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from app.accounts.rules import Permission
from app.conversations.rules.audience import BODY_LIMIT
from app.infra.db.transaction import transaction
from app.infra.i18n import lazy_gettext as __
from app.web.portal.case_view import page_of, read_case
from app.web.portal.face import bp
from app.web.portal.news import news_mark
from app.web.portal.rate import invitation
from app.web.shared.answers import Words
from app.web.shared.context import current_actor
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale
from app.web.shared.unread import has_news


class MessageForm(FlaskForm):
    """Words to the desk."""

    body = TextAreaField(__("Write to us"), [Words(BODY_LIMIT, required=True, multiline=True)])


@bp.get("/cases/<ref>")
@policy(Permission.PARTY_CASE_READ, on="case")
def show(ref: str) -> str:
    """One case."""
    return case_page(ref)


def case_page(ref: str, form: Any = None, problems: list[str] | None = None) -> str:
    """The page, also after a form on it failed: what was typed stays."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        found = read_case(tx, actor, ref, request.args.get("before"))
    page = page_of(found, actor, pick_locale())
    shown = (
        form if form is not None else MessageForm(formdata=None, data={"body": found.talk.unsent})
    )
    extra = [("file", words) for words in problems or []]
    failed = bool(extra) or bool(form is not None and form.errors)
    return render_template(
        "portal/cases/show.html",
        page=page,
        form=shown,
        problems=problems or [],
        extra=extra,
        failed=failed,
        rate=invitation(page.rated),
        news=has_news(found.case.id),
        mark=news_mark(page),
    )
