"""The hold: its table, its scope, its review date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.kernel.errors import Invalid, InvalidMany, Refused
from app.kernel.share import NOTHING
from app.kernel.territory import Territory
from app.ledger.rules.holds import (
    HOLD_TRANSITIONS,
    LIVE_HOLDS,
    REVIEW_AT_MOST,
    AssetKind,
    HoldEvent,
    HoldScope,
    HoldState,
    check_hold,
    next_hold_state,
    review_date,
)

TODAY = date(2026, 11, 20)
SCOPE = HoldScope(AssetKind.RECORDING, "QZABC2600001")


@pytest.mark.parametrize("row", HOLD_TRANSITIONS)
def test_every_row_of_the_table_leads_to_its_target(row: object) -> None:
    source, event, target = row  # type: ignore[misc]

    assert next_hold_state(source, event) is target


@given(st.sampled_from(HoldState), st.sampled_from(HoldEvent))
def test_what_is_not_in_the_table_is_refused_with_what_is(
    state: HoldState, event: HoldEvent
) -> None:
    rows = {(row.source, row.event) for row in HOLD_TRANSITIONS}
    assume((state, event) not in rows)

    with pytest.raises(Refused) as caught:
        next_hold_state(state, event)

    assert set(caught.value.allowed) == {e for s, e in rows if s is state}


def test_a_live_hold_has_an_exit_and_an_ended_one_has_none() -> None:
    assert {row.source for row in HOLD_TRANSITIONS} == LIVE_HOLDS


def test_source_and_event_are_unique() -> None:
    keys = [(row.source, row.event) for row in HOLD_TRANSITIONS]

    assert len(keys) == len(set(keys))


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_a_review_date_is_always_set(since: date) -> None:
    assert since < review_date(since, None) <= since + REVIEW_AT_MOST


@pytest.mark.parametrize("days", [-1, 0, 181])
def test_a_review_date_is_soon_and_not_past(days: int) -> None:
    with pytest.raises(Invalid):
        review_date(TODAY, TODAY + timedelta(days=days))


def test_money_is_held_only_for_an_open_case() -> None:
    with pytest.raises(Refused, match="case is open"):
        check_hold(SCOPE, since=TODAY, until=None, case_open=False)


def test_a_hold_names_what_it_holds() -> None:
    empty = HoldScope(AssetKind.RELEASE, " ", share=NOTHING, territory=Territory.of())

    with pytest.raises(InvalidMany) as caught:
        check_hold(empty, since=TODAY, until=TODAY, case_open=True)

    assert [e.field for e in caught.value.errors] == ["asset_ref", "share", "territory", "until"]


def test_a_whole_worldwide_hold_passes() -> None:
    check_hold(SCOPE, since=TODAY, until=TODAY + timedelta(days=30), case_open=True)
