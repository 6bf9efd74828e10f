"""ACH, PayPal and Wise files: fixtures, read back by another reader, limits, refusals that name the payee."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.formats import PAYMENTS, paypal, revolut, wise
from app.exports.rules.payments import Payer, PayTo, order_of
from app.exports.rules.rows import NeutralRow, control_totals
from app.kernel.errors import Invalid
from tests.unit.exports.nacha_reader import read
from tests.unit.exports.sample import BATCH, FILES
from tests.unit.exports.test_neutral import ROW

FRIDAY = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
PAYER = Payer("Tidewater Müzik & Söhne", "", "021000021", "1234567890", "First Bank")
ADA = PayTo("Ada Lovelace", routing="011401533", account="1234567890", paypal="ada@mail.example",
            wise="ada@mail.example", currency="EUR")  # fmt: skip
ANI = PayTo("Əli Öz-Łukasz and the Sons Limited", routing="091000019", account="77", savings=True,
            is_company=True, paypal="ani@mail.example", wise="12345678", currency="USD")  # fmt: skip
ROWS = tuple(
    ROW._replace(batch_id=BATCH, currency="USD", **changed)
    for changed in (
        {},
        {"payee_id": "p2", "legal_name": "Ani", "gross": 1000, "withholding": 0},
        {"payee_id": "p2", "legal_name": "Ani", "gross": -200, "withholding": 0},
        {"payee_id": "p4", "legal_name": "Dee", "gross": -900, "withholding": 0},
    )
)  # fmt: skip
ACCOUNTS = {"p1": ADA, "p2": ANI}
RAILS = ("nacha", "paypal", "wise")


def written(
    name: str, rows: Sequence[NeutralRow] = ROWS, payer: Payer = PAYER, at: datetime = FRIDAY,
    **accounts: PayTo,
) -> bytes:  # fmt: skip
    order = order_of(rows, ACCOUNTS | accounts, payer, at)
    return PAYMENTS[name].to_file(order).content


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def in_archive(content: bytes) -> list[list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [table(archive.read(name)) for name in archive.namelist()]


@pytest.mark.parametrize(
    ("name", "file"), [("nacha", "nacha.ach"), ("paypal", "paypal.csv"), ("wise", "wise.zip")]
)
def test_b101_the_file_is_the_fixture_byte_for_byte(name: str, file: str) -> None:
    expected = FILES / file
    if os.environ.get("REDRESS_WRITE_GOLDENS"):
        expected.write_bytes(written(name))

    assert written(name) == written(name) == expected.read_bytes()


def test_an_ach_file_passes_a_banks_checks_and_pays_people_before_companies() -> None:
    ada, ani = read(written("nacha"))

    assert (ada.sec, ada.code, ada.routing, ada.account, ada.cents) == (
        "PPD", "22", "011401533", "1234567890", 40000,
    )  # fmt: skip
    assert (ani.sec, ani.code, ani.name, ani.cents) == ("CCD", "32", "Ali Oz-Lukasz and the", 800)
    assert ada.cents + ani.cents == control_totals(order_of(ROWS, ACCOUNTS, PAYER, FRIDAY).rows).net


@pytest.mark.parametrize(
    ("day", "effective"),
    [(26, "261127"), (27, "261130"), (28, "261130"), (29, "261130"), (30, "261201")],
)
def test_ach_credits_are_effective_on_the_next_weekday(day: int, effective: str) -> None:
    content = written("nacha", at=FRIDAY.replace(day=day)).decode()

    assert content.splitlines()[1][69:75] == effective


@given(st.lists(st.tuples(st.integers(1, 99_999_999), st.booleans()), min_size=1, max_size=40))
def test_any_number_of_ach_credits_adds_up_by_batch_and_by_file(
    payments: list[tuple[int, bool]],
) -> None:
    rows = [
        ROW._replace(currency="USD", payee_id=str(place), gross=minor, withholding=0)
        for place, (minor, _is_company) in enumerate(payments)
    ]
    accounts = {
        str(place): replace(ADA, is_company=is_company, routing=(ANI if place % 3 else ADA).routing)
        for place, (_minor, is_company) in enumerate(payments)
    }

    entries = read(written("nacha", rows, **accounts))

    assert sorted(one.cents for one in entries) == sorted(minor for minor, _ in payments)
    assert len({one.number for one in entries}) == len(payments)


def test_the_entry_hash_keeps_its_last_ten_digits() -> None:
    rows = [ROW._replace(currency="USD", payee_id=str(place)) for place in range(1100)]
    accounts = {str(place): replace(ADA, routing="091000019") for place in range(1100)}

    assert len(read(written("nacha", rows, **accounts))) == 1100


def test_a_paypal_file_has_no_header_and_one_row_a_payment() -> None:
    rows = table(written("paypal"))

    assert [row[0] for row in rows] == ["ada@mail.example", "ani@mail.example"]
    assert [Decimal(row[1]) for row in rows] == [Decimal("400.00"), Decimal("8.00")]
    assert {row[2] for row in rows} == {"USD"}
    assert {row[5] for row in rows} == {"PAYPAL"}
    assert len({row[3] for row in rows}) == 2


def test_more_rows_than_paypal_takes_become_several_files_of_the_same_payments() -> None:
    count = paypal.MOST_ROWS + 1
    rows = [ROW._replace(payee_id=str(place), legal_name=str(place)) for place in range(count)]
    content = written("paypal", rows, **{str(place): ADA for place in range(count)})

    files = in_archive(content)

    assert [len(file) for file in files] == [paypal.MOST_ROWS, 1]
    assert len({row[3] for file in files for row in file}) == count


def test_currencies_without_decimals_at_paypal_are_whole_or_refused() -> None:
    whole = ROW._replace(currency="HUF", gross=40000, withholding=0)

    assert table(written("paypal", [whole]))[0][1:3] == ["400", "HUF"]
    with pytest.raises(Invalid, match=r"Ada Lovelace.*whole HUF"):
        written("paypal", [whole._replace(gross=40001)])
    with pytest.raises(Invalid, match="AZN"):
        written("paypal", [whole._replace(currency="AZN")])


def test_wise_recipients_by_email_and_by_id_lie_in_a_file_each() -> None:
    by_email, by_id = in_archive(written("wise"))

    assert tuple(by_email[0]) == wise.BY_EMAIL
    assert tuple(by_id[0]) == wise.BY_ID
    ada = dict(zip(by_email[0], by_email[1], strict=True))
    ani = dict(zip(by_id[0], by_id[1], strict=True))
    assert (ada["recipientEmail"], ada["amount"], ada["amountCurrency"]) == (
        "ada@mail.example", "400.00", "source",
    )  # fmt: skip
    assert (ada["sourceCurrency"], ada["targetCurrency"], ada["receiverType"]) == (
        "USD",
        "EUR",
        "PERSON",
    )
    assert (ani["recipientId"], ani["amount"], ani["amountCurrency"], ani["receiverType"]) == (
        "12345678", "8.00", "target", "INSTITUTION",
    )  # fmt: skip
    assert len(by_email) + len(by_id) == 4
    assert all(len(row[2]) <= 21 for row in by_email[1:])


def test_b183_a_name_that_a_spreadsheet_would_run_is_refused_not_changed() -> None:
    with pytest.raises(Invalid, match=r"Ada Lovelace.*spreadsheets run"):
        written("wise", p1=replace(ADA, holder="=cmd|' /C calc'!A0"))


@pytest.mark.parametrize(
    ("name", "to", "why"),
    [
        ("nacha", replace(ADA, account="", routing=""), "bank account in the United States"),
        ("nacha", replace(ADA, routing="011401534"), "bank account in the United States"),
        ("nacha", replace(ADA, holder="李雷"), "Latin letters"),
        ("paypal", replace(ADA, paypal=""), "PayPal account"),
        ("wise", replace(ADA, wise=""), "Wise account"),
    ],
)
def test_a_payee_of_another_kind_is_refused_by_name_and_nothing_is_written(
    name: str, to: PayTo, why: str
) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        written(name, p1=to)

    assert "Ada Lovelace" in str(refused.value.message)
    assert "Ani" not in str(refused.value.message)


def test_what_ach_does_not_take_is_refused_and_its_limits_are_not() -> None:
    most = ROW._replace(currency="USD", gross=9_999_999_999, withholding=0)

    assert read(written("nacha", [most]))[0].cents == most.gross
    with pytest.raises(Invalid, match="100,000,000 USD"):
        written("nacha", [most._replace(gross=most.gross + 1)])
    hundred = [most._replace(payee_id=str(place)) for place in range(101)]
    with pytest.raises(Invalid, match="10,000,000,000 USD"):
        written("nacha", hundred, **{str(place): ADA for place in range(101)})
    with pytest.raises(Invalid, match="this batch is in EUR"):
        written("nacha", [ROW._replace(currency="EUR")])
    with pytest.raises(Invalid, match="REDRESS_ACH_ROUTING"):
        written("nacha", payer=Payer("Tidewater", "DE89370400440532013000"))


def test_b101_revolut_pays_euro_by_iban_and_pounds_by_sort_code() -> None:
    pounds = [row._replace(currency="GBP") for row in ROWS]
    euro = [row._replace(currency="EUR") for row in ROWS]
    uk = replace(ADA, account="12345678", sort_code="200000")
    by_iban = replace(ANI, iban="AT611904300234573201", bic="GIBAATWWXXX")

    in_uk = table(written("revolut", pounds, p1=uk, p2=replace(uk, is_company=True)))
    abroad = table(written("revolut", euro, p1=by_iban, p2=by_iban))

    content = written("revolut", euro, p1=by_iban, p2=by_iban)
    expected = FILES / "revolut.csv"
    if os.environ.get("REDRESS_WRITE_GOLDENS"):
        expected.write_bytes(content)
    assert content == expected.read_bytes()
    assert tuple(in_uk[0]) == revolut.HEADERS["GBP"]
    assert [row[1:7] for row in in_uk[1:]] == [
        ["Individual", "12345678", "200000", "GB", "GBP", "400.00"],
        ["Company", "12345678", "200000", "GB", "GBP", "8.00"],
    ]
    assert tuple(abroad[0]) == revolut.HEADERS["EUR"]
    assert abroad[1][2:6] == ["AT611904300234573201", "GIBAATWWXXX", "AT", "EUR"]
    for rows, why in (
        (pounds, "United Kingdom"),
        (euro, "IBAN with the BIC"),
        (list(ROWS), "EUR and GBP"),
    ):
        with pytest.raises(Invalid, match=why):
            written("revolut", rows)
    with pytest.raises(Invalid, match="spreadsheets run"):
        written("revolut", pounds[:1], p1=replace(uk, holder="@SUM(1)"))


def test_more_rows_than_revolut_takes_become_several_files() -> None:
    count = revolut.MOST_ROWS + 1
    uk = replace(ADA, account="12345678", sort_code="200000")
    rows = [ROW._replace(currency="GBP", payee_id=str(place)) for place in range(count)]

    files = in_archive(written("revolut", rows, **{str(place): uk for place in range(count)}))

    assert [len(file) - 1 for file in files] == [revolut.MOST_ROWS, 1]


@pytest.mark.parametrize("name", RAILS)
def test_who_is_owed_nothing_never_reaches_the_file(name: str) -> None:
    content = written(name)

    assert b"Dee" not in content
    assert b"-9.00" not in content


@given(holder=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_any_holder_makes_a_readable_file_or_is_refused(holder: str) -> None:
    to = replace(ADA, holder=holder)
    for name in ("nacha", "wise"):
        try:
            content = written(name, ROWS[:1], p1=to)
        except Invalid:
            continue
        if name == "nacha":
            assert len(read(content)) == 1
        else:
            assert table(content)[1][0] == holder
