"""The decision of a case as the desk makes it: evidence judged, drafted, proposed, confirmed by another person, returned.

The workflows of the pages decide; what was read is named by its ETag, and what is confirmed by its hash, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.accounts.rules import Permission, Scope
from app.api.cases import shown_case
from app.api.correction_lines import lines_in
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.shapes import decisions as shapes
from app.api.shapes.cases import Case
from app.api.shapes.evidence import Evidence
from app.cases.queries import case_by_ref, members_of
from app.cases.rules.actions import moves_of_role
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import CaseView
from app.decisions import rules
from app.decisions.commands import SaveDecision
from app.decisions.queries import current_decision
from app.decisions.rules import DecisionState, missing_in
from app.evidence.commands import RecordVerdict
from app.evidence.queries import item_by_label
from app.evidence.service import record_verdict
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, InvalidMany
from app.kernel.money import parse_currency
from app.kernel.sides import Side
from app.kernel.text import clean_text
from app.workflows import decide as deciding
from app.workflows.before_deciding import before_deciding, guards_of

TAG = "decisions"
_WRITE, _DRAFT = Scope.DECISIONS_WRITE, Permission.DECISION_DRAFT
_NOBODY = UUID(int=0)
_STEPS = (CaseEvent.PROPOSE_DECISION, CaseEvent.DECIDE, CaseEvent.CONFIRM, CaseEvent.RETURN)


@bp.post("/cases/<ref>/evidence/<label>/verdict")
@needs(_WRITE, Permission.EVIDENCE_JUDGE, on="case")
@answers(Evidence, tag=TAG, also=WRITES)
def evidence_judge(ref: str, label: str, json: shapes.GiveVerdict) -> Evidence:
    """Judge a file of a case. Each needs a verdict before a decision is proposed."""
    actor = bearer()
    with transaction(actor) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        item_id = item_by_label(tx, actor, case_id, label).id
        command = RecordVerdict(case_id, item_id, json.verdict, json.reason, json.note.strip())
        record_verdict(tx, command, actor, services().clock)
        return Evidence.of(item_by_label(tx, actor, case_id, label))


@bp.get("/cases/<ref>/decision")
@needs(Scope.CASES_READ, Permission.DECISION_READ, on="case")
@answers(shapes.DecisionDraft, tag=TAG)
def decision_show(ref: str) -> shapes.DecisionDraft:
    """Read the decision of the round that runs: draft, proposed, or what was returned; and what stands in its way."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return _shown(tx, actor, case_by_ref(tx, actor, ref))


@bp.put("/cases/<ref>/decision")
@needs(_WRITE, _DRAFT, on="case")
@answers(shapes.DecisionDraft, tag=TAG, also=(*WRITES, 428))
def decision_save(ref: str, json: shapes.DecisionContent) -> shapes.DecisionDraft:
    """Save the draft as a whole."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        view = case_by_ref(tx, actor, ref)
        seen = _seen(tx, actor, view)
        command = SaveDecision(view.id, view.round, _content(json), seen.version)
        deciding.save(tx, command, actor, clock)
        return _shown(tx, actor, view)


@bp.post("/cases/<ref>/decision/propose")
@needs(_WRITE, _DRAFT, on="case")
@once_per_key
@answers(Case, tag=TAG, also=(*WRITES, 428))
def decision_propose(ref: str, json: shapes.ProposeDecision) -> Case:
    """Freeze the draft and send it, with the money that it moves, to a second person."""
    return _send(ref, json, CaseEvent.PROPOSE_DECISION)


@bp.post("/cases/<ref>/decision/decide")
@needs(_WRITE, _DRAFT, on="case")
@once_per_key
@answers(Case, tag=TAG, also=(409, 412, 428))
def decision_decide(ref: str) -> Case:
    """Decide alone, where the policy asks for no second person and no money moves."""
    return _send(ref, shapes.ProposeDecision(), CaseEvent.DECIDE)


@bp.post("/cases/<ref>/decision/confirm")
@needs(_WRITE, Permission.DECISION_CONFIRM, on="case")
@once_per_key
@answers(Case, tag=TAG, also=(*WRITES, 428))
def decision_confirm(ref: str, json: shapes.ConfirmDecision) -> Case:
    """Let out what another person proposed. Refused (409) for the proposer, under any of their accounts."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        view = case_by_ref(tx, actor, ref)
        seen = _seen(tx, actor, view)
        command = deciding.Confirm(view.id, view.version, seen.id, json.seen_hash)
        return shown_case(tx, actor, deciding.confirm(tx, command, actor, clock))


