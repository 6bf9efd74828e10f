"""What a respondent asks about its counter-notice."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SaveCounter:
    """Keep *answers* by question; only those named change. *version*: what was read, 0 before the first save."""

    case_id: UUID
    version: int
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class SignCounter:
    """Sign and send. *version* of the draft and *case_version*: what was read; *signature*: the typed name."""

    case_id: UUID
    version: int
    case_version: int
    signature: str
