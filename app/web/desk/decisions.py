"""S8: the decision on one page, with what stands in its way; a second person confirms it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.accounts.rules import Permission, may
from app.cases.queries import parties_of
from app.cases.rules.actions import moves_of_role
from app.cases.rules.kinds import CaseEvent, Kind, State
from app.decisions.commands import SaveDecision
from app.decisions.queries import DecisionView
from app.decisions.rules import DecisionState
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, InvalidMany, NotFound, Refused
from app.kernel.sides import Side
from app.ledger.queries.balances import PayeeRow, payees_offered
from app.policies.queries import policy_by_id
from app.policies.rules.clocks import add_months
from app.recompute.queries import newest_audits
from app.web.desk.decision_form import DecisionForm, start_data
from app.web.desk.evidence import exhibit_row
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, seen_version
from app.web.desk.money_form import LinesForm, money_proposed, payee_choices
from app.web.desk.payout_proposal import audit_choices, left_out, proposed_lines
from app.web.desk.rows import Line
from app.web.shared.context import current_actor, services
from app.web.shared.filters import date_words, due_words
from app.web.shared.payee_names import FIND, name_in, starts_at, tell_what_was_found
from app.web.shared.policy import policy
from app.workflows import decide as deciding
from app.workflows.before_deciding import before_deciding, guards_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.cases.rules.views import PartyRow

_MISSING = {
    "outcome": ("outcome-step", __("Choose an outcome.")),
    "issues": ("issues", __("Name at least one issue with its finding.")),
    "remedies": ("remedies", __("Choose at least one remedy, or that nothing changes.")),
    "to_complainant": ("to_complainant", __("Write the reasons for the complainant.")),
    "to_respondent": ("to_respondent", __("Write the reasons for the respondent.")),
    "lines": ("money", __("Money moves: add the lines of the correction.")),
}


class _Desk:
    """Everything the decision page reads, once."""

    def __init__(self, tx: Tx, ref: str, actor: Actor) -> None:
        self.case: LoadedCase = load_case(tx, actor, ref)
        view = self.case.view
        self.moves = frozenset(moves_of_role(view, actor))
        self.before = before_deciding(tx, actor, view, self.moves)
        self.decision, self.items = self.before.decision, self.before.items
        self.parties: tuple[PartyRow, ...] = parties_of(tx, actor, view.id)
        money = may(actor, Permission.CORRECTION_PREPARE)
        self.payees: tuple[PayeeRow, ...] = ()
        self.actor, self.money = actor, money
        self.audits = newest_audits(tx, actor, view.id) if view.kind is Kind.PAYOUT else ()
        self.policy = policy_by_id(tx, view.policy_id)

    def look_for_payees(self, tx: Tx, lines: LinesForm) -> None:
        """Who is offered on the lines: whom the name means, the parties, and whoever stands there already."""
        if self.money:
            people = {party.person_id for party in self.parties if party.person_id}
            name = name_in(lines.payee_name)
            self.payees = payees_offered(tx, self.actor, name, people=people, chosen=lines.chosen)

    @property
    def has_respondent(self) -> bool:
        """Whether somebody stands on the other side."""
        return any(party.side is Side.RESPONDENT for party in self.parties)

    @property
    def draft(self) -> DecisionView | None:
        """The draft that is open, if any."""
        live = self.decision
        return live if live and live.state is DecisionState.DRAFT else None

    @property
    def guards(self) -> list[Line]:
        """What blocks, in words."""
        found = guards_of(self.before, lambda at, zone: due_words(at, self.actor.locale, zone))
        return [Line(one.text, "danger" if one.blocks else "warn") for one in found]

    @property
    def needs_second(self) -> bool:
        """Whether another person confirms whatever is decided."""
        return self.policy.second_pair or self.case.view.state is State.APPEAL_REVIEW

    @property
    def follows(self) -> list[str]:
        """Who must approve, and what comes after."""
        until = date_words(
            add_months(services().clock.now().date(), 6), self.actor.locale, skeleton="yMMMd"
        )
        return [
            _("Another reviewer or a lead confirms it. You cannot.")
            if self.needs_second
            else _("You may decide alone as long as no money moves."),
            _("When money moves, finance approves the correction before the letters leave."),
            _("Each side gets its own letter with its own reasons."),
            _(
                "Either side may ask for a second review for six months from the day the later side is told, the window ends on %(until)s at the earliest.",
                until=until,
            ),
        ]


@bp.get("/desk/cases/<ref>/decide")
@policy(Permission.DECISION_DRAFT, on="case")
def decisions_decide(ref: str) -> ResponseReturnValue:
    """The steps on one page, filled with the draft, or with what was returned."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        desk = _Desk(tx, ref, actor)
        proposed = _from_audit(tx, desk)
        lines = _lines(desk, proposed)
        desk.look_for_payees(tx, lines)
    content = desk.decision.content if desk.decision else None
    form = DecisionForm(
        formdata=None, data=start_data(content, version=desk.draft.version if desk.draft else 0)
    )
    if not proposed:
        return _page(desk, form, lines)
    form.money_moves.data, form.audit_id.data = True, request.args["audit"]
    return _page(desk, form, lines, extra=left_out(proposed["left"]))


