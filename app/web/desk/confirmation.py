"""Four eyes: the page on which a second person reads exactly what will happen, confirms or returns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from app.accounts.queries import name_and_same_human
from app.accounts.rules import Permission, may
from app.cases.queries import parties_of
from app.cases.rules.actions import moves_of_role
from app.cases.rules.kinds import CaseEvent, Outcome, State
from app.cases.rules.views import CaseView, PartyRow
from app.cases.rules.words import DECIDED_WORDS
from app.corrections.queries.corrections import proposed_of_case
from app.corrections.queries.views import LineView
from app.corrections.rules.words import REASON_WORDS
from app.decisions.queries import DecisionView, current_decision
from app.decisions.rules import DecisionContent, DecisionState, needs_money, needs_store_action
from app.evidence.queries import items_of
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.money import Money
from app.kernel.sides import Side
from app.ledger.queries.holds import holds_of
from app.ledger.rules.holds import LIVE_HOLDS
from app.web.desk.decision_run import rests_on
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, own_words, seen_version
from app.web.desk.readers import reader_words
from app.web.desk.rows import Effect, Line
from app.web.desk.words import state_name
from app.web.shared.audit_words import month_words
from app.web.shared.context import current_actor, services
from app.web.shared.filters import money_words
from app.web.shared.form_errors import mark
from app.web.shared.policy import policy
from app.workflows import decide as deciding

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_RESULTS = {
    "established": __("Established"),
    "partly_established": __("Partly established"),
    "not_established": __("Not established"),
    "not_needed": __("Not needed"),
}
_REMEDIES = {
    "put_back": __("Put back"),
    "keep_down": __("Keep down"),
    "change_split": __("Change split"),
    "pay": __("Pay"),
    "take_back": __("Take back"),
    "credit": __("Credit"),
    "nothing": __("Nothing changes"),
}


class ConfirmForm(FlaskForm):
    """What was read is what is confirmed."""

    version = HiddenField()
    decision_id = HiddenField()
    seen_hash = HiddenField()
    reason = TextAreaField(__("Reason"), [Length(max=4000)], render_kw={"rows": "3"})


@bp.get("/desk/cases/<ref>/confirm")
@policy(Permission.DECISION_CONFIRM, on="case")
def decisions_confirm(ref: str) -> ResponseReturnValue:
    """Exactly what will happen; the proposer reads it without the button."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case, decision = _proposed(tx, ref, actor)
        parts = _confirm_parts(tx, case, decision, actor)
    form = ConfirmForm(formdata=None, data=_seen(case, decision))
    return render_template("desk/decisions/confirm.html", form=form, **parts)


@bp.post("/desk/cases/<ref>/confirm")
@policy(Permission.DECISION_CONFIRM, on="case")
def decisions_let_out(ref: str) -> ResponseReturnValue:
    """Confirm it, or return it with a reason."""
    actor, form = current_actor(), ConfirmForm()
    with transaction(actor, read_only=True) as tx:
        case, decision = _proposed(tx, ref, actor)
        parts = _confirm_parts(tx, case, decision, actor)
    version = seen_version(form.version.data, case.view.version)
    try:
        with transaction(actor) as tx:
            _settle(tx, case, decision, form, version, actor)
    except Invalid as error:
        mark(form, error, "reason")
        return render_template("desk/decisions/confirm.html", form=form, **parts), 422
    flash(
        _("Confirmed.") if request.form.get("do") == "confirm" else _("Returned to the proposer."),
        "ok",
    )
    return redirect(url_for("desk.cases_show", ref=ref), 303)


def _settle(
    tx: Tx, case: LoadedCase, decision: DecisionView, form: ConfirmForm, version: int, actor: Actor
) -> None:
    clock = services().clock
    if request.form.get("do") == "confirm":
        command = deciding.Confirm(case.id, version, decision.id, form.seen_hash.data or "")
        deciding.confirm(tx, command, actor, clock)
        return
    if not (form.reason.data or "").strip():
        raise Invalid("reason", "required", _("Say what should change. The proposer reads it."))
    back = deciding.GiveBack(case.id, version, decision.id, (form.reason.data or "").strip())
    deciding.give_back(tx, back, actor, clock)


def _proposed(tx: Tx, ref: str, actor: Actor) -> tuple[LoadedCase, DecisionView]:
    """The case and the decision that waits. Raises NotFound when none does."""
    case = load_case(tx, actor, ref)
    decision = current_decision(tx, actor, case.id, case.view.round)
    if decision is None or decision.state is not DecisionState.PROPOSED:
        raise NotFound(_("No decision waits for confirmation."))
    return case, decision


def _seen(case: LoadedCase, decision: DecisionView) -> dict[str, str]:
    return {
        "version": str(case.view.version),
        "decision_id": str(decision.id),
        "seen_hash": decision.content_hash,
    }


def _confirm_parts(
    tx: Tx, case: LoadedCase, decision: DecisionView, actor: Actor
) -> dict[str, Any]:
    labels = {str(row.id): row.label for row in items_of(tx, actor, case.id)}
    proposer, own = name_and_same_human(tx, decision.proposed_by, actor.person_id)
    fixes = _fixes(tx, case, actor)
    money = [
        (_payees(lines), money_words(total, actor.locale, plus=True)) for total, lines in fixes
    ]
    run = rests_on(tx, actor, decision, services().clock.now())
    possible = CaseEvent.CONFIRM in set(moves_of_role(case.view, actor))
    content = decision.content
    return {
        "case": case.head,
        "lines": [*_own_words(own=own), *run.lines],
        "summary": [*_summary(content, proposer), *run.facts],
        "issues": [_issue(row, labels) for row in content.issues],
        "to_complainant": content.to_complainant,
        "to_respondent": content.to_respondent,
        "money_lines": [_money_line(view, actor) for _total, lines in fixes for view in lines],
        "effects": _effects(
            _Known(
                case.view,
                content,
                money,
                _holds(tx, case, actor),
                parties_of(tx, actor, case.id),
                actor,
            )
        ),
        "can_confirm": possible and not own,
        "action": url_for("desk.decisions_let_out", ref=case.ref),
    }


