"""File names from outside: a safe one to show and to offer, and the header that offers it.

Object keys never use them. Sources: RFC 6266 (Content-Disposition), RFC 8187 (its encoding), the
device names Windows reserves.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from app.kernel.text import cut, is_blank, strip_direction

MAX_LENGTH = 150
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_FORBIDDEN = re.compile(r'[<>:"|?*;%]')
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}")
_UNRESERVED = "!#$&+-.^_`|~"


def safe_name(raw: str, fallback: str = "file") -> str:
    """The last part of *raw* without controls, direction tricks or reserved signs; never empty.

    At most 150 code points, the extension kept, cut between graphemes. Letters of any script stay.
    """
    last = re.split(r"[/\\]", raw)[-1]
    shown = "".join(char for char in strip_direction(last) if _is_printable(char))
    shown = _FORBIDDEN.sub("_", shown).strip(" .\u00a0")
    if is_blank(shown) or not shown.strip("._ "):
        return fallback
    if _RESERVED.fullmatch(shown):
        shown = f"_{shown}"
    return _shorten(shown)


def extension_of(name: str) -> str:
    """`Plan.PDF` → `.pdf`; empty when there is none worth the name."""
    match = _EXTENSION.fullmatch(name[name.rfind(".") :]) if "." in name[1:] else None
    return match.group().lower() if match else ""


def content_disposition(name: str, *, inline: bool = False) -> str:
    """One header value for *name*: an ASCII form for old clients and the exact one beside it."""
    safe = safe_name(name)
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"[^A-Za-z0-9._ ()\-]", "_", plain).strip(" .") or f"file{extension_of(safe)}"
    if plain.startswith(".") or not plain.strip("._ "):
        plain = f"file{extension_of(safe)}"
    kind = "inline" if inline else "attachment"
    exact = quote(safe.encode("utf-8", "replace"), safe=_UNRESERVED)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def _is_printable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"} and char != "\ufeff"


def _shorten(name: str) -> str:
    if len(name) <= MAX_LENGTH:
        return name
    dot = name.rfind(".")
    tail = name[dot:] if _EXTENSION.fullmatch(name[dot:]) and dot > 0 else ""
    return cut(name[: len(name) - len(tail)], MAX_LENGTH - len(tail)) + tail
