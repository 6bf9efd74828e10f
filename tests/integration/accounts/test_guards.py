"""What the services of accounts refuse, each with the slug that pages and the API show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.accounts.commands import Delegate
from app.accounts.service.delegations import (
    grant_by_invitation,
    grant_delegation,
    revoke_delegation,
)
from app.accounts.service.people import disable_person
from app.infra.db.transaction import transaction
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from tests.factories.accounts import NOON, make_cast, make_delegation

CLOCK = FixedClock(NOON)


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "cy", "adi")


def test_nobody_lets_act_for_somebody_else(cast: Any) -> None:
    cy = cast["cy"].actor
    command = Delegate(cast["ada"].id, cast["cy"].id, NOON)

    with pytest.raises(Forbidden) as caught, transaction(cy) as tx:
        grant_delegation(tx, command, cy, CLOCK)
    assert caught.value.code == "not_yours"


def test_an_invitation_is_taken_up_by_whom_it_names(cast: Any) -> None:
    ada = cast["ada"].actor

    with pytest.raises(Forbidden), transaction(ada) as tx:
        grant_by_invitation(tx, Delegate(cast["ada"].id, cast["cy"].id, NOON), ada, CLOCK)


def test_nobody_acts_for_themselves_or_for_less_than_a_moment(cast: Any) -> None:
    ada = cast["ada"]
    alone = Delegate(ada.id, ada.id, NOON)
    backwards = Delegate(ada.id, cast["cy"].id, NOON, NOON - timedelta(days=1))

    for command, field in ((alone, "delegate"), (backwards, "ends_at")):
        with pytest.raises(Invalid) as caught, transaction(ada.actor) as tx:
            grant_delegation(tx, command, ada.actor, CLOCK)
        assert caught.value.field == field


def test_an_unknown_person_cannot_act(cast: Any) -> None:
    ada = cast["ada"]

    with pytest.raises(NotFound), transaction(ada.actor) as tx:
        grant_delegation(tx, Delegate(ada.id, uuid4(), NOON), ada.actor, CLOCK)


def test_only_the_two_of_them_end_a_delegation(cast: Any, app: Any) -> None:
    stranger = make_cast("bo")["bo"].actor
    key = make_delegation(cast["ada"], cast["cy"])

    with pytest.raises(NotFound), transaction(stranger) as tx:
        revoke_delegation(tx, key, stranger, CLOCK)


def test_an_administrator_does_not_lock_themselves_out(cast: Any) -> None:
    adi = cast["adi"].actor

    with pytest.raises(Refused) as caught, transaction(adi) as tx:
        disable_person(tx, cast["adi"].id, adi, CLOCK)
    assert caught.value.code == "own_account"
