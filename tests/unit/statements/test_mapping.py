"""What columns mean as a person says it: what is needed, what is refused, how a file is recognised by it."""

from __future__ import annotations

import pytest

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.reading.sources import Source
from app.kernel.reading.styles import Days, Numbers
from app.statements.formats import PROFILES
from app.statements.rules.lines import Line
from app.statements.rules.mapping import fingerprint, guessed, mapped, name_of, profile_of
from app.statements.rules.previewing import head_of, preview
from app.statements.rules.reading import Asked, Reading

HEADER = ("Monat", "Laden", "Titel", "Interpret", "ISRC", "Menge", "Netto", "Kunde")
FILE = (
    "Abrechnung;Kontor\n"
    "Monat;Laden;Titel;Interpret;ISRC;Menge;Netto;Kunde\n"
    "03.02.2026;Apple;Low Tide;Ada;QZABC2600001;1.000;1.234,50;Bea\n"
    "04.02.2026;Apple;Low Tide;Ada;QZABC2600001;2;-0,5;Bea\n"
)
CHOSEN = ("sale", "store", "title", "artist", "isrc", "units", "amount", "personal")
RULES = (Numbers.COMMA, Days.DAY_FIRST)


def one(
    chosen: tuple[str, ...] = CHOSEN, currency: str = "EUR", *, says_month: bool = True
) -> object:
    return mapped(HEADER, chosen, RULES, currency, says_month=says_month)


def read(text: str, **asked: object) -> tuple[Reading, tuple[Line, ...]]:
    profile = profile_of(mapped(HEADER, CHOSEN, RULES, "EUR", says_month=True), "kontor", 1)
    reading = Reading(Source.of_bytes("a.csv", text.encode()), (*PROFILES, profile), Asked(**asked))  # type: ignore[arg-type]
    return reading, tuple(reading.lines())


def test_b073_a_mapped_file_is_read_by_its_rules_with_peoples_data_masked() -> None:
    reading, (first, second) = read(FILE, month="2026-03")

    assert reading.problems == []
    assert reading.formats == ["kontor/1"]
    assert (first.amount_text, str(first.amount), str(first.units)) == (
        "1.234,50",
        "1234.50",
        "1000",
    )
    assert (first.sale_month, first.statement_month, first.currency) == (
        "2026-02",
        "2026-03",
        "EUR",
    )
    assert str(second.amount) == "-0.5"
    assert "Bea" not in first.cells


def test_b073_columns_in_another_order_are_the_same_set_and_one_more_is_another() -> None:
    other = "\n".join(";".join(reversed(row.split(";"))) for row in FILE.splitlines()[1:])
    reading, lines = read(other, month="2026-03")
    more, _none = read(
        FILE.replace("Kunde", "Kunde;Rabatt").replace(";Bea", ";Bea;1"), month="2026-03"
    )

    assert (reading.problems, len(lines)) == ([], 2)
    assert fingerprint(HEADER) == fingerprint(tuple(reversed(HEADER)))
    assert fingerprint(HEADER) != fingerprint((*HEADER, "Rabatt"))
    assert more.is_unknown


def test_the_name_of_a_file_recognises_no_mapping() -> None:
    profile = profile_of(mapped(HEADER, CHOSEN, RULES, "EUR", says_month=True), "kontor", 1)
    reading = Reading(Source.of_bytes("kontor.csv", b"a;b\n1;2\n"), (profile,), Asked())

    assert tuple(reading.lines()) == ()
    assert reading.is_unknown


@pytest.mark.parametrize(
    ("without", "named"),
    [("amount", "amount that is paid"), ("isrc title", "ISRC, of the UPC or of the title")],
)
def test_b073_what_is_needed_is_named(without: str, named: str) -> None:
    with pytest.raises(InvalidMany) as refused:
        one(tuple("" if field in without.split() else field for field in CHOSEN))

    assert [named in str(error.message) for error in refused.value.errors] == [True]


def test_currency_and_month_are_needed_from_a_column_or_a_person() -> None:
    with pytest.raises(InvalidMany) as refused:
        one(currency="", says_month=False)

    assert [error.field for error in refused.value.errors] == ["currency", "statement"]


def test_one_field_of_two_columns_and_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidMany) as refused:
        one(("sale", "store", "title", "artist", "isrc", "amount", "amount", ""))
    assert [error.code for error in refused.value.errors] == ["twice"]

    with pytest.raises(InvalidMany) as refused:
        mapped(("ISRC", "Netto", "netto "), ("isrc", "amount", ""), RULES, "EUR", says_month=True)
    assert [error.code for error in refused.value.errors] == ["name"]

    with pytest.raises(InvalidMany) as refused:
        one(("klingon", *CHOSEN[1:]))
    assert [error.code for error in refused.value.errors] == ["choice"]


def test_names_that_are_none_or_taken_are_refused() -> None:
    assert name_of(" Kontor  Monthly ", ("fuga",)) == "kontor-monthly"
    for text in ("", "x", "東京", "a/b", "fuga", "-a-"):
        with pytest.raises(Invalid):
            name_of(text, ("fuga",))


def test_columns_are_guessed_by_known_names_and_the_amount_never() -> None:
    found = guessed(("ISRC", "UPC", "Reported Royalty", "Net Revenue", "Monat"), PROFILES)

    assert found == ["isrc", "upc", "", "", ""]


def test_the_header_is_found_below_rows_that_are_none() -> None:
    head = head_of(Source.of_bytes("a.csv", FILE.encode()))

    assert (head.delimiter, head.line, head.header) == (";", 2, HEADER)
    assert head.samples[6] == ("1.234,50", "-0,5")


def test_a_preview_says_lines_or_what_is_wrong_with_them() -> None:
    source = Source.of_bytes("a.csv", FILE.encode())
    good = profile_of(mapped(HEADER, CHOSEN, RULES, "EUR", says_month=True), "kontor", 1)
    bad = profile_of(
        mapped(HEADER, CHOSEN, (Numbers.POINT, Days.NONE), "EUR", says_month=True), "kontor", 1
    )

    assert len(preview(source, good, Asked(month="2026-03")).lines) == 2
    seen = preview(source, bad, Asked(month="2026-03"))
    assert seen.lines == ()
    assert [(problem.line, problem.column) for problem in seen.problems][:2] == [
        (3, "Netto"),
        (3, "Monat"),
    ]
