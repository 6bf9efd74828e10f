"""One act on many cases: looked at by the same guards, done case by case, each its own transaction, taken back alike.

A case that somebody else changed since it was read is marked with who did and is not touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.accounts.queries import actor_of
from app.cases.commands import ApplyEvent, AssignCase
from app.cases.queries import case_by_id
from app.cases.rules.actions import Action, Refusal
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.lifecycle import rows_from
from app.cases.rules.views import CaseView
from app.cases.service.people import assign
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.infra.jobs import Run
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, RedressError, Refused, Stale
from app.queues.commands import PlanRun, TagCase
from app.queues.events import BulkStarted
from app.queues.queries.bulk import run_of, version_and_owner
from app.queues.queries.kept import tag_named
from app.queues.queries.listing import changed_by, chosen_rows, tags_on
from app.queues.rules.bulk import STAGE_MOVES, BulkAct, Chosen, Planned, Result, RunState, RunView
from app.queues.rules.views import CaseRow
from app.queues.service import bulk as rows
from app.queues.service.tags import tag_case, untag_case
from app.workflows import bulk_acts
from app.workflows.act import act, offered_to

SYSTEM = Actor.system("bulk")


Judge = Callable[[CaseRow], tuple[Result, str]]


class _TryOnly(Exception):
    """Leaves a savepoint without keeping anything."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be done. *given*: `owner` (id or empty), `tag` (name), `event` and `reason`, and what `bulk_acts` says.

    *words*: the words of a macro for a case as (what the case gets, why not); asked while it is looked at.
    """

    act: BulkAct
    given: dict[str, Any]
    query: str = ""
    words: Callable[[CaseRow], tuple[dict[str, Any], str]] | None = None


def look_at(tx: Tx, wanted: Wanted, chosen: tuple[Chosen, ...], actor: Actor, clock: Clock) -> UUID:
    """What would become of each case, kept as a run that can be started. Changes no case.

    Raises `NotFound` when one of them is foreign or unknown (B143), `Invalid`, `Forbidden`.
    """
    rows.require_act(actor, wanted.act)
    rows.require_few(wanted.act, len(chosen))
    seen = {one.case_id: one.version for one in chosen}
    found = chosen_rows(tx, actor, list(seen))
    given = _checked(tx, wanted)
    stale = [row.id for row in found if row.version != seen[row.id]]
    who = changed_by(tx, stale)
    judge = _judge(tx, Wanted(wanted.act, given), found, actor, clock)
    planned: list[Planned] = []
    for row in found:
        one = Chosen(row.id, seen[row.id])
        if row.version != one.version:
            planned.append(Planned(one, Result.STALE, _updated_by(who.get(row.id, ""))))
        else:
            planned.append(_planned(tx, wanted, one, row, judge, actor, clock))
    return rows.plan_run(tx, PlanRun(wanted.act, given, tuple(planned), wanted.query), actor, clock)


def _planned(  # noqa: PLR0913 - one case of a run
    tx: Tx, wanted: Wanted, one: Chosen, row: CaseRow, judge: Judge, actor: Actor, clock: Clock
) -> Planned:
    if wanted.words is None:
        return Planned(one, *judge(row))
    own, why_not = wanted.words(row)
    if why_not:
        return Planned(one, Result.REFUSED, why_not)
    return Planned(one, *_tried(tx, wanted.act, own, row, actor, clock), own)


def _updated_by(name: str) -> str:
    return _("Updated by %(who)s", who=name) if name else _("Updated meanwhile")


def _checked(tx: Tx, wanted: Wanted) -> dict[str, Any]:
    """What is kept of *given*. Raises `Invalid` naming the field."""
    given = wanted.given
    if wanted.act is BulkAct.ASSIGN:
        owner = str(given.get("owner", ""))
        return {"owner": str(UUID(owner)) if owner else ""}
    if wanted.act is BulkAct.STAGE:
        event = str(given.get("event", ""))
        if event not in {one.value for one in STAGE_MOVES}:
            names = ", ".join(STAGE_MOVES)
            raise Invalid("event", "unknown", _("Choose one of: %(names)s.", names=names))
        return {"event": event, "reason": str(given.get("reason", ""))[:4000]}
    if wanted.act in bulk_acts.STEPS:
        return bulk_acts.checked(wanted.act, given)
    tag = tag_named(tx, str(given.get("tag", "")))
    return {"tag": tag.name, "tag_id": str(tag.id)}


def _judge(tx: Tx, wanted: Wanted, found: tuple[CaseRow, ...], actor: Actor, clock: Clock) -> Judge:
    if wanted.act is BulkAct.STAGE:
        return lambda row: _judge_move(tx, wanted, row, actor, clock)
    if wanted.act is BulkAct.ASSIGN:
        return lambda row: _judge_owner(tx, wanted, row, actor, clock)
    if wanted.act in bulk_acts.STEPS:
        return lambda row: _tried(tx, wanted.act, wanted.given, row, actor, clock)
    on = tags_on(tx, actor, [row.id for row in found])
    puts = wanted.act is BulkAct.TAG

    def judge(row: CaseRow) -> tuple[Result, str]:
        there = wanted.given["tag"] in on.get(row.id, ())
        return (Result.SAME, "") if there == puts else (Result.WAITING, "")

    return judge


def _judge_owner(
    tx: Tx, wanted: Wanted, row: CaseRow, actor: Actor, clock: Clock
) -> tuple[Result, str]:
    """The act itself, tried in a savepoint and undone: the same guards to the letter."""
    owner = _owner(wanted.given)
    if row.owner_id == owner:
        return Result.SAME, ""
    try:
        with tx.begin_nested():
            assign(tx, AssignCase(row.id, owner, row.version), actor, clock)
            raise _TryOnly  # noqa: TRY301 - keeping nothing is the point
    except _TryOnly:
        return Result.WAITING, ""
    except RedressError as error:
        return Result.REFUSED, _words_of(error)


def _tried(
    tx: Tx, wanted: BulkAct, given: dict[str, Any], row: CaseRow, actor: Actor, clock: Clock
) -> tuple[Result, str]:
    """The act itself, tried in a savepoint and undone."""
    if bulk_acts.is_so_already(tx, wanted, given, row.id, actor):
        return Result.SAME, ""
    try:
        with tx.begin_nested():
            bulk_acts.STEPS[wanted](tx, given, row.id, actor, clock)
            raise _TryOnly  # noqa: TRY301 - keeping nothing is the point
    except _TryOnly:
        return Result.WAITING, ""
    except RedressError as error:
        return Result.REFUSED, _words_of(error)


def _judge_move(
    tx: Tx, wanted: Wanted, row: CaseRow, actor: Actor, clock: Clock
) -> tuple[Result, str]:
    """What the case's own page would say of the move."""
    event = CaseEvent(wanted.given["event"])
    if not any(one.event is event for one in rows_from(row.kind, row.state)):
        return Result.REFUSED, _("Its stage has no such step.")
    offered = offered_to(tx, actor, case_by_id(tx, actor, row.id), clock)
    both: list[Action | Refusal] = [*offered.actions, *offered.refusals]
    found = next((one for one in both if one.event is event), None)
    if found is None:
        return Result.REFUSED, _("Your role does not take this step here.")
    if isinstance(found, Refusal):
        return Result.REFUSED, translated(found.text)
    if found.fresh:
        return Result.REFUSED, _("This step asks for a new sign-in: take it on the case.")
    return Result.WAITING, ""


