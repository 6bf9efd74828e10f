"""Decisions, approvals, batches and letters by program: the guards, hashes and second persons of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.accounts.queries import person_by_email
from app.accounts.rules import Scope
from app.cases.rules.kinds import CaseEvent, SubKind
from app.infra.db.transaction import transaction
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.letters.commands import DraftLetter
from app.letters.service.drafts import draft_letter
from tests.factories.accounts import (
    CAST,
    TestPerson,
    bearer_client,
    make_cast,
    make_person,
    make_token,
)
from tests.factories.audits import make_audit
from tests.factories.books import make_codes
from tests.factories.cases import make_case
from tests.factories.corrections import (
    make_batch,
    make_correction,
    make_desk,
    make_proposed_case,
    make_waiting_case,
)
from tests.factories.evidence import make_item
from tests.factories.ledger import make_payee
from tests.factories.letters import QuickRenderer, make_context, with_services
from tests.web.desk.pages import statements
from tests.web.portal import desk as house

API = "/api/v1"
SYSTEM = Actor.system("test")
CONTENT: dict[str, Any] = {
    "outcome": "upheld",
    "issues": [{"issue": "Was July paid?", "finding": "It was not.", "result": "established"}],
    "remedies": [{"kind": "nothing", "text": "Nothing else.", "effective_on": "2026-12-01"}],
    "to_complainant": "July was not in the statement.",
}
PAID = {
    "currency": "EUR", "reason": "July", "lines": [{"side": "complainant", "amount": "120.50", "reason": "not_on_statement"}],
}  # fmt: skip
Program = Callable[..., Any]


@pytest.fixture
def review(app: Any, clock: FixedClock) -> dict[str, Any]:
    """A case of Ada alone in review, with Rio."""
    cast = make_cast("ada", "cy", "rio", "rae", "fay", "gus", "gil")
    case = make_case(cast["ada"], SubKind.OWNERSHIP)
    house.take(cast["rio"], str(case.ref), clock)
    house.move(cast["rio"], case.id, CaseEvent.START_REVIEW, clock)
    return cast | {"case": case, "path": f"{API}/cases/{case.ref}/decision"}


def seen(client: Any, path: str) -> dict[str, str]:
    """The header that names what stands there now."""
    return {"If-Match": client.get(path).headers["ETag"]}


def save(client: Any, path: str, **changes: Any) -> Any:
    """The draft as a whole, over what stands there now."""
    return client.put(path, json=CONTENT | changes, headers=seen(client, path))


def test_what_blocks_and_what_warns_is_said_as_on_the_page(
    review: dict[str, Any], program: Program, client_as: Any
) -> None:
    make_item(review["ada"].actor, review["case"].id)
    client = program(review["rio"])

    with statements() as asked:
        shown = client.get(review["path"]).json
    saved = save(client, review["path"])
    refused = client.post(
        f"{review['path']}/propose", json={}, headers={"If-Match": saved.headers["ETag"]}
    )

    assert len(asked) <= 12
    assert (shown["id"], shown["state"], shown["seen_hash"]) == (None, None, "")
    (guard,) = shown["guards"]
    assert (guard["code"], guard["blocks"]) == ("no_verdict", True)
    assert (
        guard["text"]
        in client_as(review["rio"]).get(f"/desk/cases/{review['case'].ref}/decide").text
    )
    assert saved.status_code == 200
    assert refused.status_code == 409
    assert shown["steps"] == ["propose_decision", "decide"]


def test_a_draft_misses_parts_and_is_saved_all_the_same(
    review: dict[str, Any], program: Program
) -> None:
    client, path = program(review["rio"]), review["path"]

    half = save(client, path, remedies=[], to_complainant="")
    sent = client.post(f"{path}/propose", json={}, headers={"If-Match": half.headers["ETag"]})

    assert half.json["missing"] == ["remedies", "to_complainant"]
    assert sent.status_code == 422
    assert {one["field"] for one in sent.json["errors"]} == {"remedies", "to_complainant"}


def test_the_run_that_a_decision_rests_on_is_one_of_its_case(
    review: dict[str, Any], program: Program, clock: FixedClock, tmp_path: Path
) -> None:
    case, other = (make_case(review[key], SubKind.MISSING_EARNINGS) for key in ("ada", "cy"))
    house.take(review["rio"], str(case.ref), clock)
    client, path = program(review["rio"]), f"{API}/cases/{case.ref}/decision"
    own = str(make_audit(case.id, clock, tmp_path))
    foreign = str(make_audit(other.id, clock, tmp_path))

    kept, wrong = save(client, path, audit_id=own), save(client, path, audit_id=foreign)

    assert (kept.status_code, kept.json["content"]["audit_id"]) == (200, own)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "audit_id")
    assert client.get(path).json["content"]["audit_id"] == own


def test_an_older_draft_is_not_written_over(review: dict[str, Any], program: Program) -> None:
    rio, rae, path = program(review["rio"]), program(review["rae"]), review["path"]
    old = seen(rae, path)
    save(rio, path)

    late = rae.put(path, json=CONTENT, headers=old)
    blind = rae.put(path, json=CONTENT)

    assert (late.status_code, blind.status_code) == (412, 428)


def test_money_is_exact_and_bad_lines_are_named(review: dict[str, Any], program: Program) -> None:
    client, path = program(review["rio"]), review["path"]
    pay = [{"kind": "pay", "text": "July is paid."}]
    save(client, path, remedies=pay)
    lines = [
        {"side": "complainant", "amount": "1.234", "reason": "goodwill"},
        {"side": "respondent", "amount": "1.00", "reason": "goodwill"},
    ]

    wrong = client.post(
        f"{path}/propose", json={"money": PAID | {"lines": lines}}, headers=seen(client, path)
    )
    without = client.post(f"{path}/propose", json={}, headers=seen(client, path))
    good = client.post(f"{path}/propose", json={"money": PAID}, headers=seen(client, path))

    assert [one["field"] for one in wrong.json["errors"]] == [
        "money.lines.0.amount",
        "money.lines.1.side",
    ]
    assert (without.status_code, without.json["errors"][0]["field"]) == (422, "lines")
    assert (good.status_code, good.json["state"]) == (200, "confirmation")
    (row,) = (
        program(review["fay"]).get(f"{API}/corrections?case={review['case'].ref}").json["items"]
    )
    assert row["total"] == {"amount": "120.50", "currency": "EUR"}


def test_b095_the_proposer_never_confirms_and_another_confirms_what_they_read(
    app: Any, program: Program, clock: FixedClock
) -> None:
    made = make_proposed_case(make_payee(), clock)
    path = f"{API}/cases/{made.case.ref}/decision"
    rio = program(person("rio"))
    rae = program(made.rae)
    body = {"seen_hash": made.seen_hash}

    own = rio.post(f"{path}/confirm", json=body, headers=seen(rio, path))
    other = rae.post(f"{path}/confirm", json={"seen_hash": "0" * 64}, headers=seen(rae, path))
    right = rae.post(f"{path}/confirm", json=body, headers=seen(rae, path))

    assert rio.get(path).json["proposed_by_you"] is True
    assert (own.status_code, other.status_code, right.status_code) == (409, 412, 200)
    assert right.json["state"] == "finance_approval"


def test_a_returned_decision_is_the_start_of_the_next(
    program: Program, app: Any, clock: FixedClock
) -> None:
    made = make_proposed_case(make_payee(), clock)
    path, rae = f"{API}/cases/{made.case.ref}/decision", program(made.rae)

    back = rae.post(f"{path}/return", json={"reason": "Say why."}, headers=seen(rae, path))
    shown = rae.get(path).json
    again = save(rae, path)

    assert back.json["state"] == "review"
    assert (shown["state"], shown["return_reason"]) == ("returned", "Say why.")
    assert again.json["state"] == "draft"
    assert again.json["id"] != shown["id"]


def test_b097_b098_approving_takes_a_proof_another_person_and_what_was_read(
    app: Any, program: Program, clock: FixedClock
) -> None:
    _case, fix = make_waiting_case(make_payee(), clock)
    cast = make_cast("gus", "fay")
    path = f"{API}/corrections/{fix}"
    plain = program(cast["gus"])
    proven = program_proven(app, cast["gus"], clock)
    preparer = program_proven(app, cast["fay"], clock)
    right = {"seen_hash": plain.get(path).json["seen_hash"]}

    no_scope = plain.post(f"{path}/approve", json=right)
    not_approver = preparer.post(f"{path}/approve", json=right)
    other = proven.post(f"{path}/approve", json={"seen_hash": "0" * 64})
    done = proven.post(f"{path}/approve", json=right)
    twice = proven.post(f"{path}/approve", json=right)

    assert (no_scope.status_code, no_scope.json["code"]) == (403, "scope")
    assert (not_approver.status_code, not_approver.json["code"]) == (403, "permission")
    assert (other.status_code, other.json["code"]) == (412, "stale")
    assert done.status_code == 200, done.json
    assert done.json["state"] == "batched"
    assert (twice.status_code, twice.json["code"]) == (409, "not_waiting")


def test_above_the_limit_two_people_approve(app: Any, clock: FixedClock, program: Program) -> None:
    case, fix = make_waiting_case(make_payee(), clock, "25000.00")
    gus, gil = (program_proven(app, make_person(key), clock) for key in ("gus", "gil"))
    path = f"{API}/corrections/{fix}"
    body = {"seen_hash": gus.get(path).json["seen_hash"]}

    first = gus.post(f"{path}/approve", json=body)
    same = gus.post(f"{path}/approve", json=body)
    second = gil.post(f"{path}/approve", json=body)

    assert (first.json["state"], first.json["approved_by"]) == ("approved_once", ["Gus Grau"])
    assert (same.status_code, same.json["code"]) == (403, "first_approver")
    assert second.json["approved_by"] == ["Gus Grau", "Gil Gomez"]
    assert gus.get(f"{API}/cases/{case.ref}").json["state"] != "finance_approval"


def test_corrections_of_every_state_are_listed_and_filtered_and_cursors_keep_the_filter(
    app: Any, pg: Any, program: Program, monkeypatch: Any
) -> None:
    monkeypatch.setattr("app.corrections.queries.corrections.PAGE", 1)
    desk = make_desk(pg)
    make_batch(desk)
    waiting = make_correction(desk)
    client = program(desk.fay)

    first = client.get(f"{API}/corrections").json
    place = {"cursor": first["next_cursor"]}
    second = client.get(f"{API}/corrections", query_string=place).json
    only = client.get(f"{API}/corrections?state=proposed").json
    moved = client.get(f"{API}/corrections", query_string=place | {"state": "batched"})

    states = {page["items"][0]["state"] for page in (first, second)}
    assert states == {"batched", "proposed"}
    assert [one["id"] for one in only["items"]] == [str(waiting)]
    assert moved.status_code == 400


def test_who_locked_a_batch_does_not_write_its_file_and_the_file_is_one(
    app: Any, pg: Any, program: Program
) -> None:
    desk = make_desk(pg)
    make_codes()
    batch = f"{API}/batches/{make_batch(desk)}"
    fay, gus = program(desk.fay), program(desk.gus)

    early = gus.post(f"{batch}/export", json={})
    locked = fay.post(
        f"{batch}/lock", json={"posting_date": "2026-11-20"}, headers=seen(fay, batch)
    )
    own = fay.post(f"{batch}/export", json={})
    odd = gus.post(f"{batch}/export", json={"format": "papyrus"})
    made = gus.post(f"{batch}/export", json={})
    again = gus.post(f"{batch}/export", json={"format": "neutral_json"})

    assert (early.status_code, locked.json["posting_date"]) == (409, "2026-11-20")
    assert own.status_code == 403
    assert (odd.status_code, odd.json["errors"][0]["field"]) == (422, "format")
    assert made.status_code == 200, made.json
    assert again.status_code == 200, again.json
    assert made.json["file"] == again.json["file"], (made.json, again.json)
    body = gus.get(f"{batch}/export")
    assert body.status_code == 200


@pytest.fixture
def draft(app: Any, review: dict[str, Any], clock: FixedClock, run_jobs: Any) -> Iterator[str]:
    """Address of a letter that the house drafted to Ada, with its proof."""
    with transaction(SYSTEM) as tx:
        row = draft_letter(tx, DraftLetter(review["case"].id, make_context()), SYSTEM, clock)
    with with_services(app, renderer=QuickRenderer(), mailer=RecordingMailer()):
        run_jobs()
        yield f"{API}/cases/{review['case'].ref}/letters/{row.id}"


def test_a_letter_is_changed_and_leaves_as_its_new_proof_shows_it(
    review: dict[str, Any], draft: str, program: Program, run_jobs: Any
) -> None:
    rio, rae, ada = (program(review[key]) for key in ("rio", "rae", "ada"))
    old = rio.get(draft).json
    other = {"blocks": {"reasons": "The July file was lost."}}

    edited = rio.patch(draft, json=other, headers=seen(rio, draft))
    early = rae.post(f"{draft}/send", json={"proof": old["proof_sha256"]}, headers=seen(rae, draft))
    run_jobs()
    fresh = rae.get(draft).json
    proof = rae.get(f"{draft}/proof")
    stale = rae.post(f"{draft}/send", json={"proof": old["proof_sha256"]}, headers=seen(rae, draft))
    own = rio.post(f"{draft}/send", json={"proof": fresh["proof_sha256"]}, headers=seen(rio, draft))
    hidden = ada.get(draft)
    gone = rae.post(
        f"{draft}/send", json={"proof": fresh["proof_sha256"]}, headers=seen(rae, draft)
    )
    run_jobs()

    assert "The July file was lost." in edited.json["html"]
    assert (early.status_code, early.json["code"]) == (409, "proof_stale")
    assert (fresh["proof_is_fresh"], fresh["you_may_send"]) == (True, True)
    assert proof.data.startswith(b"%PDF")
    assert (stale.status_code, own.json["code"]) == (412, "letter_own_words")
    assert hidden.status_code == 404
    assert gone.json["number"].startswith("L-")
    read = ada.get(draft).json
    assert (read["readable"], read["blocks"], read["proof_sha256"]) == (True, {}, "")
    checked = ada.get(f"{API}/letters/{read['verify_code']}").json
    assert (checked["sha256"], checked["number"]) == (read["sha256"], read["number"])
    assert ada.get(f"{API}/letters/ABCD-EFGH-JKLM").status_code == 404


def test_a_letter_is_dropped_with_a_reason_or_replaced_after_it_left(
    review: dict[str, Any], draft: str, program: Program
) -> None:
    rio = program(review["rio"])

    early = rio.post(f"{draft}/replace")
    blank = rio.post(f"{draft}/void", json={"reason": " "}, headers=seen(rio, draft))
    void = rio.post(f"{draft}/void", json={"reason": "Wrong side."}, headers=seen(rio, draft))

    assert (early.status_code, early.json["code"]) == (409, "letter_not_issued")
    assert blank.status_code == 422
    assert (void.json["state"], void.json["void_reason"]) == ("void", "Wrong side.")


def test_letters_begun_by_hand_are_those_that_the_page_offers(
    review: dict[str, Any], program: Program
) -> None:
    path, rio = f"{API}/cases/{review['case'].ref}/letters", program(review["rio"])

    odd = rio.post(path, json={"kind": "kept_down", "to": "complainant"})
    lacking = rio.post(path, json={"kind": "hold_notice", "to": "complainant"})

    assert (odd.status_code, odd.json["errors"][0]["code"]) == (422, "not_by_hand")
    assert (lacking.status_code, lacking.json["errors"][0]["code"]) == (422, "no_facts")


def person(key: str) -> TestPerson:
    """One of the cast that a factory made."""
    with transaction(SYSTEM) as tx:
        found = person_by_email(tx, f"{key}@example.com")
    assert found is not None
    name, roles = CAST[key]
    return TestPerson(key, found.id, found.email, name, roles)


def program_proven(app: Any, person: Any, clock: FixedClock) -> Any:
    """A program whose owner has just entered a code."""
    return bearer_client(app, make_token(person, *Scope, clock=clock).secret)
