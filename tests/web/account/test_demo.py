"""The demo's people: one click comes in as any of them, a strip says so, and elsewhere there is no such door."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.accounts.commands import ChangeRoles
from app.accounts.service.demo import DEMO_HOST
from app.accounts.service.people import change_roles, disable_person
from app.infra.db.transaction import transaction
from app.kernel.actor import Role
from tests.factories.accounts import TestPerson, make_person, trust


@pytest.fixture
def browser(app: Flask) -> Any:
    return trust(app.test_client())


def enter(browser: Any, email: str) -> Any:
    """Press the button of the list, or send another address with its token."""
    page = browser.get("/signin/demo").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    return browser.post("/signin/demo", data={"email": email, "csrf_token": token[1]})


def row_of(browser: Any, someone: TestPerson) -> str:
    """The line of the list about *someone*."""
    page = browser.get("/signin/demo").text
    return next(row for row in page.split("<tr") if someone.email in row)


def demo_person(key: str, **changes: Any) -> TestPerson:
    return make_person(key, email=f"{key}@{DEMO_HOST}", **changes)


@pytest.mark.parametrize(
    ("role", "home"),
    [(Role.ARTIST, "/cases"), (Role.REVIEWER, "/desk"), (Role.ADMIN, "/admin/people")],
)
def test_one_click_comes_in_and_each_page_says_so(browser: Any, role: Role, home: str) -> None:
    someone = demo_person("zoe", roles={role})
    listed = browser.get("/signin/demo").text

    entered = enter(browser, someone.email)

    page = browser.get(home).text
    assert f'name="email" value="{someone.email}"' in listed
    assert (entered.status_code, entered.location) == (303, home)
    assert "somebody else" in page
    assert browser.get("/me").status_code == 200


def test_who_signs_in_as_people_do_sees_no_strip(client_as: Any) -> None:
    assert "somebody else" not in client_as(make_person("ada")).get("/cases").text


def test_being_somebody_else_ends_the_session_before(browser: Any) -> None:
    first, second = demo_person("zoe"), demo_person("yan")
    enter(browser, first.email)
    before = browser.get_cookie("redress").value

    enter(browser, second.email)

    assert browser.get_cookie("redress").value != before
    assert second.email in browser.get("/me").text
    browser.set_cookie("redress", before)
    assert browser.get("/me").status_code == 303


@pytest.mark.parametrize("email", ["ada@example.com", f"nobody@{DEMO_HOST}", "", "%"])
def test_only_people_of_the_demo_are_let_in(browser: Any, email: str) -> None:
    make_person("ada")
    demo_person("zoe")

    answer = enter(browser, email)

    assert answer.status_code == 404
    assert browser.get("/me").status_code == 303


def test_the_list_names_the_roles_that_somebody_holds_now(browser: Any, clock: Any) -> None:
    someone = demo_person("zoe", roles={Role.AGENT, Role.REVIEWER}, clock=clock)
    adi = make_person("adi", clock=clock).actor
    assert row_of(browser, someone).count("Agent") == 1

    with transaction(adi) as tx:
        change_roles(tx, ChangeRoles(someone.id, frozenset({Role.REVIEWER})), adi, clock)

    row = row_of(browser, someone)
    assert "Reviewer" in row
    assert "Agent" not in row


def test_an_account_that_is_off_is_neither_listed_nor_let_in(browser: Any, clock: Any) -> None:
    someone, other = demo_person("zoe", clock=clock), demo_person("yan", clock=clock)
    adi = make_person("adi", clock=clock).actor

    with transaction(adi) as tx:
        disable_person(tx, someone.id, adi, clock)

    listed = browser.get("/signin/demo").text
    assert other.email in listed
    assert someone.email not in listed
    assert enter(browser, someone.email).status_code == 404
