"""Policies and calendars as stored versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.policies.commands import PublishCalendar, PublishPolicy
from app.policies.queries import calendar_by_id, policies_now, policy_by_id
from app.policies.rules.clocks import ClockKind, Length, Unit
from app.policies.rules.defaults import default_policies
from app.policies.rules.national import ZONES, national_calendar
from app.policies.service import (
    current_calendar,
    current_policy,
    install_defaults,
    publish_calendar,
    publish_policy,
)

SYSTEM = Actor.system("test")


def test_defaults_are_stored_once_and_read_back_equal(app: Any, tx_as: Any, clock: Any) -> None:
    with tx_as(SYSTEM) as tx:
        install_defaults(tx, clock)
        install_defaults(tx, clock)
        stored = {policy.sub_kind: policy for policy in policies_now(tx, clock.now())}
        calendars = {code: current_calendar(tx, code, clock).calendar for code in ZONES}

    for name, content in default_policies().items():
        view = stored[name]
        assert (view.clocks, view.silence, view.second_pair) == (
            content.clocks,
            content.silence,
            content.second_pair,
        )
        assert [field.name for field in view.fields] == [field.name for field in content.fields]
        assert [s.text for s in view.statements] == [str(s.text) for s in content.statements]
    for code in ZONES:
        # At least: calendars outlive a test, and another one may have published a longer version.
        assert calendars[code].holidays >= national_calendar(code).work_calendar().holidays


def test_a_changed_policy_is_a_new_version_and_the_old_one_stays(
    app: Any, tx_as: Any, clock: Any
) -> None:
    content = default_policies()["technical"]
    longer = replace(
        content, clocks=content.clocks | {ClockKind.PARTY: Length(21, Unit.PARTY_DAYS)}
    )
    with tx_as(SYSTEM) as tx:
        before = current_policy(tx, "technical", clock)
        after = publish_policy(tx, PublishPolicy(longer, "more time in summer"), SYSTEM, clock)
        same = publish_policy(tx, PublishPolicy(longer, "again"), SYSTEM, clock)
        back = publish_policy(tx, PublishPolicy(content, "as it was"), SYSTEM, clock)
        assert policy_by_id(tx, before.id).clocks == before.clocks

    assert after.version == before.version + 1
    assert same.id == after.id
    assert back.version == after.version + 1


def test_a_changed_calendar_is_a_new_version(app: Any, tx_as: Any, clock: Any) -> None:
    plain = national_calendar("DE")
    changed = replace(plain, days=(*plain.days, (date(2036, 12, 30), "A day off")))
    with tx_as(SYSTEM) as tx:
        before = current_calendar(tx, "DE", clock)
        after = publish_calendar(tx, PublishCalendar(changed, "a new day off"), SYSTEM, clock)
        again = calendar_by_id(tx, before.id)
        publish_calendar(tx, PublishCalendar(plain, "as it was"), SYSTEM, clock)

    assert after.calendar.version == before.calendar.version + 1
    assert date(2036, 12, 30) in after.calendar.holidays
    assert date(2036, 12, 30) not in again.calendar.holidays


def test_a_change_says_why(app: Any, tx_as: Any, clock: Any) -> None:
    with tx_as(SYSTEM) as tx, pytest.raises(Invalid):
        publish_policy(tx, PublishPolicy(default_policies()["other"], " "), SYSTEM, clock)


def test_unknown_sub_kinds_and_calendars_are_not_found(app: Any, tx_as: Any, clock: Any) -> None:
    with tx_as(SYSTEM) as tx, pytest.raises(NotFound):
        current_policy(tx, "tickets", clock)
    with tx_as(SYSTEM) as tx, pytest.raises(NotFound):
        current_calendar(tx, "XX", clock)
