"""SMTP, step by step, so that each way of ending has its own name."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.policy import SMTP

from app.infra.mail.message import build_message
from app.infra.mail.port import MailOutcomeUnknown, MailRefused, OutgoingMail
from app.kernel.errors import Unavailable

SECONDS = 20
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where to hand mail over. *tls*: none, starttls, tls."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"


class SmtpMailer:
    """One connection a message; *sender* is the address in From and of the envelope."""

    def __init__(self, server: SmtpServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    def send(self, mail: OutgoingMail) -> None:
        """See Mailer."""
        message = build_message(mail, self._sender)
        content = message.as_bytes(policy=SMTP)
        recipient = message["To"].addresses[0].addr_spec
        try:
            connection = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("mail") from error
        try:
            self._hand_over(connection, recipient, content)
        finally:
            _leave(connection)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            if server.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _hand_over(self, connection: smtplib.SMTP, recipient: str, content: bytes) -> None:
        try:
            connection.ehlo_or_helo_if_needed()
            _accepted(connection.mail(self._sender))
            _accepted(connection.rcpt(recipient))
            _accepted(connection.docmd("DATA"))
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("mail") from error
        try:
            connection.send(_LEADING_DOT.sub(b"..", content) + b".\r\n")
            answer = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise MailOutcomeUnknown("cut after the content") from error
        _accepted(answer)


def _accepted(answer: tuple[int, bytes]) -> None:
    """Nothing for 2xx and 354. Raises MailRefused for 5xx, Unavailable for 4xx."""
    status = answer[0]
    if status >= 500:
        raise MailRefused(str(status))
    if status >= 400:
        raise Unavailable("mail", str(status))


def _leave(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()
