"""Laws of balances: what is earned goes somewhere, months join, and small sums wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import InvalidMany
from app.terms.rules.balances import first_break, payable
from app.terms.rules.rows import COLUMNS, Balance, Table
from tests.unit.terms.support import read

ANY = st.decimals(min_value=-(10**9), max_value=10**9, places=12)
OUT = st.decimals(min_value=0, max_value=10**9, places=12)
MOVES = st.lists(st.tuples(ANY, OUT, OUT), min_size=1, max_size=8)
HEAD = ",".join(name for name, _kind in COLUMNS[Table.BALANCES])


def chain(opening: Decimal, moves: list[tuple[Decimal, Decimal, Decimal]]) -> list[Balance]:
    rows = []
    for number, (earned, recouped, paid) in enumerate(moves, start=1):
        month = date(2026, number, 1)
        rows.append(Balance("C1", "ada", "EUR", month, opening, earned, recouped, paid))
        opening = rows[-1].closing
    return rows


@given(ANY, MOVES)
def test_over_any_months_the_end_is_the_beginning_and_earned_less_recouped_and_paid(
    opening: Decimal, moves: list[tuple[Decimal, Decimal, Decimal]]
) -> None:
    rows = chain(opening, moves)

    assert rows[-1].closing - opening == sum(
        (earned - recouped - paid for earned, recouped, paid in moves), Decimal(0)
    )
    assert first_break(reversed(rows)) is None


@given(ANY, MOVES, st.data())
def test_one_month_that_is_moved_breaks_the_chain_just_there(
    opening: Decimal, moves: list[tuple[Decimal, Decimal, Decimal]], data: st.DataObject
) -> None:
    rows = chain(opening, [*moves, moves[0]])
    place = data.draw(st.integers(1, len(rows) - 1))
    rows[place] = replace(rows[place], opening=rows[place].opening + Decimal("0.000000000001"))

    broken = first_break(rows)

    assert broken is not None
    assert broken[1].month == rows[place].month


def test_a_contract_keeps_its_payee_and_currency_and_others_do_not_matter() -> None:
    one, two = chain(Decimal(5), [(Decimal(1), Decimal(0), Decimal(0))] * 2)

    assert first_break([one, replace(two, payee="bo")]) is not None
    assert first_break([one, replace(two, currency="USD")]) is not None
    assert first_break([one, replace(two, contract="C2", opening=Decimal(9))]) is None


@given(ANY, st.one_of(st.none(), OUT))
def test_all_of_a_balance_is_payable_or_nothing(closing: Decimal, minimum: Decimal | None) -> None:
    found = payable(closing, minimum)

    assert found in {Decimal(0), closing}
    assert found >= 0
    assert (found > 0) == (closing > 0 and closing >= (minimum or 0))


@given(ANY, MOVES)
def test_balances_come_back_from_their_file_as_they_went(
    opening: Decimal, moves: list[tuple[Decimal, Decimal, Decimal]]
) -> None:
    rows = chain(opening, moves)
    text = "\n".join((HEAD, *(",".join(row.cells) for row in rows)))

    assert [line.row for line in read(Table.BALANCES, text).lines] == rows


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("C1,ada,EUR,2026-01,0,10,0,0,9", "closing", "balance"),
        ("C1,ada,EUR,2026-01,0,10,-1,0,11", "closing", "amount_range"),
        ("C1,ada,EUR,2026-01,0,1e1,0,0,10", "earned", "amount_shape"),
        ("C1,ada,EUR,2026-01,0,0.0000000000001,0,0,0", "earned", "places"),
        ("C1,ada,EUR,2026-01,0,1000000000000000,0,0,0", "earned", "amount_shape"),
    ],
)
def test_b078_b087_b090_a_balance_that_does_not_add_up_is_refused(
    line: str, field: str, code: str
) -> None:
    with pytest.raises(InvalidMany) as found:
        read(Table.BALANCES, f"{HEAD}\n{line}\n")

    assert [(one.field, one.code) for one in found.value.errors] == [(f"line 2, {field}", code)]
