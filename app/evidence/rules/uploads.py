"""Large files in parts: how they are cut, what is still missing, how long they wait, which names are refused at once.

Source: UX.md section 8, DECISIONS 15 to 17.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from app.evidence.rules.admission import EXECUTABLE_NAMES, UNOPENABLE, Reason
from app.kernel.errors import Refused
from app.kernel.filenames import extension_of

_MIB = 1024 * 1024
_SMALL, _LARGE = 8 * _MIB, 16 * _MIB
_LARGE_FROM = 1024 * _MIB

LIFE = timedelta(days=7)
"""How long an unfinished upload waits for the rest; then its parts are removed."""
CHECKED_WITHIN = timedelta(hours=24)
"""A whole file that was not checked by then is given up: quarantine is cleared after that time."""
SHOWN_FOR = timedelta(days=2)
"""How long a refused upload stays on its page with the reason."""
OPEN_MOST = 20
"""Unfinished uploads of one person in one case."""


class UploadState(StrEnum):
    """Where a file in parts stands. Only `received` made an item."""

    OPEN = "open"
    CHECKING = "checking"
    RECEIVED = "received"
    REFUSED = "refused"
    ABORTED = "aborted"
    EXPIRED = "expired"


class UploadStep(StrEnum):
    """What moves it."""

    FINISH = "finish"
    RECEIVE = "receive"
    REFUSE = "refuse"
    ABORT = "abort"
    EXPIRE = "expire"


class UploadMove(NamedTuple):
    """One row of the table."""

    source: UploadState
    step: UploadStep
    target: UploadState


UPLOAD_MOVES: tuple[UploadMove, ...] = (
    UploadMove(UploadState.OPEN, UploadStep.FINISH, UploadState.CHECKING),
    UploadMove(UploadState.OPEN, UploadStep.REFUSE, UploadState.REFUSED),
    UploadMove(UploadState.OPEN, UploadStep.ABORT, UploadState.ABORTED),
    UploadMove(UploadState.OPEN, UploadStep.EXPIRE, UploadState.EXPIRED),
    UploadMove(UploadState.CHECKING, UploadStep.RECEIVE, UploadState.RECEIVED),
    UploadMove(UploadState.CHECKING, UploadStep.REFUSE, UploadState.REFUSED),
    UploadMove(UploadState.REFUSED, UploadStep.ABORT, UploadState.ABORTED),
)
"""Aborting a refused upload only takes its line off the page."""


class Trouble(StrEnum):
    """Why a file in parts became no evidence, beyond the reasons of admission."""

    OTHER_BYTES = "other_bytes"
    LOST = "lost"
    CASE_CLOSED = "case_closed"
    TOO_MANY_FILES = "too_many_files"
    NOT_ALLOWED = "not_allowed"


def move_upload(state: UploadState, step: UploadStep) -> UploadState:
    """The state after *step*. Raises `Refused` with the steps that are possible."""
    for row in UPLOAD_MOVES:
        if (row.source, row.step) == (state, step):
            return row.target
    allowed = tuple(row.step for row in UPLOAD_MOVES if row.source is state)
    raise Refused("upload_step", f"{step} is not possible while {state}", allowed)


def part_size(size: int) -> int:
    """Bytes of each part but the last of a file of *size* bytes: 8 MiB, and 16 MiB from 1 GiB on."""
    return _LARGE if size >= _LARGE_FROM else _SMALL


def part_count(size: int, part: int) -> int:
    """How many parts of *part* bytes hold *size* bytes."""
    return -(-size // part)


def size_of_part(size: int, part: int, number: int) -> int:
    """Bytes of part *number* (1, 2, …); 0 outside the file."""
    begin = (number - 1) * part
    return max(0, min(part, size - begin)) if number > 0 else 0


def missing_parts(size: int, part: int, safe: Mapping[int, int]) -> tuple[int, ...]:
    """Numbers that are not there, or not with the bytes they must have. *safe*: bytes by number."""
    numbers = range(1, part_count(size, part) + 1)
    return tuple(n for n in numbers if safe.get(n) != size_of_part(size, part, n))


def safe_parts(size: int, part: int, safe: Mapping[int, int]) -> tuple[int, ...]:
    """Numbers that need not be sent again."""
    gaps = set(missing_parts(size, part, safe))
    return tuple(n for n in range(1, part_count(size, part) + 1) if n not in gaps)


def refused_at_once(filename: str, size: int, limit: int) -> Reason:
    """Why no part of the file is taken, by what is known before the first byte. *limit*: bytes."""
    extension = extension_of(filename).removeprefix(".")
    if size <= 0:
        return Reason.EMPTY
    if size > limit:
        return Reason.TOO_LARGE
    if extension in EXECUTABLE_NAMES:
        return Reason.EXECUTABLE
    return Reason.UNOPENABLE if extension in UNOPENABLE else Reason.NONE


def is_sha256(text: str) -> bool:
    """64 lower-case hex digits."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def is_checksum(text: str) -> bool:
    """SHA-256 of a part in base64, as S3 writes it."""
    return re.fullmatch(r"[A-Za-z0-9+/]{43}=", text) is not None
