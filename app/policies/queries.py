"""Reads of policies and calendars: typed views of stored versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.infra.db.kept import ask
from app.infra.db.transaction import Tx
from app.kernel.errors import NotFound
from app.policies.models import ApprovalPolicy, Calendar, CalendarHoliday, CasePolicy
from app.policies.rules.approval import ApprovalLimits
from app.policies.rules.calendars import WorkCalendar
from app.policies.rules.clocks import ClockKind, Length
from app.policies.rules.forms import Field, Statement


@dataclass(frozen=True, slots=True)
class PolicyView:
    """One stored policy version."""

    id: UUID
    kind: str
    sub_kind: str
    version: int
    effective_from: datetime
    fields: tuple[Field, ...]
    statements: tuple[Statement, ...]
    checklist: dict[str, tuple[tuple[str, str], ...]]
    clocks: dict[ClockKind, Length]
    silence: str
    letters: dict[str, str]
    disclosure: dict[str, str]
    second_pair: bool
    calendar_code: str

    def statements_for(self, step: str) -> tuple[Statement, ...]:
        """The statements that a table event needs signed."""
        return tuple(statement for statement in self.statements if statement.step == step)


def _view(row: CasePolicy) -> PolicyView:
    checklist: dict[str, Any] = row.checklist
    return PolicyView(
        id=row.id,
        kind=row.kind,
        sub_kind=row.sub_kind,
        version=row.version,
        effective_from=row.effective_from,
        fields=tuple(Field.from_json(item) for item in row.form["fields"]),
        statements=tuple(Statement(**item) for item in row.form["statements"]),
        checklist={
            side: tuple((str(slug), str(label)) for slug, label in rows)
            for side, rows in checklist.items()
        },
        clocks={ClockKind(kind): Length.from_json(item) for kind, item in row.clocks.items()},
        silence=row.silence,
        letters=dict(row.letters),
        disclosure=dict(row.disclosure),
        second_pair=row.second_pair,
        calendar_code=row.calendar_code,
    )


_READ: dict[UUID, PolicyView] = {}


def policy_by_id(tx: Tx, policy_id: UUID) -> PolicyView:
    """A stored version, read once a process: versions are append-only. Raises `NotFound`."""
    if policy_id not in _READ:
        row = tx.get(CasePolicy, policy_id)
        if row is None:
            raise NotFound("no such policy")
        _READ[policy_id] = _view(row)
    return _READ[policy_id]


_IN_FORCE = (
    select(CasePolicy.id)
    .where(CasePolicy.sub_kind == bindparam("of_sub_kind"), CasePolicy.effective_from <= bindparam("at"))
    .order_by(CasePolicy.version.desc())
    .limit(1)
)  # fmt: skip


def policy_in_force(tx: Tx, sub_kind: str, at: datetime) -> PolicyView | None:
    """The newest version of *sub_kind* in force at *at*, None when none was ever stored."""
    found = ask(tx, _IN_FORCE, {"of_sub_kind": sub_kind, "at": at})
    return policy_by_id(tx, found[0]) if found else None


def policies_now(tx: Tx, at: datetime) -> list[PolicyView]:
    """The version in force of each stored sub-kind, by name."""
    newest = (
        select(CasePolicy.sub_kind, func.max(CasePolicy.version).label("version"))
        .where(CasePolicy.effective_from <= at)
        .group_by(CasePolicy.sub_kind)
        .subquery()
    )
    rows = tx.execute(
        select(CasePolicy)
        .join(
            newest,
            (newest.c.sub_kind == CasePolicy.sub_kind) & (newest.c.version == CasePolicy.version),
        )
        .order_by(CasePolicy.sub_kind)
    ).scalars()
    return [_view(row) for row in rows]


def newest_policy_row(tx: Tx, sub_kind: str) -> tuple[int, str] | None:
    """(version, content hash) of the newest stored version of *sub_kind*."""
    row = tx.execute(
        select(CasePolicy.version, CasePolicy.content_hash)
        .where(CasePolicy.sub_kind == sub_kind)
        .order_by(CasePolicy.version.desc())
        .limit(1)
    ).first()
    return (row.version, row.content_hash) if row else None


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A stored calendar version with the id that clocks keep."""

    id: UUID
    content_hash: str
    calendar: WorkCalendar


