"""Builds the bytes of a message; a header with a line end never leaves (RELIABILITY B057, B067)."""

from __future__ import annotations

import re
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

from app.infra.i18n import gettext as _
from app.infra.mail.address import normal_address
from app.infra.mail.port import OutgoingMail
from app.kernel.errors import Invalid

LONGEST_SUBJECT, LONGEST_ADDRESS = 200, 900
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:/_~-]+")
_BOUNDARY = 40
"""Of the Message-ID; short enough to stay one word."""
_ID = re.compile(r"[A-Za-z0-9.-]+@[A-Za-z0-9.-]+")


class _OneLine(UnstructuredHeader):
    """A header that stays on one line: the library would encode a long address into words nobody can open."""

    def fold(self, *, policy: EmailPolicy) -> str:
        """Name and value, whole."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)  # type: ignore[arg-type]
_POLICY = SMTP.clone(header_factory=_HEADERS)


def build_message(mail: OutgoingMail, sender: str) -> EmailMessage:
    """A multipart/alternative message. Raises Invalid for anything that could start a header of its own."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(
        _line(mail.sender_name, "sender_name"), addr_spec=normal_address(sender, field="from")
    )
    message["To"] = Address(addr_spec=normal_address(mail.to, field="to"))
    message["Subject"] = _cut(_line(mail.subject, "subject"))
    message["Date"] = mail.created_at
    message["Message-ID"] = _id(mail.message_id, "message_id")
    _bind(message, mail)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_body(mail.text), cte="quoted-printable")
    message.add_alternative(_body(mail.html), subtype="html", cte="quoted-printable")
    message["Content-Language"] = _line(mail.language, "language")
    message.set_boundary(f"part-{mail.message_id[:_BOUNDARY].partition('@')[0]}")
    return message


def _bind(message: EmailMessage, mail: OutgoingMail) -> None:
    """The thread it belongs to, and the one click that ends mails of its kind (RFC 2369, RFC 8058)."""
    if mail.thread:
        message["In-Reply-To"] = message["References"] = _id(mail.thread, "thread")
    if mail.unsubscribe:
        if not _ADDRESS.fullmatch(mail.unsubscribe) or len(mail.unsubscribe) > LONGEST_ADDRESS:
            raise _broken("unsubscribe")
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _id(value: str, field: str) -> str:
    if not _ID.fullmatch(value):
        raise _broken(field)
    return f"<{value}>"


def _line(value: str, field: str) -> str:
    if _CONTROL.search(value):
        raise _broken(field)
    return value.strip()


def _broken(field: str) -> Invalid:
    return Invalid(
        field, "header_injection", _("A mail header holds a line end or control character.")
    )


def _cut(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1] + "…"


def _body(text: str) -> str:
    return text.replace("\x00", "")
