"""`redress statements`: what it says of files, what it takes in, and that the audit reads what it writes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from app.recompute.rules.inputs import TABLES
from tests.unit.statements.support import FIRST, SECOND, table

FILES = Path(__file__).parents[1] / "unit" / "statements" / "files"


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    path = tmp_path / "north.csv"
    path.write_text(table(FIRST, SECOND))
    return path


def test_recognise_says_the_format_and_the_sums(console: Any) -> None:
    result = console("statements", "recognise", str(FILES / "distrokid-since-mid-2025.csv"))

    assert result.exit_code == 0, result.output
    assert "distrokid/since mid-2025" in result.output
    assert "6.712345678901 USD" in result.output


def test_recognise_names_every_problem(console: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(table(FIRST.replace("100.00", "1e3"), SECOND.replace("EUR", "EURO")))

    result = console("statements", "recognise", str(path))

    assert result.exit_code == 2
    assert "bad.csv line 2 gross" in result.output
    assert "bad.csv line 3 currency" in result.output


def test_what_is_asked_can_be_said(console: Any) -> None:
    file = str(FILES / "deezer.csv")

    assert console("statements", "recognise", file).exit_code == 2
    result = console("statements", "recognise", file, "--currency", "eur")
    assert result.exit_code == 0
    assert "0.05 EUR" in result.output


def test_import_again_and_sales(console: Any, statement: Path, tmp_path: Path) -> None:
    first = console("statements", "import", str(statement))
    again = console("statements", "import", str(statement))
    out = tmp_path / "sales.csv"
    sales = console("statements", "sales", "2026-03", "--out", str(out))

    assert first.exit_code == 0, first.output
    assert "2 lines taken in" in first.output
    assert again.exit_code == 0
    assert "nothing was changed" in again.output
    assert sales.exit_code == 0, sales.output
    rows = list(csv.DictReader(out.open(newline="")))
    assert [(row["line_id"], row["store"], row["units"], row["gross"]) for row in rows] == [
        ("1", "spotify", "10", "100"),
        ("2", "deezer", "1", "0.25"),
    ]
    assert console("statements", "sales", "2020-01", "--out", str(out)).exit_code == 4


def test_import_of_a_bad_file_says_why_and_takes_nothing(console: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(table(FIRST, SECOND.replace("2026-01", "01/02/2026")))

    result = console("statements", "import", str(path))

    assert result.exit_code == 2
    assert "bad.csv line 3, sale_month" in result.output
    assert (
        console("statements", "sales", "2026-03", "--out", str(tmp_path / "s.csv")).exit_code == 4
    )


def test_convert_writes_what_the_audit_reads(console: Any, statement: Path, tmp_path: Path) -> None:
    out = tmp_path / "sales.csv"
    files = [str(statement), str(FILES / "orchard-new.csv"), str(FILES / "symphonic.csv")]

    result = console("statements", "convert", *files, "--out", str(out))

    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(out.open(newline="")))
    assert list(rows[0]) == [name for name, _kind in TABLES["sales"]]
    assert [row["gross"] for row in rows] == [
        "100",
        "0.25",
        "1234.5",
        "-4.5",
        "0.031",
        "-0.011",
        "0.031",
    ]
    assert rows[5]["isrc"] == "N/A"


def test_convert_of_one_bad_file_writes_nothing(
    console: Any, statement: Path, tmp_path: Path
) -> None:
    bad, out = tmp_path / "bad.csv", tmp_path / "sales.csv"
    bad.write_text("a,b\n1,2\n")

    result = console("statements", "convert", str(statement), str(bad), "--out", str(out))

    assert result.exit_code == 2
    assert not out.exists()
    assert list(tmp_path.glob(".statements-*")) == []
