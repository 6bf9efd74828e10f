"""Numbers, months and territories as files write them."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.reading.months import NoMonth, months
from app.kernel.reading.numbers import Exact, NoNumber, decided, mark_of, number
from app.kernel.reading.styles import Days, Numbers
from app.statements.rules.places import territory

POINT, GROUPED, COMMA, EITHER = Numbers.POINT, Numbers.GROUPED, Numbers.COMMA, Numbers.EITHER


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        (".0213", POINT, "0.0213"),
        ("12.", POINT, "12"),
        ("(12.30)", POINT, "-12.30"),
        (" 000012.34", POINT, "12.34"),
        ("-0.00", POINT, "0.00"),
        ("\u221212.5", POINT, "-12.5"),
        ("0.0031969879629411800", POINT, "0.0031969879629411800"),
        ("0,258066", COMMA, "0.258066"),
        ("1\u00a0234,56", COMMA, "1234.56"),
        ("1\u202f234\u202f567,5", COMMA, "1234567.5"),
        ("1.000,50", COMMA, "1000.50"),
        ("(1.000,50)", COMMA, "-1000.50"),
        ("1,000.50", GROUPED, "1000.50"),
        ("1'000.50", GROUPED, "1000.50"),
        ("1’000.50", GROUPED, "1000.50"),
        ("-$1,234.50", GROUPED, "-1234.50"),
        ("$-1,234.50", GROUPED, "-1234.50"),
        ("USD 12.5", GROUPED, "12.5"),
        ("1,000.50", EITHER, "1000.50"),
        ("7", EITHER, "7"),
    ],
)
def test_b086_a_number_is_read_exactly(text: str, style: Numbers, value: str) -> None:
    assert number(text, style, "USD") == Decimal(value)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        *(
            (text, POINT)
            for text in (
                "1e3",
                "NaN",
                "Infinity",
                "1_000",
                "+5",
                "--5",
                "-(5)",
                "",
                "-",
                ".",
                "5-",
                "x",
            )
        ),
        ("1,234", POINT),
        ("1,5", POINT),
        ("1.5", COMMA),
        ("0.258066", COMMA),
        ("1,5", GROUPED),
        ("12,34,567.8", GROUPED),
        ("1.234", EITHER),
        ("1,234", EITHER),
        ("€5", POINT),
    ],
)
def test_b087_what_is_no_certain_number_is_refused(text: str, style: Numbers) -> None:
    with pytest.raises(NoNumber):
        number(text, style, "USD")


@pytest.mark.parametrize("text", ["١٢٫٥", "１２.５", "१२"])
def test_b088_digits_of_other_scripts_are_refused(text: str) -> None:
    with pytest.raises(NoNumber, match="digits 0 to 9"):
        number(text, POINT)


@pytest.mark.parametrize("text", ["9" * 15, "-1000000000000000", "0." + "1" * 25])
def test_b090_beyond_the_range_is_refused(text: str) -> None:
    with pytest.raises(NoNumber, match="14 digits"):
        number(text, POINT)


def test_numbers_of_a_workbook_have_a_point_whatever_the_texts_beside_have() -> None:
    assert number(Exact("0.258066"), COMMA) == Decimal("0.258066")
    assert mark_of(Exact("1.5")) is EITHER


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["1.234", "7", "0,5"], COMMA),
        (["1,234", "0.5"], GROUPED),
        (["1.234.567"], COMMA),
        (["1,234", "12"], EITHER),
        ([], EITHER),
    ],
)
def test_the_decimal_mark_is_decided_by_what_is_clear(texts: list[str], style: Numbers) -> None:
    assert decided(texts) is style


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**13), max_value=10**13
    )
)
def test_a_decimal_survives_each_way_of_writing_it(value: Decimal) -> None:
    point = f"{value:,f}"
    comma = point.translate({ord(","): ".", ord("."): ","})

    assert number(f"{value:f}", POINT) == value
    assert number(point, GROUPED) == value
    assert number(comma, COMMA) == value


@given(
    st.text(alphabet="0123456789.,' ()-+$€eE_\u00a0", max_size=12),
    st.sampled_from([POINT, GROUPED, COMMA]),
)
def test_a_text_is_one_number_or_refused(text: str, style: Numbers) -> None:
    with contextlib.suppress(NoNumber):
        assert number(text, style, "USD").is_finite()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-04", "2026-04", "2026-04"),
        ("2026/04/01", "2026-04", "2026-04"),
        ("2026-04-30T23:59:59Z", "2026-04", "2026-04"),
        ("2026-04-30 12:00:00", "2026-04", "2026-04"),
        ("20260430", "2026-04", "2026-04"),
        ("202604", "2026-04", "2026-04"),
        ("JUN-25", "2025-06", "2025-06"),
        ("June 2025", "2025-06", "2025-06"),
        ("Oct 2017", "2017-10", "2017-10"),
        ("JAN-FEB-18", "2018-01", "2018-02"),
        ("DEC-JAN-18", "2017-12", "2018-01"),
        ("2Q2025", "2025-04", "2025-06"),
        ("Q118", "2018-01", "2018-03"),
        ("2023Q1", "2023-01", "2023-03"),
        ("2017M10", "2017-10", "2017-10"),
        ("2017M9", "2017-09", "2017-09"),
        ("2023_01", "2023-01", "2023-01"),
        ("2019.08 Streams", "2019-08", "2019-08"),
    ],
)
def test_months_of_all_kinds(text: str, first: str, last: str) -> None:
    assert months(text) == (first, last)


@pytest.mark.parametrize("text", ["4/9/2026 12:00:00 AM", "4/9/26 10:05pm", "04-09-2026"])
def test_b085_american_days_where_the_format_says_so(text: str) -> None:
    assert months(text, Days.MONTH_FIRST) == ("2026-04", "2026-04")
    assert months(text, Days.DAY_FIRST) == ("2026-09", "2026-09")
    with pytest.raises(NoMonth, match="either way"):
        months(text)


@pytest.mark.parametrize(
    "text", ["45658", "2025-02-29", "2025-00", "13/13/2025", "Sometime 2025", "1887-01", "5Q2025"]
)
def test_b085_no_month_is_made_up(text: str) -> None:
    with pytest.raises(NoMonth):
        months(text, Days.MONTH_FIRST)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("ESP", "ES"), ("GBR", "GB"), ("USA", "US"), ("Germany", "DE"), ("Россия", "RU"),
        ("UNITED STATES", "US"), ("Korea, Republic of", "KR"), ("Türkiye", "TR"), ("OU", "ZZ"), ("Worldwide", "ZZ"),
        ("", "ZZ"),
    ],
)  # fmt: skip
def test_territories_of_all_kinds(text: str, code: str) -> None:
    assert territory(text) == (code, True)


@pytest.mark.parametrize("text", ["Atlantis", "XQ", "CIS;RU", "QQQ"])
def test_unknown_territories_are_said(text: str) -> None:
    assert territory(text) == ("ZZ", False)
