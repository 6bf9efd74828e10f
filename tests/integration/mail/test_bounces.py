"""B055, B069: reports of other servers about real mails, as they leave by SMTP; for good, for now, made up and broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.accounts.adapters.vault import keys_from
from app.infra.jobs import run_task
from app.infra.mail.bounce import read_bounce
from app.kernel.actor import Actor
from app.notifications.commands import QueueMail
from app.notifications.models import MailBounce, OutgoingMail
from app.notifications.queries import recent_bounces, suppressed_addresses
from app.notifications.rules import BounceKind, MailKind
from app.notifications.service.bounces import record_bounce
from app.notifications.service.mail import queue_mail
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.letters import with_services
from tests.integration.mail.test_contract import SENDER, Sink, serving

SYSTEM = Actor.system("test")
VALUES = {"ref": "RD-7K4M-29QX", "zone": "UTC", "number": "L-1", "request": ""}

BROKEN = (
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: "
    b"message/delivery-status; charset=utf-6\r\n\r\nFinal-Recipient: rfc822; \x80\r\nStatus: 5.1.1\r\n--b--"
)


@pytest.fixture
def wire(app: Any) -> Iterator[Sink]:
    """A server that takes everything."""
    sink = Sink()
    with serving(sink) as mailer, with_services(app, mailer=mailer):
        yield sink


def send(app: Any, tx_as: Any, clock: Any, wire: Sink, case_id: UUID | None) -> tuple[UUID, bytes]:
    """A mail that left; its id and its bytes on the wire."""
    told = QueueMail(
        MailKind.MESSAGE_RECEIVED, str(uuid4()), "Ada@example.com", "en", VALUES, case_id
    )
    with tx_as(SYSTEM) as tx:
        mail = queue_mail(tx, told, clock)
    assert mail is not None
    run_task(app.extensions["redress"], "notifications.deliver", {"mail_id": str(mail)})
    return mail, wire.taken[-1].content


def report(
    content: bytes, *, action: str = "failed", status: str = "5.1.1", **changes: Any
) -> bytes:
    """What a server says about *content*, by the example of RFC 3464."""
    sent = message_from_bytes(content)
    message_id = changes.get("message_id", sent["Message-ID"])
    head = f"Message-ID: {message_id}\r\nSubject: {sent['Subject']}\r\n"
    back = changes.get("back", "text/rfc822-headers")
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {SENDER}\r\nSubject: Returned mail {changes.get('nr', 1)}\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: multipart/report; report-type={changes.get('type', 'delivery-status')}; boundary=b0\r\n\r\n"
        "--b0\r\n\r\nNo such person here: Ada Amberg.\r\n"
        "--b0\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {changes.get('to', 'ada@Example.com')}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such person\r\n\r\n"
        f"--b0\r\nContent-Type: {back}\r\n\r\n{head}\r\n--b0--\r\n"
    ).encode()


def take(app: Any, tx_as: Any, clock: Any, raw: bytes) -> BounceKind | None:
    found = read_bounce(raw)
    if found is None:
        return None
    settings = app.extensions["redress"].settings
    host = settings.mail_from.rpartition("@")[2]
    with tx_as(SYSTEM) as tx:
        return record_bounce(tx, found, keys_from(settings).links, host, clock)


def state_of(tx_as: Any, mail: UUID) -> tuple[str, str]:
    with tx_as(SYSTEM) as tx:
        row = tx.get(OutgoingMail, mail)
        return row.state, row.error


def kept(tx_as: Any) -> list[tuple[str, str]]:
    with tx_as(SYSTEM) as tx:
        return [(row.kind, row.status) for row in tx.scalars(select(MailBounce))]


@pytest.mark.parametrize("back", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize("of_case", [True, False])
def test_b069_a_mail_that_came_back_for_good_failed_and_its_address_is_mailed_no_more(
    app: Any, tx_as: Any, clock: Any, wire: Sink, back: str, *, of_case: bool
) -> None:
    case_id = make_case(make_cast("ada")["ada"]).id if of_case else None
    mail, content = send(app, tx_as, clock, wire, case_id)
    raw = report(content, back=back)

    assert take(app, tx_as, clock, raw) is BounceKind.HARD
    assert take(app, tx_as, clock, raw) is BounceKind.HARD

    assert state_of(tx_as, mail) == ("failed", "bounced_5.1.1")
    assert kept(tx_as) == [("hard", "5.1.1")]
    with tx_as(SYSTEM) as tx:
        (address,) = suppressed_addresses(tx)
        told = tx.execute(
            text("select count(*) from event where type = 'mail_failed'")
        ).scalar_one()
        again = queue_mail(
            tx, QueueMail(MailKind.MESSAGE_RECEIVED, "x", "ada@example.com", "en", VALUES), clock
        )
        assert tx.get(OutgoingMail, again).state == "dropped"
    assert (address.address.lower(), address.status) == ("ada@example.com", "5.1.1")
    assert told == 1


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("failed", "4.4.7"), ("relayed", "2.0.0")]
)
def test_what_is_not_for_good_is_counted_and_stops_nothing(
    app: Any, tx_as: Any, clock: Any, wire: Sink, action: str, status: str
) -> None:
    mail, content = send(app, tx_as, clock, wire, None)

    for number in (1, 2):
        raw = report(content, action=action, status=status, nr=number)
        assert take(app, tx_as, clock, raw) is BounceKind.SOFT

    assert kept(tx_as) == [("soft", status)] * 2
    assert state_of(tx_as, mail) == ("sent", "")
    with tx_as(SYSTEM) as tx:
        assert suppressed_addresses(tx) == ()


@pytest.mark.parametrize("status", ["5.2.2", "5.3.4", "5.7.1"])
def test_a_mail_that_was_not_wanted_failed_and_its_address_stays_good(
    app: Any, tx_as: Any, clock: Any, wire: Sink, status: str
) -> None:
    mail, content = send(app, tx_as, clock, wire, None)

    assert take(app, tx_as, clock, report(content, status=status)) is BounceKind.CONTENT

    assert state_of(tx_as, mail) == ("failed", f"bounced_{status}")
    with tx_as(SYSTEM) as tx:
        assert suppressed_addresses(tx) == ()


def test_b047_nobody_silences_an_address_with_a_report_that_we_did_not_cause(
    app: Any, tx_as: Any, clock: Any, wire: Sink
) -> None:
    case = make_case(make_cast("ada")["ada"])
    mail, content = send(app, tx_as, clock, wire, case.id)
    own = str(message_from_bytes(content)["Message-ID"]).strip("<>")
    local, host = own.split("@")
    stable, token = local.split(".", 1)
    forged = (
        f"<{stable}@{host}>", f"<{stable}.{'a' * len(token)}@{host}>", f"<{own}x>", "<made-up@example.com>",
        f"<%.{token}@{host}>",
    )  # fmt: skip

    found = [take(app, tx_as, clock, report(content, message_id=one)) for one in forged]
    found.append(take(app, tx_as, clock, report(content, to="cy@example.com")))

    assert found == [None] * 6
    assert state_of(tx_as, mail) == ("sent", "")
    assert kept(tx_as) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe\x00", b"From:\x07from.:'\r\n\r\n", b"To: " + b"(" * 3000 + b"\r\n\r\n",
        BROKEN,
        b"Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.", b"a" * 1_000_001,
    ],
)  # fmt: skip
def test_b053_b055_what_is_no_report_is_left_aside(raw: bytes) -> None:
    assert read_bounce(raw) is None


def test_another_kind_of_report_is_none(app: Any, tx_as: Any, clock: Any, wire: Sink) -> None:
    _mail, content = send(app, tx_as, clock, wire, None)

    assert read_bounce(report(content, type="disposition-notification")) is None
    assert read_bounce(report(content, status="gone")) is None
    assert read_bounce(report(content, to="ada@example.com")) is not None


def test_b055_b056_our_mails_ask_that_no_machine_answers_them(
    app: Any, tx_as: Any, clock: Any, wire: Sink
) -> None:
    _mail, content = send(app, tx_as, clock, wire, None)

    sent: Message = message_from_bytes(content)

    assert (sent["Auto-Submitted"], sent["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_the_page_of_reports_looks_through_the_newest_only(
    app: Any, tx_as: Any, clock: Any, wire: Sink, monkeypatch: Any
) -> None:
    monkeypatch.setattr("app.notifications.queries.REPORTS", 2)
    cast = make_cast("ada", "dee")
    case = make_case(cast["ada"])
    for status in ("4.2.2", "4.2.1", "4.4.7"):
        clock.advance(timedelta(minutes=1))
        _mail, content = send(app, tx_as, clock, wire, case.id)
        assert take(app, tx_as, clock, report(content, action="delayed", status=status))

    with tx_as(cast["dee"].actor) as tx:
        (row,) = recent_bounces(tx, cast["dee"].actor)

    assert (row.status, row.times) == ("4.4.7", 2)