@bp.post("/cases/<ref>/decision/return")
@needs(_WRITE, Permission.DECISION_CONFIRM, on="case")
@once_per_key
@answers(Case, tag=TAG, also=(*WRITES, 428))
def decision_return(ref: str, json: shapes.SayWhy) -> Case:
    """Give it back to its proposer, with a reason; its correction is cancelled."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        view = case_by_ref(tx, actor, ref)
        seen = _seen(tx, actor, view)
        command = deciding.GiveBack(view.id, view.version, seen.id, json.reason.strip())
        return shown_case(tx, actor, deciding.give_back(tx, command, actor, clock))


@dataclass(frozen=True, slots=True)
class _Key:
    """What was read: *version* 0 where a new draft begins."""

    id: UUID
    version: int


def _send(ref: str, json: shapes.ProposeDecision, step: CaseEvent) -> Case:
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        view = case_by_ref(tx, actor, ref)
        seen = _seen(tx, actor, view)
        money = _money(tx, view, json.money, actor, clock) if json.money else None
        command = deciding.Propose(view.id, view.version, seen.id, seen.version, money)
        make = deciding.propose if step is CaseEvent.PROPOSE_DECISION else deciding.decide
        return shown_case(tx, actor, make(tx, command, actor, clock))


def _seen(tx: Tx, actor: Actor, view: CaseView) -> _Key:
    """The decision that `If-Match` names. Raises as `require_seen`."""
    found = _shown(tx, actor, view)
    require_seen(found)
    live = current_decision(tx, actor, view.id, view.round)
    if live is None or live.state is DecisionState.RETURNED:
        return _Key(_NOBODY, 0)
    return _Key(live.id, live.version)


def _shown(tx: Tx, actor: Actor, view: CaseView) -> shapes.DecisionDraft:
    """The decision as this reader sees it: what its ETag is made of."""
    moves = frozenset(moves_of_role(view, actor))
    known = before_deciding(tx, actor, view, moves)
    live = known.decision
    both = any(member.side is Side.RESPONDENT for member in members_of(tx, actor, view.id))
    content = live.content if live else rules.DecisionContent()
    guards = guards_of(known, lambda at, _zone: at.isoformat())
    return shapes.DecisionDraft.of(
        live,
        round=view.round,
        missing=list(missing_in(content, has_respondent=both)),
        proposed_by_you=live is not None and live.proposed_by == actor.person_id,
        guards=[shapes.DecisionGuard.of(one) for one in guards],
        steps=[step for step in _STEPS if step in moves],
    )


def _content(json: shapes.DecisionContent) -> rules.DecisionContent:
    """What was sent. Raises `Invalid` for characters that no letter prints."""
    return rules.DecisionContent(
        outcome=json.outcome.value if json.outcome else "",
        issues=tuple(
            rules.Issue(
                _text(one.issue, f"issues.{number}"), _text(one.finding, f"issues.{number}"),
                one.result.value if one.result else "", one.weight.value, tuple(str(key) for key in one.exhibits),
            )
            for number, one in enumerate(json.issues, start=1)
        ),
        remedies=tuple(
            rules.Remedy(one.kind.value, _text(one.text, f"remedies.{number}"), one.effective_on)
            for number, one in enumerate(json.remedies, start=1)
        ),
        to_complainant=_text(json.to_complainant, "to_complainant"),
        to_respondent=_text(json.to_respondent, "to_respondent"),
        money_moves=json.money_moves or any(one.kind in rules.MONEY_REMEDIES for one in json.remedies),
        audit_id=str(json.audit_id or ""),
    )  # fmt: skip


def _text(words: str, field: str) -> str:
    return clean_text(words, field=field, max_length=rules.LONGEST_TEXT)


def _money(
    tx: Tx, view: CaseView, money: shapes.MoneyToMove, actor: Actor, clock: Clock
) -> deciding.MoneyProposed:
    """The correction, its amounts exact. Opens payees for parties. Raises `InvalidMany` naming the lines."""
    currency = parse_currency(money.currency)
    try:
        lines = lines_in(tx, view.id, money.lines, currency, actor, clock)
    except InvalidMany as found:
        raise InvalidMany(
            [Invalid(f"money.{one.field}", one.code, one.message) for one in found.errors]
        ) from found
    return deciding.MoneyProposed(currency, money.reason.strip(), lines)
