"""Mails that failed: numbers for the administrator, addresses for leads alone, sent again once the address is allowed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.infra.checks import last_run
from app.kernel.actor import Actor
from app.notifications.commands import QueueMail
from app.notifications.models import OutgoingMail
from app.notifications.queries import suppressed_addresses
from app.notifications.rules import MailKind
from app.notifications.service.mail import claim_mail, mail_failed, mail_unknown, queue_mail
from app.workflows.check_invariants import all_checks, check_and_note
from tests.factories.accounts import make_person
from tests.web.desk.pages import World, make_world, statements

SYSTEM = Actor.system("test:mails")
GONE = "gone@nowhere.example"


def failing(world: World, clock: Any, tx_as: Any, error: str = "refused_550") -> UUID:
    """A mail of the case that a server refused, or (without an error) that may have arrived."""
    values = {"ref": world.case.ref, "zone": "UTC", "number": "L-1", "request": ""}
    told = QueueMail(MailKind.MESSAGE_RECEIVED, error or "cut", GONE, "en", values, world.case.id)
    with tx_as(SYSTEM) as tx:
        mail = queue_mail(tx, told, clock)
        assert mail is not None
        claim_mail(tx, mail, clock)
        mail_failed(tx, mail, error, clock) if error else mail_unknown(tx, mail, clock)
    return mail


def state_of(tx_as: Any, mail: UUID) -> str:
    with tx_as(SYSTEM) as tx:
        return str(tx.get(OutgoingMail, mail).state)


def test_a_lead_allows_the_address_and_sends_again(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    mail = failing(world, clock, tx_as)
    client = client_as(world.eli)
    with tx_as(SYSTEM) as tx:
        (address,) = suppressed_addresses(tx)

    with statements() as seen:
        page = client.get("/desk/mails").text
    too_early = client.post(f"/desk/mails/{mail}/again")
    allowed = client.post(f"/desk/mails/addresses/{address.id}/allow")
    again = client.post(f"/desk/mails/{mail}/again")

    assert page.count(GONE) == 2
    assert len(seen) <= 12
    assert (too_early.status_code, allowed.status_code, again.status_code) == (409, 303, 303)
    assert state_of(tx_as, mail) == "queued"
    assert GONE not in client.get("/desk/mails").text


def test_b068_what_may_have_arrived_is_sent_a_second_time_only_once(
    client_as: Any, clock: Any, tx_as: Any
) -> None:
    world = make_world(clock)
    mail = failing(world, clock, tx_as, error="")
    client = client_as(world.eli)

    first = client.post(f"/desk/mails/{mail}/again")
    with tx_as(SYSTEM) as tx:
        claim_mail(tx, mail, clock)
        mail_unknown(tx, mail, clock)

    assert first.status_code == 303
    assert client.post(f"/desk/mails/{mail}/again").status_code == 409
    assert state_of(tx_as, mail) == "unknown"


@pytest.mark.parametrize("who", ["rio", "dee", "ada"])
def test_nobody_else_sees_or_retries(client_as: Any, clock: Any, tx_as: Any, who: str) -> None:
    world = make_world(clock)
    mail = failing(world, clock, tx_as)
    client = client_as(getattr(world, who))

    assert client.get("/desk/mails").status_code == 403
    assert client.post(f"/desk/mails/{mail}/again").status_code == 403


def test_an_administrator_reads_numbers_and_no_address(
    client_as: Any, clock: Any, tx_as: Any
) -> None:
    mail = failing(make_world(clock), clock, tx_as)
    client = client_as(make_person("adi", clock=clock))

    page, health = client.get("/desk/mails").text, client.get("/admin/health").text

    assert GONE not in page + health
    assert "shown to leads of the desk only" in page
    assert "A lead looks at them and sends them again" in health
    assert client.post(f"/desk/mails/{mail}/again").status_code == 404


def test_health_shows_the_last_run_of_the_invariants(
    client_as: Any, clock: Any, tx_as: Any
) -> None:
    client = client_as(make_person("adi", clock=clock))
    before = client.get("/admin/health").text
    check_and_note(all_checks(), SYSTEM, clock)
    well = client.get("/admin/health").text
    with tx_as(SYSTEM) as tx:
        run = last_run(tx)

    assert "They were not checked here yet." in before
    assert run is not None
    assert run.broken == ()
    assert f"All {run.checked} promises about the data hold." in well
