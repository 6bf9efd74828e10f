"""What a format is: a name, a kind of content, and a pure function from rows to the files it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.exports.rules.parts import ARCHIVE, ARCHIVE_TYPE, Packed, packed
from app.exports.rules.payments import PaymentOrder
from app.exports.rules.rows import NeutralRow


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written. *name*: kept with the file; *to_parts*: the same rows give the same files."""

    name: str
    content_type: str
    extension: str
    to_parts: Callable[[Sequence[NeutralRow]], tuple[bytes, ...]]

    def to_file(self, rows: Sequence[NeutralRow]) -> Packed:
        """The one file that leaves. Raises Invalid for rows that the target cannot take."""
        return packed(self.to_parts(rows), self.name, self.extension)

    def to_bytes(self, rows: Sequence[NeutralRow]) -> bytes:
        """The bytes of `to_file`."""
        return self.to_file(rows).content

    def content_type_of(self, filename: str) -> str:
        """Of a file of this format: an archive when it took several."""
        return ARCHIVE_TYPE if filename.endswith(f".{ARCHIVE}") else self.content_type


@dataclass(frozen=True, slots=True)
class PaymentFormat:
    """How a file that pays is written: it names accounts, and is never kept unsealed."""

    name: str
    content_type: str
    extension: str
    to_bytes: Callable[[PaymentOrder], bytes]

    def to_file(self, order: PaymentOrder) -> Packed:
        """The one file that leaves. Raises Invalid for payments that the bank cannot make."""
        return Packed(self.to_bytes(order), self.extension)

    def content_type_of(self, _filename: str) -> str:
        """Of a file of this format."""
        return self.content_type


def one_file(module: Any) -> Format:
    """The format of a module that has `to_bytes`."""

    def to_parts(rows: Sequence[NeutralRow]) -> tuple[bytes, ...]:
        return (module.to_bytes(rows),)

    return Format(module.NAME, module.CONTENT_TYPE, module.EXTENSION, to_parts)


def several_files(module: Any) -> Format:
    """The format of a module that has `to_parts`."""
    return Format(module.NAME, module.CONTENT_TYPE, module.EXTENSION, module.to_parts)
