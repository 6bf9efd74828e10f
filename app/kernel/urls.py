"""Addresses of others that we may call: https to a host by its name, on port 443. Nothing is looked up here.

Which hosts a name leads to is checked when the call is made (`infra.egress`); what can be refused by reading is
refused twice, when an address is saved and before each call (B167).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from app.kernel.errors import Invalid
from app.kernel.words import words as _

LONGEST = 2000
_PRINTABLE = re.compile(r"[!#-;=?-\[\]_a-z~]+")
"""ASCII without blanks, quotes, angle brackets, backslashes and what no address holds unescaped."""
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_INSIDE = frozenset(
    "localhost localdomain local internal intranet lan home corp arpa onion".split()
)
"""Last words of names that never lead to a public host."""
LOOPBACK = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to call. *host*: lower case; *path*: with its query, never empty; *tls*: false on loopback alone."""

    host: str
    port: int
    path: str
    tls: bool = True

    @property
    def host_header(self) -> str:
        """The host as a request names it, with its port where that is not the usual one."""
        return self.host if self.port == (443 if self.tls else 80) else f"{self.host}:{self.port}"


def web_address(value: str, *, field: str = "url", loopback: bool = False) -> Target:
    """Take *value* apart. *loopback*: http to this machine is fine, for demo and tests.

    Raises Invalid: `url_shape`, `url_scheme`, `url_user`, `url_port`, `url_host`, `url_inside`.
    """
    if len(value) > LONGEST or not _PRINTABLE.fullmatch(value):
        raise Invalid(
            field,
            "url_shape",
            _("Enter an address of plain letters, such as https://example.com/hooks."),
        )
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise Invalid(
            field, "url_port", _("The port of this address cannot be read. Leave it out.")
        ) from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = (parts.hostname or "").lower()
    if loopback and parts.scheme == "http" and host in LOOPBACK and "@" not in parts.netloc:
        return Target(host, port or 80, path, tls=False)
    _check_rest(field, parts, port)
    _check_host(field, host)
    return Target(host, 443, path)


def _check_rest(field: str, parts: SplitResult, port: int | None) -> None:
    if parts.scheme != "https":
        raise Invalid(field, "url_scheme", _("The address has to begin with https://."))
    if "@" in parts.netloc:
        raise Invalid(
            field, "url_user", _("Take the part before the @ out of the address: it is no place for secrets.")
        )  # fmt: skip
    if port not in (None, 443) or parts.netloc.endswith(":"):
        raise Invalid(field, "url_port", _("Only port 443 is called. Leave the port out."))
    if parts.fragment or parts.geturl().endswith("#"):
        raise Invalid(field, "url_shape", _("Take the # and what follows out of the address."))


def _check_host(field: str, host: str) -> None:
    labels = host.split(".")
    is_name = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    if not is_name or labels[-1][0].isdigit():
        raise Invalid(
            field,
            "url_host",
            _(
                "Enter the host by its name, not by a number. Names in other scripts start with xn--."
            ),
        )
    if len(labels) < 2 or labels[-1] in _INSIDE:
        raise Invalid(
            field, "url_inside", _("This name is not on the public network. Enter a public one.")
        )
