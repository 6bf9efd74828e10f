"""Corrections of a shared fault on one page: previewed, confirmed once, told row by row; and the same by program."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.commands import ChangeRoles
from app.accounts.rules import Scope
from app.accounts.service.people import change_roles
from app.infra.db.transaction import transaction
from app.kernel.actor import Role
from tests.factories.accounts import bearer_client, make_person, make_token
from tests.factories.incident_cases import audit_cases, open_child_cases
from tests.factories.incidents import KNOWN, agree_terms, paid, sales, sweep, take_in
from tests.web.finance.test_pages import hidden as named
from tests.web.finance.test_pages import statements, words

BOTH = frozenset({Role.LEAD, Role.REVIEWER})


@pytest.fixture
def people(app: Any, clock: Any) -> dict[str, Any]:
    found = {name: make_person(name, clock=clock) for name in (*KNOWN, "eli", "fay", "rio")}
    return found | {"lee": make_person("lee", name="Lee Lund", roles=BOTH, clock=clock)}


@pytest.fixture
def event_id(app: Any, people: Any, clock: Any, run_jobs: Any) -> Any:
    """The fault; the cases of two of its artists are in review."""
    agree_terms(people, clock)
    take_in(app, clock, sales=sales(), paid=paid())
    clock.advance(timedelta(hours=2))
    assert sweep(app) == 1
    lee = people["lee"].actor
    event = open_child_cases(lee, clock, run_jobs)
    audit_cases(lee, event, clock, run_jobs, ("ada", "bo"))
    return event.id


def seen_on(page: Any) -> str:
    """What the form of the page names as seen."""
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


def test_a_page_previews_confirms_and_tells(
    event_id: Any, people: Any, client_as: Any, run_jobs: Any
) -> None:
    lee, at = client_as(people["lee"]), f"/finance/parent-events/{event_id}/corrections"
    assert at in lee.get(f"/finance/parent-events/{event_id}").text
    with statements() as seen:
        page = lee.get(at)
    assert len(seen) <= 12
    said = words(page)
    assert "2 corrections, €60.00 in all." in said
    assert "2 payees are left out." in said
    assert "Their case is not in review: its audit comes first." in said
    assert "They have no case." in said
    assert 'href="/desk?channel=house&amp;state=submitted,triage"' in page.text
    fields = {"idempotency_key": named(page, "idempotency_key"), "seen": seen_on(page)}

    empty = lee.post(at, data=fields | {"reasons": " "})
    assert empty.status_code == 422
    assert "Error:" in empty.text
    stale = lee.post(at, data={"seen": "0" * 64, "reasons": "Ours."})
    assert stale.status_code == 409
    fields["idempotency_key"] = named(stale, "idempotency_key")
    done = lee.post(at, data=fields | {"reasons": "Our mistake."})
    assert done.status_code == 303
    running = lee.get(at)
    assert running.headers["Refresh"] == "3"
    assert "Prepare 2 corrections" not in words(running), "once is enough"
    run_jobs()

    after = lee.get(at)
    assert "Refresh" not in after.headers
    assert "No correction is ready to be proposed. 2 are there already." in words(after)
    assert after.text.count('href="/finance/corrections/') == 2
    assert words(after).count("€30.00") == 2


def test_who_may_look_reads_who_prepares_and_others_find_nothing(
    event_id: Any, people: Any, client_as: Any
) -> None:
    at = f"/finance/parent-events/{event_id}/corrections"
    for name in ("fay", "eli"):
        said = words(client_as(people[name]).get(at))
        assert "€60.00" in said
        assert "A lead who reviews cases too prepares them" in said
        assert "These are both: Lee Lund." in said
        assert "Prepare 2 corrections" not in said
        data = {"seen": "0" * 64, "reasons": "Ours."}
        assert client_as(people[name]).post(at, data=data).status_code == 403
    for name in ("rio", "ada"):
        assert client_as(people[name]).get(at).status_code in {403, 404}


def test_where_nobody_has_both_roles_the_page_says_who_gives_them(
    event_id: Any, people: Any, client_as: Any, clock: Any
) -> None:
    adi = make_person("adi", clock=clock).actor
    with transaction(adi) as tx:
        command = ChangeRoles(people["lee"].id, frozenset({Role.REVIEWER}))
        change_roles(tx, command, adi, clock)
    said = words(client_as(people["eli"]).get(f"/finance/parent-events/{event_id}/corrections"))
    assert "Nobody has both roles. An administrator can give them." in said
    assert "Lee Lund" not in said


def test_a_program_previews_and_confirms_the_same(
    app: Any, event_id: Any, people: Any, run_jobs: Any
) -> None:
    scopes = (Scope.MONEY_READ, Scope.DECISIONS_WRITE)
    client = bearer_client(app, make_token(people["lee"], *scopes).secret)
    at = f"/api/v1/parent-events/{event_id}/corrections"
    with statements() as seen:
        found = client.get(at).json
    assert len(seen) <= 12
    assert (found["ready"], found["sums"]) == (2, [{"amount": "60.00", "currency": "EUR"}])
    assert {one["payee"]: one["left_out"] for one in found["items"]}["zoe"] == "They have no case."

    body = {"seen": found["seen"], "reasons": "Our mistake."}
    assert client.post(at, json=body | {"seen": "0" * 64}).status_code == 412
    answer = client.post(at, json=body)
    assert (answer.status_code, answer.json["is_running"]) == (202, True)
    run_jobs()
    after = client.get(at).json
    assert (after["ready"], after["is_running"]) == (0, False)
    assert sum(bool(one["correction_id"]) for one in after["items"]) == 2
    reader = bearer_client(app, make_token(people["fay"], Scope.MONEY_READ).secret)
    assert reader.get(at).json["ready"] == 0
    assert reader.post(at, json=body).status_code == 403
