"""Signed words that travel in mails: which case a mail is about, and whose choices a link opens.

Every one is checked by making it again and comparing in constant time; nothing is read out of a header
that we did not write (RELIABILITY A2, 1).
"""

from __future__ import annotations

from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

from app.accounts.adapters.vault import Vault, same

_BYTES = 16
"""128 bits of a keyed hash: not guessed, and short enough for a header line."""


def case_token(links: Vault, message_id: str, case_id: UUID, address: str) -> str:
    """Proof that the mail *message_id* was ours, about this case and to this address."""
    text = f"{message_id}|{case_id}|{address.lower()}"
    return _short(links.digest("mail:case", text))


def header_id(links: Vault, message_id: str, case_id: UUID | None, address: str, host: str) -> str:
    """Message-ID as it is sent: the same for every try, with the signed token of its case."""
    local = message_id.partition("@")[0]
    if case_id is None:
        return f"{local}@{host}"
    return f"{local}.{case_token(links, message_id, case_id, address)}@{host}"


def thread_id(links: Vault, case_id: UUID, address: str, host: str) -> str:
    """What all mails of a case to one address refer to, so that programs show them as one thread."""
    token = _short(links.digest("mail:thread", f"{case_id}|{address.lower()}"))
    return f"case.{token}@{host}"


def is_own_id(
    links: Vault, sent: str, message_id: str, case_id: UUID | None, address: str, host: str
) -> bool:
    """Whether *sent* (without brackets) is the Message-ID that `header_id` made of the rest."""
    ours = header_id(links, message_id, case_id, address, host)
    return same(ours.encode(), sent.strip().encode("utf-8", "replace"))


def choice_token(links: Vault, mail_id: UUID) -> str:
    """For the links of a mail that open the choices of its recipient: `<mail>.<signature>`."""
    return f"{_plain(mail_id.bytes)}.{_plain(_signature(links, mail_id))}"


def mail_of_token(links: Vault, token: str) -> UUID | None:
    """The mail whose link carries *token*, or nothing when we did not make it."""
    named, _dot, signature = token.partition(".")
    try:
        mail_id = UUID(bytes=_bytes(named))
        given = _bytes(signature)
    except (ValueError, Error):
        return None
    return mail_id if same(given, _signature(links, mail_id)) else None


def _signature(links: Vault, mail_id: UUID) -> bytes:
    return links.digest("mail:choices", str(mail_id))[:_BYTES]


def _short(digest: bytes) -> str:
    return b32encode(digest[:_BYTES]).decode().rstrip("=").lower()


def _plain(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
