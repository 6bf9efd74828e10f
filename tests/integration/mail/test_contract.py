"""One contract, three mailers: a real SMTP line, the demo's folder, and the recorder of the tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from app.infra.mail.maildir import MaildirMailer
from app.infra.mail.message import build_message
from app.infra.mail.port import Mailer, MailOutcomeUnknown, MailRefused
from app.infra.mail.recording import RecordingMailer
from app.infra.mail.smtp import SmtpMailer, SmtpServer
from app.kernel.errors import Invalid, Unavailable
from tests.unit.mail.test_headers import SENDER, make_mail


@dataclass
class Sink:
    """A mail server that keeps envelopes; *answers* overrides its replies by command."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Any] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Answer RCPT."""
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        """Answer DATA."""
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer


@contextmanager
def serving(sink: Sink) -> Iterator[SmtpMailer]:
    """A mailer before *sink*."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield SmtpMailer(SmtpServer("127.0.0.1", port, tls="none"), SENDER)
    finally:
        controller.stop()


@dataclass
class Subject:
    """A mailer and what arrived: raw bytes of messages, in order."""

    mailer: Mailer
    arrived: Callable[[], list[bytes]]


@pytest.fixture(params=["smtp", "folder", "recorder"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """Each mailer in turn."""
    if request.param == "smtp":
        sink = Sink()
        with serving(sink) as mailer:
            yield Subject(mailer, lambda: [envelope.content for envelope in sink.taken])
    elif request.param == "folder":
        folder = MaildirMailer(tmp_path / "mailbox", SENDER)
        yield Subject(
            folder, lambda: [p.read_bytes() for p in sorted((tmp_path / "mailbox").glob("*.eml"))]
        )
    else:
        recorder = RecordingMailer(SENDER)
        yield Subject(
            recorder, lambda: [build_message(mail, SENDER).as_bytes() for mail in recorder.sent]
        )


def test_a_message_arrives_as_it_was_written(subject: Subject) -> None:
    subject.mailer.send(
        make_mail(subject="Qərar hazırdır", text="Salam, Ada", html="<p>Salam, Ada</p>")
    )

    (raw,) = subject.arrived()
    message = message_from_bytes(raw, policy=default)
    assert message["Subject"] == "Qərar hazırdır"
    assert message["To"] == "ada@example.com"
    assert message["From"] == "Redress <desk@redress.example>"
    assert message["Message-ID"] == "<abc123@redress.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().strip() == "Salam, Ada"
    assert message.get_body(("html",)).get_content().strip() == "<p>Salam, Ada</p>"


def test_each_message_has_one_recipient(subject: Subject) -> None:
    for name in ("ada", "bo"):
        subject.mailer.send(
            make_mail(to=f"{name}@example.com", message_id=f"{name}@redress.example")
        )

    found = [message_from_bytes(raw, policy=default)["To"] for raw in subject.arrived()]
    assert sorted(found) == ["ada@example.com", "bo@example.com"]


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "ada@example.com\r\nBcc: x@evil.example"},
        {"to": "ada@example.com, x@evil.example"},
        {"subject": "Hello\r\nBcc: x@evil.example"},
        {"sender_name": "Redress\nBcc: x@evil.example"},
        {"message_id": "abc>\r\nX: y"},
    ],
)
def test_b067_nothing_arrives_with_a_forged_header(
    subject: Subject, changes: dict[str, str]
) -> None:
    with pytest.raises(Invalid):
        subject.mailer.send(make_mail(**changes))

    assert subject.arrived() == []


def test_lines_that_begin_with_a_dot_arrive_whole(subject: Subject) -> None:
    subject.mailer.send(make_mail(text=".\n..\n.hidden\nend"))

    (raw,) = subject.arrived()
    body = message_from_bytes(raw, policy=default).get_body(("plain",)).get_content()
    assert body.replace("\r\n", "\n").strip() == ".\n..\n.hidden\nend"


def test_the_envelope_names_us_and_one_recipient() -> None:
    sink = Sink()
    with serving(sink) as mailer:
        mailer.send(make_mail())

    assert [(envelope.mail_from, envelope.rcpt_tos) for envelope in sink.taken] == [
        (SENDER, ["ada@example.com"])
    ]


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "error"), [("550 no such person", MailRefused), ("451 come back later", Unavailable)]
)
def test_a_refusal_is_final_and_a_delay_is_not(
    command: str, answer: str, error: type[Exception]
) -> None:
    sink = Sink(answers={command: answer})

    with serving(sink) as mailer, pytest.raises(error):
        mailer.send(make_mail())
    assert sink.taken == []


def test_a_refusal_keeps_the_status_and_not_the_words() -> None:
    with (
        serving(Sink(answers={"RCPT": "550 <ada@example.com> secret words"})) as mailer,
        pytest.raises(MailRefused) as refused,
    ):
        mailer.send(make_mail())

    assert refused.value.message == "550"


def test_nobody_listening_is_a_delay() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    with pytest.raises(Unavailable):
        SmtpMailer(SmtpServer("127.0.0.1", port, tls="none"), SENDER).send(make_mail())


@contextmanager
def cutting(after: bytes) -> Iterator[SmtpMailer]:
    """A line that is cut when *after* was read: `DATA` before the content, `.` after it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            line, _ = server.accept()
            with line, line.makefile("rwb") as file:
                file.write(b"220 here\r\n")
                file.flush()
                while (words := file.readline().upper()) and words.strip() != after:
                    if words.strip() == b"DATA":
                        file.write(b"354 go on\r\n")
                    elif words.startswith((b"EHLO", b"HELO", b"MAIL", b"RCPT")):
                        file.write(b"250 fine\r\n")
                    else:
                        continue
                    file.flush()

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield SmtpMailer(SmtpServer("127.0.0.1", server.getsockname()[1], tls="none"), SENDER)
        finally:
            thread.join(10)


def test_b068_cut_after_the_content_is_unknown() -> None:
    with cutting(b".") as mailer, pytest.raises(MailOutcomeUnknown):
        mailer.send(make_mail())


@pytest.mark.parametrize("cut", [b"RCPT TO:<ADA@EXAMPLE.COM>", b"DATA"])
def test_b068_cut_before_the_content_is_a_delay(cut: bytes) -> None:
    with cutting(cut) as mailer, pytest.raises(Unavailable):
        mailer.send(make_mail())


def test_the_folder_keeps_one_of_two_equal_messages_and_shows_the_newest_first(
    tmp_path: Path,
) -> None:
    mailer = MaildirMailer(tmp_path / "m", SENDER)
    mailer.send(make_mail(text="one"))
    mailer.send(make_mail(text="one"))
    mailer.send(make_mail(to="bo@example.com", message_id="b@redress.example", text="two"))

    shown = list(mailer.newest())

    assert sorted((item.to, item.text.strip()) for item in shown) == [
        ("ada@example.com", "one"),
        ("bo@example.com", "two"),
    ]
    assert {item.subject for item in shown} == {"We received your case"}


def test_an_empty_folder_shows_nothing(tmp_path: Path) -> None:
    assert list(MaildirMailer(tmp_path / "none", SENDER).newest()) == []
