"""S2: the three panes, the composer, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.desk.pages import make_world, send, statements


def test_the_workspace_shows_the_three_panes(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")

    page = client_as(world.rio).get(world.at)

    assert page.status_code == 200
    for words in (
        "Deadlines",
        "Parties",
        "Held money",
        "Evidence",
        "What we asked for",
        "Cy Castell",
    ):
        assert words in page.text


def test_the_workspace_needs_at_most_twelve_statements(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    client = client_as(world.rio)

    with statements() as seen:
        client.get(world.at)

    assert len(seen) <= 12, "\n\n".join(seen)


@pytest.mark.parametrize("ref", ["RD-0000-0000", "RD-7K4M-29QX", "-1", "1.0", "1%00", "9" * 60])
def test_b108_foreign_unknown_and_mistyped_references_are_equal(
    client_as: Any, clock: Any, ref: str
) -> None:
    world = make_world(clock)

    assert client_as(world.rio).get(f"/desk/cases/{ref}").status_code == 404


def test_agents_see_no_money(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")

    page = client_as(world.dee).get(world.at).text

    assert "Held money" not in page
    assert "/decide" not in page


@pytest.mark.parametrize(
    ("audience", "words"),
    [("complainant", "to artist"), ("respondent", "to respondent"), ("note", "Internal note")],
)
def test_the_composer_writes_to_its_audience(
    client_as: Any, clock: Any, audience: str, words: str
) -> None:
    world = make_world(clock, to="triage")
    client = client_as(world.rio)

    answer = send(
        client, world.at, f"{world.at}/messages", body="Hello <b>there</b>", audience=audience
    )

    page = client.get(world.at).text
    assert answer.status_code == 303
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in page
    assert words in page


@pytest.mark.parametrize("body", ["", "  \u200b ", "a\x00b"])
def test_b002_b005_a_message_that_is_refused_keeps_its_words(
    client_as: Any, clock: Any, body: str
) -> None:
    world = make_world(clock, to="triage")

    answer = send(
        client_as(world.rio), world.at, f"{world.at}/messages", body=body, audience="note"
    )

    assert answer.status_code == 422
    assert "field__error" in answer.text


def test_somebody_who_wrote_meanwhile_is_shown_before_sending(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    mine, theirs = client_as(world.rio), client_as(world.dee)
    action = f"{world.at}/messages"
    from tests.web.desk.pages import form_of

    form = form_of(mine.get(world.at).text, action)
    send(theirs, world.at, action, body="I was first.", audience="complainant")
    answer = mine.post(
        action,
        data=form | {"body": "My long text", "audience": "complainant"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 409
    assert "My long text" in answer.text
    assert "I was first." in answer.text


def test_a_double_press_sends_one_message(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    client = client_as(world.rio)
    action = f"{world.at}/messages"
    from tests.web.desk.pages import form_of

    form = form_of(client.get(world.at).text, action) | {"body": "Only once", "audience": "note"}
    first = client.post(action, data=form, headers={"Sec-Fetch-Site": "same-origin"})
    second = client.post(action, data=form, headers={"Sec-Fetch-Site": "same-origin"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert client.get(world.at).text.count("Only once") == 1


def test_a_phone_gets_the_panes_as_pages(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = client_as(world.rio).get(f"{world.at}?pane=evidence").text

    assert "workspace--evidence" in page
    assert "pane-bar" in page
