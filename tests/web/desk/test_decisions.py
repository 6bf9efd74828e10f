"""S8 and four eyes: draft, propose, confirm by another person, return."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.cases.rules.kinds import SubKind
from app.infra.db.transaction import transaction
from app.policies.commands import PublishPolicy
from app.policies.rules.defaults import default_policies
from app.policies.service import publish_policy
from tests.factories.ledger import make_payee
from tests.integration.decisions.test_decisions import SYSTEM, link_people
from tests.web.desk.pages import form_of, make_world, send, statements

ORIGIN = {"Sec-Fetch-Site": "same-origin"}
FILLED = {
    "issues-0-issue": "Who made the recording?",
    "issues-0-finding": "The session files show it.",
    "issues-0-result": "established",
    "issues-0-weight": "decisive",
    "outcome": "upheld",
    "remedies-0-kind": "put_back",
    "remedies-0-text": "The release goes back.",
    "remedies-0-effective_on": "2026-12-03",
    "to_complainant": "You showed that the recording is yours.",
    "to_respondent": "The other side showed that it is theirs.",
}


def test_an_empty_decision_names_everything_that_is_missing(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    page = f"{world.at}/decide"

    answer = send(client_as(world.rio), page, page, do="propose")

    assert answer.status_code == 422
    for words in (
        "Choose an outcome.",
        "at least one issue",
        "reasons for the complainant",
        "reasons for the respondent",
    ):
        assert words in answer.text


@pytest.mark.parametrize(
    ("sub_kind", "offered"), [(SubKind.STORE_TAKEDOWN, True), (SubKind.OWNERSHIP, False)]
)
def test_material_is_restored_only_where_it_was_taken_down(
    client_as: Any, clock: Any, sub_kind: SubKind, offered: bool
) -> None:
    world = make_world(clock, sub_kind, to="review")

    page = client_as(world.rio).get(f"{world.at}/decide").text

    assert ('value="upheld"' in page, 'value="restored"' in page) == (True, offered)


@pytest.fixture
def one_person_decides(app: Any, clock: Any) -> Iterator[None]:
    """The policy of ownership asks for no second person, for this test."""
    content = default_policies()[SubKind.OWNERSHIP.value]
    alone = replace(content, second_pair=False)
    with transaction(SYSTEM) as tx:
        publish_policy(tx, PublishPolicy(alone, "one person is enough"), SYSTEM, clock)
    yield
    with transaction(SYSTEM) as tx:
        publish_policy(tx, PublishPolicy(content, "as it was"), SYSTEM, clock)


def test_deciding_alone_is_offered_where_the_policy_lets_one_person(
    client_as: Any, clock: Any, one_person_decides: None
) -> None:
    world = make_world(clock, to="review")

    page = client_as(world.rio).get(f"{world.at}/decide").text

    assert "Decide now" in page
    assert "You may decide alone" in page


def test_deciding_alone_is_not_offered_where_a_second_person_confirms(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock, to="review")

    page = client_as(world.rio).get(f"{world.at}/decide").text

    assert "Decide now" not in page
    assert "Another reviewer or a lead confirms it" in page


def test_a_draft_is_kept(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    page = f"{world.at}/decide"
    client = client_as(world.rio)

    answer = send(client, page, page, do="save", **FILLED)

    assert answer.status_code == 200
    assert "Draft saved." in answer.text
    assert "The session files show it." in client.get(page).text


def test_adding_a_row_keeps_what_was_typed(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    page = f"{world.at}/decide"

    answer = send(client_as(world.rio), page, page, do="add_issue", **FILLED)

    assert "issues-1-issue" in answer.text
    assert "The session files show it." in answer.text


def test_another_person_confirms_and_the_case_moves_on(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    proposer, second = client_as(world.rio), client_as(world.rae)
    page, confirm = f"{world.at}/decide", f"{world.at}/confirm"

    proposed = send(proposer, page, page, do="propose", **FILLED)
    shown = second.get(confirm)
    done = send(second, confirm, confirm, do="confirm")

    assert proposed.status_code == 303, proposed.text
    assert "Exactly this will happen" in shown.text
    assert "Each side gets its letter" in shown.text
    assert done.status_code == 303, done.text
    assert "Upheld" in second.get(world.at).text


def test_the_proposer_reads_the_confirmation_without_its_button(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    client = client_as(world.rio)
    page, confirm = f"{world.at}/decide", f"{world.at}/confirm"
    send(client, page, page, do="propose", **FILLED)

    shown = client.get(confirm)
    token = form_of(client.get(world.at).text, f"{world.at}/messages")["csrf_token"]
    forced = client.post(confirm, data={"csrf_token": token, "do": "confirm"}, headers=ORIGIN)

    assert "Somebody else confirms it." in shown.text
    assert 'value="confirm"' not in shown.text
    assert forced.status_code in {403, 409}


def test_the_proposer_reads_on_the_case_why_only_others_confirm(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    proposer, second = client_as(world.rio), client_as(world.rae)
    page, confirm = f"{world.at}/decide", f"{world.at}/confirm"
    send(proposer, page, page, do="propose", **FILLED)

    proposer.get(world.at)
    with statements() as seen:
        own = proposer.get(world.at).text
    others = second.get(world.at).text

    assert len(seen) <= 12
    assert "You proposed this decision. Somebody else confirms it." in own
    assert f'href="{confirm}"' not in own
    assert f'href="{confirm}"' in others
    assert "You proposed this decision" not in others
    for move in ("confirm", "return"):
        typed = proposer.get(f"{world.at}/actions/{move}")
        assert (typed.status_code, typed.location) == (303, confirm)

    send(second, confirm, confirm, do="return", reason="Quote the contract.")
    send(second, page, page, do="propose", **FILLED)
    assert f'href="{confirm}"' in proposer.get(world.at).text, "another one proposed it now"
    assert f'href="{confirm}"' not in second.get(world.at).text


def test_nor_by_another_account_of_theirs(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    page, confirm = f"{world.at}/decide", f"{world.at}/confirm"
    send(client_as(world.rio), page, page, do="propose", **FILLED)
    with transaction(SYSTEM) as tx:
        link_people(tx, world.rio, world.rae, clock)
    again = client_as(world.rae)

    assert "Somebody else confirms it." in again.get(world.at).text
    assert 'value="confirm"' not in again.get(confirm).text


def test_b098_what_was_read_is_what_is_confirmed(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    page, confirm = f"{world.at}/decide", f"{world.at}/confirm"
    send(client_as(world.rio), page, page, do="propose", **FILLED)

    answer = send(client_as(world.rae), confirm, confirm, do="confirm", seen_hash="0" * 64)

    assert answer.status_code == 409


def test_a_returned_decision_shows_its_reason_and_its_content(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    client = client_as(world.rio)
    page, confirm = f"{world.at}/decide", f"{world.at}/confirm"
    send(client, page, page, do="propose", **FILLED)

    without = send(client_as(world.rae), confirm, confirm, do="return", reason="")
    returned = send(
        client_as(world.rae), confirm, confirm, do="return", reason="Quote the contract."
    )

    shown = client.get(page).text
    assert without.status_code == 422
    assert returned.status_code == 303
    assert "Returned: Quote the contract." in shown
    assert "The session files show it." in shown


def test_money_that_moves_needs_its_lines(client_as: Any, clock: Any) -> None:
    world = make_world(clock, SubKind.OWNERSHIP, to="review")
    page = f"{world.at}/decide"

    answer = send(client_as(world.rio), page, page, do="propose", money_moves="y", **FILLED)

    assert answer.status_code == 422
    assert "add the lines of the correction" in answer.text


@pytest.mark.parametrize(
    ("amount", "words"),
    [("1e3", "Type the amount in digits"), ("0", "zero changes nothing"), ("1.005", "Do you mean")],
)
def test_b087_amounts_of_a_correction_are_read_strictly(
    client_as: Any, clock: Any, amount: str, words: str
) -> None:
    world = make_world(clock, to="review")
    page = f"{world.at}/decide"
    lines = {
        "money-currency": "EUR",
        "money-lines-0-payee": f"new:{world.ada.id}",
        "money-lines-0-amount": amount,
    }

    answer = send(
        client_as(world.rio), page, page, do="propose", money_moves="y", **(FILLED | lines)
    )

    assert answer.status_code == 422
    assert words in answer.text


def test_a_decision_with_money_goes_to_finance(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    second = client_as(world.rae)
    page, confirm = f"{world.at}/decide", f"{world.at}/confirm"
    lines = {
        "money-currency": "EUR",
        "money-lines-0-payee": f"new:{world.ada.id}",
        "money-lines-0-amount": "412,83",
    }

    proposed = send(
        client_as(world.rio), page, page, do="propose", money_moves="y", **(FILLED | lines)
    )
    shown = second.get(confirm).text
    done = send(second, confirm, confirm, do="confirm")

    assert proposed.status_code == 303, proposed.text
    assert "€412.83" in shown
    assert done.status_code == 303, done.text
    assert "Awaiting approval" in second.get(world.at).text


def offered(page: str, line: int = 0) -> dict[str, str]:
    """Choice → name of the payees offered on a line; the one that stands there has a star."""
    (select,) = re.findall(
        rf'<select[^>]*name="money-lines-{line}-payee".*?</select>', page, re.DOTALL
    )
    found = re.findall(r'<option([^>]*?)value="([^"]*)"([^>]*)>(?:<bdi>)?([^<]*)', select)
    return {value: name + ("*" if "selected" in before + after else "") for before, value, after, name in found}  # fmt: skip


@pytest.fixture
def many_payees(app: Any) -> dict[str, str]:
    """Name → key of two payees behind fifty others."""
    del app
    for number in range(50):
        make_payee(f"Aaron {number:02}")
    return {name: str(make_payee(name)) for name in ("Olga Zwick", "Zeno Quill")}


def focused(html: str) -> str:
    """Name of the field at which the page begins."""
    (found,) = re.findall(r"<(?:input|select)[^>]*autofocus[^>]*>", html)
    return re.search(r'name="([^"]+)"', found)[1]  # type: ignore[index]


def test_a_page_with_one_more_row_begins_at_that_row(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    client, page = client_as(world.rio), f"{world.at}/decide"
    for todo, row in (
        ("add_issue", r"issues-\d+-issue"), ("add_remedy", r"remedies-\d+-kind"), ("add_line", r"money-lines-\d+-payee"),
    ):  # fmt: skip
        more = send(client, page, page, do=todo, **FILLED, **{"money-lines-0-amount": "5"})
        rows = re.findall(f'name="({row})"', more.text)
        assert len(rows) >= 2
        assert focused(more.text) == rows[-1]


def test_a_payee_behind_the_fiftieth_is_found_by_any_word_and_stays(
    client_as: Any, clock: Any, many_payees: dict[str, str]
) -> None:
    world = make_world(clock, to="review")
    client, page = client_as(world.rio), f"{world.at}/decide"
    zeno, olga = many_payees["Zeno Quill"], many_payees["Olga Zwick"]
    assert not {zeno, olga} & set(offered(client.get(page).text))

    found = send(client, page, page, do="find_payee", **FILLED, **{"money-payee_name": "zwi"})
    assert offered(found.text)[olga] == "Olga Zwick"
    assert zeno not in offered(found.text)
    assert "1 payee is found; the lists above offer it." in found.text
    assert focused(found.text) == "money-payee_name"

    typed = {"money-payee_name": "quill", "money-lines-0-payee": olga, "money-lines-0-amount": "5"}
    more = send(client, page, page, do="find_payee", **FILLED, **typed)
    assert (offered(more.text)[olga], offered(more.text)[zeno]) == ("Olga Zwick*", "Zeno Quill")
    assert "No payee has" not in more.text

    nobody = send(client, page, page, do="find_payee", **FILLED, **{"money-payee_name": "uill"})
    assert "No payee has a name that begins so." in nobody.text


def test_a_party_s_own_payee_is_offered_wherever_it_stands_in_the_alphabet(
    client_as: Any, clock: Any, many_payees: dict[str, str]
) -> None:
    del many_payees
    world = make_world(clock, to="review")
    own = str(make_payee("Zora Ada", person_id=world.ada.id))

    choices = offered(client_as(world.rio).get(f"{world.at}/decide").text)

    assert choices[own] == "Zora Ada"
    assert f"new:{world.ada.id}" not in choices


def test_names_to_choose_from_run_in_their_own_direction(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")

    options = re.findall(
        r"<option([^>]*)>([^<]*new payee[^<]*)<",
        client_as(world.rio).get(f"{world.at}/decide").text,
    )

    assert options
    assert all('dir="auto"' in attributes for attributes, _name in options)


def test_open_things_block_the_decision_in_words(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    client = client_as(world.rio)
    ask, page = f"{world.at}/requests/new", f"{world.at}/decide"
    send(
        client,
        ask,
        ask,
        side="complainant",
        item_kind="question",
        items="Who mixed it?",
        reason="To be sure",
        days="7",
    )

    assert "1 request is still open." in client.get(page).text


@pytest.mark.parametrize("step", ["decide", "confirm", "requests/new", "holds/new"])
def test_pages_of_a_case_need_at_most_twelve_statements(
    client_as: Any, clock: Any, step: str
) -> None:
    world = make_world(clock, to="review")
    page = f"{world.at}/decide"
    if step == "confirm":
        send(client_as(world.rio), page, page, do="propose", **FILLED)
    client = client_as(world.rae)

    with statements() as seen:
        answer = client.get(f"{world.at}/{step}")

    assert answer.status_code == 200
    assert len(seen) <= 12, "\n\n".join(seen)


def test_the_confirmation_tells_state_money_holds_stores_and_letters(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock, to="review")
    page = f"{world.at}/decide"
    send(client_as(world.rio), page, page, do="propose", **FILLED)

    shown = client_as(world.rae).get(f"{world.at}/confirm").text

    for words in (
        "The case goes to:",
        "No money moves.",
        "Everything held for this case is released.",
        "The stores are asked to act: Put back",
        "The artist gets a letter of their own:",
        "The respondent gets a letter of their own:",
        "Each side gets its letter by e-mail at once.",
        "six months from the day the later side is told",
    ):
        assert words in shown


def test_the_page_says_who_must_approve_and_until_when(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")

    shown = client_as(world.rio).get(f"{world.at}/decide").text

    assert "Another reviewer or a lead confirms it. You cannot." in shown
    assert "Either side may ask for a second review for six months" in shown
