"""Files of terms that are wrong: every problem with line, column, value and what to write instead."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.reading.sources import Source
from app.kernel.reading.styles import Numbers
from app.terms.rules import reading
from app.terms.rules.reading import MOST_PROBLEMS, Asked, Fault
from app.terms.rules.rows import Payee, Rate, Table
from app.terms.service import keeping, read_file
from tests.unit.terms.support import read

SPLITS = "isrc,payee,share,territories,from_month,to_month\n"
DEALS = "isrc,fee_rate,from_month,to_month\n"
TAX = "payee,territory,rate,from_month,to_month\n"
FX = "month,from_currency,to_currency,rate\n"
GOOD = "QZABC2600001,ada,0.5,WW,2025-01,\n"


def problems(table: Table, text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidMany) as found:
        read(table, text)
    return [(one.field, one.code) for one in found.value.errors]


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("QZABC260001,ada,0.5,WW,,", "isrc", "isrc_length"),
        ("*,ada,0.5,WW,,", "isrc", "isrc_length"),
        ("QZABC2600001,,0.5,WW,,", "payee", "required"),
        ("QZABC2600001,ada,1e-1,WW,,", "share", "fraction_shape"),
        ("QZABC2600001,ada,NaN,WW,,", "share", "fraction_shape"),
        ("QZABC2600001,ada,1_0,WW,,", "share", "fraction_shape"),
        ('QZABC2600001,ada,"0,5",WW,,', "share", "fraction_shape"),
        ("QZABC2600001,ada,1.00000001,WW,,", "share", "fraction_range"),
        ("QZABC2600001,ada,-0.1,WW,,", "share", "fraction_range"),
        ("QZABC2600001,ada,0.333333333,WW,,", "share", "places"),
        ("QZABC2600001,ada,0.5,EU,,", "territories", "unknown_territory"),
        ("QZABC2600001,ada,0.5,US-CA,,", "territories", "territories_shape"),
        ("QZABC2600001,ada,0.5,WW,2025-13,", "from_month", "open_month_shape"),
        ("QZABC2600001,ada,0.5,WW,2025-03,2025-03", "to_month", "period_order"),
        ("QZABC2600001,ada,0.5,WW,1025-03,", "from_month", "period_year"),
    ],
)  # fmt: skip
def test_b087_b089_b092_a_wrong_cell_is_named_with_its_line(
    line: str, field: str, code: str
) -> None:
    assert problems(Table.SPLITS, SPLITS + GOOD + line) == [(f"line 3, {field}", code)]


def test_the_wrong_value_is_repeated_in_what_is_said() -> None:
    with pytest.raises(InvalidMany) as found:
        read(Table.SPLITS, SPLITS + "QZABC2600001,ada,half,WW,,")

    assert str(found.value.errors[0].message) == "Write a fraction like 0.15. It says “half”."


def test_b092_thirds_that_add_up_to_the_whole_are_taken_exactly() -> None:
    rows = "".join(f"QZABC2600001,{who},{part},WW,,\n" for who, part in
                   (("ada", "0.33333333"), ("bo", "0.33333333"), ("cy", "0.33333334")))  # fmt: skip

    found = read(Table.SPLITS, SPLITS + rows)

    assert sum(line.row.share for line in found.lines) == Decimal(1)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("isrc,payee,share,territories,from_month\n" + GOOD, [("line 1, to_month", "column_missing")]),
        (SPLITS.replace("payee", "isrc") + GOOD, [("line 1, isrc", "column_missing"), ("line 1, payee", "column_missing")]),
        (SPLITS.replace("payee", "payee,label") + GOOD, [("line 1, label", "column_unknown")]),
        ("", [("line 1, isrc", "column_missing")]),
        ("what\nis this\n", [("line 1, isrc", "column_missing")]),
    ],
)  # fmt: skip
def test_b073_a_header_that_is_not_the_tables_is_refused(
    text: str, found: list[tuple[str, str]]
) -> None:
    said = problems(Table.SPLITS, text)

    assert said[: len(found)] == found


def test_b073_columns_may_stand_in_any_order() -> None:
    text = "share,to_month,from_month,territories,payee,isrc\n0.5,,2025-01,WW,ada,qz-abc-26-00001\n"

    assert read(Table.SPLITS, text) == read(Table.SPLITS, SPLITS + GOOD)


@pytest.mark.parametrize("line", ["QZABC2600001,ada,0.5,WW,", "QZABC2600001,ada,0.5,WW,,,"])
def test_b074_a_line_with_too_few_or_too_many_columns_is_refused(line: str) -> None:
    assert problems(Table.SPLITS, SPLITS + GOOD + line) == [("line 3, file", "columns")]


def test_b074_empty_columns_behind_the_header_are_none() -> None:
    text = SPLITS.replace("\n", ",,\n") + GOOD.replace("\n", ",,\n") + GOOD

    assert [line.row for line in read(Table.SPLITS, text).lines] == [
        line.row for line in read(Table.SPLITS, SPLITS + GOOD + GOOD).lines
    ]


def test_b074_a_decimal_comma_without_quotes_moves_nothing() -> None:
    text = "month,from_currency,to_currency,rate,source,quoted_on\n2026-01,EUR,USD,1,08,,\n"

    assert problems(Table.FX, text) == [("line 2, file", "columns")]


def test_b074_quotes_that_never_close_are_refused_with_their_line() -> None:
    text = SPLITS + GOOD * 3 + 'QZABC2600001,"ada,0.5,WW,,\n' + GOOD

    assert problems(Table.SPLITS, text) == [("line 5, file", "unreadable")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
def test_b071_encodings_are_told_from_mark_and_letters(encoding: str) -> None:
    text = SPLITS + GOOD.replace("ada", "Анна Седова") + GOOD.replace("ada", "Хор у реки")

    found = read(Table.SPLITS, text.encode(encoding))

    assert [line.row.payee for line in found.lines] == ["Анна Седова", "Хор у реки"]  # type: ignore[union-attr]


def test_b071_an_encoding_that_is_not_clear_is_asked_for() -> None:
    short = (SPLITS + GOOD.replace("ada", "ada\xa0")).encode("cp1252")

    (code,) = {code for _field, code in problems(Table.SPLITS, short)}
    assert code == "unreadable"
    (line,) = read(Table.SPLITS, short, Asked(encoding="cp1252")).lines
    assert line.row.key == ("QZABC2600001",)
    wrong = (SPLITS + GOOD * 2).encode() + b"QZABC2600001,\xff\xfe,1,WW,,\n"
    with pytest.raises(InvalidMany, match="as utf-8"):
        read(Table.SPLITS, wrong, Asked(encoding="utf-8"))


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_b072_other_marks_between_cells_are_seen(mark: str) -> None:
    text = (SPLITS + GOOD).replace(",", mark)

    assert read(Table.SPLITS, text) == read(Table.SPLITS, SPLITS + GOOD)


def test_rows_above_the_header_and_names_in_capitals_are_no_obstacle() -> None:
    text = "Shares of May\n\nAs agreed;;\n" + (SPLITS.upper() + GOOD).replace(",", ";")

    (line,) = read(Table.SPLITS, text).lines

    assert (line.number, line.row.key) == (5, ("QZABC2600001",))


def test_b086_decimal_commas_are_read_where_the_file_shows_them() -> None:
    text = "isrc;fee_rate;from_month;to_month\n*;0,15;;\nQZABC2600001;1;2026-03;\n"

    (every, one) = read(Table.DEALS, text).lines

    assert (every.row.fee_rate, one.row.fee_rate) == (Decimal("0.15"), Decimal(1))  # type: ignore[union-attr]


def test_b086_a_file_of_commas_takes_no_point_and_one_of_points_no_comma() -> None:
    text = "month;from_currency;to_currency;rate\n2026-01;EUR;USD;1,08\n2026-02;EUR;USD;1.082\n"

    assert problems(Table.FX, text) == [("line 3, rate", "rate_shape")]
    assert problems(Table.FX, text.replace("1,08\n", "1.08\n").replace("1.082", "1,082")) == [
        ("line 3, rate", "rate_shape")
    ]


def test_b086_what_could_be_either_is_refused_until_somebody_says() -> None:
    text = "month;from_currency;to_currency;rate\n2026-01;EUR;USD;1,082\n"

    assert problems(Table.FX, text) == [("line 2, rate", "rate_shape")]
    (line,) = read(Table.FX, text, Asked(numbers=Numbers.COMMA)).lines
    assert line.row.rate == Decimal("1.082")  # type: ignore[union-attr]


def test_amounts_may_part_thousands_where_the_mark_is_clear() -> None:
    head = "contract;payee;currency;month;opening;earned;recouped;paid;closing\n"

    (comma,) = read(Table.BALANCES, head + "c;ada;EUR;2026-01;-1.200,50;200,5;0;0;-1.000\n").lines
    (point,) = read(Table.BALANCES, head + "c;ada;EUR;2026-01;-1,200.50;200.5;0;0;-1,000\n").lines

    assert comma.row == point.row
    assert comma.row.opening == Decimal("-1200.50")  # type: ignore[union-attr]


@pytest.mark.parametrize("month", ["2026-03-01", "Mar-26", "March 2026"])
def test_months_that_a_spreadsheet_rewrote_are_read(month: str) -> None:
    (line,) = read(Table.DEALS, DEALS + f"*,0.15,{month},\n").lines

    assert line.row.cells[2] == "2026-03"


def test_a_day_in_the_middle_of_a_month_is_no_month() -> None:
    assert problems(Table.DEALS, DEALS + "*,0.15,2026-03-15,\n") == [
        ("line 2, from_month", "open_month_shape")
    ]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.create_sheet("Empty")
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_by_its_values_and_short_rows_are_whole() -> None:
    heads = tuple(SPLITS.strip().split(","))
    content = workbook(heads, ("QZABC2600001", "ada", 0.5, "WW", date(2025, 1, 1)))

    (line,) = read(Table.SPLITS, content, name="a.xlsx").lines

    assert (line.row.cells, line.file) == (tuple(GOOD.strip().split(",")), "a.xlsx/Sheet")


def test_b075_a_formula_without_its_result_is_refused_with_its_row() -> None:
    heads = tuple(SPLITS.strip().split(","))
    content = workbook(heads, ("QZABC2600001", "ada", "=1/2", "WW"))

    with pytest.raises(InvalidMany) as found:
        read(Table.SPLITS, content, name="a.xlsx")

    (fault,) = found.value.errors
    assert isinstance(fault, Fault)
    assert (fault.file, fault.line) == ("", 2)
    assert "formula without its result" in str(fault.reason)


def test_every_problem_names_line_column_value_and_reason() -> None:
    with pytest.raises(InvalidMany) as found:
        read(Table.SPLITS, gzip.compress((SPLITS + GOOD.replace("0.5", "half")).encode()), name="a.csv.gz")  # fmt: skip

    (fault,) = found.value.errors
    assert isinstance(fault, Fault)
    assert (fault.file, fault.line, fault.column, fault.value) == ("a.csv", 2, "share", "half")
    assert str(fault.reason) == "Write a fraction like 0.15."


def test_one_recording_with_far_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_TOGETHER", 3)

    read(Table.SPLITS, SPLITS + GOOD * 3)
    with pytest.raises(Invalid, match="More than 3 lines are of “QZABC2600001”"):
        read(Table.SPLITS, SPLITS + GOOD * 4)


def test_b076_a_cell_without_end_is_refused_and_problems_are_counted() -> None:
    assert problems(Table.SPLITS, SPLITS + "QZABC2600001," + "a" * 200_000 + ",1,WW,,") == [
        ("line 2, payee", "text_length")
    ]
    many = problems(Table.SPLITS, SPLITS + "x,,9,EU,0,0\n" * 60)
    assert len(many) == MOST_PROBLEMS + 1


def test_two_deals_of_one_time_are_refused_with_both_lines() -> None:
    text = DEALS + "*,0.15,,2026-01\n*,0.2,2025-12,\nQZABC2600001,0.1,,\n"

    with pytest.raises(InvalidMany) as found:
        read(Table.DEALS, text)

    (one,) = found.value.errors
    assert (one.field, one.code) == ("line 3, from_month", "overlap")
    assert str(one.message) == "“*” is said for the same time on line 2, too."


def test_two_taxes_two_rates_and_a_payee_twice_are_refused() -> None:
    assert problems(Table.WITHHOLDING, TAX + "ada,US,0.3,,\nada,DE,0,,\nada,US,0,2026-01,\n") == [("line 4, from_month", "overlap")]  # fmt: skip
    assert problems(Table.FX, FX + "2026-01,EUR,USD,1.1\n2026-01,EUR,USD,1.1\n") == [("line 3, file", "overlap")]  # fmt: skip
    assert problems(Table.PAYEES, "payee,currency\nada,EUR\nada,USD\n") == [("line 3, file", "overlap")]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("2026-01,EUR,USD,0", "rate", "rate_range"),
        ("2026-01,EUR,USD,", "rate", "rate_shape"),
        ("2026-01,EUR,USD,1.0000000000001", "rate", "places"),
        ("2026-01,EUR,EUR,1", "to_currency", "same_currency"),
        ("2026-01,EUR,EURO,1", "to_currency", "currency_shape"),
        ("2026-01,XXQ,USD,1", "from_currency", "unknown_currency"),
        (",EUR,USD,1", "month", "month_shape"),
    ],
)
def test_b079_b095_rates_that_cannot_be_are_refused(line: str, field: str, code: str) -> None:
    assert problems(Table.FX, FX + line) == [(f"line 2, {field}", code)]


def test_b089_a_minimum_has_the_places_of_its_currency() -> None:
    head = "payee,currency,minimum\n"

    assert problems(Table.PAYEES, head + "haru,JPY,10.5\n") == [("line 2, minimum", "places")]
    assert problems(Table.PAYEES, head + "haru,JPY,-1\n") == [("line 2, minimum", "amount_shape")]
    (line,) = read(Table.PAYEES, head + "nour,KWD,1.125\n").lines
    assert line.row == Payee("nour", "KWD", Decimal("1.125"))


def test_b075_a_formula_is_a_name_like_any_other() -> None:
    (line,) = read(Table.PAYEES, 'payee,currency\n"=HYPERLINK(""x"")",EUR\n').lines

    assert line.row == Payee('=HYPERLINK("x")', "EUR")


def test_a_rate_may_say_its_source_and_day() -> None:
    text = "month,from_currency,to_currency,rate,source,quoted_on\n2026-01,EUR,USD,1.10,ECB,{}\n"

    (line,) = read(Table.FX, text.format("2026-01-30")).lines

    assert isinstance(line.row, Rate)
    assert (line.row.source, str(line.row.quoted_on)) == ("ECB", "2026-01-30")
    assert problems(Table.FX, text.format("2026-02-30")) == [("line 2, quoted_on", "day_shape")]
    assert problems(Table.FX, text.format("01/02/2026")) == [("line 2, quoted_on", "day_shape")]


def test_a_long_file_takes_no_more_memory_than_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "TOGETHER", 200)
    monkeypatch.setattr(reading, "PEEK", 200)

    def peak(lines: int) -> int:
        rows = "".join(f"QZABC{number:07d},ada,0.5,WW,,\n" for number in range(lines))
        source = Source.of_bytes("a.csv", (SPLITS + rows).encode())
        tracemalloc.start()
        try:
            with read_file(Table.SPLITS, source) as command:
                assert sum(len(some) for some in command.lines.together()) == lines
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(6_000) < peak(1_500) + 400_000
