"""One notice, one mail: claimed before it is sent, and every way of ending is written down (I10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.adapters.vault import keys_from
from app.accounts.service.signin import issue_own_code
from app.infra.db.transaction import transaction
from app.infra.jobs import run_task
from app.infra.mail.port import MailOutcomeUnknown, MailRefused
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, Unavailable
from app.notifications.commands import QueueMail
from app.notifications.queries import mails_to_check
from app.notifications.rules import MailKind
from app.notifications.service.mail import LEASE, claim_mail, mail_sent, queue_mail
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.letters import with_services
from tests.support.hammer import hammer, rounds

SYSTEM = Actor.system("test")
MESSAGE = MailKind.MESSAGE_RECEIVED
TxAs = Callable[[Actor], AbstractContextManager[Session]]


@pytest.fixture
def mailer(app: Flask) -> Iterator[RecordingMailer]:
    """Keeps what is sent."""
    with with_services(app, mailer=RecordingMailer()) as services:
        yield services.mailer


def queued(
    tx_as: TxAs, clock: FixedClock, kind: MailKind = MailKind.ACKNOWLEDGEMENT, **changes: Any
) -> UUID:
    """A queued mail, committed."""
    command = {
        "subject_id": "1",
        "address": "ada@example.com",
        "language": "en",
        "values": {"ref": "RD-7K4M-29QX"},
    }
    with tx_as(SYSTEM) as tx:
        found = queue_mail(tx, QueueMail(kind, **{**command, **changes}), clock)
    assert found is not None
    return found


def row_of(tx_as: TxAs, mail_id: UUID) -> Any:
    """The row as it is."""
    with tx_as(SYSTEM) as tx:
        return tx.execute(text("select * from outgoing_mail where id = :id"), {"id": mail_id}).one()


def deliver(app: Flask, mail_id: UUID) -> None:
    """Run the job once, as the worker would."""
    run_task(app.extensions["redress"], "notifications.deliver", {"mail_id": str(mail_id)})


def try_to_deliver(app: Flask, mail_id: UUID) -> None:
    """The same for a worker that comes again later when another has the mail."""
    with suppress(Unavailable):
        deliver(app, mail_id)


def test_a_mail_is_sent_once_however_often_its_job_runs(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer
) -> None:
    mail = queued(tx_as, clock)

    for _ in range(3):
        deliver(app, mail)

    assert [(sent.to, sent.subject) for sent in mailer.sent] == [
        ("ada@example.com", "We received your case RD-7K4M-29QX")
    ]
    assert (row_of(tx_as, mail).state, row_of(tx_as, mail).tries) == ("sent", 1)


def test_the_same_notice_is_queued_once(tx_as: TxAs, clock: FixedClock) -> None:
    queued(tx_as, clock)

    with tx_as(SYSTEM) as tx:
        command = QueueMail(MailKind.ACKNOWLEDGEMENT, "1", "ADA@example.com", "en")
        assert queue_mail(tx, command, clock) is None


def test_b137_a_mail_that_is_being_sent_is_left_alone(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer
) -> None:
    mail = queued(tx_as, clock)
    with tx_as(SYSTEM) as tx:
        claim_mail(tx, mail, clock)

    with pytest.raises(Unavailable):
        deliver(app, mail)

    assert (row_of(tx_as, mail).state, mailer.sent) == ("claimed", [])


@rounds()
def test_b137_two_workers_send_one_mail(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer, rounds: int
) -> None:
    with hammer(app, "two workers with one job") as blow:
        for number in range(1, rounds + 1):
            mail = queued(tx_as, clock, subject_id=str(number))
            blow.strike(*[partial(try_to_deliver, app, mail)] * 2)
            assert len(mailer.sent) == number
            assert row_of(tx_as, mail).state == "sent"


def test_b137_a_slow_sender_that_was_given_up_still_says_that_it_sent(
    tx_as: TxAs, clock: FixedClock
) -> None:
    mail = queued(tx_as, clock, MailKind.LETTER_READY)
    with tx_as(SYSTEM) as tx:
        claim_mail(tx, mail, clock)
    clock.advance(LEASE)
    with tx_as(SYSTEM) as tx:
        given_up = claim_mail(tx, mail, clock)

    with tx_as(SYSTEM) as tx:
        mail_sent(tx, mail, clock)

    assert given_up is None
    assert row_of(tx_as, mail).state == "sent"


def test_b068_an_unknown_outcome_is_shown_and_never_sent_again(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "rio")
    case = make_case(cast["ada"])
    mailer.fail_with = [MailOutcomeUnknown()]
    mail = queued(tx_as, clock, case_id=case.id)

    deliver(app, mail)
    deliver(app, mail)

    assert mailer.sent == []
    with tx_as(cast["rio"].actor) as tx:
        (shown,) = mails_to_check(tx, cast["rio"].actor)
    assert (shown.state, shown.error) == ("unknown", "cut_after_content")


@pytest.mark.parametrize(
    ("kind", "state", "sent"),
    [(MailKind.LETTER_READY, "unknown", 0), (MailKind.MESSAGE_RECEIVED, "sent", 1)],
)
def test_b068_a_sender_that_died_leaves_a_mail_to_check_or_one_resend(
    app: Flask,
    tx_as: TxAs,
    clock: FixedClock,
    mailer: RecordingMailer,
    kind: MailKind,
    state: str,
    sent: int,
) -> None:
    mail = queued(tx_as, clock, kind, values={"ref": "R", "number": "L-1"})
    with tx_as(SYSTEM) as tx:
        first = claim_mail(tx, mail, clock)
    clock.advance(LEASE)

    deliver(app, mail)
    deliver(app, mail)

    assert first is not None
    assert (row_of(tx_as, mail).state, len(mailer.sent)) == (state, sent)
    ours = first.message_id.partition("@")[0]
    assert {one.message_id.partition("@")[0] for one in mailer.sent} <= {ours}


def test_a_second_lost_sender_ends_the_tries(tx_as: TxAs, clock: FixedClock) -> None:
    mail = queued(tx_as, clock)
    for _ in range(2):
        with tx_as(SYSTEM) as tx:
            assert claim_mail(tx, mail, clock) is not None
        clock.advance(LEASE)

    with tx_as(SYSTEM) as tx:
        assert claim_mail(tx, mail, clock) is None

    assert (row_of(tx_as, mail).state, row_of(tx_as, mail).error) == ("unknown", "sender_lost")


def test_a_delay_is_tried_again_later(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer
) -> None:
    mailer.fail_with = [Unavailable("mail")]
    mail = queued(tx_as, clock)
    with pytest.raises(Unavailable):
        deliver(app, mail)
    between = row_of(tx_as, mail)

    deliver(app, mail)

    assert (between.state, between.error) == ("queued", "unavailable")
    assert (row_of(tx_as, mail).state, row_of(tx_as, mail).tries) == ("sent", 2)


def test_b069_a_refusal_is_final_and_is_told_once(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer
) -> None:
    mailer.fail_with = [MailRefused("550")]
    mail = queued(tx_as, clock)

    deliver(app, mail)
    deliver(app, mail)

    with tx_as(SYSTEM) as tx:
        told = (
            tx.execute(text("select payload from event where type = 'mail_failed'")).scalars().all()
        )
    assert (row_of(tx_as, mail).state, row_of(tx_as, mail).error) == ("failed", "refused_550")
    assert [(one["error"], one["others_open"]) for one in told] == [("refused_550", False)]


def test_a_refusal_of_one_of_two_recipients_leaves_the_other_open(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer
) -> None:
    queued(tx_as, clock, address="bo@example.com")
    mail = queued(tx_as, clock)
    mailer.fail_with = [MailRefused("550")]

    deliver(app, mail)

    with tx_as(SYSTEM) as tx:
        told = tx.execute(text("select payload from event where type = 'mail_failed'")).scalar_one()
    assert told["others_open"] is True


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: x@y.example", "a@b.example,c@d.example", "x" * 250 + "@b.example"],
)
def test_b067_an_odd_address_is_never_queued(tx_as: TxAs, clock: FixedClock, address: str) -> None:
    with tx_as(SYSTEM) as tx, pytest.raises(Invalid):
        queue_mail(tx, QueueMail(MailKind.ACKNOWLEDGEMENT, "1", address, "en"), clock)


def test_b067_the_database_refuses_a_line_end_by_itself(tx_as: TxAs, clock: FixedClock) -> None:
    mail = queued(tx_as, clock)

    with pytest.raises(IntegrityError, match="one_line"), tx_as(SYSTEM) as tx:
        tx.execute(
            text("update outgoing_mail set address = E'a@b.example\\nx' where id = :id"),
            {"id": mail},
        )


def test_the_eleventh_mail_in_an_hour_waits(tx_as: TxAs, clock: FixedClock) -> None:
    queued(tx_as, clock, MailKind.LETTER_READY, values={"ref": "R", "number": "L-1"})
    for number in range(10):
        queued(tx_as, clock, MESSAGE, subject_id=str(number))

    late = row_of(tx_as, queued(tx_as, clock, MESSAGE, subject_id="10"))
    other = row_of(tx_as, queued(tx_as, clock, address="bo@example.com"))

    with tx_as(SYSTEM) as tx:
        planned = tx.execute(
            text("select scheduled_at from procrastinate_jobs where args ->> 'mail_id' = :id"),
            {"id": str(late.id)},
        ).scalar_one()
    assert late.due_at == planned == clock.now() + timedelta(hours=1)
    letter = queued(tx_as, clock, MailKind.LETTER_READY, subject_id="2")
    assert other.due_at == row_of(tx_as, letter).due_at == clock.now()


def test_a_missing_value_fails_the_mail_and_sends_nothing(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer
) -> None:
    mail = queued(tx_as, clock, values={})

    deliver(app, mail)

    assert (row_of(tx_as, mail).state, row_of(tx_as, mail).error, mailer.sent) == (
        "failed",
        "missing_variable",
        [],
    )


def test_a_sign_in_code_arrives_and_is_kept_nowhere(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer, run_jobs: Callable[[], int]
) -> None:
    ada = make_cast("ada")["ada"]
    settings = app.extensions["redress"].settings
    with tx_as(SYSTEM) as tx:
        issue_own_code(tx, ada.actor, clock, keys_from(settings).links)

    run_jobs()

    (mail,) = [sent for sent in mailer.sent if sent.to == ada.email]
    code = mail.text.split("\n\n")[1]
    assert code.isdigit()
    assert len(code) == 6
    assert f"{settings.base_url}/signin/link/" in mail.text
    with tx_as(SYSTEM) as tx:
        rows = tx.execute(
            text("select outgoing_mail::text from outgoing_mail where kind = 'sign_in_code'")
        ).scalars()
        everything = "".join(rows)
    assert code not in everything
    assert "sealed" not in everything


def test_the_other_side_never_reads_who_was_mailed(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "cy", "adi")
    case = make_case(cast["ada"], respondent=cast["cy"])
    queued(tx_as, clock, case_id=case.id)

    for key in ("ada", "cy", "adi"):
        with transaction(cast[key].actor) as tx:
            assert (
                tx.execute(
                    text("select count(*) from outgoing_mail where case_id is not null")
                ).scalar_one()
                == 0
            )


def test_a_filed_case_is_acknowledged_to_the_one_who_filed_it(
    app: Flask, tx_as: TxAs, clock: FixedClock, mailer: RecordingMailer, run_jobs: Callable[[], int]
) -> None:
    cast = make_cast("ada", "cy")
    case = make_case(cast["ada"])

    run_jobs()

    found = [mail for mail in mailer.sent if mail.subject == f"We received your case {case.ref}"]
    assert [mail.to for mail in found] == [cast["ada"].email]
    assert case.subject_title not in "".join(
        mail.text + mail.html + mail.subject for mail in mailer.sent
    )
