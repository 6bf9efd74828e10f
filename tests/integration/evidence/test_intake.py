"""Files arrive: durable object and committed row, or nothing; each side for itself."""

import io
import threading
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.cases.rules.kinds import CaseEvent
from app.evidence.commands import ReceiveUpload
from app.evidence.models import EvidenceEvent, EvidenceItem
from app.evidence.queries import counts_of, custody_of, items_of
from app.evidence.rules.items import CustodyStep, ItemState
from app.evidence.service import admit_staged, receive_upload, stage_upload
from app.infra.storage.memory import MemoryStorage
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound, Refused, Unavailable
from app.kernel.sides import Side
from tests.factories.accounts import make_cast, make_delegation
from tests.factories.cases import act, make_case, make_draft
from tests.factories.evidence import make_item, pdf

SYSTEM = Actor.system("test")


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "bo", "cy", "dee", "rio", "aud", "adi")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(people["ada"], respondent=people["cy"])


def test_a_received_file_is_stored_hashed_labelled_and_in_custody(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada = people["ada"].actor
    storage = app.extensions["redress"].storage
    before = list(storage.list("quarantine/"))

    item = make_item(ada, case.id, body=pdf())

    with tx_as(ada) as tx:
        (row,) = items_of(tx, ada, case.id)
        steps = [step.step for step in custody_of(tx, ada, case.id, item.id)]
        stored = tx.get(EvidenceItem, item.id)
    assert (item.label, item.state, row.filename) == ("E1", ItemState.ACCEPTED, "split-sheet.pdf")
    assert set(steps) == {CustodyStep.UPLOADED, CustodyStep.CHECKED, CustodyStep.ACCEPTED}
    assert stored.object_key == f"case/{case.id}/complainant/{row.sha256}"
    assert b"".join(storage.open(stored.object_key, stored.object_version)) == pdf()
    assert list(storage.list("quarantine/")) == before


def test_b019_an_empty_file_is_refused_and_leaves_nothing(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada = people["ada"].actor

    with pytest.raises(Invalid) as caught:
        make_item(ada, case.id, body=b"")

    with tx_as(ada) as tx:
        assert items_of(tx, ada, case.id) == ()
    assert caught.value.code == "empty_file"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\a\\b.pdf", "a\x00\r\nb.pdf", "....", "CON", "🎵.pdf"]
)
def test_b031_any_name_is_stored_clean_and_makes_no_key(
    app: Any, people: Any, case: Any, tx_as: Any, name: Any
) -> None:
    ada = people["ada"].actor

    item = make_item(ada, case.id, name=name)

    with tx_as(ada) as tx:
        stored = tx.get(EvidenceItem, item.id)
    assert stored.object_key.endswith(stored.sha256)
    assert not set(stored.filename) & set("/\\\x00\r\n")


def test_b033_the_same_file_twice_is_one_object_and_two_entries(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada, bo = people["ada"].actor, people["bo"].actor
    make_delegation(people["ada"], people["bo"])

    make_item(ada, case.id, body=pdf())
    second = make_item(bo, case.id, body=pdf(), name="again.pdf")

    with tx_as(ada) as tx:
        rows = items_of(tx, ada, case.id)
    assert (second.duplicate_of, second.duplicate_at is not None) == ("E1", True)
    assert [row.uploaded_by for row in rows] == ["Ada Amberg", "Bo Berg"]
    assert len(list(app.extensions["redress"].storage.list(f"case/{case.id}/"))) == 1


def test_b034_the_other_side_learns_nothing_of_the_same_bytes(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada, cy = people["ada"].actor, people["cy"].actor

    make_item(ada, case.id, body=pdf())
    theirs = make_item(cy, case.id, body=pdf(), name="mine.pdf")

    with tx_as(cy) as tx:
        rows = items_of(tx, cy, case.id)
        counts = counts_of(tx, cy, case.id)
    assert (theirs.label, theirs.duplicate_of, theirs.badges) == ("R1", "", ())
    assert [row.filename for row in rows] == ["mine.pdf"]
    assert (counts.items, counts.complainant) == (1, 0)
    assert len(list(app.extensions["redress"].storage.list(f"case/{case.id}/"))) == 2


def test_b035_a_virus_is_kept_blocked_and_opens_for_nobody(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada, rio = people["ada"].actor, people["rio"].actor

    item = make_item(
        ada, case.id, body=b"X5O!P%@AP EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", name="a.txt"
    )

    with tx_as(rio) as tx:
        (row,) = items_of(tx, rio, case.id)
    assert (item.state, row.can_open) == (ItemState.BLOCKED, False)


def test_b038_a_store_that_fails_leaves_no_row(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada, broken = people["ada"].actor, MemoryStorage()
    broken.fail_on = {"accept"}
    clock = app.extensions["redress"].clock
    staged = stage_upload(io.BytesIO(pdf()), broken)

    with pytest.raises(Unavailable), tx_as(ada) as tx:
        admit_staged(tx, ReceiveUpload(case.id, None, "a.pdf", ""), staged, broken, ada, clock)

    with tx_as(ada) as tx:
        assert items_of(tx, ada, case.id) == ()


def test_b039_after_a_failed_commit_the_object_is_adopted_by_the_next_try(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada = people["ada"].actor
    with pytest.raises(RuntimeError, match="power"), tx_as(ada) as tx:
        make_item(ada, case.id, body=pdf(), tx=tx)
        raise RuntimeError("power cut")

    item = make_item(ada, case.id, body=pdf())

    with tx_as(ada) as tx:
        (row,) = items_of(tx, ada, case.id)
    assert (item.label, row.duplicate_of) == ("E1", "")


def test_b039_other_bytes_under_the_key_are_never_adopted(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada, storage, clock = people["ada"].actor, MemoryStorage(), app.extensions["redress"].clock
    staged = stage_upload(io.BytesIO(pdf()), storage)
    other = storage.put_quarantine(io.BytesIO(b"other"), 10)
    storage.accept(other.key, f"case/{case.id}/complainant/{staged.sha256}")

    with pytest.raises(Unavailable), tx_as(ada) as tx:
        admit_staged(tx, ReceiveUpload(case.id, None, "a.pdf", ""), staged, storage, ada, clock)


@pytest.mark.parametrize(
    ("who", "side", "error"),
    [
        ("bo", None, NotFound),
        ("bo", Side.COMPLAINANT, NotFound),
        ("cy", Side.COMPLAINANT, NotFound),
        ("ada", Side.RESPONDENT, NotFound),
        ("ada", Side.DESK, NotFound),
        ("aud", None, NotFound),
        ("adi", None, NotFound),
    ],
)
def test_b041_nobody_uploads_to_a_foreign_case_or_side(
    app: Any, people: Any, case: Any, who: Any, side: Any, error: Any
) -> None:
    with pytest.raises(error):
        make_item(people[who].actor, case.id, side=side)


def test_b041_an_unknown_case_is_as_foreign_as_any(app: Any, people: Any) -> None:
    with pytest.raises(NotFound):
        make_item(people["ada"].actor, uuid4())


@pytest.mark.parametrize("who", ["ada", "dee"])
def test_b041_a_closed_case_takes_no_file(
    app: Any, people: Any, case: Any, tx_as: Any, who: str
) -> None:
    act(case.id, CaseEvent.WITHDRAW, people["ada"].actor)

    with pytest.raises(Refused) as caught:
        make_item(people[who].actor, case.id)

    assert caught.value.code == "case_closed"
    assert list(app.extensions["redress"].storage.list(f"case/{case.id}/")) == []


def test_b034_staff_filing_for_one_side_meet_no_duplicate_of_the_other(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    dee = people["dee"].actor

    first = make_item(dee, case.id, body=pdf(), side=Side.COMPLAINANT)
    second = make_item(dee, case.id, body=pdf(), side=Side.RESPONDENT)

    assert (first.label, second.label, second.duplicate_of, second.badges) == ("E1", "R1", "", ())


def test_b041_a_deleted_draft_takes_no_file(
    app: Any, people: Any, tx_as: Any, run_jobs: Any
) -> None:
    draft = make_draft(people["ada"])
    make_item(people["ada"].actor, draft)
    act(draft, CaseEvent.DISCARD, people["ada"].actor)

    with pytest.raises((Refused, NotFound)):
        make_item(people["ada"].actor, draft)


def test_i16_the_same_key_adds_one_item(app: Any, people: Any, case: Any, tx_as: Any) -> None:
    ada = people["ada"].actor

    first = make_item(ada, case.id, key="k1")
    again = make_item(ada, case.id, key="k1")

    with tx_as(ada) as tx:
        assert len(items_of(tx, ada, case.id)) == 1
    assert first.id == again.id


def test_staff_add_files_for_a_side_and_for_the_desk(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    dee, ada = people["dee"].actor, people["ada"].actor

    theirs = make_item(dee, case.id, side=Side.COMPLAINANT)
    own = make_item(dee, case.id, name="internal.pdf")

    with tx_as(ada) as tx:
        rows = items_of(tx, ada, case.id)
    assert (theirs.label, own.label) == ("E1", "D1")
    assert [row.label for row in rows] == ["E1"]


def test_parallel_uploads_get_dense_numbers(app: Any, people: Any, case: Any, tx_as: Any) -> None:
    ada = people["ada"].actor

    def one(n: int) -> None:
        with app.app_context():
            make_item(ada, case.id, name=f"{n}.pdf")

    threads = [threading.Thread(target=one, args=(n,)) for n in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    with tx_as(ada) as tx:
        assert sorted(row.number for row in items_of(tx, ada, case.id)) == [1, 2, 3, 4, 5, 6]


def test_i8_bytes_without_a_history_row_do_not_commit(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    ada = people["ada"].actor
    item = make_item(ada, case.id)

    with pytest.raises(Exception, match="has no history row"), tx_as(SYSTEM) as tx:
        tx.execute(
            text("update evidence_item set version = version + 1 where id = :id"), {"id": item.id}
        )


def test_a_draft_keeps_its_files_open_until_it_is_submitted(
    app: Any, people: Any, tx_as: Any, run_jobs: Any
) -> None:
    from app.cases.commands import SubmitCase
    from app.cases.queries import case_by_id
    from app.cases.rules.kinds import SubKind
    from app.cases.service.submit import submit
    from tests.factories.cases import sign_all

    ada, ports = people["ada"].actor, app.extensions["redress"]
    draft = make_draft(people["ada"])
    item = make_item(ada, draft)
    run_jobs()
    with tx_as(ada) as tx:
        before = tx.get(EvidenceItem, item.id).sealed_at
        version = case_by_id(tx, ada, draft).version
        command = SubmitCase(draft, version, sign_all(SubKind.MISSING_EARNINGS, "Ada"))
        submit(tx, command, ada, ports.clock)

    run_jobs()

    with tx_as(ada) as tx:
        stored = tx.get(EvidenceItem, item.id)
        sealed = tx.execute(
            select(EvidenceEvent.step).where(
                EvidenceEvent.item_id == item.id, EvidenceEvent.step == "sealed"
            )
        ).all()
    assert before is None
    assert stored.sealed_until == ports.storage.retained_until(
        stored.object_key, stored.object_version
    )
    assert len(sealed) == 1


def test_a_discarded_draft_loses_its_files_and_nothing_else_can(
    app: Any, people: Any, case: Any, tx_as: Any, run_jobs: Any
) -> None:
    ada, storage = people["ada"].actor, app.extensions["redress"].storage
    draft = make_draft(people["ada"])
    item = make_item(ada, draft, name="passport of ada.pdf")
    kept = make_item(ada, case.id)
    act(draft, CaseEvent.DISCARD, ada)
    run_jobs()

    with tx_as(SYSTEM) as tx:
        row = tx.get(EvidenceItem, item.id)
        assert (row.state, row.filename) == ("purged", "purged")
    assert list(storage.list(f"case/{draft}/")) == []
    with (
        pytest.raises(Exception, match="only the evidence of a discarded draft"),
        tx_as(SYSTEM) as tx,
    ):
        tx.execute(
            text("update evidence_item set state = 'purged', filename = 'purged' where id = :id"),
            {"id": kept.id},
        )


def test_receiving_needs_no_seekable_source(app: Any, people: Any, case: Any, tx_as: Any) -> None:
    ada, ports = people["ada"].actor, app.extensions["redress"]

    class Pipe:
        def __init__(self) -> None:
            self.parts = [pdf()[:10], pdf()[10:], b""]

        def read(self, size: int = -1, /) -> bytes:
            return self.parts.pop(0)

    with tx_as(ada) as tx:
        item = receive_upload(
            tx, ReceiveUpload(case.id, None, "a.pdf", ""), Pipe(), ports.storage, ada, ports.clock
        )

    assert item.label == "E1"
