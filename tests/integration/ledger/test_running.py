"""What was posted for a payee by month, on the real database: nothing of the balance is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden
from app.ledger.commands import Allocation, Post, ReleaseHold
from app.ledger.queries.balances import balance_of
from app.ledger.queries.running import posted_by_month
from app.ledger.rules.posting import AccountKind, Entry, JournalKind, house, payable, transfer
from app.ledger.rules.running import Posted
from app.ledger.service.holds import release_hold
from app.ledger.service.posting import post, reverse_journal
from tests.factories.accounts import make_person
from tests.factories.books import make_codes
from tests.factories.ledger import euro, make_hold, make_money_case, make_payee

SYSTEM = Actor.system("test")
K = AccountKind
SEPTEMBER = FixedClock(datetime(2026, 9, 15, 9, 0, tzinfo=UTC))
LATE = FixedClock(datetime(2026, 9, 30, 22, 30, tzinfo=UTC))
"""In Berlin it is October already."""
NOVEMBER = FixedClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))


def posts(case_id: Any, clock: FixedClock, *entries: Entry) -> Any:
    command = Post(case_id, JournalKind.CORRECTION, "Test", entries)
    with transaction(SYSTEM) as tx:
        return post(tx, command, SYSTEM, clock)


@pytest.mark.usefixtures("app")
def test_entries_are_told_by_month_and_by_what_they_stand_against(pg: Any, tx_as: Any) -> None:
    make_codes(zone="Europe/Berlin")
    fay, rio = make_person("fay"), make_person("rio")
    case, ada, bo = make_money_case(pg, state="review"), make_payee(), make_payee("Bo Berg")
    own, expense = payable(ada, "EUR"), house(K.ROYALTY_EXPENSE, "EUR")
    tax, bank = house(K.WITHHOLDING_PAYABLE, "EUR"), house(K.BANK, "EUR")
    posts(case.id, SEPTEMBER, *transfer(expense, own, 10_000), *transfer(own, tax, 3_000))
    posts(case.id, LATE, *transfer(expense, payable(bo, "EUR"), 700), *transfer(own, bank, 2_500))
    wrong = posts(case.id, NOVEMBER, *transfer(expense, own, 900))
    with transaction(SYSTEM) as tx:
        reverse_journal(tx, wrong, "Wrong", SYSTEM, NOVEMBER)
    hold = make_hold(case.id, rio.actor, payee_id=ada, amount=euro("40.00"))
    with transaction(rio.actor) as tx:
        parts = (Allocation(ada, euro("25.00")), Allocation(bo, euro("15.00")))
        release_hold(tx, ReleaseHold(hold, "As decided", parts), rio.actor, NOVEMBER)

    with tx_as(fay.actor) as tx:
        found = posted_by_month(tx, fay.actor, ada, "EUR", date(2026, 1, 1))
        later = posted_by_month(tx, fay.actor, ada, "EUR", date(2026, 11, 1))
        others = posted_by_month(tx, fay.actor, ada, "USD", date(2026, 1, 1))
        owed = balance_of(tx, own)

    said = {(one.month.month, one.against): one.amount for one in found}
    assert said == {
        (9, K.ROYALTY_EXPENSE): Decimal(100),
        (9, K.WITHHOLDING_PAYABLE): Decimal(-30),
        (10, K.BANK): Decimal(-25),
        (11, K.ROYALTY_EXPENSE): Decimal(0),
        (11, K.DISPUTE_HOLD): Decimal(-15),
    }
    assert sum(one.amount for one in found) == -owed.amount
    assert set(later) == {one for one in found if one.month.month == 11}
    assert others == ()


@pytest.mark.usefixtures("app")
def test_an_entry_without_its_other_side_is_not_lost(pg: Any, tx_as: Any) -> None:
    fay, case, ada = make_person("fay"), make_money_case(pg, state="review"), make_payee()
    own, bank = payable(ada, "EUR"), house(K.BANK, "EUR")
    entries = (Entry(own, -1_000), Entry(house(K.SUSPENSE, "EUR"), 600), Entry(bank, 400))
    posts(case.id, SEPTEMBER, *entries)

    with tx_as(fay.actor) as tx:
        found = posted_by_month(tx, fay.actor, ada, "EUR", date(2026, 9, 1))

    assert found == (Posted(date(2026, 9, 1), K.ROYALTY_EXPENSE, Decimal(10)),)


@pytest.mark.usefixtures("app")
def test_who_may_not_see_batches_does_not_see_the_ledger(tx_as: Any) -> None:
    rio, ada = make_person("rio"), make_payee()

    with tx_as(rio.actor) as tx, pytest.raises(Forbidden):
        posted_by_month(tx, rio.actor, ada, "EUR", date(2026, 9, 1))
