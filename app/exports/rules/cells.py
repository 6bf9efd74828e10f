"""How one cell of a finance file is written: text that no spreadsheet runs, numbers that stay numbers."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence

from app.kernel.errors import Invalid
from app.kernel.words import words as _

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")


_BEFORE_FORMULA = " \u00a0\u200b\ufeff"
_SUSPECT = FORMULA_STARTS | set(_BEFORE_FORMULA)
"""How every formula begins, and some text."""


def is_formula(text: str) -> bool:
    """True when a spreadsheet program may run *text* (source: OWASP CSV injection, full-width forms)."""
    trimmed = text.lstrip(_BEFORE_FORMULA)
    return bool(text) and (text[0] in FORMULA_STARTS or trimmed[:1] in FORMULA_STARTS)


def text_cell(text: str) -> str:
    """*text* as it may stand in a finance file: an apostrophe keeps a formula from running (B183)."""
    if "\x00" in text:
        raise Invalid(
            "cell",
            "nul_character",
            _("A cell of an export may not hold a NUL character."),
        )
    return f"'{text}" if is_formula(text) else text


def text_cells(texts: Sequence[str]) -> list[str]:
    """`text_cell` of each of *texts*; most are seen to be harmless by how they begin."""
    if "\x00" in "".join(texts):
        return [text_cell(text) for text in texts]
    return [text_cell(text) if text[:1] in _SUSPECT else text for text in texts]


def number_cell(minor: int, exponent: int) -> str:
    """*minor* units written with *exponent* decimals, sign first, no separators: `-1205, 2` is `-12.05`."""
    digits = str(minor)
    if minor >= 0 and 0 < exponent < len(digits):  # almost all of them
        return f"{digits[:-exponent]}.{digits[-exponent:]}"
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    if exponent == 0:
        return f"{sign}{digits}"
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"


def csv_line(cells: Sequence[str]) -> str:
    """One RFC 4180 record with its CRLF; quotes only where they are needed."""
    line = ",".join(cells)
    if line.count(",") >= len(cells) or '"' in line or "\r" in line or "\n" in line or not line:
        return _quoted(cells)
    return f"{line}\r\n"


def _quoted(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL).writerow(cells)
    return out.getvalue()


def chained_checksum(previous: str, line: str) -> str:
    """Checksum of a record that also covers every record before it, so that the last covers the file."""
    return hashlib.sha256(f"{previous}\n{line}".encode()).hexdigest()[:32]
