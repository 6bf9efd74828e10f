"""What a run found, line by line: differences joined with the paid rows that match and with what the stores reported."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from app.recompute.commands import AuditFiles
from app.recompute.rules.findings import TOTALS, Cause
from app.recompute.rules.runs import LEFT_OUT, AuditedLine, AuditedTotal, Suspended
from app.recompute.rules.working import Row, Terms

_CHUNK = 20_000
_MONEY = "decimal(38,12)"
_KEY = "statement_month, sale_month, store, territory, isrc"
_ISRC = "replace(replace(upper(isrc), '-', ''), ' ', '')"
_CSV = "read_csv({path}, header=true, all_varchar=true, delim=',', quote='\"', escape='\"', null_padding=false, auto_detect=false, columns={{{columns}}})"
_LINES = f"""
    with paid as (
      select payee, statement_month, sale_month, store, territory, {_ISRC} as isrc, currency,
             sum(cast(cast(amount as decimal(38,24)) as {_MONEY})) as paid
      from paid_file group by all),
    found as (
      select payee, {_KEY}, currency, cast(expected as {_MONEY}) as expected, cast(paid as {_MONEY}) as paid,
             cast(delta as {_MONEY}) as delta, cause, detail from found_file
      union all
      select payee, {_KEY}, currency, paid, paid, 0, '', '' from paid
      anti join found_file using (payee, {_KEY}, currency)
      where paid <> 0),
    sold as (
      select statement_month, sale_month, store, territory, {_ISRC} as isrc, currency as source,
             sum(cast(cast(gross as decimal(38,24)) as {_MONEY})) as gross,
             sum(cast(coalesce(nullif(units, ''), '0') as {_MONEY})) as units
      from sales_file group by all),
    cell as (
      select {_KEY}, list(source order by source) as sources,
             list(cast(gross as varchar) order by source) as grosses, sum(units) as units
      from sold group by {_KEY})
    select payee, currency, statement_month, store, territory, sale_month, isrc, expected, paid, delta, cause, detail,
           bool_and(cause = '{Cause.NOT_ON_STATEMENT}') over (partition by payee, currency, territory),
           coalesce(units, 0), sources, grosses
    from found left join cell using ({_KEY})
    where len($payees) = 0 or list_contains($payees, payee)
    order by payee, currency, statement_month desc, store, territory, sale_month, isrc"""


def lines_of(files: AuditFiles) -> Iterator[AuditedLine]:
    """Every line of the payees asked for, by payee, currency, month (newest first), store, territory.

    *files*: of an audit that has run. A line that matches has its paid amount as expected: they differ by less than
    the least difference.
    """
    terms = terms_of(files)
    import duckdb  # with the first run that is read, not with every web process

    con = duckdb.connect(":memory:")
    try:
        con.execute("set memory_limit = '1GB'; set threads = 2")
        con.execute(f"set temp_directory = '{files.out / 'spill'}'")
        for name, paths in (
            ("paid_file", files.paid),
            ("found_file", (files.out / "discrepancies.csv",)),
            ("sales_file", files.sales),
        ):
            con.execute(f"create view {name} as select * from {_read(paths)}")
        found = con.execute(_LINES, {"payees": list(files.payees_only)})
        while chunk := found.fetchmany(_CHUNK):
            for row in chunk:
                yield _line(row, terms)
    finally:
        con.close()


def totals_of(files: AuditFiles) -> tuple[AuditedTotal, ...]:
    """The totals that the run wrote."""
    return tuple(
        AuditedTotal(
            row["payee"], row["currency"], row["statement_month"],
            *(Decimal(row[name]) for name in TOTALS[3:]),
        )
        for row in _rows(files.out / "totals.csv")
    )  # fmt: skip


def suspense_of(files: AuditFiles) -> Iterator[Suspended]:
    """What the run could not attribute, in its order."""
    for row in _rows(files.out / "suspense.csv"):
        yield Suspended(**{**row, "gross": Decimal(row["gross"])})  # type: ignore[arg-type]


def terms_of(files: AuditFiles) -> Terms:
    """The terms of the run, for looking up."""
    return Terms(_rows(files.deals), _rows(files.splits), _rows(files.withholding), _rows(files.fx))


def _line(row: tuple[object, ...], terms: Terms) -> AuditedLine:
    payee, currency, month, store, territory, sale, isrc = (str(one) for one in row[:7])
    expected, paid, delta = (Decimal(str(one)) for one in row[7:10])
    cause, detail, left_out, units, sources, grosses = row[10:]
    gross = dict(zip(sources or (), grosses or (), strict=True))  # type: ignore[call-overload]
    return AuditedLine(
        payee, currency, month, store, territory, sale, isrc, expected, paid, delta, str(cause), str(detail or ""),
        LEFT_OUT if left_out and cause else str(cause), Decimal(str(units)),
        terms.working(payee, currency, (isrc, territory, sale, month), gross),
    )  # fmt: skip


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _read(paths: tuple[Path, ...]) -> str:
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    with paths[0].open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    return _CSV.format(path=f"[{listed}]", columns=columns)
