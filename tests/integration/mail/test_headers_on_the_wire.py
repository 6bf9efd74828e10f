"""What really leaves: every kind over SMTP, its headers exactly, one recipient, the signed token of its case."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.accounts.adapters.vault import keys_from
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from app.notifications.adapters.signed import is_own_id, mail_of_token
from app.notifications.commands import QueueMail
from app.notifications.rules import MANNERS, OWN_BODY, MailKind
from app.notifications.service.mail import queue_mail
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.letters import with_services
from tests.integration.mail.test_contract import SENDER, Sink, serving

SYSTEM = Actor.system("test")
VALUES = {
    "ref": "RD-7K4M-29QX", "zone": "Asia/Baku", "number": "L-2026-1", "request": "2",
    "due_at": "2099-11-27T14:00:00+00:00", "clock": "first_response", "which": "open",
    "effect": "decide_on_file", "lines": [], "event": "0192", "cause": "wrong_fee", "payees": "4", "month": "2026-03",
    "sums": "€18.20",
}  # fmt: skip
NOTICES = [kind for kind in MailKind if kind not in OWN_BODY]
OF_NO_CASE = {MailKind.DIGEST, MailKind.PARENT_EVENT}
ALWAYS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type", "Content-Language",
]  # fmt: skip


@pytest.fixture
def wire(app: Any) -> Iterator[Sink]:
    """A server that takes everything."""
    sink = Sink()
    with serving(sink) as mailer, with_services(app, mailer=mailer):
        yield sink


def send(app: Any, tx_as: Any, clock: Any, kind: MailKind, **changes: Any) -> None:
    given = {"subject_id": str(uuid4()), "address": "ada@example.com", "language": "en", "values": VALUES}  # fmt: skip
    with tx_as(SYSTEM) as tx:
        mail = queue_mail(tx, QueueMail(kind, **{**given, **changes}), clock)
    run_task(app.extensions["redress"], "notifications.deliver", {"mail_id": str(mail)})


def arrived(sink: Sink) -> list[EmailMessage]:
    return [message_from_bytes(taken.content, policy=default) for taken in sink.taken]  # type: ignore[misc]


@pytest.mark.parametrize("kind", NOTICES)
def test_every_kind_has_text_and_html_with_reference_and_one_button(
    app: Any, tx_as: Any, clock: Any, wire: Sink, kind: MailKind
) -> None:
    send(app, tx_as, clock, kind)

    (message,) = arrived(wire)
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert html.count("display:inline-block") == 1
    assert plain.strip()
    if kind not in OF_NO_CASE:
        assert "RD-7K4M-29QX" in plain
        assert "RD-7K4M-29QX" in html
    assert "/mail/choices/" in plain
    assert wire.taken[0].rcpt_tos == ["ada@example.com"]


@pytest.mark.parametrize("kind", NOTICES)
def test_the_headers_are_exactly_ours(
    app: Any, tx_as: Any, clock: Any, wire: Sink, kind: MailKind
) -> None:
    ada = make_cast("ada")["ada"]
    case = make_case(ada)
    send(app, tx_as, clock, kind, case_id=case.id)

    (message,) = arrived(wire)
    one_click = MANNERS[kind].choice or kind is MailKind.DIGEST
    wanted = [*ALWAYS, "In-Reply-To", "References"]
    wanted += ["List-Unsubscribe", "List-Unsubscribe-Post"] if one_click else []
    assert sorted(message.keys()) == sorted(wanted)
    assert message["To"] == "ada@example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"].addresses[0].addr_spec == SENDER
    assert all(len(line) <= 998 for line in wire.taken[0].content.splitlines())


def test_the_message_id_carries_a_token_that_only_we_can_make(
    app: Any, tx_as: Any, clock: Any, wire: Sink
) -> None:
    ada = make_cast("ada")["ada"]
    case, other = make_case(ada), make_case(ada)
    send(app, tx_as, clock, MailKind.MESSAGE_RECEIVED, case_id=case.id)

    sent = str(arrived(wire)[0]["Message-ID"]).strip("<>")
    settings = app.extensions["redress"].settings
    links, host = keys_from(settings).links, settings.mail_from.rpartition("@")[2]
    with tx_as(SYSTEM) as tx:
        stored = tx.execute(text("select message_id from outgoing_mail where case_id is not null and kind = 'message_received'")).scalar_one()  # fmt: skip
    assert is_own_id(links, sent, stored, case.id, "ada@example.com", host)
    assert not is_own_id(links, sent, stored, other.id, "ada@example.com", host)
    assert not is_own_id(links, sent, stored, case.id, "cy@example.com", host)
    assert not is_own_id(
        links, sent.replace(".", ".a", 1), stored, case.id, "ada@example.com", host
    )


def test_mails_of_a_case_to_one_address_are_one_thread_and_the_other_side_has_another(
    app: Any, tx_as: Any, clock: Any, wire: Sink
) -> None:
    ada = make_cast("ada")["ada"]
    case = make_case(ada)
    for address in ("ada@example.com", "ada@example.com", "cy@example.com"):
        send(app, tx_as, clock, MailKind.MESSAGE_RECEIVED, case_id=case.id, address=address)

    one, two, theirs = arrived(wire)
    assert one["References"] == two["References"] == two["In-Reply-To"]
    assert one["References"] != theirs["References"]
    assert len({str(m["Message-ID"]) for m in (one, two, theirs)}) == 3


def test_the_one_click_address_names_its_mail_and_says_one_click(
    app: Any, tx_as: Any, clock: Any, wire: Sink
) -> None:
    send(app, tx_as, clock, MailKind.CASE_CLOSED)

    (message,) = arrived(wire)
    address = str(message["List-Unsubscribe"])
    links = keys_from(app.extensions["redress"].settings).links
    token = address.strip("<>").rpartition("/")[2]
    assert address.startswith("<http://localhost/mail/unsubscribe/")
    assert mail_of_token(links, token) is not None
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"=?utf-8?" not in wire.taken[0].content.split(b"\r\n\r\n")[0]


def test_b062_a_mail_says_nothing_of_the_case_but_its_reference(
    app: Any, tx_as: Any, clock: Any, wire: Sink
) -> None:
    ada = make_cast("ada")["ada"]
    case = make_case(ada, subject_title="zqtitlecanary", summary="zqsummarycanary")
    for kind in NOTICES:
        send(app, tx_as, clock, kind, case_id=case.id)

    assert all(b"canary" not in taken.content for taken in wire.taken)
    assert len(wire.taken) == len(NOTICES)
