"""A1, before going on: articles that fit, one live fact, and what counts as a case avoided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.rules.kinds import CaseEvent, SubKind
from app.helpcentre.queries.told import avoided_since
from app.infra.db.transaction import transaction
from app.ledger.rules.holds import AssetKind, HoldScope
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import SYSTEM, act, make_case
from tests.factories.ledger import make_hold
from tests.web.desk.pages import statements
from tests.web.portal import steps

PAYOUT = {**steps.PAYOUT, "subject_title": "Salt Road"}


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "cy", "rio", "eli")


@pytest.fixture
def ada(client_as: Any, cast: Any) -> Any:
    return client_as(cast["ada"])


def payout(client: Any, **which: str) -> str:
    """A payout draft up to the help page."""
    return steps.ready(client, "payout", "missing_earnings", which=PAYOUT | which)


def avoided(cast: Any) -> Any:
    with transaction(cast["eli"].actor, read_only=True) as tx:
        return avoided_since(tx, cast["eli"].actor, NOON - timedelta(days=1))


def test_the_questions_lead_to_help_once_and_both_ways_on_are_there(ada: Any) -> None:
    draft = steps.start(ada, "payout", "missing_earnings")
    steps.fill(ada, draft, "which", PAYOUT)
    first = steps.fill(ada, draft, "what", steps.WHAT)
    second = steps.fill(ada, draft, "what", steps.WHAT)
    page = ada.get(f"/cases/new/{draft}/help").text

    assert first.location == f"/cases/new/{draft}/help"
    assert second.location == f"/cases/new/{draft}/evidence"
    assert page.count("/en/help/") == 3
    assert "/en/help/earnings-missing" in page
    assert f"/cases/new/{draft}/evidence" in page
    assert f"/cases/new/{draft}/answered" in page


def test_this_answers_it_asks_first_and_then_closes_the_draft(ada: Any, cast: Any) -> None:
    draft = payout(ada)
    address = f"/cases/new/{draft}/answered"

    empty = ada.post(address, data={})
    foreign = ada.post(address, data={"answer": "counter-notice"})
    done = ada.post(address, data={"answer": "dashboard-and-statement"})

    assert (empty.status_code, foreign.status_code, done.location) == (422, 422, "/cases")
    with transaction(SYSTEM, read_only=True) as tx:
        assert tx.execute(text('select state from "case"')).scalars().all() == ["deleted"]
    assert (avoided(cast).shown, avoided(cast).answered, avoided(cast).cases) == (1, 1, 1)


def test_going_on_is_no_case_avoided(ada: Any, cast: Any) -> None:
    payout(ada)

    assert (avoided(cast).shown, avoided(cast).cases) == (1, 0)


@pytest.mark.parametrize(("days", "cases"), [(13, 0), (15, 1)])
def test_who_files_the_same_within_two_weeks_was_not_helped(
    ada: Any, cast: Any, clock: Any, run_jobs: Any, days: int, cases: int
) -> None:
    ada.post(f"/cases/new/{payout(ada)}/answered", data={"answer": "earnings-missing"})
    clock.advance(timedelta(days=days))
    later = cast["ada"]
    from tests.support.application import signed_in_client

    client = signed_in_client(ada.application, later)
    draft = payout(client)
    page = client.get(f"/cases/new/{draft}/check")
    assert page.status_code == 200
    sent = client.post(
        f"/cases/new/{draft}/check",
        data={"version": steps.version(client, draft, "check"), "sign_truth": "y"},
    )
    assert sent.status_code == 303, sent.text
    run_jobs()

    assert avoided(cast).cases == cases


def test_fact_period_that_is_not_over(ada: Any) -> None:
    draft = payout(ada, period_start="2026-10-01", period_end="2026-12-31")
    over = payout(ada, subject_title="Other", period_end="2026-09-30")

    assert (
        "ends on Thu, 31 Dec 2026. It is not over yet" in ada.get(f"/cases/new/{draft}/help").text
    )
    assert "not over yet" not in ada.get(f"/cases/new/{over}/help").text


def test_fact_money_that_is_held_because_of_a_case(ada: Any, cast: Any) -> None:
    case = make_case(cast["ada"], SubKind.OWNERSHIP, subject_title="Salt Road")
    make_hold(case.id, cast["rio"].actor, scope=HoldScope(AssetKind.CASE, "Salt Road"))

    draft = payout(ada)
    page = ada.get(f"/cases/new/{draft}/help").text

    assert "is held since" in page
    assert f"/cases/{case.ref}" in page


def test_a_hold_of_strangers_is_no_fact(ada: Any, cast: Any) -> None:
    foreign = make_case(cast["cy"], SubKind.OWNERSHIP, subject_title="Salt Road")
    make_hold(foreign.id, cast["rio"].actor, scope=HoldScope(AssetKind.CASE, "Salt Road"))

    assert "is held since" not in ada.get(f"/cases/new/{payout(ada)}/help").text


def test_fact_a_notice_in_which_one_can_answer(ada: Any, cast: Any) -> None:
    notice = make_case(
        cast["cy"], SubKind.DMCA_NOTICE, respondent=cast["ada"], subject_title="Night Ferry"
    )
    act(notice.id, CaseEvent.ACCEPT_NOTICE, cast["rio"].actor)

    draft = steps.ready(ada)
    page = ada.get(f"/cases/new/{draft}/help").text

    assert "you can answer in it" in page
    assert f"/cases/{notice.ref}" in page


def test_b142_drafts_of_others_have_no_help(client_as: Any, ada: Any, cast: Any) -> None:
    draft = payout(ada)
    other = client_as(cast["cy"])

    assert other.get(f"/cases/new/{draft}/help").status_code == 404
    assert (
        other.post(f"/cases/new/{draft}/answered", data={"answer": "earnings-missing"}).status_code
        == 404
    )


def test_the_page_takes_at_most_twelve_statements(ada: Any) -> None:
    draft = payout(ada)

    with statements() as seen:
        assert ada.get(f"/cases/new/{draft}/help").status_code == 200

    assert len(seen) <= 12
