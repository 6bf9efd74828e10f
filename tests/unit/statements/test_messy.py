"""The messy files of the acceptance list, each with what is to come of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from app.kernel.reading.styles import Days, Numbers
from app.kernel.reading.tables import MOST_CELL, MOST_LINE
from tests.unit.statements.support import (
    FIRST,
    HEADER,
    SECOND,
    lines_of,
    places,
    problems_of,
    reading_of,
    table,
)

FILES = Path(__file__).parent / "files"
GOOD = table(FIRST, SECOND)
BELIEVE = (FILES / "believe.csv").read_text(encoding="utf-8")
TITLES = {
    "cp1251": ("Ночной поезд", "Анна Седова и хор", "Мосты над рекой", "Дорога домой"),
    "shift_jis": ("夜の電車", "さくら合唱団", "川の上の橋", "カタカナの歌"),
    "gb18030": ("夜晚的火车", "合唱团的声音", "河上的桥梁", "回家的道路"),
    "cp1252": ("Der Zug fährt über Brücken", "Señal de la mañana", "Où êtes-vous allée", "Blåbærsyltetøy"),
}  # fmt: skip


def believe(*titles: str) -> str:
    """A Believe file with one row for each of *titles*."""
    header, row = BELIEVE.splitlines()[:2]
    rows = [row.replace("Low Tide", title).replace("\xa0", "") for title in titles]
    return "\n".join((header, *rows)) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_b071_unicode_with_and_without_mark(encoding: str) -> None:
    lines = lines_of(believe("Ночь 夜 Señal").encode(encoding))

    assert [one.title for one in lines] == ["Ночь 夜 Señal"]


@pytest.mark.parametrize("encoding", TITLES)
def test_b071_older_encodings_are_told_from_their_letters(encoding: str) -> None:
    content = believe(*TITLES[encoding]).encode(encoding)

    assert tuple(one.title for one in lines_of(content)) == TITLES[encoding]


def test_b071_utf8_with_a_foreign_line_is_refused() -> None:
    text = believe("Señal de la mañana", "Où êtes-vous")
    rows = text.splitlines(keepends=True)
    mixed = rows[0].encode() + rows[1].encode() + rows[2].encode("cp1252")

    (problem,) = problems_of(mixed)

    assert "UTF-8" in problem.reason


def test_b071_an_encoding_that_is_not_clear_is_asked() -> None:
    (problem,) = problems_of(believe("x").encode().replace(b"Yandex", b"\x98\xff\x81"))

    assert "encoding" in problem.reason


def test_b071_what_a_person_says_must_hold() -> None:
    content = believe(*TITLES["cp1251"]).encode("cp1251")

    assert lines_of(content, encoding="cp1251")[0].title == "Ночной поезд"
    assert problems_of(content, encoding="utf-8")[0].line == 2


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_b072_any_delimiter(mark: str) -> None:
    assert [one.amount for one in lines_of(GOOD.replace(",", mark))] == [
        Decimal("100.00"),
        Decimal("0.25"),
    ]


def test_b072_quotes_hold_delimiters_and_line_breaks_and_lines_stay_right() -> None:
    odd = '9,2026-03,2026-01,"a;b, ""c""\nd",DE,QZABC2600001,stream,1,1.5,EUR'

    first, second = lines_of(table(odd, SECOND))

    assert first.store == 'a;b, "c"\nd'
    assert (first.number, second.number) == (2, 4)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_b072_any_line_end(end: str) -> None:
    assert [one.number for one in lines_of(GOOD.replace("\n", end))] == [2, 3]


def test_b072_titles_of_tab_files_may_begin_with_a_quote() -> None:
    text = (
        GOOD.replace(",", "\t").replace("spotify", '"Heroes" (live)').replace("deezer", '"Deezer"')
    )

    assert [one.store for one in lines_of(text)] == ['"Heroes" (live)', "Deezer"]


def test_preamble_blank_rows_and_a_second_header_are_no_lines() -> None:
    text = f"Report of,North\n\n{HEADER}\n{FIRST}\n\n{HEADER}\n{SECOND}\n"

    reading = reading_of(text)

    assert [one.number for one in reading.read] == [4, 7]  # type: ignore[attr-defined]
    assert [note.code for note in reading.notes] == ["header_again"]


@pytest.mark.parametrize("row", [f"{FIRST},more", FIRST.rsplit(",", 1)[0], "1,2"])
def test_b074_a_ragged_row_refuses_the_file_with_its_line(row: str) -> None:
    problems = problems_of(table(SECOND, row))

    assert places(problems) == [(3, "")]
    assert "10" in problems[0].reason


def test_b074_empty_cells_beyond_the_header_are_nothing() -> None:
    assert len(lines_of(table(f"{FIRST},,"))) == 1


def test_b074_an_unclosed_quote_names_the_line_where_it_opens() -> None:
    rows = [SECOND.replace("2,", f"{number},", 1) for number in range(10, 3000)]
    rows[1500] = rows[1500].replace("deezer", '"deezer')

    (problem,) = problems_of(table(*rows))

    assert problem.line == 1502
    assert "quote" in problem.reason


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+cmd", "@SUM(A1)", "\t=1", "-2+3"])
def test_b075_b183_formulas_of_text_files_are_text(title: str) -> None:
    (line,) = lines_of(believe(title))

    assert line.title == title.strip()
    assert title in line.cells


def test_b076_a_cell_of_ten_megabytes_is_refused_with_its_line() -> None:
    (problem,) = problems_of(table(FIRST, SECOND.replace("deezer", "x" * (10 * MOST_CELL))))

    assert problem.line == 3


def test_b076_a_cell_of_many_short_lines_is_refused_too() -> None:
    (problem,) = problems_of(table(FIRST, SECOND.replace("deezer", '"' + "x\n" * MOST_CELL + '"')))

    assert problem.line in {3, 4}


def test_b076_a_line_without_end_is_refused() -> None:
    (problem,) = problems_of(table(FIRST) + "y" * (MOST_LINE + 1))

    assert problem.line == 3


def test_a_nul_is_no_text() -> None:
    assert places(problems_of(table(FIRST, SECOND.replace("deezer", "de\x00zer") * 1))) != []


def test_b077_other_line_ends_give_the_same_keys() -> None:
    first = [(one.key, one.occurrence) for one in lines_of(GOOD)]

    assert [(one.key, one.occurrence) for one in lines_of(GOOD.replace("\n", "\r\n"))] == first


def test_identical_legitimate_rows_are_two_lines() -> None:
    text = believe("A", "B", "A")

    lines = lines_of(text)

    assert [one.occurrence for one in lines] == [1, 1, 2]
    assert lines[0].key == lines[2].key != lines[1].key


@pytest.mark.parametrize(
    ("total", "fits"), [("100.25", True), ("100.254", True), ("100.26", False), ("(100.25)", False)]
)
def test_b078_a_row_of_totals_is_compared_and_is_no_line(total: str, fits: bool) -> None:
    text = table(FIRST, SECOND, f"Total,,,,,,,,{total},EUR")

    reading = reading_of(text)

    assert len(reading.read) == 2  # type: ignore[attr-defined]
    assert (places(reading.problems) == []) is fits
    assert places(reading.problems) in ([], [(4, "EUR")])


def test_b078_the_sum_is_rounded_never_its_rows() -> None:
    rows = [FIRST.replace("1,", f"{n},", 1).replace("100.00", "0.004") for n in range(1, 4)]

    assert len(lines_of(table(*rows, "Total,,,,,,,,0.01,EUR"))) == 3


def test_b078_a_reason_lets_other_totals_pass_and_is_noted() -> None:
    text = table(FIRST, "Total,,,,,,,,99,EUR")

    reading = reading_of(text, totals_reason="The sender says that the footer is old.")

    assert reading.problems == []
    assert [note.code for note in reading.notes] == ["totals"]


def test_b078_an_artist_called_total_is_a_line() -> None:
    assert len(lines_of(table(FIRST.replace("1,", "Total,", 1)))) == 1


def test_b078_a_summary_by_territory_is_compared_place_by_place() -> None:
    text = (FILES / "apple-s1.txt").read_text()

    (problem,) = problems_of(text.replace("FR\tEUR\t-1\t-0.70", "FR\tEUR\t-1\t-0.60"))

    assert (problem.column, problem.value) == ("FR", "-0.60")


@pytest.mark.parametrize("code", ["XYZ", "Really", "", "E"])
def test_b079_an_unknown_currency_is_refused(code: str) -> None:
    assert places(problems_of(table(FIRST.replace("EUR", code)))) == [(2, "currency")]


def test_b079_a_sign_of_another_currency_is_refused() -> None:
    text = table(FIRST.replace("100.00", "$100.00"))

    assert places(problems_of(text, numbers=Numbers.GROUPED)) == [(2, "gross")]


def test_b080_negative_zero_and_unitless_rows_are_lines() -> None:
    rows = [
        FIRST.replace(",10,100.00", ",-3,-4.5"),
        SECOND.replace(",1,0.25", ",0,-0.25"),
        FIRST.replace("1,", "3,", 1).replace(",10,100.00", ",,0"),
    ]

    units = [one.units for one in lines_of(table(*rows))]

    assert units == [Decimal(-3), Decimal(0), None]


@pytest.mark.parametrize(
    "text", ["01/02/2025", "25/12/2025", "45658", "2025-02-29", "2025-13", "soon", ""]
)
def test_b085_a_day_that_is_not_certain_is_refused(text: str) -> None:
    row = FIRST.replace("2026-01", text)

    assert places(problems_of(table(row))) == [(2, "sale_month")]


def test_b085_the_order_of_a_day_is_asked_once() -> None:
    row = FIRST.replace("2026-01", "01/02/2025")

    assert lines_of(table(row), days=Days.MONTH_FIRST)[0].sale_month == "2025-01"
    assert lines_of(table(row), days=Days.DAY_FIRST)[0].sale_month == "2025-02"


@pytest.mark.parametrize("text", ["qz-abc-26-00001", " QZABC2600001 ", "QZ ABC 26 00001"])
def test_b104_an_isrc_is_normalised_and_kept_as_written(text: str) -> None:
    (line,) = lines_of(table(FIRST.replace("QZABC2600001", text)))

    assert (line.isrc, line.isrc_text) == ("QZABC2600001", text)


@pytest.mark.parametrize("text", ["QZABC260001", "N/A", "", "QZABC260000O"])
def test_b104_a_bad_isrc_is_no_reason_to_drop_money(text: str) -> None:
    (line,) = lines_of(table(FIRST.replace("QZABC2600001", text)))

    assert (line.isrc, line.isrc_text, line.amount) == ("", text, Decimal(100))


@pytest.mark.parametrize("text", ["36000291452", "1.91774E+11", "036000291453"])
def test_b105_a_damaged_upc_is_not_repaired_silently(text: str) -> None:
    content = (FILES / "believe.csv").read_text(encoding="utf-8").replace("036000291452", text)

    assert {(one.upc, one.upc_text) for one in lines_of(content)} == {("", text)}


def test_a_territory_nobody_knows_is_zz_and_said() -> None:
    reading = reading_of(table(FIRST.replace("DE", "Atlantis"), SECOND))

    assert [one.territory for one in reading.read] == ["ZZ", "FR"]  # type: ignore[attr-defined]
    assert [(note.code, note.value) for note in reading.notes] == [("territory", "Atlantis")]


def test_i18_one_bad_line_in_many_leaves_problems_that_name_it() -> None:
    rows = [FIRST.replace("1,", f"{number},", 1) for number in range(1, 5001)]
    rows[4000] = rows[4000].replace("100.00", "1OO.00")

    (problem,) = problems_of(table(*rows))

    assert (problem.file, problem.line, problem.column, problem.value) == (
        "a.csv", 4002, "gross", "1OO.00",
    )  # fmt: skip


def test_problems_end_when_there_are_too_many() -> None:
    rows = [FIRST.replace("100.00", "x")] * 5000

    problems = problems_of(table(*rows))

    assert len(problems) == 201
    assert "too many" in problems[-1].reason


def test_an_empty_file_and_a_header_alone_are_refused() -> None:
    assert places(problems_of("")) == [(0, "")]
    assert places(problems_of(HEADER + "\n")) == [(0, "")]
