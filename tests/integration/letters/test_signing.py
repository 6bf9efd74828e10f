"""From the number to the bytes that leave: printed, signed, locked in the store, each step once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cases.rules.views import CaseView
from app.infra.jobs import run_task
from app.infra.mail.recording import RecordingMailer
from app.infra.sign.pades import PadesSigner
from app.infra.sign.port import Seal, SignFailed
from app.infra.sign.unsigned import NoSigner
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.letters import jobs
from app.letters.commands import DraftLetter, IssueLetter
from app.letters.queries import LetterView, letter_by_code, letter_view, letters_of
from app.letters.rules.kinds import RETENTION, LetterKind, LetterState
from app.letters.service.drafts import draft_letter
from app.letters.service.numbers import issue_letter, retry_letter
from tests.factories.accounts import TestPerson, make_cast
from tests.factories.cases import make_case
from tests.factories.letters import QuickRenderer, make_context, make_signer, with_services

SYSTEM = Actor.system("test")
TxAs = Callable[[Actor], AbstractContextManager[Session]]


class Crash(BaseException):
    """Somebody pulled the plug."""


@pytest.fixture
def cast(app: Flask) -> dict[str, TestPerson]:
    return make_cast("ada", "rio", "eli")


@pytest.fixture
def case(cast: dict[str, TestPerson]) -> CaseView:
    return make_case(cast["ada"])


@pytest.fixture(autouse=True)
def quick(app: Flask) -> Iterator[None]:
    """Quick printing, mail kept; signature and store are the real ones."""
    with with_services(app, renderer=QuickRenderer(), mailer=RecordingMailer()):
        yield


@pytest.fixture
def letter(case: CaseView, cast: dict[str, TestPerson], tx_as: TxAs, clock: FixedClock) -> str:
    """A numbered letter; its id."""
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        draft = draft_letter(
            tx, DraftLetter(case.id, make_context(LetterKind.WITHDRAWN)), rio, clock
        )
        return str(issue_letter(tx, IssueLetter(draft.id, 1, "http://localhost"), rio, clock).id)


def run(app: Flask, job: str, letter: str) -> None:
    run_task(app.extensions["redress"], f"letters.{job}", {"letter_id": letter})


def seen(tx_as: TxAs, letter: str) -> LetterView:
    with tx_as(SYSTEM) as tx:
        return letter_view(tx, SYSTEM, tx.scalar(text("select id from letter")))


def stored(app: Flask, key: str) -> bytes:
    return b"".join(app.extensions["redress"].storage.open(key))


def test_states_follow_each_other_and_both_hashes_are_kept(
    app: Flask, letter: str, tx_as: TxAs
) -> None:
    states = [seen(tx_as, letter).row.state]
    run(app, "render", letter)
    states.append(seen(tx_as, letter).row.state)
    run(app, "sign", letter)
    view = seen(tx_as, letter)

    assert [*states, view.row.state] == ["numbered", "rendered", "signed"]
    printed, final = stored(app, view.printed_key), stored(app, view.storage_key)
    assert hashlib.sha256(printed).hexdigest() == view.row.printed_sha256
    assert hashlib.sha256(final).hexdigest() == view.row.sha256
    assert final.startswith(printed)
    assert view.row.signer == "Tidewater Music"
    assert make_signer().examine(final).seal is Seal.INTACT


def test_nobody_outside_reads_a_letter_that_waits_for_its_signature(
    app: Flask, letter: str, case: CaseView, cast: dict[str, TestPerson], tx_as: TxAs
) -> None:
    run(app, "render", letter)

    view = seen(tx_as, letter)
    with tx_as(cast["ada"].actor) as tx:
        assert letters_of(tx, cast["ada"].actor, case.id) == ()
    with tx_as(SYSTEM) as tx:
        assert letter_by_code(tx, view.row.verify_code) is None
    assert not view.row.is_readable


def test_the_store_refuses_to_delete_a_letter(
    app: Flask, letter: str, tx_as: TxAs, clock: FixedClock
) -> None:
    run(app, "render", letter)
    run(app, "sign", letter)

    view, storage = seen(tx_as, letter), app.extensions["redress"].storage
    held = storage.head(view.storage_key)
    assert storage.retained_until(view.storage_key, held.version) == clock.now() + RETENTION
    assert view.row.retained_until == clock.now() + RETENTION
    assert storage.purge(view.storage_key, held.version) is False
    assert storage.head(view.storage_key) is not None


def crash_at(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The process dies when it comes to *name*."""

    def dies(*args: Any, **values: Any) -> None:
        raise Crash

    monkeypatch.setattr(jobs, name, dies)


