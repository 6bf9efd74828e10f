"""A5: answer what we asked, each on its own page: a document, words, a choice, a confirmation, or why not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField

from app.accounts.rules import Permission
from app.cases.queries import case_by_ref
from app.cases.rules.views import CaseView
from app.conversations.commands import AnswerItem
from app.conversations.queries.requests import (
    RequestItemRow,
    RequestRow,
    request_by_number,
    requests_of,
)
from app.conversations.rules.requests import ANSWER_LIMIT, ItemKind
from app.evidence.queries import items_of
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, NotFound
from app.web.portal.face import bp
from app.web.portal.files import posted_files, uploaded_items
from app.web.portal.progress import ENDED
from app.web.portal.request_view import item_state, request_lines
from app.web.shared.answers import Words, chosen, options, ticked, translated
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.uploads import receive_one, receives_files
from app.workflows.answer import answer as take_answer

WHY_MOST = 2_000


REASONS: tuple[tuple[str, Any], ...] = (
    ("never", __("It never existed")),
    ("lost", __("I had it, and lost it")),
    ("other", __("Somebody else has it")),
    ("private", __("I have it, and do not want to share it")),
)


class DeclineForm(FlaskForm):
    """Why it cannot be given, and what else there is."""

    reason = RadioField(
        __("Why can you not provide it?"), [chosen(required=True)], choices=options(REASONS),
        validate_choice=False,
    )  # fmt: skip
    why = TextAreaField(
        __("What can you tell us or send instead?"),
        [Words(WHY_MOST, required=True, multiline=True)],
    )
    version = HiddenField()

    def words(self) -> str:
        """Both answers in one text, as the desk reads it."""
        picked = str(dict(REASONS)[str(self.reason.data)])
        return f"{picked}. {self.why.data}"


def answer_form(item: RequestItemRow) -> Any:
    """The form of one item by its kind; documents come as files."""
    body: dict[str, Any] = {"version": HiddenField()}
    if item.kind is ItemKind.CHOICE:
        body["text"] = RadioField(
            __("Your answer"),
            [chosen(required=True)],
            choices=options((o, o) for o in item.options),
            validate_choice=False,
        )
    elif item.kind is ItemKind.CONFIRMATION:
        body["text"] = BooleanField(__("Yes, I confirm this."), [ticked(required=True)])
    elif item.kind is ItemKind.SIGNATURE:
        name = {"autocomplete": "name"}
        body["agree"] = BooleanField(__("I have read it and I agree."), [ticked(required=True)])
        body["text"] = StringField(
            __("Your full name"), [Words(200, required=True, multiline=False)], render_kw=name
        )
    else:
        needed = item.kind is ItemKind.QUESTION
        label = __("Your answer") if needed else __("Something to say about it?")
        body["text"] = TextAreaField(label, [Words(ANSWER_LIMIT, required=needed, multiline=True)])
    return type("AnswerForm", (FlaskForm,), body)


def good_words(item: RequestItemRow) -> str:
    """What a good answer looks like, by kind."""
    words = {
        ItemKind.DOCUMENT: _("All pages, in one file or as photos in good light, with every corner in the picture. Names, dates and signatures can be read."),
        ItemKind.QUESTION: _("Who did what, when and where. Names and dates help more than many words."),
        ItemKind.CHOICE: _("Take the one that fits best. You can explain it in a message."),
        ItemKind.CONFIRMATION: _("Confirm it only if it is true as it stands. Otherwise write to us what differs."),
        ItemKind.SIGNATURE: _("Read the text first. Your typed name stands for your signature."),
    }  # fmt: skip
    return words[item.kind]


def _read(ref: str, number: int) -> tuple[CaseView, RequestRow]:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        return case, request_by_number(tx, actor, case.id, number)


def _item(row: RequestRow, position: int | None) -> RequestItemRow:
    """The named item, or the first that is still wanted, or the first."""
    found = (item for item in row.items if position is None or item.position == position)
    items = list(found)
    if not items:
        raise NotFound
    return next((item for item in items if item.is_waiting), items[0])


def _page(case: CaseView, row: RequestRow, item: RequestItemRow, **given: Any) -> str:
    context: dict[str, Any] = {
        "form": None,
        "decline": None,
        "problems": [],
        "failed": False,
        "why_not": False,
        **given,
    }
    version, is_over = str(item.version), case.state in ENDED
    return render_template(
        "portal/requests/show.html", case=case, row=row, item=item, is_over=is_over,
        state=item_state(item, is_over=is_over), good=good_words(item),
        **context | {
            "form": context["form"] or answer_form(item)(formdata=None, data={"version": version}),
            "decline": context["decline"] or DeclineForm(formdata=None, data={"version": version}),
        },
    )  # fmt: skip


@bp.get("/cases/<ref>/requests/<int:number>")
@policy(Permission.PARTY_REQUEST_ANSWER, on="case")
def show_request(ref: str, number: int) -> str:
    """What, why, by when, what silence does, and the form for the next item."""
    case, row = _read(ref, number)
    position = request.args.get("item", "")
    item = _item(row, int(position) if position.isascii() and position.isdigit() else None)
    return _page(case, row, item, why_not=request.args.get("cannot") == "1")


@bp.post("/cases/<ref>/requests/<int:number>/<int:position>")
@policy(Permission.PARTY_REQUEST_ANSWER, on="case")
@receives_files
@once_per_key
def answer(ref: str, number: int, position: int) -> Response | tuple[str, int]:
    """Take the answer; files first, so that a document is evidence before it is an answer."""
    case, row = _read(ref, number)
    item = _item(row, position)
    form = answer_form(item)()
    if not form.validate():
        return _page(case, row, item, form=form, failed=True), 422
    uploads, sent = posted_files(), uploaded_items(case.id)
    if item.kind is ItemKind.DOCUMENT and not (uploads or sent):
        return _page(
            case, row, item, form=form, failed=True, problems=[_("Choose a document.")]
        ), 422
    try:
        files = sent + _take(case, uploads)
        _answer(case, item, _said(item, form), files, cannot=False, version=form.version.data)
    except Invalid as error:
        return _page(case, row, item, form=form, failed=True, problems=[translated(error)]), 422
    return _onward(case)


@bp.post("/cases/<ref>/requests/<int:number>/<int:position>/cannot")
@policy(Permission.PARTY_REQUEST_ANSWER, on="case")
@once_per_key
def cannot_provide(ref: str, number: int, position: int) -> Response | tuple[str, int]:
    """Say why it cannot be given; we look for another way."""
    case, row = _read(ref, number)
    item = _item(row, position)
    form = DeclineForm()
    if not form.validate():
        return _page(case, row, item, decline=form, failed=True, why_not=True), 422
    _answer(case, item, form.words(), (), cannot=True, version=form.version.data)
    return _onward(case)


def _said(item: RequestItemRow, form: Any) -> str:
    if item.kind is ItemKind.CONFIRMATION:
        return "yes"
    if item.kind is ItemKind.SIGNATURE:
        return f"Signed: {form.text.data}"
    return str(form.text.data or "")


def _take(case: CaseView, uploads: list[FileStorage]) -> tuple[UUID, ...]:
    return tuple(
        receive_one(case.id, case.side, upload, number).id for number, upload in enumerate(uploads)
    )


def _answer(
    case: CaseView,
    item: RequestItemRow,
    text: str,
    files: tuple[UUID, ...],
    *,
    cannot: bool,
    version: str | None,
) -> None:
    """The answer and, with the last item, the move of the case: one transaction."""
    actor = current_actor()
    known = int(version) if version and version.isascii() and version.isdigit() else None
    key = request.form.get("idempotency_key", "")[:80]
    with transaction(actor) as tx:
        take_answer(
            tx,
            AnswerItem(case.id, item.id, text, files, cannot, known, key),
            actor,
            services().clock,
        )


def _onward(case: CaseView) -> Response:
    """The list with the next thing, or the case when nothing is open."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        rows = requests_of(tx, actor, case.id)
    if any(row.is_open for row in rows):
        flash(_("Received. Thank you. Here is what is still open."))
        return redirect(f"/cases/{case.ref}/requests", 303)
    flash(_("Received. Thank you. We go on with your case."))
    return redirect(f"/cases/{case.ref}", 303)


@bp.get("/cases/<ref>/requests")
@policy(Permission.PARTY_REQUEST_ANSWER, on="case")
def list_requests(ref: str) -> str:
    """Everything we asked for, and the next thing on top."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        rows, files = requests_of(tx, actor, case.id), items_of(tx, actor, case.id)
    lines = request_lines(rows, case, files)
    waiting = sorted((row for row in rows if row.is_open), key=lambda row: row.due_at)
    return render_template(
        "portal/requests/list.html", case=case, lines=lines, done=sum(line.done for line in lines),
        following=waiting[0] if waiting else None,
        item=_item(waiting[0], None) if waiting else None,
    )  # fmt: skip
