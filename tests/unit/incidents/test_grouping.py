"""Which discrepancies are one fault: sums are kept, order says nothing, a line is in one fault at most."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.kinds import SubKind
from app.incidents.rules.grouping import LEAST_PAYEES, Discrepancy, FaultKey, Faults
from app.incidents.rules.states import sub_kind_of
from app.recompute.rules.findings import Cause

CAUSES = {
    Cause.SPLIT_VERSION: ("share=0.5 from 2025-01", "share=0.25 from 2024-01"),
    Cause.WRONG_WITHHOLDING: ("withholding=0.3", "withholding=0"),
    Cause.UNEXPLAINED: ("",),
}
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=12)


@st.composite
def discrepancies(draw: Any) -> list[Discrepancy]:
    """Rows as the audit writes them: no key twice."""
    keys = draw(
        st.lists(
            st.tuples(
                st.sampled_from("abcde"), st.sampled_from(("2026-01", "2026-02")), st.sampled_from(("Spotify", "Deezer")),
                st.sampled_from(("DE", "US")), st.sampled_from(("QZABC2600001", "QZABC2600002")), st.sampled_from(("EUR", "JPY")),
            ),
            unique=True, max_size=40,
        )
    )  # fmt: skip
    rows = []
    for payee, sale, store, territory, isrc, currency in keys:
        cause = draw(st.sampled_from(list(CAUSES)))
        detail, paid, delta = draw(st.sampled_from(CAUSES[cause])), draw(amounts), draw(amounts)
        rows.append(
            Discrepancy(
                payee, "2026-03", sale, store, territory, isrc, currency, paid + delta, paid, delta, cause.value, detail
            )
        )  # fmt: skip
    return rows


def line(payee: str, cause: Cause, detail: str = "", **more: Any) -> Discrepancy:
    whole = {
        "statement_month": "2026-03", "sale_month": "2026-01", "store": "Spotify", "territory": "US", "isrc": "QZABC2600001",
        "currency": "EUR", "expected": Decimal(2), "paid": Decimal(1), "delta": Decimal(1),
    }  # fmt: skip
    return Discrepancy(payee=payee, cause=cause.value, detail=detail, **(whole | more))


@given(discrepancies())
def test_the_sums_of_the_faults_are_those_of_the_lines_they_took(rows: list[Discrepancy]) -> None:
    faults = Faults().add_all(rows)
    chosen = faults.chosen()

    taken = [row for row in rows if faults.key_of(row) in chosen]
    for currency in ("EUR", "JPY"):
        expected = sum((row.delta for row in taken if row.currency == currency), Decimal(0))
        found = [one.whole.sums.get(currency, Decimal(0)) for one in chosen.values()]
        by_payee = [
            tally.sums.get(currency, Decimal(0))
            for one in chosen.values()
            for tally in one.payees.values()
        ]
        assert sum(found, Decimal(0)) == expected == sum(by_payee, Decimal(0))
    assert sum(one.whole.lines for one in chosen.values()) == len(taken)


@given(discrepancies(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(rows: list[Discrepancy], random: Any) -> None:
    other = list(rows)
    random.shuffle(other)

    def said(lines: list[Discrepancy]) -> list[Any]:
        return [
            (key, one.digest, one.shared, one.whole.stored(), sorted(one.payees))
            for key, one in Faults().add_all(lines).chosen().items()
        ]

    assert said(rows) == said(other)


@given(discrepancies())
def test_a_line_is_in_one_fault_at_most_and_a_payee_once_in_each(rows: list[Discrepancy]) -> None:
    faults = Faults().add_all(rows)
    chosen = faults.chosen()

    times = Counter(row.key for row in rows if faults.key_of(row) in chosen)
    assert set(times.values()) <= {1}
    for key, one in chosen.items():
        assert len(one.payees) >= LEAST_PAYEES
        own = {row.payee for row in rows if faults.key_of(row) == key}
        assert own == set(one.payees)


@given(discrepancies())
def test_what_was_decided_about_is_never_grouped_again(rows: list[Discrepancy]) -> None:
    first = Faults().add_all(rows)
    chosen = first.chosen()
    decided = {row.key for row in rows if first.key_of(row) in chosen}

    again = Faults(decided).add_all(rows).chosen()

    assert again == {}


@given(discrepancies(), st.data())
def test_one_changed_line_is_noticed(rows: list[Discrepancy], data: Any) -> None:
    chosen = Faults().add_all(rows).chosen()
    if not chosen:
        return
    key = data.draw(st.sampled_from(list(chosen)))
    place = next(n for n, row in enumerate(rows) if Faults().key_of(row) == key)
    changed = rows[place]._replace(paid=rows[place].paid + 1, delta=rows[place].delta - 1)

    after = Faults().add_all([*rows[:place], changed, *rows[place + 1 :]]).chosen()

    assert after[key].digest != chosen[key].digest


def test_a_split_that_was_not_applied_is_one_fault_whatever_each_share() -> None:
    rows = [line(payee, Cause.SPLIT_VERSION, f"share=0.{n} from 2025-0{n}") for n, payee in enumerate("abc", 1)]  # fmt: skip

    ((key, fault),) = Faults().add_all(rows).chosen().items()

    assert key == FaultKey("split_version", "")
    assert fault.shared == {
        "isrc": "QZABC2600001", "store": "Spotify", "territory": "US", "detail": "",
    }  # fmt: skip


def test_two_rates_of_tax_are_two_faults_and_the_larger_stands_first() -> None:
    rows = [line(payee, Cause.WRONG_WITHHOLDING, "withholding=0.3") for payee in "abc"]
    rows += [line(payee, Cause.WRONG_WITHHOLDING, "withholding=0", isrc="QZABC2600002") for payee in "abcd"]  # fmt: skip

    assert [key.detail for key in Faults().add_all(rows).chosen()] == [
        "withholding=0",
        "withholding=0.3",
    ]


def test_too_few_payees_and_what_nothing_explains_are_no_fault() -> None:
    few = [line(payee, Cause.PAID_TWICE, "n=2") for payee in "ab"]
    odd = [line(payee, Cause.UNEXPLAINED) for payee in "abcd"]

    assert Faults().add_all(few + odd).chosen() == {}


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_proposes_a_kind_of_case_without_an_other_side(cause: Cause) -> None:
    assert sub_kind_of(cause.value) in {
        SubKind.MISSING_EARNINGS, SubKind.WRONG_FEE_OR_RATE, SubKind.WITHHOLDING,
    }  # fmt: skip
