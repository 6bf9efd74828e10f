"""Owners, members, walls, the desk's list and a party's list."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.cases.commands import AddMember, AssignCase, RevokeMember, WallOff
from app.cases.queries import case_by_id, members_of, my_cases, queue_page
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, Kind, State, SubKind
from app.cases.rules.views import QueueFilter
from app.cases.service.messages import note_message
from app.cases.service.people import add_member, assign, revoke_member, wall_off_person
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.sides import Side
from tests.factories.accounts import make_cast
from tests.factories.cases import act, make_case

SYSTEM = Actor.system("test")
E = CaseEvent


def test_nobody_stands_on_both_sides(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy", "dee")
    case = make_case(cast["ada"], SubKind.WRONG_SPLIT, respondent=cast["cy"])

    with tx_as(cast["dee"].actor) as tx, pytest.raises(Refused) as refused:
        add_member(
            tx, AddMember(case.id, cast["ada"].id, Side.RESPONDENT), cast["dee"].actor, clock
        )

    assert refused.value.code == "both_sides"


def test_a_party_adds_and_revokes_on_its_own_side_only(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "bo", "cy")
    case = make_case(cast["ada"], SubKind.WRONG_SPLIT, respondent=cast["cy"])
    ada = cast["ada"].actor
    with tx_as(ada) as tx, pytest.raises(Forbidden):
        add_member(tx, AddMember(case.id, cast["bo"].id, Side.RESPONDENT), ada, clock)
    with tx_as(ada) as tx, pytest.raises(Forbidden):
        revoke_member(tx, RevokeMember(case.id, cast["cy"].id), ada, clock)

    with tx_as(ada) as tx:
        add_member(tx, AddMember(case.id, cast["bo"].id, Side.COMPLAINANT, "read"), ada, clock)

    with tx_as(ada) as tx:
        names = [row.name for row in members_of(tx, ada, case.id)]
    assert names == ["Ada Amberg", "Bo Berg"]


def test_b136_a_revoked_member_writes_nothing_more(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "bo")
    case, ada, bo = make_case(cast["ada"]), cast["ada"].actor, cast["bo"].actor
    with tx_as(ada) as tx:
        add_member(tx, AddMember(case.id, bo.person_id, Side.COMPLAINANT), ada, clock)
    with tx_as(ada) as tx:
        revoke_member(tx, RevokeMember(case.id, bo.person_id), ada, clock)

    with pytest.raises(NotFound):
        act(case.id, E.WITHDRAW, bo)

    with tx_as(SYSTEM) as tx:
        assert case_by_id(tx, SYSTEM, case.id).state is State.SUBMITTED


def test_readers_of_a_side_may_not_act(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "bo")
    case, ada = make_case(cast["ada"]), cast["ada"].actor
    with tx_as(ada) as tx:
        add_member(tx, AddMember(case.id, cast["bo"].id, Side.COMPLAINANT, "read"), ada, clock)

    with pytest.raises(Forbidden):
        act(case.id, E.WITHDRAW, cast["bo"].actor)


def test_owners_come_from_the_desk_and_have_no_interest(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "dee", "rio", "eli", "fay")
    case, eli = make_case(cast["ada"]), cast["eli"].actor
    with tx_as(eli) as tx, pytest.raises(Invalid):
        assign(tx, AssignCase(case.id, cast["fay"].id, case.version), eli, clock)
    with tx_as(eli) as tx:
        wall_off_person(tx, WallOff(case.id, cast["rio"].id, "a cousin"), eli, clock)
    with tx_as(eli) as tx, pytest.raises(Refused) as conflict:
        assign(tx, AssignCase(case.id, cast["rio"].id, case.version), eli, clock)
    with tx_as(cast["dee"].actor) as tx, pytest.raises(Forbidden):
        assign(tx, AssignCase(case.id, cast["eli"].id, case.version), cast["dee"].actor, clock)
    with tx_as(eli) as tx:
        given = assign(tx, AssignCase(case.id, cast["dee"].id, case.version), eli, clock)
    with tx_as(eli) as tx, pytest.raises(Stale):
        assign(tx, AssignCase(case.id, None, case.version), eli, clock)

    assert conflict.value.code == "conflict"
    assert given.owner_id == cast["dee"].id


def test_who_steps_back_no_longer_finds_the_case(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "rio")
    case = make_case(cast["ada"])
    act(case.id, E.TAKE, cast["rio"].actor)
    act(case.id, E.RECUSE, cast["rio"].actor)

    for _ in range(2):
        with tx_as(cast["rio"].actor) as tx, pytest.raises(NotFound):
            case_by_id(tx, cast["rio"].actor, case.id)
    with tx_as(cast["rio"].actor) as tx:
        assert tx.execute(text('select count(*) from "case"')).scalar_one() == 0
        assert queue_page(tx, cast["rio"].actor, QueueFilter(), None, clock).rows == ()


def test_an_appeal_goes_to_somebody_who_took_no_part(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "rio", "rae", "eli")
    case = make_case(cast["ada"])
    ready = CaseFacts(decision_missing=(), decision_outcome="not_upheld", window_open=True)
    act(case.id, E.TAKE, cast["rio"].actor)
    act(case.id, E.START_AUDIT, cast["rio"].actor)
    act(case.id, E.AUDIT_DONE, SYSTEM)
    act(case.id, E.PROPOSE_DECISION, cast["rio"].actor, facts=ready)
    act(case.id, E.CONFIRM, cast["eli"].actor, facts=ready)
    appealed = act(case.id, E.APPEAL, cast["ada"].actor, facts=ready)

    with tx_as(cast["eli"].actor) as tx, pytest.raises(Refused):
        assign(tx, AssignCase(case.id, cast["rio"].id, appealed.version), cast["eli"].actor, clock)
    with tx_as(cast["eli"].actor) as tx:
        given = assign(
            tx, AssignCase(case.id, cast["rae"].id, appealed.version), cast["eli"].actor, clock
        )

    assert (appealed.state, appealed.round) == (State.APPEAL_REVIEW, 2)
    assert given.owner_id == cast["rae"].id


def test_the_queue_is_filtered_and_paged_in_the_order_of_due(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "dee")
    cases = [
        make_case(cast["ada"], sub)
        for sub in (SubKind.TECHNICAL, SubKind.OWNERSHIP, SubKind.HELD_MONEY)
    ]
    act(cases[0].id, E.WITHDRAW, cast["ada"].actor)
    act(cases[1].id, E.TAKE, cast["dee"].actor)
    dee = cast["dee"].actor

    with tx_as(dee) as tx:
        every = QueueFilter(open_only=False)
        first = queue_page(tx, dee, every, None, clock, limit=2)
        second = queue_page(tx, dee, every, first.next_cursor, clock, limit=2)
        mine = queue_page(tx, dee, QueueFilter(owner="me"), None, clock)
        claims = queue_page(tx, dee, QueueFilter(kinds=(Kind.RIGHTS_CLAIM,)), None, clock)
        found = queue_page(tx, dee, QueueFilter(text=cases[2].ref.lower()), None, clock)

    ids = [row.id for row in (*first.rows, *second.rows)]
    assert sorted(ids) == sorted(case.id for case in cases)
    assert ids[-1] == cases[0].id
    assert second.next_cursor is None
    assert [row.id for row in mine.rows] == [row.id for row in claims.rows] == [cases[1].id]
    assert [row.id for row in found.rows] == [cases[2].id]
    with tx_as(cast["ada"].actor) as tx, pytest.raises(Forbidden):
        queue_page(tx, cast["ada"].actor, QueueFilter(), None, clock)
    with tx_as(dee) as tx, pytest.raises(Invalid):
        queue_page(tx, dee, QueueFilter(), "not a cursor", clock)


def test_my_cases_show_first_what_needs_me(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "dee")
    closed, open_, asked = (make_case(cast["ada"]) for _ in range(3))
    act(closed.id, E.WITHDRAW, cast["ada"].actor)
    act(asked.id, E.TAKE, cast["dee"].actor)
    act(asked.id, E.ASK_COMPLAINANT, cast["dee"].actor, items=["statement"])

    with tx_as(cast["ada"].actor) as tx:
        rows = my_cases(tx, cast["ada"].actor).rows

    assert [row.id for row in rows] == [asked.id, open_.id, closed.id]
    assert [(row.needs_me, row.due_at is not None) for row in rows] == [
        (True, True),
        (False, False),
        (False, False),
    ]


def test_messages_meet_and_start_response_clocks(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "dee")
    case = make_case(cast["ada"])

    def clocks() -> list[Any]:
        with tx_as(SYSTEM) as tx:
            found = tx.execute(
                text(
                    "select kind, state from clock where kind like '%response' order by started_at, kind"
                )
            )
            return [tuple(row) for row in found]

    with tx_as(cast["dee"].actor) as tx:
        note_message(tx, case.id, Side.DESK, cast["dee"].actor, clock)
    assert clocks() == [("first_response", "met")]
    with tx_as(cast["ada"].actor) as tx:
        note_message(tx, case.id, Side.COMPLAINANT, cast["ada"].actor, clock)
        note_message(tx, case.id, Side.COMPLAINANT, cast["ada"].actor, clock)
    assert sorted(clocks()) == [("first_response", "met"), ("next_response", "running")]
    with tx_as(cast["dee"].actor) as tx:
        note_message(tx, case.id, Side.DESK, cast["dee"].actor, clock)
    assert sorted(clocks()) == [("first_response", "met"), ("next_response", "met")]