def _owner(given: dict[str, Any]) -> UUID | None:
    return UUID(given["owner"]) if given.get("owner") else None


def start(run_id: UUID, actor: Actor, clock: Clock) -> bool:
    """Begin a run that was looked at; True when it is done on return, False when it goes on in the background."""
    with transaction(actor) as tx:
        at_once = rows.start_run(tx, run_id, actor, clock)
    if at_once:
        work_off(run_id, actor, clock)
    return at_once


def work_off(run_id: UUID, actor: Actor, clock: Clock) -> None:
    """Every waiting case, one transaction each. Safe to repeat: a settled row is never touched again."""
    with transaction(actor, read_only=True) as tx:
        run = run_of(tx, actor, run_id)
    _each(run, Result.WAITING, lambda tx, row: _do(tx, run, row, actor, clock), actor, clock)
    with transaction(actor) as tx:
        rows.finish_run(tx, run_id, RunState.DONE, clock)


Step = Callable[[Tx, Any], None]


def _each(run: RunView, result: Result, step: Step, actor: Actor, clock: Clock) -> None:
    """*step* for each row that has *result*, in order; what a case refuses is written beside it."""
    position = 0
    while True:
        with transaction(actor, read_only=True) as tx:
            found = rows.next_waiting(tx, run.id, result, position)
        if found is None:
            return
        case_id, position = found
        try:
            with transaction(actor) as tx:
                row = rows.claim_row(tx, run.id, case_id, result)
                if row is not None:
                    step(tx, row)
        except (Stale, Refused, Invalid, Forbidden, NotFound) as error:
            _settle_refused(run, case_id, result, error, actor, clock)


