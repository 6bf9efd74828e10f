"""The one place that decides what a mail address is (RELIABILITY B067)."""

from __future__ import annotations

import re

from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid

LONGEST = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")


def normal_address(text: str, *, field: str = "email") -> str:
    """One plain address, domain in lower-case ASCII. Raises Invalid for lists, line ends, quoted or long ones."""
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise _refused(field)
    local, _at, domain = text.strip().rpartition("@")
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        raise _refused(field)
    address = f"{local}@{_ascii_domain(domain, field)}"
    if len(address) > LONGEST:
        raise _refused(field)
    return address


def _ascii_domain(domain: str, field: str) -> str:
    try:
        plain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _refused(field) from None
    labels = plain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(field)
    return plain


def _refused(field: str) -> Invalid:
    return Invalid(
        field, "bad_address", _("Enter one e-mail address, for example ada@label.example.")
    )
