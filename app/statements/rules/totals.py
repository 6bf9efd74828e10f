"""Sums of lines and what the file says they are: compared after summing, to the cent, never row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation

from app.kernel.errors import Invalid
from app.kernel.money import exponent_of
from app.kernel.reading.faults import Problem
from app.kernel.words import Words
from app.kernel.words import words as _
from app.statements.rules.lines import Line

EXACT = Context(prec=60, traps=[InvalidOperation, Inexact])
"""14 digits and 24 places, summed over more lines than there can be."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A total that a file states in *line*: *place* empty for all territories, *rows* for a count of lines."""

    file: str
    line: int
    currency: str
    place: str
    amount: Decimal
    is_count: bool = False


class Sums:
    """Of the lines that were read: count, and amount by currency and by (territory as written, currency)."""

    def __init__(self) -> None:
        self.lines = 0
        self.by_currency: dict[str, Decimal] = {}
        self._by_place: dict[tuple[str, str], Decimal] = {}
        self.stated: list[Stated] = []

    def add(self, line: Line) -> None:
        """Count *line*."""
        self.lines += 1
        add, amount = EXACT.add, line.amount
        sums, places, place = self.by_currency, self._by_place, (line.territory_text, line.currency)
        sums[line.currency] = add(sums.get(line.currency, Decimal(0)), amount)
        places[place] = add(places.get(place, Decimal(0)), amount)

    def problems(self) -> Iterator[Problem]:
        """One for each stated total that the lines do not add up to."""
        for one in self._merged():
            found = self._found(one)
            if found is None or abs(found - one.amount) > _half_minor(one):
                yield Problem(
                    one.file,
                    one.line,
                    one.place or one.currency,
                    f"{one.amount:f}",
                    _unlike(f"{one.amount:f}", found),
                )

    def _found(self, one: Stated) -> Decimal | None:
        if one.is_count:
            return Decimal(self.lines)
        if one.place:
            return self._by_place.get((one.place, one.currency), Decimal(0))
        if one.currency:
            return self.by_currency.get(one.currency, Decimal(0))
        return next(iter(self.by_currency.values())) if len(self.by_currency) == 1 else None

    def _merged(self) -> Iterator[Stated]:
        """Subtotals of one file and key are one total."""
        merged: dict[tuple[str, str, str, bool], list[Stated]] = defaultdict(list)
        for one in self.stated:
            merged[one.file, one.currency, one.place, one.is_count].append(one)
        for (file, currency, place, is_count), parts in merged.items():
            amount = Decimal(0)
            for part in parts:
                amount = EXACT.add(amount, part.amount)
            yield Stated(file, parts[0].line, currency, place, amount, is_count)


def reason_values(problem: Problem) -> dict[str, str]:
    """What the sentence of a total that does not fit was made from: stated and, where lines have its currency, sum."""
    values = problem.reason.params if isinstance(problem.reason, Words) else {}
    return {name: str(value) for name, value in values.items()}


def _unlike(stated: str, found: Decimal | None) -> Words:
    if found is None:
        return _(
            "The file states %(stated)s here, and none of its lines is of that currency. Ask its sender for a whole one.",
            stated=stated,
        )
    return _(
        "The file states %(stated)s here, its lines add up to %(sum)s. Ask its sender for a whole one.",
        stated=stated,
        sum=f"{found:f}",
    )


def _half_minor(one: Stated) -> Decimal:
    try:
        places = exponent_of(one.currency)
    except Invalid:
        places = 2
    return Decimal(0) if one.is_count else Decimal("0.5").scaleb(-places)
