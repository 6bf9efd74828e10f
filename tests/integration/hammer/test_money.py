"""Corrections under the hammer: checkers, makers, locks and exporters at one object in the same instant."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.accounts.commands import ChangeRoles
from app.accounts.service.people import change_roles
from app.corrections.commands import ReviseCorrection
from app.corrections.queries.corrections import CorrectionView, correction_view
from app.corrections.rules.lifecycle import CorrectionState as State
from app.corrections.service.proposals import revise_correction
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden, RedressError
from tests.factories.accounts import TestPerson, make_person
from tests.factories.corrections import (
    CLOCK,
    Desk,
    approve,
    export,
    lock,
    make_batch,
    make_correction,
    make_line,
    seen_by,
)
from tests.support.hammer import hammer, kind_of, rounds

SYSTEM = Actor.system("test")
LARGE = "5000.00"


def look(actor: Actor, key: UUID) -> CorrectionView:
    with transaction(actor, read_only=True) as tx:
        return correction_view(tx, actor, CLOCK, key)


def revise(desk: Desk, actor: Actor, key: UUID, version: int, amount: str) -> None:
    command = ReviseCorrection(key, version, "EUR", "again", (make_line(desk.payee, amount),))
    with transaction(actor) as tx:
        revise_correction(tx, command, actor, CLOCK)


def scalar(sql: str) -> Any:
    with transaction(SYSTEM, read_only=True) as tx:
        return tx.execute(text(sql)).scalar_one()


@rounds(5)
def test_b097_of_two_checkers_at_the_same_instant_one_wins(
    app: Any, desk: Desk, rounds: int
) -> None:
    with hammer(app, "two approvals") as blow:
        for _ in range(rounds):
            key = make_correction(desk)
            seen = seen_by(desk.gus.actor, key)
            found = blow.strike(
                partial(approve, desk.gus.actor, key, seen),
                partial(approve, desk.gil.actor, key, seen),
            )
            assert sorted(map(kind_of, found)) == ["Refused", "done"]
            assert look(desk.gus.actor, key).state is State.BATCHED


@rounds()
def test_b097_above_the_limit_two_checkers_at_once_are_the_two(
    app: Any, desk: Desk, rounds: int
) -> None:
    with hammer(app, "two approvals above the limit") as blow:
        for _ in range(rounds):
            key = make_correction(desk, LARGE)
            seen = seen_by(desk.gus.actor, key)
            found = blow.strike(
                partial(approve, desk.gus.actor, key, seen),
                partial(approve, desk.gil.actor, key, seen),
            )
            assert {each.state for each in found} == {State.APPROVED_ONCE, State.BATCHED}


@rounds()
def test_one_checker_pressing_four_times_approves_once(app: Any, desk: Desk, rounds: int) -> None:
    with hammer(app, "one checker pressing four times") as blow:
        for _ in range(rounds):
            key = make_correction(desk, LARGE)
            seen = seen_by(desk.gus.actor, key)
            found = blow.strike(*[partial(approve, desk.gus.actor, key, seen)] * 4)
            assert sorted(map(kind_of, found)) == ["Forbidden"] * 3 + ["done"]


@rounds()
def test_b098_approved_is_what_was_seen_when_it_is_edited_meanwhile(
    app: Any, desk: Desk, rounds: int
) -> None:
    with hammer(app, "approve and edit") as blow:
        for _ in range(rounds):
            key = make_correction(desk, "400.00")
            seen, version = seen_by(desk.gus.actor, key), look(desk.fay.actor, key).version
            found = blow.strike(
                partial(approve, desk.gus.actor, key, seen),
                partial(revise, desk, desk.fay.actor, key, version, "900.00"),
            )
            after = look(desk.gus.actor, key)
            approved, edited = (not isinstance(each, RedressError) for each in found)
            assert approved != edited
            assert (after.state, str(after.total.amount)) == (
                (State.BATCHED, "400.00") if approved else (State.PROPOSED, "900.00")
            )


@rounds()
def test_a_role_taken_away_meanwhile_approves_before_or_not_at_all(
    app: Any, desk: Desk, rounds: int
) -> None:
    adi = make_person("adi").actor

    def become(*roles: Role) -> None:
        with transaction(adi) as tx:
            change_roles(tx, ChangeRoles(desk.gus.id, frozenset(roles)), adi, CLOCK)

    with hammer(app, "approve and revoke the role") as blow:
        for _ in range(rounds):
            key = make_correction(desk)
            seen = seen_by(desk.gus.actor, key)
            first, _revoked = blow.strike(
                partial(approve, desk.gus.actor, key, seen), partial(become, Role.AGENT)
            )
            stored = scalar(
                f"select count(*) from correction_approval where correction_id = '{key}'"
            )
            assert (kind_of(first), stored) in {("done", 1), ("Forbidden", 0)}
            with pytest.raises(Forbidden):
                approve(desk.gus.actor, make_correction(desk), seen)
            become(Role.FINANCE_APPROVER)


@rounds()
def test_nobody_is_maker_and_checker_of_one_revision(app: Any, desk: Desk, rounds: int) -> None:
    """Gus and Gil check each other's, and with what is left of a session from when they prepared they change it too."""
    pairs = [(desk.gus, desk.gil), (desk.gil, desk.gus)]
    with hammer(app, "four eyes swapped") as blow:
        for _ in range(rounds):
            keys = {who: make_correction(desk, actor=maker(who)) for who, _other in pairs}
            acts = [act for who, other in pairs for act in both(desk, who, keys[other])]
            found = blow.strike(*acts)
            assert "done" in map(kind_of, found)
            for key in keys.values():
                view = look(desk.gil.actor, key)
                assert not view.maker_ids & {one.approver_id for one in view.approvals}


