"""Lines to entries: everything balances, conserves and turns back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corrections.rules.proposal import (
    Conversion,
    CorrectionReason,
    ProposalLine,
    check_lines,
    entries_of,
    is_old_rate,
    moved,
    reversed_line,
    statement_month,
    total_of,
)
from app.kernel.errors import Invalid, InvalidMany
from app.kernel.money import Money
from app.ledger.rules.posting import AccountKind, check_balanced, payable, reversal_of, sums

ADA, BO, CASE = UUID(int=1), UUID(int=2), UUID(int=9)
TODAY = date(2026, 11, 20)


def euro(text: str) -> Money:
    return Money(Decimal(text), "EUR")


LINE = ProposalLine(ADA, euro("412.83"), CorrectionReason.SPLIT_VERSION)

units = st.integers(-(10**12), 10**12).filter(bool)


@st.composite
def lines(draw: st.DrawFn) -> ProposalLine:
    minor = draw(units)
    tax = draw(st.integers(0, abs(minor))) * (1 if minor > 0 else -1)
    source = draw(st.sampled_from(["house", "payee", "hold"]))
    return ProposalLine(
        payee_id=ADA,
        amount=Money.from_minor(minor, "EUR"),
        reason=draw(
            st.sampled_from(
                [r for r in CorrectionReason if r is not CorrectionReason.WRONG_WITHHOLDING]
            )
        ),
        counter_payee_id=BO if source == "payee" else None,
        from_hold=source == "hold",
        withholding=Money.from_minor(tax, "EUR") if tax else None,
    )


proposals = st.lists(lines(), min_size=1, max_size=10)


@given(proposals)
def test_every_proposal_balances(proposal: list[ProposalLine]) -> None:
    check_lines(proposal, "EUR", TODAY)

    check_balanced(entries_of(proposal, CASE))


@given(proposals)
def test_a_payee_gets_exactly_the_net_of_their_lines(proposal: list[ProposalLine]) -> None:
    entries = entries_of(proposal, CASE)
    credited = -sum(e.minor for e in entries if e.account == payable(ADA, "EUR"))

    assert credited == sum(line.net.minor_units() for line in proposal)


@given(proposals)
def test_turned_lines_post_the_reversal(proposal: list[ProposalLine]) -> None:
    turned = [reversed_line(line) for line in proposal]

    assert entries_of(turned, CASE) == reversal_of(entries_of(proposal, CASE))
    assert [reversed_line(line) for line in turned] == proposal


@given(proposals)
def test_what_moves_is_at_least_what_is_owed(proposal: list[ProposalLine]) -> None:
    assert moved(proposal, "EUR") >= abs(total_of(proposal, "EUR"))


def test_an_underpaid_artist_is_paid_by_the_house() -> None:
    entries = entries_of([LINE], CASE)

    assert [(e.account.kind, e.minor) for e in entries] == [
        (AccountKind.ROYALTY_EXPENSE, 41283),
        (AccountKind.PAYABLE, -41283),
    ]


def test_tax_on_the_us_part_goes_from_the_payee_to_the_tax_account() -> None:
    line = replace(LINE, amount=euro("120.00"), withholding=euro("9.00"))

    assert [(e.account.kind, e.minor) for e in entries_of([line], CASE)][2:] == [
        (AccountKind.PAYABLE, 900),
        (AccountKind.WITHHOLDING_PAYABLE, -900),
    ]


def test_a_wrong_split_moves_money_between_two_payees() -> None:
    entries = entries_of([replace(LINE, counter_payee_id=BO)], CASE)

    assert [e.account.payee_id for e in entries] == [BO, ADA]
    assert sums(entries) == {"EUR": 0}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param(replace(LINE, amount=euro("0.005")), "sub_unit", id="b089 cent parts"),
        pytest.param(
            replace(LINE, amount=euro("10000000000000.00")), "out_of_range", id="b090 plus"
        ),
        pytest.param(
            replace(LINE, amount=euro("-10000000000000.00")), "out_of_range", id="b090 minus"
        ),
        pytest.param(replace(LINE, amount=euro("0")), "no_effect", id="b091 zero"),
        pytest.param(replace(LINE, amount=euro("-0")), "no_effect", id="b091 minus zero"),
        pytest.param(
            replace(LINE, amount=Money(Decimal(5), "USD")), "other_currency", id="currency"
        ),
        pytest.param(
            replace(LINE, withholding=euro("412.84")), "out_of_range", id="tax over amount"
        ),
        pytest.param(replace(LINE, withholding=euro("-1")), "out_of_range", id="tax other sign"),
        pytest.param(
            replace(LINE, withholding=Money(Decimal(1), "USD")), "other_currency", id="tax usd"
        ),
        pytest.param(replace(LINE, withholding=euro("0.001")), "sub_unit", id="tax parts"),
        pytest.param(replace(LINE, counter_payee_id=ADA), "same_payee", id="to oneself"),
        pytest.param(
            replace(LINE, counter_payee_id=BO, from_hold=True), "two_sources", id="sources"
        ),
    ],
)
def test_b089_b090_b091_a_bad_line_is_refused_by_name(line: ProposalLine, code: str) -> None:
    with pytest.raises(InvalidMany) as caught:
        check_lines([LINE, line], "EUR", TODAY)

    assert [(e.field.split("-")[1], e.code) for e in caught.value.errors] == [("1", code)]


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "1.5"), ("KWD", "0.0005"), ("EUR", "0.0000001")]
)
def test_b089_nothing_is_rounded_silently(currency: str, amount: str) -> None:
    line = replace(LINE, amount=Money(Decimal(amount), currency))

    with pytest.raises(InvalidMany, match="not rounded"):
        check_lines([line], currency, TODAY)


def test_b089_three_places_are_fine_in_kuwaiti_dinar() -> None:
    check_lines([replace(LINE, amount=Money(Decimal("1.005"), "KWD"))], "KWD", TODAY)


CONVERSION = Conversion(Money(Decimal("100.00"), "USD"), Decimal("0.92"), TODAY, "ECB")
CONVERTED = replace(LINE, amount=euro("92.00"), conversion=CONVERSION)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rate": Decimal(0)}, "no_rate"),
        ({"rate": Decimal(-1)}, "no_rate"),
        ({"rate": Decimal("NaN")}, "no_rate"),
        ({"rate_on": TODAY + timedelta(days=1)}, "future"),
        ({"rate_source": " "}, "required"),
        ({"rate": Decimal("0.93")}, "rate_mismatch"),
        ({"source": euro("92.00")}, "same_currency"),
    ],
)
def test_b095_a_bad_rate_is_refused(change: dict[str, object], code: str) -> None:
    line = replace(CONVERTED, conversion=replace(CONVERSION, **change))

    with pytest.raises(InvalidMany) as caught:
        check_lines([line], "EUR", TODAY)

    assert caught.value.errors[0].code == code


def test_b095_an_old_rate_is_flagged() -> None:
    old = replace(CONVERSION, rate_on=TODAY - timedelta(days=36))

    check_lines([replace(CONVERTED, conversion=old)], "EUR", TODAY)

    assert is_old_rate(old, TODAY)
    assert not is_old_rate(CONVERSION, TODAY)


@pytest.mark.parametrize("proposal", [[], [LINE] * 501])
def test_a_correction_has_lines_and_not_too_many(proposal: list[ProposalLine]) -> None:
    with pytest.raises(Invalid):
        check_lines(proposal, "EUR", TODAY)


@pytest.mark.parametrize(
    ("typed", "kept"), [("2026-09", "2026-09"), (" 2026-09 ", "2026-09"), ("  ", "")]
)
def test_the_statement_month_of_a_line_is_a_month_or_nothing(typed: str, kept: str) -> None:
    assert statement_month(typed) == kept


@pytest.mark.parametrize("typed", ["2026-13", "Sept", "2026", "09/2026", "2026-09-30"])
def test_what_is_no_month_is_refused_at_the_period(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        statement_month(typed)

    assert refused.value.field == "period"
