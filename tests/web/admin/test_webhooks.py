"""D6: an administrator makes a webhook, sees its secret once, tests it, reads its log, sends again, switches it off."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from app.infra.clock import SystemClock
from app.kernel.clock import FixedClock
from app.webhooks import queries
from tests.factories.accounts import make_person
from tests.factories.cases import make_case
from tests.factories.conversations import make_message
from tests.factories.webhooks import calling_loopback, make_endpoint
from tests.support.receiver import Receiver, receiving
from tests.web.desk.pages import statements

HOME = "/admin/webhooks"
KINDS = ["message.sent", "case.moved"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(SystemClock().now())


@pytest.fixture
def receiver(app: Any) -> Iterator[Receiver]:
    with receiving() as found, calling_loopback(app):
        yield found


@pytest.fixture
def admin(client_as: Any) -> Any:
    return client_as(make_person("adi"))


def secret_in(page: str) -> str:
    found = re.search(r"<code[^>]*>(whsec_[\w+/=]+)</code>", page)
    assert found
    return found[1]


def test_made_tested_and_read_and_the_secret_is_shown_once(
    admin: Any, receiver: Receiver, run_jobs: Any
) -> None:
    dee = make_person("dee")
    form = {"owner": dee.email, "url": receiver.url, "kinds": KINDS}

    made = admin.post(f"{HOME}/new", data=form)
    secret = secret_in(made.text)
    path = re.search(rf"{HOME}/[0-9a-f-]{{36}}", made.text)
    assert path
    tested = admin.post(f"{path[0]}/test")
    run_jobs()
    shown = admin.get(path[0]).text

    assert (made.status_code, tested.status_code, tested.location) == (200, 303, path[0])
    Webhook(secret).verify(receiver.heard[0].body, receiver.heard[0].headers)
    assert secret not in shown
    assert secret not in admin.get(HOME).text
    assert receiver.url in admin.get(HOME).text
    for words in ("Dee Dorn", "A test", "Delivered", "<b>204</b>", "A message was sent"):
        assert words in shown


def test_an_administrator_reads_the_log_and_no_identifier_of_a_case(
    app: Any, admin: Any, receiver: Receiver, run_jobs: Any, clock: FixedClock
) -> None:
    dee, ada = make_person("dee"), make_person("ada")
    made = make_endpoint(app, dee, receiver.url)
    case = make_case(ada, clock=clock)
    message = make_message(ada.actor, case.id, clock=clock)
    run_jobs()

    page = admin.get(f"{HOME}/{made.endpoint_id}").text

    assert any(str(message).encode() in call.body for call in receiver.heard)
    assert "message.sent" in page
    assert str(case.ref) not in page
    assert str(message) not in page


def test_the_answer_of_others_is_text(
    app: Any, admin: Any, receiver: Receiver, run_jobs: Any
) -> None:
    made = make_endpoint(app, make_person("dee"), receiver.url)
    receiver.statuses = [200]
    receiver.words = b"<b>x</b>!"
    admin.post(f"{HOME}/{made.endpoint_id}/test")
    run_jobs()

    page = admin.get(f"{HOME}/{made.endpoint_id}").text

    assert "&lt;b&gt;x&lt;/b&gt;!" in page
    assert "<b>x</b>" not in page


def test_a_new_secret_is_shown_once_and_both_sign(
    app: Any, admin: Any, receiver: Receiver, run_jobs: Any
) -> None:
    made = make_endpoint(app, make_person("dee"), receiver.url)
    path = f"{HOME}/{made.endpoint_id}"

    newer = secret_in(admin.post(f"{path}/secret").text)
    admin.post(f"{path}/test")
    run_jobs()

    assert newer not in admin.get(path).text
    for secret in (made.secret, newer):
        Webhook(secret).verify(receiver.heard[0].body, receiver.heard[0].headers)


def test_off_on_again_and_gone(app: Any, admin: Any, receiver: Receiver, run_jobs: Any) -> None:
    made = make_endpoint(app, make_person("dee"), receiver.url)
    path = f"{HOME}/{made.endpoint_id}"

    admin.post(f"{path}/switch", data={"do": "off"})
    off = admin.get(path).text
    refused = admin.post(f"{path}/test", follow_redirects=True).text
    admin.post(f"{path}/switch", data={"do": "on"})
    on = admin.get(path).text
    gone = admin.post(f"{path}/remove")
    run_jobs()

    assert "Switch on" in off
    assert f"{path}/test" not in off
    assert "This webhook is off" in refused
    assert f"{path}/test" in on
    assert gone.location == HOME
    assert admin.get(path).status_code == 404
    assert receiver.heard == []


def test_one_and_all_that_failed_are_sent_again(
    app: Any, admin: Any, receiver: Receiver, run_jobs: Any
) -> None:
    made = make_endpoint(app, make_person("dee"), receiver.url)
    path = f"{HOME}/{made.endpoint_id}"
    receiver.statuses = [410, 204]
    admin.post(f"{path}/test")
    run_jobs()
    assert "The receiver said that it is gone (410)." in admin.get(path).text
    admin.post(f"{path}/switch", data={"do": "on"})

    answer = admin.post(f"{path}/replay", data={"hours": "24"}, follow_redirects=True)
    run_jobs()
    sent = re.search(r"/admin/webhooks/sent/[0-9a-f-]{36}/replay", admin.get(path).text)
    assert sent
    admin.post(sent[0])
    run_jobs()

    assert "1 is sent again." in answer.text
    assert len(receiver.heard) == 3
    assert len(set(receiver.ids())) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "https://10.1.2.3/"}, "Enter the host by its name"),
        ({"url": "http://example.com/"}, "has to begin with https://"),
        ({"url": ""}, "Enter an address."),
        ({"kinds": []}, "Choose at least one."),
        ({"owner": "nobody@example.com"}, "Nobody who works on cases here has this address."),
        ({"owner": "ada@example.com"}, "Nobody who works on cases here has this address."),
        ({"owner": "adi@example.com"}, "Nobody who works on cases here has this address."),
    ],
)
def test_b167_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    admin: Any, changes: dict[str, Any], said: str
) -> None:
    make_person("dee")
    make_person("ada")
    form = {"owner": "dee@example.com", "url": "https://example.com/in", "kinds": KINDS} | changes

    answer = admin.post(f"{HOME}/new", data=form)

    assert answer.status_code == 422
    assert said in answer.text
    assert form["owner"] in answer.text


@pytest.mark.parametrize("what", ["new", "secret", "remove"])
def test_what_shows_a_secret_or_removes_needs_a_fresh_proof(
    app: Any, admin: Any, clock: FixedClock, what: str
) -> None:
    made = make_endpoint(app, make_person("dee"), "https://example.com/in")
    clock.advance(timedelta(minutes=6))

    path = f"{HOME}/new" if what == "new" else f"{HOME}/{made.endpoint_id}/{what}"

    assert admin.post(path).location.startswith("/reauth")


def test_pages_stay_within_twelve_statements(
    app: Any, admin: Any, receiver: Receiver, run_jobs: Any
) -> None:
    made = make_endpoint(app, make_person("dee"), receiver.url)
    for _ in range(5):
        admin.post(f"{HOME}/{made.endpoint_id}/test")
    run_jobs()

    for path in (HOME, f"{HOME}/new", f"{HOME}/{made.endpoint_id}"):
        with statements() as seen:
            assert admin.get(path).status_code == 200
        assert len(seen) <= 12, (path, seen)


def test_an_unknown_page_of_the_log_is_not_there(app: Any, admin: Any) -> None:
    made = make_endpoint(app, make_person("dee"), "https://example.com/in")

    assert admin.get(f"{HOME}/{made.endpoint_id}?after=what").status_code == 404
    assert admin.get(f"{HOME}/{UUID(int=1)}").status_code == 404


def test_the_list_goes_on_page_by_page_and_what_is_no_place_is_no_page(
    app: Any, admin: Any, monkeypatch: Any
) -> None:
    people = [make_person(key) for key in ("dee", "rio")]
    made = {
        str(make_endpoint(app, person, "https://hooks.example/x").endpoint_id)
        for person in people
        for _ in range(2)
    }
    monkeypatch.setattr(queries.endpoint_page, "__kwdefaults__", {"limit": 3})

    first = admin.get(HOME)
    after = re.search(r'href="(/admin/webhooks\?after=[^"]+)"', first.text)
    assert after
    second = admin.get(html.unescape(after[1]))

    shown = [set(re.findall(rf"{HOME}/([0-9a-f-]{{36}})", page.text)) for page in (first, second)]
    assert [len(ids) for ids in shown] == [3, 1]
    assert shown[0] | shown[1] == made
    assert "First page" in second.text
    assert admin.get(f"{HOME}?after=yesterday").status_code == 404
