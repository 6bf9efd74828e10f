"""Corrections of a shared fault in one act: previewed for all child cases, then proposed case by case as whoever confirmed.

Each case gets its own decision with its own correction, from its own audit, and waits for a second person as ever: one
act prepares, it approves nothing. Where a case stands is read from the case, so that repeating proposes nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.accounts.queries import actor_of, people_with_role
from app.accounts.rules import Permission, may, require
from app.cases.rules.kinds import Outcome
from app.corrections.queries.steps import live_corrections
from app.corrections.rules.proposal import ProposalLine
from app.decisions.commands import SaveDecision
from app.decisions.queries import live_decisions
from app.decisions.rules import DecisionContent, FindingResult, Issue, Remedy, RemedyKind
from app.incidents.commands import PrepareCorrections
from app.incidents.events import CorrectionsWanted
from app.incidents.queries import CaseRow, case_rows, event_row, faults_of_cases
from app.incidents.rules.correcting import Found, Standing, WhyNot, seen_hash, why_not
from app.incidents.service.correcting import (
    Act,
    acts_of,
    end_act,
    lock_payee,
    want_corrections,
)
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.infra.jobs import Run
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.money import Money, sum_money
from app.kernel.words import words as __
from app.recompute.queries import newest_runs, owed_of_runs
from app.recompute.rules.runs import RunState
from app.workflows.audit_proposal import amounts_of, line_of, reason_of
from app.workflows.decide import MoneyProposed, Propose, propose, save

SYSTEM = Actor.system("correct_together")
MOST = 500
"""Cases of one act; those behind it wait for the next."""
WHY: dict[WhyNot, Any] = {
    WhyNot.NO_CASE: __("They have no case."),
    WhyNot.NOT_IN_REVIEW: __("Their case is not in review: its audit comes first."),
    WhyNot.DRAFT_THERE: __("Somebody has begun to decide their case."),
    WhyNot.NO_AUDIT: __("The newest audit of their case is not done."),
    WhyNot.NOTHING_OWED: __("The audit of their case owes them nothing."),
    WhyNot.OTHER_PAYEE: __("The audit of their case is about another payee too."),
    WhyNot.NOT_IN_LEDGER: __("The terms do not say who they are in the ledger."),
    WhyNot.SEVERAL_CURRENCIES: __("They are owed in several currencies."),
    WhyNot.OTHER_REASON: __("The audit of their case found something that this fault does not explain."),
    WhyNot.PAID_TOO_MUCH: __("They were paid too much: taking back asks for their notice first."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """One payee. Either *correction_id*: there already, over *total*; or *why*: left out, in words; or *lines* would be proposed.

    *before*: what the newest act ran into, in words; it may be tried again.
    """

    case: CaseRow
    total: Money | None
    lines: tuple[ProposalLine, ...]
    why: str
    correction_id: UUID | None
    audit_id: UUID | None
    before: str = ""

    @property
    def is_ready(self) -> bool:
        """True when the act would propose its correction."""
        return bool(self.lines) and not self.why and self.correction_id is None


@dataclass(frozen=True, slots=True)
class Plan:
    """What one act would do. *acts*: of before, the newest first."""

    rows: tuple[Planned, ...]
    acts: tuple[Act, ...]

    @property
    def ready(self) -> tuple[Planned, ...]:
        """Those that the next act proposes."""
        return tuple(row for row in self.rows if row.is_ready)[:MOST]

    @property
    def is_running(self) -> bool:
        """True while the newest act goes on."""
        return bool(self.acts) and not self.acts[0].is_over

    @property
    def sums(self) -> tuple[Money, ...]:
        """What would be proposed, by currency."""
        found = [row.total for row in self.ready if row.total]
        return tuple(
            sum_money([one for one in found if one.currency == currency], currency)
            for currency in sorted({one.currency for one in found})
        )

    @property
    def seen(self) -> str:
        """Equal as long as the same would be proposed."""
        return seen_hash(
            (row.case.case_id, row.case.version, ",".join(_spelled(line) for line in row.lines))
            for row in self.ready
            if row.case.case_id
        )


def _spelled(line: ProposalLine) -> str:
    return f"{line.payee_id} {line.period} {line.reason} {line.amount}"


def may_prepare(actor: Actor) -> bool:
    """Whether *actor* sees shared faults as a lead and reviews cases: the lifecycle lets reviewers alone propose decisions."""
    return may(actor, Permission.PARENT_EVENT_DECIDE) and actor.has(Role.REVIEWER)


def who_may_prepare(tx: Tx) -> tuple[str, ...]:
    """Names of those who may, for people who may not."""
    return tuple(person.name for person in people_with_role(tx, Role.LEAD, Role.REVIEWER))


def plan_of(tx: Tx, actor: Actor, event_id: UUID) -> Plan:
    """What would be proposed for each payee of an event, and why not. Changes nothing. Raises `NotFound`, `Forbidden`."""
    event = event_row(tx, actor, event_id)
    require(actor, Permission.CORRECTION_PREPARE)
    acts = acts_of(tx, event)
    refused = acts[0].refused if acts else {}
    return Plan(_planned(tx, actor, case_rows(tx, actor, event_id), refused), acts)


def prepare_all(tx: Tx, command: PrepareCorrections, actor: Actor, clock: Clock) -> int:
    """Begin the act over everything that was previewed; how many cases it is about.

    Raises `Forbidden`, `NotFound`, `Invalid` without reasons, `Refused` when nothing is ready, `Stale` when the preview
    would be another now.
    """
    require(actor, Permission.PARENT_EVENT_DECIDE)
    if not may_prepare(actor):
        raise Forbidden(Permission.DECISION_DRAFT.value, code="reviewer_needed")
    plan = plan_of(tx, actor, command.event_id)
    if plan.seen != command.seen:
        raise Stale(_("What would be proposed changed meanwhile. Look at it again."))
    rows = {row.case.case_id: row.case.version for row in plan.ready if row.case.case_id}
    if not rows:
        raise Refused("nothing_ready", _("No correction is ready to be proposed."))
    want_corrections(tx, command, rows, actor, clock)
    return len(rows)


def prepare_on(run: Run, event: CorrectionsWanted) -> None:
    """Reaction: propose case by case as whoever confirmed, with the roles they hold now. Safe to repeat."""
    with run.transaction() as tx:
        row = event_row(tx, SYSTEM, event.event_id)
        act = next((one for one in acts_of(tx, row) if one.id == event.act_id), None)
        actor = actor_of(tx, event.by_id)
        cases = case_rows(tx, SYSTEM, event.event_id) if act else ()
    if act is None or act.is_over:
        return
    done, refused = 0, {}
    for case in cases:
        if case.case_id is None or case.case_id not in act.rows:
            continue
        try:
            with transaction(actor) as tx:
                _prepare_one(tx, event.event_id, case.payee, act, actor, run.clock)
            done += 1
        except (Stale, Refused, Invalid, Forbidden, NotFound) as error:
            refused[case.case_id] = _words_of(error)
    with run.transaction() as tx:
        end_act(tx, event.event_id, act.id, done, refused, run.actor, run.clock)


def _words_of(error: Exception) -> str:
    if isinstance(error, Stale | Refused | Invalid):
        return translated(error.message)
    return _("Whoever prepared this may not decide this case.")


def _prepare_one(
    tx: Tx, event_id: UUID, payee: str, act: Act, actor: Actor, clock: Clock
) -> None:  # fmt: skip
    """Propose the decision and the correction of one case. What stands there already stays as it is."""
    lock_payee(tx, event_id, payee)
    (found,) = _planned(tx, actor, case_rows(tx, actor, event_id, payee), {})
    case = found.case
    if found.correction_id is not None:
        return
    if case.case_id is None or case.version != act.rows.get(case.case_id):
        raise Stale(_("The case changed meanwhile."))
    if not found.is_ready or found.total is None:
        raise Refused("not_ready", found.why)
    content = _content(found, act.reasons)
    saved = save(tx, SaveDecision(case.case_id, case.round, content), actor, clock)
    money = MoneyProposed(found.total.currency, _reason(found), found.lines)
    propose(
        tx, Propose(case.case_id, case.version, saved.id, saved.version, money), actor, clock
    )  # fmt: skip


def _months(found: Planned) -> str:
    return ", ".join(sorted({line.period for line in found.lines}))


def _reason(found: Planned) -> str:
    return _("Prepared with the others of the shared fault of %(month)s", month=_months(found))


def _content(found: Planned, reasons: str) -> DecisionContent:
    return DecisionContent(
        outcome=Outcome.UPHELD,
        issues=(
            Issue(
                _("Was the statement of %(month)s computed as agreed?", month=_months(found)),
                _("It was not. Our own check found the mistake, and the audit of this case shows it."),
                FindingResult.ESTABLISHED,
            ),
        ),
        remedies=(Remedy(RemedyKind.PAY, _("We pay %(amount)s.", amount=str(found.total))),),
        to_complainant=reasons, money_moves=True, audit_id=str(found.audit_id),
    )  # fmt: skip


def _planned(
    tx: Tx, actor: Actor, cases: tuple[CaseRow, ...], refused: Mapping[UUID, str]
) -> tuple[Planned, ...]:
    """Each row as it stands now, in few statements however many. *refused*: what an act of before ran into."""
    ids = [row.case_id for row in cases if row.case_id]
    runs = newest_runs(tx, actor, ids)
    owed = owed_of_runs(tx, actor, [key for key, state in runs.values() if state is RunState.DONE])
    faults, decided = faults_of_cases(tx, actor, ids), live_decisions(tx, actor, ids)
    there = live_corrections(tx, actor, ids)
    found = []
    for case in cases:
        key = case.case_id or UUID(int=0)
        run_id, state = runs.get(key, (None, None))
        amounts = amounts_of(owed.get(run_id, ()) if run_id else ())
        standing = Standing(
            case.payee, case.state, (key, case.round) in decided, state is RunState.DONE,
            frozenset((month, reason_of(cause).value) for month, cause in faults.get(key, ())),
            tuple(
                Found(row.payee, row.statement_month, reason_of(row.reason).value, amount, row.payee_id is not None)
                for row, amount in amounts
            ),
        )  # fmt: skip
        correction, given = there.get(key, (None, None))
        why = None if correction else why_not(standing)
        lines = () if correction or why else tuple(
            line_of(row, amount, row.payee_id) for row, amount in amounts if amount and row.payee_id
        )  # fmt: skip
        total = sum_money([line.amount for line in lines], lines[0].amount.currency) if lines else given  # fmt: skip
        found.append(
            Planned(
                case, total, lines, translated(WHY[why]) if why else "", correction, run_id,
                "" if correction else refused.get(key, ""),
            )
        )  # fmt: skip
    return tuple(found)
