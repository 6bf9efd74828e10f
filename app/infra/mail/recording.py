"""A mailer that keeps messages in memory: for tests, held to the same contract as SMTP."""

from __future__ import annotations

from app.infra.mail.message import build_message
from app.infra.mail.port import OutgoingMail


class RecordingMailer:
    """*sent*: what was taken, in order. *fail_with*: raised instead of sending, once for each entry."""

    def __init__(self, sender: str = "desk@redress.example") -> None:
        self._sender = sender
        self.sent: list[OutgoingMail] = []
        self.fail_with: list[Exception] = []

    def send(self, mail: OutgoingMail) -> None:
        """See Mailer."""
        build_message(mail, self._sender).as_bytes()
        if self.fail_with:
            raise self.fail_with.pop(0)
        self.sent.append(mail)