# As policies: versions never change, so a process reads each once.
_CALENDARS: dict[UUID, CalendarView] = {}


def _calendar_view(tx: Tx, row: Calendar) -> CalendarView:
    days = tx.execute(
        select(CalendarHoliday.on_date).where(CalendarHoliday.calendar_id == row.id)
    ).scalars()
    work = WorkCalendar(
        row.code, row.version, row.zone, frozenset(row.weekend), row.opens_minute,
        row.closes_minute, row.first_year, row.last_year, frozenset(days),
    )  # fmt: skip
    return CalendarView(row.id, row.content_hash, work)


def calendar_by_id(tx: Tx, calendar_id: UUID) -> CalendarView:
    """A stored version. Raises `NotFound`."""
    if calendar_id not in _CALENDARS:
        row = tx.get(Calendar, calendar_id)
        if row is None:
            raise NotFound("no such calendar")
        _CALENDARS[calendar_id] = _calendar_view(tx, row)
    return _CALENDARS[calendar_id]


_NEWEST_CALENDAR = (
    select(Calendar.id).where(Calendar.code == bindparam("of_code")).order_by(Calendar.version.desc()).limit(1)
)  # fmt: skip


def newest_calendar(tx: Tx, code: str) -> CalendarView | None:
    """The newest stored version of *code*, None when none was ever stored."""
    found = ask(tx, _NEWEST_CALENDAR, {"of_code": code})
    return calendar_by_id(tx, found[0]) if found else None


def versions_of(tx: Tx) -> dict[str, tuple[tuple[int, datetime, str], ...]]:
    """(version, in force from, reason) of every sub-kind, newest first, in one statement."""
    rows = tx.execute(
        select(
            CasePolicy.sub_kind, CasePolicy.version, CasePolicy.effective_from, CasePolicy.reason
        ).order_by(CasePolicy.sub_kind, CasePolicy.version.desc())
    )
    found: dict[str, tuple[tuple[int, datetime, str], ...]] = {}
    for sub_kind, number, begins, reason in rows:
        found[sub_kind] = (*found.get(sub_kind, ()), (number, begins, reason))
    return found


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """The newest version of a calendar with its days off by date."""

    code: str
    version: int
    zone: str
    weekend: tuple[int, ...]
    opens_minute: int
    closes_minute: int
    source: str
    holidays: tuple[tuple[date, str], ...]


def calendars_now(tx: Tx) -> tuple[CalendarRow, ...]:
    """The newest version of each calendar, by code, in two statements."""
    latest = (
        select(Calendar.code, func.max(Calendar.version).label("version"))
        .group_by(Calendar.code)
        .subquery()
    )
    newest = (
        select(Calendar)
        .join(latest, (latest.c.code == Calendar.code) & (latest.c.version == Calendar.version))
        .order_by(Calendar.code)
    )
    calendars = tx.execute(newest).scalars().all()
    days = tx.execute(
        select(CalendarHoliday.calendar_id, CalendarHoliday.on_date, CalendarHoliday.name)
        .where(CalendarHoliday.calendar_id.in_([one.id for one in calendars]))
        .order_by(CalendarHoliday.on_date)
    ).all()
    return tuple(
        CalendarRow(
            one.code, one.version, one.zone, tuple(one.weekend), one.opens_minute, one.closes_minute,
            one.source, tuple((day, name) for key, day, name in days if key == one.id),
        )
        for one in calendars
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ApprovalPolicyView:
    """One stored version of the limits of approval."""

    id: UUID
    version: int
    effective_from: datetime
    reason: str
    limits: ApprovalLimits


def approval_policies(tx: Tx, most: int = 20) -> tuple[ApprovalPolicyView, ...]:
    """Versions of the limits of approval, newest first."""
    rows = tx.scalars(select(ApprovalPolicy).order_by(ApprovalPolicy.version.desc()).limit(most))
    return tuple(
        ApprovalPolicyView(
            row.id, row.version, row.effective_from, row.reason,
            ApprovalLimits({code: int(limit) for code, limit in row.two_from.items()}),
        )
        for row in rows
    )  # fmt: skip
