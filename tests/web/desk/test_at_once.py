"""Everybody writes in one case at the same instant: nobody waits for somebody who waits for them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from tests.web.desk.pages import form_of, make_world

SAME = {"Sec-Fetch-Site": "same-origin"}
ROUNDS = 12


class Window:
    """An open page of a case with its composer."""

    def __init__(self, client: Any, at: str) -> None:
        self.client, self.at = client, at
        self.form = form_of(client.get(at).get_data(as_text=True), f"{at}/messages")

    def post(self, to: str, **changes: str) -> int:
        """Send the form with new words; the status."""
        data = self.form | {"idempotency_key": str(uuid4()), "body": f"Words {uuid4()}"} | changes
        return int(self.client.post(f"{self.at}/{to}", data=data, headers=SAME).status_code)

    def look(self, to: str = "") -> int:
        """Read the page or a part of it; the status."""
        return int(self.client.get(f"{self.at}{to}").status_code)


def test_messages_kept_words_and_polls_of_one_case_never_lock_each_other_out(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock, to="triage")
    rio = [Window(client_as(world.rio), world.at) for _ in range(4)]
    dee = Window(client_as(world.dee), world.at)
    ada = Window(client_as(world.ada), f"/cases/{world.case.ref}")
    acts = {
        "note": lambda: rio[0].post("messages", audience="note", do="send"),
        "kept": lambda: rio[1].post("draft", audience="note", mine="1"),
        "here": lambda: rio[2].look("/presence?doing=writing&seen=0"),
        "page": rio[3].look,
        "colleague": lambda: dee.post("messages", audience="note", do="send"),
        "artist": lambda: ada.post("messages"),
        "artist's draft": lambda: ada.post("draft"),
    }

    with ThreadPoolExecutor(len(acts)) as pool:
        answers = Counter(
            (name, waiting.result(60))
            for _ in range(ROUNDS)
            for name, waiting in [(name, pool.submit(act)) for name, act in acts.items()]
        )

    assert {name: status for name, status in answers if status >= 400} == {}
    assert sum(answers.values()) == ROUNDS * len(acts)