@bp.post("/desk/cases/<ref>/decide")
@policy(Permission.DECISION_DRAFT, on="case")
def decisions_save(ref: str) -> ResponseReturnValue:
    """Keep the draft, add a row, or send it on."""
    actor, form, lines = current_actor(), DecisionForm(), LinesForm(prefix="money-")
    todo = request.form.get("do", "save")
    with transaction(actor, read_only=True) as tx:
        desk = _Desk(tx, ref, actor)
        desk.look_for_payees(tx, lines)
    try:
        with transaction(actor) as tx:
            saved = _carry_out(tx, desk, form, lines, todo)
    except Refused as error:
        return _page(desk, form, lines, extra=[Line(translated(error.message), "danger")]), 409
    except Invalid as error:
        return _page(desk, form, lines, problems=_problems(error)), 422
    if todo in {"propose", "decide"}:
        flash(
            _("The decision is proposed. Somebody else confirms it.")
            if todo == "propose"
            else _("Decided."),
            "ok",
        )
        return redirect(url_for("desk.cases_show", ref=ref), 303)
    return _page(desk, *_grown(desk, form, lines, todo, saved))


def _carry_out(
    tx: Tx, desk: _Desk, form: DecisionForm, lines: LinesForm, todo: str
) -> DecisionView:
    """Save, and with *todo* propose or decide, in one transaction."""
    actor, clock, case = desk.actor, services().clock, desk.case
    seen = seen_version(form.version.data, 0)
    content = form.to_content()
    saved = deciding.save(tx, SaveDecision(case.id, case.view.round, content, seen), actor, clock)
    if todo in {"propose", "decide"}:
        money = (
            money_proposed(tx, lines, desk.parties, actor, clock) if content.money_moves else None
        )
        command = deciding.Propose(case.id, case.view.version, saved.id, saved.version, money)
        step = deciding.propose if todo == "propose" else deciding.decide
        step(tx, command, actor, clock)
    return saved


def _grown(
    desk: _Desk, form: DecisionForm, lines: LinesForm, todo: str, saved: DecisionView
) -> tuple[DecisionForm, LinesForm]:
    """The same page with one more row, or with payees that were looked for, at the version that was saved; it begins there."""
    form.version.data = str(saved.version)
    if todo == "add_issue":
        starts_at(form.issues.append_entry({"weight": "decisive"}).form.issue)
    elif todo == "add_remedy":
        starts_at(form.remedies.append_entry({}).form.kind)
    elif todo == "add_line":
        starts_at(lines.lines.append_entry({}).form.payee)
    elif todo == FIND:
        tell_what_was_found(lines.payee_name, [payee.legal_name for payee in desk.payees])
    else:
        flash(_("Draft saved."), "ok")
    return form, lines


def _from_audit(tx: Tx, desk: _Desk) -> dict[str, Any] | None:
    """Lines of the correction from the audit that the address names, for those who may prepare one."""
    text = request.args.get("audit", "")
    try:
        audit_id = UUID(text) if text and desk.money else None
    except ValueError as error:
        raise NotFound("audit") from error
    return proposed_lines(tx, desk.actor, desk.case.id, desk.audits, audit_id) if audit_id else None


def _lines(desk: _Desk, proposed: dict[str, Any] | None) -> LinesForm:
    blank = {"currency": desk.case.view.disputed_currency or "EUR", "lines": [{}]}
    return LinesForm(prefix="money-", formdata=None, data=proposed or blank)


def _problems(error: Invalid) -> list[tuple[str, str]]:
    """Links to the places where something is missing, in the order of the page."""
    found = []
    for one in error.errors if isinstance(error, InvalidMany) else (error,):
        name, _dot, number = one.field.partition(".")
        anchor, words = _MISSING.get(name, (one.field, None))
        if number:
            found.append(
                (
                    f"{name}-{number}",
                    _("%(part)s %(number)s is not complete.", part=_part(name), number=number),
                )
            )
        elif one.field.startswith("lines-"):
            found.append((f"money-{one.field}", translated(one.message)))
        else:
            found.append(
                (
                    anchor,
                    str(words) if words and one.code == "required" else translated(one.message),
                )
            )
    return found


def _part(name: str) -> str:
    return _("Issue") if name == "issues" else _("Remedy")


def _page(
    desk: _Desk,
    form: DecisionForm,
    lines: LinesForm,
    *,
    problems: list[tuple[str, str]] | None = None,
    extra: list[Line] | None = None,
) -> str:
    ref = desk.case.ref
    form.offer_outcomes(desk.case.view.kind)
    form.offer_exhibits([(str(row.id), f"{row.label} {row.filename}") for row in desk.items])
    form.offer_audits(audit_choices(desk.audits, desk.actor, services().clock.now()))
    lines.offer_payees(payee_choices(desk.payees, desk.parties))
    returned = (
        desk.decision.return_reason
        if desk.decision and desk.decision.state is DecisionState.RETURNED
        else ""
    )
    frozen = desk.decision is not None and desk.decision.state is DecisionState.PROPOSED
    return render_template(
        "desk/decisions/decide.html", case=desk.case.head, form=form, problems=problems or (),
        lines=[*(extra or ()), *desk.guards], returned=returned, has_respondent=desk.has_respondent,
        lines_form=lines if desk.money else None,
        can_propose=CaseEvent.PROPOSE_DECISION in desk.moves and not frozen,
        can_decide=CaseEvent.DECIDE in desk.moves and not frozen and not desk.needs_second,
        exhibits=[exhibit_row(ref, row, desk.actor) for row in desk.items],
        follows=desk.follows, action=url_for("desk.decisions_save", ref=ref),
    )  # fmt: skip
