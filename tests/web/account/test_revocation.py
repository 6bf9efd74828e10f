"""What was taken away is gone at the next request (RELIABILITY F3.7)."""

from __future__ import annotations

from typing import Any

from app.accounts.service.delegations import revoke_delegation
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from tests.factories.accounts import NOON, make_delegation, make_person
from tests.factories.cases import make_case

SYSTEM = Actor.system("test")
CLOCK = FixedClock(NOON)


def test_b136_b146_revoked_delegation_ends_sight_at_the_next_request(
    app: Any, client_as: Any
) -> None:
    ada, bo = make_person("ada"), make_person("bo")
    case = make_case(ada)
    grant = make_delegation(ada, bo)
    client = client_as(bo)
    before = client.get(f"/cases/{case.ref}").status_code
    typed = "A long text that must not be lost."

    with transaction(SYSTEM) as tx:
        revoke_delegation(tx, grant, ada.actor, CLOCK)
    sent = client.post(f"/cases/{case.ref}/messages", data={"body": typed})

    assert before == 200
    assert sent.status_code == 404
    assert typed in sent.get_data(as_text=True)
    assert client.get(f"/cases/{case.ref}").status_code == 404
