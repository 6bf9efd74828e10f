"""S9, what else is done with a letter: begin one, make its proof again, drop or void it, replace it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Invalid, Refused
from app.letters.commands import VoidLetter
from app.letters.rules.context import Sender
from app.letters.rules.kinds import LetterState
from app.letters.service import proofs, sending
from app.letters.service.numbers import retry_letter
from app.letters.service.results import void_letter
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, seen_version
from app.web.desk.letter_form import NewLetterForm
from app.web.desk.letters import load_letter
from app.web.desk.rows import FieldRow, Line
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows.letters import StartLetter, start_letter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/desk/cases/<ref>/letters/new")
@policy(Permission.LETTER_DRAFT, on="case")
def letters_new(ref: str) -> ResponseReturnValue:
    """Which letter, to whom."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    return _new_page(case, NewLetterForm(case.view.kind))


@bp.post("/desk/cases/<ref>/letters/new")
@policy(Permission.LETTER_DRAFT, on="case")
@once_per_key
def letters_start(ref: str) -> ResponseReturnValue:
    """Draft it from what the case knows."""
    actor, settings = current_actor(), services().settings
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    form = NewLetterForm(case.view.kind)
    try:
        sender = Sender(settings.product_name, (), settings.mail_from)
        command = StartLetter(case.id, *form.to_kind_and_side(), sender)
        with transaction(actor) as tx:
            row = start_letter(tx, command, actor, services().clock)
    except (Invalid, Refused) as error:
        field = form._fields.get(getattr(error, "field", "kind"), form.kind)
        field.errors = [translated(error.message)]
        return _new_page(case, form), 422
    flash(_("The letter is drafted. It leaves when you send it."), "ok")
    return redirect(url_for("desk.letters_show", ref=ref, letter_id=row.id), 303)


@bp.post("/desk/cases/<ref>/letters/<uuid:letter_id>/proof")
@policy(Permission.LETTER_DRAFT, on="case")
def letters_proof(ref: str, letter_id: UUID) -> ResponseReturnValue:
    """Print the draft once more, or a numbered letter that was not printed."""
    actor, clock = current_actor(), services().clock
    with transaction(actor) as tx:
        row = load_letter(tx, actor, ref, letter_id).row
        if row.state is LetterState.DRAFTED:
            version = seen_version(request.form.get("version"), row.version)
            proofs.ask_proof(tx, letter_id, version, actor, clock)
        else:
            retry_letter(tx, letter_id, actor, clock)
    return redirect(url_for("desk.letters_show", ref=ref, letter_id=letter_id), 303)


@bp.post("/desk/cases/<ref>/letters/<uuid:letter_id>/void")
@policy(Permission.LETTER_ISSUE, on="case")
@once_per_key
def letters_void(ref: str, letter_id: UUID) -> ResponseReturnValue:
    """Drop a draft or give up a number, with the reason."""
    actor = current_actor()
    command = VoidLetter(letter_id, request.form.get("reason", ""))
    try:
        with transaction(actor) as tx:
            load_letter(tx, actor, ref, letter_id)
            void_letter(tx, command, actor, services().clock)
    except Invalid as error:
        flash(translated(error.message), "warn")
    else:
        flash(_("This letter is void."), "ok")
    return redirect(url_for("desk.letters_show", ref=ref, letter_id=letter_id), 303)


@bp.post("/desk/cases/<ref>/letters/<uuid:letter_id>/replace")
@policy(Permission.LETTER_DRAFT, on="case")
@once_per_key
def letters_replace(ref: str, letter_id: UUID) -> ResponseReturnValue:
    """Begin the letter that takes the place of this one and says so."""
    actor = current_actor()
    with transaction(actor) as tx:
        load_letter(tx, actor, ref, letter_id)
        row = sending.replace_letter(tx, letter_id, actor, services().clock)
    flash(_("A new letter with the same words is drafted. Change them, then send it."), "ok")
    return redirect(url_for("desk.letters_show", ref=ref, letter_id=row.id), 303)


def _new_page(case: LoadedCase, form: NewLetterForm) -> str:
    line = _(
        "Dates, names and amounts come from the case. You write the words, and see a proof before it leaves."
    )
    return render_template(
        "desk/cases/form.html", case=case.head, form=form, facts=(), lines=(Line(line),),
        fields=(FieldRow(form.kind), FieldRow(form.side)), heading=_("Write a letter"),
        submit=_("Draft the letter"), icon_name="file-pen-line",
        action=url_for("desk.letters_start", ref=case.ref),
    )  # fmt: skip
