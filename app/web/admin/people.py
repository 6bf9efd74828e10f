"""D1: people and roles. An administrator invites, changes roles, disables and resets; sets no password."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from app.accounts.adapters.vault import keys_from
from app.accounts.commands import ChangeRoles, InviteStaff
from app.accounts.queries import PersonRow, people_page, person_row
from app.accounts.rules import Permission, may
from app.accounts.service import people
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Role
from app.kernel.errors import Invalid
from app.web.admin.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.navigation import role_names
from app.web.shared.policy import policy

PAGE = 50
ROLE_WORDS = {
    Role.ARTIST: __("Artist or other party"),
    Role.AGENT: __("Agent: first line, no amounts"),
    Role.REVIEWER: __("Reviewer: evidence, decisions, letters"),
    Role.LEAD: __("Lead: assigns, reports"),
    Role.FINANCE_PREPARER: __("Finance, prepares corrections"),
    Role.FINANCE_APPROVER: __("Finance, approves corrections"),
    Role.ADMIN: __("Administrator: people and settings, no cases"),
    Role.AUDITOR: __("Auditor: reads everything, writes nothing"),
}


class RolesForm(FlaskForm):
    """Which roles a person holds."""

    roles = SelectMultipleField(
        __("Roles"),
        choices=[SelectChoice(role.value, words) for role, words in ROLE_WORDS.items()],
    )

    def wanted(self) -> frozenset[Role]:
        """The chosen roles."""
        return frozenset(Role(value) for value in self.roles.data or [])


class InviteForm(RolesForm):
    """Somebody new who works here."""

    name = StringField(
        __("Full name"),
        [InputRequired(__("Enter a name.")), Length(max=200)],
        render_kw={"maxlength": "200", "autocomplete": "off"},
    )
    email = StringField(
        __("E-mail address"),
        [InputRequired(__("Enter an e-mail address.")), Length(max=254)],
        render_kw={"type": "email", "maxlength": "254", "autocomplete": "off"},
    )
    roles = SelectMultipleField(
        __("Roles"),
        choices=[
            SelectChoice(role.value, words)
            for role, words in ROLE_WORDS.items()
            if role is not Role.ARTIST
        ],
    )

    def to_command(self) -> InviteStaff:
        """Who is invited as what."""
        return InviteStaff(self.email.data or "", self.name.data or "", self.wanted())


@bp.get("/admin/people")
@policy(Permission.PEOPLE_READ)
def people_list() -> str:
    """People by name, fifty a page."""
    actor, args = current_actor(), request.args
    words, role = args.get("q", "")[:100].replace("\x00", ""), args.get("role", "")[:40]
    with transaction(actor, read_only=True) as tx:
        rows = people_page(tx, actor, words=words, role=role, after=args.get("after", "")[:300])
    following = _after(rows[PAGE - 1], words, role) if len(rows) > PAGE else None
    return render_template(
        "admin/people/list.html", rows=rows[:PAGE], next_page=following, words=words, role=role,
        role_names=ROLE_WORDS, roles_in_words=_roles, first=bool(args.get("after")),
    )  # fmt: skip


def _roles(names: tuple[str, ...]) -> str:
    return role_names(Role(name) for name in names)


def _after(last: PersonRow, words: str, role: str) -> str:
    query = {"q": words, "role": role, "after": f"{last.name}|{last.id}"}
    return "/admin/people?" + urlencode({key: value for key, value in query.items() if value})


@bp.get("/admin/people/new")
@policy(Permission.PEOPLE_MANAGE)
def people_new() -> str:
    """Ask who is invited."""
    return _new(InviteForm())


@bp.post("/admin/people/new")
@policy(Permission.PEOPLE_MANAGE, fresh=True)
@once_per_key
def people_invite() -> Response | tuple[str, int]:
    """Create the account and mail the link: 72 hours, once, for this address only."""
    form = InviteForm()
    if form.validate():
        given = services()
        try:
            with transaction(current_actor()) as tx:
                person_id = people.invite_staff(
                    tx,
                    form.to_command(),
                    current_actor(),
                    given.clock,
                    keys_from(given.settings).links,
                )
        except Invalid as problem:
            mark(form, problem, "roles")
        else:
            flash(_("Invited. The link works for 72 hours."), "ok")
            return redirect(f"/admin/people/{person_id}", 303)
    return _new(form), 422


@bp.get("/admin/people/<uuid:person_id>")
@policy(Permission.PEOPLE_READ, on="person")
def people_show(person_id: UUID) -> str:
    """One person: roles, state, what can be done."""
    return _page(person_id, None)


def _page(person_id: UUID, form: RolesForm | None) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        row = person_row(tx, actor, person_id)
    form = form or RolesForm(roles=list(row.roles))
    return render_template(
        "admin/people/show.html", row=row, form=form, boxes=_boxes(form),
        own=actor.person_id == person_id, manages=may(actor, Permission.PEOPLE_MANAGE),
    )  # fmt: skip


@bp.post("/admin/people/<uuid:person_id>/roles")
@policy(Permission.PEOPLE_MANAGE, on="person", fresh=True)
def people_roles(person_id: UUID) -> Response | tuple[str, int]:
    """Exactly these roles from the next request on."""
    form = RolesForm()
    if form.validate():
        try:
            with transaction(current_actor()) as tx:
                people.change_roles(
                    tx, ChangeRoles(person_id, form.wanted()), current_actor(), services().clock
                )
        except Invalid as problem:
            mark(form, problem, "roles")
        else:
            flash(_("Roles changed. Open sessions of this person ended."), "ok")
            return redirect(f"/admin/people/{person_id}", 303)
    return _page(person_id, form), 422


@bp.post("/admin/people/<uuid:person_id>/disable")
@policy(Permission.PEOPLE_MANAGE, on="person", fresh=True)
def people_disable(person_id: UUID) -> Response:
    """No sign-in and no session from now on."""
    with transaction(current_actor()) as tx:
        people.disable_person(tx, person_id, current_actor(), services().clock)
    return _done(person_id, _("Disabled. Every session ended."))


@bp.post("/admin/people/<uuid:person_id>/enable")
@policy(Permission.PEOPLE_MANAGE, on="person", fresh=True)
def people_enable(person_id: UUID) -> Response:
    """Back again."""
    with transaction(current_actor()) as tx:
        people.enable_person(tx, person_id, current_actor(), services().clock)
    return _done(person_id, _("Enabled."))


@bp.post("/admin/people/<uuid:person_id>/reset")
@policy(Permission.PEOPLE_MANAGE, on="person", fresh=True)
def people_reset(person_id: UUID) -> Response:
    """Take password and second factor away; the person sets both anew through a mailed link."""
    given = services()
    with transaction(current_actor()) as tx:
        links = keys_from(given.settings).links
        people.reset_sign_in(tx, person_id, current_actor(), given.clock, links)
    return _done(person_id, _("Sign-in reset. A new link was mailed."))


@bp.post("/admin/people/<uuid:person_id>/invite")
@policy(Permission.PEOPLE_MANAGE, on="person", fresh=True)
def people_invite_again(person_id: UUID) -> Response:
    """A new link; the one before stops working."""
    given = services()
    with transaction(current_actor()) as tx:
        links = keys_from(given.settings).links
        people.send_invitation(tx, person_id, current_actor(), given.clock, links)
    return _done(person_id, _("Invited again. The link before stopped working."))


def _done(person_id: UUID, words: str) -> Response:
    flash(words, "ok")
    return redirect(f"/admin/people/{person_id}", 303)


def _new(form: InviteForm) -> str:
    return render_template("admin/people/new.html", form=form, boxes=_boxes(form))


def _boxes(form: RolesForm) -> list[tuple[str, str, bool]]:
    """(value, words, chosen) of every role the form offers."""
    chosen = set(form.roles.data or [])
    offered = [role for role in ROLE_WORDS if role is not Role.ARTIST or type(form) is RolesForm]
    return [(role.value, str(ROLE_WORDS[role]), role.value in chosen) for role in offered]
