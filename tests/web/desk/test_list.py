"""S1: the list, its filters, orders and pages, its statements, what it never tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.cases.commands import WallOff
from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.service.people import wall_off_person
from app.queues.queries.conditions import Asked, moments_of
from app.queues.queries.listing import list_page
from app.queues.rules.filters import ListFilter
from app.queues.rules.order import Sort
from tests.factories.accounts import make_person
from tests.factories.cases import act, make_case
from tests.web.desk.pages import World, make_world, statements


def next_of(html: str) -> str:
    """The address of the next page."""
    href = html.split('rel="next"', maxsplit=1)[0].rsplit('href="', 1)[1].split('"', maxsplit=1)[0]
    return href.replace("&amp;", "&")


def refs_of(html: str) -> list[str]:
    """References of the rows in their order."""
    return [part.split('"')[0] for part in html.split('data-ref="')[1:]]


def more_cases(world: World, count: int, clock: Any, tx_as: Any, **answers: str) -> None:
    with tx_as(world.ada.actor) as tx:
        for _number in range(count):
            make_case(world.ada, SubKind.OWNERSHIP, tx=tx, clock=clock, **answers)


def test_the_list_shows_open_cases(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = client_as(world.dee).get("/desk")

    assert page.status_code == 200
    assert world.case.ref in page.text
    assert "1 open cases" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=triage", False),
        ("state=submitted", True),
        ("state=submitted,triage", True),
        ("kind=payout", False),
        ("kind=rights_claim", True),
        ("sub_kind=ownership", True),
        ("sub_kind=share", False),
        ("owner=me", False),
        ("owner=nobody", True),
        ("due=late", False),
        ("q=Sample", True),
        ("q=zebra", False),
        ("needs=parties", False),
        ("needs=desk", True),
        ("channel=portal", True),
        ("channel=phone", False),
        ("language=en", True),
        ("language=th", False),
        ("country=AZ", False),
        ("tag=urgent", False),
        ("opened_from=2026-11-20&opened_to=2026-11-20", True),
        ("opened_from=2026-11-21", False),
        ("sort=-updated", True),
        ("sort=opened", True),
    ],
)
def test_filters_live_in_the_address(client_as: Any, clock: Any, query: str, found: bool) -> None:
    world = make_world(clock)

    page = client_as(world.dee).get(f"/desk?{query}")

    assert page.status_code == 200
    assert (world.at in page.text) is found


def test_b011_fields_nobody_knows_change_nothing(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = client_as(world.dee).get("/desk?role=admin&case_id=1&owner_id=x")

    assert page.status_code == 200
    assert refs_of(page.text) == [world.case.ref]


@pytest.mark.parametrize("name", ["state", "kind", "q", "sort", "after", "view"])
def test_b012_the_same_filter_twice_is_refused(client_as: Any, clock: Any, name: str) -> None:
    dee = make_person("dee", clock=clock)

    assert client_as(dee).get(f"/desk?{name}=review&{name}=triage").status_code == 400


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("state=nonsense", "Stage: Choose one of: submitted, triage"),
        ("state=Triage", "Stage: Choose one of:"),
        ("kind=x", "Kind: Choose one of: takedown, payout, rights_claim, support."),
        ("owner=zz", "Owner: Choose me, nobody or a person of the list."),
        ("due=y", "Deadline: Choose one of: late, today"),
        ("sort=title", "Order: Choose one of: due, -updated"),
        ("country=XX", "Country: “XX” is not known here."),
        ("opened_from=yesterday", "Opened from: Enter a date"),
        ("channel=pigeon", "Channel: Choose one of: portal"),
    ],
)
def test_b013_values_nobody_knows_are_named_with_what_is_allowed(
    client_as: Any, clock: Any, query: str, words: str
) -> None:
    world = make_world(clock)

    page = client_as(world.rio).get(f"/desk?{query}")

    assert page.status_code == 422
    assert words in page.text
    assert refs_of(page.text) == []


def test_chips_say_the_filter_in_words(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = client_as(world.rio).get(
        f"/desk?kind=payout&owner={world.eli.id}&language=th&channel=phone&stake=100&currency=EUR"
    )

    for words in (
        "Status is open", "Kind is Payout", "Owner is Eli Ek", "Language is th", "Came by telephone",
        "At stake at least 100", "Currency is EUR",
    ):  # fmt: skip
        assert f"Remove filter: {words}" in page.text
    assert "No case fits these filters." in page.text


def test_a_case_without_owner_is_taken_from_the_list(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)

    button = client.get("/desk").text.split(f'formaction="{world.at}/assign"')[1]
    version = button.split('value="')[1].split('"')[0]
    answer = client.post(f"{world.at}/assign", data={"version": version, "next": "/desk?owner=me"})

    assert (answer.status_code, answer.location) == (303, f"/desk?owner=me#{world.case.ref}")
    assert refs_of(client.get("/desk?owner=me").text) == [world.case.ref]


def test_fifty_rows_make_a_page(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    more_cases(world, 50, clock, tx_as)
    client = client_as(world.dee)

    with statements() as seen:
        first = client.get("/desk")

    assert len(refs_of(first.text)) == 50
    assert len(seen) <= 12
    assert len(refs_of(client.get(next_of(first.text)).text)) == 1


@pytest.mark.parametrize("sort", ["due", "-updated", "updated", "-opened", "opened", "-stake"])
def test_every_order_walks_through_every_case_once(clock: Any, tx_as: Any, sort: str) -> None:
    world = make_world(clock)
    more_cases(world, 6, clock, tx_as)
    with tx_as(world.ada.actor) as tx:
        for number in range(3):
            make_case(
                world.ada, SubKind.MISSING_EARNINGS, tx=tx, clock=clock,
                disputed_amount=f"{number + 1} EUR",
            )  # fmt: skip
    actor = world.rio.actor
    asked = Asked(ListFilter(), moments_of(clock.now(), actor.zone), Sort(sort))

    with tx_as(actor) as tx:
        rows, place = list_page(tx, actor, asked, limit=3)
        seen = [row.ref for row in rows]
        while place is not None:
            rows, place = list_page(tx, actor, asked, place, limit=3)
            seen += [row.ref for row in rows]

    assert len(seen) == len(set(seen)) == 10


def test_heads_sort_and_say_how(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.rio)

    plain, newest = client.get("/desk").text, client.get("/desk?sort=-updated").text

    assert plain.count('aria-sort="ascending"') == 1
    assert 'href="/desk?sort=-updated"' in plain
    assert newest.count('aria-sort="descending"') == 1
    assert 'href="/desk?sort=updated"' in newest


def test_b163_a_cursor_belongs_to_one_reader_order_and_filter(
    client_as: Any, clock: Any, tx_as: Any
) -> None:
    world = make_world(clock)
    more_cases(world, 50, clock, tx_as)
    client = client_as(world.dee)
    address = next_of(client.get("/desk").text)
    cursor = address.split("after=")[1]
    tampered = cursor[:-1] + ("0" if cursor[-1] != "0" else "1")

    assert client.get(address).status_code == 200
    assert client.get(f"/desk?after={tampered}").status_code == 400
    assert client.get(f"/desk?after=x{cursor}").status_code == 400
    assert client.get("/desk?after=hello").status_code == 400
    assert client.get(f"/desk?sort=-updated&after={cursor}").status_code == 400
    assert client.get(f"/desk?kind=payout&after={cursor}").status_code == 400
    assert client_as(world.rio).get(address).status_code == 400


def test_b145_amounts_are_no_filter_or_order_for_who_may_not_see_them(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock)
    make_case(world.ada, SubKind.MISSING_EARNINGS, clock=clock, disputed_amount="777.25 EUR")
    client = client_as(world.dee)

    answers = [
        client.get(f"/desk?{q}") for q in ("sort=-stake", "stake=1", "stake=9999", "currency=EUR")
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert [refs_of(answer.text) for answer in answers] == [[]] * 4
    assert "777" not in client.get("/desk").text + client.get("/desk/cases.csv").text
    assert "777" in client_as(world.rio).get("/desk?sort=-stake").text


def test_b145_totals_and_numbers_leave_out_what_a_wall_hides(
    client_as: Any, clock: Any, tx_as: Any
) -> None:
    world = make_world(clock)
    with tx_as(world.eli.actor) as tx:
        wall_off_person(tx, WallOff(world.case.id, world.rae.id, "cousin"), world.eli.actor, clock)
    client = client_as(world.rae)

    pages = [client.get(q).text for q in ("/desk", f"/desk?q={world.case.ref}", "/desk/cases.csv")]

    assert all(world.case.ref not in page.replace(f"q={world.case.ref}", "") for page in pages[::2])
    assert refs_of(pages[1]) == []
    assert "0 open cases" in pages[0]


def test_groups_count_over_all_pages(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    more_cases(world, 54, clock, tx_as)

    page = client_as(world.dee).get("/desk").text

    assert "This week 55" in page or "Due today 55" in page


def test_numbers_of_the_navigation_are_asked_once_a_minute(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)

    client.get("/desk")
    with statements() as again:
        client.get("/desk")

    assert not [one for one in again if one.count("FILTER") > 5]


def test_rows_that_changed_are_named_with_who_did_it(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)
    since = clock.now().isoformat()
    clock.advance(timedelta(minutes=1))
    act(world.case.id, CaseEvent.TAKE, world.rio.actor, clock=clock)
    ask = {"since": since, "rows": world.case.ref}

    first = client.get("/desk/changes", query_string=ask)
    second = client.get(
        "/desk/changes", query_string=ask, headers={"If-None-Match": first.headers["ETag"]}
    )

    assert "Updated by Rio Reyes" in first.text
    assert second.status_code == 304


def test_a_peek_shows_the_head_and_changes_nothing(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = client_as(world.dee).get(f"{world.at}/peek")

    assert page.status_code == 200
    assert "Cy Castell" in page.text
    assert "Next move: The desk" in page.text
    assert "<form" not in page.text
    assert "<html" not in page.text


def test_b183_the_file_runs_nothing_in_a_spreadsheet(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_case(world.ada, SubKind.OWNERSHIP, clock=clock, subject_title="=cmd|' /C calc'!A0")
    make_case(world.ada, SubKind.OWNERSHIP, clock=clock, subject_title="＝SUM(A1)")
    make_case(world.ada, SubKind.MISSING_EARNINGS, clock=clock, disputed_amount="120.50 EUR")

    answer = client_as(world.rio).get("/desk/cases.csv")

    assert answer.mimetype == "text/csv"
    assert "'=cmd|" in answer.text
    assert "'＝SUM" in answer.text
    assert ",120.5,EUR" in answer.text
    assert len(answer.text.splitlines()) == 5


def test_files_are_limited(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)

    answers = [client.get("/desk/cases.csv").status_code for _number in range(8)]

    assert answers[0] == 200
    assert answers[-1] == 429


def test_artists_have_no_desk(client_as: Any, clock: Any) -> None:
    ada = make_person("ada", clock=clock)

    assert client_as(ada).get("/desk").status_code in {403, 404}
