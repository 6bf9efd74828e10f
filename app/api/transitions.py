"""Transitions of a case: what is possible and what is not and why, and making one. The table decides, as on every page."""

from __future__ import annotations

from app.accounts.rules import Permission, Scope
from app.api.cases import shown_case
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.shapes.cases import Case
from app.api.shapes.transitions import MakeTransition, NotNow, Possible, Transitions
from app.cases.commands import ApplyEvent, Signature, SignStatement
from app.cases.queries import case_by_ref
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import CaseView
from app.cases.service.people import sign_statements
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.workflows.act import OWN_FORM, act, offered_to, terms_hash

TAG = "transitions"
_ACT, _OWN = Permission.CASE_ACT, Permission.PARTY_CASE_ACT
_PLAIN = ("silence", "terms", "days", "told", "failed")


@bp.get("/cases/<ref>/transitions")
@needs(Scope.CASES_READ, _ACT, other=_OWN, on="case")
@answers(Transitions, tag=TAG)
def transitions_list(ref: str) -> Transitions:
    """List what can be done with a case now, and what cannot and why."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        view = case_by_ref(tx, actor, ref)
        offered = offered_to(tx, actor, view, services().clock)
    return Transitions(
        state=view.state,
        possible=[
            Possible.of(one, here=not (one.fresh or one.event in OWN_FORM)) for one in offered.actions
        ],
        not_now=[NotNow.of(one) for one in offered.refusals],
    )  # fmt: skip


@bp.post("/cases/<ref>/transitions")
@needs(Scope.CASES_WRITE, _ACT, other=_OWN, on="case")
@once_per_key
@answers(Case, tag=TAG, also=(*WRITES, 428))
def transition_make(ref: str, json: MakeTransition) -> Case:
    """Make a transition.

    Refused (409) with the ones that are possible instead.
    """
    actor = bearer()
    with transaction(actor) as tx:
        view = case_by_ref(tx, actor, ref)
        require_seen(shown_case(tx, actor, view))
        _sign(tx, view, json, actor)
        command = ApplyEvent(
            view.id, json.event, view.version, json.reason.strip(), _data(tx, json, actor)
        )
        after = act(tx, command, actor, services().clock)
        return shown_case(tx, actor, after)


def _sign(tx: Tx, view: CaseView, json: MakeTransition, actor: Actor) -> None:
    """Statements that a party's step asks for; the guard refuses the step without them."""
    if not json.statements or view.side is None:
        return
    name = json.signer_name or actor.name
    signed = tuple(Signature(code, name) for code in json.statements)
    command = SignStatement(view.id, view.side, json.event.value, signed)
    sign_statements(tx, command, actor, services().clock)


def _data(tx: Tx, json: MakeTransition, actor: Actor) -> dict[str, object]:
    """What comes with the step, by the names of the table. Raises `Invalid` for an unknown other case."""
    data: dict[str, object] = {name: getattr(json, name) for name in _PLAIN}
    data["sub_kind"] = json.sub_kind.value if json.sub_kind else None
    data["outcome"] = json.outcome.value if json.outcome else None
    data["limitation_on"] = json.limitation_on.isoformat() if json.limitation_on else None
    data["asked"] = [
        {"kind": one.kind.value, "title": one.title, "hint": one.hint} for one in json.items
    ]
    data["items"] = [one.title for one in json.items]
    if json.event is CaseEvent.ACCEPT_OFFER:
        data["terms_hash"] = terms_hash(json.terms)
    if json.other_case:
        data["other_case_id"] = _other(tx, json.other_case, actor)
    return {name: value for name, value in data.items() if value not in (None, "", [])}


def _other(tx: Tx, ref: str, actor: Actor) -> str:
    try:
        return str(case_by_ref(tx, actor, ref).id)
    except (Invalid, NotFound):
        raise Invalid(
            "other_case", "not_found", _("There is no case with this reference.")
        ) from None
