"""docs/webhooks.md is true: its calls work, its verifiers accept what arrives, its table is the code's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.infra.clock import SystemClock
from app.kernel.clock import FixedClock
from app.webhooks.rules.kinds import IDS
from app.webhooks.rules.plan import PAUSES
from tests.api.test_docs import Reader
from tests.factories.accounts import make_person, make_token
from tests.factories.webhooks import calling_loopback
from tests.support.receiver import Receiver, receiving

PAGE = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
WORDS = PAGE.read_text("utf-8")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(SystemClock().now())


@pytest.fixture
def receiver(app: Any) -> Iterator[Receiver]:
    with receiving() as found, calling_loopback(app):
        yield found


@pytest.fixture
def verifiers() -> dict[str, Any]:
    """The functions of the page's examples."""
    made: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", WORDS, re.DOTALL):
        exec(compile(block, "docs/webhooks.md", "exec"), made)
    return made


def test_the_calls_of_the_page_work_and_its_verifiers_accept_what_arrives(
    app: Any, receiver: Receiver, verifiers: Any, run_jobs: Any, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("tests.factories.accounts.NOON", clock.now())
    known = {"BASE": "http://localhost", "TOKEN": make_token(make_person("ada")).secret}
    reader = Reader(app.test_client(use_cookies=False), known)
    lines = [line for line in WORDS.splitlines() if line.startswith("curl ")]

    for line in lines:
        answer = reader.sends(line.replace("https://hooks.label.example/redress", receiver.url))
        assert answer.status_code in {200, 201, 202}, line
        if answer.status_code == 201:
            reader.known["WEBHOOK"], secret = answer.json["id"], answer.json["secret"]
    run_jobs()

    (call,) = receiver.heard
    for name in ("received", "received_plainly"):
        assert verifiers[name](secret, call.headers, call.body)["type"] == "ping"


@pytest.mark.parametrize("name", ["received", "received_plainly"])
@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp", "old", "secret"])
def test_b172_the_verifiers_of_the_page_refuse_what_was_changed_or_kept(
    app: Any,
    receiver: Receiver,
    verifiers: Any,
    run_jobs: Any,
    program: Any,
    clock: Any,
    monkeypatch: Any,
    name: str,
    change: str,
) -> None:
    monkeypatch.setattr("tests.factories.accounts.NOON", clock.now())
    client = program(make_person("ada"))
    url = "/api/v1/webhooks"
    made = client.post(url, json={"url": receiver.url, "kinds": ["case.moved"]}).json
    client.post(f"{url}/{made['id']}/test")
    run_jobs()
    call = receiver.heard[0]
    body, headers, secret = call.body, dict(call.headers), made["secret"]
    if change == "body":
        body = body.replace(b"ping", b"pong")
    elif change == "secret":
        secret = "whsec_" + "A" * 43 + "="
    elif change == "old":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 301)
    else:
        headers[change] = headers[change][:-1] + ("1" if headers[change][-1] != "1" else "2")

    with pytest.raises(Exception, match=r"."):
        verifiers[name](secret, headers, body)


def test_the_table_of_the_page_is_the_codes() -> None:
    said = {}
    for line in re.findall(r"^\| (`[a-z]+[.`].*) \| (.*) \|$", WORDS, re.MULTILINE):
        for kind in re.findall(r"`([a-z]+\.[a-z]+|ping)`", line[0].partition("(")[0]):
            said[kind] = tuple(re.findall(r"`(\w+)`", line[1]))

    assert said == {kind.value: ids for kind, ids in IDS.items()}


def test_the_pauses_of_the_page_are_the_codes() -> None:
    assert [pause.total_seconds() for pause in PAUSES] == [
        5,
        300,
        1800,
        7200,
        28_800,
        86_400,
        144_000,
    ]
    assert "5 seconds, 5 minutes,\nhalf an hour, 2, 8, 24 and 40 hours" in WORDS
