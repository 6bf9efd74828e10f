"""S9: what a letter says before it leaves, its proof, sending it; afterwards the PDF, its signature, what replaced it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.letters.commands import SendLetter
from app.letters.queries import LetterRow, LetterView, letter_view, replacement_of
from app.letters.rules.kinds import LetterState, can_move
from app.letters.service.drafts import edit_letter
from app.letters.service.proofs import sendable
from app.letters.service.sending import send_letter
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, seen_version
from app.web.desk.letter_form import LetterForm, filled
from app.web.desk.letter_words import (
    STATES,
    letter_title,
    part_words,
    proof_line,
    signature_line,
)
from app.web.desk.rows import Line
from app.web.desk.words import side_words
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@dataclass(frozen=True, slots=True)
class LoadedLetter:
    """A letter of the case in the address. *may_send*: nobody else has to; *newer*: what replaces it."""

    case: LoadedCase
    view: LetterView
    may_send: bool
    newer: LetterRow | None

    @property
    def row(self) -> LetterRow:
        """The letter's row."""
        return self.view.row


def load_letter(tx: Tx, actor: Actor, ref: str, letter_id: UUID) -> LoadedLetter:
    """Raises NotFound for a letter of another case."""
    case = load_case(tx, actor, ref)
    view = letter_view(tx, actor, letter_id)
    if view.row.case_id != case.id:
        raise NotFound(str(letter_id))
    newer = replacement_of(tx, actor, letter_id) if view.row.number else None
    return LoadedLetter(case, view, sendable(tx, view.row, actor), newer)


@bp.get("/desk/cases/<ref>/letters/<uuid:letter_id>")
@policy(Permission.LETTER_READ, on="case")
def letters_show(ref: str, letter_id: UUID) -> ResponseReturnValue:
    """The letter as it will be, or as it left."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        letter = load_letter(tx, actor, ref, letter_id)
    return _page(letter, filled(letter.view.context, letter.row.version), actor)


@bp.post("/desk/cases/<ref>/letters/<uuid:letter_id>")
@policy(Permission.LETTER_DRAFT, on="case")
def letters_save(ref: str, letter_id: UUID) -> ResponseReturnValue:
    """Other words in its blocks; a new proof follows."""
    actor, form = current_actor(), LetterForm()
    with transaction(actor, read_only=True) as tx:
        letter = load_letter(tx, actor, ref, letter_id)
    command = form.to_command(
        letter_id, letter.view.context, seen_version(form.version.data, letter.row.version)
    )
    try:
        with transaction(actor) as tx:
            edit_letter(tx, command, actor, services().clock)
    except Invalid as error:
        form.mark(error)
        return _page(letter, form, actor), 422
    flash(_("Saved."), "ok")
    return redirect(url_for("desk.letters_show", ref=ref, letter_id=letter_id), 303)


@bp.post("/desk/cases/<ref>/letters/<uuid:letter_id>/issue")
@policy(Permission.LETTER_ISSUE, on="case")
@once_per_key
def letters_issue(ref: str, letter_id: UUID) -> ResponseReturnValue:
    """Give it its number exactly as the proof shows it; printing, signing and sending follow as jobs."""
    actor, settings = current_actor(), services().settings
    with transaction(actor) as tx:
        letter = load_letter(tx, actor, ref, letter_id)
        version = seen_version(request.form.get("version"), letter.row.version)
        proof = request.form.get("proof", "")
        command = SendLetter(letter_id, version, proof, settings.base_url)
        row = send_letter(tx, command, actor, services().clock)
    flash(_("Letter %(number)s leaves now.", number=row.number), "ok")
    return redirect(url_for("desk.letters_show", ref=ref, letter_id=letter_id), 303)


def _page(letter: LoadedLetter, form: LetterForm, actor: Actor) -> str:
    row, ref = letter.row, letter.case.ref
    is_draft = row.state is LetterState.DRAFTED
    issue, draft = may(actor, Permission.LETTER_ISSUE), may(actor, Permission.LETTER_DRAFT)
    here = {"ref": ref, "letter_id": row.id}
    return render_template(
        "desk/letters/show.html", case=letter.case.head, form=form, lines=_lines(letter), facts=_facts(row),
        letter={"title": letter_title(row), "to": side_words(row.audience).lower(), "proof": row.proof_sha256},
        letter_html=Markup(letter.view.html),  # noqa: S704 - rendered by our own autoescaping templates
        fields=form.rows(letter.view.context) if is_draft and draft else [],
        pdf_href=f"/files/cases/{ref}/letters/{row.id}" if row.is_readable else "",
        proof_href=f"/files/cases/{ref}/letters/{row.id}/proof" if is_draft and row.proof_sha256 else "",
        proof=_proof(letter), signature=signature_line(row), here=here, is_draft=is_draft, draft=draft, version=row.version, ready=letter.view.readiness.is_ready,
        can_issue=is_draft and issue and row.is_proof_fresh and letter.may_send,
        can_void=issue and can_move(row.state, LetterState.VOID),
        can_replace=draft and row.is_readable and letter.newer is None,
    )  # fmt: skip


def _proof(letter: LoadedLetter) -> Line | None:
    if letter.row.state is not LetterState.DRAFTED:
        return None
    return proof_line(letter.row, is_ready=letter.view.readiness.is_ready)


def _lines(letter: LoadedLetter) -> list[Line]:
    row, lines = letter.row, []
    if row.state is LetterState.DRAFTED:
        missing = letter.view.readiness.missing
        if missing:
            names = ", ".join(part_words(name) for name in missing)
            text = _("Still missing: %(names)s. The letter cannot leave yet.", names=names)
            lines.append(Line(text, "warn"))
        if not letter.may_send:
            lines.append(
                Line(_("You wrote words of this letter, so somebody else sends it."), "info")
            )
    elif row.problem:
        lines.append(Line(_("It could not be printed: %(why)s", why=row.problem), "danger"))
    if row.state is LetterState.VOID:
        lines.append(Line(_("Void: %(why)s", why=row.void_reason), "warn"))
    if letter.newer is not None:
        number = letter.newer.number or _("a draft")
        lines.append(Line(_("Another letter takes its place: %(number)s.", number=number), "warn"))
    return lines


def _facts(row: LetterRow) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("State"), translated(str(STATES[row.state][0]))),
        (_("Language"), row.language),
    ]
    if row.number:
        facts.append((_("Number"), row.number))
    if row.verify_code:
        facts.append((_("Check code"), row.verify_code))
    if row.sha256:
        facts.append((_("SHA-256"), f"{row.sha256[:12]}…"))
    if row.four_eyes and row.state is LetterState.DRAFTED:
        facts.append((_("To be sent by"), _("Somebody who wrote none of it")))
    return facts