def _settle_refused(
    run: RunView, case_id: UUID, result: Result, error: RedressError, actor: Actor, clock: Clock
) -> None:
    with transaction(actor) as tx:
        row = rows.claim_row(tx, run.id, case_id, result)
        if row is None:
            return
        if isinstance(error, Stale):
            reason = _updated_by(changed_by(tx, [case_id]).get(case_id, ""))
            # A case that cannot be put back any more stays changed.
            kept = Result.STALE if result is Result.WAITING else Result.CHANGED
            rows.settle_row(tx, row, kept, clock, reason=reason)
        else:
            kept = Result.REFUSED if result is Result.WAITING else Result.CHANGED
            rows.settle_row(tx, row, kept, clock, reason=_words_of(error))


def _words_of(error: RedressError) -> str:
    """Why not, for a person."""
    if isinstance(error, Forbidden):
        return _("Your role does not do this to this case.")
    return translated(error.message)


def _do(tx: Tx, run: RunView, row: Any, actor: Actor, clock: Clock) -> None:
    before: dict[str, Any] = {}
    version, owner = version_and_owner(tx, row.case_id)
    if version != row.version:
        raise Stale(_("The case changed meanwhile."))
    done = True
    if run.act is BulkAct.ASSIGN:
        before = {"owner": str(owner) if owner else None}
        command = AssignCase(row.case_id, _owner(run.given), row.version)
        version = assign(tx, command, actor, clock).version
    elif run.act in bulk_acts.STEPS:
        given = row.given if run.act is BulkAct.MACRO else run.given
        bulk_acts.STEPS[run.act](tx, given, row.case_id, actor, clock)
        version, _owner_now = version_and_owner(tx, row.case_id)
    elif run.act is BulkAct.STAGE:
        version = _move(tx, run, row, actor, clock).version
    else:
        done = _tagging(run.act)(tx, TagCase(row.case_id, UUID(run.given["tag_id"])), actor, clock)
    result = Result.CHANGED if done else Result.SAME
    rows.settle_row(tx, row, result, clock, before=before, version_after=version)


def _move(tx: Tx, run: RunView, row: Any, actor: Actor, clock: Clock) -> CaseView:
    event, reason = CaseEvent(run.given["event"]), run.given["reason"]
    return act(tx, ApplyEvent(row.case_id, event, row.version, reason), actor, clock)


def _tagging(what: BulkAct) -> Callable[[Tx, TagCase, Actor, Clock], bool]:
    return tag_case if what is BulkAct.TAG else untag_case


def undo(run_id: UUID, actor: Actor, clock: Clock) -> None:
    """Put back what the run changed, within half a minute; cases changed since then stay. Raises `Refused`."""
    with transaction(actor, read_only=True) as tx:
        run = run_of(tx, actor, run_id)
    if not run.can_be_undone(clock.now()):
        raise Refused("too_late", _("This cannot be taken back any more."))
    _each(run, Result.CHANGED, lambda tx, row: _put_back(tx, run, row, actor, clock), actor, clock)
    with transaction(actor) as tx:
        rows.finish_run(tx, run_id, RunState.UNDONE, clock)


def _put_back(tx: Tx, run: RunView, row: Any, actor: Actor, clock: Clock) -> None:
    if run.act is BulkAct.ASSIGN:
        before = row.before.get("owner")
        command = AssignCase(row.case_id, UUID(before) if before else None, row.version_after)
        assign(tx, command, actor, clock)
    elif run.act in bulk_acts.BACK:
        version, _owner_now = version_and_owner(tx, row.case_id)
        if version != row.version_after:
            raise Stale(_("The case changed meanwhile."))
        bulk_acts.BACK[run.act](tx, run.given, row.case_id, actor, clock)
    else:
        other = BulkAct.UNTAG if run.act is BulkAct.TAG else BulkAct.TAG
        _tagging(other)(tx, TagCase(row.case_id, UUID(run.given["tag_id"])), actor, clock)
    rows.settle_row(tx, row, Result.UNDONE, clock)


def work_off_on(run: Run, event: BulkStarted) -> None:
    """Reaction: a long run is worked off as whoever asked for it, with the roles they hold now."""
    with run.transaction() as tx:
        wanted = run_of(tx, SYSTEM, event.run_id)
        actor = actor_of(tx, wanted.by_id)
    work_off(event.run_id, actor, run.clock)
