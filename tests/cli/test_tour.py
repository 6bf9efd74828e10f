"""The files of docs/tour.md bring what the tour says."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour"
TERMS = {
    "deals": "isrc,fee_rate,from_month,to_month\n*,0.15,,\n",
    "splits": (
        "isrc,payee,share,territories,from_month,to_month\nAMA012600031,hayk,0.5,WW,,2026-05\n"
        "AMA012600031,hayk,0.7,WW,2026-05,\nAMA012600031,ani,0.5,WW,,2026-05\nAMA012600031,ani,0.3,WW,2026-05,\n"
    ),
    "payees": "payee,currency\nhayk,EUR\nani,EUR\n",
    "withholding": "payee,territory,rate,from_month,to_month\n",
    "fx": "month,from_currency,to_currency,rate\n2026-07,USD,EUR,0.91\n",
}


def test_the_tours_files_are_audited_to_what_it_says(console: Any, tmp_path: Path) -> None:
    for name, text in TERMS.items():
        (tmp_path / f"{name}.csv").write_text(text)
    reports = [str(TOUR / name) for name in ("distrokid-july.csv", "believe-july.csv")]
    sales, out = tmp_path / "sales.csv", tmp_path / "out"

    converted = console("statements", "convert", *reports, "--out", str(sales))
    terms = [word for name in TERMS for word in (f"--{name}", str(tmp_path / f"{name}.csv"))]
    audited = console(
        "payouts", "audit", "--sales", str(sales), *terms, "--paid", str(TOUR / "paid-july.csv"), "--out", str(out)
    )  # fmt: skip

    assert (converted.exit_code, audited.exit_code) == (0, 0)
    with (out / "totals.csv").open(newline="") as file:
        totals = {row["payee"]: row for row in csv.DictReader(file)}
    assert (totals["hayk"]["paid"], totals["hayk"]["expected"]) == ("352.11", "492.95")
    assert totals["hayk"]["delta"] == "140.84"
    with (out / "discrepancies.csv").open(newline="") as file:
        causes = {(row["payee"], row["cause"]) for row in csv.DictReader(file)}
    assert causes == {("hayk", "split_version"), ("ani", "not_on_statement")}
