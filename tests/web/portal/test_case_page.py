"""A3, A4, A5, A7, A9: whose move, requests, words, evidence, decision, second review, delegation; statements a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from app.cases.rules.kinds import CaseEvent, SubKind
from app.infra.jobs import Run
from app.kernel.clock import FixedClock
from app.workflows.sweep_clocks import sweep_clocks
from tests.factories.accounts import TestPerson, make_person
from tests.factories.cases import make_case
from tests.factories.evidence import make_item
from tests.factories.ledger import make_hold
from tests.web.portal import desk, steps

Clients = Callable[[Any], Any]
MOST = 12


@pytest.fixture
def ada(app: Any) -> TestPerson:
    return make_person("ada")


@pytest.fixture
def rio(app: Any) -> TestPerson:
    return make_person("rio")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements of every connection, without what a transaction needs to begin and end (DECISIONS 13)."""
    from app.infra.db.extension import db

    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "set_config" not in statement and not statement.lower().startswith("set "):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_nobody_has_to_act_is_said(client_as: Clients, ada: TestPerson) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    page = client.get(f"/cases/{ref}").text
    assert "You need to do nothing now" in page
    assert "We are working on it" in page
    assert "Received" in page
    assert page.count('<section class="ask-card') == 1


def test_one_ask_card_with_its_deadline(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock, "Send your signed producer agreement", "And the stems")
    page = client.get(f"/cases/{ref}").text
    assert "We need 2 things from you" in page
    assert "Send your signed producer agreement" in page
    assert "18:00, Lisbon time" in page
    assert "I need more time" in page
    assert "Waiting for you" in page
    assert "0 of 2 received" in page
    assert page.count('<section class="ask-card') == 1
    listed = client.get("/cases").text
    assert listed.index("Needs you") < listed.index(ref)


def test_answering_every_item_gives_the_case_back(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock, "Agreement", "Stems")
    assert client.get(f"/cases/{ref}/requests/1").status_code == 200
    nothing = client.post(f"/cases/{ref}/requests/1/1", data={"text": ""})
    assert nothing.status_code == 422
    assert "Choose a document." in nothing.text
    first = client.post(
        f"/cases/{ref}/requests/1/1", data={"text": "All pages", "file": steps.pdf()}
    )
    assert first.status_code == 303
    assert first.location == f"/cases/{ref}/requests"
    following = client.get(first.location).text
    assert "1 of 2 received" in following
    assert f"/cases/{ref}/requests/1?item=2" in following
    lost = {"reason": "lost", "why": "The studio lost them."}
    why = client.post(f"/cases/{ref}/requests/1/2/cannot", data=lost)
    assert why.status_code == 303
    assert why.location == f"/cases/{ref}"
    page = client.get(f"/cases/{ref}").text
    assert "2 of 2 received" in page
    assert "Waiting for you" not in page
    assert "agreement.pdf" in page
    assert desk.case_of(rio, ref).state == "triage"


def test_a_question_in_between_moves_no_step_back(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    """What waits stands where it goes on: received before the review, reviewing within it."""
    client = client_as(ada)
    ref = steps.filed(client)

    def now() -> str:
        page = client.get(f"/cases/{ref}").text
        return re.findall(r'aria-current="step".*?<b>([^<]+)', page)[0]

    desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock, "Agreement")
    asked = now()
    client.post(f"/cases/{ref}/requests/1/1/cannot", data={"reason": "lost", "why": "Lost."})
    answered = now()
    desk.move(rio, desk.case_of(rio, ref).id, CaseEvent.START_REVIEW, clock)
    desk.ask(rio, ref, clock, "Stems")

    assert (asked, answered, now()) == ("Received", "Received", "Reviewing evidence")


def test_the_promised_day_moves_on_by_the_time_that_we_waited(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    ref = steps.filed(client_as(ada))
    desk.take(rio, ref, clock)

    def told() -> list[str]:
        page = client_as(ada).get(f"/cases/{ref}").text
        return re.findall(r"(?:By|Planned for) (\w+, \d+ \w+ \d{4})", page)

    before = desk.decides_by(rio, ref)
    desk.ask(rio, ref, clock, "Agreement")
    asked = told()
    clock.advance(timedelta(days=5))
    lost = {"reason": "lost", "why": "Lost."}
    client_as(ada).post(f"/cases/{ref}/requests/1/1/cannot", data=lost)
    after = desk.decides_by(rio, ref)

    assert after - before >= timedelta(days=2)
    assert (asked, told()) == ([day_of(before)], [day_of(after)])


def day_of(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('Europe/Lisbon')):%a, %-d %b %Y}"


