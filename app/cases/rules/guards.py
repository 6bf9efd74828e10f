"""Guards of the table: total functions of named facts. None means nothing is in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.cases.rules.kinds import CaseEvent, Outcome, State, SubKind
from app.kernel.actor import Role
from app.kernel.sides import Side
from app.kernel.words import words as _
from app.policies.rules.clocks import ClockKind

if TYPE_CHECKING:
    from app.cases.rules.facts import CaseFacts, Relation, Standing


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a move is not possible now: a stable slug and words for a person."""

    code: str
    text: str


Guard = Callable[["Standing", "Relation", "CaseFacts"], Blocked | None]
E = CaseEvent


def _when(test: Callable[[CaseFacts], bool], code: str, text: str) -> Guard:
    """A guard that blocks when *test* of the facts holds."""

    def guard(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
        del case, relation
        return Blocked(code, text) if test(facts) else None

    return guard


def _all(*guards: Guard) -> Guard:
    """The first reason of several."""

    def guard(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
        return next((why for one in guards if (why := one(case, relation, facts))), None)

    return guard


def _sub_kind(*allowed: SubKind) -> Guard:
    def guard(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
        del relation, facts
        if case.sub_kind in allowed:
            return None
        return Blocked("other_sub_kind", _("This step does not exist for this kind of case."))

    return guard


def _passed(*clocks: ClockKind) -> Guard:
    return _when(
        lambda facts: not facts.deadlines_passed.intersection(clocks),
        "deadline_not_passed",
        _("The deadline has not passed yet."),
    )


def _extension(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    del case
    if relation.side is not None and relation.side in facts.extended:
        return Blocked("extended_before", _("This deadline was extended once already."))
    return None


def _other_side_reachable(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    del case
    needed = {
        Side.COMPLAINANT: facts.respondent_reachable,
        Side.RESPONDENT: facts.complainant_reachable,
    }
    both = facts.respondent_reachable and facts.complainant_reachable
    reachable = needed.get(relation.side, both) if relation.side else both
    return None if reachable else Blocked("unreachable", _("The other side cannot be reached."))


def _appeal(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    del case
    if not facts.window_open:
        return Blocked("window_closed", _("The time for a second review is over."))
    if relation.side in facts.appealed and not facts.new_evidence:
        return Blocked("appealed_before", _("A second appeal needs new evidence."))
    return None


def _close(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    if facts.holds_open or facts.open_actions:
        return Blocked("actions_open", _("A hold or an action is still open."))
    if relation.actor.is_system:
        return _passed(ClockKind.APPEAL, ClockKind.SATISFACTION)(case, relation, facts)
    if not facts.both_consent:
        return Blocked(
            "consent_missing", _("Both sides must agree to close before the window ends.")
        )
    return None


def _close_exchange(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    if not relation.actor.is_system:
        return None
    return _passed(ClockKind.PARTY)(case, relation, facts)


def _restore(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    del case
    if facts.restore_too_early and not relation.actor.has(Role.LEAD):
        return Blocked(
            "too_early", _("Before the earliest day only a lead may restore, with a reason.")
        )
    return None


def _restrict(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    del facts
    if case.sub_kind is not SubKind.OWN_RESTRICTION:
        return Blocked("other_sub_kind", _("This step does not exist for this kind of case."))
    if case.owner_id is None or case.owner_id in relation.ids:
        return Blocked("needs_two", _("A reviewer owns the case and a lead restricts: two people."))
    return None


def _approve(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    del case
    if relation.ids & facts.preparers:
        return Blocked("prepared_it", _("Who prepared a correction never approves it."))
    if relation.ids & facts.approvers:
        return Blocked("approved_before", _("A second person must approve above the limit."))
    if not relation.fresh:
        return Blocked("sign_in_again", _("Please confirm who you are once more."))
    return None


def _unmark(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    del relation, facts
    if case.outcome is not Outcome.DUPLICATE:
        return Blocked("not_duplicate", _("The case was not closed as a duplicate."))
    return None


def _one_look(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    if facts.second_pair or facts.money_moves or case.state is State.APPEAL_REVIEW:
        return Blocked("second_pair", _("A second person must confirm this decision."))
    return _decision_ready(case, relation, facts)


def _took_no_part(case: Standing, relation: Relation, facts: CaseFacts) -> Blocked | None:
    if case.state is State.APPEAL_REVIEW and relation.ids & facts.took_part:
        return Blocked("took_part", _("Who took part in the first decision does not review it."))
    return None


_filed = _all(
    _when(
        lambda f: bool(f.missing_fields), "fields_missing", _("Some required answers are missing.")
    ),
    _when(lambda f: bool(f.unsigned), "unsigned", _("A statement has not been signed.")),
    _when(lambda f: not f.sides_differ, "sides_equal", _("Both sides of the case are the same.")),
    _when(lambda f: not f.consent, "consent_missing", _("Their consent is not on record.")),
)
_decision_ready = _all(
    _when(lambda f: bool(f.unjudged_items), "unjudged", _("Some evidence has no verdict yet.")),
    _when(lambda f: bool(f.open_requests), "requests_open", _("A request is still open.")),
    _when(
        lambda f: bool(f.decision_missing),
        "decision_incomplete",
        _("The decision is not complete."),
    ),
    _took_no_part,
)
_respondent_there = _when(
    lambda f: not f.respondent_reachable, "unreachable", _("The other side cannot be reached.")
)
_actions_left = _when(
    lambda f: f.actions_open, "actions_open", _("Something the decision asks for is not done.")
)

GUARDS: dict[CaseEvent, Guard] = {
    E.START: _when(
        lambda f: not f.consent, "consent_missing", _("Their consent is not on record.")
    ),
    E.SUBMIT: _filed,
    E.EXPIRE: _passed(ClockKind.DRAFT),
    E.TAKE: _when(lambda f: f.conflict, "conflict", _("You have an interest in this case.")),
    E.ASK_RESPONDENT: _respondent_there,
    E.ANSWER: _when(
        lambda f: not f.answered_items, "nothing_answered", _("Answer at least one question.")
    ),
    E.EXTEND: _extension,
    E.LAPSE: _passed(ClockKind.PARTY),
    E.NOT_SOLVED: _when(
        lambda f: not f.window_open, "window_closed", _("The time for this is over.")
    ),
    E.START_EXCHANGE: _respondent_there,
    E.CLOSE_EXCHANGE: _close_exchange,
    E.OFFER: _other_side_reachable,
    E.OFFER_LAPSE: _passed(ClockKind.OFFER),
    E.PROPOSE_DECISION: _decision_ready,
    E.DECIDE: _one_look,
    E.CONFIRM: _when(
        lambda f: f.decision_outcome is None,
        "decision_incomplete",
        _("The decision is not complete."),
    ),
    E.APPROVE: _approve,
    E.COMPLETE: _actions_left,
    E.APPEAL: _appeal,
    E.CLOSE: _close,
    E.REOPEN: _when(
        lambda f: not f.inside_retention, "retention", _("The case is past its retention.")
    ),
    E.RELEASE_PRO_RATA: _when(
        lambda f: not (f.limitation_passed and f.releases_at_limitation),
        "limitation",
        _("The policy releases pro rata only after the limitation date."),
    ),
    E.UNMARK_DUPLICATE: _unmark,
    E.RESTRICT: _restrict,
    E.COUNTER: _all(
        _sub_kind(SubKind.DMCA_NOTICE),
        _when(lambda f: bool(f.unsigned), "unsigned", _("A statement has not been signed.")),
    ),
    E.COMPLAIN: _sub_kind(SubKind.EU_NOTICE, SubKind.OWN_RESTRICTION),
    E.UNCONTESTED: _passed(ClockKind.RESTRICTION),
    E.RESTORE: _restore,
}
"""Events without an entry are guarded by who may do them and by what must be given (NEEDS)."""

REASON = "reason"
NEEDS: dict[CaseEvent, tuple[str, ...]] = {
    E.CLOSE_OUT_OF_SCOPE: (REASON,),
    E.ASK_COMPLAINANT: (REASON, "items"),
    E.ASK_RESPONDENT: (REASON, "items"),
    E.ASK_STORE: (REASON,),
    E.STORE_ANSWERED: (REASON,),
    E.EXTEND: (REASON,),
    E.RESOLVE: (REASON,),
    E.NOT_SOLVED: (REASON,),
    E.CONVERT: ("sub_kind",),
    E.AUDIT_FAILED: (REASON,),
    E.OFFER: ("terms",),
    E.COUNTER_OFFER: ("terms",),
    E.ACCEPT_OFFER: ("terms_hash",),
    E.RETURN: (REASON,),
    E.REFUSE: (REASON,),
    E.ACTION_FAILED: (REASON,),
    E.APPEAL: (REASON,),
    E.REOPEN: (REASON,),
    E.LEAVE_TO_PARTIES: (REASON, "limitation_on"),
    E.RESUME: (REASON,),
    E.MARK_DUPLICATE: ("other_case_id",),
    E.RECUSE: (REASON,),
    E.ACCEPT_NOTICE: (REASON,),
    E.REJECT_NOTICE: (REASON,),
    E.RESTRICT: (REASON,),
    E.COUNTER: (REASON,),
    E.COMPLAIN: (REASON,),
    E.ACCEPT_COUNTER: (REASON,),
    E.REJECT_COUNTER: (REASON,),
    E.COURT_NOTICE: (REASON,),
    E.ORDER_RECEIVED: (REASON, "outcome"),
}
"""What must come with the act, by name; `reason` is the text, the others are named values."""


def blocked(
    event: CaseEvent, case: Standing, relation: Relation, facts: CaseFacts
) -> Blocked | None:
    """Why *event* cannot happen now by its guard, or None."""
    guard = GUARDS.get(event)
    return guard(case, relation, facts) if guard else None


def not_given(event: CaseEvent, reason: str, data: dict[str, object]) -> tuple[str, ...]:
    """Names of what the act needs and did not bring."""
    given = {name for name, value in data.items() if value not in (None, "", [], ())}
    if reason.strip():
        given.add(REASON)
    return tuple(name for name in NEEDS.get(event, ()) if name not in given)
