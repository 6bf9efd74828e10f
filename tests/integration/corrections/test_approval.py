"""Approval under four eyes, by the services and again by the database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.commands import ChangeRoles
from app.accounts.service.people import change_roles, disable_person
from app.corrections.commands import (
    CancelCorrection,
    RefuseCorrection,
    ReverseCorrection,
    ReviseCorrection,
)
from app.corrections.models import Correction, CorrectionApproval
from app.corrections.queries.corrections import correction_facts, correction_view
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.service.approvals import refuse_correction
from app.corrections.service.proposals import (
    cancel_correction,
    cancel_open_corrections,
    reverse_correction,
    revise_correction,
)
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.ledger.queries.balances import balance_of, entries_of_journal
from app.ledger.rules.posting import payable, reversal_of
from tests.factories.accounts import make_person
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
from tests.factories.ledger import euro, make_money_case, make_payee

Transaction = Callable[[Actor], AbstractContextManager[Session]]


def look(actor: Actor, correction_id: UUID, tx_as: Transaction) -> Any:
    with tx_as(actor) as tx:
        return correction_view(tx, actor, CLOCK, correction_id)


def test_an_approval_posts_and_batches_in_one_step(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)

    result = approve(desk.gus.actor, key)

    view = look(desk.gus.actor, key, tx_as)
    assert (view.state, result.awaiting) == (CorrectionState.BATCHED, 0)
    assert view.batch_id == result.batch_id
    with tx_as(desk.gus.actor) as tx:
        assert entries_of_journal(tx, view.journal_id) == view.entries
        assert balance_of(tx, payable(desk.payee, "EUR")) == euro("-412.83")


def test_above_the_limit_a_second_person_is_needed(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk, "1000.00")

    first = approve(desk.gus.actor, key)

    assert (first.state, first.batch_id) == (CorrectionState.APPROVED_ONCE, None)
    with pytest.raises(Forbidden, match="approved it first"):
        approve(desk.gus.actor, key)
    assert approve(desk.gil.actor, key).state is CorrectionState.BATCHED


def test_b096_the_preparer_does_not_approve(desk: Desk) -> None:
    key = make_correction(desk)

    with pytest.raises(Forbidden):
        approve(desk.fay.actor, key)


def test_b096_nor_after_a_change_of_role(desk: Desk, tx_as: Transaction) -> None:
    key, adi = make_correction(desk), make_person("adi").actor
    with tx_as(adi) as tx:
        change_roles(tx, ChangeRoles(desk.fay.id, desk.gus.roles), adi, CLOCK)
    promoted = replace(desk.fay.actor, roles=desk.gus.roles)

    with pytest.raises(Forbidden, match="prepared"):
        approve(promoted, key)


def link(pg: dict[str, Any], one: UUID, other: UUID) -> None:
    """The two accounts are one human."""
    low, high = sorted([one, other])
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            "insert into person_link (id, person_id, other_id, linked_at) values (%s, %s, %s, now())",
            [uuid4(), low, high],
        )


def test_b096_nor_by_a_second_account(desk: Desk, pg: dict[str, Any]) -> None:
    key = make_correction(desk)
    link(pg, desk.fay.id, desk.gus.id)

    with pytest.raises(Forbidden, match="prepared"):
        approve(desk.gus.actor, key)


def test_b096_nor_of_their_own_money(desk: Desk, pg: dict[str, Any]) -> None:
    private = make_person("gusprivate")
    link(pg, private.id, desk.gus.id)
    own = make_payee("Gus himself", person_id=private.id)
    key = make_correction(desk, lines=(make_line(own),))

    with pytest.raises(Forbidden, match="own money"):
        approve(desk.gus.actor, key)


def insert_approval(tx: Session, desk: Desk, key: UUID, approver: UUID, ordinal: int = 1) -> None:
    row = tx.get_one(Correction, key)
    tx.add(
        CorrectionApproval(
            id=uuid4(), case_id=row.case_id, correction_id=key, revision=row.revision, ordinal=ordinal,
            approver_id=approver, approver_name="x", seen_hash="0" * 64,
            proven_at=CLOCK.now(), approved_at=CLOCK.now(),
        )
    )  # fmt: skip
    tx.flush()


def test_b096_the_database_refuses_the_maker(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)

    with pytest.raises(DBAPIError, match="maker and checker are one"), tx_as(desk.fay.actor) as tx:
        insert_approval(tx, desk, key, desk.fay.id)


def test_b096_the_database_refuses_a_linked_account(
    desk: Desk, tx_as: Transaction, pg: dict[str, Any]
) -> None:
    key = make_correction(desk)
    link(pg, desk.fay.id, desk.gus.id)

    with pytest.raises(DBAPIError, match="maker and checker are one"), tx_as(desk.gus.actor) as tx:
        insert_approval(tx, desk, key, desk.gus.id)


def test_b096_the_database_refuses_the_first_approver_as_second(
    desk: Desk, tx_as: Transaction
) -> None:
    key = make_correction(desk, "5000.00")
    approve(desk.gus.actor, key)

    with (
        pytest.raises(DBAPIError, match="second approver is the first"),
        tx_as(desk.gus.actor) as tx,
    ):
        insert_approval(tx, desk, key, desk.gus.id, ordinal=2)


def test_b096_the_database_refuses_own_money(desk: Desk, tx_as: Transaction) -> None:
    own = make_payee("Gus himself", person_id=desk.gus.id)
    key = make_correction(desk, lines=(make_line(own),))

    with pytest.raises(DBAPIError, match="own money"), tx_as(desk.gus.actor) as tx:
        insert_approval(tx, desk, key, desk.gus.id)


def test_the_database_refuses_a_state_without_approvals(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)

    with pytest.raises(DBAPIError, match="lacks an approval"), tx_as(desk.gus.actor) as tx:
        tx.get_one(Correction, key).state = "approved"
        tx.flush()


def test_the_database_refuses_a_step_beside_the_table(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)

    with pytest.raises(DBAPIError, match="does not go from"), tx_as(desk.gus.actor) as tx:
        tx.execute(text("update correction set state = 'exported' where id = :key"), {"key": key})


def test_a_change_without_history_is_refused(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)

    with pytest.raises(DBAPIError, match="has no history row"), tx_as(desk.gus.actor) as tx:
        tx.execute(
            text("update correction set version = version + 1 where id = :key"), {"key": key}
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("currency = 'USD'", "reverse and redo"),
        ("decision_id = gen_random_uuid()", "reverse and redo"),
        ("maker_ids = '{}'", "never forgotten"),
        ("total_minor = 1, moved_minor = 1", "a change is a new revision"),
    ],
)
def test_b094_the_database_keeps_what_a_correction_is(
    desk: Desk, tx_as: Transaction, change: str, words: str
) -> None:
    key = make_correction(desk)

    with pytest.raises(DBAPIError, match=words), tx_as(desk.gus.actor) as tx:
        tx.execute(text(f"update correction set {change} where id = :key"), {"key": key})


def test_b094_the_currency_stays_after_approval(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)
    approve(desk.gus.actor, key)
    version = look(desk.fay.actor, key, tx_as).version
    command = ReviseCorrection(key, version, "USD", "other", (make_line(desk.payee),))

    with pytest.raises(Refused), tx_as(desk.fay.actor) as tx:
        revise_correction(tx, command, desk.fay.actor, CLOCK)


def test_the_database_takes_no_approval_of_who_lost_the_role(
    desk: Desk, tx_as: Transaction
) -> None:
    key, adi = make_correction(desk), make_person("adi").actor
    with tx_as(adi) as tx:
        change_roles(tx, ChangeRoles(desk.gus.id, frozenset({Role.AGENT})), adi, CLOCK)

    with pytest.raises(DBAPIError, match="does not hold the role"), tx_as(desk.gus.actor) as tx:
        insert_approval(tx, desk, key, desk.gus.id)


@pytest.mark.parametrize("act", ["approve", "export"])
def test_who_lost_the_role_or_the_account_lets_no_money_go(
    app: Any, desk: Desk, tx_as: Transaction, act: str
) -> None:
    batch_id, adi = make_batch(desk), make_person("adi").actor
    lock(desk, batch_id)
    key, storage = make_correction(desk), app.extensions["redress"].storage
    with tx_as(adi) as tx:
        disable_person(tx, desk.gus.id, adi, CLOCK)

    with pytest.raises(Forbidden):
        if act == "approve":
            approve(desk.gus.actor, key)
        else:
            export(desk.gus.actor, batch_id, storage)


def test_b098_an_amount_edited_after_opening_must_be_seen_again(
    desk: Desk, tx_as: Transaction
) -> None:
    key = make_correction(desk)
    seen = seen_by(desk.gus.actor, key)
    revise(desk, key, "500.00", tx_as)

    with pytest.raises(Stale):
        approve(desk.gus.actor, key, seen)
    assert approve(desk.gus.actor, key).state is CorrectionState.BATCHED


def revise(desk: Desk, key: UUID, amount: str, tx_as: Transaction, **changes: Any) -> None:
    actor = changes.get("actor", desk.fay.actor)
    version = changes.get("version") or look(actor, key, tx_as).version
    lines = (make_line(desk.payee, amount),)
    command = ReviseCorrection(key, version, changes.get("currency", "EUR"), "again", lines)
    with tx_as(actor) as tx:
        revise_correction(tx, command, actor, CLOCK)


def test_a_change_resets_the_first_approval(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk, "5000.00")
    approve(desk.gus.actor, key)

    revise(desk, key, "6000.00", tx_as)

    view = look(desk.gus.actor, key, tx_as)
    assert (view.state, view.approvals, view.revision) == (CorrectionState.PROPOSED, (), 2)
    assert approve(desk.gus.actor, key).is_first_of_two


def test_who_revised_is_a_maker_too(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)
    rio = make_person("rio")
    revise(desk, key, "400.00", tx_as, actor=rio.actor)

    assert look(desk.gus.actor, key, tx_as).maker_ids == {desk.fay.id, rio.id}


def test_a_stale_revision_is_refused(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)

    with pytest.raises(Stale):
        revise(desk, key, "1.00", tx_as, version=7)


def test_b094_another_currency_is_another_correction(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)

    with pytest.raises(Invalid, match="currency"):
        revise(desk, key, "1.00", tx_as, currency="USD")


@pytest.mark.parametrize("age", [timedelta(minutes=6), None])
def test_an_approval_needs_a_fresh_second_factor(desk: Desk, age: timedelta | None) -> None:
    key = make_correction(desk)
    tired = replace(desk.gus.actor, proven_at=age and CLOCK.now() - age)

    with pytest.raises(Refused, match="authenticator"):
        approve(tired, key)


def test_an_unconfirmed_decision_pays_nothing(desk: Desk, pg: dict[str, Any]) -> None:
    case = make_money_case(pg, state="confirmation", decision="proposed")
    key = make_correction(desk, case=case)

    with pytest.raises(Refused, match="not confirmed"):
        approve(desk.gus.actor, key)


def test_a_correction_hangs_on_a_decision_of_its_own_case(desk: Desk, pg: dict[str, Any]) -> None:
    other = make_money_case(pg)

    with pytest.raises(NotFound):
        make_correction(desk, decision_id=other.decision_id)


def test_an_unknown_payee_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        make_correction(desk, lines=(make_line(uuid4()),))


def test_sending_back_cancels_with_the_reason(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)

    with tx_as(desk.gus.actor) as tx:
        refuse_correction(tx, RefuseCorrection(key, "Wrong period"), desk.gus.actor, CLOCK)

    view = look(desk.gus.actor, key, tx_as)
    assert (view.state, view.cancel_reason) == (CorrectionState.CANCELLED, "Wrong period")
    with tx_as(desk.gus.actor) as tx:
        assert correction_facts(tx, desk.case.id).total == 0


@pytest.mark.parametrize("by_the_house", [False, True])
def test_a_case_that_leaves_the_approval_takes_its_corrections_with_it(
    desk: Desk, tx_as: Transaction, *, by_the_house: bool
) -> None:
    """Every one that waits: the first alone was not enough, and the system may be who acts."""
    keys = [make_correction(desk), make_correction(desk, "10.00")]
    actor = Actor.system("test") if by_the_house else desk.gil.actor

    with tx_as(actor) as tx:
        assert cancel_open_corrections(tx, desk.case.id, "given back", actor, CLOCK) == len(keys)

    for key in keys:
        view = look(desk.gus.actor, key, tx_as)
        assert (view.state, view.cancel_reason) == (CorrectionState.CANCELLED, "given back")
    with tx_as(desk.gus.actor) as tx:
        people = set(tx.scalars(select(Correction.cancelled_by)))
    assert people == {actor.person_id}


def test_what_is_posted_is_not_cancelled(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)
    approve(desk.gus.actor, key)

    with pytest.raises(Refused), tx_as(desk.fay.actor) as tx:
        cancel_correction(tx, CancelCorrection(key, "too late"), desk.fay.actor, CLOCK)


def reverse(desk: Desk, key: UUID, tx_as: Transaction) -> UUID:
    with tx_as(desk.fay.actor) as tx:
        return reverse_correction(tx, ReverseCorrection(key, "Paid twice"), desk.fay.actor, CLOCK)


def test_b099_a_reversal_mirrors_the_postings(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)
    approve(desk.gus.actor, key)

    back = reverse(desk, key, tx_as)
    approve(desk.gus.actor, back)

    one, other = look(desk.gus.actor, key, tx_as), look(desk.gus.actor, back, tx_as)
    assert other.entries == reversal_of(one.entries)
    assert (one.reversed_by_id, other.reverses_id) == (back, key)
    with tx_as(desk.gus.actor) as tx:
        assert not balance_of(tx, payable(desk.payee, "EUR"))


def test_b099_a_second_reversal_is_refused(desk: Desk, tx_as: Transaction) -> None:
    key = make_correction(desk)
    approve(desk.gus.actor, key)
    back = reverse(desk, key, tx_as)

    with pytest.raises(Refused, match="has a reversal"):
        reverse(desk, key, tx_as)
    approve(desk.gus.actor, back)
    with pytest.raises(Refused, match="not reversed"):
        reverse(desk, back, tx_as)


def test_a_reversal_that_was_sent_back_may_be_proposed_again(
    desk: Desk, tx_as: Transaction
) -> None:
    key = make_correction(desk)
    approve(desk.gus.actor, key)
    back = reverse(desk, key, tx_as)
    with tx_as(desk.gus.actor) as tx:
        refuse_correction(tx, RefuseCorrection(back, "no"), desk.gus.actor, CLOCK)

    assert reverse(desk, key, tx_as) != back


def test_postings_are_never_edited(desk: Desk, tx_as: Transaction) -> None:
    approve(desk.gus.actor, make_correction(desk))

    with pytest.raises(DBAPIError, match="permission denied"), tx_as(desk.gus.actor) as tx:
        tx.execute(text("update posting set minor = minor + 1"))
