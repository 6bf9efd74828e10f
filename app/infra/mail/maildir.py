"""Mail into a folder instead of the network: the demo's mailbox page reads it. Never for production."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP, default
from pathlib import Path

from app.infra.mail.message import build_message
from app.infra.mail.port import OutgoingMail
from app.kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Letterbox:
    """A message as the mailbox page shows it."""

    key: str
    to: str
    subject: str
    at: datetime
    text: str


class MaildirMailer:
    """Writes each message once, whole or not at all; a second try of one Message-ID changes nothing."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: OutgoingMail) -> None:
        """See Mailer."""
        content = build_message(mail, self._sender).as_bytes(policy=SMTP)
        key = hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]
        name = f"{int(mail.created_at.timestamp() * 1000):015d}-{key}.eml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if any(self._folder.glob(f"*-{key}.eml")):
                return
            waiting = self._folder / f".{name}.{os.getpid()}"
            waiting.write_bytes(content)
            waiting.replace(self._folder / name)
        except OSError as error:
            raise Unavailable("mail") from error

    def newest(self, limit: int = 50) -> Iterator[Letterbox]:
        """The newest *limit* messages, newest first."""
        names = (
            sorted((path.name for path in self._folder.glob("*.eml")), reverse=True)
            if self._folder.is_dir()
            else []
        )
        for name in names[:limit]:
            message = message_from_bytes((self._folder / name).read_bytes(), policy=default)
            body = message.get_body(("plain",))
            yield Letterbox(
                key=name.removesuffix(".eml"),
                to=str(message["To"]),
                subject=str(message["Subject"]),
                at=message["Date"].datetime,
                text=body.get_content() if body else "",
            )
