"""Saved views, columns and density: kept per person, shared by leads, working without JavaScript."""

from __future__ import annotations

from typing import Any

from tests.factories.accounts import make_person
from tests.web.desk.pages import make_world, send
from tests.web.desk.test_list import refs_of


def save(client: Any, query: str, name: str, **more: str) -> Any:
    return send(
        client, f"/desk/views?save={query.replace('&', '%26')}", "/desk/views", name=name, **more
    )


def test_a_view_is_kept_under_a_name_in_one_canonical_form(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)

    kept = save(client, "state=triage,submitted&kind=rights_claim", "New claims")
    page = client.get(kept.location)

    assert kept.location.startswith("/desk?view=new-claims-")
    assert refs_of(page.text) == [world.case.ref]
    assert "Kind is Rights claim" in page.text
    assert "<h1>New claims</h1>" in page.text


def test_a_view_is_its_owners_until_a_lead_shares_it(client_as: Any, clock: Any) -> None:
    dee, eli, rio = (make_person(key, clock=clock) for key in ("dee", "eli", "rio"))
    mine = save(client_as(dee), "kind=payout", "Only mine").location
    refused = save(client_as(dee), "kind=payout", "For all", team="1")
    shared = save(client_as(eli), "kind=payout", "Payouts", team="1").location

    assert client_as(rio).get(mine).status_code == 404
    assert "Only mine" not in client_as(rio).get("/desk").text
    assert refused.status_code == 403
    assert "Payouts" in client_as(rio).get(shared).text


def test_a_view_is_renamed_and_deleted_by_whoever_may(client_as: Any, clock: Any) -> None:
    dee, rio = make_person("dee", clock=clock), make_person("rio", clock=clock)
    client = client_as(dee)
    save(client, "kind=payout", "Payouts")
    at = client.get("/desk/views").text.split('action="/desk/views/')[1].split('"')[0]

    foreign = client_as(rio).post(f"/desk/views/{at}", data={"version": "1", "name": "Theft"})
    stale = client.post(f"/desk/views/{at}", data={"version": "7", "name": "Old page"})
    renamed = send(client, "/desk/views", f"/desk/views/{at}", name="Money")
    gone = send(client, "/desk/views", f"/desk/views/{at}/delete")

    assert [foreign.status_code, stale.status_code, renamed.status_code, gone.status_code] == [
        404, 409, 303, 303,
    ]  # fmt: skip
    assert "Money" not in client.get("/desk").text.split("<main")[0]


def test_a_name_is_given_once_and_the_text_stays(client_as: Any, clock: Any) -> None:
    client = client_as(make_person("dee", clock=clock))
    save(client, "kind=payout", "Payouts")

    again = save(client, "kind=support", "payouts")
    blank = save(client, "kind=support", "  ")

    assert again.status_code == blank.status_code == 422
    assert "There is a view with this name already." in again.text
    assert 'value="payouts"' in again.text


def test_columns_and_density_are_kept_for_the_person(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)

    answer = client.post(
        "/desk/columns", data={"columns": ["store", "opened"], "density": "compact"}
    )
    page = client.get("/desk").text

    assert answer.status_code == 303
    assert 'data-label="Store"' in page
    assert 'data-label="Kind"' not in page
    assert "desk-list--compact" in page
    assert 'data-label="Kind"' in client_as(world.rio).get("/desk").text


def test_b013_a_column_nobody_knows_is_refused(client_as: Any, clock: Any) -> None:
    client = client_as(make_person("dee", clock=clock))

    answer = client.post("/desk/columns", data={"columns": ["kind", "secret"]})

    assert answer.status_code == 422
    assert "There is no column secret." in answer.text


def test_filters_stand_in_a_form_as_the_address_has_them(client_as: Any, clock: Any) -> None:
    client = client_as(make_person("dee", clock=clock))

    page = client.get("/desk/filters?state=triage,review&q=night")

    assert page.status_code == 200
    assert 'value="night"' in page.text
    assert 'selected value="triage,review"' in page.text
    assert 'name="stake"' not in page.text
