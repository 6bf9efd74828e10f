"""Lines that lie as Parquet, read again: as the CSV of the payout audit, and by what they say of their recordings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from app.kernel.identifiers import Isrc
from app.statements.formats.parquet import engine_in, literal
from app.statements.rules.keys import Said, key_of
from app.statements.rules.lines import Kind

if TYPE_CHECKING:
    import duckdb

_NUMBER = "regexp_replace(cast({name} as varchar), '[.]?0+$', '')"
"""A number of a line as text, without the zeros at its end."""
_SAID = "isrc_text, upc_text, title, artist"
_TYPES = "isrc_text varchar, upc_text varchar, title varchar, artist varchar"
_SALES = (
    "statement_month, sale_month, coalesce(nullif(store, ''), split_part(format, '/', 1)) as store, territory, "
    "coalesce(matched, isrc_text) as isrc, usage, {units} as units, {amount} as gross, currency"
).format(**{
    name: _NUMBER.format(name=name) for name in ("units", "amount")
})  # fmt: skip
_SAME = (
    "split_part(format, '/', 1), native_id, sale_month, sale_until, territory, store, isrc_text, upc_text, usage, units, "
    "amount, currency"
)
"""What two lines of one id must share to be one: a correction run says some of them again (DOMAIN 4.4, 12)."""
_NO_SALES = f"kind not in ('{Kind.TRANSFER.value}', '{Kind.PAID.value}')"
_CANONICAL = "regexp_replace(upper({isrc}), '[- ]', '', 'g')"
_BATCH = 10_000


def write_sales(
    parts: Sequence[Path],
    out: Path,
    *,
    earlier: Sequence[Path] = (),
    matches: Mapping[str, str] | None = None,
    only: frozenset[str] = frozenset(),
) -> int:
    """The lines of *parts* as the audit's sales, in the order of the files; how many. Transfers and what we paid are none.

    A line of a correction run that says again what a line of *earlier*, or before it, says under the same id of the
    source, is left out. *matches*: key → ISRC that stands in the place of what a line of that key says.
    *only*: of these recordings, canonical; empty means of all.
    """
    with engine_in(out.parent) as engine:
        _stage_matches(engine, parts, matches or {})
        done = engine.execute(
            f"copy (select row_number() over (order by place, position) as line_id, {_SALES} "  # noqa: S608
            f"from ({_lines(engine, parts, earlier)}) left join matches using ({_SAID}) "
            f"where {_NO_SALES}{_of(only, 'coalesce(matched, isrc_text)')} order by line_id) to {literal(out)} (header, delimiter ',')"
        ).fetchone()
    return int(done[0]) if done else 0


def write_paid(parts: Sequence[Path], out: Path, *, only: frozenset[str] = frozenset()) -> int:
    """What the lines of *parts* say was paid, as the audit's paid lines; how many. *only*: as `write_sales`."""
    amount = _NUMBER.format(name="amount")
    with engine_in(out.parent) as engine:
        done = engine.execute(
            "copy (select payee, statement_month, sale_month, store, territory, isrc_text as isrc, currency, "  # noqa: S608
            f"{amount} as amount from ({_placed(parts)}) where kind = '{Kind.PAID.value}'{_of(only, 'isrc_text')} "
            f"order by place, position) to {literal(out)} (header, delimiter ',')"
        ).fetchone()
    return int(done[0]) if done else 0


def recordings_said(
    parts: Sequence[Path], folder: Path
) -> Iterator[tuple[Said, str, int, Decimal]]:
    """(what lines say of their recording, currency, how many, their sum), in the order of what they say."""
    with engine_in(folder) as engine:
        rows = engine.execute(
            f"select {_SAID}, currency, count(*), sum(amount) from ({_placed(parts)}) "  # noqa: S608
            f"where {_NO_SALES} group by all order by {_SAID}, currency"
        )
        while batch := rows.fetchmany(_BATCH):
            for isrc, upc, title, artist, currency, count, total in batch:
                yield Said(isrc, upc, title, artist), currency, count, total


def _lines(
    engine: duckdb.DuckDBPyConnection, parts: Sequence[Path], earlier: Sequence[Path]
) -> str:
    """The lines that count. Only correction runs are compared: two equal lines of one statement are two."""
    corrections = engine.execute(
        f"select 1 from {_parquet(parts)} where kind = '{Kind.CORRECTION.value}' limit 1"  # noqa: S608
    ).fetchone()
    if corrections is None:
        return _placed(parts)
    every = _placed([*earlier, *parts])
    return (
        f"select * from (select *, row_number() over (partition by {_SAME} order by place, position) as time "  # noqa: S608
        f"from ({every})) where place > {len(earlier)} "
        f"and not (kind = '{Kind.CORRECTION.value}' and native_id <> '' and time > 1)"
    )


def _placed(parts: Sequence[Path]) -> str:
    """All lines with the place of their file. An empty text is kept as none: here it is empty again."""
    filled = ", ".join(
        f"coalesce({name}, '') as {name}" for name in ("native_id", *_SAID.split(", "))
    )
    return (
        f"select * replace ({filled}), list_position([{_listed(parts)}], filename) as place "  # noqa: S608
        f"from {_parquet(parts)}"
    )


def _of(only: frozenset[str], isrc: str) -> str:
    """Condition that keeps the lines of these recordings; nothing but letters and digits comes into the statement."""
    names = ", ".join(f"'{Isrc.parse(one)}'" for one in sorted(only))
    return f" and {_CANONICAL.format(isrc=isrc)} in ({names})" if only else ""


def _stage_matches(
    engine: duckdb.DuckDBPyConnection, parts: Sequence[Path], matches: Mapping[str, str]
) -> None:
    engine.execute(f"create temp table matches ({_TYPES}, matched varchar)")
    if not matches:
        return
    rows = engine.cursor().execute(f"select distinct {_SAID} from ({_placed(parts)})")  # noqa: S608
    while batch := rows.fetchmany(_BATCH):
        found = [(*row, isrc) for row in batch if (isrc := matches.get(key_of(Said(*row))))]
        if found:
            engine.executemany("insert into matches values (?, ?, ?, ?, ?)", found)


def _parquet(parts: Sequence[Path]) -> str:
    return f"read_parquet([{_listed(parts)}], filename=true, hive_partitioning=false, union_by_name=true)"


def _listed(parts: Sequence[Path]) -> str:
    return ", ".join(literal(path) for path in parts)
