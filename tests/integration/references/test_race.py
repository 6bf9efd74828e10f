"""B110: of two cases with one number of somebody else, one holds it and the other is linked; no side learns of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.cases.queries import links_of
from app.cases.rules.kinds import SubKind
from app.infra.db.transaction import transaction
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, NotFound
from app.kernel.sides import Side
from app.references.commands import AddReference, EndReference
from app.references.queries import references_of
from app.references.rules import ReferenceKind
from app.references.service import add_reference, end_reference
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.letters import with_services

SYSTEM = Actor.system("test")


@pytest.fixture
def quiet(app: Any) -> Iterator[None]:
    """Mails go nowhere."""
    with ExitStack() as stack:
        stack.enter_context(with_services(app, mailer=RecordingMailer()))
        yield


def note(case_id: UUID, value: str, clock: Any, actor: Actor = SYSTEM, side: Side = Side.COMPLAINANT) -> None:  # fmt: skip
    with transaction(actor) as tx:
        add_reference(tx, AddReference(case_id, side, ReferenceKind.CLAIM_ID, value), actor, clock)


def holder(tx_as: Any) -> list[Any]:
    with tx_as(SYSTEM) as tx:
        return list(tx.execute(text("select case_id, normal from reference_holder")).all())


def linked(tx_as: Any, case_id: UUID) -> list[UUID]:
    with tx_as(SYSTEM) as tx:
        return [row.case_id for row in links_of(tx, SYSTEM, case_id)]


def test_b110_two_cases_that_race_for_one_number_end_with_a_holder_and_a_link(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "cy")
    cases = [make_case(cast["ada"]), make_case(cast["cy"])]
    barrier = threading.Barrier(2)

    def work(case_id: UUID) -> None:
        with app.app_context():
            barrier.wait()
            note(case_id, "CL-77", clock)

    threads = [threading.Thread(target=work, args=(case.id,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (held,) = holder(tx_as)
    other = next(case.id for case in cases if case.id != held.case_id)
    assert linked(tx_as, held.case_id) == [other]
    assert linked(tx_as, other) == [held.case_id]
    for case in cases:
        with tx_as(SYSTEM) as tx:
            assert [row.value for row in references_of(tx, SYSTEM, case.id)] == ["CL-77"]


def test_b110_no_party_learns_that_another_case_has_its_number(tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy", "bo")
    mine, theirs = make_case(cast["ada"], respondent=cast["bo"]), make_case(cast["cy"])
    note(theirs.id, "CL-77", clock)
    note(mine.id, "cl-77", clock)

    for name in ("ada", "bo"):
        actor = cast[name].actor
        with tx_as(actor) as tx:
            assert links_of(tx, actor, mine.id) == ()
            assert tx.execute(text("select count(*) from reference_holder")).scalar_one() == 0
            seen = [row.value for row in references_of(tx, actor, mine.id)]
            raw = tx.execute(text("select count(*) from case_reference")).scalar_one()
        assert (seen, raw) == ((["cl-77"], 1) if name == "ada" else ([], 0))


def test_b110_both_sides_of_one_case_may_name_the_same_number(tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy")
    case = make_case(cast["ada"], respondent=cast["cy"])
    note(case.id, "CL-77", clock)
    note(case.id, "CL-77", clock, side=Side.RESPONDENT)
    note(case.id, " cl-77", clock)

    with tx_as(SYSTEM) as tx:
        assert len(references_of(tx, SYSTEM, case.id)) == 2
    assert linked(tx_as, case.id) == []


def test_a_number_that_is_taken_off_passes_to_the_next_case(tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy", "dee")
    first, second = make_case(cast["ada"]), make_case(cast["cy"])
    note(first.id, "CL-77", clock)
    note(second.id, "CL-77", clock)
    dee = cast["dee"].actor
    with tx_as(dee) as tx:
        (row,) = references_of(tx, dee, first.id)
        with pytest.raises(NotFound):
            end_reference(tx, EndReference(second.id, row.id), dee, clock)
        for _ in range(2):
            end_reference(tx, EndReference(first.id, row.id), dee, clock)

    assert [held.case_id for held in holder(tx_as)] == [second.id]


def test_a_party_notes_nothing_after_filing(tx_as: Any, clock: Any) -> None:
    ada = make_cast("ada")["ada"]
    case = make_case(ada)

    with pytest.raises(Forbidden):
        note(case.id, "CL-77", clock, ada.actor)


def test_b110_what_the_form_names_is_noted_when_the_case_is_filed(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, quiet: None
) -> None:
    cast = make_cast("ada", "cy")
    first = make_case(cast["ada"], SubKind.PLATFORM_CLAIM, claim_number="CL-77")
    second = make_case(
        cast["cy"], SubKind.PLATFORM_CLAIM, claim_number="cl-77", subject_title="Another"
    )
    make_case(cast["cy"], SubKind.PLATFORM_CLAIM, claim_number="##", subject_title="Third")
    run_jobs()

    assert [held.case_id for held in holder(tx_as)] == [first.id]
    assert linked(tx_as, second.id) == [first.id]
