"""A2, and who gets the mails: certainty right after sending."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.accounts import make_cast, make_delegation
from tests.web.portal import steps


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "bo")


def test_after_sending_everything_certain_is_said(client_as: Any, people: Any) -> None:
    client = client_as(people["ada"])
    sent = steps.send(client, steps.ready(client))

    page = client.get(sent.location).text

    assert sent.location.endswith("/sent")
    for words in (
        "We have your case", "We sent this to", "What happens next", "We reply by", "What is paused meanwhile",
        "Add more evidence", "Invite your co-writer or manager", "Choose what we tell you", "do not upload the release again",
    ):  # fmt: skip
        assert words in page
    assert client.get(sent.location).text.count("We have your case") == page.count(
        "We have your case"
    )


def test_a_question_says_nothing_about_uploads(client_as: Any, people: Any) -> None:
    client = client_as(people["ada"])
    page = client.get(steps.send(client, steps.ready(client, "other", "technical")).location).text

    assert "What not to do" not in page
    assert "What is paused meanwhile" not in page


def test_people_to_copy_stand_on_the_check_page(client_as: Any, people: Any) -> None:
    client = client_as(people["ada"])
    draft = steps.ready(client)
    alone = client.get(f"/cases/new/{draft}/check").text
    make_delegation(people["ada"], people["bo"])

    together = client.get(f"/cases/new/{draft}/check").text

    assert "People to copy" in alone
    assert "Only you get our mails." in alone
    assert "Gets our mails and may act for you." in together
