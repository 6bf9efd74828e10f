"""What a mailer takes and how sending may end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.kernel.errors import RedressError


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One message to one address. *message_id*: without brackets, the same for every try of one notice.

    *thread*: the id that all messages of a conversation refer to, none for a single one. *unsubscribe*: the
    address of one click, only where the recipient may switch this kind off.
    """

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    language: str
    created_at: datetime
    sender_name: str = ""
    thread: str = ""
    unsubscribe: str = ""


class MailRefused(RedressError):
    """The other side said no for good (5xx); *message* holds its status code, never its text."""

    code = "mail_refused"


class MailOutcomeUnknown(RedressError):
    """The line was cut after the content went out: it may have arrived."""

    code = "mail_unknown"


class Mailer(Protocol):
    """Hands one message over."""

    def send(self, mail: OutgoingMail) -> None:
        """Returns when the message was taken.

        Raises Invalid (address or header), MailRefused, MailOutcomeUnknown, Unavailable("mail")
        when nothing was handed over and a later try is safe.
        """
        ...