def test_a_document_that_came_in_parts_is_the_answer(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock, "Agreement")
    case_id = desk.case_of(rio, ref).id
    own = make_item(ada.actor, case_id, name="large.zip")
    theirs = make_item(rio.actor, case_id, name="internal.zip")

    foreign = client.post(f"/cases/{ref}/requests/1/1", data={"uploaded": f"{own.id},{theirs.id}"})
    answered = client.post(f"/cases/{ref}/requests/1/1", data={"uploaded": str(own.id)})

    assert (foreign.status_code, answered.status_code) == (404, 303)
    assert "1 of 1 received" in client.get(f"/cases/{ref}").text


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        ("question", {"text": "Rauf did."}),
        ("confirmation", {"text": "y"}),
        ("signature", {"text": "Ada Amberg", "agree": "y"}),
    ],
)
def test_questions_and_confirmations(
    client_as: Clients,
    ada: TestPerson,
    rio: TestPerson,
    clock: FixedClock,
    kind: str,
    good: dict[str, str],
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock, "Who mixed it?", kind=kind)
    empty = client.post(f"/cases/{ref}/requests/1/1", data={})
    assert empty.status_code == 422
    assert "error-summary" in empty.text
    assert client.post(f"/cases/{ref}/requests/1/1", data=good).status_code == 303
    assert "1 of 1 received" in client.get(f"/cases/{ref}").text


def test_more_time_once(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock)
    before = client.get(f"/cases/{ref}").text
    page = client.get(f"/cases/{ref}/requests/1/more-time")
    assert page.status_code == 200
    assert client.post(f"/cases/{ref}/requests/1/more-time", data={}).status_code == 422
    given = client.post(
        f"/cases/{ref}/requests/1/more-time", data={"days": "7", "reason": "Rauf is on tour."}
    )
    assert given.status_code == 303, given.text
    after = client.get(f"/cases/{ref}").text
    assert "Fri, 4 Dec 2026, 18:00" in before
    assert "Fri, 11 Dec 2026, 18:00" in after
    assert "I need more time" not in re.search(r'class="ask-card.*?</section>', after, re.DOTALL)[0]  # type: ignore[index]
    again = client.post(f"/cases/{ref}/requests/1/more-time", data={"days": "7", "reason": "More."})
    assert again.status_code == 409


def test_words_go_to_the_desk_once(client_as: Clients, ada: TestPerson) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    empty = client.post(f"/cases/{ref}/messages", data={"body": " \u200b"})
    assert empty.status_code == 422
    assert "error-summary" in empty.text
    words = {"body": "Where is my <b>money</b>?", "idempotency_key": "k"}
    assert client.post(f"/cases/{ref}/messages", data=words).status_code == 303
    assert client.post(f"/cases/{ref}/messages", data=words).status_code == 303
    page = client.get(f"/cases/{ref}").text
    assert page.count("Where is my &lt;b&gt;money&lt;/b&gt;?") == 1
    assert "hx-disable" in page


def test_evidence_is_added_and_taken_back(client_as: Clients, ada: TestPerson) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    assert client.post(f"/cases/{ref}/evidence", data={}).status_code == 422
    program = client.post(
        f"/cases/{ref}/evidence", data={"file": steps.pdf("beat.exe", b"MZ" + b"\x00" * 400)}
    )
    assert program.status_code == 422
    assert "We cannot take programs" in program.text
    assert client.post(f"/cases/{ref}/evidence", data={"file": steps.pdf()}).status_code == 303
    page = client.get(f"/cases/{ref}").text
    assert "Received and checked" in page
    address = re.search(rf"/cases/{ref}/evidence/[0-9a-f-]+/withdraw", page)
    assert address
    assert client.post(address[0]).status_code == 303
    assert "You took it back" in client.get(f"/cases/{ref}").text


