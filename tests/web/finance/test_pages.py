"""Finance in the browser's words: approve what was seen, lock, export once, answer; roles and walls."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from app.cases.queries import case_by_id
from app.corrections.queries.corrections import correction_facts, correction_view
from app.infra.db.extension import db
from app.infra.db.transaction import transaction
from app.kernel.clock import FixedClock
from app.ledger.commands import ChangeBank
from app.ledger.rules.bank import bank_details
from app.ledger.service.payees import change_bank
from tests.factories.accounts import make_person
from tests.factories.corrections import (
    CLOCK,
    Desk,
    acknowledge,
    approve,
    export,
    lock,
    make_batch,
    make_correction,
    make_waiting_case,
)
from tests.factories.ledger import euro, make_hold, make_money_case, make_payee

Client = Callable[[Any], Any]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements of a page, without BEGIN, set_config and COMMIT (DECISIONS 13)."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "set_config" not in statement and "read only" not in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.get_data(as_text=True))
    assert found, name
    return found.group(1)


def post_from(client: Any, page: Any, href: str, **fields: str) -> Any:
    return client.post(href, data={"idempotency_key": uuid4().hex, **fields})


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_f2_new_bank_details_say_until_when_money_waits_and_leave_sending_back(
    desk: Desk, client_as: Client
) -> None:
    zoe = make_person("zoe")
    payee = make_payee("Zoe", person_id=zoe.id)
    _case, key = make_waiting_case(payee, CLOCK)
    details = ChangeBank(payee, bank_details("Zoe", "FR7630006000011234567890189"), 1)
    with transaction(zoe.actor) as tx:
        change_bank(tx, details, zoe.actor, CLOCK, lambda words: f"sealed:{words[::-1]}")
    gus = client_as(desk.gus)

    page = gus.get(f"/finance/corrections/{key}")
    sent = post_from(
        gus, page, f"/finance/corrections/{key}/refuse", reason="Nobody asked for this account."
    )

    assert "Money waits until" in words(page)
    assert "Approve €412.83" not in words(page)
    assert "Send back with a reason" in words(page)
    assert sent.status_code == 303


def test_f1_shows_what_waits_with_its_amount(desk: Desk, client_as: Client) -> None:
    make_correction(desk)

    page = client_as(desk.gus).get("/finance/corrections")

    assert page.status_code == 200
    assert "+€412.83" in words(page)
    assert "Fay Fox" in words(page)


def test_f1_shows_own_ones_with_the_reason_why_not(desk: Desk, client_as: Client) -> None:
    make_correction(desk)

    assert "role finance approver" in words(client_as(desk.fay).get("/finance/corrections"))


def test_f1_empty_says_so(desk: Desk, client_as: Client) -> None:
    assert "Nothing to approve." in words(client_as(desk.gus).get("/finance/corrections"))


@pytest.mark.parametrize("cursor", ["x", "2026-01-01|x", "|", "2026|" + "0" * 32])
def test_a_tampered_cursor_is_no_page(desk: Desk, client_as: Client, cursor: str) -> None:
    client = client_as(desk.gus)

    assert client.get("/finance/corrections", query_string={"after": cursor}).status_code in {
        200,
        404,
    }
    assert client.get("/finance/batches", query_string={"after": cursor}).status_code == 404
    assert client.get("/finance/holds", query_string={"after": cursor}).status_code == 404


def test_f2_shows_the_full_working_and_the_amount_on_the_button(
    desk: Desk, client_as: Client
) -> None:
    key = make_correction(desk)

    text = words(client_as(desk.gus).get(f"/finance/corrections/{key}"))

    for expected in (
        "Approve €412.83",
        "Royalty expense",
        "Royalties payable: Ada Amberg",
        "•••• 3000",
        "Wrong split",
    ):
        assert expected in text


def test_f2_does_not_offer_approval_to_the_preparer(desk: Desk, client_as: Client) -> None:
    key = make_correction(desk)

    assert "Approve €" not in words(client_as(desk.fay).get(f"/finance/corrections/{key}"))


def test_f2_asks_for_a_code_when_the_proof_is_old(
    desk: Desk, client_as: Client, clock: FixedClock
) -> None:
    from datetime import timedelta

    key = make_correction(desk)
    client = client_as(desk.gus)
    page = client.get(f"/finance/corrections/{key}")
    clock.advance(timedelta(minutes=6))

    late = post_from(
        client, page, f"/finance/corrections/{key}/approve", seen_hash=hidden(page, "seen_hash")
    )

    assert late.status_code == 303
    assert late.location.startswith("/reauth?next=")
    assert "Enter a code to approve €412.83" in words(client.get(f"/finance/corrections/{key}"))


def test_b098_a_page_opened_before_a_change_is_answered_409(desk: Desk, client_as: Client) -> None:
    key = make_correction(desk)
    client = client_as(desk.gus)

    answer = post_from(client, None, f"/finance/corrections/{key}/approve", seen_hash="0" * 64)

    assert answer.status_code == 409
    assert "changed since you opened it" in words(answer)
    assert state_of(desk, key) == "proposed"


def test_b097_the_second_to_press_is_told_who_approved(desk: Desk, client_as: Client) -> None:
    key = make_correction(desk)
    client = client_as(desk.gil)
    page = client.get(f"/finance/corrections/{key}")
    approve(desk.gus.actor, key)

    answer = post_from(
        client, page, f"/finance/corrections/{key}/approve", seen_hash=hidden(page, "seen_hash")
    )

    assert answer.status_code == 409
    assert "approved by Gus Grau" in words(answer)


def state_of(desk: Desk, key: UUID) -> str:
    with transaction(desk.gus.actor, read_only=True) as tx:
        return correction_view(tx, desk.gus.actor, CLOCK, key).state.value


def test_an_approval_moves_the_case_on(desk: Desk, client_as: Client, clock: FixedClock) -> None:
    case, key = make_waiting_case(desk.payee, clock)
    client = client_as(desk.gus)
    page = client.get(f"/finance/corrections/{key}")

    answer = post_from(
        client, page, f"/finance/corrections/{key}/approve", seen_hash=hidden(page, "seen_hash")
    )

    assert answer.status_code == 303
    assert "Approved. It is posted" in words(client.get(answer.location))
    assert (state_of(desk, key), case_state(desk, case.id)) == ("batched", "implementing")


def test_the_first_of_two_approvals_keeps_the_case(
    desk: Desk, client_as: Client, clock: FixedClock
) -> None:
    case, key = make_waiting_case(desk.payee, clock, "5000.00")
    client = client_as(desk.gus)
    page = client.get(f"/finance/corrections/{key}")

    post_from(
        client, page, f"/finance/corrections/{key}/approve", seen_hash=hidden(page, "seen_hash")
    )

    assert "second person approves it now" in words(client.get(f"/finance/corrections/{key}"))
    assert (state_of(desk, key), case_state(desk, case.id)) == ("approved_once", "finance_approval")


def test_a_refusal_needs_a_reason_and_returns_the_case(
    desk: Desk, client_as: Client, clock: FixedClock
) -> None:
    case, key = make_waiting_case(desk.payee, clock)
    client = client_as(desk.gus)

    empty = post_from(client, None, f"/finance/corrections/{key}/refuse", reason=" ")
    assert (empty.status_code, state_of(desk, key)) == (422, "proposed")
    post_from(client, None, f"/finance/corrections/{key}/refuse", reason="Wrong period")

    assert (state_of(desk, key), case_state(desk, case.id)) == ("cancelled", "review")


def test_the_answer_of_the_ledger_completes_the_case_as_far_as_money_goes(
    desk: Desk, client_as: Client, clock: FixedClock, app: Any
) -> None:
    case, key = make_waiting_case(desk.payee, clock)
    batch_id = approve_through_the_page(desk, client_as, key)
    lock(desk, batch_id)
    sha256 = export(desk.gus.actor, batch_id, app.extensions["redress"].storage)

    acknowledge(desk.fay.actor, batch_id, sha256)

    with transaction(desk.gus.actor, read_only=True) as tx:
        assert correction_facts(tx, case.id).outstanding == 0


def approve_through_the_page(desk: Desk, client_as: Client, key: UUID) -> UUID:
    client = client_as(desk.gus)
    page = client.get(f"/finance/corrections/{key}")
    post_from(
        client, page, f"/finance/corrections/{key}/approve", seen_hash=hidden(page, "seen_hash")
    )
    with transaction(desk.gus.actor, read_only=True) as tx:
        batch_id = correction_view(tx, desk.gus.actor, CLOCK, key).batch_id
    assert batch_id is not None
    return batch_id


def case_state(desk: Desk, case_id: UUID) -> str:
    with transaction(desk.gus.actor, read_only=True) as tx:
        return case_by_id(tx, desk.gus.actor, case_id).state.value


def test_a_posted_correction_is_reversed_from_its_page(desk: Desk, client_as: Client) -> None:
    key = make_correction(desk)
    approve(desk.gus.actor, key)

    answer = post_from(
        client_as(desk.fay), None, f"/finance/corrections/{key}/reverse", reason="Paid twice"
    )

    assert answer.status_code == 303
    back = UUID(answer.location.rsplit("/", 1)[1])
    page = client_as(desk.gus).get(f"/finance/corrections/{back}")
    approved = post_from(
        client_as(desk.gus),
        page,
        f"/finance/corrections/{back}/approve",
        seen_hash=hidden(page, "seen_hash"),
    )
    assert approved.status_code == 303
    assert state_of(desk, back) == "batched"


def test_a_batch_is_locked_exported_downloaded_and_answered(desk: Desk, client_as: Client) -> None:
    batch_id = make_batch(desk, "10.00", "20.00")
    fay, gus = client_as(desk.fay), client_as(desk.gus)
    page = fay.get(f"/finance/batches/{batch_id}")
    assert "Lock €30.00" in words(page)

    locked = post_from(
        fay, page, f"/finance/batches/{batch_id}/lock", version=hidden(page, "version")
    )
    assert locked.status_code == 303
    assert "somebody else exports it" in words(fay.get(f"/finance/batches/{batch_id}/export"))
    assert "Export €30.00" in words(gus.get(f"/finance/batches/{batch_id}/export"))
    made = post_from(gus, None, f"/finance/batches/{batch_id}/export")
    assert made.status_code == 303
    one = gus.get(f"/finance/batches/{batch_id}/export/file")
    other = fay.get(f"/finance/batches/{batch_id}/export/file")

    page = fay.get(f"/finance/batches/{batch_id}/export")
    sha256 = hashlib.sha256(one.data).hexdigest()
    assert one.data == other.data
    assert sha256 in words(page)
    assert one.headers["Content-Disposition"].startswith("attachment")
    answered = post_from(
        fay, page, f"/finance/batches/{batch_id}/acknowledge", reference="GL-7", file_sha256=sha256
    )
    assert answered.status_code == 303
    assert "GL-7" in words(fay.get(f"/finance/batches/{batch_id}/export"))


@pytest.mark.parametrize(
    ("name", "kind", "ending"),
    [
        ("neutral_json", "application/json", ".json"),
        ("neutral_xlsx", "application/vnd.openxmlformats", ".xlsx"),
        ("quickbooks", "text/csv", ".csv"),
        ("hledger", "text/plain", ".journal"),
    ],
)
def test_the_file_is_written_in_the_format_that_was_chosen_and_in_no_other(
    desk: Desk, client_as: Client, name: str, kind: str, ending: str
) -> None:
    batch_id = make_batch(desk, "10.00")
    lock(desk, batch_id)
    gus, address = client_as(desk.gus), f"/finance/batches/{batch_id}/export"

    wrong = post_from(gus, None, address, format="pdf")
    post_from(gus, None, address, format=name)
    post_from(gus, None, address, format="neutral")

    assert wrong.status_code == 422
    assert "Choose one of the formats" in words(wrong)
    file = gus.get(f"{address}/file")
    assert file.content_type.startswith(kind)
    assert file.headers["Content-Disposition"].endswith(f'{ending}"')


def test_an_answer_without_reference_is_asked_again(
    desk: Desk, client_as: Client, app: Any
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    sha256 = export(desk.gus.actor, batch_id, app.extensions["redress"].storage)

    answer = post_from(
        client_as(desk.fay),
        None,
        f"/finance/batches/{batch_id}/acknowledge",
        reference="",
        file_sha256=sha256,
    )

    assert answer.status_code == 422
    assert "Enter the reference" in words(answer)


def test_b102_an_answer_for_another_file_is_refused(
    desk: Desk, client_as: Client, app: Any
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, app.extensions["redress"].storage)

    answer = post_from(
        client_as(desk.fay),
        None,
        f"/finance/batches/{batch_id}/acknowledge",
        reference="GL-7",
        file_sha256="0" * 64,
    )

    assert answer.status_code == 409


def test_who_locked_a_batch_is_kept_from_exporting_it(desk: Desk, client_as: Client) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)

    assert (
        post_from(client_as(desk.fay), None, f"/finance/batches/{batch_id}/export").status_code
        == 403
    )


def test_who_locked_a_batch_reads_why_and_others_find_the_way_to_export_it(
    desk: Desk, client_as: Client
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    said, button = "You locked this batch, so somebody else exports it.", "<span>Export</span>"

    own, others = (
        client_as(person).get(f"/finance/batches/{batch_id}").text
        for person in (desk.fay, desk.gus)
    )

    assert said in own
    assert button not in own
    assert said not in others
    assert button in others


def test_held_money_is_listed_and_a_hold_without_an_open_case_stands_first(
    desk: Desk, client_as: Client, pg: dict[str, Any]
) -> None:
    rio = make_person("rio")
    make_hold(desk.case.id, rio.actor, payee_id=make_payee(), amount=euro("40.00"))

    text = words(client_as(desk.fay).get("/finance/holds"))

    assert "QZABC2600001" in text
    assert "€40.00" in text
    assert "No money is held." not in text


def test_no_money_held_says_so(desk: Desk, client_as: Client) -> None:
    assert "No money is held." in words(client_as(desk.fay).get("/finance/holds"))


PAGES = ("/finance/corrections", "/finance/batches", "/finance/holds")


@pytest.mark.parametrize("key", ["ada", "dee", "adi"])
@pytest.mark.parametrize("path", PAGES)
def test_others_have_no_business_here(desk: Desk, client_as: Client, key: str, path: str) -> None:
    assert client_as(make_person(key)).get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_the_auditor_reads(desk: Desk, client_as: Client, path: str) -> None:
    make_batch(desk)

    assert client_as(make_person("aud")).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_nobody_signed_in_is_sent_to_sign_in(app: Any, client_as: Client, path: str) -> None:
    assert client_as(None).get(path).location.startswith("/signin")


@pytest.mark.parametrize(
    "path", ["corrections/{}", "batches/{}", "batches/{}/export", "batches/{}/export/file"]
)
def test_an_unknown_id_is_not_found(desk: Desk, client_as: Client, path: str) -> None:
    assert client_as(desk.gus).get("/finance/" + path.format(uuid4())).status_code == 404


def test_b184_the_file_of_a_batch_is_for_finance_alone(
    desk: Desk, client_as: Client, app: Any
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, app.extensions["redress"].storage)
    href = f"/finance/batches/{batch_id}/export/file"

    assert client_as(make_person("rio")).get(href).status_code == 403
    assert client_as(make_person("aud")).get(href).status_code == 403
    assert client_as(None).get(href).location.startswith("/signin")
    assert client_as(desk.gil).get(href).headers["Cache-Control"].startswith("no-store")


def test_pages_take_at_most_twelve_statements(
    desk: Desk, client_as: Client, pg: dict[str, Any]
) -> None:
    payees = [make_payee(f"Payee {n}") for n in range(3)]
    for n, payee in enumerate(payees):
        key = make_correction(desk, case=make_money_case(pg), lines=(make_line_of(payee, n),))
    batch_id = make_batch(desk, "10.00", "20.00", "30.00")
    make_hold(desk.case.id, make_person("rio").actor)
    client = client_as(desk.gus)
    client.get("/finance/corrections")
    counts = {}
    for path in (*PAGES, f"/finance/corrections/{key}", f"/finance/batches/{batch_id}"):
        with statements() as seen:
            assert client.get(path).status_code == 200
        counts[path] = len(seen)

    assert max(counts.values()) <= 12, counts


def make_line_of(payee: UUID, n: int) -> Any:
    from tests.factories.corrections import make_line

    return make_line(payee, f"{n + 1}.00")
