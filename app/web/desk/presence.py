"""The poll of an open case: who else is here, what came since. And the widths of the panes, per person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import make_response, render_template, request

from app.accounts.commands import KeepPanes
from app.accounts.rules import PANES, Permission, pane_width
from app.accounts.service.panes import keep_panes
from app.conversations import service as conversations
from app.conversations.queries import newer_than, others_present
from app.conversations.rules.presence import doing_of
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid
from app.web.desk.composer import newer_lines
from app.web.desk.face import bp
from app.web.desk.head import load_case, seen_version
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_YEAR = 31_536_000


@bp.get("/desk/cases/<ref>/presence")
@policy(Permission.CASE_READ, on="case")
def presence_poll(ref: str) -> ResponseReturnValue:
    """Every 30 s while the page is visible; the poll's own header keeps the idle session from growing.

    It writes the caller's sign of life and nothing of the case; the same words again are a 304.
    """
    actor, clock = current_actor(), services().clock
    with transaction(actor) as tx:
        case = load_case(tx, actor, ref)
        doing = doing_of(request.args.get("doing", ""))
        conversations.note_presence(tx, case.id, doing, actor, clock)
        others = others_present(tx, actor, case.id, clock)
        seen = seen_version(request.args.get("seen"), -1)
        _now, newer = newer_than(tx, actor, case.id, seen) if seen >= 0 else (0, ())
    body = render_template(
        "desk/conversations/_presence.html", others=others, newer=newer_lines(case, newer)
    )
    answer = make_response(body)
    answer.add_etag()
    answer.headers["Cache-Control"] = "private, no-store"
    return answer.make_conditional(request)


@bp.post("/desk/panes")
@policy(Permission.CASE_READ)
def panes_keep() -> ResponseReturnValue:
    """Keep how wide this person likes the panes."""
    wanted = {name: seen_version(request.form.get(name), 0) for name in PANES}
    for name, width in wanted.items():
        if not width:
            raise Invalid(
                name, "number", _("Send the width of the pane as a whole number of pixels.")
            )
    with transaction(current_actor()) as tx:
        keep_panes(tx, KeepPanes(**wanted), current_actor())
    return "", 204


@bp.get("/desk/panes.css")
@policy(Permission.CASE_READ)
def panes_style() -> ResponseReturnValue:
    """The widths as a style sheet, so that a page needs neither script nor inline style to have them."""
    widths = {
        name: pane_width(name, seen_version(request.args.get(name), first))
        for name, (_least, _most, first) in PANES.items()
    }
    rules = ";".join(f"--{name}:{width}px" for name, width in widths.items())
    answer = make_response(f"@layer faces{{.l-three{{{rules}}}}}")
    answer.headers["Content-Type"] = "text/css; charset=utf-8"
    answer.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer
