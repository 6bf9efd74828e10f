"""A webhook of the demo with a log: made and written down by the services, called by nobody, so that no network is needed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from app.accounts.adapters.vault import keys_from
from app.cases.queries import queue_page
from app.cases.rules.views import QueueFilter
from app.demo.people import SYSTEM
from app.demo.stage import Stage
from app.infra.db.transaction import transaction
from app.webhooks.commands import Announce, CreateEndpoint
from app.webhooks.queries import deliveries_of
from app.webhooks.rules.kinds import CHOOSABLE, Kind
from app.webhooks.rules.plan import Outcome
from app.webhooks.service.deliveries import announce, note_attempt, send_test, take_delivery
from app.webhooks.service.endpoints import Gate, create_endpoint, switch_endpoint

OWNER = "leyla"
URL = "https://hooks.tidewater.example/redress"
BUSY, DONE = Outcome(503, "", 31, b"busy, try again"), Outcome(204, "", 84)
LOG = ((DONE,), (BUSY, DONE), (Outcome(failure="unreachable"), BUSY, DONE))
"""How each delivery went, attempt by attempt."""


def hang_up_a_webhook(stage: Stage) -> None:
    """Told a little, then switched off: the demo calls no host of others."""
    actor, clock = stage.actor(OWNER), stage.clock
    vault = keys_from(stage.services.settings).fields
    with transaction(actor) as tx:
        command = CreateEndpoint(stage.people[OWNER], URL, frozenset(CHOOSABLE))
        made = create_endpoint(tx, command, actor, clock, Gate(vault))
        send_test(tx, made.endpoint_id, actor, clock)
        case = queue_page(tx, actor, QueueFilter(), None, clock).rows[0]
    for kind in (Kind.CASE_FILED, Kind.CASE_MOVED):
        stage.later(minutes=7)
        said = Announce(uuid4(), kind, case.id, {"case": str(case.ref)}, clock.now())
        with transaction(SYSTEM) as tx:
            announce(tx, said, [made.endpoint_id], clock)
    with transaction(SYSTEM) as tx:
        rows = deliveries_of(tx, SYSTEM, made.endpoint_id).rows
        for row, outcomes in zip(reversed(rows), LOG, strict=True):
            for number, outcome in enumerate(outcomes, 1):
                due = take_delivery(tx, row.id, number, clock, vault)
                assert due is not None
                note_attempt(tx, due, outcome, clock.now() + timedelta(seconds=5 * number), clock)
    with transaction(actor) as tx:
        switch_endpoint(tx, made.endpoint_id, actor, clock, on=False)
