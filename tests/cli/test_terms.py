"""`redress terms`: files in, the audit's files out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SPLITS = "isrc,payee,share,territories,from_month,to_month\nQZABC2600001,ada,0.5,WW,,\n"


def test_import_says_what_changes_and_export_writes_it(console: Any, tmp_path: Path) -> None:
    file = tmp_path / "splits.csv"
    file.write_text(SPLITS)
    out = tmp_path / "out"

    dry = console("terms", "import", "--kind", "splits", "--dry-run", str(file))
    first = console("terms", "import", "--kind", "splits", str(file))
    again = console("terms", "import", "--kind", "splits", str(file))
    written = console("terms", "export", str(out))

    assert (dry.exit_code, first.exit_code, again.exit_code, written.exit_code) == (0, 0, 0, 0)
    assert "version" not in dry.output
    assert "1 rows begin, 0 end, 0 stay" in first.output
    assert "version 1 of the terms" in first.output
    assert "Not among the payees: ada" in first.output
    assert "0 rows begin, 0 end, 1 stay" in again.output
    assert "Version 1 of the terms" in written.output
    assert (out / "splits.csv").read_text() == SPLITS
    assert (out / "fx.csv").read_text() == "month,from_currency,to_currency,rate\n"


def test_a_wrong_file_is_refused_with_every_problem(console: Any, tmp_path: Path) -> None:
    file = tmp_path / "splits.csv"
    file.write_text(SPLITS + "QZABC2600001,bo,half,EU,,\n")

    result = console("terms", "import", "--kind", "splits", str(file))

    assert result.exit_code == 2
    assert "line 3, share: Write a fraction like 0.15. It says “half”." in result.output
    assert "line 3, territories:" in result.output
