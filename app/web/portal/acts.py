"""Moves that a party makes by a plain form: offers, complaint, taking a notice back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from app.accounts.rules import Permission
from app.cases.commands import ApplyEvent, Signature, SignStatement
from app.cases.queries import case_by_ref, moves_of
from app.cases.rules.facts import CaseFacts, Relation
from app.cases.rules.guards import NEEDS
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.lifecycle import rows_from
from app.cases.rules.views import CaseView
from app.cases.rules.who import acts_as
from app.cases.rules.words import EVENT_HELP, EVENT_WORDS
from app.cases.service.people import sign_statements
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.sides import Side
from app.policies.queries import policy_by_id
from app.policies.rules.forms import Statement
from app.web.portal.face import bp
from app.web.portal.versions import version_field, version_of
from app.web.shared.answers import Words, ticked
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows.act import act, terms_hash

E = CaseEvent
PLAIN = (
    E.OFFER,
    E.COUNTER_OFFER,
    E.ACCEPT_OFFER,
    E.DECLINE,
    E.COMPLAIN,
    E.RETRACT,
    E.NOT_SOLVED,
)
"""Moves of parties that have no page of their own yet."""
TEXT_MOST = 4_000


def open_acts(case: CaseView, actor: Actor) -> tuple[CaseEvent, ...]:
    """Those of PLAIN that the table gives this side in this state; guards speak when they are pressed."""
    if case.side is None:
        return ()
    holder = Side(case.needs.value) if case.needs.value in set(Side) else None
    relation, facts = Relation(actor, case.side), CaseFacts(offer_side=holder)
    return tuple(
        row.event
        for row in rows_from(case.kind, case.state)
        if row.event in PLAIN and acts_as(row, case, relation, facts)
    )


def _statements(tx: Tx, case: CaseView, event: CaseEvent) -> tuple[Statement, ...]:
    """What this step asks the side to sign, word for word."""
    found = policy_by_id(tx, case.policy_id).statements_for(event.value)
    return tuple(one for one in found if one.side == case.side)


def _form(event: CaseEvent, statements: tuple[Statement, ...]) -> Any:
    needs = NEEDS.get(event, ())
    body: dict[str, Any] = {"version": version_field(), "terms_hash": HiddenField()}
    if "terms" in needs:
        body["terms"] = TextAreaField(
            __("What you offer"), [Words(TEXT_MOST, required=True, multiline=True)]
        )
    body["reason"] = TextAreaField(
        __("In your words"), [Words(TEXT_MOST, required="reason" in needs, multiline=True)]
    )
    for one in statements:
        body[f"sign_{one.code}"] = BooleanField(
            __("This is true, and I stand by it."), [ticked(required=True)]
        )
    if statements:
        body["signer_name"] = StringField(
            __("Your full name"),
            [Words(200, required=True, multiline=False)],
            render_kw={"autocomplete": "name"},
        )
    return type("ActForm", (FlaskForm,), body)


def _load(ref: str, name: str) -> tuple[CaseView, CaseEvent, tuple[Statement, ...], str]:
    """The case, the move, what must be signed and the terms on the table. Raises NotFound for other moves."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        if name not in set(CaseEvent) or CaseEvent(name) not in open_acts(case, actor):
            raise NotFound(name)
        event = CaseEvent(name)
        offers = [move.terms for move in moves_of(tx, actor, case.id) if move.terms]
        terms = offers[-1] if offers and event is not E.OFFER else ""
        return case, event, _statements(tx, case, event), terms


def _page(
    loaded: tuple[CaseView, CaseEvent, tuple[Statement, ...], str], form: Any, *, failed: bool
) -> str:
    case, event, statements, terms = loaded
    return render_template(
        "portal/cases/act.html", case=case, form=form, failed=failed, terms=terms,
        heading=translated(EVENT_WORDS[event]), lead=translated(EVENT_HELP[event]),
        signing=[(_(one.text), one.code) for one in statements],
    )  # fmt: skip


@bp.get("/cases/<ref>/actions/<name>")
@policy(Permission.PARTY_CASE_ACT, on="case")
def act_form(ref: str, name: str) -> str:
    """What it means, what it needs."""
    loaded = _load(ref, name)
    case, event, statements, terms = loaded
    form = _form(event, statements)(version=str(case.version), terms_hash=terms_hash(terms))
    return _page(loaded, form, failed=False)


@bp.post("/cases/<ref>/actions/<name>")
@policy(Permission.PARTY_CASE_ACT, on="case")
@once_per_key
def act_now(ref: str, name: str) -> Response | tuple[str, int]:
    """Make the move; what was signed is kept word for word."""
    loaded = _load(ref, name)
    case, event, statements, _terms = loaded
    actor, clock = current_actor(), services().clock
    form = _form(event, statements)()
    if not form.validate():
        return _page(loaded, form, failed=True), 422
    data: dict[str, object] = {"terms_hash": form.terms_hash.data or ""}
    if "terms" in form:
        data["terms"] = form.terms.data
    command = ApplyEvent(
        case.id, event, version_of(form, case), (form.reason.data or "").strip(), data
    )
    with transaction(actor) as tx:
        if statements and case.side is not None:
            signed = tuple(Signature(one.code, form.signer_name.data or "") for one in statements)
            sign_statements(
                tx, SignStatement(case.id, case.side, event.value, signed), actor, clock
            )
        act(tx, command, actor, clock)
    flash(_("Sent."))
    return redirect(f"/cases/{case.ref}", 303)
