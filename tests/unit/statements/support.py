"""Short ways to say a file and what was read of it."""

from __future__ import annotations

from app.kernel.reading.faults import Problem
from app.kernel.reading.sources import Source
from app.statements.formats import PROFILES
from app.statements.rules.lines import Line
from app.statements.rules.reading import Asked, Reading

HEADER = "line_id,statement_month,sale_month,store,territory,isrc,usage,units,gross,currency"
FIRST = "1,2026-03,2026-01,spotify,DE,QZABC2600001,stream,10,100.00,EUR"
SECOND = "2,2026-03,2026-01,deezer,FR,QZABC2600001,stream,1,0.25,EUR"


def reading_of(content: bytes | str, name: str = "a.csv", **asked: object) -> Reading:
    """The whole of it read; a text as UTF-8."""
    raw = content.encode() if isinstance(content, str) else content
    reading = Reading(Source.of_bytes(name, raw), PROFILES, Asked(**asked))  # type: ignore[arg-type]
    reading.read = tuple(reading.lines())  # type: ignore[attr-defined]
    return reading


def lines_of(content: bytes | str, name: str = "a.csv", **asked: object) -> tuple[Line, ...]:
    """Its lines; there must be no problem."""
    reading = reading_of(content, name, **asked)
    assert reading.problems == []
    return reading.read  # type: ignore[attr-defined,no-any-return]


def problems_of(content: bytes | str, name: str = "a.csv", **asked: object) -> list[Problem]:
    """What stops it."""
    return reading_of(content, name, **asked).problems


def places(problems: list[Problem]) -> list[tuple[int, str]]:
    """(line, column) of each."""
    return [(one.line, one.column) for one in problems]


def table(*rows: str, header: str = HEADER) -> str:
    """A neutral file of *rows*."""
    return "".join(f"{row}\n" for row in (header, *rows))
