"""A filter as conditions on the case, always inside the actor's scope; one place for list, counts, export and bulk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    DateTime,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    tuple_,
)

from app.accounts.queries import case_scope
from app.accounts.rules import Permission, may
from app.cases.models import FILED, OPEN, Case
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden, Invalid
from app.kernel.words import words as _
from app.queues.models import CaseTag, Tag
from app.queues.rules.filters import Due, ListFilter, Needs
from app.queues.rules.order import Place, Sort

COLUMNS: dict[str, Any] = {
    "due": Case.next_due_at,
    "updated": Case.updated_at,
    "opened": Case.submitted_at,
    "stake": Case.disputed_amount,
}
_NEEDS = {
    Needs.PARTIES: ("complainant", "respondent", "both"),
    Needs.DESK: ("desk",),
    Needs.FINANCE: ("finance",),
    Needs.STORE: ("store",),
}
# As the partial indexes spell it, not as parameters: a plan made once must still fit them.
IS_OPEN: ColumnElement[bool] = literal_column(f'"case".{OPEN}')
IS_FILED: ColumnElement[bool] = literal_column(f'"case".{FILED}')


@dataclass(frozen=True, slots=True)
class Moments:
    """Now, and the ends of the reader's day and week."""

    now: datetime
    day_end: datetime
    week_end: datetime
    zone: str = "UTC"

    def values(self) -> dict[str, datetime]:
        """The moments for a statement that was built for `any_time`."""
        return {"at_now": self.now, "at_day_end": self.day_end, "at_week_end": self.week_end}


@cache
def any_time(zone: str) -> Any:
    """`Moments` of readers in *zone* as places for their values, so that a statement is built once."""
    return Moments(_moment("at_now"), _moment("at_day_end"), _moment("at_week_end"), zone)


def _moment(name: str) -> Any:
    return bindparam(name, type_=DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as it is asked for: which cases, as seen when, in which order."""

    wanted: ListFilter
    at: Moments
    sort: Sort = Sort.DUE


def moments_of(now: datetime, zone: str) -> Moments:
    """The moments of a reader in *zone*."""
    local = now.astimezone(ZoneInfo(zone))
    day_end = local.replace(hour=23, minute=59, second=59, microsecond=0)
    return Moments(now, day_end, day_end + timedelta(days=6), zone)


def require_list(actor: Actor) -> None:
    """Lists are the house's. Raises `Forbidden`."""
    if not (actor.is_staff or actor.is_system or actor.has(Role.AUDITOR)):
        raise Forbidden(code="permission")


def require_sight(actor: Actor, asked: Asked) -> None:
    """Nobody filters or sorts by what their role may not see (B145). Raises `Invalid` naming the field."""
    if may(actor, Permission.PAYOUT_READ):
        return
    hidden = _("Your role does not see amounts, so it cannot filter or sort by them.")
    if asked.wanted.uses_amounts:
        raise Invalid("stake", "hidden", hidden)
    if asked.sort is Sort.STAKE:
        raise Invalid("sort", "hidden", hidden)


def conditions(actor: Actor, wanted: ListFilter, at: Moments) -> list[ColumnElement[bool]]:
    """What a case must be to stand in the list; scope and filed first."""
    open_only = wanted.open_only and "closed" not in wanted.states
    found = [
        IS_OPEN if open_only else IS_FILED,
        case_scope(actor, Case.id),
        *_choices(wanted),
        *_dates(wanted, at),
    ]
    if wanted.due is not None:
        found.append(_due(wanted.due, at))
    if wanted.owner:
        found.append(_owned(actor, wanted.owner))
    if wanted.tags:
        found.append(_tagged(wanted.tags))
    if wanted.text:
        found.append(_text(wanted.text))
    return found


def _choices(wanted: ListFilter) -> list[ColumnElement[bool]]:
    among: tuple[tuple[Any, tuple[object, ...]], ...] = (
        (Case.state, wanted.states),
        (Case.kind, wanted.kinds),
        (Case.sub_kind, wanted.sub_kinds),
        (Case.needs_side, _NEEDS[wanted.needs] if wanted.needs else ()),
        (Case.country, wanted.countries),
        (func.lower(Case.language), wanted.languages),
        (func.lower(Case.store), tuple(store.lower() for store in wanted.stores)),
        (Case.channel, wanted.channels),
    )
    found: list[ColumnElement[bool]] = [column.in_(values) for column, values in among if values]
    if wanted.stake is not None:
        found.append(Case.disputed_amount >= wanted.stake)
    if wanted.currency:
        found.append(Case.disputed_currency == wanted.currency)
    return found


def _dates(wanted: ListFilter, at: Moments) -> list[ColumnElement[bool]]:
    """Whole days of the reader's zone, both ends included."""
    day = func.date(func.timezone(at.zone, Case.submitted_at))
    found: list[ColumnElement[bool]] = []
    if wanted.opened_from:
        found.append(day >= wanted.opened_from)
    if wanted.opened_to:
        found.append(day <= wanted.opened_to)
    return found


def _due(due: Due, at: Moments) -> ColumnElement[bool]:
    return {
        Due.LATE: Case.next_due_at < at.now,
        Due.TODAY: Case.next_due_at.between(at.now, at.day_end),
        Due.WEEK: Case.next_due_at.between(at.now, at.week_end),
        Due.NONE: Case.next_due_at.is_(None),
        Due.ATTENTION: Case.needs_attention.is_not(None),
    }[due]


def _owned(actor: Actor, owner: str) -> ColumnElement[bool]:
    if owner == "nobody":
        return Case.owner_id.is_(None)
    return Case.owner_id == (actor.person_id if owner == "me" else UUID(owner))


def _tagged(names: tuple[str, ...]) -> ColumnElement[bool]:
    """One of the words stands on the case."""
    return exists().where(
        CaseTag.case_id == Case.id,
        CaseTag.removed_at.is_(None),
        Tag.id == CaseTag.tag_id,
        Tag.name.in_(names),
    )


def _text(words: str) -> ColumnElement[bool]:
    plain = words.strip()
    pattern = f"%{plain.replace(chr(92), '').replace('%', '').replace('_', '')}%"
    return or_(
        Case.ref.ilike(pattern),
        Case.subject_title.ilike(pattern),
        Case.subject_artist.ilike(pattern),
        Case.isrc == plain.upper(),
        Case.upc == plain,
    )


def order_of(sort: Sort) -> tuple[Any, ...]:
    """Columns to order by, as the indexes have them."""
    column = COLUMNS[sort.column]
    if sort is Sort.STAKE:
        return column.desc().nulls_last(), Case.id.desc()
    return (column.desc(), Case.id.desc()) if sort.descends else (column, Case.id)


def after(sort: Sort, place: Place) -> ColumnElement[bool]:
    """Later than *place* in the order; what has no value comes last."""
    column = COLUMNS[sort.column]
    missing = column.is_(None)
    if place.value is None:
        return and_(missing, Case.id < place.key if sort.descends else Case.id > place.key)
    here, there = tuple_(column, Case.id), (place.value, place.key)
    later = here < there if sort.descends else here > there
    return or_(missing, later) if sort.may_be_missing else later
