"""Account codes and posting periods: which code counts, what is refused and with which fix."""

from __future__ import annotations

from datetime import date

import pytest

from app.kernel.errors import Invalid, Refused
from app.ledger.rules.codes import (
    AccountCodes,
    AccountsWithoutCode,
    changes_between,
    check_all_coded,
    checked_codes,
    codes_from_json,
)
from app.ledger.rules.periods import (
    PeriodAct,
    check_closable,
    check_open,
    check_posting_date,
    check_reopenable,
    next_month,
)
from app.ledger.rules.posting import AccountKind

NOVEMBER = date(2026, 11, 1)
CODES = AccountCodes({AccountKind.PAYABLE: {"": "2100", "EUR": "2101"}})


def test_a_currency_of_its_own_counts_before_the_code_for_all() -> None:
    assert CODES.code_of(AccountKind.PAYABLE, "EUR") == "2101"
    assert CODES.code_of(AccountKind.PAYABLE, "USD") == "2100"
    assert CODES.code_of(AccountKind.BANK, "EUR") == ""


def test_codes_come_back_as_they_were_stored() -> None:
    back = codes_from_json(CODES.as_json, CODES.zone)

    assert back.content_hash == CODES.content_hash
    assert AccountCodes(CODES.codes, "Asia/Baku").content_hash != CODES.content_hash


def test_accounts_without_a_code_are_all_named_in_the_order_of_the_chart() -> None:
    needed = {AccountKind.WITHHOLDING_PAYABLE, AccountKind.PAYABLE, AccountKind.ROYALTY_EXPENSE}

    with pytest.raises(AccountsWithoutCode) as caught:
        check_all_coded(CODES, needed, "EUR")

    assert caught.value.accounts == (AccountKind.ROYALTY_EXPENSE, AccountKind.WITHHOLDING_PAYABLE)
    assert "royalty expense, withholding payable" in caught.value.message
    check_all_coded(CODES, {AccountKind.PAYABLE}, "EUR")


@pytest.mark.parametrize(
    ("mine", "field"),
    [
        ({"": "=2100"}, "payable"),
        ({"EUR": "-1"}, "payable:EUR"),
        ({"": "x" * 41}, "payable"),
        ({"EUR": "21\n01"}, "payable:EUR"),
        ({"XQQ": "2101"}, "payable:XQQ"),
        ({"": ""}, "payable"),
    ],
)
def test_a_code_that_no_ledger_can_have_is_refused_at_its_account(
    mine: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        checked_codes(AccountCodes({AccountKind.PAYABLE: mine}))

    assert caught.value.field == field


def test_changes_name_account_currency_before_and_after() -> None:
    after = AccountCodes({AccountKind.PAYABLE: {"": "2100", "USD": "2102"}})

    assert changes_between(CODES, after) == (
        (AccountKind.PAYABLE, "EUR", "2101", ""),
        (AccountKind.PAYABLE, "USD", "", "2102"),
    )
    assert changes_between(CODES, CODES) == ()


def test_only_a_month_that_has_begun_and_is_open_is_closed() -> None:
    today = date(2026, 11, 20)

    check_closable(NOVEMBER, today, None)
    check_closable(NOVEMBER, today, PeriodAct.REOPENED)
    with pytest.raises(Refused, match="not begun"):
        check_closable(date(2026, 12, 1), today, None)
    with pytest.raises(Refused, match="closed already"):
        check_closable(NOVEMBER, today, PeriodAct.CLOSED)


def test_only_a_closed_month_is_opened_again_and_not_by_who_closed_it() -> None:
    check_reopenable(NOVEMBER, PeriodAct.CLOSED, closed_by_same=False)
    with pytest.raises(Refused, match="You closed 2026-11"):
        check_reopenable(NOVEMBER, PeriodAct.CLOSED, closed_by_same=True)
    with pytest.raises(Refused, match="2026-11 is open"):
        check_reopenable(NOVEMBER, None, closed_by_same=False)


def test_a_closed_month_takes_nothing_and_says_what_to_do() -> None:
    check_open(date(2026, 11, 20), PeriodAct.REOPENED)
    with pytest.raises(Refused, match=r"2026-11 is closed .* open it again .* from 2026-12-01 on"):
        check_open(date(2026, 11, 20), PeriodAct.CLOSED)


def test_nothing_is_posted_ahead_of_today() -> None:
    today = date(2026, 11, 20)

    check_posting_date(today, today)
    with pytest.raises(Refused, match="Choose 2026-11-20 or earlier"):
        check_posting_date(date(2026, 11, 21), today)


def test_december_is_followed_by_january() -> None:
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
