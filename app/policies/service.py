"""Publishing policies and calendars as new versions, and the defaults the first time they are needed."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound
from app.policies.commands import PublishCalendar, PublishLimits, PublishPolicy
from app.policies.models import ApprovalPolicy, Calendar, CalendarHoliday, CasePolicy
from app.policies.queries import (
    ApprovalPolicyView,
    CalendarView,
    PolicyView,
    approval_policies,
    newest_calendar,
    newest_policy_row,
    policy_by_id,
    policy_in_force,
)
from app.policies.rules.approval import DEFAULT_LIMITS, checked_limits
from app.policies.rules.defaults import default_policies
from app.policies.rules.national import ZONES, national_calendar

DEFAULTS = Actor.system("policies:defaults")


def current_policy(tx: Tx, sub_kind: str, clock: Clock) -> PolicyView:
    """The policy in force now; the default is stored when the sub-kind has none yet.

    Raises `NotFound` for an unknown sub-kind.
    """
    if sub_kind not in default_policies():
        raise NotFound(f"no sub-kind {sub_kind}")
    found = policy_in_force(tx, sub_kind, clock.now())
    if found is None:
        _one_at_a_time(tx, f"policy:{sub_kind}")
        found = policy_in_force(tx, sub_kind, clock.now())
    if found is None:
        command = PublishPolicy(default_policies()[sub_kind], "default")
        found = publish_policy(tx, command, DEFAULTS, clock)
    return found


def current_calendar(tx: Tx, code: str, clock: Clock) -> CalendarView:
    """The newest version of a calendar; the national one is stored when there is none yet.

    Raises `NotFound` for a code nobody knows.
    """
    if code not in ZONES:
        raise NotFound(f"no calendar {code}")
    found = newest_calendar(tx, code)
    if found is None:
        _one_at_a_time(tx, f"calendar:{code}")
        found = newest_calendar(tx, code)
    if found is None:
        command = PublishCalendar(national_calendar(code), "default")
        found = publish_calendar(tx, command, DEFAULTS, clock)
    return found


def install_defaults(tx: Tx, clock: Clock) -> None:
    """Store what is missing of all default policies and national calendars. Safe to repeat."""
    for sub_kind in default_policies():
        current_policy(tx, sub_kind, clock)
    for code in ZONES:
        current_calendar(tx, code, clock)
    current_approval_policy(tx, clock)


def publish_policy(tx: Tx, command: PublishPolicy, actor: Actor, clock: Clock) -> PolicyView:
    """Store the next version; unchanged content stays the version it is. Raises `Invalid`."""
    content = command.content
    if not command.reason.strip():
        raise Invalid("reason", "required", "say why the policy changes")
    newest = newest_policy_row(tx, content.sub_kind)
    if newest and newest[1] == content.content_hash:
        found = policy_in_force(tx, content.sub_kind, clock.now())
        if found is not None:
            return found
    row = CasePolicy(
        id=uuid4(),
        kind=content.kind,
        sub_kind=content.sub_kind,
        version=newest[0] + 1 if newest else 1,
        effective_from=clock.now(),
        form=content.form_json,
        checklist=content.checklist_json,
        clocks=content.clocks_json,
        silence=content.silence,
        letters=dict(content.letters),
        disclosure=dict(content.disclosure),
        second_pair=content.second_pair,
        calendar_code=content.calendar_code,
        content_hash=content.content_hash,
        reason=command.reason,
        created_at=clock.now(),
    )
    tx.add(row)
    record(
        tx, actor, clock,
        verb="case_policy.published",
        subject=("case_policy", row.id),
        data={"sub_kind": row.sub_kind, "version": row.version, "hash": row.content_hash},
    )  # fmt: skip
    return policy_by_id(tx, row.id)


def current_approval_policy(tx: Tx, clock: Clock) -> ApprovalPolicyView:
    """The limits in force now; the defaults are stored when there are none yet."""
    found = _limits_at(tx, clock)
    if found is None:
        _one_at_a_time(tx, "policy:approval")
        found = _limits_at(tx, clock)
    if found is None:
        command = PublishLimits(DEFAULT_LIMITS.two_from, "default")
        found = publish_limits(tx, command, DEFAULTS, clock)
    return found


def publish_limits(
    tx: Tx, command: PublishLimits, actor: Actor, clock: Clock
) -> ApprovalPolicyView:
    """Store the next version; unchanged limits stay the version they are. What waits keeps its own.

    Raises Invalid naming the currency or the reason.
    """
    limits = checked_limits(command.two_from)
    if not command.reason.strip():
        raise Invalid("reason", "required", "say why the limits change")
    _one_at_a_time(tx, "policy:limits")
    newest = next(iter(approval_policies(tx, 1)), None)
    if newest is not None and newest.limits.content_hash == limits.content_hash:
        return newest
    row = ApprovalPolicy(
        id=uuid4(),
        version=newest.version + 1 if newest else 1,
        effective_from=clock.now(),
        two_from=dict(limits.two_from),
        content_hash=limits.content_hash,
        reason=command.reason.strip(),
        by_id=actor.person_id,
        created_at=clock.now(),
    )
    tx.add(row)
    record(
        tx, actor, clock,
        verb="approval_policy.published", subject=("approval_policy", row.id),
        data={"version": row.version, "hash": row.content_hash, "reason": row.reason},
    )  # fmt: skip
    return approval_policies(tx, 1)[0]


def _limits_at(tx: Tx, clock: Clock) -> ApprovalPolicyView | None:
    found = (one for one in approval_policies(tx) if one.effective_from <= clock.now())
    return next(found, None)


def publish_calendar(tx: Tx, command: PublishCalendar, actor: Actor, clock: Clock) -> CalendarView:
    """Store the next version; an unchanged calendar stays the version it is. Raises `Invalid`."""
    content = command.content
    if not command.reason.strip():
        raise Invalid("reason", "required", "say why the calendar changes")
    newest = newest_calendar(tx, content.code)
    if newest and newest.content_hash == content.content_hash:
        return newest
    row = Calendar(
        id=uuid4(),
        code=content.code,
        version=newest.calendar.version + 1 if newest else 1,
        zone=content.zone,
        weekend=list(content.weekend),
        opens_minute=content.opens_minute,
        closes_minute=content.closes_minute,
        first_year=content.first_year,
        last_year=content.last_year,
        source=content.source,
        content_hash=content.content_hash,
        reason=command.reason,
        created_at=clock.now(),
    )
    tx.add(row)
    tx.flush()
    tx.add_all(
        CalendarHoliday(calendar_id=row.id, on_date=day, name=name) for day, name in content.days
    )
    record(
        tx, actor, clock,
        verb="calendar.published",
        subject=("calendar", row.id),
        data={"code": row.code, "version": row.version, "hash": row.content_hash},
    )  # fmt: skip
    found = newest_calendar(tx, content.code)
    assert found is not None
    return found


def _one_at_a_time(tx: Tx, key: str) -> None:
    """Two first users of a default wait for each other instead of storing it twice."""
    tx.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
