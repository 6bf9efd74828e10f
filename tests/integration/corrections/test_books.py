"""Account codes and posting periods where money meets them: locking, exporting, approving, turning back."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.corrections.checks import CHECKS
from app.corrections.commands import CancelBatch, LockBatch
from app.corrections.queries.batches import batch_view
from app.corrections.service.batches import lock_batch, read_export
from app.corrections.service.cancelling import ask_cancellation
from app.history.queries import HistoryFilter, history_page
from app.infra.checks import run_checks
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, Refused
from app.ledger.checks import CHECKS as LEDGER_CHECKS
from app.ledger.queries.books import codes_on, months_until, posting_day
from app.ledger.rules.codes import AccountsWithoutCode
from app.ledger.rules.posting import AccountKind
from tests.factories.accounts import make_person
from tests.factories.books import FULL, close, make_codes, reopen
from tests.factories.corrections import (
    CLOCK,
    Desk,
    approve,
    export,
    lock,
    make_batch,
    make_correction,
    make_line,
)
from tests.factories.ledger import euro

Transaction = Callable[[Actor], AbstractContextManager[Session]]
INSERT_ACT = (
    "insert into posting_period_act (id, month, ordinal, act, reason, by_id, at) "
    "values (gen_random_uuid(), %s, %s, %s, 'why', %s, now())"
)
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


def lock_for(desk: Desk, batch_id: UUID, day: date, clock: Any = CLOCK) -> None:
    with transaction(desk.fay.actor) as tx:
        lock_batch(tx, LockBatch(batch_id, posting_date=day), desk.fay.actor, clock)


def rows_of(desk: Desk, batch_id: UUID, storage: Any) -> tuple[bytes, list[dict[str, str]]]:
    with transaction(desk.gus.actor) as tx:
        content = read_export(tx, batch_id, storage, desk.gus.actor, CLOCK)[1]
    return content, list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def view(desk: Desk, batch_id: UUID) -> Any:
    with transaction(desk.fay.actor, read_only=True) as tx:
        return batch_view(tx, desk.fay.actor, batch_id)


def test_an_export_carries_the_codes_of_its_posting_date(desk: Desk, storage: Any) -> None:
    later = FULL | {AccountKind.PAYABLE: {"": "2100", "EUR": "2101"}}
    make_codes(later, since=NOVEMBER)
    key = make_correction(desk, lines=(make_line(desk.payee, withholding=euro("12.83")),))
    batch_id = approve(desk.gus.actor, key).batch_id
    assert batch_id is not None
    lock_for(desk, batch_id, date(2026, 11, 19))

    export(desk.gus.actor, batch_id, storage)

    row = rows_of(desk, batch_id, storage)[1][0]
    assert row["posting_date"] == "2026-11-19"
    assert (row["payee_account"], row["counter_account"], row["tax_account"]) == (
        "2101", FULL[AccountKind.ROYALTY_EXPENSE][""], FULL[AccountKind.WITHHOLDING_PAYABLE][""],
    )  # fmt: skip
    assert (view(desk, batch_id).codes_version, view(desk, batch_id).posting_date) == (
        2,
        date(2026, 11, 19),
    )


def test_a_batch_for_the_month_before_keeps_the_codes_of_then(desk: Desk, storage: Any) -> None:
    make_codes(FULL | {AccountKind.PAYABLE: {"": "2100"}}, since=NOVEMBER)
    batch_id = make_batch(desk)
    lock_for(desk, batch_id, date(2026, 10, 31))

    export(desk.gus.actor, batch_id, storage)

    assert rows_of(desk, batch_id, storage)[1][0]["payee_account"] == FULL[AccountKind.PAYABLE][""]
    assert view(desk, batch_id).codes_version == 1


def test_what_was_locked_stays_byte_for_byte_when_the_codes_change(
    desk: Desk, storage: Any
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    make_codes(FULL | {AccountKind.PAYABLE: {"": "9999"}})

    export(desk.gus.actor, batch_id, storage)
    first = rows_of(desk, batch_id, storage)
    make_codes(FULL | {AccountKind.PAYABLE: {"": "8888"}})

    assert rows_of(desk, batch_id, storage) == first
    assert first[1][0]["payee_account"] == FULL[AccountKind.PAYABLE][""]


def test_an_account_without_a_code_holds_up_the_lock_and_is_named(desk: Desk) -> None:
    make_codes({AccountKind.PAYABLE: {"": "2100"}})
    batch_id = make_batch(desk)

    with pytest.raises(AccountsWithoutCode, match="royalty expense") as caught:
        lock(desk, batch_id)

    assert caught.value.accounts == (AccountKind.ROYALTY_EXPENSE,)
    assert view(desk, batch_id).state == "open"


def test_before_there_are_codes_nothing_is_locked(desk: Desk) -> None:
    batch_id = make_batch(desk)

    with pytest.raises(AccountsWithoutCode, match="royalty expense, payable"):
        lock_for(desk, batch_id, date(2025, 12, 31))


def test_versions_are_never_edited_and_say_who_changed_what(desk: Desk, pg: Any) -> None:
    made = make_codes(FULL | {AccountKind.BANK: {"": "1010"}}, actor=desk.gus.actor)
    same = make_codes(FULL | {AccountKind.BANK: {"": "1010"}}, actor=desk.gus.actor)

    assert (made.version, same.version, made.by) == (2, 2, "Gus Grau")
    auditor = make_person("aud").actor
    with transaction(auditor, read_only=True) as tx:
        newest = history_page(tx, HistoryFilter(verb="account_codes.published"))[0]
    assert newest.data["changed"] == [["bank", "", FULL[AccountKind.BANK][""], "1010"]]
    with psycopg.connect(pg["superuser"]) as connection, pytest.raises(psycopg.Error):
        connection.execute("update account_code_version set codes = '{}'")


def test_who_may_not_does_not_publish_or_close(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        make_codes(FULL | {AccountKind.BANK: {"": "1"}}, actor=desk.fay.actor)
    with pytest.raises(Forbidden):
        close(desk.fay.actor, OCTOBER)


def test_codes_that_would_change_a_closed_month_are_refused(desk: Desk) -> None:
    close(desk.gus.actor, OCTOBER)

    with pytest.raises(Invalid, match=r"2026-10 is closed .* 2026-11-01 or later") as caught:
        make_codes(FULL | {AccountKind.BANK: {"": "1"}}, since=date(2026, 9, 1))

    assert caught.value.field == "effective_from"
    assert make_codes(FULL | {AccountKind.BANK: {"": "1"}}, since=NOVEMBER).version == 2


def test_a_batch_is_not_locked_into_a_closed_month(desk: Desk) -> None:
    close(desk.gus.actor, OCTOBER)
    batch_id = make_batch(desk)

    with pytest.raises(Refused, match="2026-10 is closed") as caught:
        lock_for(desk, batch_id, date(2026, 10, 31))
    lock_for(desk, batch_id, NOVEMBER)

    assert caught.value.code == "period_closed"
    assert view(desk, batch_id).posting_date == NOVEMBER


def test_a_batch_is_not_locked_ahead(desk: Desk) -> None:
    batch_id = make_batch(desk)

    with pytest.raises(Refused, match="future"):
        lock_for(desk, batch_id, date(2026, 11, 21))


def test_a_locked_batch_does_not_leave_once_its_month_is_closed(desk: Desk, storage: Any) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    close(desk.gil.actor, NOVEMBER)

    with pytest.raises(Refused, match="2026-11 is closed"):
        export(desk.gus.actor, batch_id, storage)
    reopen(desk.gus.actor, NOVEMBER)
    sha256 = export(desk.gus.actor, batch_id, storage)
    close(desk.gil.actor, NOVEMBER)

    assert export(desk.gus.actor, batch_id, storage) == sha256


def test_nothing_is_approved_into_a_closed_month(desk: Desk) -> None:
    key = make_correction(desk)
    close(desk.gil.actor, NOVEMBER)

    with pytest.raises(Refused, match="2026-11 is closed"):
        approve(desk.gus.actor, key)
    reopen(desk.gus.actor, NOVEMBER)

    assert approve(desk.gus.actor, key).state == "batched"


def test_a_batch_is_turned_back_on_the_accounts_it_was_booked_to(
    desk: Desk, storage: Any, tx_as: Transaction
) -> None:
    batch_id = make_batch(desk)
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, storage)
    was = rows_of(desk, batch_id, storage)[1][0]
    make_codes(FULL | {AccountKind.PAYABLE: {"": "9999"}})
    with tx_as(desk.fay.actor) as tx:
        version = batch_view(tx, desk.fay.actor, batch_id).version
        back = ask_cancellation(
            tx, CancelBatch(batch_id, version, "Wrong month"), desk.fay.actor, CLOCK
        )

    export(desk.gus.actor, back, storage)

    row = rows_of(desk, back, storage)[1][0]
    assert row["net"] == f"-{was['net']}"
    assert (row["payee_account"], row["posting_date"]) == (was["payee_account"], "2026-11-20")
    assert view(desk, back).codes_version == 1


def test_who_closed_a_month_does_not_open_it_again(desk: Desk, tx_as: Transaction) -> None:
    close(desk.gus.actor, OCTOBER)

    with pytest.raises(Refused, match="You closed 2026-10"):
        reopen(desk.gus.actor, OCTOBER)
    with pytest.raises(Invalid, match="fill this in"):
        reopen(desk.gil.actor, OCTOBER, reason=" ")
    reopen(desk.gil.actor, OCTOBER)

    with tx_as(desk.fay.actor) as tx:
        november, october = months_until(tx, desk.fay.actor, NOVEMBER, 2)
    assert (november.is_open, november.acts) == (True, ())
    assert [(act.act, act.by) for act in october.acts] == [
        ("reopened", "Gil Gomez"),
        ("closed", "Gus Grau"),
    ]


def test_the_month_of_now_is_that_of_the_zone_of_the_books(desk: Desk, tx_as: Transaction) -> None:
    late = FixedClock(datetime(2026, 11, 30, 21, 0, tzinfo=UTC))
    make_codes(FULL, zone="Asia/Baku")

    with tx_as(desk.gus.actor) as tx:
        assert posting_day(tx, late) == date(2026, 12, 1)
    close(desk.gus.actor, date(2026, 12, 1), late)


def test_a_zone_to_come_does_not_move_today(desk: Desk, tx_as: Transaction) -> None:
    late = FixedClock(datetime(2026, 11, 20, 21, 0, tzinfo=UTC))
    make_codes(FULL, zone="UTC")
    make_codes(FULL, zone="Asia/Baku", since=date(2026, 11, 22))
    with tx_as(desk.gus.actor) as tx:
        assert posting_day(tx, late) == date(2026, 11, 20)

    begun = FixedClock(datetime(2026, 11, 21, 20, 30, tzinfo=UTC))
    with tx_as(desk.gus.actor) as tx:
        assert posting_day(tx, begun) == date(2026, 11, 22)


class TestSecondWall:
    """The database refuses what a service would let through."""

    def test_a_closed_month_takes_no_lock_no_export_and_no_posting(
        self, desk: Desk, pg: Any, storage: Any
    ) -> None:
        open_batch, waits = make_batch(desk), make_correction(desk)
        close(desk.gil.actor, OCTOBER)
        with psycopg.connect(pg["superuser"]) as connection:
            with pytest.raises(psycopg.errors.CheckViolation) as caught:
                connection.execute(
                    "update batch set state = 'locked', locked_at = now(), locked_by = %s, content_hash = 'x', "
                    "posting_date = '2026-10-31' where id = %s",
                    (desk.fay.id, open_batch),
                )
            assert caught.value.diag.constraint_name == "open_month"
            connection.rollback()
            with pytest.raises(psycopg.errors.CheckViolation) as caught:
                connection.execute(
                    "update correction set journal_id = gen_random_uuid(), posting_date = '2026-10-31' where id = %s",
                    (waits,),
                )
            assert caught.value.diag.constraint_name == "open_month"

    def test_a_month_that_is_being_closed_wins_against_a_lock_that_looked_before(
        self, desk: Desk, app: Any, pg: Any
    ) -> None:
        batch_id = make_batch(desk)
        failed: list[str] = []

        def locks() -> None:
            with app.app_context():
                try:
                    lock(desk, batch_id)
                except DBAPIError as error:
                    failed.append(str(error.orig))

        thread = threading.Thread(target=locks)
        with psycopg.connect(pg["superuser"]) as closing:
            closing.execute(INSERT_ACT, ("2026-11-01", 1, "closed", desk.gil.id))
            thread.start()
            with psycopg.connect(pg["superuser"], autocommit=True) as watching:
                waits = "select 1 from pg_locks where locktype = 'advisory' and not granted"
                while watching.execute(waits).fetchone() is None and thread.is_alive():
                    time.sleep(0.02)
        thread.join(10)

        assert [words for words in failed if "closed for posting" in words] == failed != []

    def test_acts_of_a_month_take_turns_and_change_hands(self, desk: Desk, pg: Any) -> None:
        close(desk.gus.actor, OCTOBER)
        for ordinal, act, who in (
            (2, "reopened", desk.gus.id),
            (4, "reopened", desk.gil.id),
            (2, "closed", desk.gil.id),
        ):
            with (
                psycopg.connect(pg["superuser"]) as connection,
                pytest.raises(psycopg.errors.CheckViolation),
            ):
                connection.execute(INSERT_ACT, ("2026-10-01", ordinal, act, who))

    def test_a_locked_batch_keeps_its_day_and_codes(self, desk: Desk, tx_as: Transaction) -> None:
        batch_id = make_batch(desk)
        lock(desk, batch_id)

        with pytest.raises(DBAPIError, match="never changes"), tx_as(desk.fay.actor) as tx:
            tx.execute(
                text("update batch set posting_date = '2026-11-01' where id = :id"),
                {"id": batch_id},
            )


class TestInvariants:
    """What a person with the owner's password could break is found."""

    def broken(self, checks: Any = CHECKS) -> set[str]:
        with transaction(Actor.system("test:checks"), read_only=True) as tx:
            return {one.check.name for one in run_checks(tx, checks)}

    def without_triggers(self, pg: Any, statement: str, *values: Any) -> None:
        with psycopg.connect(pg["superuser"]) as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute(statement, values)

    def test_another_version_than_that_of_the_day(self, desk: Desk, pg: Any) -> None:
        other = make_codes(FULL | {AccountKind.PAYABLE: {"": "9999"}}, since=date(2026, 12, 1))
        batch_id = make_batch(desk)
        lock(desk, batch_id)
        assert self.broken() == set()

        self.without_triggers(
            pg, "update batch set account_codes_id = %s where id = %s", other.id, batch_id
        )

        assert self.broken() == {
            "what was locked stands in its file on the day and by the codes of its batch",
            "a batch keeps the codes that counted for its day when it was locked",
        }
        with transaction(Actor.system("test"), read_only=True) as tx:
            right = codes_on(tx, date(2026, 11, 20))
        assert right is not None
        self.without_triggers(
            pg, "update batch set account_codes_id = %s where id = %s", right.id, batch_id
        )

    def test_a_month_that_was_closed_before(self, desk: Desk, pg: Any) -> None:
        batch_id = make_batch(desk)
        lock(desk, batch_id)
        close(desk.gus.actor, OCTOBER, FixedClock(datetime(2026, 11, 1, tzinfo=UTC)))

        self.without_triggers(
            pg, "update batch set posting_date = '2026-10-31' where id = %s", batch_id
        )

        assert (
            "nothing was posted, locked or exported into a month that was closed then"
            in self.broken()
        )
        self.without_triggers(
            pg, "update batch set posting_date = '2026-11-20' where id = %s", batch_id
        )

    def test_a_month_opened_by_who_closed_it(self, desk: Desk, pg: Any) -> None:
        close(desk.gus.actor, OCTOBER)
        reopen(desk.gil.actor, OCTOBER)

        self.without_triggers(pg, "update posting_period_act set by_id = %s", desk.gus.id)

        assert self.broken(LEDGER_CHECKS) == {
            "a month is opened again by another person, and its acts take turns"
        }
        self.without_triggers(
            pg, "update posting_period_act set by_id = %s where act = 'reopened'", desk.gil.id
        )
