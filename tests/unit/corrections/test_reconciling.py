"""Reconciling: every correction and every line told exactly once, whatever the order; files refused by their line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corrections.rules.ledger_file import read_postings
from app.corrections.rules.reconciling import (
    Exported,
    MatchedBy,
    MatchState,
    Posted,
    Told,
    exported_of,
    note_of,
    reconciled,
    state_by_hand,
)
from app.exports.formats import FORMATS, neutral
from app.exports.rules.journal import journals_by_line, journals_of
from app.exports.rules.rows import NeutralRow
from app.kernel.errors import Invalid, InvalidMany, Refused
from tests.unit.exports.sample import ROWS

DAY = date(2026, 11, 30)
A = Exported("aaaa", 1000, "EUR", frozenset({"R1-1"}))
B = Exported("bbbb", -250, "EUR", frozenset({"R1-2"}))


def line(number: int, reference: str, minor: int, currency: str = "EUR") -> Posted:
    return Posted(number, reference, minor, currency, DAY)


def states(*lines: Posted) -> list[tuple[MatchState, str]]:
    return [(one.state, one.reference) for one in reconciled((A, B), lines)]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["aaaa", "AAAA", "r1-1", "bbbb", "R1-2", "R1-3", "what"]),
        st.sampled_from([1000, -250, 500, 2000, 0, 7]),
        st.sampled_from(["EUR", "EUR", "USD"]),
    ),
    max_size=8,
).map(lambda rows: [line(number, *row) for number, row in enumerate(rows, start=2)])


@given(LINES, st.randoms())
def test_the_order_of_lines_changes_nothing(lines: list[Posted], chance: object) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert reconciled((A, B), shuffled) == reconciled((A, B), lines)


@given(LINES)
def test_every_correction_and_every_line_is_told_exactly_once(lines: list[Posted]) -> None:
    told = reconciled((A, B), lines)

    assert [one.correction_id for one in told if one.correction_id] == ["aaaa", "bbbb"]
    assert sorted(number for one in told for number in one.lines) == [one.line for one in lines]
    assert all(one.lines or one.state is MatchState.MISSING for one in told)
    assert all((one.state is MatchState.UNKNOWN) == (one.expected is None) for one in told)


@given(LINES)
def test_nothing_of_the_ledgers_money_is_lost(lines: list[Posted]) -> None:
    told = reconciled((A, B), lines)

    in_euro = sum(one.minor for one in lines if one.currency == "EUR")
    assert sum(one.posted or 0 for one in told if one.currency == "EUR") == in_euro


@given(LINES)
def test_only_what_was_posted_as_exported_is_matched(lines: list[Posted]) -> None:
    for one in reconciled((A, B), lines):
        if one.state is MatchState.MATCHED:
            assert one.posted == one.expected
            assert one.lines


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [(MatchState.MISSING, "aaaa"), (MatchState.MISSING, "bbbb")]),
        (
            [line(2, "AAAA", 1000), line(3, "r1-2", -250)],
            [(MatchState.MATCHED, "aaaa"), (MatchState.MATCHED, "bbbb")],
        ),
        (
            [line(2, "aaaa", 400), line(3, "aaaa", 600), line(4, "bbbb", -200)],
            [(MatchState.MATCHED, "aaaa"), (MatchState.DIFFERS, "bbbb")],
        ),
        (
            [line(2, "aaaa", 1000), line(3, "R1-1", 1000), line(4, "bbbb", 250)],
            [(MatchState.TWICE, "aaaa"), (MatchState.DIFFERS, "bbbb")],
        ),
        (
            [line(2, "aaaa", 2000), line(3, "cccc", 5)],
            [
                (MatchState.DIFFERS, "aaaa"),
                (MatchState.MISSING, "bbbb"),
                (MatchState.UNKNOWN, "cccc"),
            ],
        ),
        (
            [line(2, "aaaa", 1000), line(3, "aaaa", 5, "USD")],
            [(MatchState.DIFFERS, "aaaa"), (MatchState.MISSING, "bbbb")],
        ),
        (
            [line(2, "aaaa", 1000, "USD"), line(3, "bbbb", -250)],
            [(MatchState.DIFFERS, "aaaa"), (MatchState.MATCHED, "bbbb")],
        ),
    ],
)
def test_what_became_of_each(lines: list[Posted], expected: list[tuple[MatchState, str]]) -> None:
    assert states(*lines) == expected


def test_the_rule_that_matched_is_told_and_an_exception_is_noted_by_figures_and_lines() -> None:
    twice, differs = reconciled(
        (A, B), [line(2, "aaaa", 1000), line(9, "aaaa", 1000), line(3, "r1-2", 1)]
    )
    (missing,) = reconciled((A,), [])

    assert (twice.by, differs.by, missing.by) == (
        MatchedBy.CORRECTION, MatchedBy.NUMBER, MatchedBy.NOTHING,
    )  # fmt: skip
    assert note_of(twice, "gl.csv") == "10.00 EUR × 2 (gl.csv: 2, 9)"
    assert note_of(differs, "gl.csv") == "-2.50 EUR ≠ 0.01 EUR (gl.csv: 3)"
    assert note_of(missing, "gl.csv") == "10.00 EUR ≠ – (gl.csv)"


def test_numbers_are_those_of_the_journals_of_the_file() -> None:
    once = {one.correction_id: one.numbers for one in exported_of(ROWS, by_line=False)}
    each = {one.correction_id: one.numbers for one in exported_of(ROWS, by_line=True)}

    assert once == {one.correction_id: {one.number} for one in journals_of(ROWS)}
    assert {number for names in each.values() for number in names} == {
        one.number for one in journals_by_line(ROWS)
    }
    assert sum(one.minor for one in exported_of(ROWS, by_line=True)) == sum(
        row.gross for row in ROWS
    )


def test_our_own_file_reconciles_with_itself_whatever_it_holds() -> None:
    rows: tuple[NeutralRow, ...] = tuple(row._replace(posting_date="2026-11-30") for row in ROWS)

    told = reconciled(
        exported_of(rows, by_line=False), read_postings(FORMATS[neutral.NAME].to_bytes(rows))
    )

    assert {one.state for one in told} == {MatchState.MATCHED}


HEAD = "Reference,Amount,Currency,Posted date\n"
GOOD = HEAD + "R1-1,10.00,EUR,2026-11-30\n"


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").replace("\n", "\r\n").encode(),
        b'Memo,Currency,*Date,Amount,Journal No\n"a, b\nc",eur,2026-11-30,10,\'R1-1\n\n',
    ],
)
def test_files_are_read_with_their_separators_encodings_and_names(content: bytes) -> None:
    (one,) = read_postings(content)

    assert (one.reference, one.minor, one.currency, one.posted_on) == ("R1-1", 1000, "EUR", DAY)


def refused(text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as error:
        read_postings(text.encode() if isinstance(text, str) else text)
    found = error.value
    many = found.errors if isinstance(found, InvalidMany) else (found,)
    return [(one.field, one.code) for one in many if isinstance(one, Invalid)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("line 1", "columns")]),
        (HEAD, [("file", "empty")]),
        ("a,b,c\n1,2,3\n", [("line 1", "columns")]),
        ("Reference,Amount,Amount,Currency,Date\n", [("line 1", "twice")]),
        (GOOD + "R1-2,1.00,EUR\n", [("line 3", "width")]),
        (GOOD + "R1-2,1.00,EUR,2026-11-30,more\n", [("line 3", "width")]),
        (GOOD + 'R1-2,"1.00,EUR,2026-11-30\n' + "R1-3,1.00,EUR,2026-11-30\n" * 3, [("line 3", "quotes")]),
        (GOOD + 'R1-2,"1.00"x,EUR,2026-11-30\n', [("line 3", "quotes")]),
        (GOOD + "R1-2,1.005,EUR,2026-11-30\n,1,EUR,2026-11-30\n", [("line 3", "amount"), ("line 4", "reference")]),
        (HEAD + '"R\n1",1.00,EUR,2026-11-30\nR1-2,"1,00",EUR,2026-11-30\n', [("line 4", "amount")]),
        (HEAD + "R1-1,1e3,EUR,2026-11-30\n", [("line 2", "amount")]),
        (HEAD + "R1-1,NaN,EUR,2026-11-30\n", [("line 2", "amount")]),
        (HEAD + "R1-1,١٠,EUR,2026-11-30\n", [("line 2", "amount")]),
        (HEAD + "R1-1,1.00,EURO,2026-11-30\n", [("line 2", "currency")]),
        (HEAD + "R1-1,1.00,EUR,30/11/2026\n", [("line 2", "day")]),
        (HEAD + "R1-1,1.00,EUR,2026-02-30\n", [("line 2", "day")]),
        (HEAD + "R1-1,1.00,EUR,2026-11-30\x00\n", [("line 2", "encoding")]),
        (GOOD.encode() + b"R\xe9,1.00,EUR,2026-11-30\n", [("line 3", "encoding")]),
    ],
)  # fmt: skip
def test_b074_what_is_not_right_is_refused_by_its_line(
    text: str | bytes, expected: list[tuple[str, str]]
) -> None:
    assert refused(text) == expected


def test_b074_too_many_problems_stop_the_reading() -> None:
    found = refused(HEAD + "R1-1,x,EUR,2026-11-30\n" * 60)

    assert len(found) == 51
    assert found[-1] == ("line 52", "too_much")


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (HEAD + text).encode()))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = read_postings(content)
    except Invalid:
        return

    assert all(one.reference and one.line > 1 for one in found)


def _row(
    state: MatchState, expected: int | None, posted: int | None, currency: str = "EUR"
) -> Told:
    return Told(state, "x", MatchedBy.NOTHING, currency, expected, posted, (), None)


def test_by_hand_the_amounts_say_whether_it_matches() -> None:
    missing = _row(MatchState.MISSING, 2000, None)

    assert state_by_hand(missing, _row(MatchState.UNKNOWN, None, 2000)) is MatchState.MATCHED
    assert state_by_hand(missing, _row(MatchState.UNKNOWN, None, 1999)) is MatchState.DIFFERS
    assert state_by_hand(missing, _row(MatchState.UNKNOWN, None, 2000, "USD")) is MatchState.DIFFERS


@pytest.mark.parametrize("state", [one for one in MatchState if one is not MatchState.MISSING])
def test_what_a_rule_found_is_not_turned_round_by_hand(state: MatchState) -> None:
    with pytest.raises(Refused):
        state_by_hand(_row(state, 2000, 2000), _row(MatchState.UNKNOWN, None, 2000))
