"""Reconciling: what was exported beside what the ledger posted. The order of lines changes nothing.

A line belongs to the correction that its reference names, by id or by the number of its journal entry. The lines of
a correction count together: their sum is compared. Every correction and every line is told exactly once.
Source: UX F5, LIFECYCLES "batch".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.exports.rules.cells import number_cell
from app.exports.rules.rows import NeutralRow
from app.kernel.errors import Refused
from app.kernel.money import exponent_of
from app.kernel.words import words as _


class MatchState(StrEnum):
    """What became of a correction, or of a line that names none of ours."""

    MATCHED = "matched"
    DIFFERS = "differs"
    MISSING = "missing"
    UNKNOWN = "unknown"
    TWICE = "twice"


EXCEPTIONS = frozenset({MatchState.DIFFERS, MatchState.MISSING, MatchState.TWICE})
"""What is not posted as it was exported."""


class MatchedBy(StrEnum):
    """By which rule a line found its correction."""

    CORRECTION = "correction"
    NUMBER = "number"
    HAND = "hand"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Exported:
    """A correction of the batch. *minor*: its gross, minor units of *currency*; *numbers*: of its journal entries."""

    correction_id: str
    minor: int
    currency: str
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Posted:
    """A line of the ledger's file. *line*: where it begins; *minor*: minor units of *currency*."""

    line: int
    reference: str
    minor: int
    currency: str
    posted_on: date


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a correction, or of one line that is not ours.

    *expected*, *posted*: minor units of *currency*, None where there is none; lines in another currency are not in
    *posted*, and make it differ. *lines*: of the file, ascending. *posted_on*: the latest day of them.
    """

    state: MatchState
    reference: str
    by: MatchedBy
    currency: str
    expected: int | None
    posted: int | None
    lines: tuple[int, ...]
    posted_on: date | None
    correction_id: str | None = None


def exported_of(rows: Iterable[NeutralRow], *, by_line: bool) -> tuple[Exported, ...]:
    """The corrections of a file, in its order, which share one currency. *by_line*: its journal has an entry a line, not one a correction."""
    sums: dict[str, int] = {}
    numbers: dict[str, set[str]] = {}
    currency = ""
    for serial, row in enumerate(rows, start=1):
        currency = row.currency
        sums[row.correction_id] = sums.get(row.correction_id, 0) + row.gross
        mine = numbers.setdefault(row.correction_id, set())
        mine.add(_number(row, serial if by_line else len(numbers)))
    return tuple(
        Exported(key, minor, currency, frozenset(numbers[key])) for key, minor in sums.items()
    )


def reconciled(exported: Sequence[Exported], posted: Iterable[Posted]) -> tuple[Told, ...]:
    """Corrections in their order, then lines of none of them in theirs."""
    by_id = {one.correction_id.lower(): one for one in exported}
    by_number = {number.lower(): one for one in exported for number in one.numbers}
    mine: dict[str, list[Posted]] = {one.correction_id: [] for one in exported}
    strangers = []
    for line in sorted(posted, key=lambda one: one.line):
        name = line.reference.lower()
        found = by_id.get(name) or by_number.get(name)
        if found is None:
            strangers.append(line)
        else:
            mine[found.correction_id].append(line)
    return (
        *(_told(one, mine[one.correction_id]) for one in exported),
        *(_stranger(line) for line in strangers),
    )


def state_by_hand(missing: Told, line: Told) -> MatchState:
    """What becomes of a correction that is missing when a person says that *line*, which is unknown, is its posting.

    Raises Refused for rows in any other state: what a rule found is not turned round by hand.
    """
    if missing.state is not MatchState.MISSING or line.state is not MatchState.UNKNOWN:
        raise Refused(
            "not_open",
            _("Only a correction that is missing and a line that is unknown are matched by hand."),
        )
    same = line.currency == missing.currency and line.posted == missing.expected
    return MatchState.MATCHED if same else MatchState.DIFFERS


def note_of(told: Told, filename: str) -> str:
    """What is kept beside a correction that is an exception: figures and lines, without words to translate."""
    expected = _figure(told.expected, told.currency)
    where = f"{filename}: {', '.join(map(str, told.lines))}" if told.lines else filename
    if told.state is MatchState.TWICE and told.expected:
        return f"{expected} × {(told.posted or 0) // told.expected} ({where})"[:500]
    return f"{expected} ≠ {_figure(told.posted, told.currency)} ({where})"[:500]


def _told(one: Exported, lines: Sequence[Posted]) -> Told:
    posted = sum(line.minor for line in lines if line.currency == one.currency)
    by_id = all(line.reference.lower() == one.correction_id.lower() for line in lines)
    rule = MatchedBy.CORRECTION if by_id else MatchedBy.NUMBER
    return Told(
        _state(one, lines, posted),
        one.correction_id,
        rule if lines else MatchedBy.NOTHING,
        one.currency,
        one.minor,
        posted if lines else None,
        tuple(line.line for line in lines),
        max((line.posted_on for line in lines), default=None),
        one.correction_id,
    )


def _state(one: Exported, lines: Sequence[Posted], posted: int) -> MatchState:
    if not lines:
        return MatchState.MISSING
    if any(line.currency != one.currency for line in lines):
        return MatchState.DIFFERS
    if posted == one.minor:
        return MatchState.MATCHED
    is_multiple = one.minor != 0 and posted % one.minor == 0 and posted // one.minor > 1
    return MatchState.TWICE if is_multiple and len(lines) > 1 else MatchState.DIFFERS


def _stranger(line: Posted) -> Told:
    return Told(
        MatchState.UNKNOWN, line.reference, MatchedBy.NOTHING, line.currency, None, line.minor,
        (line.line,), line.posted_on,
    )  # fmt: skip


def _number(row: NeutralRow, serial: int) -> str:
    return f"R{row.batch_id.replace('-', '')[:10]}-{serial}"


def _figure(minor: int | None, currency: str) -> str:
    return "–" if minor is None else f"{number_cell(minor, exponent_of(currency))} {currency}"
