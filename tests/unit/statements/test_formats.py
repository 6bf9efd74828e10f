"""Every format has a file that is read as its expected row says; a format without a file fails here."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.kernel.reading.headers import folded
from app.kernel.reading.sources import Source
from app.statements.formats import PROFILES
from app.statements.rules.lines import Kind
from app.statements.rules.profile import Profile
from app.statements.rules.reading import Asked, Reading
from app.statements.rules.recognising import used_columns
from app.statements.rules.rows import MASK
from tests.unit.statements.support import lines_of, problems_of, reading_of

HERE = Path(__file__).parent
FILES = HERE / "files"
EXPECTED = list(csv.DictReader((HERE / "expected.csv").open(encoding="utf-8", newline="")))


def _said(reading: Reading) -> dict[str, str]:
    lines = list(reading.lines())

    def each(texts: list[str]) -> str:
        return " ".join(dict.fromkeys(texts))

    return {
        "formats": "; ".join(reading.formats),
        "lines": str(len(lines)),
        "sums": each([f"{v.normalize():f}{k}" for k, v in reading.sums.by_currency.items()]),
        "statement_months": each([one.statement_month for one in lines]),
        "sale_months": each([f"{one.sale_month}..{one.sale_until}" for one in lines]),
        "kinds": each([one.kind for one in lines]),
        "territories": each([one.territory for one in lines]),
        "isrcs": each([one.isrc or "-" for one in lines]),
        "notes": each([one.code for one in reading.notes]),
    }


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["file"])
def test_a_file_of_each_format_is_read(row: dict[str, str]) -> None:
    path = FILES / row["file"]
    asked = Asked(currency=row["asked_currency"])
    reading = Reading(Source.of_bytes(path.name, path.read_bytes()), PROFILES, asked)

    said = _said(reading)

    assert reading.problems == []
    assert said == {name: row[name] for name in said}


def test_every_format_has_a_file_and_every_file_is_expected() -> None:
    read = {name for row in EXPECTED for name in row["formats"].split("; ")}

    assert {profile.id for profile in PROFILES} - read == set()
    assert {path.name for path in FILES.iterdir()} == {row["file"] for row in EXPECTED}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda one: one.id)
def test_a_profile_reads_only_columns_that_it_knows(profile: Profile) -> None:
    known = {folded(name) for name in (*profile.header, *profile.optional)}

    assert {folded(name) for name in used_columns(profile)} - known == set()
    assert "amount" in profile.columns
    assert len(set(profile.header)) == len(profile.header)


def test_ids_of_formats_are_unique() -> None:
    assert len({profile.id for profile in PROFILES}) == len(PROFILES)


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["file"])
def test_the_name_of_a_file_recognises_nothing(row: dict[str, str]) -> None:
    content = (FILES / row["file"]).read_bytes()

    reading = reading_of(content, "download (3).bin", month="2026-03", currency="USD")

    assert "; ".join(reading.formats) == row["formats"]
    assert reading.problems == []


def test_columns_in_another_order_are_the_same_format() -> None:
    rows = list(csv.reader((FILES / "distrokid-since-mid-2025.csv").open(newline="")))
    turned = "\n".join(",".join(reversed(row)) for row in rows)

    (first, _second) = lines_of(turned)

    assert first.format == "distrokid/since mid-2025"
    assert f"{first.amount}" == "0.412345678901"


def test_b073_a_missing_column_is_named_with_the_format_it_looks_like() -> None:
    content = (FILES / "distrokid-since-mid-2025.csv").read_text().replace('"Sale Month",', "", 1)

    (problem,) = problems_of(content)

    assert (problem.line, problem.column) == (1, "Sale Month")
    assert "DistroKid" in problem.reason


def test_b073_a_column_that_stands_twice_is_refused_by_name() -> None:
    content = (FILES / "neutral.csv").read_text().replace("usage", "gross", 1)
    extra = (
        content.replace("line_id", "usage,line_id", 1)
        .replace("\n1,", "\nx,1,")
        .replace("\n2,", "\nx,2,")
    )

    assert [(one.line, one.column) for one in problems_of(extra)] == [(1, "gross")]


def test_more_columns_than_known_are_said() -> None:
    content = (FILES / "neutral.csv").read_text().replace("currency\n", "currency,mood\n")
    content = content.replace("EUR\n", "EUR,blue\n")

    reading = reading_of(content)

    assert [(note.code, note.value) for note in reading.notes] == [("columns", "mood")]


def test_earnings_of_which_nothing_says_the_month_or_currency_are_asked() -> None:
    prs, stem = (FILES / "prs_2026-03.csv").read_bytes(), (FILES / "stem.csv").read_bytes()

    assert [one.column for one in problems_of(prs, "prs.csv")] == ["statement month"]
    assert [one.column for one in problems_of(stem)] == ["currency"]
    assert lines_of(prs, "prs.csv", month="2026-04")[0].statement_month == "2026-04"


def test_personal_data_of_bandcamp_is_masked_everywhere() -> None:
    lines = lines_of((FILES / "bandcamp-52.csv").read_bytes())

    said = repr(lines)
    assert all(word not in said for word in ("Bea Buyer", "bea@", "Harbour", "Lisbon", "ada@label"))
    assert MASK in lines[0].cells


def test_the_address_in_a_sonosuite_file_is_masked() -> None:
    lines = lines_of((FILES / "sonosuite.csv").read_bytes(), currency="USD")

    assert "ada@label" not in repr(lines)


def test_cash_rows_are_no_earnings_and_refunds_are() -> None:
    lines = lines_of((FILES / "bandcamp-52.csv").read_bytes())

    assert [one.kind for one in lines] == [Kind.SALE, Kind.RETURN]


def test_a_restated_line_names_the_statement_that_it_belonged_to() -> None:
    first, second = lines_of((FILES / "orchard-new.csv").read_bytes())

    assert (first.original_month, second.original_month) == ("", "2025-10")
    assert second.kind is Kind.RESTATED


def test_a_correction_run_is_told_by_its_name_and_the_format_is_not() -> None:
    name = "CorrectionStatementRun_2026-04_royalty_product_and_asset.csv"
    content = (FILES / name).read_bytes()

    assert lines_of(content, name)[0].kind is Kind.CORRECTION
    assert lines_of(content, "fuga_2026-04.csv")[0].kind is Kind.SALE


def test_an_id_of_the_source_that_stands_twice_is_refused() -> None:
    text = (FILES / "fuga_2026-03.csv").read_text()
    again = text + text.splitlines()[1] + "\n"

    assert [(one.line, one.value) for one in problems_of(again, "fuga_2026-03.csv")] == [(4, "S1")]


def test_the_quantity_that_counts_is_chosen_by_the_row() -> None:
    units = [
        one.units for one in lines_of((FILES / "fuga_2026-03.csv").read_bytes(), "2026-03.csv")
    ]

    assert [str(one) for one in units] == ["7", "2"]


def test_a_statement_without_earnings_is_whole_and_empty() -> None:
    reading = reading_of("\ufeffNo Earning Activity for this Royalty Period\r\n")

    assert reading.problems == []
    assert [note.code for note in reading.notes] == ["nothing"]
    assert reading.sums.lines == 0


def test_a_table_of_no_known_format_asks_for_a_mapping() -> None:
    (problem,) = problems_of("a,b,c\n1,2,3\n")

    assert (problem.line, problem.value) == (0, "")
    assert "columns mean" in problem.reason
