"""One person, several cases, and what each may learn: nothing carries over, nothing leaks by search or count."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases.commands import AssignCase, WallOff
from app.cases.queries import case_by_id
from app.cases.rules.kinds import SubKind
from app.cases.service.people import assign, wall_off_person
from app.conversations.commands import SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import send_message
from app.infra.db.transaction import transaction
from app.kernel.actor import Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from tests.factories.accounts import NOON, make_cast, make_person
from tests.factories.cases import make_case

CANARY = "canary-7f3a"


def writes(person: Any, case_id: Any, body: str) -> None:
    with transaction(person.actor) as tx:
        send_message(tx, SendMessage(case_id, Audience.DESK, body), person.actor, FixedClock(NOON))


def test_b107_a_valid_identifier_of_somebody_else_is_a_claim_and_shows_nothing(
    app: Any, client_as: Any
) -> None:
    cast = make_cast("ada", "cy")
    make_case(cast["ada"], SubKind.MISSING_EARNINGS, isrc="USRC17607839", summary=CANARY)

    second = make_case(cast["cy"], SubKind.OWNERSHIP, isrc="USRC17607839")
    page = client_as(cast["cy"]).get(f"/cases/{second.ref}")

    assert page.status_code == 200
    assert CANARY not in page.text
    assert "Ada Amberg" not in page.text


def test_b111_names_of_other_directions_stand_isolated(app: Any, client_as: Any) -> None:
    ada = make_person("ada")
    case = make_case(ada, subject_title="سلام Night 7")

    page = client_as(ada).get(f"/cases/{case.ref}").text

    assert "“\N{FIRST STRONG ISOLATE}سلام Night 7\N{POP DIRECTIONAL ISOLATE}”" in page


def walled(case_id: Any, person: Any) -> None:
    """A lead keeps somebody of the desk away from a case."""
    eli = make_person("eli")
    with transaction(eli.actor) as tx:
        wall_off_person(
            tx, WallOff(case_id, person.id, "their cousin"), eli.actor, FixedClock(NOON)
        )


def test_b145_search_and_counts_of_walled_staff_hold_nothing_of_the_case(
    app: Any, client_as: Any
) -> None:
    cast = make_cast("ada", "rio", "dee")
    case = make_case(cast["ada"], subject_title=CANARY)
    walled(case.id, cast["dee"])

    found = client_as(cast["rio"]).get(f"/desk?q={CANARY}").text
    searched, listed = (
        client_as(cast["dee"]).get(path).text for path in (f"/desk?q={CANARY}", "/desk")
    )

    assert case.ref in found
    assert case.ref not in searched + listed
    assert CANARY not in listed
    assert "0 open cases" in listed


def test_b147_one_person_on_both_kinds_of_side_sees_each_case_from_its_own(
    app: Any, client_as: Any
) -> None:
    cast = make_cast("ada", "cy")
    own = make_case(cast["cy"], respondent=cast["ada"])
    answering = make_case(cast["ada"], respondent=cast["cy"])
    writes(cast["ada"], own.id, f"{CANARY}-respondent")
    writes(cast["ada"], answering.id, f"{CANARY}-complainant")
    writes(cast["cy"], own.id, "mine in the first")
    writes(cast["cy"], answering.id, "mine in the second")
    client = client_as(cast["cy"])

    first, second = client.get(f"/cases/{own.ref}").text, client.get(f"/cases/{answering.ref}").text

    assert CANARY not in first + second
    assert "mine in the first" in first
    assert "mine in the first" not in second
    assert "mine in the second" in second


def test_b151_a_case_with_a_conflict_does_not_exist_and_is_not_assigned(
    app: Any, client_as: Any
) -> None:
    cast = make_cast("ada", "dee")
    case = make_case(cast["ada"])
    walled(case.id, cast["dee"])

    page = client_as(cast["dee"]).get(f"/desk/cases/{case.ref}")

    assert page.status_code == 404
    lead = make_person("lea", roles={Role.LEAD}).actor
    with transaction(lead, read_only=True) as tx:
        version = case_by_id(tx, lead, case.id).version
    command = AssignCase(case.id, cast["dee"].id, version)
    with pytest.raises(Refused, match="interest"), transaction(lead) as tx:
        assign(tx, command, lead, FixedClock(NOON))
