"""Signals in the bytes themselves, gathered while a file streams by; nothing is parsed or opened.

A byte scan sees what stands in plain bytes. Names inside compressed PDF object streams are not seen:
therefore no file is ever previewed from its original, and the badge is a warning, not a clearance.
"""

from __future__ import annotations

import re
import zlib
from enum import StrEnum

HEAD = 8192
TAIL = 2048
_OVERLAP = 64
_PDF_WITHIN = 1024
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Signal(StrEnum):
    """What the bytes show, beyond their type."""

    SCRIPT = "script"
    LAUNCH = "launch"
    EMBEDDED_FILE = "embedded_file"
    ENCRYPTED = "encrypted"
    MARKUP = "markup"
    DAMAGED = "damaged"
    MALWARE = "malware"


def _name(word: str) -> bytes:
    """A PDF name whose letters may be written as #xx, not followed by more letters."""
    letters = "".join(f"(?:{char}|#{ord(char):02x}|#{ord(char):02X})" for char in word)
    return f"/{letters}(?![A-Za-z0-9])".encode()


_PDF_NAMES: tuple[tuple[Signal, re.Pattern[bytes]], ...] = (
    (Signal.SCRIPT, re.compile(b"|".join(_name(word) for word in ("JavaScript", "JS", "XFA")))),
    (Signal.LAUNCH, re.compile(b"|".join(_name(word) for word in ("Launch", "RichMedia")))),
    (
        Signal.EMBEDDED_FILE,
        re.compile(
            b"|".join(_name(word) for word in ("EmbeddedFile", "EmbeddedFiles", "Filespec"))
        ),
    ),
    (Signal.ENCRYPTED, re.compile(_name("Encrypt"))),
)
_MARKUP = re.compile(rb"<\s*(?:script|html|svg|iframe|!doctype html)", re.IGNORECASE)


class ContentScan:
    """Feed it the chunks in order, then ask for `signals()`. Memory: head, tail and one overlap."""

    def __init__(self) -> None:
        self.head = b""
        self._tail = b""
        self._found: set[Signal] = set()

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        window = self._tail[-_OVERLAP:] + chunk
        if len(self.head) < HEAD:
            self.head += chunk[: HEAD - len(self.head)]
            if _MARKUP.search(self.head):
                self._found.add(Signal.MARKUP)
        if self._is_pdf:
            self._scan_pdf(window)
        if _EICAR in window:
            self._found.add(Signal.MALWARE)
        self._tail = (self._tail + chunk)[-TAIL:]

    def signals(self) -> frozenset[Signal]:
        """Everything seen, plus `DAMAGED` when the end does not belong to the beginning."""
        damaged = (
            {Signal.DAMAGED} if _is_damaged(self.head, self._tail, pdf=self._is_pdf) else set()
        )
        return frozenset(self._found | damaged)

    @property
    def _is_pdf(self) -> bool:
        return b"%PDF-" in self.head[:_PDF_WITHIN]

    def _scan_pdf(self, window: bytes) -> None:
        for signal, pattern in _PDF_NAMES:
            if signal not in self._found and pattern.search(window):
                self._found.add(signal)


def _is_damaged(head: bytes, tail: bytes, *, pdf: bool) -> bool:
    """True when a picture or PDF stops early, or a PNG header fails its checksum (B027)."""
    if head.startswith(b"\xff\xd8\xff"):
        return b"\xff\xd9" not in tail
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"IEND" not in tail or not _png_header_holds(head)
    return pdf and b"%%EOF" not in tail


def _png_header_holds(head: bytes) -> bool:
    body, stated = head[12:29], head[29:33]
    return body[:4] == b"IHDR" and zlib.crc32(body) == int.from_bytes(stated, "big")