def _summary(content: DecisionContent, proposer: str) -> list[tuple[str, str]]:
    rows = [(_("Proposed by"), proposer)]
    if content.outcome:
        rows.append((_("Outcome"), translated(DECIDED_WORDS[Outcome(content.outcome)])))
    for remedy in content.remedies:
        words = _("%(kind)s: %(text)s", kind=_REMEDIES[remedy.kind], text=remedy.text)
        if remedy.effective_on:
            words = _("%(what)s, from %(day)s", what=words, day=remedy.effective_on.isoformat())
        rows.append((_("Remedy"), words))
    return rows


def _issue(row: Any, labels: dict[str, str]) -> dict[str, str]:
    exhibits = ", ".join(labels[key] for key in row.exhibits if key in labels)
    return {
        "issue": row.issue,
        "finding": row.finding,
        "result": str(_RESULTS.get(row.result, row.result)),
        "exhibits": exhibits,
    }


def _own_words(*, own: bool) -> list[Line]:
    return [Line(own_words(), "warn")] if own else []


def _fixes(
    tx: Tx, case: LoadedCase, actor: Actor
) -> tuple[tuple[Money, tuple[LineView, ...]], ...]:
    """The corrections that wait, for those who may see money."""
    if not may(actor, Permission.CORRECTION_READ):
        return ()
    return proposed_of_case(tx, actor, case.id)


def _payees(lines: tuple[LineView, ...]) -> str:
    return ", ".join(dict.fromkeys(view.payee.legal_name for view in lines))


def _money_line(view: LineView, actor: Actor) -> dict[str, Any]:
    line = view.line
    return {
        "payee": view.payee.legal_name,
        "reason": translated(REASON_WORDS[line.reason]),
        "note": line.note,
        "period": month_words(line.period, actor.locale) if line.period else "",
        "amount": line.amount,
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """What the effects are told from. *holds*: amounts held now, in words."""

    view: CaseView
    content: DecisionContent
    money: list[tuple[str, str]]
    holds: list[str]
    parties: tuple[PartyRow, ...]
    actor: Actor


def _holds(tx: Tx, case: LoadedCase, actor: Actor) -> list[str]:
    """Amounts held for this case, for those who may see them."""
    if not may(actor, Permission.HOLD_READ):
        return []
    rows = [row for row in holds_of(tx, actor, case.id) if row.state in LIVE_HOLDS and row.amount]
    return [money_words(row.amount, actor.locale) for row in rows if row.amount]


def _effects(known: _Known) -> list[Effect]:
    """Exactly what follows, by the table: state, money, holds, stores, letters, window, record."""
    return [
        _state_effect(known.content),
        *_money_effects(known),
        *_store_effects(known),
        *_letter_effects(known),
        Effect("scale", _("Either side may ask for a second review for six months from the day the later side is told.")),
        Effect("history", _("Your name and the exact text go on record.")),
    ]  # fmt: skip


def _state_effect(content: DecisionContent) -> Effect:
    if needs_money(content):
        state = State.FINANCE_APPROVAL
    else:
        state = State.IMPLEMENTING if needs_store_action(content) else State.DECIDED
    return Effect("flag", _("The case goes to: %(state)s.", state=state_name(state)))


def _money_effects(known: _Known) -> list[Effect]:
    held = ", ".join(known.holds)
    if needs_money(known.content):
        total = ", ".join(f"{name} {amount}" for name, amount in known.money)
        asked = _("Finance is asked to approve the correction: %(lines)s", lines=total)
        stays = (
            _("What is held stays held until finance has approved: %(amounts)s.", amounts=held)
            if held
            else _("What is held stays held until finance has approved.")
        )
        return [Effect("wallet", asked), Effect("lock", stays)]
    freed = (
        _("What is held for this case is released: %(amounts)s.", amounts=held)
        if held
        else _("Everything held for this case is released.")
    )
    return [Effect("check", _("No money moves.")), Effect("check", freed)]


def _store_effects(known: _Known) -> list[Effect]:
    if not needs_store_action(known.content):
        return [Effect("minus", _("No store is asked for anything."))]
    kinds = [row for row in known.content.remedies if row.kind in {"put_back", "keep_down"}]
    what = ", ".join(str(_REMEDIES[row.kind]) for row in kinds)
    store = known.view.store or _("every store concerned")
    return [
        Effect(
            "refresh-cw",
            _("The stores are asked to act: %(what)s, %(store)s.", what=what, store=store),
        )
    ]


def _letter_effects(known: _Known) -> list[Effect]:
    found = []
    for side in (Side.COMPLAINANT, Side.RESPONDENT):
        names = [
            f"{row.display_name} ({row.language})" for row in known.parties if row.side is side
        ]
        if names:
            who = reader_words(known.view, side)
            words = _(
                "The %(who)s gets a letter of their own: %(names)s.",
                who=who,
                names=", ".join(names),
            )
            found.append(Effect("file-text", words))
    when = (
        _("The letters leave after finance has approved.")
        if needs_money(known.content)
        else _("Each side gets its letter by e-mail at once.")
    )
    return [*found, Effect("mail", when)]
