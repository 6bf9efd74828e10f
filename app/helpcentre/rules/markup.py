"""The few marks an article may use, as blocks and spans: no markup is ever made here.

Blocks: `## heading`, `1. step`, `- point`, `> note`, paragraphs. Spans: `**strong**`, `[words](/address)`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from app.kernel.errors import Invalid

_SPAN = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<words>[^\]]+)\]\((?P<href>[^)\s]+)\)")
_OWN = re.compile(r"/(?!/)[a-z0-9/?=&_.#-]*")
_MARKS = (("## ", "heading"), ("- ", "points"), ("> ", "note"))
_STEP = re.compile(r"\d+\. ")


class BlockKind(StrEnum):
    """What a block is shown as."""

    HEADING = "heading"
    TEXT = "text"
    STEPS = "steps"
    POINTS = "points"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Span:
    """Words; *strong*, or a link to *href*, an address of our own."""

    text: str
    strong: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One block; *rows* are its items, one for all but lists. *anchor*: of a heading."""

    kind: BlockKind
    rows: tuple[tuple[Span, ...], ...]
    anchor: str = ""

    @property
    def text(self) -> str:
        """Its words without marks."""
        return " ".join("".join(span.text for span in row) for row in self.rows)


def blocks_of(source: str) -> tuple[Block, ...]:
    """The blocks of a text. Raises Invalid for a link that leads away from our own pages."""
    kinds = [_line(line.rstrip()) for line in source.strip().splitlines()]
    found: list[Block] = []
    for kind, lines in groupby(kinds, key=lambda pair: pair[0]):
        texts = [text for _kind, text in lines]
        if kind is not None:
            found += _blocks(kind, texts)
    return tuple(found)


def _line(line: str) -> tuple[BlockKind | None, str]:
    if not line:
        return None, ""
    for mark, kind in _MARKS:
        if line.startswith(mark):
            return BlockKind(kind), line[len(mark) :]
    if step := _STEP.match(line):
        return BlockKind.STEPS, line[step.end() :]
    return BlockKind.TEXT, line


def _blocks(kind: BlockKind, texts: list[str]) -> Iterator[Block]:
    if kind is BlockKind.HEADING:
        yield from (Block(kind, (spans_of(text),), anchor_of(text)) for text in texts)
    elif kind in {BlockKind.STEPS, BlockKind.POINTS}:
        yield Block(kind, tuple(spans_of(text) for text in texts))
    else:
        yield Block(kind, (spans_of(" ".join(texts)),))


def spans_of(text: str) -> tuple[Span, ...]:
    """Words, strong words and links in order. Raises Invalid for a link that leads away."""
    found, at = [], 0
    for match in _SPAN.finditer(text):
        found.append(Span(text[at : match.start()]))
        found.append(_marked(match))
        at = match.end()
    found.append(Span(text[at:]))
    return tuple(span for span in found if span.text)


def _marked(match: re.Match[str]) -> Span:
    if match["strong"]:
        return Span(match["strong"], strong=True)
    if not _OWN.fullmatch(match["href"]):
        raise Invalid("href", "foreign_link", match["href"])
    return Span(match["words"], href=match["href"])


def anchor_of(text: str) -> str:
    """A heading as the end of an address: letters and digits of any script."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "part"
