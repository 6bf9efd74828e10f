"""What caring for a case refuses: closed facts, empty changes, links that mean nothing."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases.commands import EditFacts, LinkCase, SetLegalHold
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent
from app.cases.service.care import edit_facts, link_case, set_legal_hold, unlink_case
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotFound, Refused
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import act, make_case

CLOCK = FixedClock(NOON)


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "rio", "eli")


def version_of(actor: Actor, case_id: Any) -> int:
    with transaction(actor, read_only=True) as tx:
        return case_by_id(tx, actor, case_id).version


def test_a_closed_case_keeps_its_facts(cast: Any) -> None:
    case = make_case(cast["ada"])
    rio = cast["rio"].actor
    act(case.id, CaseEvent.WITHDRAW, cast["ada"].actor)
    command = EditFacts(case.id, version_of(rio, case.id), {"store": "Deezer"}, "a call")

    with pytest.raises(Refused) as caught, transaction(rio) as tx:
        edit_facts(tx, command, rio, CLOCK)
    assert caught.value.code == "case_closed"


def test_a_change_that_changes_nothing_is_named(cast: Any) -> None:
    case = make_case(cast["ada"])
    rio = cast["rio"].actor
    command = EditFacts(case.id, version_of(rio, case.id), {}, "a call")

    with pytest.raises(Invalid) as caught, transaction(rio) as tx:
        edit_facts(tx, command, rio, CLOCK)
    assert caught.value.code == "nothing"


def test_a_legal_hold_that_is_not_there_is_not_lifted(cast: Any) -> None:
    case = make_case(cast["ada"])
    eli = cast["eli"].actor
    command = SetLegalHold(case.id, version_of(eli, case.id), is_on=False, reason="over")

    with pytest.raises(Refused) as caught, transaction(eli) as tx:
        set_legal_hold(tx, command, eli, CLOCK)
    assert caught.value.code == "legal_hold"


def test_links_name_another_case_and_a_known_relation(cast: Any) -> None:
    case, other = make_case(cast["ada"]), make_case(cast["ada"])
    rio = cast["rio"].actor

    for command, field in (
        (LinkCase(case.id, other.id, "friends"), "relation"),
        (LinkCase(case.id, case.id, "related"), "other"),
    ):
        with pytest.raises(Invalid) as caught, transaction(rio) as tx:
            link_case(tx, command, rio, CLOCK)
        assert caught.value.field == field
    with pytest.raises(NotFound), transaction(rio) as tx:
        unlink_case(tx, LinkCase(case.id, other.id, "related"), rio, CLOCK)
    with pytest.raises(Refused) as refused, transaction(rio) as tx:
        unlink_case(tx, LinkCase(case.id, other.id, "duplicate"), rio, CLOCK)
    assert refused.value.code == "duplicate"
