"""Every link that a page of the demo desk shows to a member of staff leads somewhere: nobody is sent to a closed door."""

from __future__ import annotations

import re
from collections import Counter, deque
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.cases.rules.kinds import CaseEvent, SubKind
from app.demo.desk import build
from app.demo.people import DEMO_HOST
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from tests.factories.accounts import TestPerson, make_person
from tests.factories.cases import act, make_case

STAFF = {
    "dee": Role.AGENT, "leyla": Role.REVIEWER, "eli": Role.LEAD, "fay": Role.FINANCE_PREPARER, "gus": Role.FINANCE_APPROVER,
    "adi": Role.ADMIN, "aud": Role.AUDITOR,
}  # fmt: skip
HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
EACH = 3
"""Links of one kind that are followed from one kind of page."""


@pytest.fixture
def people(app: Flask) -> dict[str, TestPerson]:
    assert build(app)
    with transaction(Actor.system("test"), read_only=True) as tx:
        ids = dict(tx.execute(text("select email, id from person")).all())
    return {
        key: TestPerson(key, UUID(str(ids[f"{key}@{DEMO_HOST}"])), f"{key}@{DEMO_HOST}", key, frozenset({role}))
        for key, role in STAFF.items()
    }  # fmt: skip


def kind_of(app: Flask, path: str) -> str:
    """The rule that an address belongs to; the address itself where there is none."""
    try:
        rule, _values = app.url_map.bind("localhost").match(path, method="GET", return_rule=True)
    except (HTTPException, RequestRedirect):
        return path
    return str(rule.rule)


def starts(app: Flask) -> list[str]:
    """Pages that need no parameter: whoever may not open one is told so, and no link of it counts."""
    rules = [one for one in app.url_map.iter_rules() if "GET" in (one.methods or ()) and not one.arguments]  # fmt: skip
    return sorted(one.rule for one in rules if not one.rule.startswith(("/api/", "/static")))


def closed_doors(app: Flask, client: Any) -> set[tuple[str, str, int]]:
    """(kind of page, kind of link, 403 or 404) of every link that leads nowhere."""
    found: set[tuple[str, str, int]] = set()
    followed: Counter[tuple[str, str]] = Counter()
    status: dict[str, int] = {}
    waiting = deque(("", href) for href in starts(app))
    while waiting:
        page, href = waiting.popleft()
        if href not in status:
            answer = client.get(href, follow_redirects=True)
            status[href] = answer.status_code
            is_page = answer.status_code == 200 and answer.mimetype == "text/html"
            links = HREF.findall(answer.get_data(as_text=True)) if is_page else ()
            here = kind_of(app, answer.request.path)
            for link in dict.fromkeys(links):
                address = unescape(link).partition("#")[0]
                to = urljoin(answer.request.path, address)
                if not address or not to.startswith("/") or to.startswith("//"):
                    continue
                pair = (here, kind_of(app, urlsplit(to).path))
                followed[pair] += 1
                if followed[pair] <= EACH:
                    waiting.append((here, to))
        if page and status[href] in {403, 404}:
            found.add((page, kind_of(app, urlsplit(href).path), status[href]))
    return found


def test_who_may_only_read_is_not_asked_to_invite(app: Flask, client_as: Any) -> None:
    adi, aud = (client_as(make_person(name)).get("/admin/people").text for name in ("adi", "aud"))

    assert 'href="/admin/people/new"' in adi
    assert "People and roles" in aud
    assert 'href="/admin/people/new"' not in aud


def test_a_closed_case_does_not_offer_to_close_it_as_a_duplicate(
    app: Flask, client_as: Any, clock: Any
) -> None:
    ada, dee = make_person("ada"), make_person("dee")
    case = make_case(ada, SubKind.MISSING_EARNINGS, clock=clock)
    door = f'href="/desk/cases/{case.ref}/actions/mark_duplicate"'
    act(case.id, CaseEvent.TAKE, dee.actor, clock=clock)
    assert door in client_as(dee).get(f"/desk/cases/{case.ref}/links").text

    act(case.id, CaseEvent.CLOSE_OUT_OF_SCOPE, dee.actor, clock=clock, reason="Agreed by phone")

    page = client_as(dee).get(f"/desk/cases/{case.ref}/links").text
    assert "Linked cases" in page
    assert door not in page


@pytest.mark.slow
def test_no_link_that_staff_see_leads_to_a_closed_door(
    app: Flask, people: dict[str, TestPerson], client_as: Any
) -> None:
    found = [
        f"{name}: {page} -> {link} {status}"
        for name, one in people.items()
        for page, link, status in sorted(closed_doors(app, client_as(one)))
    ]

    assert not found, "\n".join(found)
