"""What our own statements said was paid: read like every file, never a sale, whole with its payees."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.kernel.errors import Invalid
from app.statements.formats.sales import recordings_said, write_paid, write_sales
from app.statements.service.preparing import BadStatement, prepare
from tests.unit.statements.support import FIRST, table

HEAD = "payee,statement_month,sale_month,store,territory,isrc,currency,amount"
ADA = "ada,2026-03,2026-01,spotify,DE,qz-abc-26-00001,USD,46.00625"
BO = '"b,o",2026-03,2026-01,spotify,DE,QZABC2600002,EUR,-1.50'


def read(folder: Path, text: str) -> list[Path]:
    """The parts of a file."""
    work = folder / str(len(list(folder.iterdir())))
    work.mkdir()
    path = work / "paid.csv"
    path.write_text(text)
    (work / "work").mkdir()
    return [part.path for part in prepare(path, work / "work").parts]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_paid_lines_come_back_with_their_payees_and_are_no_sales(tmp_path: Path) -> None:
    sales, paid = read(tmp_path, table(FIRST)), read(tmp_path, f"{HEAD}\n{ADA}\n{BO}\n")
    out = tmp_path / "out.csv"

    assert write_paid([*sales, *paid], out) == 2
    assert [(row["payee"], row["isrc"], row["amount"]) for row in rows_of(out)] == [
        ("ada", "qz-abc-26-00001", "46.00625"),
        ("b,o", "QZABC2600002", "-1.5"),
    ]
    assert write_sales([*sales, *paid], out) == 1
    assert len(list(recordings_said(paid, tmp_path))) == 0


def test_lines_of_some_recordings_are_chosen_however_they_write_their_code(tmp_path: Path) -> None:
    paid, out = read(tmp_path, f"{HEAD}\n{ADA}\n{BO}\n"), tmp_path / "out.csv"

    assert write_paid(paid, out, only=frozenset({"QZABC2600001"})) == 1
    assert [row["payee"] for row in rows_of(out)] == ["ada"]
    with pytest.raises(Invalid):
        write_paid(paid, out, only=frozenset({"') or ('1' = '1"}))


def test_a_line_that_names_nobody_stops_the_file(tmp_path: Path) -> None:
    with pytest.raises(BadStatement) as caught:
        read(tmp_path, "\n".join((HEAD, ADA, ADA.replace("ada", " "), "")))

    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (3, "payee")