def maker(who: TestPerson) -> Actor:
    """As they were known before they became a checker."""
    return replace(who.actor, roles=frozenset({Role.FINANCE_PREPARER}))


def both(desk: Desk, who: TestPerson, key: UUID) -> list[Any]:
    """Approve it as it was seen, and take part in making it."""
    seen, version = seen_by(who.actor, key), look(who.actor, key).version
    return [
        partial(approve, who.actor, key, seen),
        partial(revise, desk, maker(who), key, version, "500.00"),
    ]


@rounds()
def test_b100_approvals_run_while_the_batch_is_locked(app: Any, desk: Desk, rounds: int) -> None:
    with hammer(app, "approvals while the batch is locked") as blow:
        for _ in range(rounds):
            first = make_batch(desk, "1.00")
            keys = [make_correction(desk, f"{n}.00") for n in range(2, 8)]
            found = blow.strike(
                partial(lock, desk, first), *(partial(approve, desk.gus.actor, key) for key in keys)
            )
            assert set(map(kind_of, found)) == {"done"}
            assert {look(desk.gil.actor, key).state for key in keys} == {State.BATCHED}
            assert scalar("select count(*) from batch where state = 'open'") <= 1
            if left := scalar("select max(id::text) from batch where state = 'open'"):
                lock(desk, UUID(left))


@rounds(2)
def test_fifty_exporters_write_one_file(app: Any, desk: Desk, rounds: int) -> None:
    storage = app.extensions["redress"].storage
    people = [desk.gus.actor, desk.gil.actor]
    with hammer(app, "fifty exporters") as blow:
        for number in range(1, rounds + 1):
            batch_id = make_batch(desk, "10.00", "20.00")
            lock(desk, batch_id)
            found = blow.strike(
                *(partial(export, people[n % 2], batch_id, storage) for n in range(50)), width=10
            )
            assert len(set(found)) == 1
            assert scalar("select count(*) from event where type = 'batch_exported'") == number
            assert scalar("select count(*) from export_file") == number
            assert len(list(storage.list(f"exports/{batch_id}/"))) == 1
