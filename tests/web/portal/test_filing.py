"""A1 and A2 for all four kinds, and the bad inputs of intake forms (B001-B018)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.accounts import make_person
from tests.web.portal import steps

Clients = Callable[[Any], Any]

KINDS: list[tuple[str, str, dict[str, dict[str, str]]]] = [
    ("taken_down", "store_takedown", {}),
    ("wrong_page", "profile_mixup", {"what": {"links": "https://store.example/a", "summary": "Wrong page."}}),
    ("payout", "missing_earnings", {"which": steps.PAYOUT, "what": {**steps.WHAT, "disputed_amount": "1,234.50", "disputed_amount_currency": "EUR"}}),
    ("claimed", "ownership", {"what": steps.CLAIM}),
    ("using", "eu_notice", {
        "what": {"links": "https://store.example/x", "summary": "They use it.", "other_name": "Caspian Reel Ltd"},
        "check": {"contact_address": "Rua 1, Lisbon", "contact_phone": "+351 21 000 0000", "contact_email": "ada@example.com", "capacity": "owner"},
    }),
    ("other", "technical", {"which": {"subject_title": "Upload hangs"}}),
]  # fmt: skip


@pytest.fixture
def ada(client_as: Clients) -> Any:
    return client_as(make_person("ada"))


@pytest.mark.parametrize(("about", "sub_kind", "answers"), KINDS, ids=[k[1] for k in KINDS])
def test_each_kind_is_filed_in_five_steps(
    ada: Any, about: str, sub_kind: str, answers: dict[str, Any]
) -> None:
    ref = steps.filed(ada, about, sub_kind, **answers)
    sent = ada.get(f"/cases/{ref}/sent")
    assert sent.status_code == 200
    assert ref in sent.text
    assert "We reply by" in sent.text
    page = ada.get(f"/cases/{ref}")
    assert page.status_code == 200
    assert ref in ada.get("/cases").text


def test_evidence_goes_with_the_draft(ada: Any) -> None:
    draft = steps.ready(ada)
    answer = ada.post(
        f"/cases/new/{draft}/evidence",
        data={
            "file": [steps.pdf(), steps.pdf("two.pdf", steps.PDF + b"2")],
            "idempotency_key": "k",
        },
    )
    assert answer.status_code == 303
    page = ada.get(f"/cases/new/{draft}/evidence")
    assert "agreement.pdf" in page.text
    assert "2 files" in page.text
    ref = re.search(r"(RD-[0-9A-Z-]+)", steps.send(ada, draft).location)[1]  # type: ignore[index]
    assert "agreement.pdf" in ada.get(f"/cases/{ref}").text


def test_the_exact_statement_is_stored(ada: Any, tx_as: Any) -> None:
    from sqlalchemy import text

    from app.kernel.actor import Actor

    ref = steps.filed(ada)
    with tx_as(Actor.system("test")) as tx:
        row = tx.execute(
            text(
                'select s.body, s.signer_name from case_statement s join "case" c on c.id = s.case_id where c.ref = :ref'
            ),
            {"ref": ref},
        ).one()
    assert row.body == "What I wrote is true, and I may act for the people named in this case."
    assert row.signer_name == "Ada Amberg"


def test_b001_empty_submit_of_every_step(ada: Any) -> None:
    for data in ({}, {"about": "payout", "asked": "sub_kind"}):
        answer = ada.post("/cases/new", data=data)
        assert answer.status_code == 422
        assert "error-summary" in answer.text
        assert "Error: " in answer.text
    draft = steps.start(ada, "taken_down", "store_takedown")
    answer = steps.fill(ada, draft, "which", {})
    assert answer.status_code == 422
    assert 'href="#subject_title"' in answer.text
    assert 'id="subject_title-error"' in answer.text
    assert answer.text.index("error-summary") < answer.text.index('id="subject_title"')
    steps.fill(ada, draft, "which", steps.WHICH)
    assert steps.fill(ada, draft, "what", {}).status_code == 422
    steps.fill(ada, draft, "what", steps.WHAT)
    answer = ada.post(
        f"/cases/new/{draft}/check", data={"version": steps.version(ada, draft, "check")}
    )
    assert answer.status_code == 422
    assert 'href="#sign_truth"' in answer.text
    assert ada.post(f"/cases/new/{draft}/evidence", data={}).status_code == 422


@pytest.mark.parametrize("blank", ["   ", "\u00a0\u00a0", "\u200b\u200c\u200d", "\t\n", "\u3164"])
def test_b002_blanks_are_empty(ada: Any, blank: str) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    answer = steps.fill(ada, draft, "which", {"subject_title": blank, "subject_artist": "Ada"})
    assert answer.status_code == 422
    assert 'id="subject_title-error"' in answer.text


def test_b003_one_over_the_limit_keeps_the_text(ada: Any) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    long = "x" * 201
    answer = steps.fill(ada, draft, "which", {"subject_title": long, "subject_artist": "Ada"})
    assert answer.status_code == 422
    assert "200" in answer.text
    assert "201" in answer.text
    assert long in answer.text
    exact = steps.fill(ada, draft, "which", {"subject_title": "x" * 200, "subject_artist": "Ada"})
    assert exact.status_code == 303


def test_b004_five_megabytes_of_text(ada: Any) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    answer = ada.post(f"/cases/new/{draft}/which", data={"subject_title": "x" * 5_000_000})
    assert answer.status_code == 413
    assert "too large" in answer.text


@pytest.mark.parametrize("bad", ["a\x00b", "a\x07b", "a\x1bb"])
def test_b005_controls_name_their_position(ada: Any, bad: str) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    answer = steps.fill(ada, draft, "which", {"subject_title": bad, "subject_artist": "Ada"})
    assert answer.status_code == 422
    assert "2" in re.search(r'id="subject_title-error".*?</p>', answer.text, re.DOTALL)[0]  # type: ignore[index]


HOSTILE = "<script>alert(1)</script>{{7*7}}${7*7}%s{0}"


def test_b006_hostile_text_is_shown_as_it_is(ada: Any) -> None:
    which = {"subject_title": HOSTILE, "subject_artist": HOSTILE}
    what = {"summary": HOSTILE, "told_by": HOSTILE, "wish": HOSTILE, "store": HOSTILE}
    ref = steps.filed(ada, which=which, what=what)
    for address in (f"/cases/{ref}", "/cases", f"/cases/{ref}/sent", f"/cases/{ref}/withdraw"):
        page = ada.get(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "49" not in re.sub(
            r"[0-9a-f]{12,}", "", re.search(r"<h1.*?</h1>", page.text, re.DOTALL)[0]
        )  # type: ignore[index]
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}${7*7}%s{0}" in ada.get(f"/cases/{ref}").text
    )


def test_b007_sent_twice_is_one_case(ada: Any) -> None:
    draft = steps.ready(ada)
    first = steps.send(ada, draft, idempotency_key="k1")
    page = {"version": "3", "sign_truth": "y", "signer_name": "Ada Amberg"}
    again = ada.post(f"/cases/new/{draft}/check", data={**page, "idempotency_key": "k2"})
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    assert ada.get(f"/cases/new/{draft}/which").location == first.location


def test_b007_a_double_press_makes_one_draft(ada: Any) -> None:
    data = {
        "about": "payout",
        "asked": "sub_kind",
        "sub_kind": "missing_earnings",
        "idempotency_key": "same",
    }
    assert ada.post("/cases/new", data=data).location == ada.post("/cases/new", data=data).location


def test_b008_the_draft_is_there_after_signing_in_again(client_as: Clients) -> None:
    person = make_person("ada")
    before = client_as(person)
    draft = steps.start(before, "taken_down", "store_takedown")
    saved = before.post(
        f"/cases/new/{draft}/which/save",
        data={"version": steps.version(before, draft, "which"), "subject_title": "Half a tit"},
    )
    assert saved.status_code == 200
    assert "Saved at" in saved.text
    assert 'hx-swap-oob="true"' in saved.text
    stranger = before.application.test_client().get(f"/cases/new/{draft}/which")
    assert stranger.status_code == 303
    assert stranger.location.startswith("/signin?next=/cases/new/")
    assert "Half a tit" in client_as(person).get(f"/cases/new/{draft}/which").text


def test_b009_two_tabs_show_both_texts(ada: Any) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    seen = steps.version(ada, draft, "which")
    ada.post(f"/cases/new/{draft}/which", data={"version": seen, **steps.WHICH})
    second = ada.post(
        f"/cases/new/{draft}/which",
        data={"version": seen, **steps.WHICH, "subject_title": "Other words"},
    )
    assert second.status_code == 409
    assert "Night Ferry" in second.text
    assert "Other words" in second.text
    auto = ada.post(
        f"/cases/new/{draft}/which/save", data={"version": seen, "subject_title": "Third"}
    )
    assert "another window" in auto.text


def test_b009_the_same_words_twice_are_no_conflict(ada: Any) -> None:
    """A save whose answer was lost on the way, sent again."""
    draft = steps.start(ada, "taken_down", "store_takedown")
    data = {"version": steps.version(ada, draft, "which"), **steps.WHICH}
    for _again in range(2):
        assert ada.post(f"/cases/new/{draft}/which", data=data).status_code == 303


def test_b009_an_autosave_behind_continue_is_no_other_window(ada: Any) -> None:
    """It arrives when the next step is open already, and has nothing new to say."""
    draft = steps.start(ada, "taken_down", "store_takedown")
    data = {"version": steps.version(ada, draft, "which"), **steps.WHICH}
    ada.post(f"/cases/new/{draft}/which", data=data)
    following = steps.version(ada, draft, "what")

    late = ada.post(f"/cases/new/{draft}/which/save", data=data)

    assert late.status_code == 200
    assert "another window" not in late.text
    sent = ada.post(f"/cases/new/{draft}/what", data={"version": following, **steps.WHAT})
    assert sent.status_code == 303


@pytest.mark.parametrize("step", ["what", "evidence", "check"])
def test_b010_steps_out_of_order_lead_to_the_first_gap(ada: Any, step: str) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    answer = ada.get(f"/cases/new/{draft}/{step}")
    assert answer.status_code == 303
    assert answer.location == f"/cases/new/{draft}/which"
    sent = ada.post(
        f"/cases/new/{draft}/check", data={"version": "1", "sign_truth": "y", "signer_name": "A"}
    )
    assert sent.status_code == 303
    assert sent.location == f"/cases/new/{draft}/which"
    assert "Not sent yet" in ada.get("/cases").text


def test_b011_unknown_fields_change_nothing(ada: Any, client_as: Clients) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    extra = {"role": "admin", "state": "closed", "case_id": "1", "owner_id": "1", "policy_id": "x"}
    assert steps.fill(ada, draft, "which", {**steps.WHICH, **extra}).status_code == 303
    assert ada.get(f"/cases/new/{draft}/what").status_code == 200


def test_b012_the_same_field_twice(ada: Any) -> None:
    draft = steps.start(ada, "payout", "missing_earnings")
    answer = ada.post(f"/cases/new/{draft}/what", data={"disputed_amount": ["1", "2"]})
    assert answer.status_code == 400


@pytest.mark.parametrize("value", ["nonsense", "STORE_TAKEDOWN", "Store_takedown", "dmca_notice"])
def test_b013_unknown_choices_name_the_list(ada: Any, value: str) -> None:
    answer = ada.post(
        "/cases/new", data={"about": "taken_down", "asked": "sub_kind", "sub_kind": value}
    )
    assert answer.status_code == 422
    assert "Choose one of these: A store took it down" in answer.text


@pytest.mark.parametrize(
    ("start_on", "end_on", "field"),
    [("2026-09-30", "2026-07-01", "period_end"), ("0001-01-01", "2026-07-01", "period_start"), ("2026-01-01", "9999-12-31", "period_end"),
     ("soon", "2026-07-01", "period_start"), ("2026-02-30", "2026-07-01", "period_start")],
)  # fmt: skip
def test_b014_impossible_dates(ada: Any, start_on: str, end_on: str, field: str) -> None:
    draft = steps.start(ada, "payout", "missing_earnings")
    answer = steps.fill(
        ada, draft, "which", {**steps.WHICH, "period_start": start_on, "period_end": end_on}
    )
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Night Ferry"' in answer.text


def test_b015_a_claim_against_oneself(ada: Any) -> None:
    what = {**steps.CLAIM, "other_email": "ada@example.com"}
    draft = steps.ready(ada, "claimed", "ownership", what=what)
    answer = steps.send(ada, draft)
    assert answer.status_code == 422
    assert "Both sides of the case are the same" in answer.text


def test_b016_people_without_an_account_file_nothing(app: Any) -> None:
    from tests.factories.accounts import trust

    client = app.test_client()
    trust(client)
    answer = client.post(
        "/cases/new", data={"about": "payout", "asked": "sub_kind", "sub_kind": "missing_earnings"}
    )
    assert answer.status_code in {303, 403}
    assert "/cases/new/" not in (answer.location or "")


def test_b017_a_duplicate_is_shown_and_may_go_on(ada: Any) -> None:
    ref = steps.filed(ada)
    draft = steps.start(ada, "taken_down", "store_takedown")
    steps.fill(ada, draft, "which", steps.WHICH)
    page = ada.get(f"/cases/new/{draft}/what")
    assert "You have an open case about this release" in page.text
    assert ref in page.text
    steps.fill(ada, draft, "what", steps.WHAT)
    assert steps.send(ada, draft).status_code == 303


def test_b018_every_step_works_without_javascript(ada: Any) -> None:
    """The forms are plain: an action, a method, a button; what the scripts add is never needed."""
    draft = steps.ready(ada)
    for step in ("which", "what", "evidence", "check"):
        page = ada.get(f"/cases/new/{draft}/{step}").text
        form = re.search(r'<form class="form" method="post" action="([^"]+)"', page)
        assert form, step
        assert 'type="submit"' in page
        assert " onclick" not in page


def test_the_last_page_says_money_and_shares_as_the_reader_writes_them(ada: Any) -> None:
    told = {
        "summary": "They paid 50.", "other_name": "Cy", "agreed_share": "70",
        "disputed_amount": "140.84", "disputed_amount_currency": "EUR",
    }  # fmt: skip
    period = {"period_start": "2026-06-01", "period_end": "2026-07-31"}
    draft = steps.ready(ada, "payout", "wrong_split", which=steps.WHICH | period, what=told)

    page = ada.get(f"/cases/new/{draft}/check").text

    assert ">70%<" in page
    assert ">€140.84<" in page


ZALGO = "Z" + "\u0301" * 190


@pytest.mark.parametrize("name", [ZALGO, "Z\u0335\u0336\u0337"])
def test_b113_many_marks_are_accepted_up_to_the_limit(ada: Any, name: str) -> None:
    ref = steps.filed(ada, which={"subject_title": name, "subject_artist": "Ada"})
    assert name in ada.get(f"/cases/{ref}").text


@pytest.mark.parametrize(
    "name", ["Q", "x" * 200, "Null", "O'Brien", "-", "None", "0", "بشرى", "李"]
)
def test_b119_short_long_and_odd_names(ada: Any, name: str) -> None:
    from markupsafe import escape

    ref = steps.filed(ada, which={"subject_title": name, "subject_artist": name})
    assert str(escape(name)) in ada.get(f"/cases/{ref}").text
