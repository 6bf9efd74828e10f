"""Each profile of a target: the bytes of its fixture, entries that balance, and what it refuses."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.loader import load_string
from hypothesis import given
from hypothesis import strategies as st

from app.exports.formats import FORMATS
from app.exports.rules.rows import NeutralRow, control_totals
from app.kernel.errors import Invalid
from tests.unit.exports.sample import FILES, HOSTILE, ROWS
from tests.unit.exports.test_neutral import ROW, rows_of

JOURNALS = ("xero", "quickbooks", "netsuite", "hledger", "beancount")
HLEDGER = shutil.which("hledger")
EXPONENTS = (("EUR", 2), ("JPY", 0), ("KWD", 3))


def table(name: str, rows: Sequence[NeutralRow] = ROWS) -> list[dict[str, str]]:
    text = FORMATS[name].to_bytes(rows).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def amount(row: dict[str, str], debit: str, credit: str) -> Decimal:
    return Decimal(row[debit] or "0") - Decimal(row[credit] or "0")


def sums(rows: list[dict[str, str]], by: str, debit: str, credit: str = "") -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row[by]] += amount(row, debit, credit) if credit else Decimal(row[debit])
    return found


@pytest.mark.parametrize("name", JOURNALS)
def test_b101_the_file_is_the_fixture_byte_for_byte(name: str) -> None:
    form = FORMATS[name]
    expected = FILES / f"{name}.{form.extension}"
    if os.environ.get("REDRESS_WRITE_GOLDENS"):
        expected.write_bytes(form.to_bytes(ROWS))

    assert form.to_bytes(ROWS) == expected.read_bytes()


def test_xero_entries_balance_by_narration_and_credit_the_payees_with_the_net() -> None:
    rows = table("xero")

    assert set(sums(rows, "*Narration", "*Amount").values()) == {Decimal(0)}
    assert len(sums(rows, "*Narration", "*Amount")) == control_totals(ROWS).corrections
    by_account = sums(rows, "*AccountCode", "*Amount")
    assert by_account["Liabilities:Tax"] == Decimal(-control_totals(ROWS).withholding) / 100
    assert by_account["Expenses:Royalties"] == Decimal("412.83") - 5 + 1


@pytest.mark.parametrize(
    ("name", "number", "debit", "credit", "account"),
    [
        ("quickbooks", "JournalNo", "Debits", "Credits", "AccountName"),
        ("netsuite", "External ID", "Debit", "Credit", "Account"),
    ],
)
def test_two_columns_balance_and_hold_no_negative_amount(
    name: str, number: str, debit: str, credit: str, account: str
) -> None:
    rows = table(name)

    assert set(sums(rows, number, debit, credit).values()) == {Decimal(0)}
    assert all(bool(row[debit]) is not bool(row[credit]) for row in rows)
    assert not any("-" in row[debit] + row[credit] for row in rows)
    tax = sums(rows, account, debit, credit)["Liabilities:Tax"]
    assert tax == Decimal(-control_totals(ROWS).withholding) / 100
    assert max(len(row[number]) for row in rows) <= 21


@pytest.mark.parametrize("name", ["xero", "quickbooks", "netsuite"])
def test_b183_no_cell_of_a_journal_is_a_formula(name: str) -> None:
    rows = [ROW._replace(legal_name="=1+1", case_ref="@x", withholding=0)]

    cells = [cell for row in table(name, rows) for cell in row.values()]

    starts = [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]
    assert all(Decimal(cell) < 0 for cell in starts)
    assert "\n" not in "".join(cells)


@pytest.mark.parametrize("name", JOURNALS)
def test_rows_from_before_there_were_codes_are_refused_with_what_to_choose(name: str) -> None:
    old = ROW._replace(posting_date="", payee_account="", counter_account="", tax_account="")

    with pytest.raises(Invalid) as refused:
        FORMATS[name].to_bytes([old])

    assert (refused.value.field, refused.value.code) == ("format", "no_account_codes")


def test_xero_gets_several_files_of_300_lines_at_most_and_a_correction_in_one_of_them() -> None:
    rows = [ROW._replace(correction_id=f"c{number}") for number in range(250)]

    one, again = FORMATS["xero"].to_file(rows), FORMATS["xero"].to_file(rows)

    assert one == again
    assert one.extension == "zip"
    with zipfile.ZipFile(io.BytesIO(one.content)) as archive:
        names = archive.namelist()
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        parts = [list(csv.DictReader(io.TextIOWrapper(archive.open(n), "utf-8"))) for n in names]
    assert names == ["xero-001.csv", "xero-002.csv", "xero-003.csv"]
    assert [len(part) for part in parts] == [300, 300, 150]
    assert all(set(sums(part, "*Narration", "*Amount").values()) == {Decimal(0)} for part in parts)


def test_a_correction_too_long_for_xero_is_named() -> None:
    with pytest.raises(Invalid, match="RD-7K4M-29QX has 303 entries"):
        FORMATS["xero"].to_bytes([ROW] * 101)


def test_beancount_refuses_codes_that_are_no_accounts_by_name() -> None:
    with pytest.raises(Invalid, match="codes: 2100, Tax"):
        FORMATS["beancount"].to_bytes([ROW._replace(payee_account="2100", tax_account="Tax")])


@pytest.mark.parametrize("code", ["21  00", "2100 "])
def test_hledger_refuses_codes_that_would_end_early(code: str) -> None:
    with pytest.raises(Invalid, match="two spaces"):
        FORMATS["hledger"].to_bytes([ROW._replace(payee_account=code)])


@given(rows=rows_of.filter(bool), scale=st.sampled_from(EXPONENTS))
def test_beancount_reads_every_file_back_without_a_fault(
    rows: list[NeutralRow], scale: tuple[str, int]
) -> None:
    currency, exponent = scale
    rows = [row._replace(currency=currency, exponent=exponent) for row in rows]

    entries, errors, _options = load_string(FORMATS["beancount"].to_bytes(rows).decode())

    assert errors == []
    postings = [leg for entry in entries for leg in getattr(entry, "postings", ())]
    owed = sum(leg.units.number for leg in postings if leg.account == "Liabilities:Royalties")
    assert owed == Decimal(-control_totals(rows).net).scaleb(-exponent)


def test_bean_check_passes_alone_and_inside_a_ledger_that_opened_the_accounts(
    tmp_path: Path,
) -> None:
    (tmp_path / "redress.beancount").write_bytes(FORMATS["beancount"].to_bytes(ROWS))
    opened = ("Liabilities:Royalties", "Liabilities:Tax", "Expenses:Royalties")
    lines = [f"1970-01-01 open {name}\n" for name in opened]
    (tmp_path / "main.beancount").write_text("".join([*lines, 'include "redress.beancount"\n']))

    for name in ("redress.beancount", "main.beancount"):
        _passes(str(Path(sys.executable).with_name("bean-check")), str(tmp_path / name))


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed here, so it checks nothing")
@pytest.mark.parametrize(("currency", "exponent"), EXPONENTS)
def test_hledger_check_strict_passes(tmp_path: Path, currency: str, exponent: int) -> None:
    rows = [row._replace(currency=currency, exponent=exponent) for row in ROWS]
    file = tmp_path / "redress.journal"
    file.write_bytes(FORMATS["hledger"].to_bytes(rows))

    _passes(str(HLEDGER), "-f", str(file), "check", "--strict")
    said = _passes(str(HLEDGER), "-f", str(file), "balance", "-O", "csv", "Liabilities:Tax")

    tax = Decimal(-control_totals(rows).withholding).scaleb(-exponent)
    assert f'"Liabilities:Tax","{tax} {currency}"' in said.replace(f". {currency}", f" {currency}")


def test_hledger_takes_no_tag_and_no_comment_from_a_name() -> None:
    text = FORMATS["hledger"].to_bytes([ROW._replace(legal_name=HOSTILE)]).decode()

    assert ";" not in text
    assert 'date:x "=1" (a) Li 李 \\ | RD-7K4M-29QX' in text


def _passes(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
