"""What every engine must do alike. Spark is asked where the extra and Java 17 are installed: `make spark`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from app.cli.payouts import payouts
from app.recompute.adapters import spark_session
from app.recompute.rules.findings import Cause, Suspense
from app.recompute.service import ENGINES, audit_files
from tests.unit.recompute.reference import Audit
from tests.unit.recompute.test_files import FILES, LINE, SALES, made, options, read
from tests.unit.recompute.worlds import build, contents, outputs, wanted, write

SEEDS = (68, 129, 189, 7, 11)
"""Of worlds which together hold every cause and every suspense."""
FIX = "or leave --engine out"


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """One session for all; without Spark its tests say what is missing."""
    missing = spark_session.lacking()
    if missing:
        pytest.skip(f"no Spark here: {missing}")
    with spark_session.session():
        yield


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "spark":
        request.getfixturevalue("cluster")
    return str(request.param)


def test_the_worlds_hold_every_cause_and_every_suspense() -> None:
    audits = [Audit(build(seed)) for seed in SEEDS]

    assert {row[-2] for audit in audits for row in audit.differences()} == set(Cause)
    assert {row[0] for audit in audits for row in audit.suspense_rows()} == set(Suspense)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_engine_equals_the_reference(engine: str, seed: int, tmp_path: Path) -> None:
    world = build(seed)
    command = write(world, tmp_path, random.Random(seed), pieces=seed % 3 + 1)

    assert outputs(replace(command, engine=engine)) == wanted(world)


def test_the_worked_example_of_the_contract(engine: str, tmp_path: Path) -> None:
    command = replace(made(tmp_path), engine=engine)

    audit_files(command)

    assert read(command, "discrepancies.csv")[1] == (
        "ada,2026-03,2026-01,spotify,DE,QZABC2600001,USD,"
        "55.207500000000,46.006250000000,9.201250000000,split_version,share=0.5 from 2025-01"
    )
    assert read(command, "totals.csv")[1] == "ada,USD,2026-03,55.21,46.01,9.20"


def test_malformed_rows_are_named_alike(engine: str, tmp_path: Path) -> None:
    short, bad = "1,2026-03\n", "1,2026-3,2026-01,,DE,X,stream,1e3,5,EUR\n"
    quoted = '2,2026-03,2026-01,"two\nlines",DE,QZABC2600001,stream,,1,EUR\n'
    command = made(
        tmp_path,
        sales=SALES + quoted + short + bad + LINE,
        fx=FILES["fx"] + "2026-03,EUR,GBP,1e-1\n",
        paid=FILES["paid"] + "bo,2026-03,2026-01,spotify,DE,X,EUR,999999999999999\n",
    )

    control = audit_files(replace(command, engine=engine))

    found = [(one["file"], one["line"], one["column"]) for one in control["problems"]]
    assert found == [
        ("sales.csv", 4, ""),
        ("sales.csv", 5, "statement_month"),
        ("sales.csv", 5, "store"),
        ("sales.csv", 5, "units"),
        ("fx.csv", 3, "rate"),
        ("paid.csv", 3, "amount"),
    ]
    assert (control["lines_read"], control["cells"]) == (4, 2)


def test_files_without_rows_give_files_without_rows(engine: str, tmp_path: Path) -> None:
    headers = {name: text.splitlines(keepends=True)[0] for name, text in FILES.items()}
    command = replace(made(tmp_path, **headers), engine=engine)

    control = audit_files(command)

    assert (control["lines_read"], control["cells"], control["gross_in"]) == (0, 0, {})
    assert [len(text.splitlines()) for name, text in contents(command.out).items() if "csv" in name] == [1, 1, 1]  # fmt: skip


def test_parquet_and_one_payee(engine: str, tmp_path: Path) -> None:
    command = made(tmp_path)
    sales = tmp_path / "sales.parquet"
    duckdb.execute(
        f"copy (select * from read_csv('{command.sales[0]}', all_varchar=true)) to '{sales}'"
    )

    control = audit_files(replace(command, sales=(sales,), payees_only=("bo",), engine=engine))

    assert [line.split(",")[0] for line in read(command, "discrepancies.csv")[1:]] == ["bo"]
    assert control["discrepancies"] == 2


def test_too_large_a_sum_ends_it_and_nothing_is_written(engine: str, tmp_path: Path) -> None:
    rate = FILES["fx"].replace("1.0825", "99999999999999")
    gross = LINE.replace("100.00", "99999999999999")
    command = made(tmp_path, sales=SALES + gross, fx=rate)

    ended = CliRunner().invoke(payouts, [*options(command), "--engine", engine])

    assert ended.exit_code == 2
    assert "too large" in ended.output
    assert not command.out.exists()


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_contradictory_terms_end_it_before_anything_starts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_session, "lacking", str)
    command = made(tmp_path, payees=FILES["payees"] + "ada,EUR\n")

    ended = CliRunner().invoke(payouts, [*options(command), "--engine", name])

    assert (ended.exit_code, ended.output) == (2, "The payee ada is there twice.\n")
    assert not command.out.exists()


@pytest.mark.parametrize("extra", [None, ModuleSpec("pyspark", None)], ids=["nothing", "leftovers"])
def test_without_the_extra_the_fix_is_named(
    extra: ModuleSpec | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _name: extra)
    command = made(tmp_path)

    ended = CliRunner().invoke(payouts, [*options(command), "--engine", "spark"])

    assert ended.exit_code == 2
    assert "the extra is not installed" in ended.output
    assert ended.output.endswith(f"{FIX}.\n")
    assert ended.output.count("\n") == 1
    assert not command.out.exists()


@pytest.mark.parametrize(
    ("says", "missing"),
    [("17.0.15", ""), ("21", ""), ("11.0.2", "Java is older than 17"), ("1.8.0_402", "Java is older than 17"),
     ("", "there is no Java")],
)  # fmt: skip
def test_which_java_will_do(
    says: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        spark_session, "find_spec", lambda _name: ModuleSpec("pyspark", None, origin="here")
    )
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if says:
        java = tmp_path / "bin" / "java"
        java.parent.mkdir()
        java.write_text(f"#!/bin/sh\necho 'openjdk version \"{says}\"' >&2\n")
        java.chmod(0o755)

    assert spark_session.lacking() == missing
