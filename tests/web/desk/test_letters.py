"""S9: the words of a letter, its proof, who may send it, what replaces it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.cases.rules.kinds import SubKind
from app.infra.db.transaction import transaction
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.letters.commands import DraftLetter
from app.letters.queries import LetterView, letter_view, letters_of
from app.letters.rules.kinds import LetterKind, LetterState
from app.letters.service.drafts import draft_letter
from tests.factories.ledger import make_hold
from tests.factories.letters import QuickRenderer, make_context, with_services
from tests.web.desk.pages import World, form_of, make_world, send, statements

SYSTEM = Actor.system("test")
WORDS = {
    "ground_measure": "The release is off the stores.",
    "ground_facts": "One list made the plays.",
}
RunJobs = Callable[[], int]


@pytest.fixture(autouse=True)
def quick(app: Any) -> Iterator[QuickRenderer]:
    """No mail server, no printing child."""
    with with_services(app, renderer=QuickRenderer(), mailer=RecordingMailer()) as services:
        yield services.renderer


def drafted(world: World, clock: Any, kind: LetterKind = LetterKind.STATEMENT_OF_REASONS) -> str:
    """Address of a draft that the house wrote to Cy."""
    context = make_context(kind)
    context = replace(context, recipient=replace(context.recipient, side="respondent"))
    with transaction(SYSTEM) as tx:
        row = draft_letter(tx, DraftLetter(world.case.id, context), SYSTEM, clock)
    return f"{world.at}/letters/{row.id}"


def read(address: str) -> LetterView:
    """The letter of an address as the house has it."""
    with transaction(SYSTEM) as tx:
        return letter_view(tx, SYSTEM, UUID(address.rsplit("/", 1)[1]))


def sent(world: World, clock: Any, client_as: Any, run_jobs: RunJobs) -> str:
    """Address of a letter that left."""
    at = drafted(world, clock)
    run_jobs()
    send(client_as(world.rae), at, f"{at}/issue")
    run_jobs()
    return at


def test_only_the_words_of_a_letter_are_typed(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)

    with statements() as seen:
        page = client_as(world.rio).get(at).text

    assert set(form_of(page, at)) == {
        "csrf_token", "version", "ground_measure", "ground_facts", "ground_ground",
    }  # fmt: skip
    assert "The proof is being made." in page
    assert "Send letter to" not in page
    assert len(seen) <= 12


def test_other_words_make_a_new_proof_and_facts_stay(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)
    run_jobs()
    before = read(at)

    answer = send(client_as(world.rio), at, at, **WORDS, recipient="CANARY", scope="CANARY")
    stale = client_as(world.rae).get(at).text
    run_jobs()

    after, fresh = read(at), client_as(world.rae).get(at).text
    assert answer.status_code == 303
    assert after.context.ground is not None
    assert after.context.ground.facts == WORDS["ground_facts"]
    assert (after.context.recipient, after.context.ground.scope) == (
        before.context.recipient, before.context.ground.scope if before.context.ground else "",
    )  # fmt: skip
    assert before.row.proof_sha256 != after.row.proof_sha256
    assert "The words changed after this proof." in stale
    assert "Send letter to respondent" not in stale
    assert "Send letter to respondent" in fresh


def test_a_stale_proof_is_never_sent(client_as: Any, clock: Any, run_jobs: RunJobs) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)
    run_jobs()
    rae = client_as(world.rae)
    seen = form_of(rae.get(at).text, f"{at}/issue")
    send(client_as(world.rio), at, at, **WORDS)

    old = rae.post(f"{at}/issue", data=seen, headers={"Sec-Fetch-Site": "same-origin"})
    newer = seen | {"version": "2", "idempotency_key": "again"}
    unproofed = rae.post(f"{at}/issue", data=newer, headers={"Sec-Fetch-Site": "same-origin"})
    run_jobs()
    other = seen | {"version": "2", "idempotency_key": "third"}
    unread = rae.post(f"{at}/issue", data=other, headers={"Sec-Fetch-Site": "same-origin"})

    assert [one.status_code for one in (old, unproofed, unread)] == [409, 409, 409]
    assert read(at).row.state is LetterState.DRAFTED


def test_whoever_wrote_words_never_sends_them_where_the_policy_wants_two(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)
    send(client_as(world.rio), at, at, **WORDS)
    run_jobs()
    page = client_as(world.rae).get(at).text
    forced = form_of(page, f"{at}/issue")

    own = client_as(world.rio)
    shown = own.get(at).text
    token = form_of(shown, at)["csrf_token"]
    refused = own.post(
        f"{at}/issue",
        data=forced | {"csrf_token": token},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    done = send(client_as(world.rae), at, f"{at}/issue")
    run_jobs()

    assert "somebody else sends it" in shown
    assert refused.status_code == 409
    assert done.status_code == 303
    assert read(at).row.state is LetterState.SENT
    assert "Signed by" in client_as(world.rae).get(at).text


def test_the_database_keeps_a_writer_from_sending(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)
    send(client_as(world.rio), at, at, **WORDS)

    with pytest.raises(IntegrityError, match="sent_by_another"), transaction(SYSTEM) as tx:
        tx.execute(
            text("update letter set issued_by = :who where id = :id"),
            {"who": world.rio.id, "id": at.rsplit("/", 1)[1]},
        )


def test_where_one_is_enough_the_writer_sends(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, SubKind.TECHNICAL)
    at = drafted(world, clock)
    client = client_as(world.rio)
    send(client, at, at, **WORDS)
    run_jobs()

    assert send(client, at, f"{at}/issue").status_code == 303


def test_b011_a_control_character_is_named_at_its_block_and_the_text_kept(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)

    answer = send(client_as(world.rio), at, at, ground_facts="Kept words\x07", ground_measure="M")

    assert answer.status_code == 422
    assert 'id="ground_facts-error"' in answer.text
    assert "Kept words" in answer.text
    assert read(at).row.version == 1


def test_an_emptied_block_marks_the_letter_and_keeps_it_from_leaving(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)
    send(client_as(world.rio), at, at, ground_facts=" ")
    run_jobs()

    page = client_as(world.rae).get(at).text

    assert "Still missing: Why." in page
    assert "Send letter to" not in page


@pytest.mark.parametrize(("reason", "state"), [("Not needed.", "void"), ("  ", "drafted")])
def test_a_draft_is_dropped_with_a_reason_alone(
    client_as: Any, clock: Any, reason: str, state: str
) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)

    send(client_as(world.rio), at, f"{at}/void", reason=reason)

    row = read(at).row
    assert (row.state, row.number) == (state, "")


def test_a_numbered_letter_is_made_void_and_says_why(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)
    run_jobs()
    client = client_as(world.rae)
    send(client, at, f"{at}/issue")

    send(client, at, f"{at}/void", reason="Wrong reader.")
    run_jobs()

    page = client.get(at).text
    assert read(at).row.state is LetterState.VOID
    assert "Void: Wrong reader." in page
    assert f'action="{at}/void"' not in page


def test_a_letter_that_left_is_replaced_by_one_that_says_so(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, to="review")
    at = sent(world, clock, client_as, run_jobs)
    old = read(at).row
    rio = client_as(world.rio)

    newer = send(rio, at, f"{at}/replace").location
    again = rio.post(
        f"{at}/replace", data={"csrf_token": form_of(rio.get(newer).text, newer)["csrf_token"]},
        headers={"Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    run_jobs()
    send(client_as(world.rae), newer, f"{newer}/issue")
    run_jobs()

    assert again.status_code == 409
    assert read(newer).context.replaces == old.number
    assert f"{old.number}</bdi>" in read(newer).html
    assert read(at).row.state is LetterState.SENT
    assert f"Another letter takes its place: {read(newer).row.number}." in rio.get(at).text
    assert (
        f"Letter {read(newer).row.number} takes its place."
        in rio.get(f"/verify/{old.verify_code}").text
    )


def test_a_draft_is_not_replaced(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)
    client = client_as(world.rio)
    token = form_of(client.get(at).text, at)["csrf_token"]

    answer = client.post(
        f"{at}/replace", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_code == 409


def test_a_proof_is_read_by_the_desk_and_by_no_party(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, to="review")
    at = drafted(world, clock)
    run_jobs()
    file = f"/files/cases/{world.case.ref}/letters/{at.rsplit('/', 1)[1]}/proof"

    shown = client_as(world.rio).get(file)

    assert shown.data.startswith(b"%PDF")
    assert f'href="{file}"' in client_as(world.rio).get(at).text
    assert {client_as(person).get(file).status_code for person in (world.ada, world.cy)} <= {
        403,
        404,
    }


def test_a_letter_begun_by_hand_takes_its_facts_from_the_case(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, to="review")
    client, new = client_as(world.rio), f"{world.at}/letters/new"

    nothing = send(client, new, new, kind="hold_notice", side="complainant")
    make_hold(world.case.id, world.rio.actor, explanation="Half is claimed.")
    made = send(client, new, new, kind="hold_notice", side="complainant")

    assert nothing.status_code == 422
    assert "does not have what this letter has to say" in nothing.text
    view = read(made.location)
    assert view.context.ground is not None
    assert view.context.ground.facts == "Half is claimed."
    assert view.row.writer_ids == (world.rio.id,)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "decision", "side": "complainant"}, "Choose the letter."),
        ({"kind": "hold_notice", "side": "desk"}, "Choose to whom it goes."),
    ],
)
def test_b001_a_letter_that_cannot_be_begun_is_named(
    client_as: Any, clock: Any, fields: dict[str, str], words: str
) -> None:
    world = make_world(clock, to="review")
    new = f"{world.at}/letters/new"

    answer = send(client_as(world.rio), new, new, **fields)

    assert answer.status_code == 422
    assert words in answer.text
    with transaction(SYSTEM) as tx:
        assert letters_of(tx, SYSTEM, world.case.id) == ()


def test_words_for_the_letter_come_with_the_step(
    client_as: Any, clock: Any, run_jobs: RunJobs
) -> None:
    world = make_world(clock, SubKind.DMCA_NOTICE)
    step = f"{world.at}/actions/reject_notice"

    answer = send(
        client_as(world.rio),
        step,
        step,
        reason="Internal.",
        failed="The address.",
        told="Told words.",
    )
    run_jobs()

    with transaction(SYSTEM) as tx:
        (row,) = letters_of(tx, SYSTEM, world.case.id)
        html = letter_view(tx, SYSTEM, row.id).html
    assert answer.status_code == 303
    assert ("Told words." in html, "Internal." in html) == (True, False)
