"""What a batch holds is counted and summed as it changes: always equal to its lines, and nobody else's to write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.corrections.checks import CHECKS
from app.corrections.commands import (
    AckFault,
    CancelBatch,
    ConfirmCancellation,
    DropCancellation,
    ReverseCorrection,
)
from app.corrections.models import Correction
from app.corrections.queries.batches import BatchView, batch_page, batch_view
from app.corrections.rules.batches import AckResult, BatchState
from app.corrections.rules.lifecycle import CorrectionEvent
from app.corrections.service.cancelling import (
    ask_cancellation,
    confirm_cancellation,
    drop_cancellation,
)
from app.corrections.service.proposals import reverse_correction
from app.corrections.service.rows import move, note
from app.infra.checks import run_checks
from app.infra.db.extension import db
from app.kernel.actor import Actor
from app.kernel.errors import Refused
from tests.factories.corrections import (
    CLOCK,
    Desk,
    acknowledge,
    approve,
    export,
    lock,
    make_batch,
)
from tests.factories.ledger import make_money_case

Transaction = Callable[[Actor], AbstractContextManager[Session]]
SYSTEM = Actor.system("test")
KEPT = next(check for check in CHECKS if "kept count and sum" in check.name)
BY_LINES = text("""
select batch.id, count(fix.id), coalesce(sum(fix.total_minor), 0)::bigint from batch
left join batch_line as line on line.batch_id = batch.id and (line.live or line.frozen is not null)
left join correction as fix on fix.id = line.correction_id group by batch.id""")


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


def tamper(pg: dict[str, Any], statement: str, *values: object) -> None:
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(statement, values)


def wall(pg: dict[str, Any], case_id: UUID, person_id: UUID) -> None:
    tamper(
        pg,
        "insert into case_wall (id, case_id, person_id, reason, by_id, created_at) "
        "values (gen_random_uuid(), %s, %s, 'knows them', %s, now())",
        case_id, person_id, person_id,
    )  # fmt: skip


class World:
    """Fay, Gus and Gil do with the batches of one currency whatever may be done now; *pick* says with which."""

    def __init__(self, desk: Desk, storage: Any, tx_as: Transaction) -> None:
        self.desk, self.storage, self.tx_as = desk, storage, tx_as
        self.done: Counter[str] = Counter()

    def views(self, *states: BatchState) -> list[BatchView]:
        """Batches in one of these states, the oldest first."""
        fay = self.desk.fay.actor
        with self.tx_as(fay) as tx:
            rows = [row for row in batch_page(tx, fay).rows if row.state in states]
            return [batch_view(tx, fay, row.id) for row in reversed(rows)]

    def add(self, pick: int) -> bool:
        make_batch(
            self.desk, *(f"{sign}{10 + pick + n}.0{n}" for n, sign in enumerate(("", "-", "")))
        )
        return True

    def take_out(self, pick: int) -> bool:
        for view in self.views(BatchState.OPEN):
            if view.entries:
                with self.tx_as(SYSTEM) as tx:
                    row = tx.get_one(
                        Correction, view.entries[pick % len(view.entries)].correction_id
                    )
                    tx.execute(
                        text("update batch_line set live = false, removed_reason = 'not yet' where live and correction_id = :key"),
                        {"key": row.id},
                    )  # fmt: skip
                    move(row, CorrectionEvent.UNBATCH)
                    note(tx, row, SYSTEM, CLOCK, "correction.freed")
                return True
        return False

    def lock(self, pick: int) -> bool:
        del pick
        found = [view for view in self.views(BatchState.OPEN) if view.count]
        for view in found[:1]:
            lock(self.desk, view.id)
        return bool(found)

    def export(self, pick: int) -> bool:
        found = [
            view for view in self.views(BatchState.LOCKED)
            if not view.reversed_by and (view.reverses is None or view.reverses.state is BatchState.EXPORTED)
        ]  # fmt: skip
        if found:
            export(self.desk.gus.actor, found[pick % len(found)].id, self.storage)
        return bool(found)

    def acknowledge(self, pick: int) -> bool:
        found = [view for view in self.views(BatchState.EXPORTED) if not view.reversed_by]
        if not found:
            return False
        view = found[pick % len(found)]
        assert view.file is not None
        returned = (
            [] if view.reverses else [entry.correction_id for entry in view.entries[: pick % 2]]
        )
        faults = tuple(AckFault(key, AckResult.RETURNED, "Account closed") for key in returned)
        acknowledge(self.desk.fay.actor, view.id, view.file.sha256, f"GL-{pick}", faults=faults)
        return True

    def turn_back(self, pick: int) -> bool:
        found = [
            view for view in self.views(BatchState.LOCKED, BatchState.EXPORTED)
            if not view.reverses and not view.reversed_by
        ]  # fmt: skip
        if not found:
            return False
        view, fay = found[pick % len(found)], self.desk.fay.actor
        with self.tx_as(fay) as tx:
            ask_cancellation(tx, CancelBatch(view.id, view.version, "Wrong month"), fay, CLOCK)
        return True

    def confirm(self, pick: int) -> bool:
        found = [
            view for view in self.views(BatchState.LOCKED)
            if view.reverses and view.reverses.state is BatchState.LOCKED
        ]  # fmt: skip
        if not found:
            return False
        gus, fay, which = self.desk.gus.actor, self.desk.fay.actor, found[pick % len(found)].id
        if pick % 3:
            with self.tx_as(gus) as tx:
                confirm_cancellation(tx, ConfirmCancellation(which), gus, CLOCK)
        else:
            with self.tx_as(fay) as tx:
                drop_cancellation(tx, DropCancellation(which, "After all not"), fay, CLOCK)
        return True

    def reverse(self, pick: int) -> bool:
        fay = self.desk.fay.actor
        for view in self.views(BatchState.ACKNOWLEDGED):
            keys = [entry.correction_id for entry in view.entries if not entry.is_reversal]
            for key in keys[pick % 2 :]:
                try:
                    with self.tx_as(fay) as tx:
                        back = reverse_correction(
                            tx, ReverseCorrection(key, "Account closed"), fay, CLOCK
                        )
                except Refused:
                    continue
                approve(self.desk.gus.actor, back)
                return True
        return False

    def check(self) -> None:
        """Every batch shows what its lines add up to."""
        with self.tx_as(SYSTEM) as tx:
            sums = {key: (count, total) for key, count, total in tx.execute(BY_LINES)}
            shown = {
                row.id: (row.count, row.total.minor_units()) for row in batch_page(tx, SYSTEM).rows
            }
            backs = set(
                tx.execute(text("select id from batch where reverses_id is not null")).scalars()
            )
            alone = {key: batch_view(tx, SYSTEM, key) for key in sums}
        wanted = {
            key: (count, -total if key in backs else total) for key, (count, total) in sums.items()
        }
        assert shown == wanted
        assert {key: (one.count, one.total.minor_units()) for key, one in alone.items()} == wanted


STEPS = ("add", "take_out", "lock", "export", "acknowledge", "turn_back", "confirm", "reverse")
WAYS = (
    "add take_out add lock export acknowledge reverse lock export acknowledge",
    "add lock turn_back confirm lock turn_back confirm take_out lock export turn_back export acknowledge",
    "add lock add export turn_back take_out export acknowledge lock export acknowledge reverse take_out",
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_kept_sums_are_those_of_the_lines_after_any_history(
    desk: Desk, storage: Any, tx_as: Transaction, way: str, seed: int
) -> None:
    world = World(desk, storage, tx_as)

    for number, name in enumerate(way.split()):
        if getattr(world, name)(seed + number):
            world.done[name] += 1
            world.check()

    assert world.done["lock"]
    assert sum(world.done.values()) >= len(way.split()) - 2


def test_between_them_the_histories_do_everything() -> None:
    assert {name for way in WAYS for name in way.split()} == set(STEPS)


@pytest.mark.parametrize(
    "change",
    [
        "update batch_total set total_minor = total_minor + 1",
        "update batch_total set corrections = corrections + 1",
        "delete from batch_total",
        "delete from batch_line",
        "update batch_line set live = false",
        "update correction set total_minor = 7",
        "update batch_total set currency = 'USD'",
    ],
)
def test_the_invariant_sees_a_sum_that_is_not_that_of_the_lines(
    desk: Desk, tx_as: Transaction, pg: dict[str, Any], change: str
) -> None:
    make_batch(desk, "10.00", "20.00")
    with tx_as(SYSTEM) as tx:
        assert run_checks(tx, [KEPT]) == []
    tamper(pg, change)

    with tx_as(SYSTEM) as tx:
        assert run_checks(tx, [KEPT]) != []

    for table in ("batch_line", "batch_total", "batch", "correction_approval", "correction_line", "correction"):  # fmt: skip
        tamper(pg, f"delete from {table}")


@pytest.mark.parametrize(
    "change",
    [
        "update batch_total set total_minor = 0",
        "delete from batch_total",
        "insert into batch_total select id, currency, 1, 1 from batch",
    ],
)
def test_nobody_writes_a_sum_by_hand(desk: Desk, tx_as: Transaction, change: str) -> None:
    make_batch(desk)

    with pytest.raises(ProgrammingError, match="permission denied"), tx_as(SYSTEM) as tx:
        tx.execute(text(change))


def test_a_party_and_nobody_read_no_sum(desk: Desk, tx_as: Transaction) -> None:
    from tests.factories.accounts import make_person

    make_batch(desk)
    counts = []
    for actor in (desk.fay.actor, make_person("ada").actor, Actor.anonymous()):
        with tx_as(actor) as tx:
            counts.append(tx.scalar(text("select count(*) from batch_total")))

    assert counts == [1, 0, 0]


def test_reading_a_batch_adds_nothing_up(app: Any, desk: Desk, tx_as: Transaction) -> None:
    batch_id = make_batch(desk, "10.00", "20.00")
    with app.app_context():
        engine = db.engine
    asked: list[str] = []

    def hears(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(" ".join(statement.lower().split()))

    event.listen(engine, "before_cursor_execute", hears)
    try:
        with tx_as(SYSTEM) as tx:
            batch_view(tx, SYSTEM, batch_id)
            batch_page(tx, SYSTEM)
    finally:
        event.remove(engine, "before_cursor_execute", hears)

    assert sum(one.startswith("select") for one in asked) == 5
    assert not any("sum(" in one or "count(" in one for one in asked)


@pytest.mark.parametrize("step", ["open", "locked", "cancelled"])
def test_who_is_walled_off_from_a_case_is_told_the_sum_without_it(
    desk: Desk, pg: dict[str, Any], tx_as: Transaction, step: str
) -> None:
    make_batch(desk, "10.00", "20.00")
    hidden = make_money_case(pg)
    batch_id = make_batch(replace(desk, case=hidden), "0.50", "0.25")
    world = World(desk, None, tx_as)
    if step != "open":
        world.lock(0)
    if step == "cancelled":
        world.turn_back(0)
        world.confirm(1)
    wall(pg, hidden.id, desk.gil.id)

    for who, said in ((desk.gil.actor, (2, "30.00 EUR")), (desk.fay.actor, (4, "30.75 EUR"))):
        with tx_as(who) as tx:
            view = batch_view(tx, who, batch_id)
            listed = next(row for row in batch_page(tx, who).rows if row.id == batch_id)
        assert (view.count, str(view.total)) == (listed.count, str(listed.total)) == said
        assert len(view.entries) == said[0]


def test_a_batch_is_not_answered_or_freed_by_who_does_not_see_it_whole(
    desk: Desk, storage: Any, pg: dict[str, Any], tx_as: Transaction
) -> None:
    make_batch(desk, "10.00")
    hidden = make_money_case(pg)
    batch_id = make_batch(replace(desk, case=hidden), "0.50")
    world = World(desk, storage, tx_as)
    world.lock(0)
    world.turn_back(0)
    (back,) = [view for view in world.views(BatchState.LOCKED) if view.reverses]
    wall(pg, hidden.id, desk.gus.id)

    with pytest.raises(Refused) as freed, tx_as(desk.gus.actor) as tx:
        confirm_cancellation(tx, ConfirmCancellation(back.id), desk.gus.actor, CLOCK)
    with tx_as(desk.fay.actor) as tx:
        command = DropCancellation(back.id, "After all not")
        drop_cancellation(tx, command, desk.fay.actor, CLOCK)
    sha256 = export(desk.gil.actor, batch_id, storage)
    with pytest.raises(Refused) as answered:
        acknowledge(desk.gus.actor, batch_id, sha256)

    assert {freed.value.code, answered.value.code} == {"not_in_sight"}
    acknowledge(desk.fay.actor, batch_id, sha256)
