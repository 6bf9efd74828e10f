"""RELIABILITY G, logs: 5,000 canaries through every route as query, form, JSON, header and path; none is in the log."""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from app.infra.log import FIELDS
from tests.factories.letters import QuickRenderer, with_services
from tests.support.application import drain_jobs
from tests.web.authz.calls import example_call
from tests.web.authz.table import Entry, stored
from tests.web.authz.targets import targets_of
from tests.web.authz.world import World, build_world

ASKERS = ("nobody", "ada", "eli", "gus", "adi")
BOXES = (
    "email", "name", "title", "body", "message", "reason", "note", "summary", "password", "code", "q", "query", "tag",
    "legal_name", "iban", "reference", "line1", "city", "address", "statement", "signature", "display_name",
)  # fmt: skip
LEAST = 5_000
TYPED = re.compile(r"zqlog\d+canary")
"""What this test types: found in one pass over the log, however many words there are."""
ENDS = frozenset({"account.signout", "account.sessions_revoke", "account.sessions_revoke_others"})
"""They would leave the rest of the askers' questions to nobody."""


class Canaries:
    """Words that exist once each."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._numbers = itertools.count()

    def word(self, *, like: str = "") -> str:
        made = f"zqlog{next(self._numbers)}canary"
        self.words.append(made)
        return f"{made}@leak.example" if "mail" in like else made

    def in_place(self, value: Any) -> Any:
        """The same shape with every text replaced."""
        if isinstance(value, dict):
            return {key: self.in_place(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.in_place(one) for one in value]
        return self.word() if isinstance(value, str) else value


def test_b190_nothing_that_people_type_or_are_called_reaches_the_log(
    app: Any, pg: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    world, canaries = build_world(app, pg), Canaries()
    capsys.readouterr()

    asked = sum(
        ask(world, canaries, actor, entry)
        for actor in ASKERS
        for entry in stored()
        if entry.endpoint not in ENDS
    )
    with with_services(app, renderer=QuickRenderer()):
        drain_jobs(app, limit=20_000)

    said = capsys.readouterr().out
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    others = {*(one.word for one in world.canaries), *people_in(world)}
    leaked = sorted({*TYPED.findall(said), *(word for word in others if word in said)})
    sys.stdout.write(f"logs: {asked} calls, {len(canaries.words)} canaries, {len(lines)} lines\n")
    assert not leaked, leaked[:20]
    assert len(canaries.words) >= LEAST
    assert len([line for line in lines if line["event"] == "request"]) >= asked * 0.9
    assert {key for line in lines for key in line} <= FIELDS
    assert all(
        "<" in line["route"] or "=" not in line["route"] for line in lines if "route" in line
    )


def ask(world: World, canaries: Canaries, actor: str, entry: Entry) -> int:
    """One route with canaries wherever something can be typed; how many calls."""
    client = world.client(actor, entry)
    target = next(iter(targets_of(entry.rule, world)))
    headers = {
        "User-Agent": canaries.word(), "Referer": f"https://{canaries.word()}.example/", "X-Request-Id": canaries.word(),
        "Accept-Language": canaries.word(),
    }  # fmt: skip
    typed = dict(words_of(canaries))
    calls: list[dict[str, Any]] = [{"query_string": {"q": canaries.word(), canaries.word(): "1"}}]
    if entry.method != "GET":
        calls.append({"data": typed | {canaries.word(): canaries.word()}})
    if entry.is_for_programs and entry.method != "GET":
        calls.append(spoiled(canaries, entry))
    for call in calls:
        call["headers"] = {**call.get("headers", {}), **headers}
        client.open(target.path, method=entry.method, buffered=True, **call)
    return len(calls)


def words_of(canaries: Canaries) -> Iterator[tuple[str, str]]:
    for box in BOXES:
        yield box, canaries.word(like=box)


def spoiled(canaries: Canaries, entry: Entry) -> dict[str, Any]:
    """The documented example with its texts replaced."""
    call = example_call(entry)
    return call | ({"json": canaries.in_place(call["json"])} if "json" in call else {})


def people_in(world: World) -> set[str]:
    """Names and addresses of everybody."""
    return {word for one in world.people.values() for word in (one.email, one.name) if word}
