"""A6: a counter-notice in five pages, complete or not sent, kept word for word, shared when it is accepted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.queries import case_by_id, clocks_of, moves_of
from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.infra.db.transaction import transaction
from app.policies.rules.clocks import ClockKind
from app.policies.rules.forms import JURISDICTION, MISTAKE, plain_text
from tests.factories.accounts import make_cast
from tests.factories.cases import SYSTEM, act, make_case
from tests.web.desk.pages import statements
from tests.web.portal.desk import move

PAGES = {
    "about": {"understood": "y"},
    "material": {"material": "Night Ferry, ISRC USRC17607839", "locations": "https://store.example/track/1"},
    "mistake": {"ground": "mistake", "explanation": "It is my own recording.", "agrees_mistake": "y"},
    "you": {
        "full_name": "Ada Amberg", "address": "1 Quay\nLisbon", "place": "elsewhere", "phone": "+351 210 000 000",
        "agrees_jurisdiction": "y",
    },
}  # fmt: skip


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "bo", "cy", "rio", "rae")


@pytest.fixture
def case(cast: Any) -> Any:
    filed = make_case(cast["cy"], SubKind.DMCA_NOTICE, respondent=cast["ada"])
    return act(filed.id, CaseEvent.ACCEPT_NOTICE, cast["rio"].actor)


def state_of(case: Any) -> State:
    with transaction(SYSTEM, read_only=True) as tx:
        return case_by_id(tx, SYSTEM, case.id).state


def rows(query: str, case: Any) -> list[Any]:
    with transaction(SYSTEM, read_only=True) as tx:
        return list(tx.execute(text(query), {"id": case.id}))


def versions(page: Any) -> dict[str, str]:
    found = re.findall(
        r'name="(version|case_version|idempotency_key)"[^>]*value="([^"]*)"', page.text
    )
    return dict(found)


def fill(client: Any, case: Any, step: str, **changes: str) -> Any:
    """Continue from a page."""
    address = f"/cases/{case.ref}/counter-notice/{step}"
    page = client.get(address)
    assert page.status_code == 200, page.location
    return client.post(address, data=versions(page) | PAGES[step] | changes)


def ready(client: Any, case: Any) -> str:
    """Filled in up to the last page; its address."""
    for step in PAGES:
        answer = fill(client, case, step)
        assert answer.status_code == 303, answer.text
    return f"/cases/{case.ref}/counter-notice/sign"


def sign(client: Any, case: Any, name: str = "Ada Amberg") -> Any:
    """The last page."""
    address = ready(client, case)
    return client.post(address, data=versions(client.get(address)) | {"signature": name})


def test_five_pages_send_a_counter_notice(client_as: Any, cast: Any, case: Any) -> None:
    client = client_as(cast["ada"])

    answer = sign(client, case)

    assert answer.location == f"/cases/{case.ref}"
    assert state_of(case) is State.COUNTER_REVIEW
    (sent,) = rows(
        "select signature, signer_id, address, sent_at, disclosure from counter_notice where case_id = :id",
        case,
    )
    assert (sent.signature, sent.signer_id, sent.address) == (
        "Ada Amberg",
        cast["ada"].id,
        "1 Quay\nLisbon",
    )
    assert sent.disclosure == "private"
    assert "Read the counter-notice" in client.get(f"/cases/{case.ref}").text


def test_the_statements_are_kept_word_for_word(client_as: Any, cast: Any, case: Any) -> None:
    client = client_as(cast["ada"])
    address = ready(client, case)
    shown = client.get(address).text
    sign_now = client.post(address, data=versions(client.get(address)) | {"signature": "Ada A."})

    kept = rows(
        "select code, body, signer_name from case_statement where case_id = :id and side = 'respondent' order by code",
        case,
    )
    assert sign_now.status_code == 303
    assert [tuple(row) for row in kept] == [
        ("jurisdiction", plain_text(JURISDICTION.text), "Ada A."), ("mistake", plain_text(MISTAKE.text), "Ada A."),
    ]  # fmt: skip
    assert all(plain_text(one.text) in shown for one in (JURISDICTION, MISTAKE))


def test_the_window_is_shown_before_signing_and_is_the_one_that_runs(
    client_as: Any, cast: Any, case: Any, clock: Any
) -> None:
    client = client_as(cast["ada"])
    first = client.get(f"/cases/{case.ref}/counter-notice/about").text
    address = ready(client, case)
    page = client.get(address).text
    client.post(address, data=versions(client.get(address)) | {"signature": "Ada Amberg"})
    move(cast["rio"], case.id, CaseEvent.ACCEPT_COUNTER, clock)

    for shown in (first, page):
        assert "Not before Mon, 7 Dec 2026 and not after Fri, 11 Dec 2026" in shown
        assert "name, address and telephone number" in shown
    with transaction(SYSTEM, read_only=True) as tx:
        (window,) = (c for c in clocks_of(tx, SYSTEM, case.id) if c.kind == ClockKind.STATUTORY)
    assert (window.earliest_at.date().isoformat(), window.due_at.date().isoformat()) == (
        "2026-12-08",
        "2026-12-12",
    )


def test_the_claimant_reads_it_only_after_it_was_accepted(
    client_as: Any, cast: Any, case: Any, clock: Any
) -> None:
    sign(client_as(cast["ada"]), case)
    claimant, address = client_as(cast["cy"]), f"/cases/{case.ref}/counter-notice"
    before = claimant.get(address)

    move(cast["rio"], case.id, CaseEvent.ACCEPT_COUNTER, clock)
    after = claimant.get(address)

    assert before.status_code == 404
    assert "1 Quay" in after.text
    assert "It is my own recording." in after.text
    assert client_as(cast["bo"]).get(address).status_code == 404


def test_b010_pages_out_of_order_lead_to_the_first_that_is_missing(
    client_as: Any, cast: Any, case: Any
) -> None:
    client, base = client_as(cast["ada"]), f"/cases/{case.ref}/counter-notice"

    assert client.get(f"{base}/sign").location == f"{base}/about"
    fill(client, case, "about")
    assert client.get(f"{base}/you").location == f"{base}/material"
    assert client.get(base).location == f"{base}/material"
    assert state_of(case) is State.RESTRICTED


def test_what_the_case_knows_is_filled_in(client_as: Any, cast: Any, case: Any) -> None:
    client = client_as(cast["ada"])
    fill(client, case, "about")

    page = client.get(f"/cases/{case.ref}/counter-notice/material").text

    assert "Sample subject_title" in page
    assert "https://store.example/track/1" in page


@pytest.mark.parametrize(("step", "left_out", "words"), [
    ("about", "understood", "Tick the box"), ("material", "locations", "required"), ("mistake", "agrees_mistake", "Tick the box"),
    ("mistake", "ground", "Choose one"), ("you", "phone", "required"), ("you", "agrees_jurisdiction", "Tick the box"),
])  # fmt: skip
def test_b001_a_missing_element_is_named_and_the_rest_is_kept(
    client_as: Any, cast: Any, case: Any, step: str, left_out: str, words: str
) -> None:
    client = client_as(cast["ada"])
    for earlier in list(PAGES)[: list(PAGES).index(step)]:
        fill(client, case, earlier)

    answer = fill(client, case, step, **{left_out: ""})

    assert answer.status_code == 422
    assert f'href="#{left_out}"' in answer.text
    kept = [text for name, text in PAGES[step].items() if name != left_out and text != "y"]
    assert all(word.split("\n")[0] in answer.text for word in kept)
    again = client.get(f"/cases/{case.ref}/counter-notice/{step}").text
    assert all(word.split("\n")[0] in again for word in kept)


def test_b002_blanks_are_empty_and_b003_too_long_is_kept(
    client_as: Any, cast: Any, case: Any
) -> None:
    client = client_as(cast["ada"])
    fill(client, case, "about")

    blank = fill(client, case, "material", material=" \u00a0\u200b ")
    long = fill(client, case, "material", material="m" * 5_001)

    assert (blank.status_code, long.status_code) == (422, 422)
    assert "m" * 5_001 in long.text


def test_b006_words_are_shown_as_typed(client_as: Any, cast: Any, case: Any) -> None:
    client, words = client_as(cast["ada"]), "<script>x</script> {{7*7}} %s {0}"
    fill(client, case, "about")
    fill(client, case, "material", material=words)

    page = client.get(f"/cases/{case.ref}/counter-notice/material").text

    assert "&lt;script&gt;x&lt;/script&gt; {{7*7}} %s {0}" in page


def test_b007_sent_twice_is_one_counter_notice(client_as: Any, cast: Any, case: Any) -> None:
    client = client_as(cast["ada"])
    address = ready(client, case)
    form = versions(client.get(address)) | {"signature": "Ada Amberg"}

    first, second = client.post(address, data=form), client.post(address, data=form)
    third = client.post(address, data={"signature": "Ada Amberg"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert third.location == f"/cases/{case.ref}/counter-notice"
    assert len(rows("select 1 from counter_notice where case_id = :id", case)) == 1


def test_b009_two_windows_get_both_texts(client_as: Any, cast: Any, case: Any) -> None:
    client = client_as(cast["ada"])
    fill(client, case, "about")
    address = f"/cases/{case.ref}/counter-notice/material"
    old = versions(client.get(address))
    client.post(address, data=old | PAGES["material"] | {"material": "First window"})

    answer = client.post(address, data=old | PAGES["material"] | {"material": "Second window"})

    assert answer.status_code == 409
    assert "First window" in answer.text
    assert "Second window" in answer.text


def test_a_draft_changed_meanwhile_is_not_signed_unread(
    client_as: Any, cast: Any, case: Any
) -> None:
    client = client_as(cast["ada"])
    address = ready(client, case)
    form = versions(client.get(address)) | {"signature": "Ada Amberg"}
    fill(client, case, "you", phone="+351 999 999 999")

    answer = client.post(address, data=form)

    assert answer.status_code == 409
    assert state_of(case) is State.RESTRICTED


def test_autosave_keeps_what_is_typed(client_as: Any, cast: Any, case: Any) -> None:
    client = client_as(cast["ada"])
    fill(client, case, "about")
    address = f"/cases/{case.ref}/counter-notice/material"

    answer = client.post(
        f"{address}/save",
        data=versions(client.get(address)) | {"material": "Half a sen", "locations": ""},
    )

    assert "Saved at" in answer.text
    assert "Half a sen" in client.get(address).text


def test_only_the_respondent_of_a_restricted_notice_writes_one(
    client_as: Any, cast: Any, case: Any
) -> None:
    address = f"/cases/{case.ref}/counter-notice"
    for name in ("cy", "bo"):
        assert client_as(cast[name]).get(f"{address}/about").status_code == 404
    other = make_case(cast["ada"], SubKind.STORE_TAKEDOWN)

    assert client_as(cast["ada"]).get(f"/cases/{other.ref}/counter-notice/about").status_code == 404
    assert client_as(cast["ada"]).get(f"/cases/{case.ref}/actions/counter").status_code == 404


def test_after_a_refusal_it_can_be_sent_again_with_the_same_words(
    client_as: Any, cast: Any, case: Any, clock: Any
) -> None:
    client = client_as(cast["ada"])
    sign(client, case)
    move(cast["rio"], case.id, CaseEvent.REJECT_COUNTER, clock, "The address is not complete.")
    fill(client, case, "about")

    page = client.get(f"/cases/{case.ref}/counter-notice/material").text
    again = sign(client, case)

    assert "Night Ferry" in page
    assert again.status_code == 303
    assert [
        r[0]
        for r in rows("select attempt from counter_notice where case_id = :id order by 1", case)
    ] == [1, 2]


def test_what_was_sent_never_changes(client_as: Any, cast: Any, case: Any, pg: Any) -> None:
    import psycopg

    sign(client_as(cast["ada"]), case)

    with (
        psycopg.connect(pg["superuser"]) as admin,
        pytest.raises(psycopg.errors.IntegrityConstraintViolation),
    ):
        admin.execute("update counter_notice set address = 'elsewhere'")


def test_signing_asks_for_a_fresh_proof_and_loses_nothing(
    client_as: Any, cast: Any, case: Any, clock: Any
) -> None:
    from datetime import timedelta

    client = client_as(cast["ada"])
    address = ready(client, case)
    form = versions(client.get(address)) | {"signature": "Ada Amberg"}
    clock.advance(timedelta(minutes=6))

    assert client.post(address, data=form).location.startswith("/reauth")
    assert client.get(address).location.startswith("/reauth?next=/cases/")
    assert state_of(case) is State.RESTRICTED


def test_the_move_carries_the_explanation(client_as: Any, cast: Any, case: Any) -> None:
    sign(client_as(cast["ada"]), case)

    with transaction(SYSTEM, read_only=True) as tx:
        last = moves_of(tx, SYSTEM, case.id)[-1]
    assert (last.event, last.reason) == (CaseEvent.COUNTER, "It is my own recording.")


def test_pages_take_at_most_twelve_statements(client_as: Any, cast: Any, case: Any) -> None:
    client = client_as(cast["ada"])
    ready(client, case)
    over = {}

    for step in (*PAGES, "sign"):
        with statements() as seen:
            assert client.get(f"/cases/{case.ref}/counter-notice/{step}").status_code == 200
        over |= {step: len(seen)} if len(seen) > 12 else {}

    assert over == {}


def test_the_desk_reads_it_element_by_element_and_no_draft(
    client_as: Any, cast: Any, case: Any
) -> None:
    desk, address = client_as(cast["rio"]), f"/desk/cases/{case.ref}/counter-notice"
    client = client_as(cast["ada"])
    ready(client, case)
    before = desk.get(address)

    form = versions(client.get(f"/cases/{case.ref}/counter-notice/sign"))
    client.post(f"/cases/{case.ref}/counter-notice/sign", data=form | {"signature": "Ada Amberg"})
    with statements() as seen:
        page = desk.get(address)

    assert before.status_code == 404
    for words in (
        "(A) Signature",
        "(B) What was removed",
        "(C) The statement",
        "(D) Name, address",
        "1 Quay",
        "Night Ferry",
    ):
        assert words in page.text
    assert len(seen) <= 12
    assert address in desk.get(f"/desk/cases/{case.ref}?pane=facts").text
