"""The audit's first half as one would write it at first: binary floats in pandas or Polars, no causes, no suspense.

Neither library belongs to the product; run it with an interpreter that has them:
python -m bench.audit_floats pandas|polars FOLDER   (a folder that bench.audit has filled, with its `out`)
"""

from __future__ import annotations

import csv
import resource
import sys
import time
from pathlib import Path
from typing import Any

KEY = ["statement_month", "sale_month", "store", "territory", "isrc"]
OWN = ["payee", *KEY]
SMALLEST = 0.000001
STATES = ["US", "CA"]
Found = dict[tuple[str, ...], str]


def with_pandas(folder: Path) -> Found:
    """Keys that differ, with the difference at twelve places."""
    import pandas as pd

    def read(table: str) -> Any:
        texts = {"isrc": str, "payee": str, "from_month": str, "to_month": str, "territories": str}
        return pd.read_csv(folder / f"{table}.csv", dtype=texts, keep_default_na=False)

    cells = read("sales").groupby([*KEY, "currency"], as_index=False).gross.sum()
    rows = cells.merge(read("splits"), on="isrc")
    rows = rows[
        (rows.from_month <= rows.sale_month)
        & ((rows.to_month == "") | (rows.sale_month < rows.to_month))
    ]
    in_states = rows.territory.isin(STATES)
    rows = rows[(rows.territories == "WW") | ((rows.territories == "US CA") == in_states)]
    whole = rows.groupby([*KEY, "currency"]).share.transform("sum")
    rows = rows[whole <= 1].drop(columns=["from_month", "to_month", "territories"])
    deals = read("deals")
    both = rows[["isrc", "sale_month"]].drop_duplicates().merge(deals, on="isrc")
    own = both[
        (both.from_month <= both.sale_month)
        & ((both.to_month == "") | (both.sale_month < both.to_month))
    ]
    rows = rows.merge(
        own[["isrc", "sale_month", "fee_rate"]], on=["isrc", "sale_month"], how="left"
    )
    general = deals[deals.isrc == "*"].sort_values("from_month")
    usual = {
        month: general[general.from_month <= month].fee_rate.iloc[-1]
        for month in rows.sale_month.unique()
    }
    rows["fee"] = rows.fee_rate.fillna(rows.sale_month.map(usual))
    rows = rows.merge(read("payees").rename(columns={"currency": "target"}), on="payee")
    rates = read("fx").rename(
        columns={"month": "statement_month", "from_currency": "currency", "to_currency": "target"}
    )
    rows = rows.merge(rates, on=["statement_month", "currency", "target"], how="left")
    rows.loc[rows.currency == rows.target, "rate"] = 1.0
    taxes = read("withholding").rename(columns={"rate": "withheld"})[
        ["payee", "territory", "withheld"]
    ]
    rows = rows[rows.rate.notna()].merge(taxes, on=["payee", "territory"], how="left")
    rows["expected"] = (
        rows.gross * rows.rate * (1 - rows.fee) * rows.share * (1 - rows.withheld.fillna(0))
    )
    owed = (
        rows.groupby([*OWN, "target"], as_index=False)
        .expected.sum()
        .rename(columns={"target": "currency"})
    )
    paid = read("paid").groupby([*OWN, "currency"], as_index=False).amount.sum()
    joined = owed.merge(paid, on=[*OWN, "currency"], how="outer").fillna(
        {"expected": 0.0, "amount": 0.0}
    )
    joined["delta"] = joined.expected - joined.amount
    differing = joined[joined.delta.abs() >= SMALLEST]
    keys = differing[[*OWN, "currency"]].itertuples(index=False, name=None)
    return {key: f"{delta:.12f}" for key, delta in zip(keys, differing.delta, strict=True)}