@pytest.mark.parametrize(
    ("job", "step"),
    [
        ("render", "letter_document"),
        ("render", "_put_once"),
        ("render", "store_printed"),
        ("sign", "printed_bytes"),
        ("sign", "_signed"),
        ("sign", "_put_once"),
        ("sign", "store_final"),
    ],
)
def test_b180_a_crash_at_any_step_is_resumed_with_the_same_number(
    app: Flask, letter: str, tx_as: TxAs, job: str, step: str
) -> None:
    number = seen(tx_as, letter).row.number
    if job == "sign":
        run(app, "render", letter)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Crash):
        crash_at(patch, step)
        run(app, job, letter)

    for again in ("render", "sign", "render", "sign"):
        run(app, again, letter)

    view = seen(tx_as, letter)
    assert (view.row.state, view.row.number) == (LetterState.SIGNED, number)
    with tx_as(SYSTEM) as tx:
        assert tx.scalar(text("select count(*) from event where type = 'letter_issued'")) == 1


def test_a_crash_after_signing_leaves_no_second_file(app: Flask, letter: str, tx_as: TxAs) -> None:
    run(app, "render", letter)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Crash):
        crash_at(patch, "store_final")
        run(app, "sign", letter)

    before = {one.key for one in app.extensions["redress"].storage.list("letters/")}
    run(app, "sign", letter)

    assert {one.key for one in app.extensions["redress"].storage.list("letters/")} == before


def test_without_a_key_a_letter_leaves_as_printed_and_says_so(
    app: Flask, letter: str, tx_as: TxAs, run_jobs: Callable[[], int]
) -> None:
    with with_services(app, signer=NoSigner()):
        run(app, "render", letter)
        run(app, "sign", letter)
    view = seen(tx_as, letter)

    assert view.row.state is LetterState.RENDERED
    assert view.row.is_readable
    assert view.row.sha256 == view.row.printed_sha256
    assert view.row.signed_at is None
    run_jobs()
    assert seen(tx_as, letter).row.state is LetterState.SENT


def test_a_broken_key_keeps_letters_waiting_where_the_desk_sees_them(
    app: Flask, letter: str, tx_as: TxAs, cast: dict[str, TestPerson], clock: FixedClock
) -> None:
    with with_services(app, signer=PadesSigner("/nowhere", "/nowhere")):
        run(app, "render", letter)
        with pytest.raises(SignFailed):
            run(app, "sign", letter)
    waiting = seen(tx_as, letter).row

    assert (waiting.state, waiting.problem) == (LetterState.RENDERED, "signing_key_unreadable")
    with tx_as(cast["rio"].actor) as tx:
        retry_letter(tx, waiting.id, cast["rio"].actor, clock)
    run(app, "sign", letter)
    assert (seen(tx_as, letter).row.state, seen(tx_as, letter).row.problem) == ("signed", "")


def test_bytes_that_changed_in_the_store_are_not_signed(
    app: Flask, letter: str, tx_as: TxAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.kernel.errors import Refused

    run(app, "render", letter)
    storage = app.extensions["redress"].storage
    monkeypatch.setattr(storage, "open", lambda *_a, **_k: iter([b"%PDF-1.7 other"]))

    with pytest.raises(Refused):
        run(app, "sign", letter)
    assert seen(tx_as, letter).row.problem == "printed_bytes_changed"


def test_the_database_keeps_signature_and_hashes_as_they_are(
    app: Flask, letter: str, tx_as: TxAs
) -> None:
    from sqlalchemy.exc import IntegrityError

    run(app, "render", letter)
    run(app, "sign", letter)

    for change in ("signer = 'x'", "printed_sha256 = repeat('0', 64)", "retained_until = null"):
        with pytest.raises(IntegrityError, match="frozen"), tx_as(SYSTEM) as tx:
            tx.execute(text(f"update letter set {change}"))


def test_the_time_in_the_signature_is_the_time_of_printing(
    app: Flask, letter: str, tx_as: TxAs, clock: FixedClock
) -> None:
    run(app, "render", letter)
    printed: datetime = clock.now()
    clock.advance(timedelta(hours=3))
    run(app, "sign", letter)

    assert seen(tx_as, letter).row.signed_at == printed
