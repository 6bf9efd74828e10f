"""Builds the bytes of a message; a header with a line end never leaves (RELIABILITY B057, B067)."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from app.infra.i18n import gettext as _
from app.infra.mail.address import normal_address
from app.infra.mail.port import OutgoingMail
from app.kernel.errors import Invalid

LONGEST_SUBJECT = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_ID = re.compile(r"[A-Za-z0-9.-]+@[A-Za-z0-9.-]+")


def build_message(mail: OutgoingMail, sender: str) -> EmailMessage:
    """A multipart/alternative message. Raises Invalid for anything that could start a header of its own."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(
        _line(mail.sender_name, "sender_name"), addr_spec=normal_address(sender, field="from")
    )
    message["To"] = Address(addr_spec=normal_address(mail.to, field="to"))
    message["Subject"] = _cut(_line(mail.subject, "subject"))
    message["Date"] = mail.created_at
    if not _ID.fullmatch(mail.message_id):
        raise _broken("message_id")
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_body(mail.text), cte="quoted-printable")
    message.add_alternative(_body(mail.html), subtype="html", cte="quoted-printable")
    message["Content-Language"] = _line(mail.language, "language")
    message.set_boundary(f"part-{mail.message_id.partition('@')[0]}")
    return message


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
