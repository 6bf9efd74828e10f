"""What a format is: a name, a kind of content, and a pure function from rows to what it writes, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.exports.rules.parts import ARCHIVE, ARCHIVE_TYPE, Leaving, Packed, encoded, packed
from app.exports.rules.payments import PaymentOrder
from app.exports.rules.rows import Rows


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written. *name*: kept with the file; *leaving*: the same rows give the same bytes, and of them
    no more is held than a piece. It raises Invalid for rows that the target cannot take, at the latest with the last piece.
    """

    name: str
    content_type: str
    extension: str
    leaving: Callable[[Rows], Leaving]

    def to_file(self, rows: Rows) -> Packed:
        """The one file that leaves, whole. Raises Invalid for rows that the target cannot take."""
        return self.leaving(rows).whole()

    def to_bytes(self, rows: Rows) -> bytes:
        """The bytes of `to_file`."""
        return self.to_file(rows).content

    def content_type_of(self, filename: str) -> str:
        """Of a file of this format: an archive when it took several."""
        return ARCHIVE_TYPE if filename.endswith(f".{ARCHIVE}") else self.content_type


@dataclass(frozen=True, slots=True)
class PaymentFormat:
    """How files that pay are written: they name accounts, and are never kept unsealed."""

    name: str
    content_type: str
    extension: str
    to_parts: Callable[[PaymentOrder], tuple[bytes, ...]]

    def to_file(self, order: PaymentOrder) -> Packed:
        """The one file that leaves. Raises Invalid for payments that the target cannot make."""
        return packed(self.to_parts(order), self.name, self.extension).whole()

    def content_type_of(self, filename: str) -> str:
        """Of a file of this format: an archive when it took several."""
        return ARCHIVE_TYPE if filename.endswith(f".{ARCHIVE}") else self.content_type


def pays(module: Any) -> PaymentFormat:
    """The format of a module whose `to_parts` takes a payment order."""
    return PaymentFormat(module.NAME, module.CONTENT_TYPE, module.EXTENSION, module.to_parts)


def text_file(module: Any) -> Format:
    """The format of a module that has `to_texts`: one file of text."""
    return _format(module, lambda rows: Leaving(encoded(module.to_texts(rows)), module.EXTENSION))


def one_file(module: Any) -> Format:
    """The format of a module that has `to_pieces`: one file of bytes."""
    return _format(module, lambda rows: Leaving(module.to_pieces(rows), module.EXTENSION))


def several_files(module: Any) -> Format:
    """The format of a module that has `to_parts`: as many small files as it takes."""
    return _format(
        module, lambda rows: packed(module.to_parts(rows), module.NAME, module.EXTENSION)
    )


def _format(module: Any, leaving: Callable[[Rows], Leaving]) -> Format:
    return Format(module.NAME, module.CONTENT_TYPE, module.EXTENSION, leaving)
