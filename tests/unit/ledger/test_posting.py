"""Laws of double entry: balanced, whole, reversible by swapping sides."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid, Refused
from app.ledger.rules.posting import (
    MINOR_LIMIT,
    AccountKind,
    AccountRef,
    Entry,
    JournalKind,
    Unbalanced,
    check_balanced,
    check_reversible,
    dispute_hold,
    house,
    payable,
    reversal_of,
    sums,
    transfer,
)

ADA, BO, CASE = UUID(int=1), UUID(int=2), UUID(int=9)
amounts = st.integers(-(MINOR_LIMIT - 1), MINOR_LIMIT - 1).filter(bool)
currencies = st.sampled_from(["EUR", "JPY", "KWD"])
transfers = st.builds(
    lambda currency, minor: transfer(
        house(AccountKind.ROYALTY_EXPENSE, currency), payable(ADA, currency), minor
    ),
    currencies,
    amounts,
)
journals = st.lists(transfers, min_size=1, max_size=8).map(
    lambda pairs: tuple(entry for pair in pairs for entry in pair)
)


@given(journals)
def test_transfers_balance_in_every_currency(entries: tuple[Entry, ...]) -> None:
    check_balanced(entries)

    assert set(sums(entries).values()) == {0}


@given(journals)
def test_reversing_twice_is_the_identity(entries: tuple[Entry, ...]) -> None:
    assert reversal_of(reversal_of(entries)) == entries


@given(journals)
def test_a_journal_and_its_reversal_leave_every_account_at_nothing(
    entries: tuple[Entry, ...],
) -> None:
    both = (*entries, *reversal_of(entries))

    assert all(
        sum(entry.minor for entry in both if entry.account == account) == 0
        for account in {entry.account for entry in both}
    )


@given(journals)
def test_a_reversal_swaps_debit_and_credit(entries: tuple[Entry, ...]) -> None:
    swapped = reversal_of(entries)

    assert [(e.debit, e.credit) for e in swapped] == [(e.credit, e.debit) for e in entries]


@given(journals, amounts)
def test_an_entry_too_many_is_unbalanced(entries: tuple[Entry, ...], minor: int) -> None:
    with pytest.raises(Unbalanced):
        check_balanced((*entries, Entry(house(AccountKind.BANK, "EUR"), minor)))


def test_currencies_do_not_net_each_other() -> None:
    with pytest.raises(Unbalanced):
        check_balanced([Entry(payable(ADA, "EUR"), 100), Entry(payable(ADA, "USD"), -100)])


def test_an_underpaid_artist_is_credited_by_the_house() -> None:
    debit, credit = transfer(house(AccountKind.ROYALTY_EXPENSE, "USD"), payable(ADA, "USD"), 12_000)

    assert (debit.account.kind, debit.debit) == (AccountKind.ROYALTY_EXPENSE, 12_000)
    assert (credit.account.payee_id, credit.credit) == (ADA, 12_000)


def test_a_hold_moves_money_from_the_payee_to_the_case() -> None:
    debit, credit = transfer(payable(ADA, "EUR"), dispute_hold(CASE, "EUR"), 4_000)

    assert (debit.account.payee_id, credit.account.case_id) == (ADA, CASE)


@pytest.mark.parametrize("minor", [0, MINOR_LIMIT, -MINOR_LIMIT, True, 1.5])
def test_b090_b091_an_entry_is_whole_not_zero_and_in_range(minor: object) -> None:
    with pytest.raises(Invalid):
        Entry(payable(ADA, "EUR"), minor)  # type: ignore[arg-type]


def test_a_journal_has_two_sides() -> None:
    with pytest.raises(Invalid, match="at least one debit"):
        check_balanced([])


def test_an_entry_never_crosses_currencies() -> None:
    with pytest.raises(Invalid, match="crosses"):
        transfer(payable(ADA, "EUR"), payable(BO, "USD"), 1)


def test_an_account_does_not_pay_itself() -> None:
    with pytest.raises(Invalid, match="same account"):
        transfer(payable(ADA, "EUR"), payable(ADA, "EUR"), 1)


@pytest.mark.parametrize(
    ("kind", "payee", "case"),
    [
        (AccountKind.PAYABLE, None, None),
        (AccountKind.BANK, ADA, None),
        (AccountKind.DISPUTE_HOLD, None, None),
        (AccountKind.ROUNDING, None, CASE),
    ],
)
def test_an_account_has_the_owner_its_kind_asks_for(
    kind: AccountKind, payee: UUID | None, case: UUID | None
) -> None:
    with pytest.raises(Invalid):
        AccountRef(kind, "EUR", payee, case)


@pytest.mark.parametrize(
    ("kind", "reversed_already"),
    [(JournalKind.CORRECTION, True), (JournalKind.REVERSAL, False), (JournalKind.REVERSAL, True)],
)
def test_b099_a_journal_is_reversed_once_and_a_reversal_never(
    kind: JournalKind, reversed_already: bool
) -> None:
    with pytest.raises(Refused):
        check_reversible(kind, reversed_already=reversed_already)
