"""Endpoints: what is refused at save, who may make them, limits, versions, what history says."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.webhooks.commands import ChangeEndpoint, CreateEndpoint
from app.webhooks.queries import endpoint_by_id, endpoints_of
from app.webhooks.rules.kinds import CHOOSABLE, Kind
from app.webhooks.rules.plan import ENDPOINTS_MOST
from app.webhooks.service.endpoints import (
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    rotate_secret,
    switch_endpoint,
)
from tests.factories.webhooks import gate_of, make_endpoint
from tests.unit.kernel.test_urls import REFUSED

SYSTEM = Actor.system("test")
URL = "https://hooks.example/in"
ALL = frozenset(CHOOSABLE)
TOLD = text("select address, values->>'change' from outgoing_mail")


def test_b167_what_is_no_public_address_is_not_saved(
    app: Any, people: Any, tx_as: Any, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = make_endpoint(app, ada, URL)
    gate, said = gate_of(app, loopback=False), []

    for url, _code in REFUSED:
        with pytest.raises(Invalid) as new, tx_as(ada.actor) as tx:
            create_endpoint(tx, CreateEndpoint(ada.id, url, ALL), ada.actor, clock, gate)
        with pytest.raises(Invalid) as changed, tx_as(ada.actor) as tx:
            command = ChangeEndpoint(made.endpoint_id, url, ALL, 1)
            change_endpoint(tx, command, ada.actor, clock, gate)
        assert (changed.value.field, changed.value.code) == (new.value.field, new.value.code)
        said.append((url, new.value.code))

    assert said == REFUSED


@pytest.mark.parametrize("kinds", [frozenset(), frozenset({Kind.PING}), ALL | {Kind.PING}])
def test_kinds_come_from_the_list(
    app: Any, people: Any, tx_as: Any, clock: FixedClock, kinds: frozenset[Kind]
) -> None:
    ada = people["ada"]

    with pytest.raises(Invalid) as no, tx_as(ada.actor) as tx:
        create_endpoint(tx, CreateEndpoint(ada.id, URL, kinds), ada.actor, clock, gate_of(app))

    assert no.value.field == "kinds"


def test_an_owner_hears_of_an_address_that_somebody_else_entered(
    app: Any, people: Any, tx_as: Any, clock: FixedClock, run_jobs: Any
) -> None:
    made = make_endpoint(app, people["dee"], URL)

    for actor, url, version in (
        (people["dee"].actor, f"{URL}/own", 1),
        (people["adi"].actor, f"{URL}/own", 2),
        (people["adi"].actor, f"{URL}/other", 3),
    ):
        with tx_as(actor) as tx:
            command = ChangeEndpoint(made.endpoint_id, url, ALL, version)
            change_endpoint(tx, command, actor, clock, gate_of(app))
    run_jobs()

    with tx_as(SYSTEM) as tx:
        told = tx.execute(TOLD).all()
    assert [tuple(row) for row in told] == [("dee@example.com", "webhook_added")]


def test_an_owner_hears_when_somebody_else_makes_a_new_secret(
    app: Any, people: Any, tx_as: Any, clock: FixedClock, run_jobs: Any
) -> None:
    made = make_endpoint(app, people["dee"], URL)

    for actor in (people["dee"].actor, people["adi"].actor):
        with tx_as(actor) as tx:
            rotate_secret(tx, made.endpoint_id, actor, clock, gate_of(app).vault)
    run_jobs()

    with tx_as(SYSTEM) as tx:
        told = tx.execute(TOLD).all()
    assert [tuple(row) for row in told] == [("dee@example.com", "webhook_rotated")]


def test_people_make_their_own_and_administrators_those_of_others(
    app: Any, people: Any, tx_as: Any, clock: FixedClock, run_jobs: Any
) -> None:
    make_endpoint(app, people["ada"], URL)
    make_endpoint(app, people["dee"], URL)
    make_endpoint(app, people["dee"], URL, actor=people["adi"].actor)
    for who in ("bo", "dee", "rio", "aud"):
        actor = people[who].actor
        with pytest.raises(Forbidden), tx_as(SYSTEM) as tx:
            command = CreateEndpoint(people["ada"].id, URL, ALL)
            create_endpoint(tx, command, actor, clock, gate_of(app))
    with pytest.raises(NotFound), tx_as(SYSTEM) as tx:
        create_endpoint(tx, CreateEndpoint(uuid4(), URL, ALL), SYSTEM, clock, gate_of(app))

    run_jobs()

    with tx_as(SYSTEM) as tx:
        told = tx.execute(TOLD).all()
    assert [tuple(row) for row in told] == [("dee@example.com", "webhook_added")]


def test_there_is_a_most_of_them_and_a_removed_one_makes_room(
    app: Any, people: Any, tx_as: Any, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = [make_endpoint(app, ada, URL) for _ in range(ENDPOINTS_MOST)]
    with pytest.raises(Refused) as no:
        make_endpoint(app, ada, URL)
    assert no.value.code == "too_many"

    with tx_as(ada.actor) as tx:
        remove_endpoint(tx, made[0].endpoint_id, ada.actor, clock)
    make_endpoint(app, ada, URL)

    with tx_as(ada.actor) as tx:
        assert len(endpoints_of(tx, ada.actor)) == ENDPOINTS_MOST
        with pytest.raises(NotFound):
            endpoint_by_id(tx, ada.actor, made[0].endpoint_id)
    with tx_as(SYSTEM) as tx:
        left = tx.execute(
            text("select count(*) from webhook_secret where endpoint_id = :id"),
            {"id": made[0].endpoint_id},
        )
        assert left.scalar_one() == 0


def test_a_change_needs_the_version_that_was_read(
    app: Any, people: Any, tx_as: Any, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = make_endpoint(app, ada, URL)
    command = ChangeEndpoint(made.endpoint_id, URL + "/2", frozenset({Kind.CASE_MOVED}), 1)
    with tx_as(ada.actor) as tx:
        change_endpoint(tx, command, ada.actor, clock, gate_of(app))

    with pytest.raises(Stale), tx_as(ada.actor) as tx:
        change_endpoint(tx, command, ada.actor, clock, gate_of(app))

    with tx_as(ada.actor) as tx:
        row = endpoint_by_id(tx, ada.actor, made.endpoint_id)
    assert (row.url, row.kinds, row.version) == (URL + "/2", (Kind.CASE_MOVED,), 2)


def test_every_act_stands_in_history_and_none_names_the_secret_or_address(
    app: Any, people: Any, tx_as: Any, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = make_endpoint(app, ada, URL)
    for on in (False, False, True):
        with tx_as(ada.actor) as tx:
            switch_endpoint(tx, made.endpoint_id, ada.actor, clock, on=on)
    with tx_as(ada.actor) as tx:
        remove_endpoint(tx, made.endpoint_id, ada.actor, clock)

    with tx_as(SYSTEM) as tx:
        rows = tx.execute(
            text(
                "select verb, data::text as data from history_entry "
                "where subject_kind = 'webhook_endpoint' order by n"
            )
        ).all()
    verbs = ["created", "switched_off", "switched_on", "removed"]
    assert [row.verb for row in rows] == [f"webhook.{verb}" for verb in verbs]
    assert not any("hooks.example" in row.data or "whsec" in row.data for row in rows)


@pytest.mark.parametrize(
    "change",
    ["url = 'https://evil.example/'", "state = 'off'", "kinds = '{ping}'", "removed_at = now()"],
)
def test_a_change_without_its_history_row_does_not_commit(
    app: Any, people: Any, tx_as: Any, change: str
) -> None:
    make_endpoint(app, people["ada"], URL)

    with pytest.raises(DBAPIError), tx_as(SYSTEM) as tx:
        tx.execute(text(f"update webhook_endpoint set {change}"))
