"""What a renderer takes and gives, and how it fails; no vendor library is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.kernel.errors import RedressError

SCHEME = "letter"
"""Own scheme of the only addresses a document may name: `letter:logo.svg`."""


class RenderFault(StrEnum):
    """Why no PDF came out. Crashed, wall (a busy machine) and fonts (still being installed) may be tried again; the rest is final for that input."""

    TIME = "time_limit"
    WALL = "wall_limit"
    MEMORY = "memory_limit"
    SIZE = "size_limit"
    RESOURCE = "foreign_resource"
    VARIABLE = "missing_variable"
    TEMPLATE = "template_error"
    FONTS = "fonts_missing"
    CRASHED = "renderer_crashed"


class RenderFailed(RedressError):
    """No PDF. *fault* is the stable slug, *detail* names the variable or the address."""

    def __init__(self, fault: RenderFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault), code=fault.value)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class PdfDocument:
    """One document to print. *created_at*: aware UTC, the only date that enters the file.

    *attachment*: JSON bytes kept inside the file as `context.json`; *resources*: name -> bytes,
    reachable as `letter:<name>` and nothing else is.
    """

    html: str
    title: str
    language: str
    created_at: datetime
    attachment: bytes
    author: str = ""
    resources: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """Bounds of one rendering. Seconds; memory in bytes; output in bytes."""

    wall_seconds: float = 20.0
    cpu_seconds: int = 15
    memory_bytes: int = 1_500_000_000
    output_bytes: int = 30_000_000
    input_bytes: int = 2_000_000


class Renderer(Protocol):
    """Turns a document into PDF bytes; the same document gives the same bytes."""

    def pdf(self, document: PdfDocument) -> bytes:
        """PDF/A-3a bytes. Raises RenderFailed."""
        ...
