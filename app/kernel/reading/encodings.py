"""Which encoding a text file has: its mark, strict UTF-8, else what its letters make likely, else ask.

No wrong letters are accepted silently: the whole file must decode, and a guess must look like its language.
"""

from __future__ import annotations

import codecs
import unicodedata

import chardet

from app.kernel.reading.sources import Source
from app.kernel.words import words as _

POSSIBLE = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1251", "cp932", "gb18030")
"""What a person may choose."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FAMILIES = {
    "cp1251": {"windows-1251", "cp1251", "ptcp154", "kz1048", "iso-8859-5", "maccyrillic"},
    "cp932": {"cp932", "shift_jis", "shift_jis_2004", "shift-jis"},
    "gb18030": {"gb18030", "gb2312", "gbk", "hz-gb-2312"},
    "cp1252": {"windows-1252", "iso-8859-1", "iso-8859-15", "macroman", "maciceland", "iso-8859-9", "windows-1254"},
}  # fmt: skip
_SCRIPTS = {
    "cp1251": ("CYRILLIC",),
    "cp1252": ("LATIN",),
    "cp932": ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "FULLWIDTH", "IDEOGRAPHIC"),
    "gb18030": ("CJK", "FULLWIDTH", "IDEOGRAPHIC"),
}  # fmt: skip
PIECE = 1 << 20
MOST_SAMPLE = 1 << 18
LIKELY = 80
"""Percent of the letters beyond ASCII that must belong to the scripts of the encoding."""


def encoding_of(source: Source, asked: str = "") -> str:
    """A Python codec that decodes all of *source*. *asked*: what a person said, which must hold. Raises Unreadable."""
    with source.open() as stream:
        head = stream.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _checked(source, name)
    if asked:
        return _checked(source, asked)
    if b"\x00" in head:
        return _checked(source, "utf-16-be" if head[:1] == b"\x00" else "utf-16-le")
    sample, mixed_at = _sample(source)
    if not sample:
        return "utf-8"
    return _guessed(source, sample, mixed_at)


def _checked(source: Source, name: str) -> str:
    """*name*, when every byte of *source* can be read with it."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    line = 1
    with source.open() as stream:
        while True:
            piece = stream.read(PIECE)
            try:
                line += decoder.decode(piece, final=not piece).count("\n")
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise source.fault(
                    _(
                        "Not every sign can be read as %(name)s. Say which encoding it is.",
                        name=name,
                    ),
                    line,
                ) from error
            if not piece:
                return name


def _sample(source: Source) -> tuple[bytes, int]:
    """(lines that are not UTF-8, empty when all are; first line that is UTF-8 beyond ASCII, 0 for none)."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with source.open() as stream:
        try:
            while piece := stream.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            pass
        else:
            return b"", 0
    sample, honest = bytearray(), 0
    with source.open() as stream:
        for number, line in enumerate(iter(lambda: stream.readline(PIECE), b""), start=1):
            if line.isascii() or len(sample) > MOST_SAMPLE:
                continue
            if _is_utf8(line):
                honest = honest or number
            else:
                sample += line
    return bytes(sample), honest


def _guessed(source: Source, sample: bytes, honest: int) -> str:
    for found in chardet.detect_all(sample, ignore_threshold=True):
        name = _family(str(found["encoding"] or ""))
        if name and _looks_right(sample, name):
            if honest and name in {"cp1251", "cp1252"}:
                raise source.fault(
                    _(
                        "Some lines are UTF-8 and some are not. Take the file from its source again."
                    ),
                    honest,
                )
            return _checked(source, name)
    raise source.fault(
        _("The encoding of this file is not clear. Say which it is, or save it as UTF-8.")
    )


def _family(encoding: str) -> str:
    return next((name for name, members in _FAMILIES.items() if encoding.casefold() in members), "")


def _looks_right(sample: bytes, name: str) -> bool:
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return False
    letters = [char for char in text if not char.isascii() and char.isalpha()]
    ours = [char for char in letters if unicodedata.name(char, "?").split(" ")[0] in _SCRIPTS[name]]
    controls = any(
        unicodedata.category(char) in {"Cc", "Co", "Cn"} for char in text if not char.isascii()
    )
    return not controls and bool(letters) and 100 * len(ours) >= LIKELY * len(letters)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
