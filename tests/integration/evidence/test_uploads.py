"""Large files in parts: resumed, checked again by us, refused with a reason, never received by half."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.accounts.service.delegations import revoke_delegation
from app.cases.rules.kinds import CaseEvent
from app.evidence import jobs
from app.evidence.commands import AbortUpload
from app.evidence.queries import custody_of, items_of
from app.evidence.queries.uploads import uploads_of
from app.evidence.rules.items import CustodyStep, ItemState
from app.evidence.rules.uploads import UploadState
from app.evidence.service import abort_upload, arrivals, parts_safe
from app.evidence.service.uploads import PartsMissing
from app.infra.jobs import Run
from app.infra.storage.port import PART, ObjectMissing
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound, Refused
from tests.factories.accounts import make_cast, make_delegation
from tests.factories.cases import act, make_case, make_draft
from tests.factories.evidence import make_item
from tests.factories.uploads import Sender

SYSTEM = Actor.system("test")


def archive(words: str = "stems", size: int = 3000) -> bytes:
    """A ZIP of at least *size* bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(zipfile.ZipInfo("stems.txt"), (words * (size // len(words) + 1))[:size])
    return out.getvalue()


BIG = archive("large", 2 * PART)


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "bo", "cy", "rio")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(people["ada"], respondent=people["cy"])


@pytest.fixture
def ada(people: Any, case: Any) -> Callable[..., Sender]:
    return lambda body=None, **more: Sender(
        people["ada"].actor, case.id, archive() if body is None else body, **more
    )


def test_a_file_in_parts_becomes_an_item_like_any_other(
    app: Any, ada: Any, tx_as: Any, run_jobs: Any
) -> None:
    storage = app.extensions["redress"].storage
    sender = ada(BIG)
    assert sender.sends_all().state is UploadState.CHECKING

    run_jobs()

    view = sender.stands()
    with tx_as(sender.actor) as tx:
        (row,) = items_of(tx, sender.actor, sender.case_id)
        steps = {step.step for step in custody_of(tx, sender.actor, sender.case_id, row.id)}
        key, version = tx.execute(
            text("select object_key, object_version from evidence_item where id = :id"),
            {"id": row.id},
        ).one()
    assert (view.state, view.item_id, view.label) == (UploadState.RECEIVED, row.id, "E1")
    assert (row.state, row.size, row.filename) == (ItemState.ACCEPTED, len(BIG), "stems.zip")
    assert row.sha256 == hashlib.sha256(BIG).hexdigest()
    assert steps >= {CustodyStep.UPLOADED, CustodyStep.CHECKED, CustodyStep.ACCEPTED}
    assert b"".join(storage.open(key, version)) == BIG
    assert storage.head(view.parts.key) is None


def test_what_is_safe_survives_and_only_the_rest_is_sent(
    app: Any, ada: Any, tx_as: Any, run_jobs: Any
) -> None:
    sender = ada(BIG)
    sender.begin()
    sender.put(1, 3)
    storage = app.extensions["redress"].storage

    with tx_as(sender.actor) as tx:
        (found,) = uploads_of(tx, sender.actor, sender.case_id, app.extensions["redress"].clock)
    again = replace(sender, upload_id=None)
    view = again.begin()

    assert found.id == view.id == sender.upload_id
    assert parts_safe(view, storage) == (1, 3)
    with pytest.raises(PartsMissing) as caught:
        again.complete()
    assert caught.value.missing == (2,)
    again.put(2)
    again.complete()
    run_jobs()
    assert again.stands().state is UploadState.RECEIVED


def test_completing_twice_and_checking_twice_make_one_item(
    app: Any, ada: Any, tx_as: Any, run_jobs: Any
) -> None:
    sender = ada()
    first = sender.sends_all()

    second = sender.complete()
    run_jobs()
    third = sender.complete()
    jobs.check_upload(Run("test", app.extensions["redress"]), str(sender.upload_id))

    states = (first.state, second.state, third.state)
    assert states == (UploadState.CHECKING, UploadState.CHECKING, UploadState.RECEIVED)
    with tx_as(sender.actor) as tx:
        assert len(items_of(tx, sender.actor, sender.case_id)) == 1


def test_a_commit_that_failed_after_the_parts_were_joined_goes_on(
    app: Any, ada: Any, run_jobs: Any
) -> None:
    """B039 for parts: the store joined them, our row still says open."""
    sender = ada()
    view = sender.begin()
    sender.put()
    storage = app.extensions["redress"].storage
    from tests.support.parts import checksum

    storage.finish_parts(view.parts, [checksum(sender.body)])

    assert parts_safe(view, storage) == (1,)
    sender.complete()
    run_jobs()
    assert sender.stands().state is UploadState.RECEIVED


def test_other_bytes_than_promised_are_not_received(
    app: Any, ada: Any, tx_as: Any, run_jobs: Any
) -> None:
    sender = ada()
    sender.begin()
    sender.put()
    sender.complete(sha256="0" * 64)

    run_jobs()

    view = sender.stands()
    assert (view.state, view.reason) == (UploadState.REFUSED, "other_bytes")
    assert app.extensions["redress"].storage.head(view.parts.key) is None
    with tx_as(sender.actor) as tx:
        assert items_of(tx, sender.actor, sender.case_id) == ()


def test_parts_of_another_file_are_never_joined(app: Any, ada: Any) -> None:
    sender = ada(archive("one"))
    view = sender.begin()
    sender.put()
    other = replace(sender, body=archive("two"))
    assert len(other.body) == len(sender.body)

    over = other.complete()

    assert (over.state, over.reason) == (UploadState.REFUSED, "other_bytes")
    with pytest.raises(ObjectMissing):
        app.extensions["redress"].storage.parts_of(view.parts)


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [
        ("a.zip", 0, "empty_file"), ("a.zip", 5_000_000_001, "too_large"), ("setup.exe", 10, "executable"),
        ("beat.flp", 10, "unopenable"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_before_the_first_byte(
    app: Any, ada: Any, name: str, size: int, code: str
) -> None:
    before = len(list(app.extensions["redress"].storage.open_parts()))

    with pytest.raises(Invalid) as caught:
        ada(name=name).begin(size=size)

    assert (caught.value.field, caught.value.code) == ("file", code)
    assert len(list(app.extensions["redress"].storage.open_parts())) == before


def test_a_program_by_its_bytes_is_refused_after_the_check(ada: Any, run_jobs: Any) -> None:
    sender = ada(b"MZ" + b"\x00" * 58 + b"\x40\x00\x00\x00PE\x00\x00" + b"\x00" * 500)
    sender.sends_all()

    run_jobs()

    view = sender.stands()
    assert (view.state, view.reason) == (UploadState.REFUSED, "executable")


def test_b033_the_same_file_again_says_so(ada: Any, run_jobs: Any) -> None:
    ada().sends_all()
    run_jobs()
    second = ada()
    second.sends_all()
    run_jobs()

    assert (second.stands().label, second.stands().duplicate_of) == ("E2", "E1")


def test_b034_the_same_bytes_of_the_other_side_are_its_own(
    people: Any, case: Any, ada: Any, run_jobs: Any, tx_as: Any
) -> None:
    ada().sends_all()
    other = Sender(people["cy"].actor, case.id, archive())
    other.sends_all()
    run_jobs()

    with tx_as(other.actor) as tx:
        rows = items_of(tx, other.actor, case.id)
    assert [(row.label, row.duplicate_of) for row in rows] == [("R1", "")]


def test_b035_malware_in_parts_is_kept_and_opened_by_nobody(
    ada: Any, tx_as: Any, run_jobs: Any
) -> None:
    body = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    sender = ada(body)
    sender.sends_all()
    run_jobs()

    with tx_as(sender.actor) as tx:
        (row,) = items_of(tx, sender.actor, sender.case_id)
    assert (row.state, row.can_open) == (ItemState.BLOCKED, False)


def test_b041_a_case_that_is_closed_takes_no_parts(people: Any, case: Any, ada: Any) -> None:
    sender = ada()
    sender.begin()
    act(case.id, CaseEvent.WITHDRAW, people["ada"].actor, reason="settled")

    for step in (lambda: ada().begin(), sender.put, sender.complete):
        with pytest.raises(Refused) as caught:
            step()
        assert caught.value.code == "case_closed"


def test_b134_a_case_that_closes_during_the_check_refuses_and_says_so(
    people: Any, case: Any, ada: Any, run_jobs: Any
) -> None:
    sender = ada()
    sender.sends_all()
    act(case.id, CaseEvent.WITHDRAW, people["ada"].actor, reason="settled")

    run_jobs()

    view = sender.stands()
    assert (view.state, view.reason) == (UploadState.REFUSED, "case_closed")


def test_b136_a_manager_whose_right_ended_sends_nothing_more(
    app: Any, people: Any, case: Any, run_jobs: Any, tx_as: Any
) -> None:
    clock = app.extensions["redress"].clock
    delegation = make_delegation(people["ada"], people["bo"])
    bo = people["bo"].actor
    whole, half = Sender(bo, case.id, archive("a")), Sender(bo, case.id, archive("b"))
    whole.sends_all()
    half.begin()
    with tx_as(SYSTEM) as tx:
        revoke_delegation(tx, delegation, people["ada"].actor, clock)

    for step in (half.put, half.complete, half.stands):
        with pytest.raises(NotFound):
            step()
    run_jobs()

    with tx_as(SYSTEM) as tx:
        found = tx.execute(text("select state, reason from evidence_upload order by state")).all()
    assert [tuple(row) for row in found] == [("open", ""), ("refused", "not_allowed")]


def test_nobody_else_sees_or_goes_on_with_an_upload(
    people: Any, case: Any, ada: Any, tx_as: Any, app: Any
) -> None:
    make_delegation(people["ada"], people["bo"])
    sender = ada()
    sender.begin()

    for key in ("bo", "cy", "rio"):
        stranger = replace(sender, actor=people[key].actor)
        for step in (stranger.put, stranger.complete, stranger.stands):
            with pytest.raises(NotFound):
                step()
        with tx_as(stranger.actor) as tx:
            assert uploads_of(tx, stranger.actor, case.id, app.extensions["redress"].clock) == ()


def test_strangers_begin_nothing(people: Any, case: Any) -> None:
    with pytest.raises(NotFound):
        Sender(people["bo"].actor, case.id, archive()).begin()


def test_staff_send_files_for_the_desk(people: Any, case: Any, run_jobs: Any, tx_as: Any) -> None:
    sender = Sender(people["rio"].actor, case.id, archive())
    sender.sends_all()
    run_jobs()

    assert sender.stands().label == "D1"
    with tx_as(people["ada"].actor) as tx:
        assert items_of(tx, people["ada"].actor, case.id) == ()


def test_taking_back_forgets_the_parts_and_is_safe_to_repeat(
    app: Any, ada: Any, tx_as: Any
) -> None:
    sender = ada()
    view = sender.begin()
    sender.put()
    ports = app.extensions["redress"]

    for _again in range(2):
        with tx_as(sender.actor) as tx:
            command = AbortUpload(view.id)
            over = abort_upload(tx, command, ports.storage, sender.actor, ports.clock)

    assert over.state is UploadState.ABORTED
    with pytest.raises(ObjectMissing):
        ports.storage.parts_of(view.parts)
    for step in (sender.put, sender.complete):
        with pytest.raises(Refused):
            step()


def test_b040_a_full_side_is_told_at_once_and_never_goes_over(
    monkeypatch: Any, ada: Any, run_jobs: Any, tx_as: Any
) -> None:
    for module in ("intake", "uploads"):
        monkeypatch.setattr(f"app.evidence.service.{module}.ITEMS_PER_SIDE", 2)
    senders = [ada(archive(str(n))) for n in range(3)]
    for sender in senders:
        sender.sends_all()
    run_jobs()

    states = sorted((sender.stands().state, sender.stands().reason) for sender in senders)
    assert states == [
        (UploadState.RECEIVED, ""), (UploadState.RECEIVED, ""), (UploadState.REFUSED, "too_many_files"),
    ]  # fmt: skip
    with pytest.raises(Refused) as caught:
        ada().begin()
    assert caught.value.code == "too_many_files"


def test_the_janitor_ends_what_waited_too_long_and_nothing_younger(
    app: Any, clock: Any, ada: Any, run_jobs: Any
) -> None:
    run, storage = Run("test", app.extensions["redress"]), app.extensions["redress"].storage
    old = ada()
    old.begin()
    clock.advance(timedelta(days=6))
    young = ada()
    young.begin()
    stuck = ada()
    stuck.sends_all()
    clock.advance(timedelta(days=1, seconds=1))

    jobs.sweep_uploads(run)

    assert old.stands().state is UploadState.EXPIRED
    assert young.stands().state is UploadState.OPEN
    assert (stuck.stands().state, stuck.stands().reason) == (UploadState.REFUSED, "lost")
    with pytest.raises(ObjectMissing):
        storage.parts_of(old.stands().parts)
    assert storage.parts_of(young.stands().parts) == ()


def test_the_janitor_aborts_parts_without_a_row_after_a_day(app: Any, clock: Any, ada: Any) -> None:
    ports = app.extensions["redress"]
    stray, kept = ports.storage.begin_parts(), ada()
    kept.begin()
    began = dict(ports.storage.open_parts())[stray]

    clock.advance(began + timedelta(hours=23) - clock.now())
    jobs.sweep_uploads(Run("test", ports))
    assert stray in dict(ports.storage.open_parts())
    clock.advance(timedelta(hours=2))
    kept.key = uuid4().hex
    waiting = kept.begin()
    jobs.sweep_uploads(Run("test", ports))

    found = set(dict(ports.storage.open_parts()))
    assert stray not in found
    assert waiting.parts in found


def test_a_draft_takes_files_in_parts(app: Any, people: Any, run_jobs: Any) -> None:
    sender = Sender(people["ada"].actor, make_draft(people["ada"]), archive())
    sender.sends_all()
    run_jobs()

    assert sender.stands().label == "E1"
    assert make_item(people["ada"].actor, sender.case_id).label == "E2"


def test_the_janitor_aborts_what_an_ended_upload_left_when_the_worker_died_in_between(
    app: Any, clock: Any, ada: Any
) -> None:
    run, storage = Run("test", app.extensions["redress"]), app.extensions["redress"].storage
    gone = ada()
    gone.begin()
    began = dict(storage.open_parts())[gone.stands().parts]
    clock.advance(began + timedelta(days=8) - clock.now())
    with run.transaction() as tx:
        (upload_id,) = arrivals.expired_uploads(tx, run.clock)
        parts = arrivals.expire_upload(tx, upload_id, run.actor, run.clock)
    assert parts in dict(storage.open_parts())

    jobs.sweep_uploads(run)

    assert parts not in dict(storage.open_parts())
