"""A10 and its settings: one list a person, read by opening, a count that costs nothing, choices with and without an account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from app.accounts.adapters.vault import keys_from
from app.accounts.service.delegations import revoke_delegation
from app.cases.commands import WallOff
from app.cases.service.people import wall_off_person
from app.conversations.commands import SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import send_message
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.notifications.adapters.signed import choice_token
from app.notifications.commands import QueueMail, Tell
from app.notifications.queries import stored_choices
from app.notifications.rules import MailKind
from app.notifications.service.mail import queue_mail
from app.notifications.service.notices import tell
from tests.factories.accounts import make_cast, make_delegation, make_person
from tests.factories.cases import make_case
from tests.web.desk.pages import statements

SYSTEM = Actor.system("test")
ROW = re.compile(r'<li class="notice[^"]*">.*?</li>', re.DOTALL)


def tell_of(person: Any, case: Any, clock: Any, kind: MailKind = MailKind.MESSAGE_RECEIVED, subject: str = "1") -> None:  # fmt: skip
    """One notice about *case*."""
    values = {"ref": case.ref, "zone": "Europe/Lisbon", "number": "L-1", "request": ""}
    with transaction(SYSTEM) as tx:
        told = Tell(
            kind, subject, person.email, "en", "Europe/Lisbon", values, case.id, person.id, mail=False
        )  # fmt: skip
        tell(tx, told, clock)


def lines(client: Any, query: str = "") -> list[str]:
    """The rows of the list."""
    return ROW.findall(client.get(f"/notifications{query}").text)


def test_the_list_says_what_the_mail_says_and_leads_to_the_case(
    app: Any, client_as: Any, clock: Any
) -> None:
    ada = make_person("ada")
    case = make_case(ada)
    tell_of(ada, case, clock)

    (row,) = lines(client_as(ada))

    assert f"There is a new message for you in case {case.ref}." in row
    assert f'href="/cases/{case.ref}"' in row
    assert "notice--unread" in row


def test_an_empty_list_says_what_will_be_here(app: Any, client_as: Any) -> None:
    page = client_as(make_person("ada")).get("/notifications").text

    assert "Nothing yet. When something happens in your cases" in page


def test_one_is_marked_read_then_all(app: Any, client_as: Any, clock: Any) -> None:
    ada = make_person("ada")
    case, client = make_case(ada), client_as(ada)
    for number in range(3):
        tell_of(ada, case, clock, subject=str(number))
    first = re.search(r'name="id" value="([^"]+)"', client.get("/notifications").text)
    assert first is not None

    client.post("/notifications/read", data={"id": first[1]})
    assert len(lines(client, "?unread=1")) == 2
    answer = client.post("/notifications/read", data={"next": "/notifications?unread=1"})

    assert answer.location == "/notifications?unread=1"
    assert lines(client, "?unread=1") == []
    assert len(lines(client)) == 3


def test_filters_by_kind_and_unknown_ones_fall_away(app: Any, client_as: Any, clock: Any) -> None:
    ada = make_person("ada")
    case, client = make_case(ada), client_as(ada)
    tell_of(ada, case, clock)
    tell_of(ada, case, clock, MailKind.CASE_CLOSED)

    assert len(lines(client, "?kind=case_closed")) == 1
    assert len(lines(client, "?kind=nothing")) == 2


def test_pages_of_fifty_by_key(app: Any, client_as: Any, clock: Any) -> None:
    ada = make_person("ada")
    case, client = make_case(ada), client_as(ada)
    for number in range(53):
        tell_of(ada, case, clock, subject=str(number))
    page = client.get("/notifications").text
    after = re.search(r'href="/notifications\?(after=[^"]+)"', page)
    assert after is not None

    assert len(ROW.findall(page)) == 50
    assert len(lines(client, f"?{after[1]}")) == 3
    assert client.get("/notifications?after=nonsense").status_code == 422


def test_b144_somebody_elses_notice_cannot_be_read_or_marked(
    app: Any, client_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "cy")
    case = make_case(cast["ada"], respondent=cast["cy"])
    tell_of(cast["ada"], case, clock)
    with transaction(SYSTEM) as tx:
        foreign = tx.execute(text("select id from notice")).scalar_one()

    client_as(cast["cy"]).post("/notifications/read", data={"id": str(foreign)})

    assert lines(client_as(cast["cy"])) == []
    assert "notice--unread" in lines(client_as(cast["ada"]))[0]


def test_the_count_stands_beside_the_bell_and_opening_the_case_clears_it(
    app: Any, client_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "dee")
    case, client = make_case(cast["ada"]), client_as(cast["ada"])
    with transaction(cast["dee"].actor) as tx:
        words = SendMessage(case.id, Audience.COMPLAINANT, "Hello")
        send_message(tx, words, cast["dee"].actor, clock)
    tell_of(cast["ada"], case, clock)
    before = client.get("/cases").text

    opened = client.get(f"/cases/{case.ref}").text
    client.post(f"/cases/{case.ref}/read")
    after = client.get("/cases").text

    assert "1 unread notification" in before
    assert "1 new message" in before
    assert f'hx-post="/cases/{case.ref}/read"' in opened
    assert "1 new message" not in after
    assert "unread notification" not in after


def test_a_case_whose_news_are_no_messages_can_be_marked_too(
    app: Any, client_as: Any, clock: Any
) -> None:
    ada = make_person("ada")
    case, client = make_case(ada), client_as(ada)
    assert f"/cases/{case.ref}/read" not in client.get(f"/cases/{case.ref}").text
    tell_of(ada, case, clock, MailKind.LETTER_READY)

    assert f"/cases/{case.ref}/read" in client.get(f"/cases/{case.ref}").text


def test_staff_have_the_list_too_and_opening_the_workspace_reads_it(
    app: Any, client_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "rio")
    case, client = make_case(cast["ada"]), client_as(cast["rio"])
    with statements() as before:
        client.get(f"/desk/cases/{case.ref}")
    tell_of(cast["rio"], case, clock, MailKind.PARTY_WROTE)
    assert f'href="/desk/cases/{case.ref}"' in lines(client)[0]

    with statements() as seen:
        page = client.get(f"/desk/cases/{case.ref}").text

    assert "1 unread notification" in page
    assert len(seen) == len(before) + 1  # the bell costs none, marking costs one
    assert "notice--unread" not in lines(client)[0]


def test_the_bell_counts_what_the_list_shows_for_delegates_and_walled_staff(
    app: Any, client_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "bo", "rio")
    case = make_case(cast["ada"])
    delegation = make_delegation(cast["ada"], cast["bo"])
    for person in (cast["bo"], cast["rio"]):
        tell_of(person, case, clock)
        assert "1 unread notification" in client_as(person).get("/notifications").text
    with transaction(SYSTEM) as tx:
        revoke_delegation(tx, delegation, SYSTEM, clock)
        wall_off_person(tx, WallOff(case.id, cast["rio"].id, "cousin"), SYSTEM, clock)

    for person in (cast["bo"], cast["rio"]):
        page = client_as(person).get("/notifications").text
        assert "unread notification" not in page
        assert ROW.findall(page) == []


def test_the_count_is_a_fragment_that_answers_304(app: Any, client_as: Any, clock: Any) -> None:
    ada = make_person("ada")
    case, client = make_case(ada), client_as(ada)
    tell_of(ada, case, clock)
    first = client.get("/notifications/count", headers={"X-Redress-Poll": "1"})

    again = client.get("/notifications/count", headers={"If-None-Match": first.headers["ETag"]})
    tell_of(ada, case, clock, subject="2")
    changed = client.get("/notifications/count", headers={"If-None-Match": first.headers["ETag"]})

    assert "<html" not in first.text
    assert (again.status_code, again.data) == (304, b"")
    assert "2 unread notifications" in changed.text


def test_choices_are_kept_and_shown_again(app: Any, client_as: Any) -> None:
    ada = make_person("ada")
    client = client_as(ada)
    page = client.get("/notifications/settings").text
    assert "Decision" not in re.findall(r"<legend>.*?</fieldset>", page, re.DOTALL)[0]

    answer = client.post(
        "/notifications/settings",
        data={"mail": ["case_closed"], "digest": "y", "quiet_from": "22:00", "quiet_to": "7:30", "zone": "Asia/Baku"},
    )  # fmt: skip

    assert answer.status_code == 303
    with transaction(ada.actor) as tx:
        kept = stored_choices(tx, ada.id, ada.email, "UTC")
    assert (kept.choices.digest, kept.choices.quiet.starts, kept.choices.quiet.ends) == (
        True,
        1320,
        450,
    )
    assert kept.choices.mails(MailKind.CASE_CLOSED)
    assert not kept.choices.mails(MailKind.MESSAGE_RECEIVED)
    assert kept.choices.mails(MailKind.LETTER_READY)
    assert 'value="22:00"' in client.get("/notifications/settings").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quiet_from": "25:00", "quiet_to": "07:00"}, "Enter a time such as 22:00."),
        ({"quiet_from": "22:00"}, "Give both ends of the quiet hours, or none."),
        ({"quiet_from": "", "quiet_to": "", "zone": "Moon/Base"}, "Choose a time zone from the list."),
    ],
)  # fmt: skip
def test_b013_choices_that_are_none_are_named_and_kept(
    app: Any, client_as: Any, changes: dict[str, str], words: str
) -> None:
    client = client_as(make_person("ada"))

    answer = client.post("/notifications/settings", data={"mail": ["case_closed"], **changes})

    assert answer.status_code == 422
    assert words in answer.text


def mailed(app: Any, clock: Any, kind: MailKind = MailKind.MESSAGE_RECEIVED) -> str:
    """The token in the links of a mail to an address without an account."""
    values = {"ref": "RD-7K4M-29QX", "zone": "Asia/Baku"}
    with transaction(SYSTEM) as tx:
        mail = queue_mail(tx, QueueMail(kind, "1", "cleo@claims.example", "en", values), clock)
    assert mail is not None
    return choice_token(keys_from(app.extensions["redress"].settings).links, mail)


def test_an_address_without_an_account_chooses_by_the_link_of_a_mail(
    app: Any, client_as: Any, clock: Any
) -> None:
    client, token = client_as(None), mailed(app, clock)
    page = client.get(f"/mail/choices/{token}")
    form = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert form is not None
    data = {
        "csrf_token": form[1],
        "mail": ["case_closed"],
        "quiet_from": "21:00",
        "quiet_to": "09:00",
    }
    answer = client.post(
        f"/mail/choices/{token}", data=data, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert "These choices are for c…@claims.example." in page.text
    assert "cleo@" not in page.text
    assert answer.status_code == 303
    with transaction(SYSTEM) as tx:
        kept = stored_choices(tx, None, "cleo@claims.example", "UTC").choices
    assert not kept.mails(MailKind.MESSAGE_RECEIVED)
    assert kept.quiet.starts == 1260


def test_one_click_of_a_mail_program_ends_one_kind_and_looking_changes_nothing(
    app: Any, client_as: Any, clock: Any
) -> None:
    client, token = client_as(None), mailed(app, clock)
    looked = client.get(f"/mail/unsubscribe/{token}")
    with transaction(SYSTEM) as tx:
        assert stored_choices(tx, None, "cleo@claims.example", "UTC").version == 0

    for _ in range(2):
        answer = client.post(f"/mail/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})

    assert looked.location == f"/mail/choices/{token}"
    assert answer.status_code == 200
    with transaction(SYSTEM) as tx:
        kept = stored_choices(tx, None, "cleo@claims.example", "UTC")
    assert (kept.version, kept.choices.mails(MailKind.MESSAGE_RECEIVED)) == (1, False)
    assert kept.choices.mails(MailKind.CASE_CLOSED)


def test_what_always_comes_cannot_be_ended_and_a_changed_token_opens_nothing(
    app: Any, client_as: Any, clock: Any
) -> None:
    client, token = client_as(None), mailed(app, clock, MailKind.REQUEST_ASKED)

    assert client.post(f"/mail/unsubscribe/{token}").status_code == 422
    changed = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    for bad in (changed, "x" * 43, "."):
        assert client.post(f"/mail/unsubscribe/{bad}").status_code == 404
        assert client.get(f"/mail/choices/{bad}").status_code == 404