def with_polars(folder: Path) -> Found:
    """The same."""
    import polars as pl

    def read(table: str) -> Any:
        numbers = {"gross", "share", "fee_rate", "rate", "amount"}
        names = (folder / f"{table}.csv").open(encoding="utf-8").readline().strip().split(",")
        types = {name: pl.Float64 if name in numbers else pl.String for name in names}
        frame = pl.scan_csv(folder / f"{table}.csv", schema=types)
        return frame.with_columns(pl.col(pl.String).fill_null(""))

    def holds(frame: Any) -> Any:
        month = pl.col("sale_month")
        return frame.filter(
            (pl.col("from_month") <= month)
            & ((pl.col("to_month") == "") | (month < pl.col("to_month")))
        )

    cells = read("sales").group_by([*KEY, "currency"]).agg(pl.col("gross").sum())
    rows = holds(cells.join(read("splits"), on="isrc"))
    text = pl.col("territories")
    rows = rows.filter((text == "WW") | ((text == "US CA") == pl.col("territory").is_in(STATES)))
    rows = rows.filter(pl.col("share").sum().over([*KEY, "currency"]) <= 1).drop(
        "from_month", "to_month", "territories"
    )
    deals, places = read("deals"), cells.select("isrc", "sale_month").unique()
    own = holds(places.join(deals, on="isrc")).select("isrc", "sale_month", "fee_rate")
    usual = holds(
        places.select("sale_month").unique().join(deals.filter(pl.col("isrc") == "*"), how="cross")
    )
    rows = rows.join(own, on=["isrc", "sale_month"], how="left")
    rows = rows.join(usual.select("sale_month", usual="fee_rate"), on="sale_month")
    rows = rows.join(read("payees").rename({"currency": "target"}), on="payee")
    rates = read("fx").rename(
        {"month": "statement_month", "from_currency": "currency", "to_currency": "target"}
    )
    rows = rows.join(rates, on=["statement_month", "currency", "target"], how="left")
    same = pl.when(pl.col("currency") == pl.col("target")).then(1.0).otherwise(pl.col("rate"))
    taxes = read("withholding").select("payee", "territory", withheld="rate")
    rows = (
        rows.with_columns(rate=same)
        .filter(pl.col("rate").is_not_null())
        .join(taxes, on=["payee", "territory"], how="left")
    )
    fee, withheld = pl.coalesce("fee_rate", "usual"), pl.col("withheld").fill_null(0.0)
    worth = pl.col("gross") * pl.col("rate") * (1 - fee) * pl.col("share") * (1 - withheld)
    owed = rows.group_by([*OWN, pl.col("target").alias("currency")]).agg(expected=worth.sum())
    paid = read("paid").group_by([*OWN, "currency"]).agg(pl.col("amount").sum())
    joined = owed.join(paid, on=[*OWN, "currency"], how="full", coalesce=True)
    delta = pl.col("expected").fill_null(0.0) - pl.col("amount").fill_null(0.0)
    found = joined.with_columns(delta=delta).filter(pl.col("delta").abs() >= SMALLEST).collect()
    return {
        tuple(row[:-1]): f"{row[-1]:.12f}"
        for row in found.select(*OWN, "currency", "delta").iter_rows()
    }


def known(folder: Path) -> Found:
    """What the audit found."""
    with (folder / "out" / "discrepancies.csv").open(encoding="utf-8", newline="") as lines:
        return {
            tuple(row[name] for name in (*OWN, "currency")): row["delta"]
            for row in csv.DictReader(lines)
        }


def main(library: str, folder: Path) -> int:
    """Run it, and count what is not what the audit says."""
    begun = time.monotonic()
    found = {"pandas": with_pandas, "polars": with_polars}[library](folder)
    used = resource.getrusage(resource.RUSAGE_SELF)
    took = time.monotonic() - begun
    right = known(folder)
    wrong = sum(found[key] != delta for key, delta in right.items() if key in found)
    print(
        f"{library}: {used.ru_utime + used.ru_stime:.1f} CPU s, {took:.1f} s, {used.ru_maxrss / 1024:,.0f} MB; "
        f"{len(found):,} differences, {len(found.keys() - right.keys()):,} that are none, "
        f"{len(right.keys() - found.keys()):,} missed, {wrong:,} with another amount at twelve places"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
