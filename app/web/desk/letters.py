"""Letters at the desk: what each says before it leaves, what is missing, sending it, the PDF afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from markupsafe import Markup

from app.accounts.rules import Permission, may
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import NotFound
from app.letters.commands import IssueLetter
from app.letters.queries import LetterRow, LetterView, letter_view
from app.letters.rules.kinds import LetterKind, LetterState
from app.letters.service import numbers
from app.web.desk.face import bp
from app.web.desk.head import load_case
from app.web.desk.rows import Line, LinkLine
from app.web.desk.words import side_words
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_KINDS: dict[str, Any] = {
    LetterKind.DECISION: __("Decision"),
    LetterKind.OUT_OF_SCOPE: __("Out of scope"),
    LetterKind.WITHDRAWN: __("Withdrawn"),
    LetterKind.NO_RESPONSE: __("No answer"),
    LetterKind.STATEMENT_OF_REASONS: __("Statement of reasons"),
    LetterKind.NOTICE_REJECTED: __("Notice rejected"),
    LetterKind.COUNTER_RECEIVED: __("Counter-notice received"),
    LetterKind.COUNTER_REJECTED: __("Counter-notice rejected"),
    LetterKind.HOLD_NOTICE: __("Money held"),
    LetterKind.LEFT_TO_PARTIES: __("Left to the parties"),
}
_STATES: dict[str, tuple[Any, str]] = {
    LetterState.DRAFTED: (__("Draft"), "neutral"),
    LetterState.NUMBERED: (__("Being printed"), "wait"),
    LetterState.RENDERED: (__("Printed"), "info"),
    LetterState.SIGNED: (__("Signed"), "info"),
    LetterState.SENT: (__("Sent"), "ok"),
    LetterState.DELIVERED: (__("Delivered"), "ok"),
    LetterState.BOUNCED: (__("Came back"), "warn"),
    LetterState.VOID: (__("Void"), "neutral"),
}


def letter_title(row: LetterRow) -> str:
    """`Decision to complainant, L-2026-0001`."""
    words = _("%(kind)s to %(who)s", kind=_KINDS[row.kind], who=side_words(row.audience).lower())
    return f"{words}, {row.number}" if row.number else words


def letter_lines(ref: str, rows: tuple[LetterRow, ...]) -> tuple[LinkLine, ...]:
    """Letters of a case for the facts pane."""
    return tuple(
        LinkLine(
            letter_title(row),
            url_for("desk.letters_show", ref=ref, letter_id=row.id),
            _("Not printed: %(why)s", why=row.problem)
            if row.problem
            else str(_STATES[row.state][0]),
            "warn" if row.problem else _STATES[row.state][1],
        )
        for row in rows
    )


@bp.get("/desk/cases/<ref>/letters/<uuid:letter_id>")
@policy(Permission.LETTER_READ, on="case")
def letters_show(ref: str, letter_id: UUID) -> ResponseReturnValue:
    """The letter as it will be, or as it left."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        view = letter_view(tx, actor, letter_id)
    if view.row.case_id != case.id:
        raise NotFound(str(letter_id))
    row = view.row
    ready = (
        row.state is LetterState.DRAFTED
        and may(actor, Permission.LETTER_ISSUE)
        and not _missing(view)
    )
    return render_template(
        "desk/letters/show.html", case=case.head, lines=_lines(view), facts=_facts(row),
        letter={"title": letter_title(row), "to": side_words(row.audience).lower()},
        letter_html=Markup(view.html),  # noqa: S704 - rendered by our own autoescaping templates
        pdf_href=f"/files/cases/{ref}/letters/{row.id}" if row.is_readable else "",
        can_issue=ready, issue_href=url_for("desk.letters_issue", ref=ref, letter_id=row.id, version=row.version),
    )  # fmt: skip


@bp.post("/desk/cases/<ref>/letters/<uuid:letter_id>/issue")
@policy(Permission.LETTER_ISSUE, on="case")
@once_per_key
def letters_issue(ref: str, letter_id: UUID) -> ResponseReturnValue:
    """Give it its number; printing and sending follow as jobs."""
    actor, settings = current_actor(), services().settings
    with transaction(actor) as tx:
        case = load_case(tx, actor, ref)
        view = letter_view(tx, actor, letter_id)
        if view.row.case_id != case.id:
            raise NotFound(str(letter_id))
        command = IssueLetter(letter_id, view.row.version, settings.base_url)
        row = numbers.issue_letter(tx, command, actor, services().clock)
    flash(_("Letter %(number)s leaves now.", number=row.number), "ok")
    return redirect(url_for("desk.letters_show", ref=ref, letter_id=letter_id), 303)


def _missing(view: LetterView) -> tuple[str, ...]:
    return tuple(view.readiness.missing)


def _lines(view: LetterView) -> list[Line]:
    lines = []
    if view.row.problem:
        lines.append(Line(_("It could not be printed: %(why)s", why=view.row.problem), "danger"))
    if view.row.state is LetterState.DRAFTED and _missing(view):
        names = ", ".join(_missing(view))
        lines.append(
            Line(_("Still missing: %(names)s. The letter cannot leave yet.", names=names), "warn")
        )
    return lines


def _facts(row: LetterRow) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("State"), str(_STATES[row.state][0])),
        (_("Language"), row.language),
    ]
    if row.number:
        facts.append((_("Number"), row.number))
    if row.verify_code:
        facts.append((_("Check code"), row.verify_code))
    if row.sha256:
        facts.append((_("SHA-256"), f"{row.sha256[:12]}…"))
    return facts
