"""What comes back from a call to a host of others, and how it may fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.kernel.errors import RedressError


class Failure(StrEnum):
    """Why there was no answer.

    *unreachable* is one word for a name that is not known, leads to an inner host or does not answer: whoever may
    name hosts learns nothing about the network here (B153).
    """

    UNREACHABLE = "unreachable"
    TLS = "tls"
    TOO_SLOW = "too_slow"
    TOO_BIG = "too_big"
    GARBLED = "garbled"


class NoAnswer(RedressError):
    """Nothing came back that counts. *code*: a `Failure`."""

    code = "no_answer"

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value, code=failure.value)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Answer:
    """*body*: at most what the limit lets through; *took_ms*: milliseconds from the first byte sent."""

    status: int
    body: bytes
    took_ms: int


class Caller(Protocol):
    """Sends bytes to an address of others."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Whatever status comes back, a redirect too. Raises NoAnswer."""
        ...