def test_withdraw_closes_and_says_so(
    client_as: Clients, ada: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    assert client.get(f"/cases/{ref}/withdraw").status_code == 200
    assert client.post(f"/cases/{ref}/withdraw", data={"reason": ""}).status_code == 303
    page = client.get(f"/cases/{ref}").text
    assert "You took this case back" in page
    assert "Withdraw the case" not in page
    again = client.post(f"/cases/{ref}/withdraw", data={"reason": ""})
    assert again.status_code == 409


def test_money_held_is_shown_with_its_reason(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    case = desk.take(rio, ref, clock)
    make_hold(case.id, rio.actor, explanation="Royalties of this single")
    page = client.get(f"/cases/{ref}").text
    assert "Royalties of this single" in page
    assert "never everything" in page


def _decided(client: Any, rio: TestPerson, clock: FixedClock) -> str:
    ref = steps.filed(client)
    case = desk.take(rio, ref, clock)
    desk.move(rio, case.id, CaseEvent.START_REVIEW, clock)
    desk.decide(rio, make_person("rae"), ref, clock)
    return ref


def test_the_decision_and_its_letter(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock, run_jobs: Any
) -> None:
    client = client_as(ada)
    ref = _decided(client, rio, clock)
    run_jobs()
    page = client.get(f"/cases/{ref}/decision")
    assert page.status_code == 200
    assert "We upheld your case." in page.text
    assert "You showed that the recording is yours." in page.text
    assert "The other side showed" not in page.text
    assert "The release goes back to the stores." in page.text
    link = re.search(rf"/cases/{ref}/letters/[0-9a-f-]+", page.text)
    assert link
    assert client.get(link[0]).data.startswith(b"%PDF")
    assert "second review" in page.text
    case = client.get(f"/cases/{ref}").text
    assert "Resolved" in case
    assert "Read the decision" in case


def test_what_a_decision_rests_on_is_neither_in_review_nor_taken_back(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    case = desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock, "Agreement")
    sent = {"text": "All pages", "file": steps.pdf()}
    client.post(f"/cases/{ref}/requests/1/1", data=sent)

    desk.move(rio, case.id, CaseEvent.START_REVIEW, clock)
    before = client.get(f"/cases/{ref}").text
    desk.decide(rio, make_person("rae"), ref, clock)
    after = client.get(f"/cases/{ref}").text

    assert "agreement.pdf" in after
    assert ("In review" in before, "Withdraw agreement.pdf" in before) == (True, True)
    assert ("In review" in after, "Withdraw agreement.pdf" in after) == (False, False)


def test_what_was_asked_is_asked_no_more_when_the_case_has_ended(
    app: Any, client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock, "Agreement")
    asked = f"/cases/{ref}/requests/1?item=1"

    before = client.get(asked).text
    clock.advance(timedelta(days=15))
    sweep_clocks(Run("clocks.sweep", app.extensions["redress"]))
    client = client_as(ada)  # the session has ended too
    after = client.get(asked).text

    assert ("Needed" in before, "Send document" in before) == (True, True)
    assert ("No answer came" in after, "Send document" in after) == (True, False)
    assert "you can still answer" not in client.get(f"/cases/{ref}").text


def test_no_decision_page_before_there_is_one(client_as: Clients, ada: TestPerson) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    assert client.get(f"/cases/{ref}/decision").status_code == 404
    assert client.get(f"/cases/{ref}/second-review").status_code == 404


def test_second_review_is_asked_once(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock, run_jobs: Any
) -> None:
    client = client_as(ada)
    ref = _decided(client, rio, clock)
    run_jobs()
    assert client.get(f"/cases/{ref}/second-review").status_code == 200
    assert client.post(f"/cases/{ref}/second-review", data={"grounds": "  "}).status_code == 422
    asked = client.post(
        f"/cases/{ref}/second-review",
        data={
            "grounds": "The split sheet was not read.",
            "evidence": "y",
            "file": steps.pdf("split.pdf"),
        },
    )
    assert asked.status_code == 303, asked.text
    page = client.get(f"/cases/{ref}").text
    assert "Second review" in page
    assert "split.pdf" in page
    assert desk.case_of(rio, ref).state == "appeal_review"


def test_strangers_and_staff(client_as: Clients, ada: TestPerson, rio: TestPerson) -> None:
    ref = steps.filed(client_as(ada))
    stranger = client_as(make_person("cy"))
    for address in (
        "",
        "/sent",
        "/decision",
        "/withdraw",
        "/requests/1",
        "/invite",
        "/second-review",
    ):
        assert stranger.get(f"/cases/{ref}{address}").status_code == 404, address
    assert stranger.post(f"/cases/{ref}/messages", data={"body": "x"}).status_code == 404
    assert client_as(rio).get(f"/cases/{ref}").location == f"/desk/cases/{ref}"


def test_the_other_side_reads_its_own_page(client_as: Clients, ada: TestPerson) -> None:
    cy = make_person("cy")
    view = make_case(ada, SubKind.OWNERSHIP, respondent=cy, claimed="All of the master")
    make_item(ada.actor, view.id, name="secret.pdf")
    page = client_as(cy).get(f"/cases/{view.ref}").text
    assert "What the other side claims" in page
    assert "All of the master" in page
    assert "secret.pdf" not in page
    assert "Withdraw the case" not in page


def test_statements_a_page(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock, run_jobs: Any
) -> None:
    client = client_as(ada)
    decided = _decided(client, rio, clock)
    ref = steps.filed(client)
    case = desk.take(rio, ref, clock)
    make_hold(case.id, rio.actor)
    for n in range(5):
        make_item(ada.actor, case.id, name=f"file-{n}.pdf")
        desk.write(rio, ref, clock, f"Words {n}")
    desk.ask(rio, ref, clock, "One", "Two")
    draft = steps.ready(client, "claimed", "ownership", what=steps.CLAIM)
    run_jobs()
    clock.advance(timedelta(minutes=2))
    addresses = [
        "/", "/en/help", "/en/help/counter-notice", "/cases", "/cases/new", f"/cases/new/{draft}/which", f"/cases/new/{draft}/what",
        f"/cases/new/{draft}/evidence", f"/cases/new/{draft}/check", f"/cases/{ref}", f"/cases/{ref}/sent",
        f"/cases/{ref}/requests/1", f"/cases/{ref}/requests/1/more-time", f"/cases/{ref}/withdraw",
        f"/cases/{ref}/invite", f"/cases/{decided}", f"/cases/{decided}/decision", f"/cases/{decided}/second-review",
    ]  # fmt: skip
    over = {}
    for address in addresses:
        with counted() as seen:
            assert client.get(address).status_code == 200, address
        if len(seen) > MOST:
            over[address] = (len(seen), seen)
    assert not over, {key: value[0] for key, value in over.items()} | {
        "first": next(iter(over.values()))[1]
    }
