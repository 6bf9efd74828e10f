"""Holds and journals on the real database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.infra.checks import run_checks
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.share import Share
from app.kernel.sides import Side
from app.ledger.checks import CHECKS
from app.ledger.commands import Allocation, ExtendHold, MoveHold, Post, ReleaseHold
from app.ledger.queries.balances import balance_of
from app.ledger.queries.holds import held_money, holds_of, open_hold_count
from app.ledger.rules.holds import AssetKind, HoldScope, HoldState
from app.ledger.rules.posting import (
    AccountKind,
    Entry,
    JournalKind,
    dispute_hold,
    house,
    payable,
    transfer,
)
from app.ledger.service.holds import (
    extend_hold,
    move_hold,
    release_hold,
    release_holds_of_case,
)
from app.ledger.service.posting import post, reverse_journal
from tests.factories.accounts import TestPerson, make_cast, make_person
from tests.factories.ledger import NOON, MoneyCase, euro, make_hold, make_money_case, make_payee

Transaction = Callable[[Actor], AbstractContextManager[Session]]
CLOCK = FixedClock(NOON)
HALF = HoldScope(AssetKind.RECORDING, "QZABC2600001", Share(Decimal("0.5")))


@pytest.fixture
def rio(app: Any) -> TestPerson:
    return make_person("rio")


@pytest.fixture
def case(app: Any, pg: dict[str, Any]) -> MoneyCase:
    return make_money_case(pg, state="review")


def balance(tx_as: Transaction, account: Any) -> str:
    with tx_as(Actor.system("test")) as tx:
        return str(balance_of(tx, account))


def test_a_hold_says_what_why_since_and_when_we_look_again(
    rio: TestPerson, case: MoneyCase, tx_as: Transaction
) -> None:
    make_hold(case.id, rio.actor, scope=HALF)

    with tx_as(rio.actor) as tx:
        (row,) = holds_of(tx, rio.actor, case.id)
        assert open_hold_count(tx, case.id) == 1
    assert (row.state, row.asset_ref, row.share) == (
        HoldState.PLACED,
        "QZABC2600001",
        Decimal("0.5"),
    )
    assert (row.since, row.review_on) == (NOON, date(2027, 2, 18))


def test_a_held_amount_leaves_the_balance_and_comes_back(
    rio: TestPerson, case: MoneyCase, tx_as: Transaction
) -> None:
    payee = make_payee()
    hold_id = make_hold(case.id, rio.actor, payee_id=payee, amount=euro("40.00"))
    assert balance(tx_as, dispute_hold(case.id, "EUR")) == "-40.00 EUR"

    with tx_as(rio.actor) as tx:
        release_hold(tx, ReleaseHold(hold_id, "Settled"), rio.actor, CLOCK)

    assert balance(tx_as, dispute_hold(case.id, "EUR")) == "0.00 EUR"
    assert balance(tx_as, payable(payee, "EUR")) == "0.00 EUR"


def test_a_release_may_be_divided(rio: TestPerson, case: MoneyCase, tx_as: Transaction) -> None:
    ada, bo = make_payee(), make_payee("Bo Berg")
    hold_id = make_hold(case.id, rio.actor, payee_id=ada, amount=euro("100.00"))
    parts = (Allocation(ada, euro("60.00")), Allocation(bo, euro("40.00")))

    with tx_as(rio.actor) as tx:
        release_hold(tx, ReleaseHold(hold_id, "As decided", parts), rio.actor, CLOCK)

    assert balance(tx_as, payable(bo, "EUR")) == "-40.00 EUR"


@pytest.mark.parametrize("amounts", [("60.00", "39.99"), ("100.01",), ("110.00", "-10.00")])
def test_a_release_adds_up(
    rio: TestPerson, case: MoneyCase, tx_as: Transaction, amounts: tuple[str, ...]
) -> None:
    ada = make_payee()
    hold_id = make_hold(case.id, rio.actor, payee_id=ada, amount=euro("100.00"))
    parts = tuple(Allocation(ada, euro(amount)) for amount in amounts)

    with pytest.raises(Invalid), tx_as(rio.actor) as tx:
        release_hold(tx, ReleaseHold(hold_id, "x", parts), rio.actor, CLOCK)


def test_the_very_same_part_is_held_once(rio: TestPerson, case: MoneyCase) -> None:
    make_hold(case.id, rio.actor)

    with pytest.raises(Refused, match="held already"):
        make_hold(case.id, rio.actor)


@pytest.mark.parametrize("state", ["closed", "draft"])
def test_nothing_is_held_without_an_open_case(
    rio: TestPerson, pg: dict[str, Any], app: Any, state: str
) -> None:
    shut = make_money_case(pg, state="closed")

    with pytest.raises(Refused, match="open"):
        make_hold(shut.id, rio.actor)


def test_a_hold_of_an_unknown_case_is_not_found(rio: TestPerson) -> None:
    with pytest.raises(NotFound):
        make_hold(uuid4(), rio.actor)


@pytest.mark.parametrize("key", ["ada", "dee", "adi", "aud"])
def test_others_do_not_hold_money(case: MoneyCase, key: str) -> None:
    with pytest.raises(Forbidden):
        make_hold(case.id, make_person(key).actor)


def test_a_released_hold_is_not_released_again(
    rio: TestPerson, case: MoneyCase, tx_as: Transaction
) -> None:
    hold_id = make_hold(case.id, rio.actor)
    with tx_as(rio.actor) as tx:
        release_hold(tx, ReleaseHold(hold_id, "x"), rio.actor, CLOCK)

    with pytest.raises(Refused), tx_as(rio.actor) as tx:
        release_hold(tx, ReleaseHold(hold_id, "x"), rio.actor, CLOCK)


def test_a_stale_release_is_refused(rio: TestPerson, case: MoneyCase, tx_as: Transaction) -> None:
    hold_id = make_hold(case.id, rio.actor)

    with pytest.raises(Stale), tx_as(rio.actor) as tx:
        release_hold(tx, ReleaseHold(hold_id, "x", version=4), rio.actor, CLOCK)


def test_a_hold_moves_with_its_money(rio: TestPerson, case: MoneyCase, tx_as: Transaction) -> None:
    ada = make_payee()
    hold_id = make_hold(case.id, rio.actor, payee_id=ada, amount=euro("10.00"))

    with tx_as(rio.actor) as tx:
        new_id = move_hold(
            tx, MoveHold(hold_id, "Only half is disputed", HALF, Side.RESPONDENT), rio.actor, CLOCK
        )

    with tx_as(rio.actor) as tx:
        rows = {row.id: row for row in holds_of(tx, rio.actor, case.id)}
        assert rows[hold_id].state is HoldState.MOVED
        assert str(rows[new_id].amount) == "10.00 EUR"
        release_hold(tx, ReleaseHold(new_id, "x"), rio.actor, CLOCK)
    assert balance(tx_as, dispute_hold(case.id, "EUR")) == "0.00 EUR"


def test_a_review_date_is_moved(rio: TestPerson, case: MoneyCase, tx_as: Transaction) -> None:
    hold_id = make_hold(case.id, rio.actor)

    with tx_as(rio.actor) as tx:
        extend_hold(tx, ExtendHold(hold_id, "Court is slow", date(2027, 1, 5)), rio.actor, CLOCK)
        (row,) = holds_of(tx, rio.actor, case.id)
    assert row.review_on == date(2027, 1, 5)


def test_a_case_that_ends_frees_everything(
    rio: TestPerson, case: MoneyCase, tx_as: Transaction
) -> None:
    make_hold(case.id, rio.actor)
    make_hold(case.id, rio.actor, side=Side.RESPONDENT)
    ada = make_person("ada")

    with tx_as(ada.actor) as tx:
        assert release_holds_of_case(tx, case.id, "Withdrawn", ada.actor, CLOCK) == 2
        scope = tx.execute(text("select app_scope()")).scalar_one()

    assert scope == "party"


def join_case(pg: dict[str, Any], case: MoneyCase, person: UUID, side: str) -> None:
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            "insert into case_member (id, case_id, side, disclosure, person_id, capability, added_at) "
            "values (%s, %s, %s, 'private', %s, 'act', %s)",
            [uuid4(), case.id, side, person, NOON],
        )


def test_a_party_sees_the_hold_on_its_own_money_only(
    rio: TestPerson, case: MoneyCase, tx_as: Transaction, pg: dict[str, Any]
) -> None:
    cast = make_cast("ada", "cy")
    join_case(pg, case, cast["ada"].id, "complainant")
    join_case(pg, case, cast["cy"].id, "respondent")
    make_hold(case.id, rio.actor, side=Side.COMPLAINANT)

    with tx_as(cast["ada"].actor) as tx:
        assert len(holds_of(tx, cast["ada"].actor, case.id)) == 1
        assert tx.execute(text("select count(*) from hold")).scalar_one() == 1
        assert tx.execute(text("select count(*) from payee")).scalar_one() == 0
    with tx_as(cast["cy"].actor) as tx:
        assert holds_of(tx, cast["cy"].actor, case.id) == ()
        assert tx.execute(text("select count(*) from hold")).scalar_one() == 0


def test_i14_a_hold_without_an_open_case_is_found(
    rio: TestPerson, case: MoneyCase, tx_as: Transaction, pg: dict[str, Any]
) -> None:
    make_hold(case.id, rio.actor)
    force(pg, "update \"case\" set state = 'closed', closed_at = now()")

    with tx_as(rio.actor) as tx:
        broken = run_checks(tx, CHECKS)
        (row,) = held_money(tx, rio.actor).rows

    assert [found.check.id for found in broken] == ["I14"]
    assert row.is_orphan
    force(pg, "delete from hold")
    force(pg, "update \"case\" set state = 'review', closed_at = null")


def force(pg: dict[str, Any], statement: str) -> None:
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(statement)


def expense(
    minor: int, payee: UUID, case: MoneyCase, kind: JournalKind = JournalKind.CORRECTION
) -> Post:
    entries = transfer(house(AccountKind.ROYALTY_EXPENSE, "EUR"), payable(payee, "EUR"), minor)
    return Post(case.id, kind, "test", entries)


def test_a_journal_is_reversed_once(case: MoneyCase, tx_as: Transaction) -> None:
    system, payee = Actor.system("test"), make_payee()
    with tx_as(system) as tx:
        journal = post(tx, expense(500, payee, case), system, CLOCK)
        back = reverse_journal(tx, journal, "back", system, CLOCK)

    assert balance(tx_as, payable(payee, "EUR")) == "0.00 EUR"
    for wrong in (journal, back):
        with pytest.raises(Refused), tx_as(system) as tx:
            reverse_journal(tx, wrong, "again", system, CLOCK)


def test_i1_the_database_refuses_an_unbalanced_journal(case: MoneyCase, tx_as: Transaction) -> None:
    system, payee = Actor.system("test"), make_payee()

    with pytest.raises(DBAPIError, match="differs by"), tx_as(system) as tx:
        journal = post(tx, expense(500, payee, case), system, CLOCK)
        tx.execute(
            text(
                "insert into posting (id, journal_id, position, account_id, currency, minor) "
                "select gen_random_uuid(), journal_id, 3, account_id, currency, 1 from posting "
                "where journal_id = :journal and position = 1"
            ),
            {"journal": journal},
        )


def test_i1_nothing_joins_a_journal_later(case: MoneyCase, tx_as: Transaction) -> None:
    system, payee = Actor.system("test"), make_payee()
    with tx_as(system) as tx:
        journal = post(tx, expense(500, payee, case), system, CLOCK)

    with pytest.raises(DBAPIError, match="in the transaction that wrote it"), tx_as(system) as tx:
        tx.execute(
            text(
                "insert into posting (id, journal_id, position, account_id, currency, minor) "
                "select gen_random_uuid(), journal_id, position + 2, account_id, currency, minor "
                "from posting where journal_id = :journal"
            ),
            {"journal": journal},
        )


@pytest.mark.parametrize("table", ["journal", "posting", "ledger_account"])
@pytest.mark.parametrize("verb", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_i1_postings_are_append_only_even_for_the_owner(
    case: MoneyCase, tx_as: Transaction, pg: dict[str, Any], table: str, verb: str
) -> None:
    system, payee = Actor.system("test"), make_payee()
    with tx_as(system) as tx:
        post(tx, expense(500, payee, case), system, CLOCK)

    with psycopg.connect(pg["owner"]) as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute("set app.scope = 'system'")
        owner.execute(verb.format(table))


def test_a_hold_gives_out_no_more_than_it_holds(case: MoneyCase, tx_as: Transaction) -> None:
    system, payee = Actor.system("test"), make_payee()
    entries = transfer(dispute_hold(case.id, "EUR"), payable(payee, "EUR"), 100)

    with pytest.raises(Refused, match="does not hold"), tx_as(system) as tx:
        post(tx, Post(case.id, JournalKind.CORRECTION, "x", entries), system, CLOCK)


def test_a_journal_of_one_side_is_refused(case: MoneyCase, tx_as: Transaction) -> None:
    system, payee = Actor.system("test"), make_payee()

    with pytest.raises(Invalid), tx_as(system) as tx:
        post(
            tx,
            Post(case.id, JournalKind.CORRECTION, "x", (Entry(payable(payee, "EUR"), 5),)),
            system,
            CLOCK,
        )
