"""A8: handling and result rated apart, once a round, changeable for 14 days; its words are the side's and the leads'."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.cases.rules.kinds import CaseEvent, SubKind
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.web.portal import desk

Clients = Callable[[Any], Any]
GOOD = {"handling": "4", "result": "2", "solved_first": "yes", "words": "zqratingcanary was kind"}
SYSTEM = Actor.system("test:rating")


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "cy", "rio", "rae", "eli")


def decided(cast: Any, clock: FixedClock) -> str:
    case = make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"])
    desk.move(cast["rio"], case.id, CaseEvent.TAKE, clock)
    desk.move(cast["rio"], case.id, CaseEvent.START_REVIEW, clock)
    desk.decide(cast["rio"], cast["rae"], str(case.ref), clock)
    return str(case.ref)


def stored() -> list[Any]:
    with transaction(SYSTEM, read_only=True) as tx:
        return tx.execute(
            text("select process, outcome, solved_first, words, version from rating")
        ).all()


def test_a_running_case_cannot_be_rated(client_as: Clients, cast: Any) -> None:
    ref = make_case(cast["ada"], SubKind.OWNERSHIP).ref

    assert client_as(cast["ada"]).get(f"/cases/{ref}/rate").status_code == 404
    assert client_as(cast["ada"]).post(f"/cases/{ref}/rate", data=GOOD).status_code == 404


def test_rated_once_and_changed_for_fourteen_days(
    client_as: Clients, cast: Any, clock: FixedClock, run_jobs: Any
) -> None:
    ref = decided(cast, clock)
    run_jobs()
    client = client_as(cast["ada"])
    assert "How did we do?" in client.get(f"/cases/{ref}").text
    assert client.post(f"/cases/{ref}/rate", data={"handling": "4"}).status_code == 422
    assert client.post(f"/cases/{ref}/rate", data=GOOD).status_code == 303
    assert "4, Good" in client.get(f"/cases/{ref}").text

    clock.advance(timedelta(days=13))
    client = client_as(cast["ada"])
    assert client.post(f"/cases/{ref}/rate", data=GOOD | {"result": "5"}).status_code == 303
    clock.advance(timedelta(days=2))
    late = client_as(cast["ada"]).post(f"/cases/{ref}/rate", data=GOOD | {"result": "1"})

    assert late.status_code == 409
    assert [tuple(row) for row in stored()] == [(4, 5, True, GOOD["words"], 2)]


def test_a_number_of_a_mail_fills_in_and_never_counts(
    client_as: Clients, cast: Any, clock: FixedClock, run_jobs: Any
) -> None:
    ref = decided(cast, clock)
    run_jobs()

    page = client_as(cast["ada"]).get(f"/cases/{ref}/rate?handling=4&result=9").text

    assert re.findall(r'name="(\w+)" value="(\d)" checked', page) == [("handling", "4")]
    assert stored() == []


def test_the_form_on_the_case_page_is_drawn_once_for_the_same_numbers_and_belongs_to_its_reader(
    client_as: Clients, cast: Any, clock: FixedClock, run_jobs: Any
) -> None:
    ref = decided(cast, clock)
    run_jobs()

    def seen(who: str, query: str = "") -> tuple[list[tuple[str, str]], set[str]]:
        page = client_as(cast[who]).get(f"/cases/{ref}{query}").text
        tokens = set(re.findall(r'name="csrf_token" value="([^"]+)"', page))
        return re.findall(r'name="(\w+)" value="(\d)" checked', page), tokens

    asked = [("ada", "?handling=4"), ("ada", ""), ("cy", "?handling=4"), ("ada", "?handling=x&result=2")]  # fmt: skip
    pages = [seen(*one) for one in asked]

    assert [checked for checked, _ in pages] == [
        [("handling", "4")], [], [("handling", "4")], [("result", "2")],
    ]  # fmt: skip
    assert all(len(tokens) == 1 for _, tokens in pages)
    assert len(set.union(*(tokens for _, tokens in pages))) == len(
        pages
    )  # each has a session of its own


def test_words_are_read_by_the_side_and_leads_alone(
    client_as: Clients, cast: Any, clock: FixedClock, run_jobs: Any
) -> None:
    ref = decided(cast, clock)
    run_jobs()
    client_as(cast["ada"]).post(f"/cases/{ref}/rate", data=GOOD)

    own = client_as(cast["ada"]).get(f"/cases/{ref}/rate").text
    lead = client_as(cast["eli"]).get(f"/desk/cases/{ref}").text
    others = [client_as(cast["cy"]).get(f"/cases/{ref}").text, client_as(cast["cy"]).get(f"/cases/{ref}/rate").text,
              client_as(cast["rio"]).get(f"/desk/cases/{ref}").text]  # fmt: skip

    assert "zqratingcanary" in own
    assert "handling 4 of 5, result 2 of 5" in lead
    assert "zqratingcanary" in lead
    assert not [page for page in others if "zqratingcanary" in page or "handling 4" in page]


@pytest.mark.parametrize("who", ["cy", "rio"])
def test_the_second_wall_keeps_the_words_from_others(
    client_as: Clients, cast: Any, clock: FixedClock, run_jobs: Any, who: str
) -> None:
    ref = decided(cast, clock)
    run_jobs()
    client_as(cast["ada"]).post(f"/cases/{ref}/rate", data=GOOD)

    with transaction(cast[who].actor, read_only=True) as tx:
        assert tx.execute(text("select words from rating")).all() == []
    with transaction(cast["eli"].actor, read_only=True) as tx:
        assert len(tx.execute(text("select words from rating")).all()) == 1


def test_the_database_holds_the_five_and_the_fourteen_days(
    client_as: Clients, cast: Any, clock: FixedClock, run_jobs: Any
) -> None:
    ref = decided(cast, clock)
    run_jobs()
    client_as(cast["ada"]).post(f"/cases/{ref}/rate", data=GOOD)

    for change in ("process = 6", "changed_at = given_at + interval '15 days'", "side = 'desk'"):
        with pytest.raises(IntegrityError), transaction(SYSTEM) as tx:
            tx.execute(text(f"update rating set {change}"))
