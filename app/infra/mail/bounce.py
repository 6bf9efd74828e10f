"""Reads a delivery status notification (RFC 3464) by the mail library: whose mail, to whom, and for good or for now.

What comes in may be anybody's (B053): whatever cannot be read is no report, and nothing of it is kept but
the status codes and the identifiers that we wrote ourselves.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import TypeGuard

LARGEST = 1_000_000
MOST_PARTS, MOST_RECIPIENTS = 20, 20
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_ID = re.compile(r"<([A-Za-z0-9.-]{1,120}@[A-Za-z0-9.-]{1,200})>")


@dataclass(frozen=True, slots=True)
class Returned:
    """One recipient of a report. *action*: failed, delayed and others; *status*: as 5.1.1."""

    address: str
    action: str
    status: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report. *message_id*: of our mail, without brackets; *digest*: of the report, to count it once."""

    message_id: str
    returned: tuple[Returned, ...]
    digest: str


def read_bounce(raw: bytes) -> Bounce | None:
    """The report in *raw*; None for anything else, too large or broken. Never raises."""
    if len(raw) > LARGEST:
        return None
    try:
        return _read(raw)
    except Exception:  # noqa: BLE001 - the parser of the library breaks in many ways on hostile mail (B053)
        return None


def _read(raw: bytes) -> Bounce | None:
    message = message_from_bytes(raw, policy=compat32)
    kind = str(message.get_param("report-type", "")).lower()
    if message.get_content_type() != "multipart/report" or kind != "delivery-status":
        return None
    parts = message.get_payload()
    if not isinstance(parts, list) or len(parts) > MOST_PARTS:
        return None
    whole = tuple(filter(_is_message, parts))
    returned = tuple(one for part in whole for one in _recipients(part))[:MOST_RECIPIENTS]
    ours = next((found for part in whole if (found := _own_id(part))), "")
    if not returned or not ours:
        return None
    return Bounce(ours, returned, hashlib.sha256(raw).hexdigest())


def _recipients(part: Message) -> Iterator[Returned]:
    """The blocks of the machine's part; the first is about the server, the others about a recipient each."""
    blocks = part.get_payload()
    if part.get_content_type() != "message/delivery-status" or not isinstance(blocks, list):
        return
    for block in filter(_is_message, blocks):
        address = _address(str(block.get("Final-Recipient") or ""))
        status = _STATUS.search(str(block.get("Status") or ""))
        action = str(block.get("Action") or "").strip().lower()
        if address and status and action.isalpha():
            yield Returned(address, action, status.group())


def _is_message(part: object) -> TypeGuard[Message]:
    return isinstance(part, Message)


def _address(field: str) -> str:
    """`rfc822; ada@label.example`."""
    kind, _semicolon, address = field.partition(";")
    return address.strip().strip("<>").lower() if kind.strip().lower() == "rfc822" else ""


def _own_id(part: Message) -> str:
    """The Message-ID of what came back: the whole mail, or its headers alone."""
    if part.get_content_type() == "message/rfc822":
        inside = part.get_payload()
        head = next(filter(_is_message, inside), None) if isinstance(inside, list) else None
    elif part.get_content_type() == "text/rfc822-headers":
        text = part.get_payload(decode=True)
        head = message_from_bytes(text, policy=compat32) if isinstance(text, bytes) else None
    else:
        return ""
    found = _ID.search(str(head.get("Message-ID") or "")) if head is not None else None
    return found.group(1) if found else ""
