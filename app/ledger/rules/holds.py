"""The hold: which part of whose money is frozen, why, since when, and when somebody must look again.

Source: LIFECYCLES "hold" (proposed, placed, released, moved; review date always set) and PRODUCT M27
(the disputed share, asset and period only). A hold without an open case is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.kernel.errors import Invalid, InvalidMany, Refused
from app.kernel.period import Period
from app.kernel.share import WHOLE, Share
from app.kernel.territory import Territory
from app.kernel.words import words as _

REVIEW_AFTER = timedelta(days=90)
REVIEW_AT_MOST = timedelta(days=180)


class HoldState(StrEnum):
    """Where a hold stands; only `placed` keeps money back."""

    PROPOSED = "proposed"
    PLACED = "placed"
    RELEASED = "released"
    MOVED = "moved"


LIVE_HOLDS = frozenset({HoldState.PROPOSED, HoldState.PLACED})


class HoldEvent(StrEnum):
    """What may happen to a hold."""

    PLACE = "place"
    RELEASE = "release"
    MOVE = "move"
    EXTEND = "extend"


class HoldTransition(NamedTuple):
    """One row of the table."""

    source: HoldState
    event: HoldEvent
    target: HoldState


HOLD_TRANSITIONS: tuple[HoldTransition, ...] = (
    HoldTransition(HoldState.PROPOSED, HoldEvent.PLACE, HoldState.PLACED),
    HoldTransition(HoldState.PROPOSED, HoldEvent.RELEASE, HoldState.RELEASED),
    HoldTransition(HoldState.PLACED, HoldEvent.RELEASE, HoldState.RELEASED),
    HoldTransition(HoldState.PLACED, HoldEvent.MOVE, HoldState.MOVED),
    HoldTransition(HoldState.PLACED, HoldEvent.EXTEND, HoldState.PLACED),
)


class HoldReason(StrEnum):
    """Why money is held; the words shown to the artist come from the faces."""

    OWNERSHIP_CONFLICT = "ownership_conflict"
    SPLIT_DISPUTED = "split_disputed"
    TAKEDOWN_NOTICE = "takedown_notice"
    PAYOUT_DISPUTED = "payout_disputed"
    SUSPECTED_STREAMS = "suspected_streams"
    COURT = "court"
    APPEAL = "appeal"


class AssetKind(StrEnum):
    """What the money comes from. `case` means the very subject of the case."""

    RECORDING = "recording"
    RELEASE = "release"
    WORK = "work"
    CASE = "case"


def next_hold_state(state: HoldState, event: HoldEvent) -> HoldState:
    """Where *event* leads from *state*; `Refused` with what is possible instead."""
    for row in HOLD_TRANSITIONS:
        if row.source is state and row.event is event:
            return row.target
    raise Refused(
        "hold_state",
        _(
            "A hold in the state “%(state)s” does not allow “%(event)s”.",
            state=state,
            event=event,
        ),
        allowed=tuple(row.event for row in HOLD_TRANSITIONS if row.source is state),
    )


@dataclass(frozen=True, slots=True)
class HoldScope:
    """Exactly what is held: this share of this asset's money, earned in this place and period."""

    asset_kind: AssetKind
    asset_ref: str
    share: Share = WHOLE
    territory: Territory = field(default_factory=Territory.world)
    period: Period = field(default_factory=Period)


def scope_errors(scope: HoldScope) -> list[Invalid]:
    """What is wrong with *scope*; empty when it names the disputed part and no more."""
    errors = []
    if not scope.asset_ref.strip():
        errors.append(Invalid("asset_ref", "required", _("Name the recording, release or work.")))
    if scope.share.value == 0:
        errors.append(Invalid("share", "no_effect", _("A hold on no share has no effect.")))
    if scope.territory.is_empty:
        errors.append(
            Invalid("territory", "required", _("Name the territories or hold worldwide."))
        )
    return errors


def review_date(since: date, wanted: date | None) -> date:
    """When somebody must look again: *wanted*, or 90 days after *since*. Never unset, at most 180 days."""
    chosen = wanted or since + REVIEW_AFTER
    if not since < chosen <= since + REVIEW_AT_MOST:
        raise Invalid(
            "review_on",
            "out_of_range",
            _("Choose a review date after today and within 180 days."),
        )
    return chosen


def check_hold(scope: HoldScope, *, since: date, until: date | None, case_open: bool) -> None:
    """Pass when a hold may be placed; `Refused` without an open case, `Invalid` for a bad scope."""
    if not case_open:
        raise Refused("case_not_open", _("Money is held only while its case is open."))
    errors = scope_errors(scope)
    if until is not None and until <= since:
        errors.append(Invalid("until", "out_of_range", _("The end of a hold lies after today.")))
    if errors:
        raise errors[0] if len(errors) == 1 else InvalidMany(errors)
