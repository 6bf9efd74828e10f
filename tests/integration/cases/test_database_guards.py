"""What the database itself refuses: moves off the table, changes without history, sight of the other side."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.rules.lifecycle import allowed_moves
from app.kernel.actor import Actor
from tests.factories.accounts import make_cast
from tests.factories.cases import act, make_case, make_draft

SYSTEM = Actor.system("test")


def refused(tx_as: Any, actor: Actor, *statements: str, **values: Any) -> str:
    with pytest.raises(DBAPIError) as error, tx_as(actor) as tx:
        for statement in statements:
            tx.execute(text(statement), values)
    return str(error.value.orig)


def test_the_database_knows_exactly_the_moves_of_the_table(app: Any, tx_as: Any) -> None:
    with tx_as(SYSTEM) as tx:
        rows = tx.execute(
            text("select kind, from_state, event, to_state from allowed_transition")
        ).all()

    assert sorted(tuple(row) for row in rows) == list(allowed_moves())


def test_i4_a_state_changes_only_with_its_move(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case = make_case(cast["ada"])

    told = refused(
        tx_as, SYSTEM, """update "case" set state = 'triage' where id = :id""", id=case.id
    )
    assert "without a transition" in told
    told = refused(tx_as, SYSTEM, """update "case" set version = 1 where id = :id""", id=case.id)
    assert "never falls" in told


def test_i4_a_move_off_the_table_is_refused_even_with_its_row(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada")
    case = make_case(cast["ada"])
    move = """insert into case_transition (id, case_id, version, round, kind, from_state, event, to_state,
        actor_name, acted_as, reason, data, at) values (gen_random_uuid(), :id, 99, 1, 'payout',
        'submitted', 'confirm', 'decided', 'x', 'x', '', '{}', now())"""

    assert "fk_case_transition_allowed" in refused(tx_as, SYSTEM, move, id=case.id)


def test_i15_a_change_without_history_is_refused(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "dee")
    case = make_case(cast["ada"])

    told = refused(
        tx_as, SYSTEM, """update "case" set summary = 'other' where id = :id""", id=case.id
    )

    assert "has no history row" in told


@pytest.mark.parametrize(
    "table", ["case_transition", "clock_event", "case_statement", "case_policy", "calendar"]
)
def test_append_only_rows_stay_as_they_are(app: Any, tx_as: Any, clock: Any, table: Any) -> None:
    cast = make_cast("ada")
    make_case(cast["ada"])

    told = refused(tx_as, SYSTEM, f"update {table} set id = id")

    assert "permission denied" in told or "append-only" in told


def test_a_case_is_never_deleted_by_the_application(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    make_draft(cast["ada"])

    assert "permission denied" in refused(tx_as, SYSTEM, 'delete from "case"')


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("ref = null", "ref_unless_draft"),
        ("closed_at = now()", "closed_has_time"),
        ("disputed_amount = 1, disputed_currency = null", "disputed_money_whole"),
        ("kind = 'other'", "kind_known"),
        ("needs_side = 'me'", "needs_side_known"),
    ],
)
def test_states_are_bound_to_their_columns(
    app: Any, tx_as: Any, clock: Any, change: Any, constraint: Any
) -> None:
    cast = make_cast("ada")
    make_case(cast["ada"])

    assert constraint in refused(tx_as, SYSTEM, f'update "case" set {change}')


def test_one_person_never_stands_on_both_sides(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case = make_case(cast["ada"])
    member = """insert into case_member (id, case_id, side, disclosure, person_id, capability, added_at)
        values (gen_random_uuid(), :id, 'respondent', 'private', :person, 'act', now())"""

    told = refused(tx_as, SYSTEM, member, id=case.id, person=cast["ada"].id)

    assert "uq_case_member_case_id_person_id" in told


def test_i12_raw_reads_of_a_party_show_only_its_own_side(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy", "dee")
    case = make_case(
        cast["ada"], SubKind.DMCA_NOTICE, respondent=cast["cy"], contact_phone="+44 1632 960001"
    )
    act(case.id, CaseEvent.ACCEPT_NOTICE, make_cast("rio")["rio"].actor)

    def counts(actor: Actor) -> dict[str, int]:
        tables = (
            "case_filing",
            "party_contact",
            "case_statement",
            "case_transition",
            "case_wall",
            "case_link",
            "case_member",
        )
        with tx_as(actor) as tx:
            return {
                name: tx.execute(text(f"select count(*) from {name}")).scalar_one()
                for name in tables
            }

    mine, theirs = counts(cast["ada"].actor), counts(cast["cy"].actor)
    assert mine == {
        "case_filing": 1, "party_contact": 1, "case_statement": 2, "case_transition": 0, "case_wall": 0,
        "case_link": 0, "case_member": 1,
    }  # fmt: skip
    # The complainant named the other side, so both of its rows are the respondent's.
    assert theirs == {
        "case_filing": 0, "party_contact": 2, "case_statement": 0, "case_transition": 0, "case_wall": 0,
        "case_link": 0, "case_member": 1,
    }  # fmt: skip
    with tx_as(Actor.anonymous()) as tx:
        assert tx.execute(text('select count(*) from "case"')).scalar_one() == 0


def test_a_party_writes_nothing_on_the_other_side(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy")
    case = make_case(cast["ada"], SubKind.WRONG_SPLIT, respondent=cast["cy"])
    filing = """insert into case_filing (id, case_id, side, disclosure, answers, updated_at)
        values (gen_random_uuid(), :id, 'respondent', 'private', '{}', now())"""

    assert "row-level security" in refused(tx_as, cast["ada"].actor, filing, id=case.id)
