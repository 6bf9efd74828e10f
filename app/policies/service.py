"""Publishing policies and calendars as new versions, and the defaults the first time they are needed."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound
from app.policies.commands import PublishCalendar, PublishPolicy
from app.policies.models import Calendar, CalendarHoliday, CasePolicy
from app.policies.queries import (
    CalendarView,
    PolicyView,
    newest_calendar,
    newest_policy_row,
    policy_by_id,
    policy_in_force,
)
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
