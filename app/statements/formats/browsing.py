"""A page of the lines of one part, out of its Parquet: what a page costs does not grow with the file.

Lines are found behind a position, so the engine reads the groups of rows that it needs and the columns that are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from app.statements.formats.parquet import engine_in, literal

_SHOWN = (
    "position, kind, sale_month, coalesce(nullif(store, ''), split_part(format, '/', 1)) as store, territory, "
    "coalesce(isrc_text, '') as isrc_text, coalesce(title, '') as title, coalesce(artist, '') as artist, "
    "coalesce(usage, '') as usage, units, amount, currency, coalesce(payee, '') as payee"
)
_CANONICAL = "regexp_replace(upper(isrc_text), '[- ]', '', 'g')"
MOST_CHOICES = 300


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines: empty filters are none. *isrc*: canonical; *payees*: codes, None for all; *after*: a position."""

    isrc: str = ""
    store: str = ""
    sale_month: str = ""
    payees: tuple[str, ...] | None = None
    positions: tuple[int, ...] | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line as its source wrote it. *position*: its place in the file of lines, from 1; amounts exact."""

    position: int
    kind: str
    sale_month: str
    store: str
    territory: str
    isrc: str
    title: str
    artist: str
    usage: str
    units: Decimal | None
    amount: Decimal
    currency: str
    payee: str

    @property
    def amount_words(self) -> str:
        """All its places, with the currency."""
        return f"{self.amount.normalize():f} {self.currency}"


def lines_page(
    path: Path, folder: Path, sought: Sought, size: int
) -> tuple[tuple[StatementLine, ...], int | None]:
    """(at most *size* lines in the order of the file, the last position when there are more)."""
    where, values = _conditions(sought)
    with engine_in(folder) as engine:
        found = engine.execute(
            f"select * from (select {_SHOWN} from read_parquet({literal(path)})) where position > $after{where} "  # noqa: S608
            f"order by position limit {size + 1}",
            {"after": sought.after} | values,
        ).fetchall()
    rows = tuple(StatementLine(*row) for row in found[:size])
    return rows, rows[-1].position if len(found) > size else None


def choices_of(
    path: Path, folder: Path, payees: tuple[str, ...] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(stores, sale months) that the lines name, those of *payees* where they are given: for the filters."""
    where, values = _conditions(Sought(payees=payees))
    with engine_in(folder) as engine:
        found = [
            engine.execute(
                f"select distinct {name} from (select {_SHOWN} from read_parquet({literal(path)})) "  # noqa: S608
                f"where true{where} order by 1 limit {MOST_CHOICES}",
                values,
            ).fetchall()
            for name in ("store", "sale_month")
        ]
    stores, months = (tuple(str(row[0]) for row in rows) for rows in found)
    return stores, months


def _conditions(sought: Sought) -> tuple[str, dict[str, object]]:
    asked: list[tuple[str, str, object]] = [
        (f"{_CANONICAL} = $isrc", "isrc", sought.isrc),
        ("store = $store", "store", sought.store),
        ("sale_month = $sale_month", "sale_month", sought.sale_month),
    ]
    lists: list[tuple[str, str, object]] = [
        ("list_contains($payees, payee)", "payees", sought.payees),
        ("list_contains($positions, position)", "positions", sought.positions),
    ]
    wanted = [one for one in asked if one[2]]
    wanted += [(sql, name, list(value)) for sql, name, value in lists if value is not None]  # type: ignore[call-overload]
    return "".join(f" and {sql}" for sql, _name, _value in wanted), {
        name: value for _sql, name, value in wanted
    }
