"""Keeping a case right: its facts with their source, its links, its owner, a conflict of interest, the legal hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.accounts.queries import names_of, people_with_role
from app.accounts.rules import Permission
from app.cases.commands import AssignCase, EditFacts, LinkCase, SetLegalHold, WallOff
from app.cases.queries import case_by_ref, links_of
from app.cases.rules.actions import moves_of_role
from app.cases.rules.fact_fields import FACT_FIELDS, FACTS_EDITED, facts_as_text
from app.cases.rules.kinds import CaseEvent
from app.cases.service import care, people
from app.history.queries import private_rows
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Role
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.text import clean_text
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, seen_version
from app.web.desk.link_words import link_lines
from app.web.desk.rows import FieldRow, Line
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class FactsForm(FlaskForm):
    """Every fact as text; the source is asked for once for all that changed."""

    idempotency_key = HiddenField()
    version = HiddenField()
    subject_title = StringField(__("Release, recording or work"), [Length(max=200)])
    subject_artist = StringField(__("Artist name"), [Length(max=200)])
    isrc = StringField(__("Recording (ISRC)"), render_kw={"dir": "ltr"})
    upc = StringField(__("Release (UPC)"), render_kw={"dir": "ltr"})
    store = StringField(__("Store"), [Length(max=200)])
    period_start = StringField(__("First day of the period"), render_kw={"type": "date"})
    period_end = StringField(__("Last day of the period"), render_kw={"type": "date"})
    disputed_amount = StringField(__("Amount in dispute"), render_kw={"dir": "ltr"})
    source = StringField(__("Where this comes from"), [Length(max=500)])

    def to_command(self, case: LoadedCase) -> EditFacts:
        """What was typed."""
        answers = {field.name: self._fields[field.name].data or "" for field in FACT_FIELDS}
        seen = seen_version(self.version.data, case.view.version)
        return EditFacts(case.id, seen, answers, self.source.data or "")


class ReasonForm(FlaskForm):
    """A reason, and what it is for."""

    idempotency_key = HiddenField()
    version = HiddenField()
    reason = TextAreaField(__("Reason"), [Length(max=2000)], render_kw={"rows": "4"})


class OwnerForm(FlaskForm):
    """Who has the case."""

    idempotency_key = HiddenField()
    version = HiddenField()
    owner = SelectField(__("New owner"), validate_choice=False, render_kw={"translate": "no"})


class LinkForm(FlaskForm):
    """Another case and how it belongs to this one."""

    other = StringField(
        __("Reference of the other case"), [Length(max=40)], render_kw={"dir": "ltr"}
    )
    relation = RadioField(
        __("How they belong together"), default="related", validate_choice=False,
        choices=choices([("related", __("Related")), ("possible_duplicate", __("Possible duplicate")), ("counter_of", __("Counter claim"))]),
    )  # fmt: skip


@bp.get("/desk/cases/<ref>/facts")
@policy(Permission.CASE_TRIAGE, on="case")
def facts_edit(ref: str) -> ResponseReturnValue:
    """The facts as a form, with what was corrected before."""
    case = _loaded(ref)
    data = facts_as_text(case.view) | {"version": str(case.view.version)}
    return _facts_page(case, FactsForm(formdata=None, data=data))


@bp.post("/desk/cases/<ref>/facts")
@policy(Permission.CASE_TRIAGE, on="case")
def facts_save(ref: str) -> ResponseReturnValue:
    """Correct them, with the source."""
    actor, form, case = current_actor(), FactsForm(), _loaded(ref)
    try:
        with transaction(actor) as tx:
            care.edit_facts(tx, form.to_command(case), actor, services().clock)
    except Stale as error:
        form.version.data = str(error.version)
        return _facts_page(case, form, theirs=error.theirs), 409
    except Invalid as error:
        mark(form, error, "source")
        return _facts_page(case, form), 422
    flash(_("The facts are corrected."), "ok")
    return _back(ref)


def _facts_page(case: LoadedCase, form: FactsForm, theirs: str = "") -> str:
    with transaction(current_actor(), read_only=True) as tx:
        edits = _edits(tx, case.id)
    hints = {
        "disputed_amount": _("For example: 946.55 EUR"),
        "source": _("For example: statement of Q3, phone call of 12 November"),
    }
    names = [field.name for field in FACT_FIELDS]
    fields = [
        FieldRow(form._fields[name], hints.get(name, ""), is_optional=name != "subject_title")
        for name in names
    ]
    return render_template(
        "desk/cases/facts_edit.html", case=case.head, form=form, fields=[*fields, FieldRow(form.source, hints["source"])],
        edits=edits, names={field.name: translated(field.label) for field in FACT_FIELDS}, theirs=theirs,
        action=url_for("desk.facts_save", ref=case.ref),
    )  # fmt: skip


def _edits(tx: Tx, case_id: UUID) -> list[dict[str, Any]]:
    """Corrections of facts, newest first, one line a fact."""
    rows = private_rows(tx, case_id, FACTS_EDITED)
    names = names_of(tx, {row.actor_id for row in rows})
    return [
        {"field": field, "before": before, "after": after, "at": row.at, "source": row.private["source"],
         "by": names.get(row.actor_id, "") if row.actor_id else ""}
        for row in rows for field, (before, after) in row.private.get("edits", {}).items()
    ]  # fmt: skip


@bp.get("/desk/cases/<ref>/links")
@policy(Permission.CASE_TRIAGE, on="case")
def links_show(ref: str) -> ResponseReturnValue:
    """Cases that belong with this one."""
    return _links_page(_loaded(ref), LinkForm(formdata=None))


@bp.post("/desk/cases/<ref>/links")
@policy(Permission.CASE_TRIAGE, on="case")
def links_save(ref: str) -> ResponseReturnValue:
    """Link another case, or end a link."""
    actor, form, case = current_actor(), LinkForm(), _loaded(ref)
    step = care.unlink_case if request.form.get("do") == "unlink" else care.link_case
    try:
        with transaction(actor) as tx:
            command = LinkCase(case.id, _other(tx, form.other.data or ""), form.relation.data or "")
            step(tx, command, actor, services().clock)
    except (Invalid, Refused) as error:
        mark(form, error, "other")
        return _links_page(case, form), 409 if isinstance(error, Refused) else 422
    flash(_("Saved."), "ok")
    return redirect(url_for("desk.links_show", ref=ref), 303)


def _other(tx: Tx, ref: str) -> UUID:
    try:
        return case_by_ref(tx, current_actor(), ref).id
    except (Invalid, NotFound):
        raise Invalid("other", "not_found", _("There is no case with this reference.")) from None


def _links_page(case: LoadedCase, form: LinkForm) -> str:
    closes = CaseEvent.MARK_DUPLICATE in moves_of_role(case.view, current_actor())
    with transaction(current_actor(), read_only=True) as tx:
        rows = links_of(tx, current_actor(), case.id)
    return render_template(
        "desk/cases/links.html", case=case.head, form=form, links=link_lines(rows),
        action=url_for("desk.links_save", ref=case.ref),
        duplicate_href=url_for("desk.cases_action", ref=case.ref, event=CaseEvent.MARK_DUPLICATE.value) if closes else "",
    )  # fmt: skip


@bp.get("/desk/cases/<ref>/owner")
@policy(Permission.CASE_ASSIGN, on="case")
def owner_edit(ref: str) -> ResponseReturnValue:
    """Who has the case, and who could."""
    case = _loaded(ref)
    data = {"version": str(case.view.version), "owner": str(case.view.owner_id or "")}
    return _owner_page(case, OwnerForm(formdata=None, data=data))


@bp.post("/desk/cases/<ref>/owner")
@policy(Permission.CASE_ASSIGN, on="case")
def owner_save(ref: str) -> ResponseReturnValue:
    """Give it to somebody else; a conflict of interest is refused by name of the reason (B151)."""
    actor, form, case = current_actor(), OwnerForm(), _loaded(ref)
    try:
        with transaction(actor) as tx:
            owner = UUID(form.owner.data) if form.owner.data else None
            seen = seen_version(form.version.data, case.view.version)
            people.assign(tx, AssignCase(case.id, owner, seen), actor, services().clock)
    except (Invalid, Refused, NotFound, ValueError) as error:
        words = getattr(error, "message", "") or _("Choose somebody of the list.")
        form.owner.errors = [translated(words)]
        return _owner_page(case, form), 409 if isinstance(error, Refused) else 422
    flash(_("The case has a new owner."), "ok")
    return _back(ref)


def _owner_page(case: LoadedCase, form: OwnerForm) -> str:
    with transaction(current_actor(), read_only=True) as tx:
        found = {
            p.id: p.name
            for role in (Role.AGENT, Role.REVIEWER, Role.LEAD)
            for p in people_with_role(tx, role)
        }
    named = sorted(found.items(), key=lambda one: one[1].casefold())
    form.owner.choices = choices([("", _("Nobody")), *((str(key), name) for key, name in named)])
    return _form_page(
        case, form, (FieldRow(form.owner, is_short=True),), _("Change the owner"), _("Change owner"), "user",
        url_for("desk.owner_save", ref=case.ref),
        _("Who has a conflict of interest in this case cannot get it."),
    )  # fmt: skip


@bp.get("/desk/cases/<ref>/conflict")
@policy(Permission.CASE_READ, on="case")
def conflict_new(ref: str) -> ResponseReturnValue:
    """What declaring a conflict does."""
    return _conflict_page(_loaded(ref), ReasonForm(formdata=None))


@bp.post("/desk/cases/<ref>/conflict")
@policy(Permission.CASE_READ, on="case")
def conflict_declare(ref: str) -> ResponseReturnValue:
    """The case vanishes for the one who declares; an owner loses it (B151)."""
    actor, form, case = current_actor(), ReasonForm(), _loaded(ref)
    assert actor.person_id is not None
    try:
        reason = clean_text(form.reason.data or "", field="reason", max_length=2000, required=True)
        with transaction(actor) as tx:
            people.wall_off_person(
                tx, WallOff(case.id, actor.person_id, reason), actor, services().clock
            )
    except Invalid as error:
        mark(form, error, "reason")
        return _conflict_page(case, form), 422
    flash(_("You no longer see this case. Somebody else takes it."), "ok")
    return redirect(url_for("desk.cases_list"), 303)


def _conflict_page(case: LoadedCase, form: ReasonForm) -> str:
    words = _(
        "The case disappears for you at once, you cannot be its owner, and only a lead can undo this."
    )
    return _form_page(
        case, form, (FieldRow(form.reason),), _("Declare a conflict of interest"), _("Declare conflict"),
        "eye-off", url_for("desk.conflict_declare", ref=case.ref), words,
    )  # fmt: skip


@bp.get("/desk/cases/<ref>/legal-hold")
@policy(Permission.CASE_ASSIGN, on="case")
def legal_hold_edit(ref: str) -> ResponseReturnValue:
    """What a legal hold does, or what it held."""
    case = _loaded(ref)
    return _legal_page(case, ReasonForm(formdata=None, data={"version": str(case.view.version)}))


@bp.post("/desk/cases/<ref>/legal-hold")
@policy(Permission.CASE_ASSIGN, on="case")
def legal_hold_set(ref: str) -> ResponseReturnValue:
    """On or off, with a reason."""
    actor, form, case = current_actor(), ReasonForm(), _loaded(ref)
    seen = seen_version(form.version.data, case.view.version)
    is_on = case.view.legal_hold_at is None
    try:
        with transaction(actor) as tx:
            command = SetLegalHold(case.id, seen, is_on, form.reason.data or "")
            care.set_legal_hold(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "reason")
        return _legal_page(case, form), 422
    flash(_("The legal hold is on.") if is_on else _("The legal hold is lifted."), "ok")
    return _back(ref)


def _legal_page(case: LoadedCase, form: ReasonForm) -> str:
    is_on = case.view.legal_hold_at is not None
    words = (
        _("Retention, erasure and withdrawal work on this case again.")
        if is_on
        else _("Nothing of this case can be withdrawn, merged or erased until the hold is lifted.")
    )
    heading = _("Lift the legal hold") if is_on else _("Put under legal hold")
    return _form_page(
        case, form, (FieldRow(form.reason),), heading, heading, "landmark",
        url_for("desk.legal_hold_set", ref=case.ref), words,
    )  # fmt: skip


def _form_page(  # noqa: PLR0913 - what a plain form shows
    case: LoadedCase,
    form: Any,
    fields: tuple[FieldRow, ...],
    heading: str,
    submit: str,
    icon_name: str,
    action: str,
    words: str,
) -> str:
    return render_template(
        "desk/cases/form.html", case=case.head, form=form, facts=(), lines=(Line(words),), fields=fields,
        heading=heading, submit=submit, icon_name=icon_name, action=action,
    )  # fmt: skip


def _loaded(ref: str) -> LoadedCase:
    with transaction(current_actor(), read_only=True) as tx:
        return load_case(tx, current_actor(), ref)


def _back(ref: str) -> ResponseReturnValue:
    return redirect(url_for("desk.cases_show", ref=ref, pane="facts"), 303)
