"""Laws of balances that come from entries: each month adds up, months join, and nothing posted is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.ledger.rules.posting import AccountKind
from app.ledger.rules.running import Posted, running
from app.terms.rules.balances import first_break
from app.terms.rules.rows import Balance

LAST = Balance(
    "C1", "ada", "EUR", date(2026, 9, 1), Decimal(-400), Decimal("655.2"), Decimal(0), Decimal(50),
)  # fmt: skip
MONTHS = [date(2026, month, 1) for month in range(7, 13)]
POSTED = st.lists(
    st.builds(
        Posted,
        st.sampled_from(MONTHS),
        st.sampled_from(AccountKind),
        st.decimals(-10_000, 10_000, places=2),
    ),
    max_size=30,
)


def posted(month: int, against: AccountKind, amount: str) -> Posted:
    return Posted(date(2026, month, 1), against, Decimal(amount))


@given(POSTED)
def test_opening_and_earned_less_recouped_and_paid_is_closing_and_months_join(
    entries: list[Posted],
) -> None:
    found = [one.computed for one in running(LAST, entries)]

    for one in found:
        assert one.opening + one.earned - one.recouped - one.paid == one.closing
    assert first_break(found) is None
    assert (found[0].month, found[0].opening) == (LAST.month, LAST.opening)


@given(POSTED)
def test_the_sum_of_all_entries_since_is_what_the_balance_moved_by(entries: list[Posted]) -> None:
    found = [one.computed for one in running(LAST, entries)]

    since = [one for one in entries if one.month >= LAST.month]
    assert found[-1].closing - LAST.opening == sum((one.amount for one in since), Decimal(0))
    assert {one.month for one in found} == {LAST.month, *(one.month for one in since)}
    for name, kinds in (("recouped", {AccountKind.ADVANCES}), ("paid", {AccountKind.BANK})):
        gone = sum((one.amount for one in since if one.against in kinds), Decimal(0))
        assert sum((getattr(one, name) for one in found), Decimal(0)) == -gone


@given(POSTED, st.randoms())
def test_the_order_of_entries_says_nothing(entries: list[Posted], random: object) -> None:
    turned = list(entries)
    random.shuffle(turned)  # type: ignore[attr-defined]

    assert running(LAST, turned) == running(LAST, entries)


def test_what_differs_is_named_and_only_where_there_is_something_to_compare() -> None:
    september, november = running(
        LAST,
        [
            posted(8, AccountKind.ROYALTY_EXPENSE, "1000"),
            posted(9, AccountKind.ROYALTY_EXPENSE, "655.2"),
            posted(9, AccountKind.ADVANCES, "-30"),
            posted(9, AccountKind.BANK, "-50"),
            posted(11, AccountKind.DISPUTE_HOLD, "-20"),
        ],
    )

    assert september.differences == {"recouped": Decimal(30), "closing": Decimal(-30)}
    assert (november.taken, november.differences) == (None, {})
    assert (november.computed.earned, november.computed.closing) == (-20, Decimal("155.2"))


def test_nothing_differs_where_the_entries_say_the_same() -> None:
    entries = [
        posted(9, AccountKind.SUSPENSE, "655.2"),
        posted(9, AccountKind.BANK, "-50"),
    ]

    (only,) = running(LAST, entries)

    assert only.differences == {}
    assert only.computed == only.taken == LAST
