"""The poll of an open case page: has anything that this reader sees there changed? Every 30 s, and mostly a 304.

The mark is made of nothing but what the page shows this reader, so it says no more about the other side than
the page does (B144). What the reader does alone (reading, an unsent text) does not change it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import make_response, render_template, request

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.web.portal.case_view import CasePage, page_of, read_case
from app.web.portal.face import bp
from app.web.shared.context import current_actor
from app.web.shared.policy import policy
from app.web.shared.shell import language_tag, pick_locale

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def news_mark(page: CasePage) -> str:
    """Equal as long as the page would show the same state, requests, words, files, letters and money."""
    shown = (
        page.state, page.outcome, page.mine, page.ask.title, page.ask.due, page.requests, page.timeline, page.files,
        page.letters, page.money, page.parties, page.review_until, page.is_open,
    )  # fmt: skip
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:24]


@bp.get("/cases/<ref>/news")
@policy(Permission.PARTY_CASE_READ, on="case")
def show_news(ref: str) -> ResponseReturnValue:
    """A line for the foot of the page when it is older than the case; else nothing."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        found = read_case(tx, actor, ref, request.args.get("before"))
    mark = news_mark(page_of(found, actor, pick_locale()))
    is_new = mark != request.args.get("seen", "")
    answer = make_response(
        render_template("portal/cases/_news.html", ref=str(found.case.ref), is_new=is_new)
    )
    answer.set_etag(f"{mark}-{language_tag()}-{is_new:d}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer.make_conditional(request)
