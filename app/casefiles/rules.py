"""The life of a case file, its layout (BagIt, RFC 8493), and its manifest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.filenames import safe_name

LIFE = timedelta(days=7)
"""How long it may be fetched; then it is removed and can be made anew."""
LARGEST = 50 * 1000**3
"""Bytes of evidence that one file may hold."""
BAG = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class FileState(StrEnum):
    """Where a case file stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the payload, as it was packed. *sha256*: hex, of its bytes."""

    path: str
    size: int
    sha256: str


def payload_path(folder: str, name: str) -> str:
    """Where a file lies in the bag; its name is made safe for every system."""
    clean = safe_name(name).replace("/", "_").replace("\\", "_")
    return f"data/{folder}/{clean}" if folder else f"data/{clean}"


def manifest_of(entries: Iterable[Entry]) -> str:
    """`sha256sum -c` reads it: hash, two spaces, path; in order of path."""
    lines = sorted((entry.path, entry.sha256) for entry in entries)
    return "".join(f"{sha256}  {path}\n" for path, sha256 in lines)


def bag_info(ref: str, reader: str, made_at: datetime, entries: Iterable[Entry]) -> str:
    """Who made what for whom, and Payload-Oxum (bytes.files) for a quick look."""
    packed = list(entries)
    total = sum(entry.size for entry in packed)
    return (
        f"Source-Organization: Redress\nExternal-Identifier: {ref}\nInternal-Sender-Description: case file for the {reader}\n"
        f"Bagging-Date: {made_at:%Y-%m-%d}\nBagging-Time: {made_at:%Y-%m-%dT%H:%M:%SZ}\nPayload-Oxum: {total}.{len(packed)}\n"
    )
