"""What the audit says of files: the worked example, malformed rows, contradictions, filters, other shapes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from app.cli.payouts import payouts
from app.kernel.columns import Kind, fault_of
from app.recompute.commands import AuditFiles
from app.recompute.rules.inputs import BadInput
from app.recompute.service import audit_files

SALES = "line_id,statement_month,sale_month,store,territory,isrc,usage,units,gross,currency\n"
LINE = "1,2026-03,2026-01,spotify,DE,qz-abc-26-00001,stream,10,100.00,EUR\n"
FILES = {
    "sales": SALES + LINE,
    "deals": "isrc,fee_rate,from_month,to_month\n*,0.15,,\n",
    "splits": "isrc,payee,share,territories,from_month,to_month\n"
    "QZABC2600001,ada,0.5,WW,2025-01,2025-12\nQZABC2600001,ada,0.6,WW,2025-12,\nQZABC2600001,bo,0.4,WW,,\n",
    "payees": "payee,currency\nada,USD\nbo,EUR\n",
    "withholding": "payee,territory,rate,from_month,to_month\n",
    "fx": "month,from_currency,to_currency,rate\n2026-03,EUR,USD,1.0825\n",
    "paid": "payee,statement_month,sale_month,store,territory,isrc,currency,amount\n"
    "ada,2026-03,2026-01,spotify,DE,QZABC2600001,USD,46.00625\n",
}


def made(folder: Path, **changes: str) -> AuditFiles:
    """The worked example, with other contents for some files."""
    paths = {}
    for name, text in (FILES | changes).items():
        paths[name] = folder / f"{name}.csv"
        paths[name].write_bytes(text.encode())
    single = {name: path for name, path in paths.items() if name not in {"sales", "paid"}}
    return AuditFiles(sales=(paths["sales"],), paid=(paths["paid"],), out=folder / "out", **single)


def read(command: AuditFiles, name: str) -> list[str]:
    return (command.out / name).read_bytes().decode().splitlines()


def options(command: AuditFiles) -> list[str]:
    pairs = [("--sales", command.sales[0]), ("--paid", command.paid[0]), ("--out", command.out)]
    pairs += [
        (f"--{name}", getattr(command, name))
        for name in ("deals", "splits", "payees", "withholding", "fx")
    ]
    return ["audit", *(str(word) for pair in pairs for word in pair)]


def test_the_worked_example_of_the_contract(tmp_path: Path) -> None:
    command = made(tmp_path)

    audit_files(command)

    assert read(command, "discrepancies.csv")[1:] == [
        (
            "ada,2026-03,2026-01,spotify,DE,QZABC2600001,USD,"
            "55.207500000000,46.006250000000,9.201250000000,split_version,share=0.5 from 2025-01"
        ),
        (
            "bo,2026-03,2026-01,spotify,DE,QZABC2600001,EUR,"
            "34.000000000000,0.000000000000,34.000000000000,not_on_statement,"
        ),
    ]
    assert read(command, "totals.csv")[1:] == [
        "ada,USD,2026-03,55.21,46.01,9.20",
        "bo,EUR,2026-03,34.00,0.00,34.00",
    ]


@pytest.mark.parametrize(
    ("bad", "column", "value"),
    [
        ("1,2026-3,2026-01,spotify,DE,X,stream,1,5,EUR\n", "statement_month", "2026-3"),
        ("1,2026-03,2026-13,spotify,DE,X,stream,1,5,EUR\n", "sale_month", "2026-13"),
        ("1,2026-03,2026-01,,DE,X,stream,1,5,EUR\n", "store", ""),
        ("1,2026-03,2026-01,spotify,de,X,stream,1,5,EUR\n", "territory", "de"),
        ("1,2026-03,2026-01,spotify,DE,X,stream,1e3,5,EUR\n", "units", "1e3"),
        ('1,2026-03,2026-01,spotify,DE,X,stream,1,"1,000.5",EUR\n', "gross", "1,000.5"),
        ("1,2026-03,2026-01,spotify,DE,X,stream,1,,EUR\n", "gross", ""),
        ("1,2026-03,2026-01,spotify,DE,X,stream,1,NaN,EUR\n", "gross", "NaN"),
        ("1,2026-03,2026-01,spotify,DE,X,stream,1,.5,EUR\n", "gross", ".5"),
        ("1,2026-03,2026-01,spotify,DE,X,stream,1,999999999999999,EUR\n", "gross", "9" * 15),
        ("1,2026-03,2026-01,spotify,DE,X,stream,1,5,EURO\n", "currency", "EURO"),
    ],
)
def test_b087_a_malformed_row_is_named_and_not_used(
    tmp_path: Path, bad: str, column: str, value: str
) -> None:
    quoted = '2,2026-03,2026-01,"two\nlines",DE,QZABC2600001,stream,1,1,EUR\n'
    command = made(tmp_path, sales=SALES + quoted + LINE + bad)

    control = audit_files(command)

    (problem,) = control["problems"]
    assert (problem["file"], problem["line"]) == ("sales.csv", 5)
    assert (problem["column"], problem["value"]) == (column, value)
    assert (control["lines_read"], control["gross_in"]) == (3, {"EUR": "101.000000000000"})


def test_b074_a_row_with_another_number_of_columns_is_named(tmp_path: Path) -> None:
    command = made(tmp_path, sales=SALES + "1,2026-03\n" + LINE)

    control = audit_files(command)

    assert [(one["line"], one["reason"]) for one in control["problems"]] == [(2, "missing columns")]
    assert control["lines_read"] == 2


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("blank", [0, 2])
def test_its_line_is_that_of_the_file_whatever_stands_above(
    tmp_path: Path, end: str, blank: int
) -> None:
    """Editors show lines; a database counts rows, and a cell may hold several lines."""
    quoted = '2,2026-03,2026-01,"two\nlines",DE,QZABC2600001,stream,1,1,EUR\n'
    rows = [SALES, quoted, *["\n"] * blank, "1,2026-03\n", LINE, quoted, "1\n", LINE]
    command = made(tmp_path, sales="\ufeff" + "".join(rows).replace("\n", end))

    control = audit_files(command)

    assert [one["line"] for one in control["problems"]] == [4 + blank, 8 + blank]
    assert control["gross_in"] == {"EUR": "202.000000000000"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deals": "isrc,fee_rate,from_month,to_month\n*,0.1,,2026-05\n*,0.2,2026-04,\n"}, "overlap"),
        ({"deals": "isrc,fee_rate,from_month\n*,0.1,\n"}, "to_month"),
        (
            {"withholding": "payee,territory,rate,from_month,to_month\nada,US,0.3,,\nada,US,0.1,2026-01,\n"},
            "ada US",
        ),
        ({"fx": FILES["fx"] + "2026-03,EUR,USD,1.09\n"}, "2026-03 EUR USD"),
        ({"payees": FILES["payees"] + "ada,EUR\n"}, "ada is there twice"),
        ({"sales": ""}, "line_id"),
    ],
)  # fmt: skip
def test_contradictory_terms_end_it_with_one_line_and_nothing_written(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    command = made(tmp_path, **changes)

    ended = CliRunner().invoke(payouts, options(command))

    assert ended.exit_code == 2
    assert words in ended.output
    assert ended.output.count("\n") == 1
    assert not command.out.exists()


def test_a_missing_file_ends_it(tmp_path: Path) -> None:
    command = made(tmp_path)
    command.fx.unlink()

    with pytest.raises(BadInput, match=r"fx\.csv"):
        audit_files(command)
    assert not command.out.exists()


def test_deals_that_only_touch_do_not_overlap(tmp_path: Path) -> None:
    deals = (
        "isrc,fee_rate,from_month,to_month\n*,0.1,,2026-04\n*,0.2,2026-04,\nqzabc2600001,0.15,,\n"
    )

    control = audit_files(made(tmp_path, deals=deals))

    assert control["problems"] == []


def test_strict_ends_with_2_after_writing(tmp_path: Path) -> None:
    command = made(tmp_path, paid=FILES["paid"] + "bo,2026-03,2026-01,spotify,DE,X,EUR,x\n")

    lax = CliRunner().invoke(payouts, options(command))
    strict = CliRunner().invoke(payouts, [*options(command), "--strict"])

    assert (lax.exit_code, strict.exit_code) == (0, 2)
    assert (command.out / "control.json").exists()


def test_one_payee_filters_discrepancies_and_totals_only(tmp_path: Path) -> None:
    command = made(tmp_path)

    CliRunner().invoke(payouts, [*options(command), "--payee", "bo"])

    assert [line.split(",")[0] for line in read(command, "discrepancies.csv")[1:]] == ["bo"]
    assert [line.split(",")[0] for line in read(command, "totals.csv")[1:]] == ["bo"]
    assert json.loads("\n".join(read(command, "control.json")))["discrepancies"] == 2


def test_parquet_with_the_same_columns_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    plain = made(tmp_path / "a")
    audit_files(plain)
    sales = tmp_path / "a" / "sales.parquet"
    duckdb.execute(
        f"copy (select * from read_csv('{plain.sales[0]}', all_varchar=true)) to '{sales}'"
    )
    other = AuditFiles(
        sales=(sales,), paid=plain.paid, out=tmp_path / "other", deals=plain.deals,
        splits=plain.splits, payees=plain.payees, withholding=plain.withholding, fx=plain.fx,
    )  # fmt: skip

    audit_files(other)

    for name in ("discrepancies.csv", "totals.csv", "suspense.csv", "control.json"):
        assert read(other, name) == read(plain, name)


def test_b071_a_mark_of_utf8_and_other_columns_do_no_harm(tmp_path: Path) -> None:
    sales = "\ufeffnote," + SALES.rstrip("\n") + ",more\nn," + LINE.rstrip("\n") + ",m\n"

    control = audit_files(made(tmp_path, sales=sales))

    assert (control["cells"], control["problems"]) == (1, [])


@pytest.mark.parametrize("text", ["", "-", "1.", "1_0", "٣", "1e5", " 1", "0x1"])
def test_what_is_no_number(text: str) -> None:
    assert fault_of(Kind.AMOUNT, text)


@pytest.mark.parametrize("text", ["0", "-1.50", "+0.000000000000000001", "00012"])
def test_what_is_a_number(text: str) -> None:
    assert not fault_of(Kind.AMOUNT, text)
