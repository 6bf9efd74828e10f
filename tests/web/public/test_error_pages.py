"""Error pages say what happened, that nothing is lost, what to do, and a reference that the log has too (UX 14)."""

from __future__ import annotations

import re
from typing import Any

import pytest
import structlog

from app.cases.rules.kinds import CaseEvent
from app.cases.rules.words import EVENT_WORDS
from app.kernel.errors import Refused, Stale, TooMany, Unavailable
from app.web.shared import errors
from tests.factories.accounts import make_person, trust

REFERENCE = re.compile(r'<bdi class="ref" dir="ltr">([0-9a-f]{12})</bdi>')


def shown(app: Any, error: Exception, **form: str) -> Any:
    """The page of an error that some act of `/me` ended in."""
    with app.test_request_context("/me", method="POST" if form else "GET", data=form):
        return errors._known(error) if not isinstance(error, LookupError) else errors._bug(error)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Refused("late", "The window is over."), 409, "The window is over."),
        (Stale("Somebody was first."), 409, "Somebody was first."),
        (TooMany("Too many tries.", 90), 429, "Try again in 2 minutes."),
        (Unavailable("storage", "the store answered SlowDown"), 503, "pressing twice does no harm"),
        (LookupError("secret"), 500, "what was saved before is safe"),
    ],
)
def test_it_says_what_happened_and_a_reference_that_the_log_has(
    app: Any, error: Exception, status: int, words: str
) -> None:
    with structlog.testing.capture_logs() as log:
        answer = shown(app, error)

    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert words in page
    assert [line["reference"] for line in log] == REFERENCE.findall(page)
    assert "SlowDown" not in page
    assert "secret" not in page


def test_what_was_typed_stands_on_the_page_to_be_copied(app: Any) -> None:
    page = shown(app, Unavailable("database"), body="My long answer", password="lantern-harbour")

    text = page.get_data(as_text=True)
    assert "Nothing is lost" in text
    assert "My long answer" in text
    assert "lantern" not in text


def test_somebody_was_first_shows_both_texts(app: Any) -> None:
    error = Stale("Somebody was first.", fields={"title": ("Night Ferry", "Night Ferries")})

    page = shown(app, error).get_data(as_text=True)

    assert page.index("Saved now") < page.index("Night Ferry<") < page.index("Night Ferries<")
    assert "Your text" in page


def test_a_refused_move_names_what_is_possible_in_words(app: Any) -> None:
    error = Refused("x", "Not now.", [CaseEvent.WITHDRAW.value, "quarantine"])

    page = shown(app, error).get_data(as_text=True)

    assert f"<li>{EVENT_WORDS[CaseEvent.WITHDRAW]}</li>" in page
    assert "quarantine" not in page


def test_403_names_the_roles_that_may_and_whom_to_ask(client_as: Any) -> None:
    answer = client_as(make_person("dee")).get("/admin/people")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "another role: Administrator · Auditor" in page
    assert "your lead can give you the role" in page
    assert REFERENCE.search(page)


@pytest.mark.parametrize(
    ("key", "action", "place"),
    [(None, "/find", "/"), ("ada", "/cases", "/cases"), ("dee", "/search", "/desk")],
)
def test_404_offers_a_search_and_the_reader_s_own_place(
    client_as: Any, key: str | None, action: str, place: str
) -> None:
    answer = trust(client_as(make_person(key) if key else None)).get("/nothing-here")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert f'action="{action}"' in page
    assert f'href="{place}"' in page
    assert not REFERENCE.search(page)


def test_a_form_of_an_ended_session_keeps_its_text_and_leads_back(client_as: Any) -> None:
    client = client_as(make_person("ada"))
    token = client.environ_base["HTTP_X_CSRFTOKEN"]
    client.post("/me/sessions/end-others")
    client.set_cookie("redress", "a" * 43)

    answer = client.post(
        "/me", data={"name": "Ada of the Sea", "csrf_token": token},
        headers={"Referer": "http://localhost/me?tab=1"},
    )  # fmt: skip

    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "Your session has ended" in page
    assert "Ada of the Sea" in page
    assert 'href="/signin?next=/me%3Ftab%3D1"' in page


def test_the_page_before_is_offered_only_when_it_is_ours(app: Any) -> None:
    for referrer, offered in (("http://localhost/me?x=1", True), ("http://evil.example/me", False)):
        with app.test_request_context("/me", headers={"Referer": referrer}):
            page = errors.page(409).get_data(as_text=True)
        assert ("Back to the page before" in page) is offered
